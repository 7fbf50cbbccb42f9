"""How much a measure would vary with other people, seen by leaving out groups of people one by one."""

from collections.abc import Callable

import numpy as np
from scipy.stats import t

from reid.metrics.tallied import Remaining, ScoreTally
from reid.typing import FloatArray


def variance_by_groups(
    tally: ScoreTally, measured: Callable[[Remaining], FloatArray], *, n_people: int, level: float = 0.95
) -> FloatArray:
    """Return the variance of measures over people, by the delete-a-group jackknife.

    Everybody is in one group, dealt out at random, and leaves with it as maker of probes and as one of those
    with whom probes are confused. Few groups tell a variance less surely than all people one by one:
    what is returned is so much larger that an interval which counts on ``n_people`` is as wide as
    Student's with one degree of freedom less than there are groups [1]_.

    Parameters
    ----------
    tally : ScoreTally
        Of the attack.
    measured : callable
        Gives the measures, (n_measures,), without a group; NaN where nothing is left to measure.
    n_people : int
        On whom an interval that is made of the variance counts, 2 or more.
    level : float
        Of that interval.

    Returns
    -------
    float64 array of shape (n_measures,)
        0 or more; NaN where fewer than two groups can be spared.

    References
    ----------
    .. [1] Kott (2001). The delete-a-group jackknife. J. Official Statistics 17.
    """
    values = np.stack([measured(tally.without(group)) for group in range(tally.n_groups)])
    seen = ~np.isnan(values)
    n_seen = seen.sum(axis=0)
    mean = np.where(seen, values, 0.0).sum(axis=0) / np.maximum(n_seen, 1)
    squares = np.where(seen, values - mean, 0.0) ** 2
    variance = squares.sum(axis=0) * (n_seen - 1) / np.maximum(n_seen, 1)
    tail = (1 + level) / 2
    wider = t.ppf(tail, np.maximum(n_seen - 1, 1)) / t.ppf(tail, max(n_people - 1, 1))
    return np.where(n_seen > 1, variance * np.maximum(wider, 1.0) ** 2, np.nan)
