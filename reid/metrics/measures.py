"""All measures of one attack, each with its interval over people and its level of chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import t

from reid.errors import ParameterError, TooFewError
from reid.metrics.estimate import Estimate
from reid.metrics.identification import rank_1_among, rank_1_among_without_each, rank_k_hits, ranks
from reid.metrics.intervals import (
    cautious_variance,
    interval_from_variance,
    person_means,
    person_weights,
    proportion_over_people,
)
from reid.metrics.open_set import RULE_OF_THREE
from reid.metrics.pairs import (
    FALSE_MATCH_RATES,
    PairScores,
    Replicates,
    bootstrap_over_people,
    resamples_of_people,
)
from reid.typing import Array, BoolArray, FloatArray, IntArray

GALLERY_SIZES = (2, 10, 50)  #: numbers of people among whom rank 1 is given
_WORK = 500_000_000  # comparisons looked at by one bootstrap, a few seconds
_FEWEST_REPLICATES, _MOST_REPLICATES = 200, 1000
_FEWEST_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Failures:
    """What could not be measured."""

    comparisons: int  #: scores that are NaN; they rank last
    people_left_out: int  #: enrolled without a probe, or with probes and not enrolled

    def as_dict(self) -> dict[str, int]:
        """Return the counts as they stand in ``report.json``."""
        return {"comparisons": self.comparisons, "people_left_out": self.people_left_out}


@dataclass(frozen=True, slots=True)
class Measures:
    """How well probes find their people among all who are enrolled."""

    n_people: int  #: enrolled
    rank_1: Estimate
    rank_10: Estimate
    rank_1_among: Mapping[int, Estimate | None]  #: by gallery size; None above ``n_people``
    eer: Estimate  #: one threshold for everybody
    eer_per_person: Estimate | None  #: mean over people with at least five genuine scores
    auc: Estimate
    tmr_at_fmr: Mapping[float, Estimate | None]  #: by false match rate; None where too few to tell
    failures: Failures

    def as_dict(self) -> dict[str, Any]:
        """Return the measures as they stand in ``report.json``."""
        own = self.eer_per_person
        among = {str(size): one and one.as_dict() for size, one in self.rank_1_among.items()}
        return {
            "n_people": self.n_people,
            "chance": self.rank_1.chance,
            "rank_1": self.rank_1.as_dict(),
            "rank_10": self.rank_10.as_dict(),
            "rank_1_among": among,
            "eer": self.eer.as_dict(),
            "eer_per_person": own and own.as_dict(),
            "auc": self.auc.as_dict(),
            "tmr_at_fmr": _by_rate(self.tmr_at_fmr),
            "failures": self.failures.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class ComparisonMeasures:
    """How well a declared list of comparisons tells genuine from impostor."""

    n_people: int  #: claimed
    n_genuine: int
    n_impostor: int
    eer: Estimate  #: one threshold for everybody
    eer_per_person: Estimate | None  #: mean over people with at least five genuine scores
    eer_per_person_sd: float | None  #: over the same people, with n - 1
    auc: Estimate
    tmr_at_fmr: Mapping[float, Estimate | None]  #: by false match rate; None where too few to tell
    failures: Failures

    def as_dict(self) -> dict[str, Any]:
        """Return the measures as they stand in ``report.json``."""
        own = self.eer_per_person
        return {
            "n_people": self.n_people,
            "comparisons": {"genuine": self.n_genuine, "impostor": self.n_impostor},
            "eer": self.eer.as_dict(),
            "eer_per_person": own and own.as_dict() | {"sd": self.eer_per_person_sd},
            "auc": self.auc.as_dict(),
            "tmr_at_fmr": _by_rate(self.tmr_at_fmr),
            "failures": self.failures.as_dict(),
        }


def measure(
    scores: FloatArray,
    truth: IntArray,
    probe_person: Array | Sequence[str],
    enrolled: Array | Sequence[str],
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    n_replicates: int | None = None,
) -> Measures:
    """Measure an attack that compared each probe with each enrolled person.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 where not enrolled: the probe is left out.
    probe_person : array or sequence of shape (n_probes,)
        Who made each probe.
    enrolled : array or sequence of shape (n_people,)
        Who stands in each column, named as in ``probe_person``.
    rng : numpy.random.Generator
        Draws the people of the bootstrap.
    level : float
        Of the intervals.
    n_replicates : int, optional
        Draws of the bootstrap; by default 200 to 1,000, by the number of comparisons.

    Returns
    -------
    Measures
        Rates of identification weigh each person equally and have intervals of proportions. Error
        rates count every comparison; their variance is that of a bootstrap over people.

    Raises
    ------
    ParameterError
        Shapes disagree, or a column is not the person who made the probe.
    TooFewError
        Fewer than two people are enrolled, or no probe is of an enrolled person.
    """
    makers, people = np.asarray(probe_person), np.asarray(enrolled)
    known = truth >= 0
    if makers.shape != truth.shape or people.shape != scores.shape[1:]:
        must = "name who made each row and who stands in each column"
        found = f"{makers.size} and {people.size} names for shape {scores.shape}"
        raise ParameterError.of("probe_person and enrolled", must=must, found=found)
    if people.size < _FEWEST_PEOPLE or not known.any():
        must = "be at least 2 enrolled, one of them with a probe"
        found = f"{people.size} enrolled and {np.count_nonzero(known)} probes of theirs"
        raise TooFewError.of("people", must=must, found=found)
    better, tied = ranks(scores, truth)
    n_other = np.count_nonzero(people[truth[known]] != makers[known])
    if n_other:
        must = "be the column of the person who made the probe"
        raise ParameterError.of("truth", must=must, found=f"{n_other} probes of another person")
    own = truth[known]
    n_people = int(people.size)

    def over_people(hits: FloatArray, chance: float) -> Estimate:
        return proportion_over_people(hits, own, level=level, chance=chance)

    among = {size: rank_1_in_gallery(scores[known], own, size, level=level) for size in GALLERY_SIZES}
    pairs = PairScores.of_matrix(scores, truth)
    eer, auc, eer_per_person, tmr = _error_rates(pairs, rng, level, n_replicates)
    left_out = n_people - np.unique(own).size + np.unique(makers[~known]).size
    return Measures(
        n_people=n_people,
        rank_1=over_people(rank_k_hits(better, tied, n_people, 1), 1 / n_people),
        rank_10=over_people(rank_k_hits(better, tied, n_people, 10), min(1.0, 10 / n_people)),
        rank_1_among=among,
        eer=eer,
        eer_per_person=eer_per_person,
        auc=auc,
        tmr_at_fmr=tmr,
        failures=Failures(int(np.count_nonzero(np.isnan(scores[known]))), int(left_out)),
    )


def measure_comparisons(
    score: FloatArray,
    claimed: Array | Sequence[str],
    maker: Array | Sequence[str],
    genuine: BoolArray,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    n_replicates: int | None = None,
) -> ComparisonMeasures:
    """Measure an attack on a publisher's own list of comparisons.

    Parameters
    ----------
    score : float64 array of shape (n_comparisons,)
        Higher is more alike; NaN is a failed comparison and counts as the lowest score.
    claimed : array or sequence of shape (n_comparisons,)
        Whose template was compared.
    maker : array or sequence of shape (n_comparisons,)
        Who made the sample, named as in ``claimed``; an empty name, or -1, where not known.
    genuine : bool array of shape (n_comparisons,)
        True where the claimed person made the sample.
    rng : numpy.random.Generator
        Draws the people of the bootstrap.
    level : float
        Of the intervals.
    n_replicates : int, optional
        Draws of the bootstrap; by default 200 to 1,000, by the number of comparisons.

    Raises
    ------
    ParameterError
        Shapes disagree, or ``genuine`` contradicts the names.
    TooFewError
        There is no genuine, or no impostor comparison.
    """
    claims, makers = np.asarray(claimed), np.asarray(maker)
    unknown = makers == ("" if makers.dtype.kind == "U" else -1)
    people = np.unique(np.concatenate([claims, makers[~unknown]]))
    maker_number = np.where(unknown, -1, np.searchsorted(people, np.where(unknown, people[0], makers)))
    claimed_number = np.searchsorted(people, claims)
    pairs = PairScores.of_list(score, claimed_number, maker_number, genuine, people.size)
    eer, auc, eer_per_person, tmr = _error_rates(pairs, rng, level, n_replicates)
    own_eer = pairs.rates().own_eer
    sd = float(np.nanstd(own_eer, ddof=1)) if pairs.n_judged >= _FEWEST_PEOPLE else None
    n_claimed = np.unique(claimed_number).size
    return ComparisonMeasures(
        n_people=n_claimed,
        n_genuine=int(np.count_nonzero(genuine)),
        n_impostor=int(np.count_nonzero(~genuine)),
        eer=eer,
        eer_per_person=eer_per_person,
        eer_per_person_sd=sd,
        auc=auc,
        tmr_at_fmr=tmr,
        failures=Failures(int(np.count_nonzero(np.isnan(score))), int(n_claimed - pairs.n_genuine_people)),
    )


def difference_of_error_rates(
    first: PairScores,
    second: PairScores,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    n_replicates: int | None = None,
) -> dict[str, Estimate]:
    """Return ``first - second`` of each error rate, both on the same people.

    Parameters
    ----------
    first, second : PairScores
        Comparisons of two attackers, or of one attacker on two releases, with the same numbers for
        the same people.
    rng : numpy.random.Generator
        Draws the people; the same draws go to both sides.
    level : float
        Of the intervals.
    n_replicates : int, optional
        Draws of the bootstrap.

    Returns
    -------
    dict of str to Estimate
        ``eer``, ``auc``, and ``eer_per_person`` where both sides have it; Student's interval from the
        spread of the differences.
    """
    if first.n_people != second.n_people:
        found = f"{first.n_people} and {second.n_people}"
        raise ParameterError.of("both sides", must="number the same people", found=found)
    weights = resamples_of_people(first.n_people, n_replicates or _n_replicates(first), rng)
    one, two = bootstrap_over_people(first, weights), bootstrap_over_people(second, weights)
    rates = first.rates(), second.rates()
    n_people = {"eer": min(first.n_genuine_people, second.n_genuine_people)}
    n_people["auc"] = n_people["eer"]
    n_people["eer_per_person"] = min(first.n_judged, second.n_judged)
    differences: dict[str, Estimate] = {}
    for name, n in n_people.items():
        if n < _FEWEST_PEOPLE:
            continue
        value = getattr(rates[0], name) - getattr(rates[1], name)
        spread = float(np.sqrt(_variance(getattr(one, name) - getattr(two, name), n)))
        half = float(t.ppf((1 + level) / 2, n - 1)) * spread
        low, high = max(-1.0, value - half), min(1.0, value + half)
        differences[name] = Estimate(value, low, high, level, n, 0.0)
    return differences


def rank_1_in_gallery(
    scores: FloatArray, own: IntArray, size: int, *, level: float = 0.95
) -> Estimate | None:
    """Return rank 1 among fewer people, its variance by leaving people out one by one.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison.
    own : int64 array of shape (n_probes,)
        Column of each probe's person, 0 or more.
    size : int
        Of the smaller gallery, at least 1.
    level : float
        Of the interval.

    Returns
    -------
    Estimate or None
        None where ``size`` exceeds ``n_people``.
    """
    better, tied = ranks(scores, own)
    n_people = scores.shape[1]
    hits = rank_1_among(better, tied, n_people, size)
    if hits is None:
        return None
    estimate = proportion_over_people(hits, own, level=level, chance=1 / size)
    without = rank_1_among_without_each(scores, own, person_weights(own), size)
    if without is None or np.isnan(without).any():  # as many people as enrolled: nobody can be spared
        return estimate
    spread = float(((without - without.mean()) ** 2).sum()) * (n_people - 1) / n_people
    variance = cautious_variance(spread, person_means(hits, own))
    low, high = interval_from_variance(estimate.value, variance, estimate.n_people, level=level)
    return replace(estimate, low=low, high=high)


def _error_rates(
    pairs: PairScores, rng: np.random.Generator, level: float, n_replicates: int | None
) -> tuple[Estimate, Estimate, Estimate | None, Mapping[float, Estimate | None]]:
    """Return equal error rate, area under the curve, mean of people's own error rates, and hit rates."""
    rates = pairs.rates()
    weights = resamples_of_people(pairs.n_people, n_replicates or _n_replicates(pairs), rng)
    draws: Replicates = bootstrap_over_people(pairs, weights)

    def estimate(value: float, values: FloatArray, n: int) -> Estimate:
        low, high = interval_from_variance(value, _variance(values, n), n, level=level)
        return Estimate(value, low, high, level, n, 0.5)

    n_genuine, n_judged = pairs.n_genuine_people, pairs.n_judged
    own = estimate(rates.eer_per_person, draws.eer_per_person, n_judged) if n_judged else None
    tmr = {
        fmr: _hit_rate(pairs, float(rates.tmr[place]), draws.tmr[:, place], fmr, level)
        for place, fmr in enumerate(FALSE_MATCH_RATES)
    }
    return estimate(rates.eer, draws.eer, n_genuine), estimate(rates.auc, draws.auc, n_genuine), own, tmr


def _hit_rate(
    pairs: PairScores, value: float, values: FloatArray, fmr: float, level: float
) -> Estimate | None:
    """Return a true match rate, None where impostors are too few to set the threshold by the rule of 3."""
    if pairs.n_impostor * fmr < RULE_OF_THREE:
        return None
    n_people = pairs.n_genuine_people
    variance = cautious_variance(_variance(values, n_people), pairs.passing(value))
    low, high = interval_from_variance(value, variance, n_people, level=level)
    return Estimate(value, low, high, level, n_people, fmr)


def _by_rate(estimates: Mapping[float, Estimate | None]) -> dict[str, dict[str, float | None] | None]:
    return {f"{rate:g}": None if one is None else one.with_chance() for rate, one in estimates.items()}


def _variance(values: FloatArray, n_people: int) -> float:
    """Return the variance over draws of people, made larger since a draw varies less than a sample."""
    drawn = values[~np.isnan(values)]
    if drawn.size < _FEWEST_PEOPLE or n_people < _FEWEST_PEOPLE:
        return 0.0
    return float(drawn.var(ddof=1)) * n_people / (n_people - 1)


def _n_replicates(pairs: PairScores) -> int:
    return int(np.clip(_WORK // pairs.impostor_place.size, _FEWEST_REPLICATES, _MOST_REPLICATES))
