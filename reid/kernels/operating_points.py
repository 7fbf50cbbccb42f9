"""Operating points of one-to-one comparison: merged from sorted scores, and how far apart they are drawn."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray


@kernel
def operating_points(genuine: FloatArray, impostor: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Merge two sorted samples into the error rates at each distinct score and above all.

    Parameters
    ----------
    genuine, impostor : float64 arrays of shapes (n_genuine,) and (n_impostor,)
        Scores, ascending, not empty, without NaN.

    Returns
    -------
    threshold, fmr, fnmr : float64 arrays of shape (n_points,)
        Ascending distinct scores and infinity; the share of impostor scores at or above each, and of genuine
        scores below it.
    """
    n_genuine, n_impostor = genuine.size, impostor.size
    threshold, fmr, fnmr = np.empty((3, n_genuine + n_impostor + 1))
    rejected = passed_by = n_points = 0
    while rejected < n_genuine or passed_by < n_impostor:
        if passed_by == n_impostor or (rejected < n_genuine and genuine[rejected] < impostor[passed_by]):
            level = genuine[rejected]
        else:
            level = impostor[passed_by]
        threshold[n_points] = level
        fmr[n_points] = (n_impostor - passed_by) / n_impostor
        fnmr[n_points] = rejected / n_genuine
        n_points += 1
        while rejected < n_genuine and genuine[rejected] == level:
            rejected += 1
        while passed_by < n_impostor and impostor[passed_by] == level:
            passed_by += 1
    threshold[n_points], fmr[n_points], fnmr[n_points] = np.inf, 0.0, 1.0
    if level == np.inf:  # nothing lies above an infinite score
        fmr[n_points], fnmr[n_points] = fmr[n_points - 1], fnmr[n_points - 1]
    n_points += 1
    return threshold[:n_points], fmr[:n_points], fnmr[:n_points]


@kernel
def distinct_rates(rate: FloatArray) -> FloatArray:
    """Return the rates of a curve without those that repeat the one before.

    Parameters
    ----------
    rate : float64 array of shape (n_points,)
        Not empty; rising or falling.

    Returns
    -------
    float64 array of shape (n_distinct,)
        In the order of the points.
    """
    kept = np.empty_like(rate)
    kept[0] = rate[0]
    n_kept = 1
    for point in range(1, rate.size):
        kept[n_kept] = rate[point]
        n_kept += rate[point] != rate[point - 1]
    return kept[:n_kept]


@kernel
def way_along(fmr: FloatArray, fnmr: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Measure the way along a curve up to each point, as it is drawn.

    Parameters
    ----------
    fmr, fnmr : float64 arrays of shape (n_points,)
        Rates of each point.
    x, y : float64 arrays of shapes (n_distinct_fmr,) and (n_distinct_fnmr,)
        Where each distinct rate is drawn, as of :func:`distinct_rates`.

    Returns
    -------
    float64 array of shape (n_points,)
        0 at the first point, never falling.
    """
    way = np.empty_like(fmr)
    way[0] = 0.0
    across = up = 0
    for point in range(1, fmr.size):
        went_across, went_up = fmr[point] != fmr[point - 1], fnmr[point] != fnmr[point - 1]
        dx, dy = x[across + went_across] - x[across], y[up + went_up] - y[up]
        across, up = across + went_across, up + went_up
        # Most points move along one axis; only where scores tie across kinds is there a slope.
        step = np.hypot(dx, dy) if went_across and went_up else abs(dx) + abs(dy)
        way[point] = way[point - 1] + step
    return way
