"""What the best possible attacker could do, as far as scores tell: leakage, easiest pairs, least error."""

import numpy as np

from reid.errors import ParameterError
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import interval_from_variance, proportion_over_people
from reid.typing import BoolArray, FloatArray, IntArray

EASIEST = 0.1  #: share of the pairs of people that are told apart most easily
_FEWEST_PROBES = 5  # of the middle person, for the nearest-neighbour rule to have somebody to find
_WORK = 2e10  # multiplications spent on neighbours, about a second


def leakage_bits(rank_1: Estimate, n_people: int) -> Estimate:
    """Return the min-entropy leakage that an attack proves: log2 of how much likelier its guess is right.

    Parameters
    ----------
    rank_1 : Estimate
        How often the attack names the right person.
    n_people : int
        Number of enrolled people, each as likely beforehand.

    Returns
    -------
    Estimate
        Bits in [0, log2(n_people)], 0 by chance. The best attacker's guess is right at least as often, so
        that the leakage of the release [1]_ is at least this.

    References
    ----------
    .. [1] Braun, Chatzikokolakis, Palamidessi (2009). Quantitative notions of leakage for one-try attacks.
       Electronic Notes in Theoretical Computer Science 249.

    Examples
    --------
    >>> leakage_bits(Estimate(0.5, 0.1, 1.0), 16).value
    3.0
    """

    def bits(rate: float) -> float:
        return float(np.log2(max(rate * n_people, 1.0)))

    value, low, high = (bits(end) for end in (rank_1.value, rank_1.low, rank_1.high))
    return Estimate(value, low, high, rank_1.level, rank_1.n_people, 0.0)


def cover_hart_bound(error: float, n_classes: int) -> float:
    """Return the least error that any rule can have where the nearest-neighbour rule has this one.

    Parameters
    ----------
    error : float
        Of the nearest-neighbour rule in the limit of infinitely many examples, in [0, 1]; above that of
        blind guessing it counts as that.
    n_classes : int
        Equally likely classes, at least 2.

    Notes
    -----
    R* >= (L - 1) / L (1 - sqrt(1 - L / (L - 1) R)) [1]_. From finitely many examples R is larger than in the
    limit, mostly, and the bound with it: it is an estimate that grows better, no guarantee [2]_.

    References
    ----------
    .. [1] Cover, Hart (1967). Nearest neighbor pattern classification. IEEE Trans. Information Theory 13.
    .. [2] Cherubin, Chatzikokolakis, Palamidessi (2019). F-BLEAU: fast black-box leakage estimation. S&P.

    Examples
    --------
    >>> cover_hart_bound(0.375, 2), cover_hart_bound(0.0, 10), cover_hart_bound(0.9, 10)
    (0.25, 0.0, 0.9)
    """
    if n_classes < 2 or not 0 <= error <= 1:  # noqa: PLR2004
        must, found = "be a rate, of 2 classes or more", f"{error} of {n_classes} classes"
        raise ParameterError.of("error", must=must, found=found)
    guessing = (n_classes - 1) / n_classes
    return float(guessing * (1 - np.sqrt(max(0.0, 1 - error / guessing))))


def neighbour_errors(features: FloatArray, person: IntArray, queries: IntArray | None = None) -> FloatArray:
    """Return how surely the nearest other sample belongs to another person.

    Parameters
    ----------
    features : float64 array of shape (n_samples, n_features)
        Without NaN; neighbours are near by Euclidean distance.
    person : int64 array of shape (n_samples,)
        Who made each sample.
    queries : int64 array of shape (n_queries,), optional
        Samples whose neighbours are wanted; all of them by default.

    Returns
    -------
    float64 array of shape (n_queries,)
        In [0, 1]; of several that are as near, each counts in part.

    Examples
    --------
    >>> neighbour_errors(np.array([[0.0], [0.1], [1.0], [0.3]]), np.array([0, 0, 1, 1])).tolist()
    [0.0, 0.0, 0.0, 1.0]
    """
    asked = np.arange(person.size) if queries is None else queries
    centred = features - features.mean(axis=0)
    norms = (centred * centred).sum(axis=1)
    tolerance = 1e-12 * float(norms.max(initial=0.0))
    errors = np.empty(asked.size)
    for start in range(0, asked.size, step := max(1, 4_000_000 // max(1, person.size))):
        part = asked[start : start + step]
        square = norms[part, None] + norms[None, :] - 2 * centred[part] @ centred.T
        square[np.arange(part.size), part] = np.inf
        nearest = square <= square.min(axis=1, keepdims=True) + tolerance
        other = person[None, :] != person[part, None]
        errors[start : start + step] = (nearest & other).sum(axis=1) / nearest.sum(axis=1)
    return errors


def least_error(scores: FloatArray, truth: IntArray, error: float, *, level: float = 0.95) -> Estimate | None:
    """Return the least error that any use of these scores could reach, were there probes without end.

    Nothing sound can be said, from scores alone, of attackers who look at the same recordings in another way.
    What is bounded is the error of any rule that is given a probe's scores with everybody, and knows
    such scores of each person: by :func:`cover_hart_bound` on the nearest-neighbour rule among the
    probes' rows of scores.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison, put at the probe's lowest score.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    error : float
        What share of probes the attack itself does not name.
    level : float
        Of the interval, which runs over people; it tells nothing of how far the limit is.

    Returns
    -------
    Estimate or None
        None where the middle person has fewer than five probes, or where the nearest-neighbour rule errs more
        often than the attack: it is far from its limit then. Of very many probes, those of some people,
        evenly chosen, are looked at.
    """
    known = truth >= 0
    rows, own = scores[known], truth[known]
    n_people = scores.shape[1]
    if not own.size or np.median(np.unique_counts(own).counts) < _FEWEST_PROBES:
        return None
    lowest = np.where(np.isnan(rows), np.inf, rows).min(axis=1, keepdims=True)
    filled = np.where(np.isnan(rows), np.where(np.isinf(lowest), 0.0, lowest), rows)
    every = max(1, int(np.ceil(own.size**2 * n_people / _WORK)))
    queries = np.flatnonzero(np.unique(own, return_inverse=True)[1] % every == 0)
    errors = neighbour_errors(filled, own, queries)
    rate = proportion_over_people(np.clip(errors, 0.0, 1.0), own[queries], level=level)
    if rate.value > error:
        return None
    value, low, high = (cover_hart_bound(end, n_people) for end in (rate.value, rate.low, rate.high))
    return Estimate(value, low, high, level, rate.n_people, 1 - 1 / n_people)


def bayes_security(scores: FloatArray, truth: IntArray, *, level: float = 0.95) -> Estimate | None:
    """Return the Bayes security beta of the tenth of all pairs of people that are told apart most easily.

    Told that a probe is of one of two people, the attacker names the one whose score is higher. With e the
    mean of the error rates on both, beta = 2 e: 1 is guessing, 0 is certainty. The smallest beta of all pairs
    is the security of the release under any prior [1]_. A single pair has too few probes to be chosen and
    judged by; so pairs are chosen on each person's odd probes and judged on the even ones, and the other way.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    level : float
        Of the interval, which runs over people.

    Returns
    -------
    Estimate or None
        In [0, 1]; the smallest beta is at most this. None where fewer than three people have two probes.

    References
    ----------
    .. [1] Chatzikokolakis, Cherubin, Palamidessi, Troncoso (2023). Bayes security: a not so average metric.
       CSF.
    """
    known = truth >= 0
    rows, own = scores[known], truth[known]
    order = np.argsort(own, kind="stable")
    rows, own = rows[order], own[order]
    turn = np.arange(own.size) - np.searchsorted(own, own)
    present = np.intersect1d(own[turn % 2 == 0], own[turn % 2 == 1])
    if present.size < 3:  # noqa: PLR2004  two make one pair, of which no spread is known
        return None
    halves = [_told_apart(rows, own, turn % 2 == half, present) for half in (0, 1)]
    total, count = np.zeros(present.size), np.zeros(present.size)
    for chooser, judge in (halves, halves[::-1]):
        pairs = np.triu_indices(present.size, 1)
        easiness = chooser[pairs]
        n_least = max(1, round(EASIEST * easiness.size))
        chosen = easiness >= np.partition(easiness, -n_least)[-n_least]
        for one in pairs:
            total += np.bincount(one[chosen], weights=judge[pairs][chosen], minlength=present.size)
            count += np.bincount(one[chosen], minlength=present.size)
    share = float(total.sum() / count.sum())
    left = count.sum() / 2 - count
    without = (total.sum() / 2 - total)[left > 0] / left[left > 0]
    n = without.size
    variance = float(((without - share) ** 2).sum()) * (n - 1) / n if n else 0.0
    low, high = interval_from_variance(share, variance, present.size, level=level)
    beta, least, most = (min(1.0, 2 * (1 - rate)) for rate in (share, high, low))
    return Estimate(beta, least, most, level, present.size, 1.0)


def _told_apart(rows: FloatArray, own: IntArray, half: BoolArray, present: IntArray) -> FloatArray:
    """Return how often the right one of two people is named: float64, (n_present, n_present)."""
    used = half & np.isin(own, present)
    rows, own = rows[used], own[used]
    mine = rows[np.arange(own.size), own][:, None]
    others = rows[:, present]
    won = (mine > others) + 0.5 * (mine == others) + (np.isnan(others) & ~np.isnan(mine))
    starts = np.searchsorted(own, present)
    sums = np.add.reduceat(won, starts, axis=0)
    rate = sums / np.diff(np.append(starts, own.size))[:, None]
    return np.asarray((rate + rate.T) / 2)
