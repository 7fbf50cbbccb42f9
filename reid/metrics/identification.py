"""Rates of finding a probe's person among many."""

import numpy as np

from reid.errors import ParameterError
from reid.kernels.scores import better_and_tied, sums_without_each
from reid.typing import FloatArray, IntArray


def ranks(scores: FloatArray, truth: IntArray) -> tuple[IntArray, IntArray]:
    """Count the people that each probe resembles more than, and as much as, its own person.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 where that person is not enrolled.

    Returns
    -------
    better, tied : int64 arrays of shape (number of probes with ``truth >= 0``,)
        Numbers of other people, in the order of the probes. Another person's NaN ranks behind every
        score; a probe whose own score is NaN is behind everyone: ``better = n_people, tied = 0``.

    Raises
    ------
    ParameterError
        The shapes disagree or a column does not exist.

    Examples
    --------
    >>> better, tied = ranks(np.array([[0.3, 0.9, 0.3, 0.1]]), np.array([0]))
    >>> better.tolist(), tied.tolist()
    ([1], [1])
    """
    if scores.ndim != 2 or truth.shape != scores.shape[:1]:  # noqa: PLR2004  probes by people
        found = f"{scores.shape} and {truth.shape}"
        must = "have shapes (n_probes, n_people) and (n_probes,)"
        raise ParameterError.of("scores and truth", must=must, found=found)
    if truth.size and not -1 <= truth.min() <= truth.max() < scores.shape[1]:
        must = f"name columns 0 to {scores.shape[1] - 1}, or -1"
        raise ParameterError.of("truth", must=must, found=f"{truth.min()} to {truth.max()}")
    known = truth >= 0
    rows = scores if known.all() else scores[known]
    return better_and_tied(np.ascontiguousarray(rows, dtype=np.float64), truth[known].astype(np.int64))


def rank_k_hits(better: IntArray, tied: IntArray, n_people: int, k: int) -> FloatArray:
    """Return each probe's chance to have its person among the ``k`` most alike.

    Parameters
    ----------
    better, tied : int64 arrays of shape (n_probes,)
        As from :func:`ranks`.
    n_people : int
        Number of enrolled people.
    k : int
        At least 1.

    Returns
    -------
    float64 array of shape (n_probes,)
        0 or 1 without ties; tied people stand in random order, so at ``k = 1`` a tie of t is 1/t. A
        failed probe is 0 at every rank.

    Examples
    --------
    >>> rank_k_hits(np.array([0, 0, 3]), np.array([0, 3, 1]), n_people=10, k=1).tolist()
    [1.0, 0.25, 0.0]
    """
    if k < 1:
        raise ParameterError.of("k", must="be at least 1", found=k)
    hits = np.clip((k - better) / (tied + 1), 0.0, 1.0)
    return np.where(better < n_people, hits, 0.0)


def rank_1_among(better: IntArray, tied: IntArray, n_people: int, k: int) -> FloatArray | None:
    """Return each probe's chance of rank 1 had only ``k`` people been enrolled.

    The own person and ``k - 1`` others drawn at random without replacement: the exact expectation,
    valid for attackers whose score of a person does not depend on who else is enrolled.

    Parameters
    ----------
    better, tied : int64 arrays of shape (n_probes,)
        As from :func:`ranks`.
    n_people : int
        Number of enrolled people.
    k : int
        Size of the smaller gallery, own person included, at least 1.

    Returns
    -------
    float64 array of shape (n_probes,) or None
        In ``[0, 1]``; a failed probe is 0. None where ``k`` exceeds ``n_people``.

    Notes
    -----
    With w impostors beaten of K - 1 the chance is C(w, k - 1) / C(K - 1, k - 1) [1]_. With t others
    tied and their order random it is the mean of this over w, ..., w + t.

    References
    ----------
    .. [1] Zheng, Achanta, Benjamini (2018). Extrapolating expected accuracies for large
       multi-class problems. JMLR 19.

    Examples
    --------
    >>> rank_1_among(np.array([0, 5, 10]), np.array([0, 0, 0]), n_people=11, k=2).round(12).tolist()
    [1.0, 0.5, 0.0]
    """
    if k < 1:
        raise ParameterError.of("k", must="be at least 1", found=k)
    if k > n_people:
        return None
    # chance[w] for w = 0 .. K - 1 by its ratio of neighbours: no large binomial is ever formed
    beaten = np.arange(k, n_people)
    log_ratio = np.log1p(-(k - 1) / beaten)  # chance[w - 1] / chance[w] = (w - k + 1) / w
    chance = np.zeros(n_people)
    chance[k - 1 :] = np.exp(np.append(np.cumsum(log_ratio[::-1])[::-1], 0.0))
    failed = better >= n_people
    worst = np.where(failed, 0, n_people - 1 - better - tied)
    sums = np.append(0.0, np.cumsum(chance))
    mean = (sums[worst + tied + 1] - sums[worst]) / (tied + 1)
    exact = np.where(tied == 0, chance[worst], np.clip(mean, 0.0, 1.0))
    return np.where(failed, 0.0, exact)


def rank_1_curve(
    better: IntArray, tied: IntArray, n_people: int, sizes: IntArray, weight: FloatArray
) -> FloatArray:
    """Return the rate of :func:`rank_1_among` for each of several sizes of the gallery.

    Parameters
    ----------
    better, tied : int64 arrays of shape (n_probes,)
        As from :func:`ranks`.
    n_people : int
        Number of enrolled people.
    sizes : int64 array of shape (n_sizes,)
        From 1 to ``n_people``.
    weight : float64 array of shape (n_probes,)
        Of each probe, summing to 1.

    Returns
    -------
    float64 array of shape (n_sizes,)
        Exact expectations over all smaller galleries.

    Raises
    ------
    ParameterError
        A size lies outside ``1 .. n_people``.
    """
    rates = []
    for size in sizes:
        hits = rank_1_among(better, tied, n_people, int(size))
        if hits is None:
            raise ParameterError.of("sizes", must=f"be at most {n_people}", found=int(size))
        rates.append(float(hits @ weight))
    return np.array(rates)


def rank_1_among_without_each(
    scores: FloatArray, truth: IntArray, weight: FloatArray, k: int
) -> FloatArray | None:
    """Return the mean of :func:`rank_1_among` after each person in turn is left out in both roles.

    A person matters twice: as the maker of probes, and as one of the others with whom probes are
    confused. Leaving people out one by one (jackknife) shows how much the rate owes to each.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person, 0 or more.
    weight : float64 array of shape (n_probes,)
        Of each probe in the mean.
    k : int
        Size of the smaller gallery.

    Returns
    -------
    float64 array of shape (n_people,) or None
        NaN for a person who made all probes. None where ``k`` exceeds ``n_people - 1``.
    """
    better, tied = ranks(scores, truth)
    n_people = scores.shape[1]
    fewer = n_people - 1
    if k > fewer:
        return None
    failed = better >= n_people
    # a case that a probe does not have, such as losing to one person less than none, is never looked up
    lost = np.where(failed, fewer, better)
    beaten = np.where(better + tied < fewer, lost, 0), np.where(better + tied < fewer, tied, 0)
    level = lost, np.maximum(tied - 1, 0)
    ahead = np.where(failed, fewer, np.maximum(better - 1, 0)), np.where(better > 0, tied, 0)
    worth = [rank_1_among(*case, fewer, k) for case in (beaten, level, ahead)]
    worth_of = [np.where(failed, 0.0, one) * weight for one in worth if one is not None]
    sums = sums_without_each(np.ascontiguousarray(scores, dtype=np.float64), truth, *worth_of)
    left = weight.sum() - np.bincount(truth, weights=weight, minlength=n_people)
    return np.where(left > 0, sums / np.where(left > 0, left, 1.0), np.nan)
