"""Is the tool itself a fingerprint: tell sessions that were protected from those that were not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from reid.attackers.learner import Learner
from reid.attackers.lookout import Lookout
from reid.errors import ParameterError
from reid.samples.table import SampleTable
from reid.typing import BoolArray, FloatArray

_FEATURES: Final = "every-channel"
_SEEDS: Final = 2**32  # what scikit-learn accepts


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDetector:
    """Extremely randomised trees on every channel, with two classes: protected or not."""

    without: tuple[str, ...] = ()  #: channels withheld from it
    n_trees: int = 200
    seed: int = 0  #: of the random splits

    def learn(self, samples: SampleTable, is_protected: Sequence[bool] | BoolArray) -> "LearntDetector":
        """Learn from samples of people who are not tested.

        Parameters
        ----------
        samples : SampleTable
            Of both kinds; each kind weighs the same.
        is_protected : bool array of shape (n_samples,)
            Which are protected.

        Raises
        ------
        ParameterError
            There are not samples of both kinds, or not one mark for each.
        BlindError
            There is nothing to see.
        """
        marks = np.asarray(is_protected, dtype=np.bool_)
        if marks.shape != (len(samples),) or np.unique(marks).size < 2:  # noqa: PLR2004  two kinds
            must, found = "be one for each sample, and of both kinds", f"{marks.sum()} of {marks.size}"
            raise ParameterError.of("marks of protected samples", must=must, found=found)
        lookout = Lookout.on(_FEATURES, self.without, samples)
        forest = ExtraTreesClassifier(
            self.n_trees,
            min_samples_leaf=2,
            class_weight="balanced",
            random_state=self.seed % _SEEDS,
            n_jobs=1,
        )
        learner = Learner(forest)
        learner.fit(lookout.features(samples).values, marks)
        return LearntDetector(lookout, learner)


@dataclass(frozen=True, slots=True, eq=False)
class LearntDetector:
    """The forest."""

    lookout: Lookout
    learner: Any

    def score(self, samples: SampleTable) -> FloatArray:
        """Return log odds that a sample is protected: (n_samples,); 0 where nothing is seen of it."""
        seen = self.lookout.features(samples)
        odds = self.learner.log_odds(seen.values)
        return np.asarray(np.where(seen.counts.sum(axis=1) > 0, odds, 0.0), dtype=np.float64)
