"""Large samples of scores: put in order, or narrowed down to where they cross, without comparing them.

A number's *key* is an unsigned integer that orders as the number does: its bits, turned round below zero. A
zero has one key, whatever its sign; NaN has none.
"""

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.scores import error_crossing_from
from reid.typing import FloatArray, IntArray

_DIGIT = 8  # bits that one pass looks at: wider digits take fewer passes, whose targets miss the cache
_N_DIGITS = 64 // _DIGIT
_DIGITS = 1 << _DIGIT
_BINS = 1 << 14  # their counts fit into the second-fastest cache
_FEW = 4096  # scores that are sorted rather than binned once more

_SIGN = np.uint64(1 << 63)
_ALL = np.uint64((1 << 64) - 1)
_ONE = np.uint64(1)


@kernel
def in_order(values: FloatArray) -> FloatArray:
    """Return numbers in ascending order.

    Parameters
    ----------
    values : float64 array of shape (n,), contiguous
        Numbers and infinities, no NaN.

    Returns
    -------
    float64 array of shape (n,)
        A sorted copy in which no zero has a sign. Sorted digit by digit from the lowest: time grows as n.
    """
    keys, other = np.empty((2, values.size), dtype=np.uint64)
    counts = np.zeros((_N_DIGITS, _DIGITS), dtype=np.uint64)
    bits = values.view(np.uint64)
    for place in range(values.size):
        key = _key(bits[place])
        keys[place] = key
        for digit in range(_N_DIGITS):
            counts[digit, _digit_of(key, digit)] += _ONE
    for digit in range(_N_DIGITS):
        count = counts[digit]
        if count.max() == values.size:  # all alike in this digit
            continue
        count[:] = np.cumsum(count) - count  # where the next number with each digit goes
        for place in range(values.size):
            key = keys[place]
            mine = _digit_of(key, digit)
            other[count[mine]] = key
            count[mine] += _ONE
        keys, other = other, keys
    for place in range(values.size):
        key = keys[place]
        other[place] = key ^ (_SIGN if key & _SIGN else _ALL)
    return other.view(np.float64)


@kernel
def crossing_of_unsorted(genuine: FloatArray, impostor: FloatArray) -> float:
    """Find where the ROC polyline of two samples crosses FMR = FNMR, without sorting more than is near it.

    Both are counted in bins of their keys; the bin in which the rates cross is binned again, until few scores
    are left of it. Only counts decide, so the result is that of sorted samples, bit by bit.

    Parameters
    ----------
    genuine, impostor : float64 arrays of shapes (n_genuine,) and (n_impostor,), contiguous
        Scores, not empty, without NaN.

    Returns
    -------
    float
        Equal error rate in ``[0, 1]``, as of :func:`~reid.kernels.scores.error_crossing`.
    """
    n_genuine, n_impostor = genuine.size, impostor.size
    rejected = passed_by = 0  # scores below all that are still looked at
    low, high = _reach(genuine, impostor)
    while genuine.size + impostor.size > _FEW and low < high:
        shift = np.uint64(0)
        while (high - low) >> shift >= np.uint64(_BINS):
            shift += _ONE
        genuine_counts, impostor_counts = np.zeros((2, _BINS), dtype=np.int64)
        _count(genuine, low, shift, genuine_counts)
        _count(impostor, low, shift, impostor_counts)
        chosen = 0
        while chosen < _BINS - 1:
            upto_genuine, upto_impostor = (
                rejected + genuine_counts[chosen],
                passed_by + impostor_counts[chosen],
            )
            if upto_genuine / n_genuine - (n_impostor - upto_impostor) / n_impostor >= 0:
                break
            rejected, passed_by = upto_genuine, upto_impostor
            chosen += 1
        genuine = _within(genuine, low, shift, chosen, genuine_counts[chosen])
        impostor = _within(impostor, low, shift, chosen, impostor_counts[chosen])
        low, high = _reach(genuine, impostor)
    return error_crossing_from(
        rejected, passed_by, n_genuine, n_impostor, np.sort(genuine), np.sort(impostor)
    )


@kernel
def _key(bits: np.uint64) -> np.uint64:
    key = bits ^ (_ALL if bits & _SIGN else _SIGN)
    return key + _ONE if bits == _SIGN else key  # both zeros are alike


@kernel
def _digit_of(key: np.uint64, digit: int) -> np.uint64:
    return (key >> np.uint64(digit * _DIGIT)) & np.uint64(_DIGITS - 1)


@kernel
def _reach(one: FloatArray, other: FloatArray) -> tuple[np.uint64, np.uint64]:
    """Return the lowest and the highest key of two samples."""
    low, high = _ALL, np.uint64(0)
    for values in (one, other):
        bits = values.view(np.uint64)
        for place in range(bits.size):
            key = _key(bits[place])
            low, high = min(low, key), max(high, key)
    return low, high


@kernel
def _count(values: FloatArray, low: np.uint64, shift: np.uint64, counts: IntArray) -> None:
    """Count the numbers in bins of keys, each ``2 ** shift`` wide from ``low`` on."""
    bits = values.view(np.uint64)
    for place in range(bits.size):
        counts[(_key(bits[place]) - low) >> shift] += 1


@kernel
def _within(values: FloatArray, low: np.uint64, shift: np.uint64, chosen: int, count: int) -> FloatArray:
    """Return the numbers of one bin, of which there are so many."""
    found, n_found = np.empty(count), 0
    bits = values.view(np.uint64)
    for place in range(bits.size):
        if (_key(bits[place]) - low) >> shift == np.uint64(chosen):
            found[n_found] = values[place]
            n_found += 1
    return found
