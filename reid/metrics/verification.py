"""Error rates of one-to-one comparison."""

import numpy as np

from reid.errors import ParameterError
from reid.kernels.score_order import crossing_of_unsorted, in_order
from reid.kernels.scores import half_wins
from reid.typing import FloatArray


def checked_scores(genuine: FloatArray, impostor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both kinds of scores as they stand, once they are known to be scores.

    Raises
    ------
    ParameterError
        Either is empty or holds NaN.
    """
    for name, scores in (("genuine", genuine), ("impostor", impostor)):
        n_missing = np.count_nonzero(np.isnan(scores))
        if n_missing or not scores.size:
            found = f"{n_missing} NaN in {scores.size} scores"
            raise ParameterError.of(name, must="hold scores and no NaN", found=found)
    genuine, impostor = (np.ascontiguousarray(scores, dtype=np.float64) for scores in (genuine, impostor))
    return genuine, impostor


def sorted_scores(genuine: FloatArray, impostor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both kinds of scores in ascending order, once they are known to be scores.

    Raises
    ------
    ParameterError
        Either is empty or holds NaN.
    """
    genuine, impostor = checked_scores(genuine, impostor)
    return in_order(genuine), in_order(impostor)


def equal_error_rate(genuine: FloatArray, impostor: FloatArray) -> float:
    """Return the error rate where the ROC polyline crosses FMR = FNMR.

    Parameters
    ----------
    genuine : float64 array of shape (n_genuine,)
        Similarity scores of comparisons within one subject (mated comparisons).
    impostor : float64 array of shape (n_impostor,)
        Similarity scores of comparisons across two subjects (non-mated comparisons).

    Returns
    -------
    float
        Equal error rate in ``[0, 1]``: 0 for perfect separation, 0.5 for none.

    Raises
    ------
    ParameterError
        Either is empty or holds NaN.

    Notes
    -----
    A comparison matches when ``score >= threshold``. The polyline is linear between
    neighbouring operating points, as in [1]_; other definitions differ by a factor of
    up to 1.6 where a person has few genuine scores.

    References
    ----------
    .. [1] Killourhy, Maxion (2009). Comparing Anomaly-Detection Algorithms for Keystroke
       Dynamics. DSN 2009.

    Examples
    --------
    >>> equal_error_rate(np.array([0.4, 0.7, 0.8, 0.9]), np.array([0.1, 0.2, 0.3, 0.6]))
    0.25
    """
    return float(crossing_of_unsorted(*checked_scores(genuine, impostor)))


def area_under_curve(genuine: FloatArray, impostor: FloatArray) -> float:
    """Return the chance that a genuine score exceeds an impostor score, a tie counting one half.

    Parameters
    ----------
    genuine : float64 array of shape (n_genuine,)
        Similarity scores of comparisons within one subject.
    impostor : float64 array of shape (n_impostor,)
        Similarity scores of comparisons across two subjects.

    Returns
    -------
    float
        Area under the ROC polyline in ``[0, 1]``: 1 for perfect separation, 0.5 for none.

    Raises
    ------
    ParameterError
        Either is empty or holds NaN.

    Examples
    --------
    >>> area_under_curve(np.array([0.4, 0.9]), np.array([0.1, 0.4]))
    0.875
    """
    return float(half_wins(*sorted_scores(genuine, impostor)) / (2 * genuine.size * impostor.size))
