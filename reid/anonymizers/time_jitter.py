"""Random noise on event times."""

from dataclasses import dataclass
from typing import ClassVar

from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.release import Release, by_subject
from reid.anonymizers.rewriting import from_first_event, with_times
from reid.events.table import EventTable
from reid.kernels.delay import running_maximum
from reid.seeding import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeJitter(Fixed):
    """Move every event by uniform noise, keeping the order within each session.

    Event i at ``t_i`` gets the time ``max over j <= i of (t_j + s_j)``, each ``s_j`` uniform on the whole
    microseconds from ``-bound_ms`` to ``bound_ms``; then times are counted from the session's first event.
    It claims nothing: noise that averages out proves nothing.
    """

    name: ClassVar[str] = "time-jitter"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    bound_ms: float  #: largest shift in either direction, from 0.001, whole microseconds

    def __post_init__(self) -> None:
        whole_microseconds("bound_ms", self.bound_ms)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with moved times; each person's noise comes from the person's own stream."""
        bound_us = whole_microseconds("bound_ms", self.bound_ms)
        shift_us = by_subject(
            part, streams, lambda rng, n: rng.integers(-bound_us, bound_us, n, endpoint=True)
        )
        bounds = part.session_bounds()
        # A running maximum, not a sort: a sort could put a release before its press.
        moved_us = running_maximum((part.frame["time_us"] + shift_us).to_numpy(writable=True), bounds)
        return Release(with_times(part, from_first_event(moved_us, bounds)), seeded=not streams.secret)
