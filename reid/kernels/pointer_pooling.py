"""Pool the observations of pieces into samples: flat arrays in, matrices out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, FloatArray, IntArray


@kernel
def pool_values(
    values: FloatArray, offsets: IntArray, sample_offsets: IntArray, members: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Add up the columns of each sample's observations.

    Parameters
    ----------
    values : float64 array of shape (n_observations, n_columns)
        NaN is missing.
    offsets : int64 array of shape (n_pieces + 1,)
        Observations ``offsets[i] .. offsets[i + 1] - 1`` belong to piece i.
    sample_offsets, members : int64 arrays of shape (n_samples + 1,) and (n_members,)
        Sample i is pooled from pieces ``members[sample_offsets[i]:sample_offsets[i + 1]]``.

    Returns
    -------
    sums, counts : float64 arrays of shape (n_samples, n_columns)
        Sum and number of the values that are not missing.
    """
    n_samples, n_columns = sample_offsets.size - 1, values.shape[1]
    sums = np.zeros((n_samples, n_columns))
    counts = np.zeros((n_samples, n_columns))
    for sample in range(n_samples):
        for member in range(sample_offsets[sample], sample_offsets[sample + 1]):
            piece = members[member]
            for place in range(offsets[piece], offsets[piece + 1]):
                for column in range(n_columns):
                    value = values[place, column]
                    if not np.isnan(value):
                        sums[sample, column] += value
                        counts[sample, column] += 1
    return sums, counts


@kernel
def fill_cells(
    values: Array,
    slots: IntArray,
    columns: IntArray,
    given: IntArray,
    edges: FloatArray,
    edge_starts: IntArray,
    first_cells: IntArray,
) -> Array:
    """Find the cell in which each observation falls, for each table of cells.

    Parameters
    ----------
    values : float array of shape (n_observations, n_columns)
        NaN is missing.
    slots : int64 array of shape (n_tables,)
        Number of slots of each table.
    columns, given : int64 arrays of shape (n_tables,)
        Column whose bin is looked up, and column whose bin is the slot; -1 for a table of one slot.
    edges : float64 array
        Increasing inner borders of the bins of each table, then of its slots; a bin holds its lower border.
    edge_starts : int64 array of shape (2 * n_tables + 1,)
        Where they begin.
    first_cells : int64 array of shape (n_tables,)
        First cell of each table; its cells are numbered slot by slot.

    Returns
    -------
    int32 array of shape (n_observations, n_tables)
        Number of the cell; -1 where a value is missing.
    """
    cells = np.full((values.shape[0], slots.size), -1, dtype=np.int32)
    for place in range(values.shape[0]):
        for table in range(slots.size):
            value = values[place, columns[table]]
            if np.isnan(value):
                continue
            own = edges[edge_starts[2 * table] : edge_starts[2 * table + 1]]
            slot = 0
            if given[table] >= 0:
                other = values[place, given[table]]
                if np.isnan(other):
                    continue
                slot = _bin_of(other, edges[edge_starts[2 * table + 1] : edge_starts[2 * table + 2]])
            cells[place, table] = first_cells[table] + slot * (own.size + 1) + _bin_of(value, own)
    return cells


@kernel
def _bin_of(value: float, edges: FloatArray) -> int:
    """Count the edges at or below the value."""
    low, high = 0, edges.size
    while low < high:
        middle = (low + high) // 2
        if edges[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def pool_cells(
    cells: Array, offsets: IntArray, sample_offsets: IntArray, members: IntArray, n_cells: int
) -> Array:
    """Count each sample's observations in each cell.

    Parameters
    ----------
    cells : int32 array of shape (n_observations, n_tables)
        As :func:`fill_cells` returns them.
    offsets, sample_offsets, members
        As for :func:`pool_values`.
    n_cells : int
        A number above every cell.

    Returns
    -------
    float32 array of shape (n_samples, n_cells)
        Number of observations.
    """
    counts = np.zeros((sample_offsets.size - 1, n_cells), dtype=np.float32)
    for sample in range(sample_offsets.size - 1):
        for member in range(sample_offsets[sample], sample_offsets[sample + 1]):
            piece = members[member]
            for place in range(offsets[piece], offsets[piece + 1]):
                for table in range(cells.shape[1]):
                    if cells[place, table] >= 0:
                        counts[sample, cells[place, table]] += 1
    return counts
