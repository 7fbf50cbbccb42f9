"""How well a released quantity agrees with the raw one, from 0 to 1: pure functions on arrays."""

import numpy as np
from scipy.stats import wasserstein_distance

from reid.typing import FloatArray


def ratio_agreement(raw: FloatArray, released: FloatArray) -> FloatArray:
    """Return the smaller of two amounts as a share of the larger: float64, of their shape.

    1 where they are equal, also where both are 0; 0 where the released one is not known (NaN); NaN where the
    raw one is not.

    Examples
    --------
    >>> ratio_agreement(np.array([2.0, 0.0, 5.0]), np.array([4.0, 0.0, np.nan])).tolist()
    [0.5, 1.0, 0.0]
    """
    known = np.isfinite(released)
    other = np.where(known, released, 0.0)
    larger = np.maximum(raw, other)
    share = np.divide(np.minimum(raw, other), larger, out=np.ones_like(raw), where=larger != 0)
    return np.where(np.isnan(raw), np.nan, np.where(known, np.clip(share, 0, 1), 0.0))


def spread_agreement(raw: FloatArray, released: FloatArray) -> float:
    """Return how near two distributions are, measured by how spread the raw one is.

    Returns
    -------
    float
        1 minus the Wasserstein distance between the values, as a share of that between the raw values and
        their median [1]_: 1 where they are equal, 0 where the release is no better than the median alone.
        A release of fewer values counts for the share of values that it holds. NaN without raw values.

    References
    ----------
    .. [1] Vallender (1974). Calculation of the Wasserstein distance between probability distributions on the
       line. Theory of Probability and its Applications 18.

    Examples
    --------
    >>> spread_agreement(np.array([0.0, 2.0, 4.0, 6.0]), np.array([1.0, 3.0, 5.0, 7.0]))
    0.5
    """
    if not raw.size:
        return np.nan
    if not released.size:
        return 0.0
    distance = float(wasserstein_distance(raw, released))
    spread = float(np.abs(raw - np.median(raw)).mean())
    near = float(distance == 0) if spread == 0 else max(1 - distance / spread, 0.0)
    return near * min(released.size / raw.size, 1.0)


def overlap(raw: FloatArray, released: FloatArray) -> FloatArray:
    """Return what two rows of amounts have in common, as a share of what either has [1]_.

    Parameters
    ----------
    raw, released : float64 arrays of shape (n_rows, n_kinds)
        Amounts, 0 or more.

    Returns
    -------
    float64 array of shape (n_rows,)
        The sum of the smaller amounts over the sum of the larger: 1 where they are equal, 0 where no kind is
        in both; NaN where the raw row holds nothing.

    References
    ----------
    .. [1] Ruzicka (1958). Anwendung mathematisch-statistischer Methoden in der Geobotanik. Biologia 13.

    Examples
    --------
    >>> overlap(np.array([[2.0, 1.0]]), np.array([[1.0, 2.0]])).tolist()
    [0.5]
    """
    least, most = np.minimum(raw, released).sum(axis=1), np.maximum(raw, released).sum(axis=1)
    share = np.divide(least, most, out=np.zeros_like(least), where=most > 0)
    return np.where(raw.sum(axis=1) > 0, share, np.nan)
