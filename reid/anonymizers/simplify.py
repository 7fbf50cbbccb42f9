"""Pointer paths with fewer points."""

from dataclasses import dataclass
from typing import ClassVar

from reid.anonymizers.composition import PLACES, Fixed, Strategy
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.pointing import PointerRows, in_pixels
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import kept_rows, rewritten, times_of
from reid.events.table import EventTable
from reid.kernels.path import kept_by_douglas_peucker
from reid.seeding import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Simplify(Fixed):
    """Leave out the moves that a path can spare, by Douglas and Peucker's rule.

    A path is a run of moves between presses or releases of buttons, turns of the wheel, pauses and borders of
    trials, tasks and sessions; moves of a drag make paths as well. Its first and last move stay, and so does
    every move without which the straight pieces between the rest would miss a position by more than the
    tolerance. Moves that stay keep place and time; nothing else changes. It claims nothing: what stays is as
    it was.

    References
    ----------
    .. [1] Douglas, Peucker (1973). Algorithms for the reduction of the number of points required to represent
       a digitized line or its caricature. Cartographica 10(2), 112-122.
    """

    name: ClassVar[str] = "simplify"
    changes: ClassVar[frozenset[str]] = frozenset({PLACES})
    tolerance_px: float  #: largest distance of a move left out from the path that stays, from 0
    pause_ms: float = 1000  #: a longer time without a move ends a path; from 0.001, whole microseconds

    def __post_init__(self) -> None:
        in_pixels("tolerance_px", self.tolerance_px, least=0)
        whole_microseconds("pause_ms", self.pause_ms)

    def keeps(self, claim: Claim) -> bool:
        """Keep a grid of pixels, since the moves that stay are where they were."""
        return claim.step_px is not None or Strategy.keeps(self, claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part with fewer moves."""
        rows = PointerRows.of(part.frame)
        keep = kept_by_douglas_peucker(
            times_of(part.frame),
            rows.is_move,
            rows.is_pointer,
            rows.x_px,
            rows.y_px,
            rows.label,
            part.session_bounds(),
            whole_microseconds("pause_ms", self.pause_ms),
            float(self.tolerance_px),
        )
        return Release(part if keep.all() else rewritten(part, kept_rows(part.frame, keep)))
