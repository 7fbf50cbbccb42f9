"""The key presses of a table of pieces, paired and timed once."""

from dataclasses import dataclass

import numpy as np

from reid.events.table import EventTable
from reid.kernels.keystroke import pair_presses, successive_latencies
from reid.samples.cutting import runs_within
from reid.samples.table import PieceTable
from reid.typing import Array, FloatArray, IntArray

_SPARSEST = 4  # press numbers above this many times the rows are ranked first, to bound memory


@dataclass(frozen=True, slots=True, eq=False)
class Presses:
    """Key presses in the order of the pieces; every array but ``offsets`` has shape (n_presses,)."""

    key: Array  #: uint8, place of the key in :data:`~reid.events.keys.KEYS`
    hold_us: FloatArray  #: NaN where the key is not released within the run
    ud_us: FloatArray  #: release of the press before to this press; NaN on the first of a run
    dd_us: FloatArray  #: press before to this press
    uu_us: FloatArray  #: release of the press before to release of this one
    offsets: IntArray  #: (n_pieces + 1,): presses ``offsets[i]:offsets[i + 1]`` belong to piece i

    def of_pieces(self, pieces: IntArray) -> "Presses":
        """Return the presses of these pieces, in their order."""
        sizes = np.diff(self.offsets)[pieces]
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rows = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][pieces] - offsets[:-1], sizes)
        latencies = self.ud_us[rows], self.dd_us[rows], self.uu_us[rows]
        return Presses(self.key[rows], self.hold_us[rows], *latencies, offsets)


def presses_of(pieces: PieceTable) -> Presses:
    """Return the presses of the pieces, made the first time they are asked for."""
    return pieces.remembered("presses", lambda: _presses(pieces))


def _presses(pieces: PieceTable) -> Presses:
    time_us, event, key, press = event_arrays(pieces.events)
    starts, stops, runs = runs_within(pieces)
    if press.size and int(press.max()) > _SPARSEST * press.size:
        press = np.unique(press, return_inverse=True)[1]
    n_presses = int(press.max()) + 1 if press.size else 0
    rows, hold_us, offsets = pair_presses(time_us, event, press, starts, stops, n_presses)
    ud_us, dd_us, uu_us = successive_latencies(time_us[rows], hold_us, offsets)
    return Presses(key[rows], hold_us, ud_us, dd_us, uu_us, offsets[runs])


def event_arrays(events: EventTable) -> tuple[IntArray, Array, Array, Array]:
    """Return time (int64, us), event, key and press of each row as integers; 0 where key or press is null."""
    frame = events.frame
    key, press = frame["key"].to_physical().fill_null(0), frame["press"].fill_null(0)
    return (
        frame["time_us"].to_numpy(),
        frame["event"].to_physical().to_numpy(),
        key.to_numpy(),
        press.to_numpy(),
    )
