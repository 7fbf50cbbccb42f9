"""The likelihood ratio of Gaussian people whose observations go together too, as those of one stroke do."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from scipy.special import fdtrc

from reid.attackers.lookout import Lookout
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import Shrinkage, sums_by_person
from reid.attackers.two_covariance import Evidence
from reid.errors import ParameterError
from reid.features.table import FeatureTable
from reid.kernels.likelihood import pooled_evidence_ratios
from reid.samples.table import SampleTable
from reid.typing import BoolArray, FloatArray, IntArray

_ROUNDS: Final = 30
_LEAST_SAMPLES: Final = 2  # of a person, to see from them how samples of one person differ


@dataclass(frozen=True, slots=True, kw_only=True)
class FullCovariance:
    """Exact likelihood ratio where people and the noise around them are both jointly Gaussian.

    As :class:`~reid.attackers.two_covariance.TwoCovariance`, but for features that are seen together and
    hang together within a person. Features in which people do not differ for sure are left out, since
    each of them is one more chance for noise to pass for a person.
    """

    name: ClassVar[str] = "full-covariance"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "movements"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_factors: int = 20  #: directions in which people may differ, the strongest ones
    #: a feature counts if people alike would differ so in it by chance no oftener than this
    level: float = 0.05

    def __post_init__(self) -> None:
        if self.n_factors < 1:
            raise ParameterError.of("n_factors", must="be at least 1", found=self.n_factors)
        if not 0 < self.level <= 1:
            raise ParameterError.of("level", must="lie above 0 and up to 1", found=self.level)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledFullCovariance":
        """Learn the law of people on ``train``; see :class:`~reid.attackers.protocol.Attacker`.

        On whole samples, whose noise is that of a probe; on their pieces where people have one sample.
        """
        lookout = Lookout.on(self.features, self.without, train)
        typical = np.median(np.bincount(train.subject_numbers()))
        learnt = train if typical >= _LEAST_SAMPLES else train.split_up()
        law = FullLaw.learn(lookout.features(learnt), learnt.subject_numbers(), self.n_factors, self.level)
        return EnrolledFullCovariance(
            lookout, law, gallery.subjects, law.evidence(lookout.features(gallery.pooled()))
        )


@dataclass(frozen=True, slots=True, eq=False)
class FullLaw:
    """People are ``mean + loadings @ factors``; one observation of all features adds noise of its own.

    Means of ``n`` observations have noise of covariance ``noise_ij / sqrt(n_i n_j)``, exact where features
    are seen together or do not hang together.
    """

    kept: BoolArray  #: (n_features,), features that are used
    mean: FloatArray  #: (n_kept,)
    loadings: FloatArray  #: (n_kept, n_factors); factors are standard normal
    precision: FloatArray  #: (n_kept, n_kept), inverse of the noise of one observation

    @classmethod
    def learn(cls, samples: FeatureTable, person: IntArray, n_factors: int, level: float) -> "FullLaw":
        """Fit mean, covariance of people and covariance of noise by expectation maximisation.

        Parameters
        ----------
        samples : FeatureTable
            Features of samples, several per person.
        person : int64 array of shape (n_samples,)
            Number of each sample's person, from 0.
        n_factors : int
            Most directions to keep.
        level : float
            Largest chance at which people alike would differ in a feature as they do.
        """
        start = Shrinkage.learn(samples, person)
        n_people = int(person.max()) + 1
        telling = chance_of_no_difference(samples.of_columns(start.kept), person) <= level
        kept = start.kept.copy()
        kept[start.kept] = telling
        n_kept = int(kept.sum())
        if not n_kept:
            return cls(kept, np.zeros(0), np.zeros((0, 1)), np.zeros((0, 0)))
        weight, values = _weighed(samples, kept)
        together = np.stack(
            [weight[person == number].T @ weight[person == number] for number in range(n_people)]
        )
        seen = (weight > 0).astype(np.float64)
        n_seen = np.maximum(seen.sum(axis=0), 1)
        mean, noise = start.mean[telling].copy(), np.diag(start.within[telling])
        between = np.diag(start.between[telling])
        for _ in range(_ROUNDS):
            precision = np.linalg.inv(noise)
            spread = np.linalg.inv(np.linalg.inv(between) + together * precision)
            pull = weight * ((weight * (values - mean)) @ precision)
            guess = np.einsum("pij,pj->pi", spread, sums_by_person(pull, person, n_people))
            scatter = guess.T @ guess + spread.sum(axis=0)
            # As if so many more people had been seen who differ the way that their own strokes do: what
            # hangs together in everybody's noise must not stand apart between people for want of data.
            share = np.trace(precision @ scatter) / (n_people * n_kept)
            between = (scatter + n_kept * share * noise) / (n_people + n_kept)
            residual = weight * (values - mean - guess[person])
            products = residual.T @ residual + (together * spread).sum(axis=0)
            noise = _shrunk(products, n_seen, len(values))
            mean = mean + guess.mean(axis=0)
        loadings = _loadings(between, noise, (weight**2).sum(axis=0) / n_people, n_factors)
        return cls(kept, mean, loadings, np.asarray(np.linalg.inv(noise)))

    def evidence(self, features: FeatureTable) -> Evidence:
        """Return the information that features give under the law."""
        weight, values = _weighed(features, self.kept)
        n_factors = self.loadings.shape[1]
        precision = np.empty((len(values), n_factors, n_factors))
        for row, of_sample in enumerate(weight):
            seen = of_sample[:, None] * self.loadings
            precision[row] = seen.T @ self.precision @ seen
        pull = weight * ((weight * (values - self.mean)) @ self.precision)
        return Evidence(precision, pull @ self.loadings, features.counts.sum(axis=1).astype(np.float64))


def chance_of_no_difference(samples: FeatureTable, person: IntArray) -> FloatArray:
    """Return for each feature how often people alike would differ in it as much.

    By one-way analysis of variance with counts.

    Parameters
    ----------
    samples : FeatureTable
        Features of samples, several per person.
    person : int64 array of shape (n_samples,)
        Number of each sample's person, from 0.

    Returns
    -------
    float64 array of shape (n_features,)
        In ``[0, 1]``; 0 where nobody was seen twice, which tells nothing against a feature.
    """
    counts = samples.counts.astype(np.float64)
    values = np.where(counts > 0, samples.values, 0.0).astype(np.float64)
    n_people = int(person.max()) + 1
    n_of = sums_by_person(counts, person, n_people)
    sum_of = sums_by_person(counts * values, person, n_people)
    mean_of = sum_of / np.where(n_of > 0, n_of, 1.0)
    mean = sum_of.sum(axis=0) / np.where(n_of.sum(axis=0) > 0, n_of.sum(axis=0), 1.0)
    people_with = np.count_nonzero(n_of > 0, axis=0)
    between_freedom = np.maximum(people_with - 1, 1)
    within_freedom = np.count_nonzero(counts > 0, axis=0) - people_with
    between = (n_of * (mean_of - mean) ** 2).sum(axis=0) / between_freedom
    within = (counts * (values - mean_of[person]) ** 2).sum(axis=0) / np.maximum(within_freedom, 1)
    ratio = between / np.maximum(within, 1e-12)
    chance = fdtrc(between_freedom, np.maximum(within_freedom, 1), ratio)
    return np.asarray(np.where(within_freedom > 0, chance, 0.0), dtype=np.float64)


def _weighed(features: FeatureTable, kept: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return the square roots of the counts, and the values, 0 where unseen: (n_samples, n_kept) each."""
    counts = features.counts[:, kept].astype(np.float64)
    values = np.where(counts > 0, features.values[:, kept], 0.0).astype(np.float64)
    return np.sqrt(counts), values


def _shrunk(products: FloatArray, n_seen: FloatArray, n_samples: int) -> FloatArray:
    """Return the covariance of noise, its correlations drawn towards 0 by how few samples tell them."""
    size = np.sqrt(np.maximum(np.diag(products), 1e-9 * n_seen))
    correlation = (1 - len(size) / (len(size) + n_samples)) * products / (size[:, None] * size)
    correlation[np.diag_indices_from(correlation)] = 1.0
    sd = size / np.sqrt(n_seen)
    return np.asarray(correlation * (sd[:, None] * sd))


def _loadings(between: FloatArray, noise: FloatArray, typical: FloatArray, n_factors: int) -> FloatArray:
    """Return the directions in which people differ most beside the noise of a typical number of counts."""
    scale = np.sqrt(np.maximum(typical, 1))
    root = np.linalg.cholesky(noise / (scale[:, None] * scale))
    whitened = np.linalg.solve(root, np.linalg.solve(root, between).T)
    strength, directions = np.linalg.eigh((whitened + whitened.T) / 2)
    strongest = np.argsort(-strength, kind="stable")[:n_factors]
    return np.asarray(root @ directions[:, strongest] * np.sqrt(np.maximum(strength[strongest], 0)))


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledFullCovariance:
    """The law of people, and what the gallery says of each enrolled person."""

    lookout: Lookout
    law: FullLaw
    people: tuple[str, ...]
    gallery: Evidence

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by log-likelihood ratio."""
        probe = self.law.evidence(self.lookout.features(probes))
        scores = pooled_evidence_ratios(
            probe.precision, probe.pull, self.gallery.precision, self.gallery.pull
        )
        scores[probe.seen == 0] = np.nan
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))
