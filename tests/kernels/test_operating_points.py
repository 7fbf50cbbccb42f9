"""Operating points and the way between them against counting and NumPy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reid.kernels.operating_points import distinct_rates, operating_points, way_along
from reid.typing import FloatArray

numbers = arrays(np.float64, st.integers(1, 60), elements=st.floats(allow_nan=False))
levels = arrays(np.float64, st.integers(1, 60), elements=st.integers(0, 12).map(float))


@settings(max_examples=200, deadline=None)
@given(numbers, numbers)
def test_operating_points_are_those_of_counting(genuine: FloatArray, impostor: FloatArray) -> None:
    threshold, fmr, fnmr = operating_points(np.sort(genuine), np.sort(impostor))
    expected = np.append(np.unique(np.concatenate([genuine, impostor])), np.inf)
    np.testing.assert_array_equal(threshold, expected)
    np.testing.assert_array_equal(fmr, [(impostor >= level).sum() / impostor.size for level in expected])
    np.testing.assert_array_equal(fnmr, [(genuine < level).sum() / genuine.size for level in expected])


def test_rates_that_repeat_are_kept_once() -> None:
    assert distinct_rates(np.array([1.0, 1.0, 0.5, 0.0, 0.0])).tolist() == [1.0, 0.5, 0.0]


@settings(max_examples=200, deadline=None)
@given(levels | numbers, levels | numbers)
def test_the_way_has_the_bits_of_adding_up_every_step(genuine: FloatArray, impostor: FloatArray) -> None:
    _, fmr, fnmr = operating_points(np.sort(genuine), np.sort(impostor))
    x, y = np.sqrt(fmr), np.exp(fnmr)
    expected = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    found = way_along(fmr, fnmr, np.sqrt(distinct_rates(fmr)), np.exp(distinct_rates(fnmr)))
    np.testing.assert_array_equal(found, expected)
