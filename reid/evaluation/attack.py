"""Run attackers on a split, and let them rehearse on people that are not tested."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from reid.attackers import Attacker, ScoreMatrix, modality_of
from reid.attackers.amounts import counted
from reid.attackers.fusion import Fusion, FusionWeights
from reid.attackers.rehearsal import Rehearsal, rehearsals
from reid.errors import BlindError
from reid.evaluation.lineup import LineUp
from reid.evaluation.retuning import RETUNED, Retuned, retuned
from reid.evaluation.speaking import AttackOutcome, Attempt, Scores, Voices, agreed
from reid.evaluation.splits import Split
from reid.parallel import parallel_map
from reid.typing import Progress, silent

RETUNED_FUSION: Final = f"{Fusion.name}, {RETUNED}"  #: of the attackers as they are and of those re-tuned


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
    return agreed([attempt(split, lineup, n_jobs=n_jobs, progress=progress)])[0]


def attempt(split: Split, lineup: LineUp, *, n_jobs: int = 1, progress: Progress = silent) -> Attempt:
    """Score every probe by every attacker and leave open who speaks for all; see :func:`run_attack`."""
    everyone = lineup.fitting(split.regime)
    population = split.regime == "population"
    runner = _Runner(n_jobs, progress, {})
    attack = Rehearsal(split.train, split.gallery, split.probes)
    scores = runner.scores(everyone.singles, attack, "attacking")
    lineup = everyone.of_names(scores)
    must_rehearse = lineup.fused or lineup.variants or (population and len(lineup.singles) > 1)
    scenes = rehearsals(split.train, split.gallery) if must_rehearse else ()
    tried = {**lineup.singles, **lineup.variants}
    rehearsed = [
        _with_blanks(runner.scores(tried, scene, f"rehearsing, {number} of {len(scenes)}"), tried)
        for number, scene in enumerate(scenes, 1)
    ]
    families = retuned(lineup.singles, lineup.variants, rehearsed) if lineup.variants and scenes else []
    usual = list(lineup.singles)
    rehearsed = [{name: scene[name] for name in usual} for scene in rehearsed]
    joined = runner.joined(families, lineup, attack)
    for family in families:
        if family.name in joined:
            scores[family.name] = family.scored(joined[family.name])
            for scene, matrix in zip(rehearsed, family.rehearsed, strict=True):
                scene[family.name] = matrix
    lineup = lineup.joined_by(
        {family.name: tried[family.picked] for family in families if family.name in joined}
    )
    by_modality = {
        modality: _part(part, scores, rehearsed) for modality, part in lineup.by_modality().items()
    }
    fusions = {Fusion.name: usual} if lineup.fused else {}
    if fusions and joined:
        fusions[RETUNED_FUSION] = list(lineup.singles)
    for name, members in fusions.items():
        scores[name] = FusionWeights.learn(rehearsed, members).combined(scores)
        _fuse_rehearsals(rehearsed, members, name)
    independents = {name for name, one in lineup.singles.items() if one.independent}
    independents |= {name for name, members in fusions.items() if independents >= set(members)}
    if lineup.only_fusion and fusions:
        scores = {name: scores[name] for name in fusions}
    return Attempt(
        voices=Voices(scores, rehearsed),
        population=population,
        independents=frozenset(independents),
        blind=tuple(name for name in everyone.singles if name not in lineup.singles),
        seconds=runner.seconds,
        by_modality=by_modality,
        retuning={family.name: family.as_dict(joined=family.name in joined) for family in families},
    )


def _part(lineup: LineUp, scores: Scores, rehearsed: Sequence[Scores]) -> Voices:
    """Return the scores of a part of the attackers, with their own fusion among them."""
    names = list(lineup.singles)
    own = {name: scores[name] for name in names}
    scenes = [{name: scene[name] for name in names} for scene in rehearsed]
    if len(scenes) == 1:
        scenes = _halved(scenes[0])
    if lineup.fused:
        own[Fusion.name] = FusionWeights.learn(scenes, names).combined(own)
        _fuse_rehearsals(scenes, names)
    return Voices(own, scenes)


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

    def scores(
        self,
        attackers: Mapping[str, Attacker],
        scene: Rehearsal,
        stage: str,
        *,
        beside: Iterable[Attacker] = (),
    ) -> Scores:
        """Return the scores of each attacker that sees anything; what they share is made once.

        What a probe holds is counted where these, and those they stand ``beside``, look at several things.
        """
        counts = len({modality_of(attacker) for attacker in (*attackers.values(), *beside)}) > 1

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

    def joined(self, families: Sequence[Retuned], lineup: LineUp, scene: Rehearsal) -> Scores:
        """Return the scores of re-tuned attackers, by family, where others than the usual settings suit."""
        picked = {one.name: lineup.variants[one.picked] for one in families if one.picked in lineup.variants}
        try:
            usual = lineup.singles.values()
            return self.scores(picked, scene, "attacking, re-tuned", beside=usual) if picked else {}
        except BlindError:
            return {}


def _with_blanks(scores: Scores, attackers: Mapping[str, Attacker]) -> Scores:
    """Enter failed comparisons for those who see the people attacked, and nothing in a rehearsal."""
    some = next(iter(scores.values()))
    blank = replace(some, scores=np.full(some.scores.shape, np.nan))
    return {name: scores.get(name, blank) for name in attackers}


def _fuse_rehearsals(rehearsed: Sequence[Scores], names: list[str], name: str = Fusion.name) -> None:
    """Enter the fusion's own scores, each by the weights that the *other* rehearsals taught."""
    fused = [
        FusionWeights.learn([one for place, one in enumerate(rehearsed) if place != number], names).combined(
            scene
        )
        for number, scene in enumerate(rehearsed)
    ]
    for scene, matrix in zip(rehearsed, fused, strict=True):
        scene[name] = matrix
