"""Order of the numbers of one stroke, of which there are few: without branches, and so without guesses."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, FloatArray

ROOM = 272  #: numbers that the arrays for work must hold
_FEW = 256  # above, sorting is faster than comparing each with each
_LANES = 16  # compared at once, and so none are left over


@kernel
def put_in_order(values: FloatArray, ordered: FloatArray, padded: FloatArray, ranks: Array) -> None:
    """Write numbers in increasing order.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Numbers from 0; none is NaN.
    ordered : float64 array of shape (n or more,)
        Takes them; what lies behind the first n stays.
    padded, ranks : float64 and int32 arrays of shape (ROOM,)
        Room to work in.
    """
    n = values.size
    if n > _FEW:
        ordered[:n] = np.sort(values)
        return
    room = (n + _LANES - 1) // _LANES * _LANES
    for place in range(n):
        padded[place] = values[place]
        ordered[place] = -1.0
    for place in range(n, room):
        padded[place] = -1.0
    for place in range(room):
        ranks[place] = 0
    for other in range(n):
        value = padded[other]
        for place in range(room):
            ranks[place] += value < padded[place]
    for place in range(n):
        ordered[ranks[place]] = padded[place]
    for place in range(1, n):  # equal ones have the rank of the first of them
        ordered[place] = ordered[place] if ordered[place] >= 0 else ordered[place - 1]


@kernel
def quantile(ordered: FloatArray, n: int, share: float) -> float:
    """Return a quantile of the first n numbers, which increase; linear between neighbours."""
    place = (n - 1) * share
    below = int(place)
    above = min(below + 1, n - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))
