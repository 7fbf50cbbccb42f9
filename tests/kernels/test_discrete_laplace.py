"""Exact discrete Laplace noise: by hand, beside the plainest reading of the paper, and held to its law."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reid.anonymizers.laplace_noise import laplace_noise
from reid.kernels.discrete_laplace import discrete_laplace
from reid.seeding import Streams

N_LAW = 200_000
NEVER = 1e-8  # noise from the operating system differs in every run
FARTHEST = 2**62


def words_of(bits: str) -> np.ndarray:
    """Return words that hold these bits, first bit first, and the last one that is not used."""
    padded = bits.ljust(-(-len(bits) // 64) * 64 + 64, "0")
    return np.array([int(padded[at : at + 64][::-1], 2) for at in range(0, len(padded), 64)], dtype=np.uint64)


def one_number(bits: str, scale: int) -> tuple[int, int]:
    """Return the number that these bits draw, and how many were used."""
    noise = np.zeros(1, dtype=np.int64)
    done, at = discrete_laplace(words_of(bits), 0, np.array([scale]), noise, 0)
    assert done == 1
    return int(noise[0]), at


@pytest.mark.parametrize(
    ("bits", "scale", "expected"),
    [
        ("1" + "0", 1, 0),  # no round, positive
        ("1" + "1" + "1" + "0", 1, 0),  # a negative zero is drawn again
        ("0" + "10" + "1" + "1", 1, -1),  # K = 2 comes, K = 3 fails: one round; then none; negative
        ("0" + "11" + "10" + "1" + "1", 1, -1),  # 3 is not below 3 and is drawn again
        # 3: K = 1 comes as 0 < 3, K = 2 fails, so it is not kept; 2: K = 1 fails, so it is; no round
        ("11" + "00" + "1" + "01" + "11" + "1" + "0", 4, 2),
    ],
)
def test_numbers_by_hand(bits: str, scale: int, expected: int) -> None:
    assert one_number(bits, scale) == (expected, len(bits))


def below(bits: Iterator[int], bound: int) -> int:
    while True:
        drawn = sum(next(bits) << place for place in range((bound - 1).bit_length()))
        if drawn < bound:
            return drawn


def exp_minus(bits: Iterator[int], gamma: Fraction, scale: int) -> bool:
    k = 1
    while below(bits, k) == 0 and (gamma == 1 or Fraction(below(bits, scale), scale) < gamma):
        k += 1
    return k % 2 == 1


def plainly(bits: Iterator[int], scale: int) -> int:
    """Algorithm 2 of Canonne, Kamath and Steinke for a whole scale, in fractions."""
    while True:
        rest = below(bits, scale)
        if not exp_minus(bits, Fraction(rest, scale), scale):
            continue
        rounds = 0
        while exp_minus(bits, Fraction(1), scale):
            rounds += 1
        size = rest + scale * rounds if scale * (rounds + 1) <= FARTHEST else FARTHEST
        is_negative = next(bits)
        if size or not is_negative:
            return -size if is_negative else size


def bits_of(words: np.ndarray) -> Iterator[int]:
    return (int(word) >> place & 1 for word in words for place in range(64))


scales = st.integers(1, 5) | st.integers(1, 10**6) | st.integers(0, 62).map(lambda power: 2**power)


@settings(max_examples=100, deadline=None)
@given(st.lists(scales, min_size=1, max_size=6), st.integers(0, 10**6))
def test_the_kernel_draws_what_the_paper_says(each: list[int], seed: int) -> None:
    words = np.random.default_rng(seed).integers(0, 2**64, 4000, dtype=np.uint64)
    noise = np.zeros(len(each), dtype=np.int64)
    done, _ = discrete_laplace(words, 0, np.array(each), noise, 0)
    assert done == len(each)
    bits = bits_of(words)
    assert noise.tolist() == [plainly(bits, scale) for scale in each]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2000), st.integers(1, 2**62), st.integers(0, 10**6))
def test_where_the_bits_are_cut_changes_nothing(n_words: int, scale: int, seed: int) -> None:
    words = np.random.default_rng(seed).integers(0, 2**64, 4000, dtype=np.uint64)
    each, whole, pieces = np.full(50, scale), np.zeros(50, dtype=np.int64), np.zeros(50, dtype=np.int64)
    ended = discrete_laplace(words, 0, each, whole, 0)
    done, at = discrete_laplace(words[:n_words], 0, each, pieces, 0)
    assert at <= 64 * (n_words - 1)
    assert discrete_laplace(words, at, each, pieces, done) == ended
    np.testing.assert_array_equal(pieces, whole)


def test_the_noise_of_a_number_does_not_depend_on_those_after_it() -> None:
    scale = np.random.default_rng(1).integers(1, 10**12, 100_000)
    rng, again = Streams(3)("a"), Streams(3)("a")
    np.testing.assert_array_equal(laplace_noise(rng, scale)[:70], laplace_noise(again, scale[:70]))
    assert laplace_noise(rng, scale[:0]).size == 0


def law_p_value(noise: np.ndarray, scale: float, edges: np.ndarray) -> float:
    """Return the chi-square p-value of whole numbers under the discrete Laplace law of a scale.

    Cells hold the numbers above one edge up to the next; the edges are whole.
    """
    ratio = np.exp(-1 / scale)
    below = ratio ** (-edges[edges < 0]) / (1 + ratio)  # P(Z <= edge)
    above = ratio ** (edges[edges >= 0] + 1) / (1 + ratio)  # P(Z > edge)
    cumulative = np.concatenate([[0], below, 1 - above, [1]])
    counts = np.bincount(np.searchsorted(edges, noise), minlength=edges.size + 1)
    return float(stats.chisquare(counts, np.diff(cumulative) * noise.size).pvalue)


def two_geometric(rng: np.random.Generator, scale: np.ndarray) -> np.ndarray:
    """Draw the same law in floating point: the difference of two geometric numbers."""
    success = -np.expm1(-1 / scale)
    return rng.geometric(success) - rng.geometric(success)


LAWS = [
    (1, np.arange(-4, 4)),
    (3, np.arange(-12, 12)),
    (1_000_000, np.arange(-4_000_000, 4_000_001, 250_000)),
    (2**40, np.arange(-4, 5) * 2**40),
]


@pytest.mark.parametrize("streams", [Streams(3), Streams.from_system()], ids=["seeded", "system"])
@pytest.mark.parametrize("draw", [laplace_noise, two_geometric])
@pytest.mark.parametrize(("scale", "edges"), LAWS, ids=[str(scale) for scale, _ in LAWS])
def test_noise_follows_its_law_and_is_told_from_noise_30_percent_off(
    scale: int, edges: np.ndarray, draw: object, streams: Streams
) -> None:
    noise = draw(streams("law", scale), np.full(N_LAW, scale))  # type: ignore[operator]
    assert law_p_value(noise, scale, edges) > NEVER
    for wrong in (0.7 * scale, 1.3 * scale):
        assert law_p_value(noise, wrong, edges) < NEVER


def test_noise_has_the_law_of_opendp() -> None:
    dp = pytest.importorskip("opendp.prelude", reason="OpenDP is not installed: pip install opendp")
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    theirs = np.array(dp.m.make_laplace(*space, scale=3.0)([0] * 50_000))
    ours = laplace_noise(Streams.from_system()("a"), np.full(50_000, 3))
    table = [np.bincount(np.clip(noise, -9, 9) + 9, minlength=19) for noise in (ours, theirs)]
    assert stats.chi2_contingency(table).pvalue > NEVER


def test_numbers_of_one_stream_are_independent() -> None:
    noise = laplace_noise(Streams(4)("a"), np.full(N_LAW, 50))
    cells = np.digitize(noise, [-40, 0, 40])
    table = np.bincount(4 * cells[:-1] + cells[1:], minlength=16).reshape(4, 4)
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_noise_that_leaves_64_bits_is_brought_to_the_farthest() -> None:
    noise = laplace_noise(Streams(5)("a"), np.full(1000, FARTHEST))
    assert np.abs(noise).max() == FARTHEST
    assert set(np.sign(noise[np.abs(noise) == FARTHEST])) == {-1, 1}
    assert np.mean(np.abs(noise) == FARTHEST) == pytest.approx(np.exp(-1), abs=0.06)
