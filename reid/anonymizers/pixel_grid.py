"""Pointer positions on a coarser grid of pixels."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from reid.anonymizers.composition import PLACES, Fixed, Strategy
from reid.anonymizers.pointing import LARGEST_PX, PointerRows, in_pixels
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import kept_rows, rewritten
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.kernels.path import floored, leaves_its_place
from reid.seeding import Streams
from reid.typing import Float32Array

#: Kinds of claim: of every position; of every position but those of clicks.
EVERYWHERE, EXCEPT_CLICKS = "pixel-grid", "pixel-grid-except-clicks"


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelGrid(Fixed):
    """Floor pointer positions to multiples of a step, counted from the corner of the screen.

    Moves and turns of the wheel are put on the grid; presses and releases of buttons only where
    ``clicks`` says so. A move to the place where the pointer then already is, is left out: on the coarser
    grid nothing moved, and its time would tell of the finer one. The first move of a session, trial
    or task stays. Positions further than 16,777,216 px from the corner are brought to the last grid
    point before that.
    """

    name: ClassVar[str] = "pixel-grid"
    changes: ClassVar[frozenset[str]] = frozenset({PLACES})
    step_px: int  #: from 1
    clicks: bool = False  #: move the places of clicks, too; False keeps every click where it was

    def __post_init__(self) -> None:
        in_pixels("step_px", self.step_px, least=1)
        if self.step_px != int(self.step_px):
            raise ParameterError.of("step_px", must="be whole pixels", found=self.step_px)

    def keeps(self, claim: Claim) -> bool:
        """Keep a grid that this one refines or coarsens: flooring cannot move its points off it."""
        if claim.step_px is not None:
            return claim.step_px % self.step_px == 0 or self.step_px % claim.step_px == 0
        return Strategy.keeps(self, claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part with floored positions."""
        rows = PointerRows.of(part.frame)
        stays = np.zeros(rows.is_move.size, dtype=np.bool_) if self.clicks else rows.is_button
        x_px, y_px = (floored(place, stays, self.step_px, LARGEST_PX) for place in (rows.x_px, rows.y_px))
        keep = leaves_its_place(rows.is_move, rows.is_pointer, x_px, y_px, rows.label, part.session_bounds())
        on_grid = part.frame.with_columns(_positions("x_px", x_px), _positions("y_px", y_px))
        moved = on_grid if keep.all() else kept_rows(on_grid, keep)
        return Release(rewritten(part, moved), claims=(self._claim(),))

    def _claim(self) -> Claim:
        fields: dict[str, Any] = {"survives": ("times", "keys"), "step_px": self.step_px}
        every = f"is a multiple of {self.step_px} px in both directions"
        if self.clicks:
            return Claim(EVERYWHERE, f"Every position of the pointer {every}.", **fields)
        but = "presses and releases of buttons stay where they were"
        return Claim(
            EXCEPT_CLICKS, f"Every position of a move or a turn of the wheel {every}; {but}.", **fields
        )


def _positions(name: str, position_px: Float32Array) -> pl.Series:
    return pl.Series(name, position_px, nan_to_null=True)
