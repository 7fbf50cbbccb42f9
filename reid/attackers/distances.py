"""Distances from a person's template: the classical detectors of keystroke dynamics."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.attackers.lookout import Lookout
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import residuals
from reid.errors import ParameterError
from reid.features.table import FeatureTable
from reid.kernels.distances import scaled_manhattan_distances, squared_euclidean_distances
from reid.samples.table import SampleTable
from reid.typing import FloatArray, IntArray

FEWEST_FOR_OWN_SPREAD: Final = 10  # pieces of a person; below it the spread of all people's pieces stands in


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
        return scaled_manhattan_distances(probes, enrolled.templates, _spreads(enrolled, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manhattan(_DistanceAttacker):
    """Manhattan distance from the person's mean.

    ``longest_sd=3`` leaves out of the mean what took more than three standard deviations longer than the
    person's mean, as [1]_ do: the filtered Manhattan detector of [2]_.

    References
    ----------
    .. [1] Joyce, Gupta (1990). Identity authentication based on keystroke latencies. CACM 33(2).
    .. [2] Killourhy, Maxion (2009). Comparing Anomaly-Detection Algorithms for Keystroke Dynamics.
       DSN 2009.
    """

    name: ClassVar[str] = "manhattan"

    longest_sd: float | None = None  #: what is longer, in standard deviations above the mean, is left out

    def __post_init__(self) -> None:
        if self.longest_sd is not None and not self.longest_sd > 0:
            raise ParameterError.of("longest_sd", must="be above 0", found=self.longest_sd)

    def distances(self, probes: FloatArray, enrolled: EnrolledDistance) -> FloatArray:
        """Return Manhattan distances."""
        templates = enrolled.templates
        if self.longest_sd is not None:
            templates = _without_the_longest(enrolled, self.longest_sd)
        return scaled_manhattan_distances(probes, templates, np.ones_like(templates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Euclidean(_DistanceAttacker):
    """Squared Euclidean distance from the person's mean.

    ``normed=True`` divides it by the length of the probe and that of the mean, as [1]_ do.

    References
    ----------
    .. [1] Bleha, Slivinsky, Hussien (1990). Computer-access security systems using keystroke dynamics.
       IEEE TPAMI 12(12).
    """

    name: ClassVar[str] = "euclidean"

    normed: bool = False  #: divide by both lengths

    def distances(self, probes: FloatArray, enrolled: EnrolledDistance) -> FloatArray:
        """Return squared Euclidean distances."""
        distances = squared_euclidean_distances(probes, enrolled.templates)
        if not self.normed:
            return distances
        seen, known = ~np.isnan(probes), ~np.isnan(enrolled.templates)
        of_probes = np.sqrt(np.where(seen, probes, 0.0) ** 2 @ known.T.astype(np.float64))
        of_people = np.sqrt(seen.astype(np.float64) @ np.where(known, enrolled.templates, 0.0).T ** 2)
        lengths = of_probes * of_people
        return np.asarray(distances / np.where(lengths > 0, lengths, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierCount(_DistanceAttacker):
    """Number of features that lie further from the person's mean than so many standard deviations.

    References
    ----------
    .. [1] Haider, Abbas, Zaidi (2000). A multi-technique approach for user identification through
       keystroke dynamics. IEEE SMC 2000.
    """

    name: ClassVar[str] = "outlier-count"

    bound_sd: float = 1.96  #: standard deviations beyond which a feature counts, above 0

    def __post_init__(self) -> None:
        if not self.bound_sd > 0:
            raise ParameterError.of("bound_sd", must="be above 0", found=self.bound_sd)

    def distances(self, probes: FloatArray, enrolled: EnrolledDistance) -> FloatArray:
        """Return counts, made up for the features that a probe does not show."""
        columns = []
        for template, spread in zip(enrolled.templates, _spreads(enrolled, 2), strict=True):
            deviation = np.abs(probes - template) / spread
            n_shared = np.count_nonzero(~np.isnan(deviation), axis=1)
            share = np.count_nonzero(deviation > self.bound_sd, axis=1) / np.maximum(n_shared, 1)
            columns.append(np.where(n_shared > 0, share * probes.shape[1], np.nan))
        return np.stack(columns, axis=1)


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


def _spreads(enrolled: EnrolledDistance, order: int) -> FloatArray:
    """Return each person's mean absolute (1) or standard (2) deviations: float64, (n_people, n_features).

    Where a person shows too few, those of all people's pieces around their means.
    """
    everyone, everyone_person = enrolled.background
    around = residuals(everyone.values.astype(np.float64), everyone_person)
    common = spread_of(around, order, lost=0)
    common = np.where(common > 0, common, np.median(common[common > 0]) if (common > 0).any() else 1.0)
    pieces, person = enrolled.gallery
    values = pieces.values.astype(np.float64)
    rows = []
    for number, template in enumerate(enrolled.templates):
        own = values[person == number] - template
        spread = spread_of(own, order, lost=order - 1)
        n_seen = (~np.isnan(own)).sum(axis=0)
        rows.append(np.where((n_seen >= FEWEST_FOR_OWN_SPREAD) & (spread > 0), spread, common))
    return np.stack(rows)


def spread_of(deviation: FloatArray, order: int, *, lost: int) -> FloatArray:
    """Return the mean absolute (1) or root mean square (2) of each column, 0 where nothing was seen.

    Parameters
    ----------
    deviation : float64 array of shape (n_rows, n_columns)
        Deviations from a mean; NaN where not seen.
    order : int
        1 or 2.
    lost : int
        Degrees of freedom that the mean took.
    """
    seen = ~np.isnan(deviation)
    total = (np.where(seen, np.abs(deviation), 0.0) ** order).sum(axis=0)
    return np.asarray((total / np.maximum(seen.sum(axis=0) - lost, 1)) ** (1 / order))


def _without_the_longest(enrolled: EnrolledDistance, longest_sd: float) -> FloatArray:
    """Return the mean of each person's pieces without what is much longer: (n_people, n_features)."""
    pieces, person = enrolled.gallery
    values = pieces.values.astype(np.float64)
    rows = []
    for number, template in enumerate(enrolled.templates):
        own = values[person == number]
        kept = own <= template + longest_sd * spread_of(own - template, 2, lost=1)
        n_presses = np.where(kept, pieces.counts[person == number], 0)
        total = np.where(kept, n_presses * own, 0.0).sum(axis=0)
        n_kept = n_presses.sum(axis=0)
        rows.append(np.where(n_kept > 0, total / np.maximum(n_kept, 1), template))
    return np.stack(rows)


def _residual_precision(pieces: FeatureTable, person: IntArray) -> FloatArray:
    residual = np.nan_to_num(residuals(pieces.values.astype(np.float64), person))
    return _precision(residual)


def _precision(values: FloatArray) -> FloatArray:
    """Invert the covariance; directions in which nothing varies (UD = DD - hold) are left out."""
    covariance = np.atleast_2d(np.cov(values, rowvar=False))
    return np.asarray(np.linalg.pinv(covariance, rcond=1e-10, hermitian=True), dtype=np.float64)
