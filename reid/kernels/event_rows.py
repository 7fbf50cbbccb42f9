"""The door's quick look at the order of rows, which says whether a closer one is needed."""

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.key_walk import KEY_DOWN, KEY_UP
from reid.typing import Array, IntArray


@kernel
def count_key_events(event: Array) -> int:
    """Return how many of the rows are key events.

    Parameters
    ----------
    event : uint8 array of shape (n_rows,)
        Physical values of the ``event`` column.
    """
    n = 0
    for row in range(event.size):
        n += event[row] <= KEY_UP
    return n


@kernel
def is_in_order(time_us: IntArray, bounds: IntArray) -> bool:
    """Say whether no time lies before an earlier one of its session.

    Parameters
    ----------
    time_us : int64 array of shape (n_rows,)
        Times of the rows.
    bounds : int64 array of shape (n_sessions + 1,)
        Rows ``bounds[i] .. bounds[i + 1] - 1`` belong to session i.
    """
    for session in range(bounds.size - 1):
        for row in range(bounds[session] + 1, bounds[session + 1]):
            if time_us[row] < time_us[row - 1]:
                return False
    return True


@kernel
def are_presses_paired(event: Array, press: Array, bounds: IntArray, n_presses: int) -> bool:
    """Say whether every release is the first of its press within the session and comes after it.

    Parameters
    ----------
    event : uint8 array of shape (n_rows,)
        Physical values of the ``event`` column; what is no key event is passed over.
    press : uint32 array of shape (n_rows,)
        Numbers of presses, all below ``n_presses``.
    bounds : int64 array of shape (n_sessions + 1,)
        Rows ``bounds[i] .. bounds[i + 1] - 1`` belong to session i.
    n_presses : int
        Room for numbers.
    """
    # Twice the session's ordinal where a press has gone down, one more where it has come up: nothing is
    # cleared between sessions.
    seen = np.zeros(n_presses, dtype=np.int64)
    for session in range(bounds.size - 1):
        down = 2 * (session + 1)
        for row in range(bounds[session], bounds[session + 1]):
            if event[row] == KEY_DOWN:
                seen[press[row]] = max(seen[press[row]], down)
            elif event[row] == KEY_UP:
                if seen[press[row]] != down:
                    return False
                seen[press[row]] = down + 1
    return True
