"""Ordering and narrowing of large samples against sorting, with ties, infinities and zeros of both signs."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reid.kernels.score_order import crossing_of_unsorted, in_order
from reid.kernels.scores import error_crossing
from reid.typing import FloatArray

numbers = arrays(np.float64, st.integers(1, 60), elements=st.floats(allow_nan=False))

#: How some thousand scores may lie: more than are sorted at once, so that bins are made.
LIES = {
    "a normal law": lambda rng, n: rng.normal(size=n),
    "few levels": lambda rng, n: rng.integers(-3, 4, n).astype(np.float64),
    "one level": lambda _, n: np.full(n, 0.25),
    "near one": lambda rng, n: 1 - 1e-12 * rng.random(n),
    "next neighbours": lambda rng, n: (np.float64(0.5).view(np.int64) + rng.integers(0, 5, n)).view(
        np.float64
    ),
    "every size": lambda rng, n: rng.choice([-1.0, 1.0], n) * 10.0 ** rng.integers(-300, 300, n),
    "ends of the line": lambda rng, n: rng.choice([-np.inf, -1.0, 0.5, np.inf], n),
    "zeros of both signs": lambda rng, n: rng.choice([-0.0, 0.0, 5e-324, -5e-324], n),
}


def exact_crossing(genuine: FloatArray, impostor: FloatArray) -> Fraction:
    """Walk up all distinct scores with exact fractions."""
    before = Fraction(0), Fraction(1)
    for level in [*np.unique(np.concatenate([genuine, impostor])), None]:
        below = np.ones_like if level is None else lambda scores, at=level: scores < at
        fnmr = Fraction(int(below(genuine).sum()), genuine.size)
        fmr = 1 - Fraction(int(below(impostor).sum()), impostor.size)
        if fnmr >= fmr:
            gap, next_gap = before[0] - before[1], fnmr - fmr
            return before[0] - gap / (next_gap - gap) * (fnmr - before[0])
        before = fnmr, fmr
    raise AssertionError


@settings(max_examples=200, deadline=None)
@given(numbers)
def test_order_is_that_of_sorting(values: FloatArray) -> None:
    before = values.copy()
    np.testing.assert_array_equal(in_order(values), np.sort(values))
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("lie", LIES)
def test_order_of_many_is_that_of_sorting(lie: str) -> None:
    values = LIES[lie](np.random.default_rng(1), 5000)
    np.testing.assert_array_equal(in_order(values), np.sort(values))


def test_nothing_stays_nothing_in_order() -> None:
    assert in_order(np.empty(0)).size == 0


@pytest.mark.parametrize("shift", [0.0, 0.5, -2.0])
@pytest.mark.parametrize("lie", LIES)
def test_the_narrowed_crossing_has_the_bits_of_the_sorted_one(lie: str, shift: float) -> None:
    rng = np.random.default_rng(2)
    for n_genuine, n_impostor in ((7000, 9000), (3, 8000), (8000, 3)):
        genuine, impostor = LIES[lie](rng, n_genuine), LIES[lie](rng, n_impostor)
        if shift:
            genuine = genuine + shift
        assert crossing_of_unsorted(genuine, impostor) == error_crossing(np.sort(genuine), np.sort(impostor))


def test_two_zeros_of_other_sign_are_a_tie() -> None:
    genuine, impostor = np.full(5000, -0.0), np.full(5000, 0.0)
    assert crossing_of_unsorted(genuine, impostor) == 0.5
    # Were a negative zero lower, the first half of the genuine scores would be rejected for nothing.
    genuine[:2500] = 1.0
    impostor[:2500] = -1.0
    assert crossing_of_unsorted(genuine, impostor) == 0.25


@pytest.mark.parametrize("lie", ["a normal law", "few levels", "ends of the line", "zeros of both signs"])
def test_the_narrowed_crossing_is_exact(lie: str) -> None:
    rng = np.random.default_rng(3)
    genuine, impostor = LIES[lie](rng, 300), LIES[lie](rng, 4500)
    found = crossing_of_unsorted(genuine, impostor)
    assert found == pytest.approx(float(exact_crossing(genuine, impostor)), rel=1e-14)
