"""Pointer paths of which only the end is told."""

from dataclasses import dataclass
from typing import ClassVar

from reid.anonymizers.composition import PLACES, Fixed, Strategy
from reid.anonymizers.milliseconds import in_milliseconds, whole_microseconds
from reid.anonymizers.pointing import PointerRows
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import kept_rows, rewritten, times_of
from reid.events.table import EventTable
from reid.kernels.path import followed_soon
from reid.seeding import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointsOnly(Fixed):
    """Leave out every move but those that end in a rest.

    A move stays where no other pointer event follows it within the pause and within its session, trial and
    task. A path that ends in a click or a turn of the wheel is told by that alone, and a drag by its press
    and its release: a last move before them would say for how long the person aimed. Clicks, turns of the
    wheel, keys and all times stay.

    References
    ----------
    .. [1] Wang, Deng, Bansal et al. (2025). OpenCUA: open foundations for computer-use agents.
       arXiv:2508.09123; there, moves are dropped but for what a click or drag needs.
    """

    name: ClassVar[str] = "endpoints-only"
    changes: ClassVar[frozenset[str]] = frozenset({PLACES})
    pause_ms: float = 1000  #: a longer time without a pointer event is a rest; from 0.001, whole microseconds

    def __post_init__(self) -> None:
        whole_microseconds("pause_ms", self.pause_ms)

    def keeps(self, claim: Claim) -> bool:
        """Keep a grid of pixels, since the moves that stay are where they were."""
        return claim.step_px is not None or Strategy.keeps(self, claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part without moves on the way."""
        pause_us = whole_microseconds("pause_ms", self.pause_ms)
        rows = PointerRows.of(part.frame)
        on_the_way = followed_soon(
            times_of(part.frame), rows.is_move, rows.is_pointer, rows.label, part.session_bounds(), pause_us
        )
        statement = (
            f"No move of the pointer is told but the last before each rest of more than "
            f"{in_milliseconds(pause_us)} ms, so nothing of the ways between clicks, turns of the wheel and "
            f"rests."
        )
        # What later steps put between two ends is made of the ends.
        claim = Claim("ends-of-paths", statement, survives=("times", "keys", "places"))
        if not on_the_way.any():
            return Release(part, claims=(claim,))
        return Release(rewritten(part, kept_rows(part.frame, ~on_the_way)), claims=(claim,))
