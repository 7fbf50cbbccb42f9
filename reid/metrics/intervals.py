"""Intervals that treat people, not comparisons, as what was sampled."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import beta, norm, t

from reid.errors import ParameterError
from reid.metrics.estimate import Estimate
from reid.typing import Array, FloatArray

_MOST_OBSERVATIONS = 1e12  # beyond, beta quantiles are not computed reliably, and the interval is a point
_PRIOR_PEOPLE = 2.0  # weight of the worst case; chosen so that shuffled labels are covered


def clopper_pearson(hits: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a proportion; it covers at least as often as it says.

    Parameters
    ----------
    hits, n : float
        ``0 <= hits <= n``, ``n > 0``. Fractions are allowed, for effective sample sizes.
    level : float
        In (0, 1).

    Examples
    --------
    >>> low, high = clopper_pearson(0, 10)
    >>> low, round(high, 4)
    (0.0, 0.3085)
    """
    _check(hits, n, level)
    tail = (1 - level) / 2
    low = 0.0 if hits <= 0 else float(beta.ppf(tail, hits, n - hits + 1))
    high = 1.0 if hits >= n else float(beta.ppf(1 - tail, hits + 1, n - hits))
    return low, high


def wilson(hits: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a proportion; it covers as often as it says on average.

    Parameters
    ----------
    hits, n : float
        ``0 <= hits <= n``, ``n > 0``.
    level : float
        In (0, 1).

    Examples
    --------
    >>> tuple(round(end, 4) for end in wilson(5, 10))
    (0.2366, 0.7634)
    """
    _check(hits, n, level)
    z = float(norm.ppf((1 + level) / 2))
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return (0.0 if hits <= 0 else middle - half), (1.0 if hits >= n else middle + half)


def _check(hits: float, n: float, level: float) -> None:
    if not 0 <= hits <= n or n <= 0:
        raise ParameterError.of("hits and n", must="satisfy 0 <= hits <= n and n > 0", found=f"{hits}, {n}")
    if not 0 < level < 1:
        raise ParameterError.of("level", must="lie between 0 and 1", found=level)


def interval_from_variance(
    value: float, variance: float, n_people: int, *, level: float = 0.95, most: float = np.inf
) -> tuple[float, float]:
    """Return an interval of a rate from its variance over people, well behaved up to 0 and 1.

    Parameters
    ----------
    value : float
        The rate, in [0, 1].
    variance : float
        Of the rate, over repeated draws of people.
    n_people : int
        People behind the variance.
    level : float
        In (0, 1).
    most : float
        Largest effective number of observations to believe in.

    Notes
    -----
    The rate is treated as one of ``value * (1 - value) / variance`` independent observations,
    made fewer because the variance itself is estimated, and given their exact interval [1]_. Where
    no variance is seen, each person is one observation.

    References
    ----------
    .. [1] Korn, Graubard (1998). Confidence intervals for proportions with small expected number of
       positive counts estimated from survey data. Survey Methodology 24.
    """
    if n_people < 2:  # noqa: PLR2004  one person says nothing about others
        return 0.0, 1.0
    value = min(max(value, 0.0), 1.0)
    spread = value * (1 - value)
    # A variance that is nothing but rounding is no variance seen.
    seen = spread > 0 and variance > spread / _MOST_OBSERVATIONS
    n_effective = min(spread / variance, most) if seen else float(n_people)
    tail = (1 + level) / 2
    n_effective *= float(norm.ppf(tail) / t.ppf(tail, n_people - 1)) ** 2
    low, high = clopper_pearson(value * n_effective, n_effective, level)
    return min(low, value), max(high, value)


def cautious_variance(variance: float, means: FloatArray) -> float:
    """Return the variance of a rate over people, mixed with the largest that is possible.

    Hits of three people say little about how unequal people are: the variance seen is small just when
    the rate comes out small, and an interval from it would miss too often. So it is averaged with
    the largest variance that a rate of people can have, ``value * (1 - value) / n_people`` (each
    person always hits or always misses), which weighs as much as two people against the effective
    number of people on whom the variance rests.

    Parameters
    ----------
    variance : float
        As seen.
    means : float64 array of shape (n_people,)
        Each person's mean hits, in [0, 1].
    """
    value = float(means.mean())
    rare = means if value <= 1 / 2 else 1 - means
    squares = float((rare * rare).sum())
    carriers = float(rare.sum()) ** 2 / squares if squares > 0 else 0.0
    largest = value * (1 - value) / means.size
    return (carriers * variance + _PRIOR_PEOPLE * largest) / (carriers + _PRIOR_PEOPLE)


def person_means(values: FloatArray, person: Array) -> FloatArray:
    """Return each person's mean, people in the order of their names: (n_people,)."""
    _, number = np.unique(person, return_inverse=True)
    return np.bincount(number, weights=values) / np.bincount(number)


def person_weights(person: Array) -> FloatArray:
    """Return weights that sum to 1 and give each person the same share: (n_probes,)."""
    _, number = np.unique(person, return_inverse=True)
    count = np.bincount(number)
    return np.asarray(1.0 / (count[number] * count.size), dtype=np.float64)


def proportion_over_people(
    hits: FloatArray, person: Array, *, level: float = 0.95, chance: float | None = None
) -> Estimate:
    """Return a rate in which each person weighs the same, with an interval over people.

    Parameters
    ----------
    hits : float64 array of shape (n_probes,)
        In [0, 1]; fractions are expectations, as from ties.
    person : array of shape (n_probes,)
        Who made each probe.
    level : float
        Of the interval.
    chance : float, optional
        What blind guessing would give.

    Returns
    -------
    Estimate
        The mean over people of their mean hits. Where every person has one probe that hits or
        misses, the interval is Clopper and Pearson's; else that of Korn and Graubard with
        :func:`cautious_variance`, in which a probe counts for at most one observation.

    Raises
    ------
    ParameterError
        There is no probe, or a hit lies outside [0, 1].
    """
    if not hits.size or hits.shape != person.shape or not np.all((hits >= 0) & (hits <= 1)):
        found = f"{hits.size} hits and {person.size} people"
        raise ParameterError.of("hits", must="lie in [0, 1], one or more, each with a person", found=found)
    means = person_means(hits, person)
    n_people, value = means.size, float(means.mean())
    if n_people == hits.size and np.all((hits == 0) | (hits == 1)):
        low, high = clopper_pearson(float(hits.sum()), n_people, level)
        return Estimate(value, low, high, level, n_people, chance)
    seen = float(means.var(ddof=1)) / n_people if n_people > 1 else 0.0
    variance = cautious_variance(seen, means)
    low, high = interval_from_variance(value, variance, n_people, level=level, most=hits.size)
    return Estimate(value, low, high, level, n_people, chance)


def paired_difference(
    first: FloatArray, second: FloatArray, person: Array, *, level: float = 0.95
) -> Estimate:
    """Return how much more often ``first`` hits than ``second`` on the same probes.

    Parameters
    ----------
    first, second : float64 arrays of shape (n_probes,)
        Hits in [0, 1] of two attackers, or of one attacker on two releases.
    person : array of shape (n_probes,)
        Who made each probe.
    level : float
        Of the interval.

    Returns
    -------
    Estimate
        The mean over people of their mean difference, in [-1, 1]. The interval is Student's after
        adding one person who differs by +1 and one by -1 [1]_, so that it does not vanish where
        nobody differs.

    References
    ----------
    .. [1] Bonett, Price (2012). Adjusted Wald confidence interval for a difference of binomial
       proportions based on paired data. J. Educational and Behavioral Statistics 37.
    """
    if not first.size or not first.shape == second.shape == person.shape:
        found = f"{first.size}, {second.size} and {person.size}"
        raise ParameterError.of("both hits and people", must="be as many, one or more", found=found)
    means = person_means(first - second, person)
    value, n_people = float(means.mean()), means.size
    padded = np.concatenate([means, [1.0, -1.0]])
    half = float(t.ppf((1 + level) / 2, padded.size - 1)) * float(padded.std() / np.sqrt(padded.size))
    middle = float(padded.mean())
    low, high = max(-1.0, min(middle - half, value)), min(1.0, max(middle + half, value))
    return Estimate(value, low, high, level, n_people, 0.0)


def mean_over_people(
    first: FloatArray, second: FloatArray, person: Array, *, level: float = 0.95
) -> Estimate:
    """Return by how much ``first`` exceeds ``second`` on the same probes, where neither is a rate.

    Parameters
    ----------
    first, second : float64 arrays of shape (n_probes,)
        Any measure of a probe, in the same unit.
    person : array of shape (n_probes,)
        Who made each probe; of two people at least.
    level : float
        Of the interval.

    Returns
    -------
    Estimate
        The mean over people of their mean difference, with Student's interval; a point where nobody
        differs.

    Raises
    ------
    ParameterError
        The shapes disagree or there are fewer than two people.

    Examples
    --------
    >>> found = mean_over_people(np.array([3.0, 1.0]), np.array([1.0, 1.0]), np.array([0, 1]))
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (1.0, -11.71, 13.71)
    """
    means = person_means(first - second, person) if first.shape == second.shape == person.shape else None
    if means is None or means.size < 2:  # noqa: PLR2004  a spread needs two
        found = f"{first.size}, {second.size} and {person.size}"
        raise ParameterError.of("both measures and people", must="be as many, of two people", found=found)
    value = float(means.mean())
    error = float(means.std(ddof=1) / np.sqrt(means.size))
    half = float(t.ppf((1 + level) / 2, means.size - 1)) * error
    return Estimate(value, value - half, value + half, level, means.size, 0.0)


def maximum_over_attackers(
    hits: Sequence[FloatArray], person: Array, *, level: float = 0.95, chance: float | None = None
) -> tuple[int, Estimate]:
    """Return the strongest of several attackers, with an interval that holds for the choice.

    Parameters
    ----------
    hits : sequence of float64 arrays of shape (n_probes,)
        Of each attacker, on the same probes.
    person : array of shape (n_probes,)
        Who made each probe.
    level : float
        Of the interval.
    chance : float, optional
        What blind guessing would give.

    Returns
    -------
    number : int
        Which attacker has the highest rate; the first of several.
    estimate : Estimate
        Of the largest of the true rates. Every attacker's interval is taken at
        :func:`sidak_level`, so all hold at once; the largest true rate then lies between the
        largest of the lower and the largest of the upper ends.
    """
    if not hits:
        raise ParameterError.of("hits", must="be of one attacker or more", found="none")
    each_level = sidak_level(level, len(hits))
    each = [proportion_over_people(one, person, level=each_level, chance=chance) for one in hits]
    number = max(range(len(each)), key=lambda place: (each[place].value, -place))
    low, high = max(one.low for one in each), max(one.high for one in each)
    return number, Estimate(each[number].value, low, high, level, each[number].n_people, chance)


def sidak_level(level: float, n: int) -> float:
    """Return the level at which ``n`` intervals hold all at once with ``level`` [1]_.

    References
    ----------
    .. [1] Sidak (1967). Rectangular confidence regions for the means of multivariate normal
       distributions. J. American Statistical Association 62.

    Examples
    --------
    >>> round(sidak_level(0.95, 5), 4)
    0.9898
    """
    return float(level ** (1 / n))
