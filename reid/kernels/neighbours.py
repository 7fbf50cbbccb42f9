"""Distances to the nearest of each person's pieces."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray, IntArray


@kernel
def nearest_distances(
    probes: FloatArray, pieces: FloatArray, offsets: IntArray, n_neighbours: int, order: int
) -> FloatArray:
    """Return the mean distance of each probe from the nearest pieces of each person.

    Parameters
    ----------
    probes : float64 array of shape (n_probes, n_features)
        What is compared; no NaN.
    pieces : float64 array of shape (n_pieces, n_features)
        What it is compared with, person by person; no NaN.
    offsets : int64 array of shape (n_people + 1,)
        Pieces ``offsets[i]:offsets[i + 1]`` belong to person i.
    n_neighbours : int
        How many of a person's pieces to average over, 1 or more; all of them where there are fewer.
    order : int
        1 adds up absolute deviations (Manhattan), 2 takes the root of the summed squares (Euclidean).

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        Mean distances; NaN for a person without pieces.

    Notes
    -----
    A piece is given up as soon as it is farther away than the nearest ones found so far.
    """
    distances = np.full((probes.shape[0], offsets.size - 1), np.nan)
    nearest = np.empty(n_neighbours)
    for row in range(probes.shape[0]):
        for person in range(offsets.size - 1):
            n_wanted = min(n_neighbours, offsets[person + 1] - offsets[person])
            if n_wanted == 0:
                continue
            _fill_nearest(
                probes[row], pieces, offsets[person], offsets[person + 1], order, nearest[:n_wanted]
            )
            total = 0.0
            for place in range(n_wanted):
                total += np.sqrt(nearest[place]) if order == 2 else nearest[place]  # noqa: PLR2004  Euclidean
            distances[row, person] = total / n_wanted
    return distances


@kernel
def _fill_nearest(
    probe: FloatArray, pieces: FloatArray, start: int, stop: int, order: int, nearest: FloatArray
) -> None:
    """Fill in the smallest sums of deviations (squares, where ``order`` is 2), in increasing order."""
    nearest[:] = np.inf
    for piece in range(start, stop):
        total = 0.0
        for feature in range(probe.size):
            deviation = probe[feature] - pieces[piece, feature]
            total += deviation * deviation if order == 2 else abs(deviation)  # noqa: PLR2004  Euclidean
            if total >= nearest[-1]:
                break
        place = nearest.size
        while place > 0 and total < nearest[place - 1]:
            place -= 1
        if place < nearest.size:
            nearest[place + 1 :] = nearest[place:-1].copy()
            nearest[place] = total
