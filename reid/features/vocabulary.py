"""Which keys, digraphs and trigraphs are listed, and where bins end: learnt on people that are not tested."""

import numpy as np

from reid.errors import TooFewError
from reid.events.keys import KEYS
from reid.features.presses import Presses, presses_of
from reid.samples.table import SampleTable
from reid.typing import FloatArray, IntArray

_N = len(KEYS)


def presses_to_learn_from(train: SampleTable) -> Presses:
    """Return the presses of every piece of the samples, each piece once.

    Raises
    ------
    TooFewError
        There is no key press.
    """
    pieces = np.unique(train.membership()[1])
    presses = presses_of(train.pieces).of_pieces(pieces)
    if not presses.key.size:
        raise TooFewError.of("the samples to learn from", must="hold key presses", found="none")
    return presses


def _most_frequent(codes: IntArray, most: int) -> IntArray:
    """Return the most frequent codes, in increasing order; of equally frequent ones the lowest."""
    found, counts = np.unique(codes, return_counts=True)
    return np.sort(found[np.argsort(-counts, kind="stable")[:most]])


def frequent_keys(presses: Presses, most: int) -> tuple[int, ...]:
    """Return the numbers of the ``most`` most frequent keys."""
    return tuple(_most_frequent(presses.key.astype(np.int64), most).tolist())


def frequent_digraphs(presses: Presses, most: int) -> tuple[tuple[int, int], ...]:
    """Return the key numbers of the ``most`` most frequent digraphs."""
    later = np.flatnonzero(~np.isnan(presses.dd_us))
    key = presses.key.astype(np.int64)
    codes = _most_frequent(key[later - 1] * _N + key[later], most)
    return tuple((code // _N, code % _N) for code in codes.tolist())


def frequent_trigraphs(presses: Presses, most: int) -> tuple[tuple[int, int, int], ...]:
    """Return the key numbers of the ``most`` most frequent trigraphs."""
    has_prior = ~np.isnan(presses.dd_us)
    last = np.flatnonzero(has_prior[1:] & has_prior[:-1]) + 1
    key = presses.key.astype(np.int64)
    codes = _most_frequent((key[last - 2] * _N + key[last - 1]) * _N + key[last], most)
    return tuple((code // _N**2, code // _N % _N, code % _N) for code in codes.tolist())


def quantile_edges(values_us: FloatArray, n_bins: int) -> tuple[float, ...]:
    """Return the inner borders of bins that hold equally many values; fewer where values repeat.

    Missing values are passed over. A constant has no borders: its one bin tells nothing.

    Examples
    --------
    >>> quantile_edges(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 2)
    (3.0,)
    >>> quantile_edges(np.array([7.0, 7.0, np.nan]), 4)
    ()
    """
    known = values_us[~np.isnan(values_us)]
    if not known.size:
        return ()
    edges = np.unique(np.quantile(known, np.arange(1, n_bins) / n_bins))
    return tuple(edges[edges > known.min()].tolist())
