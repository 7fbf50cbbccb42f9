"""Distances from a person's template: the classical detectors of keystroke dynamics."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from reid.attackers.lookout import Lookout
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import residuals
from reid.features.table import FeatureTable
from reid.kernels.distances import scaled_manhattan_distances, squared_euclidean_distances
from reid.samples.table import SampleTable
from reid.typing import FloatArray, IntArray

_FEWEST_FOR_OWN_SPREAD = 10  # pieces of a person; below it the spread of all people's pieces stands in


@dataclass(frozen=True, slots=True, kw_only=True)
class _DistanceAttacker:
    """Templates are a person's mean features; the score is the negative distance from them."""

    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "latencies"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledDistance":
        """Average the gallery's pieces; see :class:`~reid.attackers.protocol.Attacker`."""
        lookout = Lookout.on(self.features, self.without, train)
        pieces, person = lookout.pieces(gallery)
        templates = lookout.features(gallery.pooled()).values.astype(np.float64)
        background = lookout.pieces(train)
        return EnrolledDistance(self, lookout, gallery.subjects, templates, (pieces, person), background)

    @abstractmethod
    def distances(self, probes: FloatArray, enrolled: "EnrolledDistance") -> FloatArray:
        """Return the distance of each probe from each template: float64, (n_probes, n_people)."""


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledDistance:
    """Templates, with the pieces from which spreads are taken."""

    attacker: _DistanceAttacker
    lookout: Lookout
    people: tuple[str, ...]
    templates: FloatArray
    gallery: tuple[FeatureTable, IntArray]
    background: tuple[FeatureTable, IntArray]

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by negative distance."""
        seen = self.lookout.features(probes).values.astype(np.float64)
        return ScoreMatrix(-self.attacker.distances(seen, self), self.people, tuple(probes.subject_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledManhattan(_DistanceAttacker):
    """Manhattan distance with each feature in units of the person's mean absolute deviation.

    References
    ----------
    .. [1] Araújo et al. (2005). User authentication through typing biometrics features. IEEE TSP 53(2).
    """

    name: ClassVar[str] = "scaled-manhattan"

    def distances(self, probes: FloatArray, enrolled: EnrolledDistance) -> FloatArray:
        """Return scaled Manhattan distances."""
        pieces, person = enrolled.gallery
        return scaled_manhattan_distances(probes, enrolled.templates, _deviations(pieces, person, enrolled))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manhattan(_DistanceAttacker):
    """Manhattan distance from the person's mean."""

    name: ClassVar[str] = "manhattan"

    def distances(self, probes: FloatArray, enrolled: EnrolledDistance) -> FloatArray:
        """Return Manhattan distances."""
        return scaled_manhattan_distances(probes, enrolled.templates, np.ones_like(enrolled.templates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Euclidean(_DistanceAttacker):
    """Squared Euclidean distance from the person's mean."""

    name: ClassVar[str] = "euclidean"

    def distances(self, probes: FloatArray, enrolled: EnrolledDistance) -> FloatArray:
        """Return squared Euclidean distances."""
        return squared_euclidean_distances(probes, enrolled.templates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mahalanobis(_DistanceAttacker):
    """Mahalanobis distance from the person's mean, by the covariance of the person's own pieces.

    Taken over the features that both show, and made up for the others like the other distances. Where
    a person has no more pieces than features, the covariance of all people's pieces around their
    means stands in.
    """

    name: ClassVar[str] = "mahalanobis"

    def distances(self, probes: FloatArray, enrolled: EnrolledDistance) -> FloatArray:
        """Return squared Mahalanobis distances."""
        pieces, person = enrolled.gallery
        common = _residual_precision(*enrolled.background)
        columns = []
        for number, template in enumerate(enrolled.templates):
            own = pieces.values[person == number].astype(np.float64)
            complete = own[~np.isnan(own).any(axis=1)]
            precision = _precision(complete) if len(complete) > own.shape[1] else common
            deviation = probes - template
            n_shared = np.count_nonzero(~np.isnan(deviation), axis=1)
            deviation = np.nan_to_num(deviation)
            distance = np.einsum("ij,jk,ik->i", deviation, precision, deviation)
            made_up = own.shape[1] / np.maximum(n_shared, 1)
            columns.append(np.where(n_shared > 0, made_up * distance, np.nan))
        return np.stack(columns, axis=1)


def _deviations(pieces: FeatureTable, person: IntArray, enrolled: EnrolledDistance) -> FloatArray:
    """Return each person's mean absolute deviations, those of all people where a person shows too few."""
    everyone, everyone_person = enrolled.background
    residual = np.abs(residuals(everyone.values.astype(np.float64), everyone_person))
    seen = ~np.isnan(residual)
    common = np.where(seen, residual, 0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    common = np.where(common > 0, common, np.median(common[common > 0]) if (common > 0).any() else 1.0)
    values = pieces.values.astype(np.float64)
    rows = []
    for number in range(len(enrolled.people)):
        own = np.abs(values[person == number] - enrolled.templates[number])
        n_seen = (~np.isnan(own)).sum(axis=0)
        deviation = np.nansum(own, axis=0) / np.maximum(n_seen, 1)
        rows.append(np.where((n_seen >= _FEWEST_FOR_OWN_SPREAD) & (deviation > 0), deviation, common))
    return np.stack(rows)


def _residual_precision(pieces: FeatureTable, person: IntArray) -> FloatArray:
    residual = np.nan_to_num(residuals(pieces.values.astype(np.float64), person))
    return _precision(residual)


def _precision(values: FloatArray) -> FloatArray:
    """Invert the covariance; directions in which nothing varies (UD = DD - hold) are left out."""
    covariance = np.atleast_2d(np.cov(values, rowvar=False))
    return np.asarray(np.linalg.pinv(covariance, rcond=1e-10, hermitian=True), dtype=np.float64)
