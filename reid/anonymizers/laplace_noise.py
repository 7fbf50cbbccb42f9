"""Exact discrete Laplace noise from a stream of random numbers."""

from typing import Final

import numpy as np

from reid.kernels.discrete_laplace import discrete_laplace
from reid.typing import IntArray, UInt64Array

_ALL_BITS: Final = 2**64 - 1
_WORDS_PER_NUMBER: Final = 2  # what most numbers need; where they need more, more is drawn
_MOST_WORDS: Final = 1 << 16  # at once: half a megabyte stays in the cache


def laplace_noise(rng: np.random.Generator, scale: IntArray) -> IntArray:
    """Draw one whole number per scale, with probability proportional to ``exp(-abs(number) / scale)``.

    No floating point is involved, hence none of the holes through which rounded noise tells what it was
    added to ([1]_). Where nothing but measuring is at stake,
    :func:`~reid.kernels.noise.discrete_laplace_noise` draws from the same law much faster.

    Parameters
    ----------
    rng : Generator
        Its bits decide everything: the same bits give the same noise, and the noise of a number does not
        depend on those after it.
    scale : int64 array of shape (n,)
        From 1 to ``2 ** 62``. The standard deviation is about ``sqrt(2)`` times as much.

    Returns
    -------
    int64 array of shape (n,)
        Noise further than ``2 ** 62`` from 0 is brought there.

    References
    ----------
    .. [1] Mironov (2012). On Significance of the Least Significant Bits for Differential Privacy. CCS 2012.
    """
    noise = np.empty_like(scale)
    words: UInt64Array = np.empty(0, dtype=np.uint64)
    done, at = 0, 0
    while done < scale.size:
        n_words = min(_WORDS_PER_NUMBER * (scale.size - done) + 8, _MOST_WORDS)
        fresh = rng.integers(0, _ALL_BITS, n_words, dtype=np.uint64, endpoint=True)
        words, at = np.concatenate([words[at // 64 :], fresh]), at % 64
        done, at = discrete_laplace(words, at, scale, noise, done)
    return noise
