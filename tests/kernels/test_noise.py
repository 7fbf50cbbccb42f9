"""Noise by inversion: beside exact quantiles, and its law beside the exact sampler."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from reid.anonymizers.laplace_noise import laplace_noise as exact_laplace_noise
from reid.kernels.noise import discrete_laplace_noise, gaussian_noise, laplace_noise, uniform_noise
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray

CELL = 2.0**-53
ENDS = [0.0, CELL, 0.5 - CELL, 0.5, 0.5 + CELL, 1 - CELL]
numbers = st.integers(0, 2**53 - 1).map(lambda number: number * CELL) | st.sampled_from(ENDS)
N_LAW = 200_000


@settings(max_examples=200, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=20))
def test_gaussian_noise_is_the_quantile_in_the_middle_of_the_cell(uniform: list[float]) -> None:
    found = gaussian_noise(np.array(uniform), 1e12) / 1e12
    below = np.minimum(np.array(uniform) + CELL / 2, 0.5)
    above = np.minimum(1 - np.array(uniform) - CELL / 2, 0.5)
    expected = np.where(below < above, ndtri(below), -ndtri(above))
    np.testing.assert_allclose(found, expected, atol=2e-12)


@settings(max_examples=200, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=20), st.integers(0, 2**50))
def test_uniform_noise_deals_equal_parts_to_all_microseconds(uniform: list[float], largest_us: int) -> None:
    found = uniform_noise(np.array(uniform), largest_us)
    assert found.tolist() == [int(number * (2 * largest_us + 1)) - largest_us for number in uniform]
    assert np.abs(found).max() <= largest_us


@pytest.mark.parametrize(("draw", "law"), [(gaussian_noise, stats.norm), (laplace_noise, stats.laplace)])
def test_noise_follows_its_law_and_30_percent_off_is_caught(
    draw: Callable[[FloatArray, float], IntArray], law: Any
) -> None:
    noise_us = draw(Streams(3)("a").random(N_LAW), 10_000.0).astype(np.float64)
    assert stats.kstest(noise_us, law(scale=10_000).cdf).pvalue > 1e-3
    for wrong in (7_000, 13_000):
        assert stats.kstest(noise_us, law(scale=wrong).cdf).pvalue < 1e-9


def discrete(scale: int, seed: int) -> np.ndarray:
    return discrete_laplace_noise(Streams(seed)("a").random(N_LAW), np.array([scale]), np.array([0, N_LAW]))


def alike(one: np.ndarray, other: np.ndarray, scale: int) -> float:
    """Return the p-value of two samples of one law, in cells of a quarter of the scale."""
    width = max(1, scale // 4)
    last = 5 * scale // width
    cells = [np.clip(np.rint(sample / width), -last, last).astype(int) + last for sample in (one, other)]
    tables = [np.bincount(cell) for cell in cells]
    size = max(map(len, tables))
    table = np.array([np.pad(counts, (0, size - len(counts))) for counts in tables])
    return float(stats.chi2_contingency(table[:, table.sum(axis=0) > 20]).pvalue)


@pytest.mark.parametrize("scale", [1, 3, 50, 1_000_000])
def test_the_fast_sampler_has_the_law_of_the_exact_one_and_30_percent_off_is_caught(scale: int) -> None:
    fast, exact = discrete(scale, 1), exact_laplace_noise(Streams(2)("a"), np.full(N_LAW, scale))
    assert alike(fast, exact, scale) > 1e-3
    q = np.exp(-1 / scale)
    values, counts = np.unique(np.clip(fast, -3, 3), return_counts=True)
    if scale <= 3:
        inner = (1 - q) / (1 + q) * q ** np.abs(np.arange(-2, 3))
        outer = q**3 / (1 + q)
        expected = N_LAW * np.array([outer, *inner, outer])
        assert values.tolist() == list(range(-3, 4))
        assert stats.chisquare(counts, expected).pvalue > 1e-3
    for wrong in {max(1, round(0.7 * scale)), round(1.3 * scale + 0.5)} - {scale}:
        assert alike(discrete(wrong, 3), exact, scale) < 1e-9


def test_scales_are_those_of_the_sessions_and_the_farthest_noise_stays_within_64_bits() -> None:
    uniform = np.array([0.0, 1 - CELL, 0.5, 0.0, 0.25])
    noise = discrete_laplace_noise(uniform, np.array([2**62, 1, 100]), np.array([0, 3, 3, 5]))
    assert noise[:2].tolist() == [-(2**62), 2**62]
    assert 0 <= noise[2] < 1000
    assert -3800 < noise[3] < -3600  # 53 bits: no further than 36.7 scales
    assert noise[4] == -int(100 * (np.log(2) - np.log((1 + np.exp(-0.01)) / 2)))
