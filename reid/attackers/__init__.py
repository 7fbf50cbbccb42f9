"""Methods that name the person behind a sample."""

from reid.attackers.amounts import BOTH, KEYBOARD, POINTER, POINTER_FEATURES, modality_of
from reid.attackers.discriminant import Discriminant
from reid.attackers.distances import Euclidean, Mahalanobis, Manhattan, OutlierCount, ScaledManhattan
from reid.attackers.full_covariance import FullCovariance
from reid.attackers.fusion import Fusion
from reid.attackers.likelihood import LikelihoodRatio
from reid.attackers.nearest_neighbours import NearestNeighbours
from reid.attackers.one_class import AutoAssociative, KMeans, OneClassSvm
from reid.attackers.pairs import PairBoosting, PairTrees
from reid.attackers.pohmm import Pohmm
from reid.attackers.pooled_trees import PooledTrees
from reid.attackers.practised_trees import PractisedTrees
from reid.attackers.protocol import Attacker, EnrolledAttacker, ScoreMatrix
from reid.attackers.scikit import SklearnClasses, SklearnPairs
from reid.attackers.stroke_votes import StrokeVotes
from reid.attackers.stylometry import Stylometry
from reid.attackers.trees import ExtraTrees
from reid.attackers.two_covariance import TwoCovariance
from reid.registry import Registry

__all__ = [
    "ATTACKERS",
    "BOTH",
    "DEFAULT_ATTACKERS",
    "JOINT_ATTACKERS",
    "KEYBOARD",
    "POINTER",
    "POINTER_ATTACKERS",
    "POINTER_FEATURES",
    "Attacker",
    "EnrolledAttacker",
    "ScoreMatrix",
    "modality_of",
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
        OutlierCount,
        OneClassSvm,
        KMeans,
        AutoAssociative,
        NearestNeighbours,
        Pohmm,
        ExtraTrees,
        PooledTrees,
        PractisedTrees,
        PairTrees,
        PairBoosting,
        StrokeVotes,
        FullCovariance,
        Stylometry,
        SklearnClasses,
        SklearnPairs,
        Fusion,
    ),
)

#: What an audit of keys runs unless told otherwise: every family, and what they know together.
DEFAULT_ATTACKERS = (
    "scaled-manhattan",
    "likelihood-ratio",
    "two-covariance",
    # On a coarse grid plain means stay true, and those of logarithms do not.
    "full-covariance(features='outline(logarithmic=False)')",
    "discriminant",
    "pohmm",
    "extra-trees",
    "practised-trees",
    "pooled-trees(features='rhythm')",
    # Where a release hides the timing, what was typed still names people.
    "discriminant(features='content')",
    "stylometry",
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

#: What an audit of both runs beside all of these: how the hand goes between them is a trait of its own.
JOINT_ATTACKERS = ("discriminant(features='homing', sliding=True)",)
