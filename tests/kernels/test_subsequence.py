"""Longest common subsequences, against the table that everybody learns first."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.subsequence import common_length, matched_places
from reid.typing import IntArray

sequences = st.lists(st.integers(0, 3), max_size=14).map(lambda symbols: np.array(symbols, dtype=np.int64))


def longest(one: IntArray, other: IntArray) -> int:
    table = np.zeros((one.size + 1, other.size + 1), dtype=np.int64)
    for i in range(one.size):
        for j in range(other.size):
            table[i + 1, j + 1] = (
                table[i, j] + 1 if one[i] == other[j] else max(table[i, j + 1], table[i + 1, j])
            )
    return int(table[-1, -1])


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(sequences, sequences)
def test_the_length_agrees_with_the_quadratic_oracle(one: IntArray, other: IntArray) -> None:
    assert common_length(one, other) == longest(one, other)


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(sequences, sequences)
def test_the_places_make_up_a_longest_common_subsequence(one: IntArray, other: IntArray) -> None:
    in_one, in_other = matched_places(one, other, 100)
    assert in_one.size == in_other.size == longest(one, other)
    np.testing.assert_array_equal(one[in_one], other[in_other])
    assert (np.diff(in_one) > 0).all()
    assert (np.diff(in_other) > 0).all()


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(sequences, sequences, st.integers(0, 3))
def test_beyond_the_limit_both_ends_are_matched(one: IntArray, other: IntArray, most: int) -> None:
    ends = np.array([7, 8], dtype=np.int64)
    in_one, in_other = matched_places(np.r_[ends, one, ends], np.r_[ends, other, ends], most)
    assert in_one.size >= 4
    np.testing.assert_array_equal(np.r_[ends, one, ends][in_one], np.r_[ends, other, ends][in_other])
