"""How often a pointer path crosses itself."""

from reid.kernels._jit import kernel
from reid.typing import FloatArray

_REACH = 24  # a step is checked for crossings with so many before it


@kernel
def crossings(x: FloatArray, y: FloatArray) -> int:
    """Count crossings of steps with one of the 24 steps before them, neighbours aside.

    Parameters
    ----------
    x, y : float64 arrays of shape (n_points,)
        A path.

    Returns
    -------
    int
        Number of pairs of steps that cross; to touch is not to cross.

    Notes
    -----
    A path that never turns back in one of the two directions cannot cross itself, so a step is compared only
    with those before the stretch that ends with it and goes one way.
    """
    n = 0
    right, left, down, up = 0, 0, 0, 0  # where the stretch begins that goes only this way
    for late in range(x.size - 1):
        right = late + 1 if x[late + 1] < x[late] else right
        left = late + 1 if x[late + 1] > x[late] else left
        down = late + 1 if y[late + 1] < y[late] else down
        up = late + 1 if y[late + 1] > y[late] else up
        past = min(late - 1, right, left, down, up)
        first = max(0, late - _REACH)
        if first >= past:
            continue
        low_x, high_x = min(x[late], x[late + 1]), max(x[late], x[late + 1])
        low_y, high_y = min(y[late], y[late + 1]), max(y[late], y[late + 1])
        ex, ey = x[late + 1] - x[late], y[late + 1] - y[late]
        for early in range(first, past):
            if max(x[early], x[early + 1]) < low_x or min(x[early], x[early + 1]) > high_x:
                continue
            if max(y[early], y[early + 1]) < low_y or min(y[early], y[early + 1]) > high_y:
                continue
            dx, dy = x[early + 1] - x[early], y[early + 1] - y[early]
            side_a = dx * (y[late] - y[early]) - dy * (x[late] - x[early])
            side_b = dx * (y[late + 1] - y[early]) - dy * (x[late + 1] - x[early])
            side_c = ex * (y[early] - y[late]) - ey * (x[early] - x[late])
            side_d = ex * (y[early + 1] - y[late]) - ey * (x[early + 1] - x[late])
            n += side_a * side_b < 0 and side_c * side_d < 0
    return n
