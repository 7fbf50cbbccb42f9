"""Run attackers on a split, and say which of them is trusted before any test person is looked at."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from reid.attackers import BOTH, Attacker, ScoreMatrix, modality_of
from reid.attackers.amounts import counted
from reid.attackers.fusion import Fusion, FusionWeights
from reid.attackers.rehearsal import Rehearsal, rehearsals
from reid.errors import BlindError
from reid.evaluation.choice import chosen_by_crossfit, chosen_by_rehearsal
from reid.evaluation.lineup import LineUp
from reid.evaluation.splits import Split
from reid.parallel import parallel_map
from reid.typing import Progress, silent

Scores = dict[str, ScoreMatrix]


@dataclass(frozen=True, slots=True, eq=False)
class AttackOutcome:
    """Scores of every attacker, and those that speak for all."""

    scores: Scores  #: by attacker, as it is written
    headline: ScoreMatrix  #: of the chosen attacker; in the closed set, chosen anew for each fold of people
    attacker: str  #: name of the chosen attacker (of most people, in the closed set)
    chosen_on: str  #: on whom the choice was made
    independent: bool  #: a person's headline score does not depend on who else is enrolled
    blind: tuple[str, ...]  #: attackers that saw nothing and were left out
    seconds: Mapping[str, float]  #: for learning, enrolling and scoring, by attacker
    #: where several look at the keyboard and at the pointer: name and scores of those who speak for each
    by_modality: Mapping[str, tuple[str, ScoreMatrix]] = field(default_factory=dict)
    rehearsed: Sequence[Scores] = ()  #: scores of every attacker, and of the fusion, in each rehearsal


def run_attack(
    split: Split, lineup: LineUp, *, n_jobs: int = 1, progress: Progress = silent
) -> AttackOutcome:
    """Score every probe by every attacker, and choose the strongest on people that are not tested.

    Raises
    ------
    ParameterError
        No attacker fits the regime.
    BlindError
        No attacker sees anything.
    """
    everyone = lineup.fitting(split.regime)
    population = split.regime == "population"
    runner = _Runner(n_jobs, progress, {})
    attack = Rehearsal(split.train, split.gallery, split.probes)
    scores = runner.scores(everyone.singles, attack, "attacking")
    lineup = everyone.of_names(scores)
    blind = tuple(name for name in everyone.singles if name not in scores)
    must_rehearse = lineup.fused or (population and len(lineup.singles) > 1)
    scenes = rehearsals(split.train, split.gallery) if must_rehearse else ()
    rehearsed = [
        _with_blanks(runner.scores(lineup.singles, scene, f"rehearsing, {number} of {len(scenes)}"), lineup)
        for number, scene in enumerate(scenes, 1)
    ]
    by_modality = {
        modality: _speaking(part, scores, rehearsed, population=population)
        for modality, part in lineup.by_modality().items()
    }
    if lineup.fused:
        scores[Fusion.name] = FusionWeights.learn(rehearsed, list(lineup.singles)).combined(scores)
        _fuse_rehearsals(rehearsed, list(lineup.singles))
    if lineup.only_fusion and lineup.fused:
        scores = {Fusion.name: scores[Fusion.name]}
    name, headline, chosen_on = _chosen(scores, rehearsed, population=population)
    speaking = lineup.singles.values() if name == Fusion.name else [lineup.singles[name]]
    independent = population and all(one.independent for one in speaking)
    by_modality |= {BOTH: (name, headline)} if by_modality else {}
    return AttackOutcome(
        scores, headline, name, chosen_on, independent, blind, runner.seconds, by_modality, rehearsed
    )


def _chosen(scores: Scores, rehearsed: Sequence[Scores], *, population: bool) -> tuple[str, ScoreMatrix, str]:
    """Return who speaks for all, with its scores, and on whom it was chosen."""
    if population and (rehearsed or len(scores) == 1):
        name = chosen_by_rehearsal(list(scores), rehearsed)
        return name, scores[name], "background people"
    return *chosen_by_crossfit(scores), "the other people, by cross-fitting"


def _speaking(
    lineup: LineUp, scores: Scores, rehearsed: Sequence[Scores], *, population: bool
) -> tuple[str, ScoreMatrix]:
    """Return who speaks for a part of the attackers, their own fusion among them.

    Chosen by the rehearsals wherever there are any, in the closed set too: of a few attackers that are about
    as strong, a choice by the other people tested picks the weaker one for just those it serves worst.
    """
    names = list(lineup.singles)
    own = {name: scores[name] for name in names}
    scenes = [{name: scene[name] for name in names} for scene in rehearsed]
    if len(scenes) == 1:
        scenes = _halved(scenes[0])
    if lineup.fused:
        own[Fusion.name] = FusionWeights.learn(scenes, names).combined(own)
        _fuse_rehearsals(scenes, names)
    if scenes or population:
        name = chosen_by_rehearsal(list(own), scenes)
        return name, own[name]
    return chosen_by_crossfit(own)


def _halved(scene: Scores) -> list[Scores]:
    """Part the probes of a rehearsal by person, so that each half can be judged by what the other taught."""
    makers = next(iter(scene.values())).probe_people
    people = sorted(set(makers))
    halves = [np.flatnonzero(np.isin(makers, people[start::2])) for start in (0, 1)]
    return [{name: matrix.of_probes(rows) for name, matrix in scene.items()} for rows in halves if rows.size]


@dataclass(frozen=True, slots=True)
class _Runner:
    """Runs attackers in several scenes and keeps their time."""

    n_jobs: int
    progress: Progress
    seconds: dict[str, float]

    def scores(self, attackers: Mapping[str, Attacker], scene: Rehearsal, stage: str) -> Scores:
        """Return the scores of each attacker that sees anything; what they share is made once."""
        counts = len({modality_of(attacker) for attacker in attackers.values()}) > 1

        def attacked(name: str) -> tuple[ScoreMatrix | None, float]:
            start = time.perf_counter()
            try:
                matrix = attackers[name].enrol(scene.train, scene.gallery).score(scene.probes)
                matrix = counted(matrix, attackers[name], scene.probes) if counts else matrix
                if np.isnan(matrix.scores).all():
                    return None, 0.0
            except BlindError:
                return None, 0.0
            return matrix, time.perf_counter() - start

        names = list(attackers)
        results = parallel_map(
            attacked, names, n_jobs=self.n_jobs, share_memory=True, stage=stage, progress=self.progress
        )
        scene.gallery.pieces.forget()
        for name, (_, took) in zip(names, results, strict=True):
            self.seconds[name] = self.seconds.get(name, 0.0) + took
        scores = {
            name: matrix for name, (matrix, _) in zip(names, results, strict=True) if matrix is not None
        }
        if not scores:
            must, advice = "see at least one feature", "Withhold fewer channels."
            raise BlindError.of("one attacker at least", must=must, found="none that does", advice=advice)
        return scores


def _with_blanks(scores: Scores, lineup: LineUp) -> Scores:
    """Enter failed comparisons for those who see the people attacked, and nothing in a rehearsal."""
    some = next(iter(scores.values()))
    blank = replace(some, scores=np.full(some.scores.shape, np.nan))
    return {name: scores.get(name, blank) for name in lineup.singles}


def _fuse_rehearsals(rehearsed: Sequence[Scores], names: list[str]) -> None:
    """Enter the fusion's own scores, each by the weights that the *other* rehearsals taught."""
    fused = [
        FusionWeights.learn([one for place, one in enumerate(rehearsed) if place != number], names).combined(
            scene
        )
        for number, scene in enumerate(rehearsed)
    ]
    for scene, matrix in zip(rehearsed, fused, strict=True):
        scene[Fusion.name] = matrix
