"""D_sys against integrals, equal laws, and what must not change it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from reid.errors import TooFewError
from reid.kernels.isotonic import rising_density, unlinkability_of
from reid.metrics.unlinkability import someone_else, unlinkability, unlinkability_of_matrix
from reid.typing import FloatArray

places = st.lists(st.integers(1, 999), min_size=1, max_size=8, unique=True).map(sorted)


def slopes_of_the_convex_minorant(sorted_places: list[float]) -> FloatArray:
    """Take, for each gap, the largest over left ends of the smallest slope over right ends."""
    x = np.array([0.0, *sorted_places, 1.0])
    mass = np.linspace(0.0, 1.0, x.size)
    n = x.size - 1
    return np.array(
        [
            max(
                min((mass[right] - mass[left]) / (x[right] - x[left]) for right in range(gap + 1, n + 1))
                for left in range(gap + 1)
            )
            for gap in range(n)
        ]
    )


def gaussian_d_sys(shift: float) -> float:
    def part(score: float) -> float:
        mated, other = norm.pdf(score, shift), norm.pdf(score)
        return float(mated * (mated - other) / (mated + other))

    return float(quad(part, shift / 2, shift + 12)[0])


@settings(max_examples=100, deadline=None)
@given(places)
def test_the_rising_density_is_the_slope_of_the_convex_minorant(thousandths: list[int]) -> None:
    sorted_places = [place / 1000 for place in thousandths]
    edges, density = rising_density(np.array(sorted_places))
    of_gaps = density[
        np.searchsorted(edges, [(a + b) / 2 for a, b in pairwise([0.0, *sorted_places, 1.0])]) - 1
    ]
    np.testing.assert_allclose(of_gaps, slopes_of_the_convex_minorant(sorted_places), rtol=1e-9)
    assert np.sum(density * np.diff(edges)) == pytest.approx(1)
    assert np.all(np.diff(density) > 0)


def test_one_place_by_hand() -> None:
    edges, density = rising_density(np.array([0.8]))
    assert edges.tolist() == [0, 0.8, 1]
    np.testing.assert_allclose(density, [0.625, 2.5])
    assert unlinkability_of(np.array([0.8])) == pytest.approx(0.5 * 1.5 / 3.5)


@pytest.mark.parametrize("n_other", [50, 500, 10_000])
def test_equal_laws_are_unlinkable_on_average(n_other: int) -> None:
    values, above = [], 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        found = unlinkability(rng.normal(size=50), rng.normal(size=n_other), rng=rng)
        values.append(found.d_sys.value)
        above += found.d_sys.low > 0
    assert np.mean(values) < 0.02
    assert above <= 12  # 3.75 expected


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.0, 3.0])
def test_linkable_scores_keep_their_d_sys(shift: float) -> None:
    expected = gaussian_d_sys(shift)
    values = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        found = unlinkability(rng.normal(shift, 1, 50), rng.normal(size=2000), rng=rng)
        values.append(found.d_sys.value)
    assert np.mean(values) == pytest.approx(expected, abs=0.03)


def test_intervals_over_people_hold_the_integral() -> None:
    missed = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth = np.repeat(np.arange(60), 2)
        scores = rng.normal(size=(120, 60))
        scores[np.arange(120), truth] += 2
        found = unlinkability_of_matrix(scores, truth, rng=rng, n_permutations=100).d_sys
        missed += not found.low <= gaussian_d_sys(2.0) <= found.high
    assert missed <= 8  # 3 expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_rising_transforms_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, truth = rng.normal(size=(40, 20)).round(1), np.arange(40) % 20
    scores[rng.random(scores.shape) < 0.05] = np.nan
    once, again = (
        unlinkability_of_matrix(seen, truth, rng=np.random.default_rng(1), n_permutations=30)
        for seen in (scores, np.exp(scores))
    )
    assert once.d_sys == again.d_sys
    assert once.p_value == again.p_value
    assert 0 <= once.d_sys.low <= once.d_sys.value <= once.d_sys.high <= 1
    assert np.all((once.local >= 0) & (once.local <= 1))
    assert np.all(np.diff(once.fmr) < 0)


def test_local_d_follows_the_likelihood_ratio() -> None:
    rng = np.random.default_rng(2)
    found = unlinkability(rng.normal(2, 1, 4000), rng.normal(size=40_000), rng=rng, n_permutations=20)
    for fmr in (0.01, 0.05, 0.1):
        ratio = np.exp(2 * norm.isf(fmr) - 2)
        assert found.local_at(fmr) == pytest.approx((ratio - 1) / (ratio + 1), abs=0.08)
    assert found.local_at(0.5) == 0
    local = found.as_dict()["local"]
    assert isinstance(local, dict)
    assert len(local["fmr"]) == len(local["d"])


def test_scores_that_are_all_equal_or_failed_link_nobody() -> None:
    for scores in (np.zeros((30, 30)), np.full((30, 30), np.nan)):
        found = unlinkability_of_matrix(scores, np.arange(30), rng=np.random.default_rng(0))
        assert found.d_sys.low == 0
        assert found.d_sys.value < 0.1
        assert found.p_value > 0.025


def test_everybody_stands_in_for_somebody_else_once() -> None:
    for n_people in (2, 3, 10):
        other = someone_else(n_people, np.random.default_rng(n_people))
        assert sorted(other) == list(range(n_people))
        assert np.all(other != np.arange(n_people))


def test_one_kind_of_score_is_refused() -> None:
    with pytest.raises(TooFewError, match="be of both kinds"):
        unlinkability(np.array([]), np.array([1.0]), rng=np.random.default_rng(0))
    with pytest.raises(TooFewError, match="at least 2 enrolled"):
        unlinkability_of_matrix(np.ones((1, 1)), np.array([0]), rng=np.random.default_rng(0))
