"""What pointer kernels are made of, against slow and obvious oracles."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.pointer import BUTTON_DOWN, MOVE
from reid.kernels.pointer_angles import angle_of, wrapped
from reid.kernels.pointer_clock import clock_counts
from reid.kernels.pointer_crossings import crossings
from reid.kernels.pointer_order import ROOM, put_in_order, quantile

Place = tuple[float, float]


def test_tabled_angles_are_those_of_the_arctangent_to_the_bit() -> None:
    near = [*range(-98, 99, 3), -97, -96, -1, 0, 1, 95, 96, 97, 0.5, -0.25, 1e9]
    for dx, dy in product(near, near):
        assert angle_of(float(dx), float(dy)) == math.atan2(dy, dx)
    assert math.copysign(1, angle_of(1.0, -0.0)) == -1
    assert angle_of(-1.0, -0.0) == -math.pi


@pytest.mark.parametrize(
    ("angle", "same"), [(0.5, 0.5), (math.pi, math.pi), (-math.pi, math.pi), (4.0, 4 - 2 * math.pi)]
)
def test_angles_are_brought_into_one_turn(angle: float, same: float) -> None:
    assert wrapped(angle) == same


@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 255, 256, 257, 400])
@pytest.mark.parametrize("kinds", [2, 20, 10**6])
def test_numbers_are_put_in_order(n: int, kinds: int) -> None:
    values = np.random.default_rng(n).integers(0, kinds, n) / 7
    ordered = np.full(n + 3, np.nan)
    put_in_order(values, ordered, np.empty(ROOM), np.empty(ROOM, dtype=np.int32))
    np.testing.assert_array_equal(ordered[:n], np.sort(values))
    assert np.isnan(ordered[n:]).all()
    for share in (0.25, 0.5, 0.9):
        assert quantile(ordered, n, share) == pytest.approx(np.quantile(values, share), rel=1e-12)


def _side(of: Place, start: Place, stop: Place) -> float:
    return (stop[0] - start[0]) * (of[1] - start[1]) - (stop[1] - start[1]) * (of[0] - start[0])


def _cross(a: Place, b: Place, c: Place, d: Place) -> bool:
    return _side(c, a, b) * _side(d, a, b) < 0 and _side(a, c, d) * _side(b, c, d) < 0


@given(st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=2, max_size=45))
@settings(max_examples=150, deadline=None)
def test_crossings_are_counted_pair_by_pair(path: list[Place]) -> None:
    x, y = np.array(path, dtype=np.float64).T.copy()
    wanted = sum(
        _cross(path[early], path[early + 1], path[late], path[late + 1])
        for late in range(len(path) - 1)
        for early in range(max(0, late - 24), late - 1)
    )
    assert crossings(x, y) == wanted


def test_a_path_that_goes_one_way_meets_no_crossing_and_a_loop_one() -> None:
    assert crossings(np.array([0.0, 1, 1, 2, 5]), np.array([0.0, 4, -4, 4, -4])) == 0
    assert crossings(np.array([0.0, 4, 4, 2]), np.array([0.0, 0, 2, -2])) == 1


def test_the_clock_is_counted_run_by_run() -> None:
    point_us = np.array([0, 0, 8000, 80_000, 80_001, 5000, 5000, 16_000])
    code = np.array([MOVE, MOVE, MOVE, MOVE, MOVE, BUTTON_DOWN, MOVE, MOVE], dtype=np.uint8)
    counts = clock_counts(point_us, code, np.array([0, 5, 5, 8]))
    np.testing.assert_array_equal(counts, [[4, 1, 5, 4, 3, 4, 3, 3], [0] * 8, [2, 1, 2, 2, 1, 1, 0, 1]])
