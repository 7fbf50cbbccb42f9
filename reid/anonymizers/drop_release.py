"""Keys without release times."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.anonymizers.composition import FIXED_RATE, TIMES, Fixed, Strategy
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import press_numbers, rewritten, times_of
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.kernels.release import releases_after_presses
from reid.seeding import Streams

LAG_US: Final = 1000
_LABELS: Final = ("trial", "task")  # a release takes those of its press

_CLAIM: Final = Claim(
    "no-release-times",
    "Each release was put 1 ms after its key last went down, so releases tell nothing that presses do not.",
    survives=("times", "keys", "places"),  # what a later step makes of it holds nothing of the old releases
)


@dataclass(frozen=True, slots=True)
class DropRelease(Fixed):
    """Put each key's release 1 ms after its press, so that neither hold time nor order of releases is left.

    Every key event stays, auto-repeats too: a held key comes up 1 ms after its last repeat, and the
    repeats still show for how long it was held. Of rows at one time, releases stand first, in the order
    of their presses.
    """

    name: ClassVar[str] = "drop-release"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})

    def keeps(self, claim: Claim) -> bool:
        """Keep a rate of moves, and a grid on which 1 ms after a point there is another point."""
        if claim.kind == FIXED_RATE:
            return True
        if claim.step_us is not None:
            return LAG_US % claim.step_us == 0
        return Strategy.keeps(self, claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part with releases put after their presses."""
        frame = part.frame
        is_up = (frame["event"] == "key_up").to_numpy()
        if not is_up.any():
            return Release(part, claims=(_CLAIM,))
        is_down = (frame["event"] == "key_down").to_numpy()
        order, time_us, beside = releases_after_presses(
            times_of(frame),
            press_numbers(frame),
            np.array(is_down),
            np.array(is_up),
            part.session_bounds(),
            LAG_US,
        )
        placed = frame.drop(*SESSION, "time_us", *_LABELS)[order]  # rows stay in their session
        labels = frame.select(_LABELS)[beside]
        moved = frame.with_columns(pl.Series("time_us", time_us), *placed, *labels)
        return Release(rewritten(part, moved), claims=(_CLAIM,))
