"""The discriminant metric: directions in which people differ more than their own days do."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.linalg import cho_factor, cho_solve, eigh

from reid.attackers.learning import LearningRuns
from reid.attackers.lookout import Lookout, opening, typical_size
from reid.attackers.normalisation import s_norm, same_person, usual_variance
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import Shrinkage, sums_by_person
from reid.errors import ParameterError
from reid.samples.table import SampleTable
from reid.typing import Float32Array, FloatArray, IntArray

_LEAST_RATIO = 1e-9  # of variance between people to within: below, only rounding is left


@dataclass(frozen=True, slots=True, kw_only=True)
class Discriminant:
    """Regularised linear discriminant on count-shrunk features, cosine, normalised by a cohort.

    Learns on single pieces and on runs as long as a probe and as a gallery, so that it fits the
    noise of the samples that it will compare.
    """

    name: ClassVar[str] = "discriminant"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "rhythm"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_dims: int = 150  #: directions kept
    ridge: float = 0.7  #: share of the identity in the within-person covariance, 0 to 1
    n_nearest: int = 100  #: people of the cohort by whom a score is normalised
    sliding: bool = False  #: learn on all runs of 1, 2 and 4 pieces: for few sessions, long and cut finely

    def __post_init__(self) -> None:
        if not 0 < self.ridge <= 1:
            raise ParameterError.of("ridge", must="lie above 0 and up to 1", found=self.ridge)
        if self.n_dims < 1:
            raise ParameterError.of("n_dims", must="be at least 1", found=self.n_dims)
        if self.n_nearest < 2:  # noqa: PLR2004  a spread needs two
            raise ParameterError.of("n_nearest", must="be at least 2", found=self.n_nearest)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledDiscriminant":
        """Learn the metric on the people of ``train``; see :class:`~reid.attackers.protocol.Attacker`."""
        metric = self.metric(train, gallery)
        cohort = opening(train, typical_size(gallery))
        return EnrolledDiscriminant(
            metric,
            gallery.subjects,
            metric.project(gallery.pooled()),
            cohort.subjects,
            metric.project(cohort),
            self.n_nearest,
        )

    def metric(self, train: SampleTable, gallery: SampleTable) -> "Metric":
        """Learn the metric alone, for samples as long as those of ``train`` and ``gallery``."""
        lookout = Lookout.on(self.features, self.without, train)
        runs = (
            LearningRuns.sliding(lookout, train)
            if self.sliding
            else LearningRuns.spread(lookout, train, gallery)
        )
        mean, directions = discriminant_directions(
            runs.deviations, runs.owner, runs.weights, self.n_dims, self.ridge
        )
        return Metric(lookout, runs.shrinkage, mean, directions)


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """From samples to unit vectors whose dot product says how alike they are."""

    lookout: Lookout
    shrinkage: Shrinkage
    mean: Float32Array
    directions: Float32Array

    def project(self, samples: SampleTable) -> Float32Array:
        """Return unit vectors: float32, (n_samples, n_dims); NaN where nothing was seen."""
        seen = self.lookout.features(samples)
        projected = (self.shrinkage.applied(seen) - self.mean) @ self.directions
        length = np.linalg.norm(projected, axis=1, keepdims=True)
        nothing = (seen.counts.sum(axis=1, keepdims=True) == 0) | (length == 0)
        return np.asarray(
            np.where(nothing, np.nan, projected / np.where(nothing, 1, length)), dtype=np.float32
        )


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledDiscriminant:
    """The metric with the templates of the enrolled people and of the cohort."""

    metric: Metric
    people: tuple[str, ...]
    templates: Float32Array
    cohort_people: tuple[str, ...]
    cohort: Float32Array
    n_nearest: int

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by normalised cosine."""
        vectors = self.metric.project(probes)
        among_templates = (self.templates @ self.cohort.T).astype(np.float64)
        raw = (vectors @ self.templates.T).astype(np.float64)
        against_cohort = (vectors @ self.cohort.T).astype(np.float64)
        same = same_person(self.people, self.cohort_people)
        among_templates[same] = np.nan
        within_cohort = (self.cohort @ self.cohort.T).astype(np.float64)
        usual = usual_variance([within_cohort], self.n_nearest)
        scores = s_norm(
            raw, against_cohort, among_templates, same, self.n_nearest, usual=usual, one_scale=True
        )
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))


def discriminant_directions(
    deviations: Float32Array, person: IntArray, weights: FloatArray, n_dims: int, ridge: float
) -> tuple[Float32Array, Float32Array]:
    """Find the directions of largest between-person variance in units of within-person variance.

    Parameters
    ----------
    deviations : float32 array of shape (n_samples, n_features)
        Shrunk features.
    person : int64 array of shape (n_samples,)
        Number of each sample's person.
    weights : float64 array of shape (n_samples,)
        Weight of each sample.
    n_dims : int
        Most directions to keep.
    ridge : float
        Share of the identity in the within-person covariance, which is taken in units of its diagonal.

    Returns
    -------
    mean : float32 array of shape (n_features,)
        Weighted mean of the samples.
    directions : float32 array of shape (n_features, n_kept)
        Columns scaled by ``ratio / (1 + ratio)``, the share of the variance along them that is
        between people, so that a direction counts by how reliable it is.
    """
    mean = np.average(deviations, axis=0, weights=weights).astype(np.float32)
    if not mean.size:  # no feature was seen often enough: one direction that nobody has a place on
        return mean, np.zeros((0, 1), dtype=np.float32)
    centred = deviations - mean
    n_people = int(person.max()) + 1
    weight = weights.astype(np.float32)[:, None]
    sums = sums_by_person(centred * weight, person, n_people).astype(np.float32)
    weight_of = np.bincount(person, weights, minlength=n_people).astype(np.float32)
    person_means = sums / weight_of[:, None]
    residuals = (centred - person_means[person]) * np.sqrt(weight / weights.sum())
    scale = np.sqrt((residuals.astype(np.float64) ** 2).sum(axis=0) + 1e-12)
    means = (person_means / (scale * np.sqrt(n_people))).T
    kept = min(n_dims, max(n_people - 1, 1), len(means))
    ratios, directions = _strongest((residuals / scale).astype(np.float32), means, ridge, kept)
    ratios = np.maximum(ratios, _LEAST_RATIO)
    back = directions / scale[:, None]
    return mean, np.asarray(back * (ratios / (1 + ratios)), dtype=np.float32)


def _strongest(
    residuals: Float32Array, means: FloatArray, ridge: float, n_kept: int
) -> tuple[FloatArray, FloatArray]:
    """Return the largest ratios of variance between people to within, rising, and their directions.

    ``residuals`` has shape (n_samples, n_features), ``means`` (n_features, n_people). With fewer people than
    features the directions follow from the products of people with each other, at a fraction of the price.
    """
    n_features, n_people = means.shape
    side = min(n_features, n_people)
    last = [side - n_kept, side - 1]
    if n_features <= n_people:
        ratios, directions = eigh(means @ means.T, _within(residuals, ridge), subset_by_index=last)
        return ratios, directions
    solved = _in_units_within(residuals, means, ridge)
    ratios, of_people = eigh(means.T @ solved, subset_by_index=last)
    return ratios, solved @ of_people / np.sqrt(np.maximum(ratios, _LEAST_RATIO))


def _within(residuals: Float32Array, ridge: float) -> FloatArray:
    """Return the regularised covariance within people: (n_features, n_features)."""
    within = (1 - ridge) * (residuals.T @ residuals).astype(np.float64)
    within[np.diag_indices_from(within)] += ridge
    return within


def _in_units_within(residuals: Float32Array, means: FloatArray, ridge: float) -> FloatArray:
    """Return the inverse of the regularised covariance within people times ``means``, of the same shape."""
    if len(residuals) >= len(means):
        return np.asarray(cho_solve(cho_factor(_within(residuals, ridge), lower=True), means))
    rows = residuals.astype(np.float64)  # fewer samples than features: Woodbury's identity
    among = (1 - ridge) * (rows @ rows.T)
    among[np.diag_indices_from(among)] += ridge
    seen = cho_solve(cho_factor(among, lower=True), rows @ means)
    return np.asarray((means - (1 - ridge) * (rows.T @ seen)) / ridge)
