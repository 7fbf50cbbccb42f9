"""Extremely randomised trees with a class per enrolled person, on runs as long as a probe."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from reid.attackers.learning import LearningRuns
from reid.attackers.lookout import Lookout
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import Shrinkage
from reid.errors import ParameterError
from reid.samples.table import SampleTable
from reid.typing import IntArray

_SEEDS: Final = 2**32  # what scikit-learn accepts
_MOST_RUNS: Final = 8000  # a forest on more takes minutes and was no stronger on short texts
_LEAST_SHARE: Final = 1e-3  # no tree votes for somebody: unlikely, not impossible


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledTrees:
    """Extremely randomised trees on count-shrunk features, pooled over runs of pieces.

    For the closed set: a class per person is learnt from runs of 1, 2 and 4 pieces of the gallery, 8,000
    at most, so a person's score depends on who else is enrolled.
    """

    name: ClassVar[str] = "pooled-trees"
    independent: ClassVar[bool] = False
    closed_set_only: ClassVar[bool] = True

    features: str = "strokes"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_trees: int = 300  #: trees in the forest
    seed: int = 0  #: of the random splits

    def __post_init__(self) -> None:
        for name, least in (("n_trees", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ParameterError.of(name, must=f"be at least {least}", found=getattr(self, name))

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledPooledTrees":
        """Learn one class per person; see :class:`~reid.attackers.protocol.Attacker`."""
        lookout = Lookout.on(self.features, self.without, train)
        runs = LearningRuns.sliding(lookout, gallery)
        forest = ExtraTreesClassifier(
            self.n_trees, min_samples_leaf=2, random_state=self.seed % _SEEDS, n_jobs=1
        )
        # One run each makes as many classes as samples. Not undone: threads share the filters.
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%", UserWarning)
        learnt = _spread_over_people(runs.owner)
        forest.fit(with_a_column(runs.deviations[learnt]), runs.owner[learnt], runs.weights[learnt])
        return EnrolledPooledTrees(lookout, runs.shrinkage, gallery.subjects, forest)


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledPooledTrees:
    """The forest, which knows the enrolled people."""

    lookout: Lookout
    shrinkage: Shrinkage
    people: tuple[str, ...]
    forest: Any

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by the log of the share of trees."""
        seen = self.lookout.features(probes)
        share = self.forest.predict_proba(with_a_column(self.shrinkage.applied(seen)))
        scores = np.log(share + _LEAST_SHARE)
        scores[seen.counts.sum(axis=1) == 0] = np.nan
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))


def _spread_over_people(owner: IntArray) -> IntArray:
    """Return every n-th run of each person, so that about as many are left as a forest can take."""
    stride = -(-owner.size // _MOST_RUNS)
    by_person = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[by_person], owner[by_person])
    return np.sort(by_person[(np.arange(owner.size) - first) % stride == 0])


def with_a_column(deviations: np.ndarray) -> np.ndarray:
    """Return the features, a constant one where none was seen often enough: trees need one."""
    return deviations if deviations.shape[1] else np.zeros((len(deviations), 1), dtype=np.float32)
