"""What kloak makes of keyboard and mouse."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.anonymizers.blocks import blocks_of
from reid.anonymizers.composition import PLACES, TIMES, Fixed
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import rewritten
from reid.errors import ParameterError
from reid.events.schema import EVENTS
from reid.events.table import EventTable
from reid.kernels.delay import from_first_event
from reid.kernels.relay import delay_and_merge
from reid.seeding import Streams

_CLOCK_US: Final = 1000
_MERGES: Final = np.array(
    [1 if event == "move" else 2 if event == "wheel" else 0 for event in EVENTS], dtype=np.uint8
)
_IS_NO_MOVE: Final = np.array([event != "move" for event in EVENTS])

_CLAIM: Final = Claim(
    "grid",
    "Every time is a multiple of 1 ms from the session's start.",
    survives=("keys", "places"),
    step_us=_CLOCK_US,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kloak(Fixed):
    """Delay all input at random, and merge moves that wait, as kloak does for Whonix.

    All events of keyboard and pointer go through one queue on a clock of 1 ms. Each leaves after a delay
    uniform on the whole milliseconds from ``max(t' - t, 0)`` to the bound, t' being when the one before it
    leaves; so far this is ``delay-mix``. A move that comes in while the last of the queue is a move that
    still waits takes its place instead: many small moves become few jumps, of which each ends where the
    pointer was when the last one came in. Turns of the wheel are merged likewise, and added up. Times are
    counted from the session's first event.

    So the current version does, of 2025, with a default delay of 100 ms; the first one (vmonaco/kloak) is
    ``delay-mix``. Not imitated: positions rounded to whole pixels, turns of the wheel counted in whole
    clicks. The compositor makes auto-repeats of its own after kloak; here those of the source pass the
    queue. The claim is the clock: noise that averages out proves nothing.

    References
    ----------
    .. [1] Whonix/kloak, ``src/kloak.c`` and ``man/kloak.8.ronn``.
    .. [2] Monaco, Tappert (2016). Obfuscating Keystroke Time Intervals to Avoid Identification and
       Impersonation. arXiv 1609.07612.
    """

    name: ClassVar[str] = "kloak"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES, PLACES})
    delay_ms: int = 100  #: its option ``--delay``: longest delay, from 1, whole milliseconds

    def __post_init__(self) -> None:
        if whole_microseconds("delay_ms", self.delay_ms) % _CLOCK_US:
            raise ParameterError.of("delay_ms", must="be whole milliseconds", found=self.delay_ms)

    def keeps(self, claim: Claim) -> bool:
        """Keep a grid of pixels, since what stays is where it was, and a grid that has every millisecond."""
        if claim.step_px is not None:
            return TIMES in claim.survives
        if claim.kind == _CLAIM.kind and claim.step_us is not None:
            return _CLOCK_US % claim.step_us == 0
        return self.changes <= set(claim.survives)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part as it left the queue; each person's delays come from the person's own stream."""
        event = part.frame["event"].to_physical().to_numpy()
        most_ticks = whole_microseconds("delay_ms", self.delay_ms) // _CLOCK_US
        time_us, keep = np.empty(len(part), dtype=np.int64), np.empty(len(part), dtype=np.bool_)
        for block in blocks_of(part):
            own, uniform = event[block.rows], block.uniform(streams)
            tick = block.time_us // _CLOCK_US
            left, stays = delay_and_merge(tick, uniform, _MERGES[own], block.bounds, most_ticks)
            time_us[block.rows] = _CLOCK_US * from_first_event(left, block.bounds)
            # Turns stay here: rewriting adds up those of one time and place.
            keep[block.rows] = stays | _IS_NO_MOVE[own]
        moved = part.frame.with_columns(pl.Series("time_us", time_us))
        thinned = moved if keep.all() else moved.filter(pl.Series(keep))
        return Release(rewritten(part, thinned), claims=(_CLAIM,), seeded=not streams.secret)
