"""Weigh several attackers' scores by what a rehearsal on other people taught."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from reid.attackers.amounts import counted
from reid.attackers.discriminant import Discriminant
from reid.attackers.distances import ScaledManhattan
from reid.attackers.likelihood import LikelihoodRatio
from reid.attackers.protocol import Attacker, EnrolledAttacker, ScoreMatrix
from reid.attackers.rehearsal import rehearsals
from reid.attackers.trees import ExtraTrees
from reid.attackers.two_covariance import TwoCovariance
from reid.attackers.weighing import Situation, Trust, learn_trust, learn_weights
from reid.errors import ParameterError
from reid.registry import written
from reid.samples.table import SampleTable
from reid.typing import FloatArray

Scores = Mapping[str, ScoreMatrix]


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How much each attacker's score counts; learnt, or equal where nothing could be rehearsed."""

    weights: tuple[tuple[str, float], ...]  #: attacker and weight, 0 or more
    floors: tuple[float, ...]  #: each attacker's lowest score in the rehearsals: that of a probe it fails on
    by_probe: bool = False  #: scales are not known either, so that each probe's scores are taken in their own
    #: how each attacker's evidence grows with what a probe holds; empty where that is not asked
    trust: tuple[Trust, ...] = ()

    @classmethod
    def learn(cls, rehearsed: Sequence[Scores], members: Sequence[str]) -> "FusionWeights":
        """Choose the weights under which the right person is most likely in the rehearsals.

        The loss is multinomial over the enrolled people, as in logistic regression; weights below 0
        are not allowed, since more alike must stay more alike. A slight pull towards equal weights
        keeps the choice unique. Where attackers counted different things, such as presses and pointer
        events, it is learnt too how much an attacker's evidence grows with what a probe holds; see
        :func:`~reid.attackers.weighing.learn_trust`.
        """
        situations = []
        for scores in rehearsed:
            truth = scores[members[0]].truth()
            stacked = np.stack([_without_failures(scores[name].scores) for name in members])
            situations.append(Situation(stacked, truth, _amounts(scores, members)).of_probes(truth >= 0))
        if not situations:
            return cls(tuple((name, 1.0) for name in members), (0.0,) * len(members), by_probe=True)
        scale = np.mean([one.stacked.std(axis=(1, 2)) for one in situations], axis=0)
        told_something = scale > 0
        scale = np.where(told_something, scale, 1.0)
        scaled = [replace(one, stacked=one.stacked / scale[:, None, None]) for one in situations]
        trust = learn_trust(scaled)
        weights = learn_weights([one.trusting(trust) for one in scaled])
        if told_something.any():
            weights = np.where(told_something, weights, 0.0)  # nobody saw what it is worth
        floors = tuple(
            float(min(one.stacked[place].min() for one in situations)) for place in range(len(members))
        )
        named = tuple(zip(members, (weights / scale).tolist(), strict=True))
        usual = [_mean_score([scores[name] for scores in rehearsed]) for name in members]
        trust = tuple(replace(one, usual=mean) for one, mean in zip(trust, usual, strict=False))
        return cls(named, floors, trust=trust)

    def combined(self, scores: Scores) -> ScoreMatrix:
        """Return the weighted sum; NaN only where every member failed.

        Where one failed, its lowest score for this probe stands in, so that no other probe matters.
        """
        parts = {name: scores[name] for name, _ in self.weights}
        first = next(iter(parts.values()))
        total = np.zeros(first.scores.shape)
        trusts = self.trust or (None,) * len(self.weights)
        for (name, weight), floor, trust in zip(self.weights, self.floors, trusts, strict=True):
            filled = _at_bottom_of_row(parts[name].scores, floor)
            amounts = parts[name].observations
            if trust is not None and amounts is not None:
                filled = trust.applied(filled, amounts)
            total += weight * (_in_own_scale(filled) if self.by_probe else filled)
        total[np.all([np.isnan(part.scores) for part in parts.values()], axis=0)] = np.nan
        return ScoreMatrix(total, first.people, first.probe_people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """Several attackers, weighed by a rehearsal on background people (closed set: on gallery sessions).

    As much evidence as the members hold together. The weights are non-negative.
    """

    name: ClassVar[str] = "fusion"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    members: tuple[Attacker, ...] = (
        ScaledManhattan(),
        LikelihoodRatio(),
        TwoCovariance(),
        Discriminant(),
        ExtraTrees(),
    )
    #: the attackers that are weighed; those for the closed set are left out elsewhere

    def __post_init__(self) -> None:
        if not all(hasattr(member, "enrol") for member in self.members):
            advice = "Name them beside fusion: --attacker manhattan --attacker euclidean --attacker fusion."
            raise ParameterError.of("members of fusion", must="be attackers", found="words", advice=advice)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledFusion":
        """Rehearse, then enrol every member; see :class:`~reid.attackers.protocol.Attacker`."""
        closed_set = train.subjects == gallery.subjects
        members = [member for member in self.members if closed_set or not member.closed_set_only]
        rehearsed = [
            {
                written(member): counted(
                    member.enrol(scene.train, scene.gallery).score(scene.probes), member, scene.probes
                )
                for member in members
            }
            for scene in rehearsals(train, gallery)
        ]
        weights = FusionWeights.learn(rehearsed, [written(member) for member in members])
        enrolled = {written(member): (member, member.enrol(train, gallery)) for member in members}
        return EnrolledFusion(weights, enrolled)


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledFusion:
    """Enrolled members and their weights."""

    weights: FusionWeights
    members: Mapping[str, tuple[Attacker, EnrolledAttacker]]  #: as they are, and enrolled

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by the weighted sum of the members' scores."""
        return self.weights.combined(
            {
                name: counted(enrolled.score(probes), member, probes)
                for name, (member, enrolled) in self.members.items()
            }
        )


def _amounts(scores: Scores, members: Sequence[str]) -> FloatArray | None:
    """Return the observations behind each attacker's scores, (n_members, n_probes), if all were counted."""
    amounts = [one for name in members if (one := scores[name].observations) is not None]
    return np.stack(amounts) if len(amounts) == len(members) else None


def _mean_score(matrices: Sequence[ScoreMatrix]) -> float:
    """Return the mean of all comparisons that did not fail, 0 where all did."""
    known = np.concatenate([matrix.scores[~np.isnan(matrix.scores)] for matrix in matrices])
    return float(known.mean()) if known.size else 0.0


def _at_bottom_of_row(scores: FloatArray, floor: float) -> FloatArray:
    """Put a failed comparison at the lowest score of its probe, at ``floor`` where the probe has none."""
    failed = np.isnan(scores)
    if not failed.any():
        return scores
    lowest = np.where(failed, np.inf, scores).min(axis=1, keepdims=True)
    return np.where(failed, np.where(np.isinf(lowest), floor, lowest), scores)


def _in_own_scale(scores: FloatArray) -> FloatArray:
    """Return each row in standard deviations from its mean; 0 where all are alike."""
    deviation = scores - scores.mean(axis=1, keepdims=True)
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray(deviation / np.where(spread > 0, spread, 1.0))


def _without_failures(scores: FloatArray) -> FloatArray:
    """Put a failed comparison at the lowest score of its matrix."""
    failed = np.isnan(scores)
    if not failed.any():
        return scores
    lowest = scores[~failed].min() if not failed.all() else 0.0
    return np.where(failed, lowest, scores)
