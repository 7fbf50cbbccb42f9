"""Pointer paths sampled at one rate."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.anonymizers.composition import FIXED_RATE, PLACES, TIMES, Fixed, Strategy
from reid.anonymizers.milliseconds import in_milliseconds, whole_microseconds
from reid.anonymizers.pixel_grid import EVERYWHERE
from reid.anonymizers.pointing import PointerRows
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import rewritten, times_of
from reid.errors import ParameterError
from reid.events.schema import EVENT_COLUMNS
from reid.events.table import EventTable
from reid.kernels.path import held_at_ticks
from reid.seeding import Streams
from reid.typing import IntArray

_US_PER_S: Final = 1_000_000
_SLOWEST_HZ, _FASTEST_HZ = 0.1, 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedRate(Fixed):
    """Sample the pointer at a fixed rate and hold each sample up to the next (zero-order hold).

    Ticks are counted from the session's start, ``1 / hz`` apart, rounded to a whole microsecond. Moves stand
    at ticks alone, one at every tick while the pointer is under way: from the first tick at or after a move
    to the last one before the next move, unless that comes only after a pause. Each says where the last
    move, click or turn of the wheel up to then had put the pointer, so no place is made up between two
    recorded ones. Clicks, turns of the wheel and keys stay as they are.

    A rate above that of the recording device repeats each place until the device's next report, and so
    still shows the device's clock; to bring several devices to one clock, take a rate below all of theirs.
    """

    name: ClassVar[str] = "fixed-rate"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES, PLACES})
    hz: float  #: samples per second, from 0.1 to 1000
    pause_ms: float = 1000  #: a longer time without a move is a rest; from 0.001, whole microseconds

    def __post_init__(self) -> None:
        if not _SLOWEST_HZ <= self.hz <= _FASTEST_HZ:
            must = f"lie between {_SLOWEST_HZ:g} and {_FASTEST_HZ:g} (samples per second)"
            raise ParameterError.of("hz", must=must, found=self.hz)
        whole_microseconds("pause_ms", self.pause_ms)

    @property
    def step_us(self) -> int:
        """Time between ticks in microseconds."""
        return round(_US_PER_S / self.hz)

    def keeps(self, claim: Claim) -> bool:
        """Keep a grid of times that ticks fall on, and a grid of pixels on which clicks lie, too."""
        if claim.step_us is not None:
            return self.step_us % claim.step_us == 0
        # A move may take the place of a click, but no place that was not there.
        return claim.kind == EVERYWHERE or Strategy.keeps(self, claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part with moves at ticks."""
        rows = PointerRows.of(part.frame)
        row, time_us, place, beside = held_at_ticks(
            times_of(part.frame),
            rows.is_move,
            rows.is_pointer & ~np.isnan(rows.x_px),  # some recorders tell no place of a click
            part.session_bounds(),
            self.step_us,
            whole_microseconds("pause_ms", self.pause_ms),
        )
        sampled = _sampled(part.frame, row, time_us, place, beside)
        statement = (
            f"Every move comes at a multiple of {in_milliseconds(self.step_us)} ms from the session's start."
        )
        claim = Claim(FIXED_RATE, statement, survives=("keys", "places"), step_us=self.step_us)
        return Release(rewritten(part, sampled), claims=(claim,))


def _sampled(
    frame: pl.DataFrame, row: IntArray, time_us: IntArray, place: IntArray, beside: IntArray
) -> pl.DataFrame:
    """Return the rows of which the kernel told the origin of each part."""
    taken_from = {"x_px": place, "y_px": place, "trial": beside, "task": beside}
    absent = [name for name in EVENT_COLUMNS if frame[name].null_count() == frame.height]
    own = [name for name in EVENT_COLUMNS if name not in (*taken_from, *absent, "time_us")]
    sampled = frame.select(own)[row].with_columns(
        pl.Series("time_us", time_us),
        *(frame[name][rows] for name, rows in taken_from.items() if name not in absent),
        *(pl.lit(None, dtype=EVENT_COLUMNS[name]).alias(name) for name in absent),
    )
    if "button" in own:  # moves may tell of a button that is held, but none may still tell it after a click
        clicks = np.cumsum(frame["event"].is_in(("button_down", "button_up")).to_numpy())
        since = pl.Series(clicks[row] < clicks[beside])
        nothing = pl.lit(None, dtype=EVENT_COLUMNS["button"])
        sampled = sampled.with_columns(button=pl.when(since).then(nothing).otherwise("button"))
    return sampled.select(*EVENT_COLUMNS)
