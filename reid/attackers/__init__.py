"""Methods that name the person behind a sample."""

from reid.attackers.discriminant import Discriminant
from reid.attackers.distances import Euclidean, Mahalanobis, Manhattan, ScaledManhattan
from reid.attackers.full_covariance import FullCovariance
from reid.attackers.fusion import Fusion
from reid.attackers.likelihood import LikelihoodRatio
from reid.attackers.pairs import PairBoosting, PairTrees
from reid.attackers.pooled_trees import PooledTrees
from reid.attackers.protocol import Attacker, EnrolledAttacker, ScoreMatrix
from reid.attackers.stroke_votes import StrokeVotes
from reid.attackers.trees import ExtraTrees
from reid.attackers.two_covariance import TwoCovariance
from reid.registry import Registry

__all__ = [
    "ATTACKERS",
    "DEFAULT_ATTACKERS",
    "POINTER_ATTACKERS",
    "POINTER_FEATURES",
    "Attacker",
    "EnrolledAttacker",
    "ScoreMatrix",
]

ATTACKERS: Registry[Attacker] = Registry(
    "attacker",
    (
        Discriminant,
        TwoCovariance,
        LikelihoodRatio,
        ScaledManhattan,
        Manhattan,
        Euclidean,
        Mahalanobis,
        ExtraTrees,
        PooledTrees,
        PairTrees,
        PairBoosting,
        StrokeVotes,
        FullCovariance,
        Fusion,
    ),
)

#: What an audit of keys runs unless told otherwise: every family, and what they know together.
DEFAULT_ATTACKERS = (
    "scaled-manhattan",
    "likelihood-ratio",
    "two-covariance",
    "discriminant",
    "extra-trees",
    "fusion",
)

#: What an audit of the pointer runs unless told otherwise.
POINTER_ATTACKERS = (
    "discriminant(features='strokes', ridge=0.6, sliding=True)",
    "full-covariance",
    "pooled-trees",
    "pair-trees",
    "pair-boosting",
    "stroke-votes",
    "fusion",
)

#: Sets of features that look at the pointer; all others look at keys.
POINTER_FEATURES = ("strokes", "antal-39", "movements")
