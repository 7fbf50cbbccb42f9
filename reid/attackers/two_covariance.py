"""The two-covariance model: Gaussian people whose features go together, counts taken exactly."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from reid.attackers.lookout import Lookout
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import Shrinkage, sums_by_person
from reid.errors import ParameterError
from reid.features.table import FeatureTable
from reid.kernels.likelihood import pooled_evidence_ratios
from reid.samples.table import SampleTable
from reid.typing import FloatArray, IntArray

_ROUNDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoCovariance:
    """Exact likelihood ratio under a joint Gaussian law of people, learnt by expectation maximisation.

    Where its law holds, and with enough people to learn it from, no attacker can do better on
    these features. It needs few features, since it learns how each goes with each.

    References
    ----------
    .. [1] Brümmer, de Villiers (2010). The speaker partitioning problem. Odyssey 2010.
    """

    name: ClassVar[str] = "two-covariance"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "outline"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_factors: int = 20  #: directions in which people may differ, the strongest ones

    def __post_init__(self) -> None:
        if self.n_factors < 1:
            raise ParameterError.of("n_factors", must="be at least 1", found=self.n_factors)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledTwoCovariance":
        """Learn the law of people on ``train``; see :class:`~reid.attackers.protocol.Attacker`."""
        lookout = Lookout.on(self.features, self.without, train)
        law = JointLaw.learn(*lookout.pieces(train), self.n_factors)
        evidence = Evidence.of(lookout.features(gallery.pooled()), law)
        return EnrolledTwoCovariance(lookout, law, gallery.subjects, evidence)


@dataclass(frozen=True, slots=True, eq=False)
class JointLaw:
    """People are ``mean + loadings @ factors``, one observation of a feature adds noise of its own."""

    shrinkage: Shrinkage  #: which features are kept, and where the estimate started
    mean: FloatArray  #: (n_kept,)
    loadings: FloatArray  #: (n_kept, n_factors); factors are standard normal
    within: FloatArray  #: (n_kept,), variance of one observation

    @classmethod
    def learn(cls, pieces: FeatureTable, person: IntArray, n_factors: int) -> "JointLaw":
        """Fit mean, covariance of people and variance of observations to all counts.

        Parameters
        ----------
        pieces : FeatureTable
            Features of single pieces, several per person.
        person : int64 array of shape (n_pieces,)
            Number of each piece's person, from 0.
        n_factors : int
            Most directions to keep.
        """
        start = Shrinkage.learn(pieces, person)
        counts = pieces.counts[:, start.kept].astype(np.float64)
        values = np.where(counts > 0, pieces.values[:, start.kept], 0.0).astype(np.float64)
        n_people, n_kept = int(person.max()) + 1, int(start.kept.sum())
        count_of = sums_by_person(counts, person, n_people)
        sum_of = sums_by_person(counts * values, person, n_people)
        n_pieces = np.maximum((counts > 0).sum(axis=0), 1)
        mean, within, between = start.mean.copy(), start.within.copy(), np.diag(start.between)
        diagonal = np.arange(n_kept)
        for _ in range(_ROUNDS if n_kept else 0):
            precision = np.linalg.inv(between) + np.zeros((n_people, 1, 1))
            precision[:, diagonal, diagonal] += count_of / within
            spread = np.linalg.inv(precision)
            guess = np.einsum("pij,pj->pi", spread, (sum_of - count_of * mean) / within)
            scatter = guess.T @ guess + spread.sum(axis=0)
            # As if so many more people had been seen whose features do not go together.
            apart = np.diag(np.diag(scatter)) / n_people
            residual = values - mean - guess[person]
            noise = (counts * (residual**2 + spread[person][:, diagonal, diagonal])).sum(axis=0)
            between = (scatter + n_kept * apart) / (n_people + n_kept)
            within = np.maximum(noise / n_pieces, 1e-9)
            mean = mean + guess.mean(axis=0)
        return cls(start, mean, _loadings(between, within, count_of.mean(axis=0), n_factors), within)


def _loadings(between: FloatArray, within: FloatArray, typical: FloatArray, n_factors: int) -> FloatArray:
    """Return the directions in which people differ most beside the noise of a typical number of counts."""
    if not len(between):
        return np.zeros((0, 1))
    noise_sd = np.sqrt(within / np.maximum(typical, 1))
    strength, directions = np.linalg.eigh(between / (noise_sd[:, None] * noise_sd))
    strongest = np.argsort(-strength, kind="stable")[:n_factors]
    return np.asarray(
        noise_sd[:, None] * directions[:, strongest] * np.sqrt(np.maximum(strength[strongest], 0))
    )


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What samples say of their person's factors, as information."""

    precision: FloatArray  #: (n_samples, n_factors, n_factors)
    pull: FloatArray  #: (n_samples, n_factors)
    seen: FloatArray  #: (n_samples,), number of observations

    @classmethod
    def of(cls, features: FeatureTable, law: JointLaw) -> "Evidence":
        """Return the information that features give under the law."""
        counts = features.counts[:, law.shrinkage.kept].astype(np.float64)
        values = np.where(counts > 0, features.values[:, law.shrinkage.kept], 0.0)
        weight = counts / law.within
        n_factors = law.loadings.shape[1]
        products = (law.loadings[:, :, None] * law.loadings[:, None, :]).reshape(-1, n_factors * n_factors)
        precision = (weight @ products).reshape(-1, n_factors, n_factors)
        return cls(precision, (weight * (values - law.mean)) @ law.loadings, counts.sum(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledTwoCovariance:
    """The law of people, and what the gallery says of each enrolled person."""

    lookout: Lookout
    law: JointLaw
    people: tuple[str, ...]
    gallery: Evidence

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by log-likelihood ratio."""
        probe = Evidence.of(self.lookout.features(probes), self.law)
        scores = pooled_evidence_ratios(
            probe.precision, probe.pull, self.gallery.precision, self.gallery.pull
        )
        scores[probe.seen == 0] = np.nan
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))
