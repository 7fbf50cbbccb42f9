"""Classifiers named by their import path."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from reid.attackers import ATTACKERS, ScoreMatrix
from reid.attackers.learner import Learner
from reid.attackers.scikit import SklearnClasses, SklearnPairs, classifier_of
from reid.errors import ParameterError, ReidError
from reid.samples.table import SampleTable
from tests.attackers.people import divided, typists

KNN = "sklearn.neighbors.KNeighborsClassifier"
LOGISTIC = "sklearn.linear_model.LogisticRegression"


class Mute(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier that can say nothing but a class."""


def attacked(attacker: Any) -> ScoreMatrix:
    events = typists(8, identity=3.0)
    gallery, probes = divided(events, events.subjects, 2)
    ready = attacker.enrol(gallery.split_up(), gallery)
    assert isinstance(probes, SampleTable)
    return ready.score(probes)


def test_settings_reach_the_classifier_and_the_seed_is_ours() -> None:
    made = ATTACKERS.make("sklearn(path='sklearn.svm.SVC', settings='C=3, kernel=\"linear\"', seed=7)")
    assert isinstance(made, SklearnClasses)
    classifier = classifier_of(made.path, made.settings, made.seed)
    assert (classifier.C, classifier.kernel, classifier.random_state) == (3, "linear", 7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sklearn", "must name path"),
        ("sklearn(path='SVC')", "path must be written package.module.Class; found 'SVC'"),
        ("sklearn(path='os; import sys.x')", "be written package.module.Class"),
        ("sklearn(path='nowhere.at_all.Classifier')", r"installed class; found .*ModuleNotFoundError"),
        ("sklearn(path='sklearn.svm.SVM')", r"installed class; found 'sklearn.svm.SVM' \(AttributeError\)"),
        ("sklearn(path='os.system')", "derived from BaseEstimator and ClassifierMixin; found 'os.system'"),
        ("sklearn(path='sklearn.svm.SVR')", "derived from BaseEstimator and ClassifierMixin"),
        ("sklearn(path='sklearn.ensemble.VotingClassifier')", "needs no other to begin with"),
        (f"sklearn(path='{__name__}.Mute')", "with predict_proba or decision_function"),
        (f"sklearn(path='{KNN}', settings='n_neighbours=3')", "Did you mean 'n_neighbors'"),
        (f"sklearn(path='{KNN}', settings='3')", "settings must be written parameter=value"),
        (f"sklearn(path='{KNN}', settings='p=1) + part(p=2')", "settings must be written parameter=value"),
        (f"sklearn(path='{LOGISTIC}', settings='random_state=1')", "leave random_state open"),
        (f"sklearn(path='{KNN}', seed=-1)", "seed must be at least 0"),
        (f"sklearn-pairs(path='{LOGISTIC}', n_features=0)", "n_features must be at least 1"),
        ("sklearn-pairs(path='sklearn.svm.SVM')", "installed class"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ReidError, match=message) as caught:
        ATTACKERS.make(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "attacker",
    [
        SklearnClasses(path=KNN, settings="n_neighbors=0"),
        SklearnClasses(path="sklearn.naive_bayes.MultinomialNB"),  # deviations may be negative
        SklearnPairs(path=LOGISTIC, settings="C=-1.0"),
    ],
)
def test_what_the_classifier_itself_refuses_is_one_line(attacker: Any) -> None:
    with pytest.raises(
        ParameterError, match=r"classifier \w+ must learn from these features; found"
    ) as caught:
        attacked(attacker)
    assert "\n" not in str(caught.value)


def test_rounds_that_were_used_up_are_told() -> None:
    hasty, patient = (
        attacked(SklearnClasses(path=LOGISTIC, settings=f"max_iter={most}")) for most in (2, 1000)
    )
    assert hasty.caveats == ("used up its max_iter=2 rounds, so it may not have learnt all that it could",)
    assert patient.caveats == ()


def test_trees_that_are_counted_as_rounds_are_no_caveat() -> None:
    path = "sklearn.ensemble.HistGradientBoostingClassifier"
    assert attacked(SklearnPairs(path=path, settings="max_iter=5")).caveats == ()


@pytest.mark.parametrize("path", ["sklearn.linear_model.RidgeClassifier", "sklearn.svm.LinearSVC"])
@pytest.mark.parametrize("form", [SklearnClasses, SklearnPairs])
def test_a_decision_function_will_do(form: Any, path: str) -> None:
    matrix = attacked(form(path=path))
    assert np.mean(matrix.scores.argmax(axis=1) == matrix.truth()) > 0.9


def test_two_classes_score_against_each_other() -> None:
    features = np.array([[0.0], [1.0], [2.0], [3.0]], dtype=np.float32)
    learner = Learner(classifier_of("sklearn.svm.LinearSVC", "", 0))
    learner.fit(features, np.array([0, 0, 1, 1]))
    scores = learner.class_scores(features)
    np.testing.assert_array_equal(scores[:, 0], -scores[:, 1])
    assert scores[3, 1] > scores[0, 1]
