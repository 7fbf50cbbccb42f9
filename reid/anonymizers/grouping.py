"""People grouped by how they type and point."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np

from reid.anonymizers.acts import KINDS, N_KEY_KINDS, N_WAYS, Acts
from reid.kernels.mdav import mdav, v_mdav
from reid.typing import BoolArray, FloatArray, IntArray

_N_DIMENSIONS: Final = 5  # more of them keep neighbours apart that few people can tell apart
_FEWEST_SEEN: Final = 3.0  # of a column, by half of the people
_GAMMA: Final = 0.2  # of V-MDAV, for points without clear heaps (Solanas & Martinez-Balleste)
_LEAST_US: Final = 1000.0
_LEAST_PX: Final = 1.0

_GAPS: Final = N_KEY_KINDS  # first column of each kind
_ROLLOVER: Final = _GAPS + N_KEY_KINDS**2
_POINTING: Final = _ROLLOVER + 1
_SPEEDS: Final = _POINTING + (len(KINDS) - N_KEY_KINDS) * N_WAYS
_N_COLUMNS: Final = _SPEEDS + N_WAYS


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Sums over what each person did; every array has shape (n_people, n_columns).

    Columns are log hold by kind of key, log gap by kinds of both keys, whether keys overlap, log gap by kind
    of pointer act and way, and log speed of the pointer by way.
    """

    counts: FloatArray
    sums: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, acts: Acts, person: IntArray, n_people: int) -> Self:
        """Sum up the acts of people, numbered from 0 for each act."""
        key, later = acts.is_key, ~acts.is_first
        held = np.flatnonzero(~np.isnan(acts.hold_us))
        typed = np.flatnonzero(later & key & (acts.before < N_KEY_KINDS))
        overlaid = typed[~np.isnan(acts.hold_us[typed - 1])]
        pointed = np.flatnonzero(later & ~key)
        way_px = np.hypot(*(acts.to_px - acts.from_px)[pointed].T)
        log_gap = np.log(acts.gap_us + _LEAST_US)
        number = (acts.kind[pointed] - N_KEY_KINDS) * N_WAYS + acts.way[pointed]
        blocks = (
            (held, acts.kind[held], np.log(acts.hold_us[held] + _LEAST_US)),
            (typed, _GAPS + acts.before[typed] * N_KEY_KINDS + acts.kind[typed], log_gap[typed]),
            (overlaid, _ROLLOVER, acts.hold_us[overlaid - 1] > acts.gap_us[overlaid]),
            (pointed, _POINTING + number, log_gap[pointed]),
            (pointed, _SPEEDS + acts.way[pointed], np.log(way_px + _LEAST_PX) - log_gap[pointed]),
        )
        counts, sums, squares = np.zeros((3, n_people * _N_COLUMNS))
        for act, column, value in blocks:
            cell = person[act] * _N_COLUMNS + column
            counts += np.bincount(cell, minlength=counts.size)
            sums += np.bincount(cell, value, counts.size)
            squares += np.bincount(cell, value * value, counts.size)
        shape = n_people, _N_COLUMNS
        return cls(counts.reshape(shape), sums.reshape(shape), squares.reshape(shape))

    @classmethod
    def together(cls, parts: Sequence["Profiles"]) -> Self:
        """Return the sums of the people of several parts, at least one, in their order."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def of_people(self, people: IntArray) -> "Profiles":
        """Return the sums of these people, in this order."""
        return Profiles(self.counts[people], self.sums[people], self.squares[people])

    def coordinates(self) -> FloatArray:
        """Return the place of each person in few dimensions: float64, (n_people, n_dimensions), at most 5.

        Mean and spread of each column that half of the people have are standardised and drawn to the mean of
        all as far as they are chance; then come their first principal components.
        """
        common = np.mean(self.counts >= _FEWEST_SEEN, axis=0) >= 1 / 2  # of people
        counts, sums, squares = (total[:, common] for total in (self.counts, self.sums, self.squares))
        seen = counts >= _FEWEST_SEEN
        known = np.where(seen, counts, 1.0)
        mean = np.where(seen, sums / known, 0.0)
        variance = np.where(seen, np.maximum(squares / known - mean * mean, 0.0), 0.0)
        # The errors of a mean and, for a normal law, of a standard deviation.
        blocks = (mean, variance / known), (np.sqrt(variance), variance / (2 * known))
        table = np.hstack([_standardised(column, error, seen) for column, error in blocks])
        if not table.size:
            return np.zeros((table.shape[0], 1))
        _, _, directions = np.linalg.svd(table - table.mean(axis=0), full_matrices=False)
        return np.ascontiguousarray(table @ directions[:_N_DIMENSIONS].T)


def _standardised(column: FloatArray, error: FloatArray, seen: BoolArray) -> FloatArray:
    """Standardise columns, each value drawn to the mean of all by the part of it that is chance.

    Parameters
    ----------
    column, error : float64 arrays of shape (n_people, n_columns)
        Estimates and their variances; 0 where not seen.
    seen : bool array of shape (n_people, n_columns)
        Whether there is an estimate. The others are the mean of all.

    Returns
    -------
    float64 array of shape (n_people, n_columns)
    """
    n_seen = np.maximum(seen.sum(axis=0), 1)
    off = np.where(seen, column - column.sum(axis=0) / n_seen, 0.0)
    variance = (off * off).sum(axis=0) / n_seen
    between = np.maximum(variance - error.sum(axis=0) / n_seen, 0.0)
    whole = between + error
    kept = np.divide(between, whole, out=np.zeros_like(off), where=whole > 0)
    return np.asarray(np.divide(off * kept, np.sqrt(variance), out=np.zeros_like(off), where=variance > 0))


def grouped(coordinates: FloatArray, k: int, *, variable: bool) -> IntArray:
    """Return the group of each person, of at least k: int64, (n_people,)."""
    return v_mdav(coordinates, k, _GAMMA) if variable else mdav(coordinates, k)
