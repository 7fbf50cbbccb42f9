"""Intervals over people against scipy and against what they must not do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from reid.errors import ParameterError
from reid.metrics.intervals import (
    clopper_pearson,
    interval_from_variance,
    maximum_over_attackers,
    paired_difference,
    proportion_over_people,
    sidak_level,
    wilson,
)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from([0.8, 0.95, 0.99]),
)
def test_proportions_agree_with_scipy(counts: tuple[int, int], level: float) -> None:
    hits, n = counts
    for ours, method in ((clopper_pearson, "exact"), (wilson, "wilson")):
        theirs = binomtest(hits, n).proportion_ci(level, method=method)
        assert ours(hits, n, level) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_one_probe_a_person_gives_the_exact_interval() -> None:
    hits = np.array([1.0] * 7 + [0.0] * 3)
    estimate = proportion_over_people(hits, np.arange(10))
    theirs = binomtest(7, 10).proportion_ci(0.95, method="exact")
    assert (estimate.value, estimate.n_people) == (0.7, 10)
    assert (estimate.low, estimate.high) == pytest.approx((theirs.low, theirs.high))


def test_each_person_weighs_the_same() -> None:
    hits, person = np.array([1.0, 1.0, 1.0, 0.0]), np.array(["a", "a", "a", "b"])
    assert proportion_over_people(hits, person).value == 0.5


def test_probes_that_repeat_their_person_add_nothing() -> None:
    hits = np.array([1.0] * 12 + [0.0] * 28)
    once = proportion_over_people(hits, np.arange(40))
    ten_times = proportion_over_people(np.repeat(hits, 10), np.repeat(np.arange(40), 10))
    assert ten_times.high - ten_times.low == pytest.approx(once.high - once.low, rel=0.05)


@pytest.mark.parametrize("hit", [0.0, 1.0])
def test_certainty_in_the_sample_is_no_certainty_about_people(hit: float) -> None:
    estimate = proportion_over_people(np.full(60, hit), np.repeat(np.arange(20), 3))
    assert estimate.value == hit
    assert 0.12 < estimate.high - estimate.low < 0.25  # 3 / n is about 0.15


def test_independent_probes_count_for_about_one_each() -> None:
    rng = np.random.default_rng(1)
    hits = (rng.random(2000) < 0.3).astype(np.float64)
    estimate = proportion_over_people(hits, np.repeat(np.arange(400), 5))
    low, high = clopper_pearson(hits.sum(), 2000)
    assert estimate.high - estimate.low == pytest.approx(high - low, rel=0.12)


def test_one_person_says_nothing_about_others() -> None:
    assert interval_from_variance(0.4, 0.0, 1) == (0.0, 1.0)


def test_a_difference_of_nothing_still_has_an_interval() -> None:
    hits = np.ones(30)
    difference = paired_difference(hits, hits, np.arange(30))
    assert difference.value == 0
    assert -0.15 < difference.low < -0.03 < 0.03 < difference.high < 0.15


def test_a_paired_difference_covers_the_truth_nineteen_times_of_twenty() -> None:
    rng = np.random.default_rng(8)
    missed = 0
    for _ in range(400):
        skill = rng.normal(size=60)
        first = (skill + rng.normal(size=60) > 0).astype(np.float64)
        second = (skill + rng.normal(size=60) > 0).astype(np.float64)
        difference = paired_difference(first, second, np.arange(60))
        missed += not difference.low <= 0 <= difference.high
    assert missed <= 32


def test_the_strongest_of_equal_attackers_is_not_taken_for_better() -> None:
    rng = np.random.default_rng(9)
    missed = 0
    for _ in range(200):
        hits = [(rng.random(80) < 0.3).astype(np.float64) for _ in range(6)]
        number, estimate = maximum_over_attackers(hits, np.arange(80))
        assert estimate.value == max(one.mean() for one in hits) == hits[number].mean()
        missed += not estimate.low <= 0.3 <= estimate.high
    assert missed <= 18
    assert sidak_level(0.95, 1) == pytest.approx(0.95)


def test_hits_outside_their_range_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"hits must lie in \[0, 1\]"):
        proportion_over_people(np.array([1.2]), np.array([0]))


@pytest.mark.parametrize("variance", [1e-30, 1e-20, 1e-310])
@pytest.mark.parametrize("value", [0.123, 0.5, 0.99])
def test_a_variance_that_is_nothing_but_rounding_is_no_variance_seen(value: float, variance: float) -> None:
    assert interval_from_variance(value, variance, 9) == interval_from_variance(value, 0.0, 9)
