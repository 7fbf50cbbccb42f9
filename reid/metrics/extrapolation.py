"""Carry rank-1 from the people who were measured to a larger population."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.errors import ParameterError, TooFewError
from reid.metrics.estimate import Estimate
from reid.metrics.gallery_laws import GalleryLaw, PitmanYor, ProbitNormal
from reid.metrics.identification import rank_1_among, rank_1_curve, ranks
from reid.metrics.impostor_tail import ImpostorTail
from reid.metrics.intervals import person_weights, proportion_over_people
from reid.typing import FloatArray, IntArray

#: How many times the measured people a population may be before it has to be asked for.
FARTHEST: Final = 10
FEWEST_PEOPLE: Final = 10  #: enrolled, for a law to be fitted
_FITTED_SIZES: Final = 16
_WORK: Final = 500_000_000  # comparisons looked at by all draws, some ten seconds
_FEWEST_DRAWS, _MOST_DRAWS = 100, 200


@dataclass(frozen=True, slots=True, eq=False)
class Extrapolation:
    """Rank-1 in populations larger than the one measured."""

    n_measured: int  #: people enrolled
    measured: Estimate  #: among all of them
    sizes: IntArray  #: (n_sizes,), each above ``n_measured``
    rate: FloatArray  #: (n_sizes,), mean of the laws
    low: FloatArray  #: (n_sizes,)
    high: FloatArray  #: (n_sizes,)
    by_law: Mapping[str, FloatArray]  #: (n_sizes,) of each law
    level: float  #: of the interval

    def last(self) -> Estimate:
        """Return the estimate for the last size."""
        return Estimate(
            float(self.rate[-1]),
            float(self.low[-1]),
            float(self.high[-1]),
            self.level,
            self.measured.n_people,
            1 / int(self.sizes[-1]),
        )


def require_within_reach(population: int, n_measured: int, *, far: bool) -> None:
    """Refuse a population that the measured people say little about.

    Raises
    ------
    ParameterError
        It is more than :data:`FARTHEST` times as large and was not asked for, or is no population.
    """
    if population < 2:  # noqa: PLR2004  one person cannot be mistaken for another
        raise ParameterError.of("population", must="be at least 2 people", found=population)
    if population > FARTHEST * n_measured and not far:
        must = f"be at most {FARTHEST} times the {n_measured:,} people measured"
        advice = "Measure more people, or ask for it with --far: the laws then differ widely."
        raise ParameterError.of("population", must=must, found=f"{population:,}", advice=advice)


def extrapolate(
    scores: FloatArray,
    truth: IntArray,
    sizes: IntArray,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    n_draws: int | None = None,
) -> Extrapolation:
    """Estimate rank-1 among more people than were enrolled.

    Only for attackers whose score of a person does not depend on who else is enrolled, and for people of
    the same kind.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison.
    truth : int64 array of shape (n_probes,)
        Column of each probe's own person; -1 where not enrolled: the probe is left out.
    sizes : int64 array of shape (n_sizes,)
        Populations, increasing, each above ``n_people``.
    rng : numpy.random.Generator
        Draws people for the interval.
    level : float
        Of the interval.
    n_draws : int, optional
        How many draws of people; by default 100 to 200, by the number of comparisons.

    Returns
    -------
    Extrapolation
        The mean of :class:`~reid.metrics.gallery_laws.PitmanYor`,
        :class:`~reid.metrics.gallery_laws.ProbitNormal` and
        :class:`~reid.metrics.impostor_tail.ImpostorTail`, each moved to go through the rate measured
        among all who are enrolled.

    Raises
    ------
    TooFewError
        Fewer than ten people are enrolled, or fewer than two have probes.
    ParameterError
        A size is not above the number of people enrolled.

    Notes
    -----
    Each draw takes half of the people, in both roles, without replacement: a rate of half the people
    varies about its mean over draws as one of all people varies about the truth [1]_, and no two copies
    of one person are ever taken for two people. The interval holds the draws of all laws at once, each
    about its own value, so it grows with their disagreement; and it is in proportion never narrower than
    the interval of the measured rate. Since the laws of a half reach twice as far, it is rather too wide.

    References
    ----------
    .. [1] Politis, Romano, Wolf (1999). Subsampling. Springer.
    """
    n_people = scores.shape[1]
    known = truth >= 0
    scores, truth = scores[known], truth[known]
    if n_people < FEWEST_PEOPLE or np.unique(truth).size < 2:  # noqa: PLR2004  an interval over people
        must = f"be at least {FEWEST_PEOPLE} enrolled, two of them with probes"
        found = f"{n_people} enrolled, {np.unique(truth).size} with probes"
        raise TooFewError.of("the people measured", must=must, found=found)
    if not sizes.size or sizes.min() <= n_people or np.any(np.diff(sizes) <= 0):
        must = f"increase from above the {n_people:,} people measured"
        raise ParameterError.of("sizes", must=must, found=sizes.tolist()[:5])
    hits = rank_1_among(*ranks(scores, truth), n_people, n_people)
    measured = proportion_over_people(
        np.zeros(truth.size) if hits is None else hits, truth, level=level, chance=1 / n_people
    )
    by_law = _by_law(scores, truth, sizes)
    n_draws = n_draws or int(np.clip(_WORK // scores.size, _FEWEST_DRAWS, _MOST_DRAWS))
    draws: list[FloatArray] = []
    while len(draws) < n_draws:
        kept = np.sort(rng.choice(n_people, n_people // 2, replace=False))
        if np.isin(truth, kept).any():
            draws.append(np.stack(list(_by_law(*_among(scores, truth, kept), sizes).values())))
    of_draws = np.stack(draws)  # (n_draws, n_laws, n_sizes)
    about = np.stack(list(by_law.values())) + of_draws - of_draws.mean(axis=0)
    ends = np.quantile(about.reshape(-1, sizes.size), [(1 - level) / 2, (1 + level) / 2], axis=0)
    rate = np.mean(list(by_law.values()), axis=0)
    low, high = _no_narrower(rate, ends, measured)
    return Extrapolation(n_people, measured, sizes, rate, low, high, by_law, level)


def _by_law(scores: FloatArray, truth: IntArray, sizes: IntArray) -> dict[str, FloatArray]:
    """Return the rates of each law, moved to go through the rate measured among all."""
    n_people = scores.shape[1]
    better, tied = ranks(scores, truth)
    weight = person_weights(truth)
    fitted = np.unique(np.geomspace(2, n_people, _FITTED_SIZES).round().astype(np.int64))
    rates = rank_1_curve(better, tied, n_people, fitted, weight)
    laws: list[GalleryLaw | ImpostorTail] = [
        PitmanYor.fit(fitted.astype(np.float64), rates),
        ProbitNormal.fit(fitted.astype(np.float64), rates),
        ImpostorTail.fit(scores, truth, weight),
    ]
    asked = np.append(sizes, n_people).astype(np.float64)
    found = {}
    for law in laws:
        expected = law.rank_1(asked)
        share = expected[:-1] / expected[-1] if expected[-1] > 0 else np.zeros(sizes.size)
        found[law.name] = np.minimum(rates[-1] * share, 1.0)
    return found


def _among(scores: FloatArray, truth: IntArray, kept: IntArray) -> tuple[FloatArray, IntArray]:
    """Return scores and truth among some of the people, ``kept`` increasing."""
    rows = np.flatnonzero(np.isin(truth, kept))
    return scores[np.ix_(rows, kept)], np.searchsorted(kept, truth[rows]).astype(np.int64)


def _no_narrower(rate: FloatArray, ends: FloatArray, measured: Estimate) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the interval, as far from the rate at least as those of the measured one are."""
    low, high = np.minimum(ends[0], rate), np.maximum(ends[1], rate)
    if measured.value > 0:
        low = np.minimum(low, rate * measured.low / measured.value)
        high = np.maximum(high, rate * measured.high / measured.value)
    else:
        high = np.full(rate.shape, measured.high)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
