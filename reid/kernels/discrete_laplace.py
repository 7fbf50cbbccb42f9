"""The discrete Laplace law, drawn exactly: random bits in, whole numbers out, no floating point between."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import IntArray, UInt64Array

_SPENT = -1  #: a place in the bits that says: they did not suffice
_FARTHEST = 1 << 62
_WORD = 64  #: bits


@kernel
def discrete_laplace(
    words: UInt64Array, at: int, scale: IntArray, noise: IntArray, first: int
) -> tuple[int, int]:
    """Draw each ``noise[k]`` with probability proportional to ``exp(-abs(noise[k]) / scale[k])``.

    Parameters
    ----------
    words : uint64 array of shape (n_words,)
        Random bits, each word's lowest first; those of the last word are not used.
    at : int
        Place of the first bit to use.
    scale : int64 array of shape (n,)
        From 1 to ``2 ** 62``.
    noise : int64 array of shape (n,)
        Filled from ``first`` on, as far as the bits suffice. Noise further than ``2 ** 62`` from 0 is
        brought there.
    first : int
        Place of the first number to draw.

    Returns
    -------
    done : int
        Place of the first number that was not drawn; n where the bits sufficed.
    at : int
        Place of the first unused bit. The number at ``done`` begins with it in a later call, too:
        throwing away bits that it had already looked at would favour numbers that take few.

    Notes
    -----
    Algorithm 2 of [1]_ for a whole scale: with U uniform below the scale, kept with probability
    ``exp(-U / scale)``, and V the number of successes in a row of probability ``exp(-1)``, the sum
    ``U + scale * V`` is geometric; it gets a random sign, and a negative zero is drawn again. Every
    decision compares whole numbers that are exactly uniform.

    References
    ----------
    .. [1] Canonne, Kamath, Steinke (2020). The Discrete Gaussian for Differential Privacy. NeurIPS 2020.
    """
    before, n_bits = 1, 0
    for number in range(first, scale.size):
        if scale[number] != before:
            before, n_bits = scale[number], _bit_length(scale[number] - 1)
        value, after = _one(words, at, scale[number], n_bits)
        if after == _SPENT:
            return number, at
        noise[number], at = value, after
    return scale.size, at


@kernel
def _one(words: UInt64Array, at: int, scale: int, n_bits: int) -> tuple[int, int]:
    """Return one number and the place of the next unused bit; ``n_bits`` hold any number below the scale."""
    while True:
        rest, at = _rest(words, at, scale, n_bits)
        rounds, at = _rounds(words, at)
        is_negative, at = _bits(words, at, 1)
        size = _FARTHEST if rounds >= _FARTHEST // scale else rest + scale * rounds
        if at == _SPENT or not is_negative:
            return size, at
        if size:
            return -size, at


@kernel
def _rest(words: UInt64Array, at: int, scale: int, n_bits: int) -> tuple[int, int]:
    """Return r from ``0 .. scale - 1`` with probability proportional to ``exp(-r / scale)``."""
    while True:
        rest, at = _below(words, at, scale, n_bits)
        kept, at = _exp_minus(words, at, rest, scale, n_bits)
        if kept or at == _SPENT:
            return rest, at


@kernel
def _rounds(words: UInt64Array, at: int) -> tuple[int, int]:
    """Return the number of successes of probability ``exp(-1)`` before the first failure."""
    rounds = 0
    while True:
        more, at = _exp_minus(words, at, 1, 1, 0)
        if at == _SPENT or not more:
            return rounds, at
        rounds += 1


@kernel
def _exp_minus(words: UInt64Array, at: int, part: int, whole: int, n_bits: int) -> tuple[bool, int]:
    """Return True with probability ``exp(-part / whole)``, ``part`` at most ``whole``.

    Algorithm 1 of the paper: the first K at which a success of probability ``part / whole / K`` fails
    to come is odd with just that probability. ``n_bits`` hold any number below ``whole``.
    """
    k, k_bits = 1, 0
    while True:
        if k > 1:
            draw, at = _below(words, at, k, k_bits)
            if at == _SPENT or draw:
                return k % 2 == 1, at
        if part < whole:
            draw, at = _below(words, at, whole, n_bits)
            if at == _SPENT or draw >= part:
                return k % 2 == 1, at
        if k >> k_bits:
            k_bits += 1
        k += 1


@kernel
def _below(words: UInt64Array, at: int, bound: int, n_bits: int) -> tuple[int, int]:
    """Return a number uniform on ``0 .. bound - 1``; ``n_bits`` hold any number below ``bound``."""
    while True:
        draw, at = _bits(words, at, n_bits)
        if at == _SPENT or draw < bound:
            return draw, at


@kernel
def _bits(words: UInt64Array, at: int, n_bits: int) -> tuple[int, int]:
    """Return the next bits, 0 to 62 of them, as a number, and the place of the bit after them.

    Everything above stops where bits are spent, and then returns a number without meaning.
    """
    if at == _SPENT or at + n_bits >= (words.size - 1) * _WORD:
        return 0, _SPENT
    word, shift, unit = at // _WORD, np.uint64(at % _WORD), np.uint64(1)
    # In two steps, since a shift by a whole word is not defined; without a branch, which would cost more.
    drawn = (words[word] >> shift) | ((words[word + 1] << unit) << (np.uint64(_WORD - 1) - shift))
    # Signed, since numba makes floats of signed and unsigned numbers together.
    number = np.int64(drawn & ((unit << np.uint64(n_bits)) - unit))
    return number, at + n_bits  # type: ignore[return-value]


@kernel
def _bit_length(number: int) -> int:
    """Return how many bits a number takes; 0 takes none."""
    n_bits = 0
    while number:
        number >>= 1
        n_bits += 1
    return n_bits
