"""How private a mechanism can be at best, judged by what it released."""

import numpy as np

from reid.errors import ParameterError
from reid.metrics.intervals import clopper_pearson
from reid.typing import Array


def epsilon_lower_bound(
    released: Array, neighbour: Array, thresholds: Array, *, level: float = 0.95, n_mechanisms: int = 1
) -> float:
    """Return an epsilon that the mechanism does not stay below, whatever it claims.

    A mechanism of a smaller epsilon would show the events ``released >= threshold`` more evenly on its two
    inputs. With probability ``level`` at least, none of ``n_mechanisms`` bounds is above the true epsilon.

    Parameters
    ----------
    released, neighbour : arrays of shape (n,) and (m,)
        One number of each independent release of one input, and of its neighbour.
    thresholds : array of shape (n_thresholds,)
        Chosen before looking at the releases.
    level : float
        In (0, 1).
    n_mechanisms : int
        How many are judged together.

    Returns
    -------
    float
        0 or more; infinite never.

    Notes
    -----
    For each event and its opposite, on either input, the logarithm of the low end of one probability's
    Clopper-Pearson interval over the high end of the other's; the largest of all. The intervals
    hold together, by Bonferroni over inputs, thresholds and mechanisms ([1]_, for delta 0).

    References
    ----------
    .. [1] Jagielski, Ullman, Oprea (2020). Auditing Differentially Private Machine Learning. NeurIPS 2020.

    Examples
    --------
    >>> always, never = np.ones(1000), np.zeros(1000)
    >>> round(epsilon_lower_bound(always, never, np.array([0.5])), 2)
    5.43
    >>> epsilon_lower_bound(always, always, np.array([0.5]))
    0.0
    """
    if not thresholds.size or n_mechanisms < 1:
        found = f"{thresholds.size} thresholds, {n_mechanisms} mechanisms"
        raise ParameterError.of("a bound on epsilon", must="have one of each at least", found=found)
    each = 1 - (1 - level) / (2 * thresholds.size * n_mechanisms)
    bound = 0.0
    for threshold in thresholds:
        counts = (float((numbers >= threshold).sum()) for numbers in (released, neighbour))
        sizes = (released.size, neighbour.size)
        (low, high), (other_low, other_high) = (
            clopper_pearson(count, size, each) for count, size in zip(counts, sizes, strict=True)
        )
        ratios = (
            (low, other_high),
            (other_low, high),
            (1 - high, 1 - other_low),
            (1 - other_high, 1 - low),
        )
        bound = max([bound, *(float(np.log(least / most)) for least, most in ratios if least > 0)])
    return bound
