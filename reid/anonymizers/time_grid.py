"""Event times on a coarser clock."""

from dataclasses import dataclass
from typing import ClassVar, Final

from reid.anonymizers.blocks import retimed
from reid.anonymizers.composition import TIMES, Fixed, Strategy
from reid.anonymizers.milliseconds import in_milliseconds, whole_microseconds
from reid.anonymizers.modes import one_of
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import times_of, with_times
from reid.events.table import EventTable
from reid.kernels.clock_grid import rounded_at_random
from reid.registry import written
from reid.seeding import Streams

_FLOOR, _ROUND, _STOCHASTIC = "floor", "round", "stochastic"
ROUNDINGS: Final = (_FLOOR, _ROUND, _STOCHASTIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeGrid(Fixed):
    """Put every event time on a multiple of a step, counted from the session's start.

    ``floor`` takes the multiple at or before the time, ``round`` the nearest one, the later of two;
    ``stochastic`` goes up or down at random, up with the probability that keeps the mean. There, one random
    threshold holds for all events of a session that fall between the same two multiples, as in the clocks of
    browsers ([1]_), so that events keep their order.

    Auto-repeats of one press, moves to one place and turns of the wheel at one place that fall on one
    grid point are merged, since nothing tells them apart any more.

    References
    ----------
    .. [1] Chromium, ``third_party/blink/renderer/core/timing/time_clamper.cc``.
    """

    name: ClassVar[str] = "time-grid"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    step_ms: float  #: from 0.001, whole microseconds
    rounding: str = _FLOOR  #: ``floor``, ``round`` or ``stochastic``

    def __post_init__(self) -> None:
        whole_microseconds("step_ms", self.step_ms)
        one_of("rounding", self.rounding, ROUNDINGS)

    def __str__(self) -> str:
        return written(self)  # a grid that floors is written as ever

    @property
    def step_us(self) -> int:
        """Distance of the grid points in microseconds."""
        return whole_microseconds("step_ms", self.step_ms)

    def keeps(self, claim: Claim) -> bool:
        """Keep a grid that this one refines or coarsens: no rounding can move its points off it."""
        if claim.step_us is not None:
            return claim.step_us % self.step_us == 0 or self.step_us % claim.step_us == 0
        return Strategy.keeps(self, claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with rounded times; each person's thresholds come from the person's own stream."""
        statement = (
            f"Every time is a multiple of {in_milliseconds(self.step_us)} ms from the session's start."
        )
        claim = Claim("grid", statement, survives=("keys", "places"), step_us=self.step_us)
        seeded = self.rounding == _STOCHASTIC and not streams.secret
        return Release(self._rounded(part, streams), claims=(claim,), seeded=seeded)

    def _rounded(self, part: EventTable, streams: Streams) -> EventTable:
        step_us = self.step_us
        if self.rounding == _STOCHASTIC:
            return retimed(
                part,
                lambda block: rounded_at_random(block.time_us, block.uniform(streams), block.bounds, step_us),
            )
        time_us = times_of(part.frame)
        if self.rounding == _ROUND:
            time_us += step_us // 2
        time_us -= time_us % step_us
        return with_times(part, time_us)
