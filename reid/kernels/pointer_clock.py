"""What the times of pointer points tell of the clock that counted them."""

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.pointer import MOVE
from reid.typing import Array, IntArray

_US_PER_MS = 1000


@kernel
def clock_counts(point_us: IntArray, code: Array, offsets: IntArray) -> IntArray:
    """Count steps, steps that take no time, moves, and moves on clocks that tick every few milliseconds.

    Parameters
    ----------
    point_us, code, offsets
        As :func:`~reid.kernels.pointer.pointer_points` returns them.

    Returns
    -------
    int64 array of shape (n_runs, 8)
        Steps from a point to a move, those of no time; moves, those at whole multiples of 1, 5, 8, 10
        and 16 ms.
    """
    counts = np.zeros((offsets.size - 1, 8), dtype=np.int64)
    for run in range(offsets.size - 1):
        first, stop = offsets[run], offsets[run + 1]
        steps, still, moves, by_1, by_5, by_8, by_10, by_16 = 0, 0, 0, 0, 0, 0, 0, 0
        for place in range(first, stop):
            if code[place] != MOVE:
                continue
            moves += 1
            steps += place > first
            still += (place > first) & (point_us[place] == point_us[max(place - 1, first)])
            in_ms = point_us[place] // _US_PER_MS  # division by what the compiler knows is cheap
            if point_us[place] != _US_PER_MS * in_ms:
                continue
            by_1 += 1
            by_5 += in_ms % 5 == 0
            by_8 += in_ms % 8 == 0
            by_10 += in_ms % 10 == 0
            by_16 += in_ms % 16 == 0
        counts[run, :] = steps, still, moves, by_1, by_5, by_8, by_10, by_16
    return counts
