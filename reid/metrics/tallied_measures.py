"""All measures of an attack of which ranks and counts were kept instead of scores."""

import numpy as np

from reid.metrics.estimate import Estimate
from reid.metrics.group_jackknife import variance_by_groups
from reid.metrics.identification import rank_1_among, rank_k_hits
from reid.metrics.intervals import (
    cautious_variance,
    interval_from_variance,
    person_means,
    person_weights,
    proportion_over_people,
)
from reid.metrics.measures import GALLERY_SIZES, Failures, Measures
from reid.metrics.open_set import RULE_OF_THREE
from reid.metrics.pairs import FALSE_MATCH_RATES
from reid.metrics.tallied import Remaining, ScoreTally
from reid.metrics.tallied_rates import TalliedRates
from reid.typing import FloatArray


def measure_tally(tally: ScoreTally, *, level: float = 0.95) -> Measures:
    """Measure an attack that compared each probe with each enrolled person.

    Parameters
    ----------
    tally : ScoreTally
        What was kept of the scores.
    level : float
        Of the intervals.

    Returns
    -------
    Measures
        Those of :func:`reid.metrics.measures.measure`. Rates of identification are the same; where people are
        left out one by one there, groups of them are here, and error rates have the interval of
        :func:`~reid.metrics.group_jackknife.variance_by_groups` instead of that of a bootstrap. Error
        rates are exact up to :meth:`~reid.metrics.tallied_rates.TalliedRates.resolution`. A mean of people's
        own error rates cannot be told from a tally.
    """
    better, tied = tally.ranks()
    n_people, own = tally.n_people, tally.own

    def over_people(hits: FloatArray, chance: float) -> Estimate:
        return proportion_over_people(hits, own, level=level, chance=chance)

    eer, auc, tmr = _error_rates(tally, level)
    return Measures(
        n_people=n_people,
        rank_1=over_people(rank_k_hits(better, tied, n_people, 1), 1 / n_people),
        rank_10=over_people(rank_k_hits(better, tied, n_people, 10), min(1.0, 10 / n_people)),
        rank_1_among={size: rank_1_of_tally(tally, size, level=level) for size in GALLERY_SIZES},
        eer=eer,
        eer_per_person=None,
        auc=auc,
        tmr_at_fmr=tmr,
        failures=Failures(tally.n_failed, n_people - np.unique(own).size),
    )


def rank_1_of_tally(tally: ScoreTally, size: int, *, level: float = 0.95) -> Estimate | None:
    """Return rank 1 among fewer people; None where ``size`` exceeds those enrolled.

    Parameters
    ----------
    tally : ScoreTally
        What was kept of the scores.
    size : int
        Of the smaller gallery, at least 1.
    level : float
        Of the interval.
    """
    own = tally.own
    hits = rank_1_among(*tally.ranks(), tally.n_people, size)
    if hits is None:
        return None
    estimate = proportion_over_people(hits, own, level=level, chance=1 / size)

    def without(left: Remaining) -> FloatArray:
        found = rank_1_among(left.better, left.tied, left.n_people, size)
        if found is None or not left.rows.size:
            return np.array([np.nan])
        return np.array([float(person_weights(own[left.rows]) @ found)])

    seen = float(variance_by_groups(tally, without, n_people=estimate.n_people, level=level)[0])
    if np.isnan(seen):  # as many people as enrolled: nobody can be spared
        return estimate
    variance = cautious_variance(seen, person_means(hits, own))
    low, high = interval_from_variance(estimate.value, variance, estimate.n_people, level=level)
    return Estimate(estimate.value, low, high, level, estimate.n_people, estimate.chance)


def rates_of(tally: ScoreTally) -> TalliedRates:
    """Return the error rates of everybody."""
    return TalliedRates(np.sort(_own_scores(tally)), tally.impostor, tally.bins)


def _own_scores(tally: ScoreTally) -> FloatArray:
    return np.where(np.isnan(tally.genuine), -np.inf, tally.genuine)


def _error_rates(tally: ScoreTally, level: float) -> tuple[Estimate, Estimate, dict[float, Estimate | None]]:
    """Return equal error rate, area under the curve and hit rates, with intervals over people."""
    n_people = int(np.unique(tally.own).size)
    scores = _own_scores(tally)
    order = np.argsort(scores, kind="stable")

    def measured(rates: TalliedRates) -> FloatArray:
        return np.array([rates.equal_error_rate(), rates.area_under_curve(), *rates.true_match_rates()])

    def without(left: Remaining) -> FloatArray:
        if not left.rows.size or not left.impostor.sum():
            return np.full(2 + len(FALSE_MATCH_RATES), np.nan)
        kept = np.zeros(scores.size, dtype=bool)
        kept[left.rows] = True
        return measured(TalliedRates(scores[order[kept[order]]], left.impostor, tally.bins))

    rates = rates_of(tally)
    values = measured(rates)
    variances = variance_by_groups(tally, without, n_people=n_people, level=level)
    variances = np.where(np.isnan(variances), 0.0, variances)

    def estimate(place: int, chance: float, passing: FloatArray | None = None) -> Estimate:
        value, variance = float(values[place]), float(variances[place])
        if passing is not None:  # a few people's errors: their spread is seen badly
            variance = cautious_variance(variance, passing)
        low, high = interval_from_variance(value, variance, n_people, level=level)
        return Estimate(value, low, high, level, n_people, chance)

    n_impostor = int(tally.impostor.sum())
    tmr: dict[float, Estimate | None] = {
        fmr: estimate(place, fmr, _passing(tally, scores[order], float(values[place])))
        if n_impostor * fmr >= RULE_OF_THREE
        else None
        for place, fmr in enumerate(FALSE_MATCH_RATES, 2)
    }
    eer = estimate(0, 0.5, _passing(tally, scores[order], 1 - float(values[0])))
    return eer, estimate(1, 0.5), tmr


def _passing(tally: ScoreTally, rising: FloatArray, share: float) -> FloatArray:
    """Return what share of each person's own scores is among the highest ``share`` of all."""
    n_above = round(share * rising.size)
    lowest = rising[-n_above] if n_above else np.inf
    return person_means((_own_scores(tally) >= lowest).astype(np.float64), tally.own)
