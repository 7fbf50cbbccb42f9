"""Any classifier of scikit-learn's kind as an attacker, named by its import path."""

import importlib
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import has_fit_parameter

from reid.attackers.learner import Learner
from reid.attackers.learning import LearningRuns
from reid.attackers.lookout import Lookout
from reid.attackers.pairs import EnrolledPairs, enrolled_pairs
from reid.attackers.pooled_trees import with_a_column
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import Shrinkage
from reid.errors import ParameterError, UnknownNameError
from reid.registry import parse_part
from reid.samples.table import SampleTable

_SEEDS: Final = 2**32  # what scikit-learn accepts
_SEED_NAME: Final = "random_state"
_MOST_SHOWN: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SklearnClasses:
    """Any installed scikit-learn classifier by import path, with a class per enrolled person.

    Written as in ``sklearn(path='sklearn.neighbors.KNeighborsClassifier', settings='n_neighbors=3')``.
    For the closed set: learnt from all runs of 1, 2 and 4 pieces of the gallery, on features drawn
    towards the average person by their counts, so that none is missing. Any class will do that
    derives from scikit-learn's ``BaseEstimator`` and ``ClassifierMixin`` and has ``predict_proba`` or
    ``decision_function``, whichever package it is from. Naming a path imports its module, which runs the
    module's code: name only packages that you trust.
    """

    name: ClassVar[str] = "sklearn"
    independent: ClassVar[bool] = False
    closed_set_only: ClassVar[bool] = True

    path: str  #: of the class, as in ``sklearn.svm.SVC``
    settings: str = ""  #: its parameters, as in ``C=10, kernel='rbf'``; ``random_state`` comes from the seed
    features: str = "rhythm"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    seed: int = 0  #: of its random draws

    def __post_init__(self) -> None:
        _check_seed(self.seed)
        classifier_of(self.path, self.settings, self.seed)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledClasses":
        """Learn one class per person; see :class:`~reid.attackers.protocol.Attacker`."""
        lookout = Lookout.on(self.features, self.without, train)
        runs = LearningRuns.sliding(lookout, gallery)
        classifier = classifier_of(self.path, self.settings, self.seed)
        learner = Learner(classifier)
        # A person of whom nothing was seen would stand in the middle of all others and draw them near.
        seen = np.asarray(runs.deviations.any(axis=1))
        if np.unique(runs.owner[seen]).size < 2:  # noqa: PLR2004  nobody to be mistaken for
            seen = np.ones(seen.size, dtype=bool)
        weights = runs.weights[seen] if has_fit_parameter(classifier, "sample_weight") else None
        learner.fit(with_a_column(runs.deviations)[seen], runs.owner[seen], weights)
        return EnrolledClasses(lookout, runs.shrinkage, gallery.subjects, learner)


@dataclass(frozen=True, slots=True, kw_only=True)
class SklearnPairs:
    """Any installed scikit-learn classifier by import path, telling pairs of one person from pairs of two.

    For the population regime and the closed set; written and refused as ``sklearn`` is. A pair is
    described by how far its two sides lie apart in each count-shrunk feature. Naming a path imports
    its module, which runs the module's code: name only packages that you trust.
    """

    name: ClassVar[str] = "sklearn-pairs"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    path: str  #: of the class, as in ``sklearn.linear_model.LogisticRegression``
    settings: str = ""  #: its parameters, as in ``C=0.1``; ``random_state`` comes from the seed
    features: str = "rhythm"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_features: int = 400  #: features that are used: those that tell people apart most reliably
    seed: int = 0  #: of the choice of pairs and of its random draws

    def __post_init__(self) -> None:
        _check_seed(self.seed)
        if self.n_features < 1:
            raise ParameterError.of("n_features", must="be at least 1", found=self.n_features)
        classifier_of(self.path, self.settings, self.seed)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> EnrolledPairs:
        """Learn on pairs of the people of ``train``; see :class:`~reid.attackers.protocol.Attacker`."""
        learner = Learner(classifier_of(self.path, self.settings, self.seed))
        lookout = Lookout.on(self.features, self.without, train)
        return enrolled_pairs(learner, lookout, train, gallery, self.n_features, self.seed)


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledClasses:
    """The fitted classifier, which knows the enrolled people."""

    lookout: Lookout
    shrinkage: Shrinkage
    people: tuple[str, ...]
    learner: Learner

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by the log of each person's share, or by the decision function."""
        seen = self.lookout.features(probes)
        scores = np.full((len(seen), len(self.people)), np.nan)
        learnt = self.learner.classifier.classes_
        scores[:, learnt] = self.learner.class_scores(with_a_column(self.shrinkage.applied(seen)))
        scores[seen.counts.sum(axis=1) == 0] = np.nan
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids), caveats=self.learner.caveats())


def classifier_of(path: str, settings: str, seed: int) -> Any:
    """Import a class by its path and make a classifier with these settings.

    Raises
    ------
    ParameterError
        The path leads to no classifier that can be used, or the settings are not written
        ``parameter=value, ...``.
    UnknownNameError
        The classifier has no such parameter.
    """
    found = _imported(path)
    if not (
        isinstance(found, type) and issubclass(found, BaseEstimator) and issubclass(found, ClassifierMixin)
    ):
        must = "lead to a class derived from BaseEstimator and ClassifierMixin"
        raise ParameterError.of("path", must=must, found=f"{path[:_MOST_SHOWN]!r}, which is none")
    try:
        classifier = found()
    except TypeError:
        must, what = "lead to a classifier that needs no other to begin with", f"{path[:_MOST_SHOWN]!r}"
        raise ParameterError.of("path", must=must, found=what) from None
    given = _settings(settings)
    known = classifier.get_params(deep=False)
    for name in given:
        if name not in known:
            raise UnknownNameError.of(f"parameter of {path[:_MOST_SHOWN]}", name, known)
    if _SEED_NAME in given:
        advice = "Leave it out; the audit's --seed sets it."
        raise ParameterError.of("settings", must=f"leave {_SEED_NAME} open", found="a value", advice=advice)
    if _SEED_NAME in known:
        given[_SEED_NAME] = seed % _SEEDS
    classifier.set_params(**given)
    if not (hasattr(classifier, "predict_proba") or hasattr(classifier, "decision_function")):
        must = "lead to a classifier with predict_proba or decision_function"
        raise ParameterError.of("path", must=must, found=f"{path[:_MOST_SHOWN]!r}, which has neither")
    return classifier


def _imported(path: str) -> Any:
    """Return what a dotted path leads to."""
    module, _, name = path.rpartition(".")
    if not module or not all(part.isidentifier() for part in path.split(".")):
        must = "be written package.module.Class"
        raise ParameterError.of("path", must=must, found=repr(path[:_MOST_SHOWN]))
    try:
        return getattr(importlib.import_module(module), name)
    except (Exception, SystemExit) as error:  # noqa: BLE001  importing runs somebody else's code
        reason = type(error).__name__
        advice = "Install its package, or mend the path."
        raise ParameterError.of(
            "path",
            must="lead to an installed class",
            found=f"{path[:_MOST_SHOWN]!r} ({reason})",
            advice=advice,
        ) from None


def _settings(text: str) -> dict[str, Any]:
    """Read ``parameter=value, ...``."""
    try:
        return parse_part(f"settings({text})")[1]
    except ParameterError:
        must = "be written parameter=value, ..., each parameter once"
        raise ParameterError.of("settings", must=must, found=repr(text[:_MOST_SHOWN])) from None


def _check_seed(seed: int) -> None:
    if seed < 0:
        raise ParameterError.of("seed", must="be at least 0", found=seed)
