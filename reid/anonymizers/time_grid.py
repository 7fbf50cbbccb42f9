"""Event times on a coarser clock."""

from dataclasses import dataclass
from typing import ClassVar

from reid.anonymizers.composition import TIMES, Fixed, Strategy
from reid.anonymizers.milliseconds import in_milliseconds, whole_microseconds
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import times_of, with_times
from reid.events.table import EventTable
from reid.seeding import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeGrid(Fixed):
    """Floor every event time to a multiple of a step, counted from the session's start.

    Auto-repeats of one press, moves to one place and turns of the wheel at one place that fall on one
    grid point are merged, since nothing tells them apart any more.
    """

    name: ClassVar[str] = "time-grid"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    step_ms: float  #: from 0.001, whole microseconds

    def __post_init__(self) -> None:
        whole_microseconds("step_ms", self.step_ms)

    @property
    def step_us(self) -> int:
        """Distance of the grid points in microseconds."""
        return whole_microseconds("step_ms", self.step_ms)

    def keeps(self, claim: Claim) -> bool:
        """Keep a grid that this one refines or coarsens: flooring cannot move its points off it."""
        if claim.step_us is not None:
            return claim.step_us % self.step_us == 0 or self.step_us % claim.step_us == 0
        return Strategy.keeps(self, claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part with floored times."""
        time_us = times_of(part.frame)
        time_us -= time_us % self.step_us
        statement = (
            f"Every time is a multiple of {in_milliseconds(self.step_us)} ms from the session's start."
        )
        claim = Claim("grid", statement, survives=("keys", "places"), step_us=self.step_us)
        return Release(with_times(part, time_us), claims=(claim,))
