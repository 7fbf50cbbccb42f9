"""Random delays that keep the order of events."""

from dataclasses import dataclass
from typing import ClassVar

from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.release import Release, by_subject
from reid.anonymizers.rewriting import from_first_event, times_of, with_times
from reid.events.table import EventTable
from reid.kernels.delay import delay_mix
from reid.seeding import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayMix(Fixed):
    """Delay each event at random up to a bound, never past the event after it (Monaco and Tappert 2016).

    Event i at ``t_i`` leaves at ``t'_i = t_i + d_i`` with ``d_i`` uniform from ``max(t'_{i-1} - t_i, 0)`` to
    ``bound_ms``; then times are counted from the session's first event. It claims nothing: noise that
    averages out proves nothing.

    References
    ----------
    .. [1] Monaco, Tappert (2016). Obfuscating Keystroke Time Intervals to Avoid Identification and
       Impersonation. arXiv 1609.07612.
    """

    name: ClassVar[str] = "delay-mix"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    bound_ms: float = 100  #: longest delay, from 0.001, whole microseconds

    def __post_init__(self) -> None:
        whole_microseconds("bound_ms", self.bound_ms)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with delayed times; each person's noise comes from the person's own stream."""
        bound_us = whole_microseconds("bound_ms", self.bound_ms)
        uniform = by_subject(part, streams, lambda rng, n: rng.random(n)).to_numpy(writable=True)
        bounds = part.session_bounds()
        left_us = delay_mix(times_of(part.frame), uniform, bounds, bound_us)
        return Release(with_times(part, from_first_event(left_us, bounds)), seeded=not streams.secret)
