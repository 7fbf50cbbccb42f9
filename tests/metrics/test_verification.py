"""Error rates of one-to-one comparison against cases by hand, an oracle and scikit-learn."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from reid.errors import ParameterError
from reid.metrics.curves import det_curve
from reid.metrics.verification import area_under_curve, equal_error_rate
from reid.typing import FloatArray

coarse = st.lists(st.integers(0, 12), min_size=1, max_size=30).map(lambda x: np.array(x, dtype=np.float64))


def crossing_by_scan(genuine: FloatArray, impostor: FloatArray) -> float:
    thresholds = [*sorted({*genuine, *impostor}), np.inf]
    points = [(np.mean(impostor >= level), np.mean(genuine < level)) for level in thresholds]
    for (fmr_0, fnmr_0), (fmr_1, fnmr_1) in pairwise(points):
        if fnmr_1 >= fmr_1:
            share = (fmr_0 - fnmr_0) / ((fnmr_1 - fnmr_0) + (fmr_0 - fmr_1))
            return float(fnmr_0 + share * (fnmr_1 - fnmr_0))
    raise AssertionError


def test_the_rate_is_read_between_operating_points() -> None:
    # thresholds 1, 2, 3: (FMR, FNMR) = (1, 0), (1/2, 0), (0, 1/2): the line crosses at 1/4
    assert equal_error_rate(np.array([2.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("genuine", "impostor", "eer", "auc"),
    [([3, 4], [1, 2], 0, 1), ([1, 2], [3, 4], 1, 0), ([5, 5], [5, 5, 5], 0.5, 0.5), ([1], [-np.inf], 0, 1)],
)
def test_perfect_reversed_and_absent_separation(
    genuine: list[float], impostor: list[float], eer: float, auc: float
) -> None:
    one, two = np.array(genuine, dtype=np.float64), np.array(impostor, dtype=np.float64)
    assert equal_error_rate(one, two) == eer
    assert area_under_curve(one, two) == auc


@settings(max_examples=200, deadline=None)
@given(coarse, coarse)
def test_the_equal_error_rate_agrees_with_the_quadratic_oracle(
    genuine: FloatArray, impostor: FloatArray
) -> None:
    assert equal_error_rate(genuine, impostor) == pytest.approx(
        crossing_by_scan(genuine, impostor), abs=1e-12
    )


@settings(max_examples=100, deadline=None)
@given(coarse, coarse)
def test_turning_the_scores_round_turns_the_rates_round(genuine: FloatArray, impostor: FloatArray) -> None:
    assert equal_error_rate(-genuine, -impostor) == pytest.approx(1 - equal_error_rate(genuine, impostor))
    assert area_under_curve(-genuine, -impostor) == pytest.approx(1 - area_under_curve(genuine, impostor))


@settings(max_examples=100, deadline=None)
@given(coarse, coarse)
def test_rates_and_curve_agree_with_scikit_learn(genuine: FloatArray, impostor: FloatArray) -> None:
    label = np.repeat([1, 0], [genuine.size, impostor.size])
    score = np.concatenate([genuine, impostor])
    assert area_under_curve(genuine, impostor) == pytest.approx(roc_auc_score(label, score))
    fpr, tpr, threshold = roc_curve(label, score, drop_intermediate=False)
    curve = det_curve(genuine, impostor)
    np.testing.assert_allclose(curve.threshold[::-1], threshold)
    np.testing.assert_allclose(curve.fmr[::-1], fpr)
    np.testing.assert_allclose(curve.fnmr[::-1], 1 - tpr, atol=1e-12)
    after = int(np.argmax(1 - tpr - fpr <= 0))  # from the strict end: FNMR falls, FMR grows
    gap = (1 - tpr - fpr)[after - 1 : after + 1]
    share = gap[0] / (gap[0] - gap[1])
    expected = fpr[after - 1] + share * (fpr[after] - fpr[after - 1])
    assert equal_error_rate(genuine, impostor) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("rate", [equal_error_rate, area_under_curve])
@pytest.mark.parametrize("bad", [np.array([]), np.array([0.1, np.nan])])
def test_missing_scores_are_refused(rate, bad: FloatArray) -> None:  # noqa: ANN001
    with pytest.raises(ParameterError, match="impostor must hold scores and no NaN"):
        rate(np.array([1.0]), bad)


def test_a_thinned_curve_keeps_its_ends_and_holds_only_points_of_the_curve() -> None:
    rng = np.random.default_rng(3)
    curve = det_curve(rng.normal(2, 1, 500), rng.normal(0, 1, 5000))
    thin = curve.thinned(60)
    assert 20 <= thin.threshold.size <= 60
    assert (thin.fmr[0], thin.fnmr[0], thin.fmr[-1], thin.fnmr[-1]) == (1, 0, 0, 1)
    places = np.searchsorted(curve.threshold, thin.threshold)
    np.testing.assert_array_equal(curve.fmr[places], thin.fmr)
    np.testing.assert_array_equal(curve.fnmr[places], thin.fnmr)
    assert curve.thinned(10_000) is curve
