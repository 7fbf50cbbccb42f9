"""Nearest neighbours: how far a probe lies from the most similar of each person's own pieces."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.attackers.discriminant import Discriminant
from reid.attackers.lookout import Lookout, opening, typical_size
from reid.attackers.normalisation import s_norm, same_person, t_norm
from reid.attackers.protocol import EnrolledAttacker, ScoreMatrix
from reid.attackers.shrinkage import Shrinkage, residuals
from reid.errors import ParameterError, UnknownNameError
from reid.features.table import FeatureTable
from reid.kernels.neighbours import nearest_distances
from reid.samples.table import SampleTable
from reid.typing import FloatArray, IntArray

_SCALINGS: Final = ("discriminant", "within", "own")
_ORDERS: Final = (1, 2)
_RIDGE: Final = 0.3  # share of the identity in the within-person correlation of features
_STILL: Final = 1e-10  # share of the largest variance below which a direction does not vary

Project = Callable[[SampleTable], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestNeighbours:
    """Mean distance from the ``k`` nearest of a person's pieces, in a scaling that is learnt.

    ``scaling`` is ``discriminant`` (directions in which people of ``train`` differ; unit vectors),
    ``within`` (count-shrunk features in which a person of ``train`` varies alike in all directions) or
    ``own`` (plain features in which the enrolled person's own pieces do). The first two are normalised by
    a cohort. ``features='latencies', scaling='own', order=2, k=1`` is the nearest-neighbour detector
    with Mahalanobis distance of [1]_, ``order=1`` instead that of [2]_.

    References
    ----------
    .. [1] Killourhy, Maxion (2009). Comparing Anomaly-Detection Algorithms for Keystroke Dynamics.
       DSN 2009.
    .. [2] Zhong, Deng, Jain (2012). Keystroke dynamics for user authentication. CVPR Workshops 2012.
    """

    name: ClassVar[str] = "nearest-neighbours"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "rhythm"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    k: int = 4  #: neighbours to average over; all pieces of a person who has fewer
    scaling: str = "discriminant"  #: ``discriminant``, ``within`` or ``own``
    order: int = 1  #: 1 for Manhattan, 2 for Euclidean distance after scaling
    n_nearest: int = 100  #: people of the cohort by whom a score is normalised

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ParameterError.of("k", must="be at least 1", found=self.k)
        if self.scaling not in _SCALINGS:
            raise UnknownNameError.of("scaling", self.scaling, _SCALINGS)
        if self.order not in _ORDERS:
            raise ParameterError.of("order", must="be 1 or 2", found=self.order)
        if self.n_nearest < 2:  # noqa: PLR2004  a spread needs two
            raise ParameterError.of("n_nearest", must="be at least 2", found=self.n_nearest)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> EnrolledAttacker:
        """Learn the scaling and keep the gallery's pieces; see :class:`~reid.attackers.protocol.Attacker`."""
        if self.scaling == "own":
            lookout = Lookout.on(self.features, self.without, train)
            return EnrolledInOwnScaling(
                self, lookout, gallery.subjects, lookout.pieces(gallery), lookout.pieces(train)
            )
        project = self._projection(train, gallery)
        cohort = opening(train, typical_size(gallery))
        return EnrolledNeighbours(
            self,
            project,
            Neighbours.of(project, gallery),
            Neighbours.of(project, cohort),
            project(gallery.pooled()),
        )

    def _projection(self, train: SampleTable, gallery: SampleTable) -> Project:
        if self.scaling == "within":
            return WithinScaling.learn(Lookout.on(self.features, self.without, train), train).project
        metric = Discriminant(features=self.features, without=self.without).metric(train, gallery)
        return lambda samples: metric.project(samples).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class WithinScaling:
    """Shrunk features, turned so that a person varies alike in all directions."""

    lookout: Lookout
    shrinkage: Shrinkage
    turn: FloatArray  #: (n_kept, n_kept)

    @classmethod
    def learn(cls, lookout: Lookout, train: SampleTable) -> "WithinScaling":
        """Take the covariance of all people's pieces around their means, its correlations shrunk."""
        pieces, person = lookout.pieces(train)
        shrinkage = Shrinkage.learn(pieces, person)
        around = residuals(shrinkage.applied(pieces).astype(np.float64), person)
        covariance = around.T @ around / max(len(around), 1)
        spread = np.sqrt(np.diag(covariance))
        spread = np.where(spread > 0, spread, np.inf)  # what does not vary within people tells no distance
        correlation = (1 - _RIDGE) * covariance / (spread[:, None] * spread)
        correlation[np.diag_indices_from(correlation)] += _RIDGE
        return cls(lookout, shrinkage, _inverse_root(correlation) / spread[:, None])

    def project(self, samples: SampleTable) -> FloatArray:
        """Return turned features: float64, (n_samples, n_kept); NaN where nothing was seen."""
        seen = self.lookout.features(samples)
        turned = self.shrinkage.applied(seen).astype(np.float64) @ self.turn
        turned[seen.counts.sum(axis=1) == 0] = np.nan
        return turned


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Projected pieces, person by person."""

    people: tuple[str, ...]
    pieces: FloatArray  #: those in which anything was seen: (n_pieces, n_dims)
    offsets: IntArray  #: pieces ``offsets[i]:offsets[i + 1]`` belong to person i: (n_people + 1,)

    @classmethod
    def of(cls, project: Project, samples: SampleTable) -> "Neighbours":
        """Project every piece of every person."""
        single = samples.pooled().split_up()
        projected, person = project(single), single.subject_numbers()
        seen = ~np.isnan(projected).any(axis=1)
        n_pieces = np.bincount(person[seen], minlength=len(samples.subjects))
        return cls(
            samples.subjects, projected[seen], np.concatenate([[0], np.cumsum(n_pieces)]).astype(np.int64)
        )

    def likeness(self, projected: FloatArray, attacker: NearestNeighbours) -> FloatArray:
        """Return negative distances: float64, (n_samples, n_people); NaN where nothing was seen."""
        scores = np.full((len(projected), len(self.people)), np.nan)
        seen = ~np.isnan(projected).any(axis=1)
        scores[seen] = -nearest_distances(
            projected[seen], self.pieces, self.offsets, attacker.k, attacker.order
        )
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledNeighbours:
    """The pieces of the enrolled people and of the cohort, in a scaling that is the same for all."""

    attacker: NearestNeighbours
    project: Project
    gallery: Neighbours
    cohort: Neighbours
    templates: FloatArray  #: what each enrolled person shows on the whole: (n_people, n_dims)

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by normalised negative distance."""
        attacker, people = self.attacker, self.gallery.people
        projected = self.project(probes)
        raw = self.gallery.likeness(projected, attacker)
        if people == self.cohort.people:
            # The cohort are the enrolled themselves: its pieces are what templates are made of.
            scores = t_norm(raw, raw, attacker.n_nearest)
        else:
            among_templates = self.cohort.likeness(self.templates, attacker)
            same = same_person(people, self.cohort.people)
            among_templates[same] = np.nan
            of_cohort = self.cohort.likeness(projected, attacker)
            scores = s_norm(raw, of_cohort, among_templates, same, attacker.n_nearest)
        return ScoreMatrix(scores, self.gallery.people, tuple(probes.subject_ids))


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledInOwnScaling:
    """The pieces of the enrolled people, each person with a scaling of their own."""

    attacker: NearestNeighbours
    lookout: Lookout
    people: tuple[str, ...]
    gallery: tuple[FeatureTable, IntArray]
    background: tuple[FeatureTable, IntArray]

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by negative distance; what was not seen is put at the person's mean."""
        seen = self.lookout.features(probes).values.astype(np.float64)
        pieces, person = self.gallery
        k, order = self.attacker.k, self.attacker.order
        common = _own_turn(residuals(self.background[0].values.astype(np.float64), self.background[1]))
        columns = []
        for number in range(len(self.people)):
            own = pieces.values[person == number].astype(np.float64)
            known = ~np.isnan(own)
            mean = np.where(known, own, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
            shared = known.any(axis=0) & ~np.isnan(seen)
            deviation = np.nan_to_num(own[known.any(axis=1)] - mean)
            turn = _own_turn(deviation) if len(deviation) > own.shape[1] else common
            offsets = np.array([0, len(deviation)])
            probed = np.where(shared, seen - mean, 0.0) @ turn
            distance = nearest_distances(probed, deviation @ turn, offsets, k, order)
            columns.append(np.where(shared.any(axis=1), -distance[:, 0], np.nan))
        return ScoreMatrix(np.stack(columns, axis=1), self.people, tuple(probes.subject_ids))


def _own_turn(deviation: FloatArray) -> FloatArray:
    """Return what makes deviations vary alike in all directions in which they vary at all."""
    return _inverse_root(np.atleast_2d(np.cov(np.nan_to_num(deviation), rowvar=False)))


def _inverse_root(covariance: FloatArray) -> FloatArray:
    """Return the symmetric root of the (pseudo-)inverse."""
    if not covariance.size:
        return covariance
    variance, directions = np.linalg.eigh(covariance)
    kept = variance > _STILL * variance.max(initial=0)
    root = np.where(kept, 1 / np.sqrt(np.where(kept, variance, 1)), 0)
    return np.asarray((directions * root) @ directions.T)
