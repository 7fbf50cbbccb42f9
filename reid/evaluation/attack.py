"""Run attackers on a split, and say which of them is trusted before any test person is looked at."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from reid.attackers import Attacker, ScoreMatrix
from reid.attackers.fusion import Fusion, FusionWeights
from reid.attackers.rehearsal import Rehearsal, rehearsals
from reid.errors import ParameterError
from reid.evaluation.splits import Split
from reid.metrics.identification import ranks, rank_k_hits
from reid.parallel import parallel_map
from reid.registry import written
from reid.seeding import hashed_order
from reid.typing import FloatArray, Progress, silent

Scores = dict[str, ScoreMatrix]

FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class AttackOutcome:
    """Scores of every attacker, and the one that speaks for all."""

    scores: Scores  #: by attacker, as it is written
    headline: ScoreMatrix  #: of the chosen attacker; in the closed set, chosen anew for each fold of people
    attacker: str  #: name of the chosen attacker (of most people, in the closed set)
    chosen_on: str  #: on whom the choice was made
    seconds: Mapping[str, float] = field(default_factory=dict)  #: for learning, enrolling and scoring, by attacker


def run_attack(
    split: Split, attackers: Sequence[Attacker], *, n_jobs: int = 1, progress: Progress = silent
) -> AttackOutcome:
    """Score every probe by every attacker, and choose the strongest on people that are not tested.

    Raises
    ------
    ParameterError
        No attacker fits the regime.
    """
    fitting = [one for one in attackers if split.regime == "closed-set" or not one.closed_set_only]
    if not fitting:
        found = ", ".join(written(one) for one in attackers)
        advice = "These need --regime closed-set."
        raise ParameterError.of("the attackers", must="fit the population regime", found=found, advice=advice)
    fusions = [one for one in fitting if isinstance(one, Fusion)]
    singles = [one for one in fitting if not isinstance(one, Fusion)]
    if fusions and len(singles) < 2:  # noqa: PLR2004  nothing to fuse but the fusion's own members
        singles = [one for one in fusions[0].members if split.regime == "closed-set" or not one.closed_set_only]
        fusion_alone = len(fitting) == 1
    else:
        fusion_alone = False
    scenes: list[Rehearsal] = []
    if fusions or (split.regime == "population" and len(singles) > 1):
        scenes = list(rehearsals(split.train, split.gallery))
    seconds: dict[str, float] = {}
    rehearsed = [
        _scores(scene, singles, seconds, n_jobs, progress, f"rehearsing {number + 1} of {len(scenes)}")
        for number, scene in enumerate(scenes)
    ]
    attack = Rehearsal(split.train, split.gallery, split.probes)
    scores = _scores(attack, singles, seconds, n_jobs, progress, "attacking")
    if fusions:
        names = [written(one) for one in singles]
        weights = FusionWeights.learn(rehearsed, names)
        scores[Fusion.name] = weights.combined(scores)
        for number, scene_scores in enumerate(rehearsed):
            others = [each for place, each in enumerate(rehearsed) if place != number]
            scene_scores[Fusion.name] = FusionWeights.learn(others, names).combined(scene_scores)
        if fusion_alone:
            scores = {Fusion.name: scores[Fusion.name]}
    if split.regime == "population" and (rehearsed or len(scores) == 1):
        name = max(scores, key=lambda one: _strength([scene[one] for scene in rehearsed])) if rehearsed else next(iter(scores))
        return AttackOutcome(scores, scores[name], name, "background people", seconds)
    name, headline = crossfit_choice(scores)
    return AttackOutcome(scores, headline, name, "the other people, by cross-fitting", seconds)


def _scores(
    scene: Rehearsal, attackers: Sequence[Attacker], seconds: dict[str, float], n_jobs: int, progress: Progress, stage: str
) -> Scores:
    def attacked(attacker: Attacker) -> tuple[ScoreMatrix, float]:
        start = time.perf_counter()
        matrix = attacker.enrol(scene.train, scene.gallery).score(scene.probes)
        return matrix, time.perf_counter() - start

    results = parallel_map(attacked, attackers, n_jobs=n_jobs, share_memory=True, stage=stage, progress=progress)
    scene.gallery.pieces.forget()
    for attacker, (_, took) in zip(attackers, results, strict=True):
        seconds[written(attacker)] = seconds.get(written(attacker), 0.0) + took
    return {written(attacker): matrix for attacker, (matrix, _) in zip(attackers, results, strict=True)}


def person_hits(matrix: ScoreMatrix) -> dict[str, float]:
    """Return each person's expected rank-1 rate over their probes."""
    better, tied = ranks(matrix.scores, matrix.truth())
    hits = rank_k_hits(better, tied, len(matrix.people), 1)
    by_person: dict[str, list[float]] = {}
    for person, hit in zip(matrix.probe_people, hits, strict=True):
        by_person.setdefault(person, []).append(float(hit))
    return {person: float(np.mean(own)) for person, own in by_person.items()}


def _strength(matrices: Sequence[ScoreMatrix]) -> tuple[float, float]:
    """Return rank-1 over people and, where it ties, how far the right person lies from the top."""
    rank_1 = float(np.mean([np.mean(list(person_hits(matrix).values())) for matrix in matrices]))
    return rank_1, -float(np.mean([_mean_share_better(matrix) for matrix in matrices]))


def _mean_share_better(matrix: ScoreMatrix) -> float:
    better, tied = ranks(matrix.scores, matrix.truth())
    return float(np.mean(better + 0.5 * tied)) / len(matrix.people)


def crossfit_choice(scores: Scores) -> tuple[str, ScoreMatrix]:
    """Choose for each fold of people the attacker that names the *other* people best.

    Returns
    -------
    name : str
        The attacker chosen for most people.
    headline : ScoreMatrix
        Each probe's scores by the attacker chosen for its person's fold. Where folds differ, scores
        are put on one scale by their share of all scores of that attacker that are lower.
    """
    names = list(scores)
    first = scores[names[0]]
    hits = {name: person_hits(scores[name]) for name in names}
    closeness = {name: -_mean_share_better(scores[name]) for name in names}
    people = tuple(sorted(hits[names[0]]))
    chosen: dict[str, str] = {}
    order = [people[place] for place in hashed_order(people, 0, "choice of attacker")]
    for start in range(FOLDS):
        fold = order[start::FOLDS]
        others = [person for person in order if person not in set(fold)] or order
        best = max(names, key=lambda name: (np.mean([hits[name][person] for person in others]), closeness[name]))  # noqa: B023
        chosen |= dict.fromkeys(fold, best)
    used = sorted(set(chosen.values()), key=names.index)
    if len(used) == 1:
        return used[0], scores[used[0]]
    scaled = {name: as_shares(scores[name].scores) for name in used}
    rows = np.stack([scaled[chosen[person]][row] for row, person in enumerate(first.probe_people)])
    name = max(used, key=lambda one: sum(choice == one for choice in chosen.values()))
    return name, ScoreMatrix(rows, first.people, first.probe_people)


def as_shares(scores: FloatArray) -> FloatArray:
    """Return each score as the share of all scores that are lower: one scale for different attackers."""
    known = np.sort(scores[~np.isnan(scores)])
    shares = np.searchsorted(known, scores) / max(known.size, 1)
    return np.where(np.isnan(scores), np.nan, shares)
