"""Extremely randomised trees with a class for each enrolled person."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from reid.attackers.lookout import Lookout
from reid.attackers.protocol import ScoreMatrix
from reid.errors import ParameterError
from reid.samples.table import SampleTable

_SEEDS: Final = 2**32  # what scikit-learn accepts


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraTrees:
    """Extremely randomised trees that learn to tell the enrolled people's own pieces apart.

    For the closed set: a class per person is learnt from the gallery itself, so a person's score
    depends on who else is enrolled.
    """

    name: ClassVar[str] = "extra-trees"
    independent: ClassVar[bool] = False
    closed_set_only: ClassVar[bool] = True

    features: str = "latencies"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_trees: int = 400  #: trees in the forest
    seed: int = 0  #: of the random splits

    def __post_init__(self) -> None:
        for name, least in (("n_trees", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ParameterError.of(name, must=f"be at least {least}", found=getattr(self, name))

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledTrees":
        """Learn one class per person; see :class:`~reid.attackers.protocol.Attacker`."""
        lookout = Lookout.on(self.features, self.without, train)
        pieces, person = lookout.pieces(gallery)
        forest = ExtraTreesClassifier(self.n_trees, random_state=self.seed % _SEEDS, n_jobs=1)
        # One piece each makes as many classes as samples. Not undone: threads share the filters.
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%", UserWarning)
        forest.fit(pieces.values, person)
        return EnrolledTrees(lookout, gallery.subjects, forest, self.n_trees)


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledTrees:
    """The forest, which knows the enrolled people."""

    lookout: Lookout
    people: tuple[str, ...]
    forest: Any
    n_trees: int

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by the log of the share of trees, smoothed by one vote among all."""
        seen = self.lookout.features(probes)
        share = self.forest.predict_proba(seen.values)
        scores = np.log(share + 1 / (self.n_trees * len(self.people)))
        scores[seen.counts.sum(axis=1) == 0] = np.nan
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))
