"""Extremely randomised trees that know how people will type once they have typed as much again."""

import warnings
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import ExtraTreesClassifier

from reid.attackers.learning import sessions_of_pieces
from reid.attackers.lookout import Lookout, require_channels
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import residuals, sums_by_person
from reid.attackers.trees import EnrolledTrees
from reid.errors import BlindError, ParameterError, TooFewError
from reid.features.proportions import Proportions
from reid.features.table import FeatureTable
from reid.samples.table import SampleTable
from reid.typing import FloatArray, IntArray

_SEEDS: Final = 2**32  # what scikit-learn accepts
#: Practice in sessions, over that at which a piece was typed. Chosen within the enrolled sessions of one log:
#: learnt on its first two and tried on the next two.
_AHEAD: Final = (1.0, 1.5, 2.0)
_SHORTEST_US: Final = 5000.0  # a timing below counts as this long, so that a logarithm can be taken


@dataclass(frozen=True, slots=True, kw_only=True)
class PractisedTrees:
    """Extremely randomised trees on timings and their proportions, learnt for typing that gets faster.

    For the closed set: a class per person is learnt from the gallery's own pieces, and from copies in which
    each timing is as it would be after half as much and twice as much practice. How timings change with
    practice is learnt from the enrolled sessions of all people together: by the same factor for everybody, a
    power of the number of the session. Without a second session of anybody there are no copies.

    References
    ----------
    .. [1] Newell, Rosenbloom (1981). Mechanisms of skill acquisition and the law of practice.
    """

    name: ClassVar[str] = "practised-trees"
    independent: ClassVar[bool] = False
    closed_set_only: ClassVar[bool] = True

    without: tuple[str, ...] = ()  #: channels withheld from it
    n_trees: int = 300  #: trees in the forest
    seed: int = 0  #: of the random splits

    def __post_init__(self) -> None:
        for name, least in (("n_trees", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ParameterError.of(name, must=f"be at least {least}", found=getattr(self, name))

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledPractisedTrees":
        """Learn one class per person; see :class:`~reid.attackers.protocol.Attacker`."""
        require_channels(self.without)
        try:
            ready = Proportions().fit(train)
        except TooFewError as error:
            raise BlindError(str(error)) from None
        lookout = Lookout(ready, self.without)
        lookout.features(gallery)  # refuses where every channel is withheld
        single = gallery.split_up()
        person, session = single.subject_numbers(), sessions_of_pieces(gallery)
        timings = ready.timings.features(single)
        growth = _growth(timings.values.astype(np.float64), person, _practice(person, session))
        copies = [_after(timings, growth, ahead) for ahead in (_AHEAD if growth.any() else _AHEAD[:1])]
        tables = [ready.of_timings(copy).without(self.without) for copy in copies]
        learnt = np.concatenate([table.values for table in tables])
        forest = ExtraTreesClassifier(self.n_trees, random_state=self.seed % _SEEDS, n_jobs=1)
        # One piece each makes as many classes as samples. Not undone: threads share the filters.
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%", UserWarning)
        forest.fit(learnt, np.tile(person, len(tables)))
        return EnrolledPractisedTrees(EnrolledTrees(lookout, gallery.subjects, forest, self.n_trees))


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledPractisedTrees:
    """The forest, which knows the enrolled people."""

    trees: EnrolledTrees

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by the log of the share of trees."""
        return self.trees.score(probes)


def _practice(person: IntArray, session: IntArray) -> FloatArray:
    """Return the logarithm of the number of each piece's session among its person's, from 1: (n_pieces,)."""
    number = np.empty(person.size)
    for one in np.unique(person):
        own = person == one
        number[own] = rankdata(session[own], method="dense")
    return np.asarray(np.log(number))


def _growth(timings_us: FloatArray, person: IntArray, practice: FloatArray) -> FloatArray:
    """Return by which power of practice timings grow, 0 where that cannot be seen: (n_timings,).

    Least squares of log timings on ``practice`` within people; one slope for all.
    """
    logs = np.log(np.maximum(timings_us, _SHORTEST_US))
    known = ~np.isnan(logs)
    within = np.where(known, residuals(logs, person), 0.0)
    n_people = int(person.max()) + 1
    count = sums_by_person(known.astype(np.float64), person, n_people)
    mean = sums_by_person(np.where(known, practice[:, None], 0.0), person, n_people) / np.maximum(count, 1)
    beyond = np.where(known, practice[:, None] - mean[person], 0.0)
    spread = (beyond**2).sum(axis=0)
    return np.asarray(np.where(spread > 0, (beyond * within).sum(axis=0) / np.maximum(spread, 1e-12), 0.0))


def _after(timings: FeatureTable, growth: FloatArray, ahead: float) -> FeatureTable:
    """Return timings as they would be after ``ahead`` times as much practice."""
    values = (timings.values * ahead**growth).astype(np.float32)
    return FeatureTable(values, timings.counts, timings.names, timings.channels)
