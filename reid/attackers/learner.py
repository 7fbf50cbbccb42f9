"""A classifier of scikit-learn's kind, made to say in one line why it cannot learn."""

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from reid.errors import ParameterError, ReidError
from reid.typing import BoolArray, Float32Array, FloatArray, IntArray

UNCONVERGED: Final = "used up its max_iter"  #: how the caveat begins where learning did not converge

_LEAST_SHARE: Final = 1e-3  # of two classes; no vote for a class is unlikely, not impossible
_MOST_SHOWN: Final = 160  # letters of a classifier's own message that are repeated


@dataclass(frozen=True, slots=True, eq=False)
class Learner:
    """A classifier that is fitted once and then gives scores of one direction."""

    classifier: Any

    def fit(
        self, features: Float32Array, classes: IntArray | BoolArray, weights: FloatArray | None = None
    ) -> None:
        """Learn the classes; weights of the rows are passed on where given.

        Raises
        ------
        ParameterError
            The classifier refuses its settings or the data.
        """
        # Told by a caveat instead. Not undone: threads share the filters.
        warnings.filterwarnings("ignore", category=ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%", UserWarning)
        weighed = {} if weights is None else {"sample_weight": weights}
        self._tried("learn", lambda: self.classifier.fit(features, classes, **weighed))

    def class_scores(self, features: Float32Array) -> FloatArray:
        """Return how much each row resembles each class: log shares, or values of the decision function.

        Returns
        -------
        float64 array of shape (n_rows, n_classes)
            Higher is more alike; classes in increasing order.
        """
        n_classes = self.classifier.classes_.size
        if hasattr(self.classifier, "predict_proba"):
            share = self._tried("compare", lambda: self.classifier.predict_proba(features))
            scores = np.log(np.asarray(share, dtype=np.float64) + 2 * _LEAST_SHARE / n_classes)
        else:
            decided = self._tried("compare", lambda: self.classifier.decision_function(features))
            value = np.asarray(decided, dtype=np.float64)
            scores = np.stack([-value, value], axis=1) if value.ndim == 1 else value
        if scores.shape[1] != n_classes:
            found = f"{scores.shape[1]} values for {n_classes} classes"
            raise ParameterError.of(self._name, must="give a value for each class", found=found)
        return np.asarray(scores)

    def log_odds(self, features: Float32Array) -> FloatArray:
        """Return log odds of the second of two classes, or the decision function: (n_rows,)."""
        if hasattr(self.classifier, "predict_proba"):
            share = self._tried("compare", lambda: self.classifier.predict_proba(features))[:, 1]
            return np.asarray(np.log(share + _LEAST_SHARE) - np.log(1 - share + _LEAST_SHARE))
        decided = self._tried("compare", lambda: self.classifier.decision_function(features))
        return np.asarray(decided, dtype=np.float64)

    def caveats(self) -> tuple[str, ...]:
        """Return a phrase where learning ended because its rounds were used up.

        Read from the classifier, not from its warnings, which threads share.
        """
        counts_trees = hasattr(self.classifier, "n_trees_per_iteration_")
        most = self.classifier.get_params(deep=False).get("max_iter")
        rounds = getattr(self.classifier, "n_iter_", None)
        if counts_trees or rounds is None or not isinstance(most, int) or most < 1:
            return ()
        if np.max(rounds) < most:
            return ()
        return (f"{UNCONVERGED}={most} rounds, so it may not have learnt all that it could",)

    @property
    def _name(self) -> str:
        return f"the classifier {type(self.classifier).__name__}"

    def _tried(self, what: str, step: Any) -> Any:
        """Take a step of somebody else's code; it may refuse settings only when it meets data."""
        try:
            return step()
        except (ReidError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001  whatever it raises, its settings or the data do not suit it
            said = " ".join(str(error).split())[:_MOST_SHOWN].rstrip(". ")
            found = f"{type(error).__name__}: {said}" if said else type(error).__name__
            advice = "Choose other settings or another classifier."
            raise ParameterError.of(
                self._name, must=what + " from these features", found=found, advice=advice
            ) from None
