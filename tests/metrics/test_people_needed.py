"""How many people a test needs, against the binomial law itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from reid.errors import ParameterError
from reid.metrics.intervals import clopper_pearson
from reid.metrics.people_needed import people_needed, people_to_plan, upper_bound


@settings(max_examples=40, deadline=None)
@given(st.floats(0.005, 0.9), st.integers(0, 20), st.sampled_from([0.8, 0.95, 0.99]))
def test_no_fewer_people_would_do(risk: float, n_found: int, confidence: float) -> None:
    enough = people_needed(risk, n_found=n_found, confidence=confidence)
    assert binom.cdf(n_found, enough, risk) <= 1 - confidence + 1e-9
    if enough > n_found + 1:
        assert binom.cdf(n_found, enough - 1, risk) > 1 - confidence - 1e-9


def test_with_nobody_found_it_is_the_rule_of_three() -> None:
    for risk in (0.1, 0.01, 0.001):
        assert people_needed(risk) == pytest.approx(3 / risk, rel=0.05)


def test_the_bound_is_one_side_of_the_two_sided_interval() -> None:
    for n_found, n_people in ((0, 10), (3, 40), (40, 40)):
        assert upper_bound(n_found, n_people, 0.975) == pytest.approx(clopper_pearson(n_found, n_people)[1])


@pytest.mark.parametrize(("risk", "expected"), [(0.09, 0.0), (0.09, 0.03), (0.5, 0.4), (0.01, 0.001)])
def test_a_planned_test_succeeds_as_often_as_promised(risk: float, expected: float) -> None:
    n_people, n_found = people_to_plan(risk, expected=expected)
    assert upper_bound(n_found, n_people) <= risk
    assert binom.cdf(n_found, n_people, expected) >= 0.9


@pytest.mark.parametrize(
    ("settings_", "told"),
    [
        ({"risk": 0.0}, "risk must lie between 0 and 1"),
        ({"risk": 1.0}, "risk must lie between 0 and 1"),
        ({"risk": float("nan")}, "risk must lie between 0 and 1"),
        ({"risk": 0.1, "n_found": -1}, "at least 0"),
        ({"risk": 0.1, "confidence": 1.0}, "confidence must lie"),
        ({"risk": 1e-12}, "Choose a larger risk"),
    ],
)
def test_what_makes_no_sense_is_refused(settings_: dict[str, float], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        people_needed(**settings_)  # type: ignore[arg-type]


def test_a_risk_that_is_believed_larger_cannot_be_shown() -> None:
    with pytest.raises(ParameterError, match=r"lie below 0\.09"):
        people_to_plan(0.09, expected=0.1)
    with pytest.raises(ParameterError, match="people recognised"):
        upper_bound(2, 1)
