"""Choose the attacker that speaks for all, never by the people for whom it speaks."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtr

from reid.attackers import ScoreMatrix
from reid.metrics.identification import rank_k_hits, ranks
from reid.seeding import hashed_order
from reid.typing import FloatArray

FOLDS = 5


def chosen_by_rehearsal(
    names: Sequence[str], rehearsed: Sequence[Mapping[str, ScoreMatrix]], n_people: int
) -> str:
    """Return the attacker for which the rehearsals promise the highest rank-1 rate among ``n_people``."""
    if not rehearsed:
        return names[0]
    return max(names, key=lambda name: predicted_rank_1([scene[name] for scene in rehearsed], n_people))


def predicted_rank_1(matrices: Sequence[ScoreMatrix], n_people: int) -> float:
    """Predict from smaller galleries the rank-1 rate among ``n_people``.

    A rehearsal enrols fewer people than the attack, so that strong attackers seldom fail in it and
    hardly differ. Therefore each probe's right score is set against a Gaussian through its other scores.
    Good for choosing, not for reporting.
    """
    predicted = []
    for matrix in matrices:
        scores = _failed_at_bottom(matrix.scores)
        truth = matrix.truth()
        rows = np.arange(truth.size)
        right = scores[rows, truth]
        scores[rows, truth] = np.nan
        spread = np.nanstd(scores, axis=1)
        above = (right - np.nanmean(scores, axis=1)) / np.where(spread > 0, spread, 1.0)
        predicted.append(np.mean(ndtr(above) ** (n_people - 1)))
    return float(np.mean(predicted))


def chosen_by_crossfit(scores: Mapping[str, ScoreMatrix]) -> tuple[str, ScoreMatrix]:
    """Choose for each fold of people the attacker that names the *other* people best.

    Returns
    -------
    name : str
        The attacker chosen for most people.
    headline : ScoreMatrix
        Each probe's scores by the attacker chosen for its person's fold. Where folds differ, scores
        are put on one scale by :func:`as_shares`.
    """
    names = list(scores)
    first = scores[names[0]]
    if len(names) == 1:
        return names[0], first
    hits = {name: _person_hits(scores[name]) for name in names}
    closeness = {name: -_mean_better(scores[name]) for name in names}  # where rank-1 ties
    people = tuple(sorted(hits[names[0]]))
    order = [people[place] for place in hashed_order(people, 0, "choice of attacker")]
    chosen: dict[str, str] = {}
    for start in range(FOLDS):
        fold = set(order[start::FOLDS])
        others = [person for person in order if person not in fold] or order
        strength = {name: (np.mean([hits[name][one] for one in others]), closeness[name]) for name in names}
        chosen |= dict.fromkeys(fold, max(names, key=strength.__getitem__))
    used = [name for name in names if name in chosen.values()]
    if len(used) == 1:
        return used[0], scores[used[0]]
    shares = {name: as_shares(scores[name].scores) for name in used}
    rows = np.stack([shares[chosen[person]][row] for row, person in enumerate(first.probe_people)])
    most = max(used, key=lambda name: sum(choice == name for choice in chosen.values()))
    return most, ScoreMatrix(rows, first.people, first.probe_people)


def as_shares(scores: FloatArray) -> FloatArray:
    """Return each score as the share of all scores that are lower: one scale for different attackers."""
    known = np.sort(scores[~np.isnan(scores)])
    shares = np.searchsorted(known, scores) / max(known.size, 1)
    return np.where(np.isnan(scores), np.nan, shares)


def _person_hits(matrix: ScoreMatrix) -> dict[str, float]:
    """Return each person's expected rank-1 rate over their probes."""
    hits = rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)
    by_person: dict[str, list[float]] = {}
    for person, hit in zip(matrix.probe_people, hits, strict=True):
        by_person.setdefault(person, []).append(float(hit))
    return {person: float(np.mean(own)) for person, own in by_person.items()}


def _mean_better(matrix: ScoreMatrix) -> float:
    better, tied = ranks(matrix.scores, matrix.truth())
    return float(np.mean(better + 0.5 * tied))


def _failed_at_bottom(scores: FloatArray) -> FloatArray:
    """Return a copy with failed comparisons at the lowest score."""
    known = scores[~np.isnan(scores)]
    return np.where(np.isnan(scores), known.min() if known.size else 0.0, scores)
