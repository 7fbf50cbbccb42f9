"""Random thresholds of a clock, by hand and by law."""

import numpy as np
import pytest
from scipy import stats

from reid.kernels.clock_grid import rounded_at_random


def test_a_random_threshold_holds_for_a_whole_cell() -> None:
    time_us = np.array([10, 30, 50, 130, 190, 200, 20, 60])
    uniform = np.array([0.3, 0.9, 0.0, 0.5, 0.0, 0.0, 0.99, 0.0])
    rounded = rounded_at_random(time_us, uniform, np.array([0, 6, 8]), 100)
    assert rounded.tolist() == [0, 0, 100, 100, 200, 200, 0, 0]  # thresholds 30, 50, 0 and 99


@pytest.mark.parametrize("rest", [0, 1, 37, 99])
def test_a_time_goes_up_as_often_as_keeps_its_mean(rest: int) -> None:
    n = 20_000
    uniform = np.random.default_rng(rest).random(n)
    rounded = rounded_at_random(np.full(n, 700 + rest), uniform, np.arange(n + 1), 100)
    ups = int((rounded == 800).sum())
    assert set(rounded.tolist()) <= {700, 800}
    assert stats.binomtest(ups, n, rest / 100).pvalue > 1e-3 if rest else ups == 0
