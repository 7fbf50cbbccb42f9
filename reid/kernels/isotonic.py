"""The rising step density of numbers between 0 and 1: how much more often one of two kinds occurs where."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray


@kernel
def rising_density(places: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit the non-decreasing step density of largest likelihood, by pooling adjacent violators.

    Each of the n + 1 gaps between neighbouring places holds a mass of ``1 / (n + 1)``, the mass that it
    holds on average where places are uniform.

    Parameters
    ----------
    places : float64 array of shape (n_places,)
        Ascending, in (0, 1), not empty.

    Returns
    -------
    edges : float64 array of shape (n_steps + 1,)
        From 0 to 1.
    density : float64 array of shape (n_steps,)
        Ascending; infinite on a step without width.
    """
    n = places.size
    width = np.empty(n + 1)
    mass = np.empty(n + 1)
    steps = 0
    before = 0.0
    for gap in range(n + 1):
        here = places[gap] if gap < n else 1.0
        width[steps] = here - before
        mass[steps] = 1.0 / (n + 1)
        before = here
        steps += 1
        while steps > 1 and mass[steps - 2] * width[steps - 1] >= mass[steps - 1] * width[steps - 2]:
            steps -= 1
            width[steps - 1] += width[steps]
            mass[steps - 1] += mass[steps]
    edges = np.zeros(steps + 1)
    density = np.empty(steps)
    for step in range(steps):
        edges[step + 1] = edges[step] + width[step]
        density[step] = mass[step] / width[step] if width[step] > 0 else np.inf
    edges[steps] = 1.0
    return edges, density


@kernel
def unlinkability_of(places: FloatArray) -> float:
    """Return D_sys of mated scores from their places among the non-mated ones.

    Parameters
    ----------
    places : float64 array of shape (n_places,)
        Ascending, in (0, 1), not empty.

    Returns
    -------
    float
        In [0, 1]: the mean over the mated mass of (r - 1) / (r + 1) where the density r is above 1.
    """
    edges, density = rising_density(places)
    total = 0.0
    for step in range(density.size):
        ratio = density[step]
        if ratio > 1:
            width = edges[step + 1] - edges[step]
            # (r - 1) / (r + 1) times the mass r * width
            total += width * ratio * (1 - 2 / (ratio + 1)) if np.isfinite(ratio) else 1 / (places.size + 1)
    return total


@kernel
def unlinkability_of_each(rows: FloatArray) -> FloatArray:
    """Return :func:`unlinkability_of` of each row: (n_rows,).

    Parameters
    ----------
    rows : float64 array of shape (n_rows, n_places)
        Each ascending, in (0, 1).
    """
    found = np.empty(rows.shape[0])
    for row in range(rows.shape[0]):
        found[row] = unlinkability_of(rows[row])
    return found
