"""One estimate of several: the same measure on several draws of a random protection."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.stats import norm, t

from reid.errors import ParameterError
from reid.metrics.estimate import Estimate

_RATE: Final = (0.0, 1.0)
_NOTHING: Final = 1e-12  # share of the variance over people that is no more than rounding


def over_releases(estimates: Sequence[Estimate], *, within: tuple[float, float] | None = _RATE) -> Estimate:
    """Return the mean over several releases, with an interval for one more release on other people.

    Parameters
    ----------
    estimates : sequence of Estimate
        The same measure on each release, at one level.
    within : tuple of float, optional
        Least and largest value that can be; None where there is no limit.

    Returns
    -------
    Estimate
        Each side of the interval joins the mean square of the single intervals' sides, which is over
        people, with ``1 + 1/n`` times the variance between releases, by the rule and with the degrees of
        freedom that Rubin gives for several imputations [1]_. One estimate is returned as it is.

    Raises
    ------
    ParameterError
        There is no estimate, or levels differ.

    References
    ----------
    .. [1] Rubin (1987). Multiple Imputation for Nonresponse in Surveys. Wiley, chapter 3.

    Examples
    --------
    >>> over_releases([Estimate(0.5, 0.4, 0.6), Estimate(0.5, 0.4, 0.6)]).high
    0.6
    """
    levels = {one.level for one in estimates}
    if len(levels) != 1:
        found = f"{len(estimates)} with levels {sorted(levels)}"
        raise ParameterError.of("estimates", must="be one or more, of one level", found=found)
    first = estimates[0]
    n = len(estimates)
    if n == 1:
        return first
    values = np.array([one.value for one in estimates])
    value = float(values.mean())
    z = float(norm.ppf((1 + first.level) / 2))
    between = (1 + 1 / n) * float(values.var(ddof=1))

    def half(sides: Sequence[float]) -> float:
        """Return the length of one side."""
        over_people = float(np.mean(np.square(sides))) / z**2
        if between <= _NOTHING * over_people:
            return z * float(np.sqrt(over_people))
        degrees = (n - 1) * (1 + over_people / between) ** 2
        return float(t.ppf((1 + first.level) / 2, degrees) * np.sqrt(over_people + between))

    low = value - half([one.value - one.low for one in estimates])
    high = value + half([one.high - one.value for one in estimates])
    least, most = within or (-np.inf, np.inf)
    return Estimate(
        value,
        max(low, least),
        min(high, most),
        first.level,
        min(one.n_people for one in estimates),
        first.chance,
    )
