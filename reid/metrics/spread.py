"""What is bounded but no rate, and how it is spread over people."""

import numpy as np
from scipy.stats import binom, t

from reid.errors import ParameterError
from reid.metrics.estimate import Estimate
from reid.typing import FloatArray


def mean_of_bounded(
    values: FloatArray,
    least: float,
    most: float,
    *,
    level: float = 0.95,
    chance: float | None = None,
) -> Estimate:
    """Return the mean over people of a bounded quantity.

    Parameters
    ----------
    values : float64 array of shape (n_people,)
        One of each person.
    least, most : float
        Between which the mean must lie; a mean outside is moved to the nearer end.
    level : float
        Of the interval.
    chance : float, optional
        What blind guessing would give.

    Returns
    -------
    Estimate
        The interval is Student's after adding one person at each end, so that it does not vanish where
        all are alike, as with :func:`reid.metrics.intervals.paired_difference`.

    Raises
    ------
    ParameterError
        There is nobody, or a value is not finite.
    """
    if not values.size or not np.isfinite(values).all():
        raise ParameterError.of("values", must="be one or more finite numbers", found=f"{values.size}")
    value = float(np.clip(values.mean(), least, most))
    padded = np.append(values, [least, most])
    half = float(t.ppf((1 + level) / 2, padded.size - 1)) * float(padded.std() / np.sqrt(padded.size))
    middle = float(padded.mean())
    low = float(np.clip(min(middle - half, value), least, most))
    high = float(np.clip(max(middle + half, value), least, most))
    return Estimate(value, low, high, level, values.size, chance)


def quantile_over_people(
    values: FloatArray,
    share: float,
    least: float,
    most: float,
    *,
    level: float = 0.95,
    chance: float | None = None,
) -> Estimate:
    """Return the smallest value that at least ``share`` of the people do not exceed.

    Parameters
    ----------
    values : float64 array of shape (n_people,)
        One of each person.
    share : float
        In (0, 1).
    least, most : float
        Ends of what is possible, which stand where people are too few for an end of the interval.
    level : float
        Of the interval.
    chance : float, optional
        What blind guessing would give.

    Returns
    -------
    Estimate
        The interval lies between two of the values and asks nothing of their law [1]_.

    References
    ----------
    .. [1] Hahn, Meeker (1991). Statistical Intervals, section 5.2. Wiley.

    Examples
    --------
    >>> found = quantile_over_people(np.arange(1.0, 101.0), 0.5, 0, 200)
    >>> found.value, found.low, found.high
    (50.0, 40.0, 61.0)
    """
    if not values.size or not 0 < share < 1:
        found = f"{values.size} values and a share of {share}"
        raise ParameterError.of("a quantile", must="be of a value or more, at a share in (0, 1)", found=found)
    ordered, n, tail = np.sort(values), values.size, (1 - level) / 2
    ends = np.concatenate([[least], ordered, [most]])
    # the number of values below the quantile is binomial
    before, after = binom.ppf(tail, n, share), binom.ppf(1 - tail, n, share) + 1
    value = float(ordered[max(int(np.ceil(share * n - 1e-9)), 1) - 1])
    return Estimate(value, float(ends[int(before)]), float(ends[int(after)]), level, n, chance)
