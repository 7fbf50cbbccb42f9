"""Detectors that learn what one person's own pieces are like, and nothing of others."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from sklearn.cluster import KMeans as Clusters
from sklearn.svm import OneClassSVM

from reid.attackers.distances import FEWEST_FOR_OWN_SPREAD, spread_of
from reid.attackers.lookout import Lookout
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import residuals
from reid.errors import ParameterError
from reid.samples.table import SampleTable
from reid.typing import FloatArray

#: How unlike a person each row is, the higher the less alike: from (n_rows, n_features) to (n_rows,).
Novelty = Callable[[FloatArray], FloatArray]

_STARTS: Final = 10  # of which the clustering with the least spread is kept
_SECONDS: Final = 1e-6  # in a microsecond
_RATE: Final = 0.02  # [1]: 1e-4 for each of 200 pieces, once a round
_ROUNDS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _OneClassAttacker:
    """Learns how a person's pieces lie around their mean; what was not seen is put at the mean."""

    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "latencies"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it

    @abstractmethod
    def novelty(self, own: "OwnPieces") -> Novelty:
        """Learn one person; what it returns takes deviations from the person's mean."""

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledOneClass":
        """Learn each enrolled person; see :class:`~reid.attackers.protocol.Attacker`."""
        lookout = Lookout.on(self.features, self.without, train)
        everyone, everyone_person = lookout.pieces(train)
        around = residuals(everyone.values.astype(np.float64), everyone_person)
        usual = spread_of(around, 2, lost=0)
        usual = np.where(usual > 0, usual, np.median(usual[usual > 0]) if (usual > 0).any() else 1.0)
        pieces, person = lookout.pieces(gallery)
        values = pieces.values.astype(np.float64)
        people = []
        for number in range(len(gallery.subjects)):
            own = values[person == number]
            known = ~np.isnan(own)
            n_known = known.sum(axis=0)
            total = np.where(known, own, 0.0).sum(axis=0)
            mean = np.where(n_known > 0, total / np.maximum(n_known, 1), np.nan)
            spread = spread_of(own - mean, 2, lost=1)
            spread = np.where((n_known >= FEWEST_FOR_OWN_SPREAD) & (spread > 0), spread, usual)
            deviation = np.nan_to_num(own[known.any(axis=1)] - mean)
            people.append((mean, self.novelty(OwnPieces(deviation, spread)) if len(deviation) else None))
        return EnrolledOneClass(lookout, gallery.subjects, tuple(people))


@dataclass(frozen=True, slots=True, eq=False)
class OwnPieces:
    """What one person showed."""

    deviations: FloatArray  #: from the person's mean: (n_pieces, n_features)
    #: standard deviations, above 0; those usual where too few of the pieces show them: (n_features,)
    spread: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledOneClass:
    """Mean of each person and what was learnt around it; nothing where nothing was seen."""

    lookout: Lookout
    people: tuple[str, ...]
    learnt: tuple[tuple[FloatArray, Novelty | None], ...]

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by negative novelty."""
        seen = self.lookout.features(probes).values.astype(np.float64)
        scores = np.full((len(seen), len(self.people)), np.nan)
        for number, (mean, novelty) in enumerate(self.learnt):
            shared = ~np.isnan(seen - mean)
            rows = shared.any(axis=1)
            if novelty is not None and rows.any():
                scores[rows, number] = -novelty(np.where(shared, seen - mean, 0.0)[rows])
        scores[~np.isfinite(scores)] = np.nan
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneClassSvm(_OneClassAttacker):
    """Support vector machine around a person's own pieces, in units of the person's standard deviations.

    The kernel is Gaussian, its width that of as many features as there are. The score leaves out where the
    border lies, which is another place for each person and says little where pieces are few.

    References
    ----------
    .. [1] Yu, Cho (2003). GA-SVM wrapper approach for feature subset selection in keystroke dynamics
       identity verification. IJCNN 2003.
    .. [2] Killourhy, Maxion (2009). Comparing Anomaly-Detection Algorithms for Keystroke Dynamics.
       DSN 2009.
    """

    name: ClassVar[str] = "one-class-svm"

    nu: float = 0.5  #: share of a person's pieces that may lie outside, above 0 and at most 1

    def __post_init__(self) -> None:
        if not 0 < self.nu <= 1:
            raise ParameterError.of("nu", must="be above 0 and at most 1", found=self.nu)

    def novelty(self, own: OwnPieces) -> Novelty:
        """Draw the border."""
        spread = own.spread
        machine = OneClassSVM(nu=self.nu, gamma=1 / spread.size).fit(own.deviations / spread)
        return lambda rows: np.asarray(-machine.score_samples(rows / spread))


@dataclass(frozen=True, slots=True, kw_only=True)
class KMeans(_OneClassAttacker):
    """Squared Euclidean distance from the nearest of a few centres of a person's own pieces.

    References
    ----------
    .. [1] Kang, Hwang, Cho (2007). Continual retraining of keystroke dynamics based authenticator.
       ICB 2007.
    """

    name: ClassVar[str] = "k-means"

    k: int = 3  #: centres; all pieces of a person who has fewer
    seed: int = 0  #: of where the centres begin

    def __post_init__(self) -> None:
        _check_at_least(1, k=self.k)
        _check_at_least(0, seed=self.seed)

    def novelty(self, own: OwnPieces) -> Novelty:
        """Find the centres."""
        k = min(self.k, len(np.unique(own.deviations, axis=0)))
        clusters = Clusters(k, n_init=_STARTS, random_state=self.seed % 2**32).fit(own.deviations)
        return lambda rows: np.asarray(clusters.transform(rows).min(axis=1) ** 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoAssociative(_OneClassAttacker):
    """Neural network that learns to reproduce a person's own pieces: squared error on what it is shown.

    One hidden layer (tanh) and a linear output, learnt by gradient descent on times in seconds, as long and
    as fast as that of [2]_: it is stopped long before it could reproduce all. The deviation from the
    person's mean is shown, without which few pieces would teach it nothing.

    References
    ----------
    .. [1] Cho, Han, Han, Kim (2000). Web-based keystroke dynamics identity verification using neural
       network. J. Organizational Computing and Electronic Commerce 10(4).
    .. [2] Killourhy, Maxion (2009). Comparing Anomaly-Detection Algorithms for Keystroke Dynamics.
       DSN 2009.
    """

    name: ClassVar[str] = "auto-associative"

    n_hidden: int = 31  #: nodes between input and output
    n_rounds: int = _ROUNDS  #: passes over a person's pieces
    seed: int = 0  #: of the weights to begin with

    def __post_init__(self) -> None:
        _check_at_least(1, n_hidden=self.n_hidden, n_rounds=self.n_rounds)
        _check_at_least(0, seed=self.seed)

    def novelty(self, own: OwnPieces) -> Novelty:
        """Learn the weights."""
        shown = _SECONDS * own.deviations
        n_pieces, n_features = shown.shape
        bound = np.sqrt(6 / (n_features + self.n_hidden))  # Glorot, Bengio (2010)
        rng = np.random.default_rng(self.seed)
        inner = rng.uniform(-bound, bound, (n_features, self.n_hidden))
        outer = rng.uniform(-bound, bound, (self.n_hidden, n_features))
        rate = min(_RATE, 1 / self.n_hidden) / n_pieces  # a step beyond would overshoot
        for _ in range(self.n_rounds):
            hidden = np.tanh(shown @ inner)
            error = hidden @ outer - shown
            back = (error @ outer.T) * (1 - hidden**2)
            outer -= rate * hidden.T @ error
            inner -= rate * shown.T @ back

        def novelty(rows: FloatArray) -> FloatArray:
            given = _SECONDS * rows
            return np.asarray(((np.tanh(given @ inner) @ outer - given) ** 2).sum(axis=1))

        return novelty


def _check_at_least(least: int, **numbers: int) -> None:
    for name, number in numbers.items():
        if number < least:
            raise ParameterError.of(name, must=f"be at least {least}", found=number)
