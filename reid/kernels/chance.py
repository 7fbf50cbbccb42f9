"""Random numbers within compiled loops: one small generator per session or person, from a named stream.

A generator of NumPy costs more to make and to hand to compiled code than a short session takes to draw. The
state is a single word, so sessions are independent of each other and of how they are cut into parts. Who
sees a few numbers knows all others: it serves measuring, never what must stay secret.

References
----------
.. [1] Steele, Lea, Flood (2014). Fast splittable pseudorandom number generators. OOPSLA 2014 (SplitMix64).
"""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, FloatArray, IntArray, UInt64Array

_STRIDE = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_UNIT = 2.0**-53


@kernel
def uniform(state: Array) -> float:
    """Draw a number from ``[0, 1)`` and move the state, a uint64 array of shape (1,), on."""
    state[0] += _STRIDE
    return _mixed(state[0])


@kernel
def _mixed(word: np.uint64) -> float:
    """Return the number that comes of a state."""
    word = (word ^ (word >> np.uint64(30))) * _FIRST
    word = (word ^ (word >> np.uint64(27))) * _SECOND
    word ^= word >> np.uint64(31)
    return np.int64(word >> np.uint64(11)) * _UNIT  # signed, which turns into a float faster


@kernel
def uniform_streams(states: UInt64Array, bounds: IntArray) -> FloatArray:
    """Draw numbers from many generators, laid end to end.

    Parameters
    ----------
    states : uint64 array of shape (n_streams,)
        State of each generator.
    bounds : int64 array of shape (n_streams + 1,)
        Place of each generator's first number, then how many numbers there are.

    Returns
    -------
    float64 array of shape (n,)
        Uniform on the multiples of ``2 ** -53`` in ``[0, 1)``. What a generator gives depends neither on how
        much is drawn from it nor on the others.
    """
    drawn = np.empty(bounds[-1])
    for stream in range(states.size):
        state = states[stream]
        for place in range(bounds[stream], bounds[stream + 1]):
            state += _STRIDE
            drawn[place] = _mixed(state)
    return drawn


@kernel
def normal(state: Array) -> float:
    """Draw a standard normal number (Box and Muller)."""
    radius = np.sqrt(-2 * np.log(1 - uniform(state)))
    return float(radius * np.cos(2 * np.pi * uniform(state)))


@kernel
def exponential(state: Array) -> float:
    """Draw an exponential number of mean 1."""
    return float(-np.log(1 - uniform(state)))


@kernel
def choice(state: Array, reach: FloatArray) -> int:
    """Draw a place in ``reach``, the running sums of probabilities; the last is 1."""
    aim = uniform(state) * reach[-1]
    for place in range(reach.size - 1):
        if aim < reach[place]:
            return place
    return int(reach.size - 1)
