"""Choose the attacker that speaks for all, never by the people for whom it speaks."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import logsumexp

from reid.attackers import ScoreMatrix
from reid.attackers.fusion import FusionWeights
from reid.metrics.identification import rank_k_hits, ranks
from reid.seeding import hashed_order
from reid.typing import FloatArray

FOLDS = 5


def chosen_by_rehearsal(names: Sequence[str], rehearsed: Sequence[Mapping[str, ScoreMatrix]]) -> str:
    """Return the attacker that did best in the rehearsals.

    A rehearsal enrols fewer people than the attack, so strong attackers seldom fail in it and their
    rank-1 rates hardly differ. Of those within one standard error of the best rate, over people, the
    one is chosen that is least surprised by the right person.
    """
    if not rehearsed:
        return names[0]
    hits = {name: _hits_of_people([scene[name] for scene in rehearsed]) for name in names}
    best = max(names, key=lambda name: hits[name].mean())
    close = []
    for name in names:
        lead = hits[best] - hits[name]
        if lead.mean() <= lead.std() / np.sqrt(lead.size):
            close.append(name)
    return min(close, key=lambda name: surprise(name, rehearsed))


def surprise(name: str, rehearsed: Sequence[Mapping[str, ScoreMatrix]]) -> float:
    """Return the mean of ``-log p`` of the right person over the rehearsals, in nats.

    Scores become probabilities by one factor, which the *other* rehearsals teach.
    """
    losses = []
    for number, scene in enumerate(rehearsed):
        others = [one for place, one in enumerate(rehearsed) if place != number] or [scene]
        scaled = FusionWeights.learn(others, [name]).combined(scene)
        scores = _failed_at_bottom(scaled.scores)
        right = scores[np.arange(len(scores)), scaled.truth()]
        losses.append(np.mean(logsumexp(scores, axis=1) - right))
    return float(np.mean(losses))


def rehearsed_rate(matrices: Sequence[ScoreMatrix]) -> float:
    """Return the mean rank-1 rate of people over the rehearsals that met them."""
    return float(_hits_of_people(matrices).mean())


def _hits_of_people(matrices: Sequence[ScoreMatrix]) -> FloatArray:
    """Return every person's rank-1 rate, over the rehearsals that met them: float64, (n_people,)."""
    return np.array(list(_mean_by_person([_person_hits(matrix) for matrix in matrices]).values()))


def chosen_by_crossfit(several: Sequence[Mapping[str, ScoreMatrix]]) -> tuple[str, list[ScoreMatrix]]:
    """Choose for each fold of people the attacker that names the *other* people best.

    Parameters
    ----------
    several : sequence of mappings
        Scores by attacker, the same attackers for each release of one strategy.

    Returns
    -------
    name : str
        The attacker chosen for most people.
    headlines : list of ScoreMatrix
        For each release, each probe's scores by the attacker chosen for its person's fold. Where folds
        differ, scores are put on one scale by :func:`as_shares`.
    """
    names = list(several[0])
    if len(names) == 1:
        return names[0], [scores[names[0]] for scores in several]
    hits = {name: _mean_by_person([_person_hits(scores[name]) for scores in several]) for name in names}
    places = {  # where rank-1 ties
        name: _mean_by_person([_person_places(scores[name]) for scores in several]) for name in names
    }
    people = tuple(sorted(hits[names[0]]))
    order = [people[place] for place in hashed_order(people, 0, "choice of attacker")]
    chosen: dict[str, str] = {}
    for start in range(FOLDS):
        fold = set(order[start::FOLDS])
        others = [person for person in order if person not in fold] or order
        strength = {name: (_mean_of(hits[name], others), -_mean_of(places[name], others)) for name in names}
        chosen |= dict.fromkeys(fold, max(names, key=strength.__getitem__))
    used = [name for name in names if name in chosen.values()]
    if len(used) == 1:
        return used[0], [scores[used[0]] for scores in several]
    most = max(used, key=lambda name: sum(choice == name for choice in chosen.values()))
    return most, [_mixed({name: scores[name] for name in used}, chosen, most) for scores in several]


def _mixed(scores: Mapping[str, ScoreMatrix], chosen: Mapping[str, str], most: str) -> ScoreMatrix:
    """Return each probe's scores by the attacker chosen for its person, on one scale."""
    shares = {name: as_shares(matrix.scores) for name, matrix in scores.items()}
    first = scores[most]
    rows = np.stack([shares[chosen.get(person, most)][row] for row, person in enumerate(first.probe_people)])
    return ScoreMatrix(rows, first.people, first.probe_people)


def as_shares(scores: FloatArray) -> FloatArray:
    """Return each score as the share of all scores that are lower: one scale for different attackers."""
    known = np.sort(scores[~np.isnan(scores)])
    shares = np.searchsorted(known, scores) / max(known.size, 1)
    return np.where(np.isnan(scores), np.nan, shares)


def _person_hits(matrix: ScoreMatrix) -> dict[str, float]:
    """Return each person's expected rank-1 rate over their probes."""
    hits = rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)
    return _by_person(matrix, hits)


def _person_places(matrix: ScoreMatrix) -> dict[str, float]:
    """Return each person's mean number of others that their probes resemble more."""
    better, tied = ranks(matrix.scores, matrix.truth())
    return _by_person(matrix, better + 0.5 * tied)


def _by_person(matrix: ScoreMatrix, values: FloatArray) -> dict[str, float]:
    of_person: dict[str, list[float]] = {}
    enrolled = set(matrix.people)  # others have no rank
    known = [person for person in matrix.probe_people if person in enrolled]
    for person, value in zip(known, values, strict=True):
        of_person.setdefault(person, []).append(float(value))
    return {person: float(np.mean(own)) for person, own in of_person.items()}


def _mean_by_person(several: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return each person's mean over the releases in which they were probed."""
    people = dict.fromkeys(person for one in several for person in one)
    return {person: float(np.mean([one[person] for one in several if person in one])) for person in people}


def _mean_of(values: Mapping[str, float], people: Sequence[str]) -> float:
    return float(np.mean([values[person] for person in people]))


def _failed_at_bottom(scores: FloatArray) -> FloatArray:
    """Return a copy with failed comparisons at the lowest score."""
    known = scores[~np.isnan(scores)]
    return np.where(np.isnan(scores), known.min() if known.size else 0.0, scores)
