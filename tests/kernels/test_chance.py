"""Small generators, beside what their authors give."""

import numpy as np
from scipy import stats

from reid.kernels.chance import uniform, uniform_streams

#: First words of SplitMix64 from state 1234567, as its reference implementation gives them.
REFERENCE = (6457827717110365317, 3203168211198807973, 9817491932198370423)


def test_numbers_are_the_upper_bits_of_the_reference_words() -> None:
    drawn = uniform_streams(np.array([1234567], dtype=np.uint64), np.array([0, 3]))
    assert [int(number * 2**53) for number in drawn] == [word >> 11 for word in REFERENCE]


def test_a_stream_is_that_of_one_generator_whatever_is_drawn_beside_it() -> None:
    states = np.array([5, 2**64 - 1, 7], dtype=np.uint64)
    drawn = uniform_streams(states, np.array([0, 4, 4, 9]))
    for state, numbers in ((5, drawn[:4]), (7, drawn[4:])):
        one = np.array([state], dtype=np.uint64)
        assert [uniform(one) for _ in numbers] == numbers.tolist()
    longer = uniform_streams(states[:1], np.array([0, 40]))
    np.testing.assert_array_equal(longer[:4], drawn[:4])


def test_numbers_of_one_stream_and_first_numbers_of_many_are_uniform_and_independent() -> None:
    states = np.random.default_rng(3).integers(0, 2**64, 40_000, dtype=np.uint64)
    many = uniform_streams(states, np.arange(40_001))
    one = uniform_streams(states[:1], np.array([0, 40_000]))
    for numbers in (many, one):
        assert stats.kstest(numbers, "uniform").pvalue > 1e-3
        pairs, *_ = np.histogram2d(numbers[:-1], numbers[1:], bins=16, range=[[0, 1], [0, 1]])
        assert stats.chisquare(pairs.ravel()).pvalue > 1e-3
        assert stats.kstest(0.7 * numbers, "uniform").pvalue < 1e-9
