"""Name all people of a release at once, each once."""

from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from reid.metrics.estimate import Estimate
from reid.metrics.intervals import proportion_over_people
from reid.typing import FloatArray, IntArray

_DRAWS: Final = 20  # of the order of people, where assignments are equally good


def one_to_one(
    scores: FloatArray, truth: IntArray, *, rng: np.random.Generator, level: float = 0.95
) -> Estimate:
    """Return how many people are named correctly where everybody who is met can be only one person.

    An attacker who holds a whole release knows that each pseudonym is one person and that no two are the
    same. So all probes of a pseudonym are pooled, and pseudonyms are given to people such that the sum of
    scores is largest [1]_.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and counts as the probe's lowest score.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person, which also tells which probes bear one pseudonym; -1 where not
        enrolled: left out.
    rng : numpy.random.Generator
        Draws the order in which people stand, since assignments that are equally good are told apart by it.
    level : float
        Of the interval.

    Returns
    -------
    Estimate
        Share of the pseudonyms given to their person, with Clopper and Pearson's interval over them; that
        one is given right makes others right, so the interval is a little too short. Scores are put on
        one scale, mean 0 and standard deviation 1 for each probe, before they are pooled. Where several
        assignments are equally good, hits are their mean over 20 draws. Chance is one in ``n_people``.

    References
    ----------
    .. [1] Crouse (2016). On implementing 2D rectangular assignment algorithms. IEEE Transactions on
       Aerospace and Electronic Systems 52(4).

    Examples
    --------
    >>> scores = np.array([[0.9, 0.8, 0.0], [0.7, 0.1, 0.0], [0.0, 0.1, 0.8]])
    >>> one_to_one(scores, np.array([1, 0, 2]), rng=np.random.default_rng(0)).value
    1.0
    """
    known = truth >= 0
    met, number = np.unique(truth[known], return_inverse=True)
    rows = scores[known]
    lowest = np.nanmin(np.where(np.isnan(rows), np.inf, rows), axis=1, keepdims=True)
    filled = np.where(np.isnan(rows), np.where(np.isfinite(lowest), lowest, 0.0), rows)
    spread = filled.std(axis=1, keepdims=True)
    scaled = (filled - filled.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0)
    pooled = np.zeros((met.size, scores.shape[1]))
    np.add.at(pooled, number, scaled)
    pooled /= np.bincount(number)[:, None]
    found = [_assigned(pooled, rng) for _ in range(2)]
    if not np.array_equal(found[0], found[1]):
        found += [_assigned(pooled, rng) for _ in range(_DRAWS - len(found))]
    hits = np.mean([given == met for given in found], axis=0)
    return proportion_over_people(hits, met, level=level, chance=1 / scores.shape[1])


def _assigned(pooled: FloatArray, rng: np.random.Generator) -> IntArray:
    """Return the person given to each pseudonym: int64, (n_pseudonyms,)."""
    order = rng.permutation(pooled.shape[1])
    _, place = linear_sum_assignment(pooled[:, order], maximize=True)
    return np.asarray(order[place], dtype=np.int64)
