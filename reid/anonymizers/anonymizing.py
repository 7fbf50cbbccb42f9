"""From a log to its release, in one call."""

from collections.abc import Iterable
from dataclasses import replace

from reid.anonymizers.protocol import Anonymizer
from reid.anonymizers.publishing import publish
from reid.anonymizers.release import Release, claims_of_parts
from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.seeding import Streams


def anonymize(
    events: EventTable | Iterable[EventTable],
    strategy: str | Anonymizer,
    *,
    seed: int | None = None,
    keep_char: bool = False,
) -> Release:
    """Return the release of a log under new random names.

    Parameters
    ----------
    events : EventTable or iterable of EventTable
        The log, or parts of it that each hold whole people.
    strategy : str or Anonymizer
        As in ``"time-grid(step_ms=100) | key-classes"``.
    seed : int, optional
        0 or more. Makes a release that repeats itself bit by bit and is for measurement only: who has the
        seed subtracts the noise. Without it, randomness comes from the operating system and is not kept.
    keep_char : bool
        Leave the characters in; see :func:`~reid.anonymizers.publishing.publish`.

    Raises
    ------
    UnknownNameError, ParameterError
        The strategy is not known or a setting makes no sense.
    EventError
        There is no part, or a person stands in two parts.
    """
    if seed is not None and seed < 0:
        raise ParameterError.of("seed", must="be 0 or more", found=seed)
    chosen = parse_strategy(strategy) if isinstance(strategy, str) else strategy
    parts = [events] if isinstance(events, EventTable) else [part for part in events if len(part)]
    streams = Streams.from_system() if seed is None else Streams(seed)
    ready = chosen.fit(parts)
    released = [ready.apply(part, streams.under("strategy")) for part in parts]
    together = EventTable.concat(release.events for release in released)
    whole = replace(
        released[0],
        events=together,
        claims=claims_of_parts(released),
        suppressed=sum(release.suppressed for release in released),
        redacted=sum(release.redacted for release in released),
        seeded=any(release.seeded for release in released),
    )
    return publish(whole, streams.under("publish"), keep_char=keep_char)
