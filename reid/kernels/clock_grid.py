"""Times on a coarser clock with random thresholds: many sessions laid end to end in, times out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray, IntArray


@kernel
def rounded_at_random(time_us: IntArray, uniform: FloatArray, bounds: IntArray, step_us: int) -> IntArray:
    """Round each time up or down to a multiple of a step, with one random threshold for each cell.

    A time t in the cell from ``k step`` to ``(k + 1) step`` goes up where ``t - k step`` is above the cell's
    threshold, uniform on ``0 .. step - 1``: with probability ``(t - k step) / step``, so that the mean is t.
    All times of a session in one cell meet the same threshold, so none overtakes another.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    uniform : float64 array of shape (n_events,)
        Independent draws, uniform on ``[0, 1)``; a cell takes that of its first row.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    step_us : int
        Size of a cell, at least 1.

    Returns
    -------
    int64 array of shape (n_events,)
        Multiples of the step, non-decreasing within a session.
    """
    rounded_us = np.empty_like(time_us)
    for session in range(bounds.size - 1):
        cell, threshold_us = -1, 0
        for row in range(bounds[session], bounds[session + 1]):
            own = time_us[row] // step_us
            drawn_us = int(uniform[row] * step_us)
            threshold_us = threshold_us if own == cell else drawn_us
            cell = own
            beyond_us = time_us[row] - cell * step_us
            rounded_us[row] = (cell + (beyond_us > threshold_us)) * step_us
    return rounded_us
