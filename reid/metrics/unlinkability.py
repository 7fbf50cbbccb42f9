"""How linkable two recordings of a person are (ISO/IEC 24745), at each score and in all."""

from dataclasses import dataclass

import numpy as np

from reid.errors import TooFewError
from reid.kernels.isotonic import rising_density, unlinkability_of, unlinkability_of_each
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import interval_from_variance
from reid.typing import BoolArray, FloatArray, IntArray

_PERMUTATIONS = 200
LOCAL_AT = (1e-4, 1e-3, 1e-2, 0.05, 0.1, 0.2, 0.5)  #: false match rates at whose scores D is given


@dataclass(frozen=True, slots=True, eq=False)
class Unlinkability:
    """D_sys with its correction, and D at each score."""

    d_sys: Estimate  #: corrected; 0 unlinkable, 1 fully linkable
    as_counted: float  #: before the correction
    by_luck: float  #: mean of what is counted where labels are permuted
    p_value: float  #: share of permutations that count as much, themselves included
    fmr: FloatArray  #: (n_steps + 1,) edges from 1 to 0: the false match rate with a threshold at the edge
    local: FloatArray  #: (n_steps,) D in [0, 1] between two edges, not corrected

    def as_dict(self) -> dict[str, object]:
        """Return the measure as it stands in ``report.json``."""
        return {
            "d_sys": self.d_sys.with_chance(),
            "p_value": self.p_value,
            "local": {"fmr": list(LOCAL_AT), "d": [self.local_at(fmr) for fmr in LOCAL_AT]},
        }

    def local_at(self, fmr: float) -> float:
        """Return D at the score that is the threshold of a false match rate, in (0, 1)."""
        return float(self.local[_steps(1 - self.fmr, np.array([1 - fmr]))[0]])


def unlinkability(
    mated: FloatArray,
    non_mated: FloatArray,
    *,
    rng: np.random.Generator,
    n_permutations: int = _PERMUTATIONS,
    level: float = 0.95,
) -> Unlinkability:
    """Return D_sys of independent scores; see :func:`unlinkability_of_matrix` for those of a few people.

    Parameters
    ----------
    mated, non_mated : float64 arrays of shapes (n_mated,) and (n_non_mated,)
        Scores of one person twice, and of two people; higher is more alike, NaN is a failed comparison and
        counts as the lowest.
    rng : numpy.random.Generator
        Breaks ties and permutes.
    n_permutations : int
        How often the labels are permuted.
    level : float
        Of the interval.

    Raises
    ------
    TooFewError
        Either side is empty.

    Notes
    -----
    With LR(s) = p(s | mated) / p(s | non-mated) and the prior odds w = 1, D(s) = 2 LR / (1 + LR) - 1 where
    LR > 1, else 0, and D_sys is its mean over mated scores [1]_. LR is taken not to fall with the score, as
    scores of likeness promise, and fitted as the rising step density of the mated scores' places
    among the non-mated ones [2]_: no width of bins is chosen, and rising transforms of the scores change
    nothing. Even so equal laws would count as linkable, by luck. With b the mean over permuted
    labels, d = (D - b) / (1 - b) leaves 1 alone and is 0 on average where the laws are equal; with s its
    standard deviation over permutations, d (1 - s^2 / d^2), or 0 where d is below s, is given [3]_: cut off
    at 0 alone, noise would look like some linkability, and a d of several s loses next to nothing.

    References
    ----------
    .. [1] Gomez-Barrero, Galbally, Rathgeb, Busch (2018). General framework to evaluate unlinkability in
       biometric template protection systems. IEEE TIFS 13.
    .. [2] Grenander (1956). On the theory of mortality measurement, part II. Skand. Aktuarietidskr. 39.
    .. [3] Breiman (1995). Better subset regression using the nonnegative garrote. Technometrics 37.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> apart = unlinkability(np.arange(50) + 1000.0, np.arange(1000.0), rng=rng)
    >>> round(apart.d_sys.value, 2), apart.p_value < 0.01
    (0.98, True)
    """
    if not mated.size or not non_mated.size:
        found = f"{mated.size} mated and {non_mated.size} non-mated"
        raise TooFewError.of("scores", must="be of both kinds", found=found)
    ordered = np.sort(_without_failures(non_mated))
    places = _places(_without_failures(mated), ordered, rng)
    null = np.stack([_permuted(mated.size, non_mated.size, rng) for _ in range(n_permutations)])
    edges, density = rising_density(places)
    worth, cost = _evidence(density)
    own = worth[_steps(edges, places)]
    others = cost[_steps(edges, (np.arange(ordered.size) + 0.5) / ordered.size)]
    variance = _variance_of_mean(own) + _variance_of_mean(others)
    return _corrected(places, unlinkability_of_each(null), variance, mated.size, level)


def unlinkability_of_matrix(
    scores: FloatArray,
    truth: IntArray,
    *,
    rng: np.random.Generator,
    n_permutations: int = _PERMUTATIONS,
    level: float = 0.95,
) -> Unlinkability:
    """Return D_sys of the comparisons of each probe with each enrolled person.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and counts as the lowest.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    rng : numpy.random.Generator
        Breaks ties and permutes.
    n_permutations : int
        How often each person's probes are counted as another one's, who is drawn at random.
    level : float
        Of the interval, which runs over people as probes and as templates: the spread of each person's part
        in the dual form of D_sys, an f-divergence; its low end is 0 where permutations count as much too
        often.

    Raises
    ------
    TooFewError
        Fewer than two people are enrolled, or there is no probe.

    Notes
    -----
    As in :func:`unlinkability`.
    """
    known = truth >= 0
    rows, own = _without_failures(scores[known]), truth[known]
    n_probes, n_people = rows.shape
    if n_people < 2 or not n_probes:  # noqa: PLR2004  one is searched for, one is mistaken
        found = f"{n_people} enrolled and {n_probes} probes"
        raise TooFewError.of("people", must="be at least 2 enrolled, with a probe", found=found)
    is_own = np.zeros(rows.shape, dtype=bool)
    is_own[np.arange(n_probes), own] = True
    ordered = np.sort(rows[~is_own])
    places = _places(rows[is_own], ordered, rng)
    null = np.empty((n_permutations, n_probes))
    for number in range(n_permutations):
        stand_in = someone_else(n_people, rng)[own]
        null[number] = _places(rows[np.arange(n_probes), stand_in], ordered, rng)
    variance = _variance_over_people(rows, own, is_own, ordered, places)
    return _corrected(places, unlinkability_of_each(null), variance, np.unique(own).size, level)


def someone_else(n_people: int, rng: np.random.Generator) -> IntArray:
    """Return another person for each, nobody twice, drawn at random: (n_people,)."""
    circle = rng.permutation(n_people)
    other = np.empty(n_people, dtype=np.int64)
    other[circle] = np.roll(circle, 1)
    return other


def _corrected(
    places: FloatArray, null: FloatArray, variance: float, n_people: int, level: float
) -> Unlinkability:
    counted, by_luck = float(unlinkability_of(places)), float(null.mean())
    p_value = float(1 + np.count_nonzero(null >= counted)) / (1 + null.size)
    excess = (counted - by_luck) / (1 - by_luck)
    noise = float(null.std()) / (1 - by_luck)
    value = excess * (1 - (noise / excess) ** 2) if excess > noise else 0.0
    low, high = interval_from_variance(value, variance / (1 - by_luck) ** 2, n_people, level=level)
    if p_value > (1 - level) / 2:
        low = 0.0
    edges, density = rising_density(places)
    local = np.where(density > 1, 1 - 2 / (density + 1), 0.0)
    d_sys = Estimate(value, low, high, level, n_people, 0.0)
    return Unlinkability(d_sys, counted, by_luck, p_value, 1 - edges, local)


def _without_failures(scores: FloatArray) -> FloatArray:
    return np.where(np.isnan(scores), -np.inf, scores)


def _places(scores: FloatArray, ordered: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return where scores lie among sorted others, ascending in (0, 1); uniform where both have one law.

    Of n others a score lies in one of n + 1 gaps, ties broken at random, and anywhere within the gap.
    """
    needles = np.sort(scores)  # sorted ones are found several times faster
    below = np.searchsorted(ordered, needles, side="left")
    upto = np.searchsorted(ordered, needles, side="right")
    gap = np.clip(rng.random(needles.size), 1e-9, None) * (upto - below + 1)
    return np.sort((below + gap) / (ordered.size + 1))


def _permuted(n_mated: int, n_non_mated: int, rng: np.random.Generator) -> FloatArray:
    """Return places of mated scores that were drawn at random from all."""
    drawn = np.sort(rng.choice(n_mated + n_non_mated, n_mated, replace=False, shuffle=False))
    below = drawn - np.arange(n_mated)
    return np.sort((below + np.clip(rng.random(n_mated), 1e-9, None)) / (n_non_mated + 1))


def _steps(edges: FloatArray, places: FloatArray) -> IntArray:
    """Return the step on which each place lies."""
    return np.clip(np.searchsorted(edges, places, side="right") - 1, 0, edges.size - 2)


def _evidence(density: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what a mated score on each step adds to D_sys, and what a non-mated one takes away.

    D_sys is the f-divergence of f(r) = r (r - 1) / (r + 1) for r > 1, else 0. Its dual form is the mean of
    f'(r) over mated scores less that of r f'(r) - f(r) over non-mated ones.
    """
    capped = np.minimum(density, 1e12)
    worth = np.where(density > 1, 1 - 2 / (capped + 1) ** 2, 0.0)
    cost = np.where(density > 1, 2 * (capped / (capped + 1)) ** 2, 0.0)
    return worth, cost


def _variance_of_mean(values: FloatArray) -> float:
    return float(values.var(ddof=1)) / values.size if values.size > 1 else 0.0


def _variance_over_people(
    rows: FloatArray, own: IntArray, is_own: BoolArray, ordered: FloatArray, places: FloatArray
) -> float:
    """Return the variance of D_sys by each person's part in it, as probe and as template."""
    edges, density = rising_density(places)
    worth, cost = _evidence(density)
    # thresholds at the edges, not places of millions of scores: ties do not matter to means over many
    inner = np.minimum((edges[1:-1] * ordered.size).astype(np.int64), ordered.size - 1)
    step = np.searchsorted(ordered[inner], rows, side="right")
    gained = worth[step[is_own]]
    lost = np.where(is_own, 0.0, cost[step])
    n_people = rows.shape[1]
    count = np.bincount(own, minlength=n_people)
    grand = lost.sum() / (rows.size - own.size)
    n_own_pairs = np.maximum(count * (n_people - 1), 1)
    n_template_pairs = np.maximum(own.size - count, 1)
    as_probe = np.bincount(own, weights=lost.sum(axis=1), minlength=n_people) / n_own_pairs - grand
    as_template = lost.sum(axis=0) / n_template_pairs - grand
    share = count * np.count_nonzero(count) / own.size  # 1 where all have as many probes
    mated = np.bincount(own, weights=gained, minlength=n_people) / np.maximum(count, 1) - gained.mean()
    part = share * (mated - as_probe) - as_template
    part = part[count > 0]
    return _variance_of_mean(part)
