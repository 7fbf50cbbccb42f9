"""Finding people where some of those who are looked for are not enrolled."""

import numpy as np

from reid.errors import ParameterError, TooFewError
from reid.metrics.estimate import Estimate
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import cautious_variance, interval_from_variance, person_means, person_weights
from reid.metrics.pairs import resamples_of_people
from reid.typing import FloatArray, IntArray

FALSE_POSITIVE_RATES = (1e-1, 1e-2)  #: at which the share of missed people is given
RULE_OF_THREE = 3  #: expected errors below which a threshold cannot be set: a rate below 3/n goes unseen
_MOST_OTHERS = 20  # best others kept of each probe: a draw of people lacks them all once in 10^8
_REPLICATES = 200


def missed_at(
    scores: FloatArray,
    truth: IntArray,
    fpir: float,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    n_replicates: int = _REPLICATES,
) -> Estimate | None:
    """Return the false-negative identification rate (FNIR) at a false-positive one (FPIR).

    The attacker names a probe's best match, or nobody where its score lies below a threshold. Each
    probe is searched twice: among all who are enrolled, and with its own person taken out of the gallery,
    where naming anybody is a false positive. So everybody is an impostor once; no other people are needed.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    fpir : float
        In (0, 1): the share of searches for people who are not enrolled that may name somebody. Each person
        weighs the same; searches that tie at the threshold count in part, so that it is met exactly.
    rng : numpy.random.Generator
        Draws the people of the bootstrap.
    level : float
        Of the interval.
    n_replicates : int
        Draws of people, as probes and as templates; each sets its own threshold.

    Returns
    -------
    Estimate or None
        Share of searches in which the enrolled person is not named: not first, or below the threshold [1]_.
        Chance is that of naming anybody at all in a share ``fpir`` of searches. None where fewer
        than three false positives are expected (rule of 3 [1]_).

    Raises
    ------
    ParameterError
        ``fpir`` is no rate.
    TooFewError
        Fewer than two people are enrolled, or there is no probe.

    References
    ----------
    .. [1] ISO/IEC 19795-1:2021. Biometric performance testing and reporting.
    """
    if not 0 < fpir < 1:
        raise ParameterError.of("fpir", must="lie between 0 and 1", found=fpir)
    known = truth >= 0
    rows, own = scores[known], truth[known]
    n_probes, n_people = rows.shape
    if n_people < 2 or not n_probes:  # noqa: PLR2004  one is searched for, one is mistaken
        found = f"{n_people} enrolled and {n_probes} probes"
        raise TooFewError.of("people", must="be at least 2 enrolled, with a probe", found=found)
    if n_probes * fpir < RULE_OF_THREE:
        return None
    found_first = rank_k_hits(*ranks(rows, own), n_people, 1)
    mine = rows[np.arange(n_probes), own]
    best, who = _best_others(rows, own)
    weight = person_weights(own)
    hits = found_first * _passing(mine, best[:, 0], weight, fpir)
    means = person_means(hits, own)
    value = float(means.mean())
    draws = []
    for times in resamples_of_people(n_people, n_replicates, rng):
        share = weight * times[own]
        if not share.any():
            continue
        place = np.argmax(times[who] > 0, axis=1)
        highest = best[np.arange(n_probes), place]
        first = np.where(mine > highest, 1.0, np.where(mine == highest, found_first, 0.0))
        share = share / share.sum()
        draws.append(float(share @ (first * _passing(mine, highest, share, fpir))))
    n_drawn = means.size
    seen = float(np.var(draws, ddof=1)) * n_drawn / (n_drawn - 1) if n_drawn > 1 else 0.0
    variance = cautious_variance(seen, means)
    low, high = interval_from_variance(value, variance, n_drawn, level=level, most=n_probes)
    return Estimate(1 - value, 1 - high, 1 - low, level, n_drawn, 1 - fpir / n_people)


def _best_others(rows: FloatArray, own: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the highest scores of other people, descending, and whose they are."""
    others = np.where(np.isnan(rows), -np.inf, rows)
    others[np.arange(own.size), own] = -np.inf
    n_kept = min(_MOST_OTHERS, rows.shape[1])
    who = np.argpartition(-others, n_kept - 1, axis=1)[:, :n_kept]
    best = np.take_along_axis(others, who, axis=1)
    order = np.argsort(-best, axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(who, order, axis=1)


def _passing(mine: FloatArray, highest: FloatArray, weight: FloatArray, fpir: float) -> FloatArray:
    """Return the chance of each own score to pass the threshold that ``fpir`` of the others' best pass."""
    values, place = np.unique(highest, return_inverse=True)
    mass = np.bincount(place, weights=weight)[::-1]
    above = np.cumsum(mass)
    first = int(np.searchsorted(above, fpir * (1 + 1e-12), side="right"))
    if first == values.size:  # rounding: all of them pass
        return np.ones(mine.size)
    threshold = values[::-1][first]
    share = (fpir - (above[first] - mass[first])) / mass[first]
    return np.where(mine > threshold, 1.0, np.where(mine == threshold, share, 0.0))
