"""Methods that name the person behind a sample."""

from reid.attackers.discriminant import Discriminant
from reid.attackers.distances import Euclidean, Mahalanobis, Manhattan, ScaledManhattan
from reid.attackers.fusion import Fusion
from reid.attackers.likelihood import LikelihoodRatio
from reid.attackers.protocol import Attacker, EnrolledAttacker, ScoreMatrix
from reid.attackers.trees import ExtraTrees
from reid.attackers.two_covariance import TwoCovariance
from reid.registry import Registry

__all__ = ["ATTACKERS", "DEFAULT_ATTACKERS", "Attacker", "EnrolledAttacker", "ScoreMatrix"]

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
        Fusion,
    ),
)

#: What an audit runs unless told otherwise: every family, and what they know together.
DEFAULT_ATTACKERS = (
    "scaled-manhattan",
    "likelihood-ratio",
    "two-covariance",
    "discriminant",
    "extra-trees",
    "fusion",
)
