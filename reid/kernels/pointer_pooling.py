"""Pool the observations of pieces into samples: flat arrays in, matrices out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, FloatArray, IntArray

_AT_ONCE = 256  # observations, whose values and cells stay in the fastest memory


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
        total, count = sums[sample], counts[sample]
        for member in range(sample_offsets[sample], sample_offsets[sample + 1]):
            piece = members[member]
            for place in range(offsets[piece], offsets[piece + 1]):
                row = values[place]
                for column in range(n_columns):
                    is_known = row[column] == row[column]
                    total[column] += row[column] if is_known else 0.0
                    count[column] += 1.0 if is_known else 0.0
    return sums, counts


@kernel
def fill_cells(
    values: Array,
    columns: IntArray,
    edges: Array,
    edge_starts: IntArray,
    own: IntArray,
    own_cells: IntArray,
    own_starts: IntArray,
    given: IntArray,
    given_cells: IntArray,
    given_starts: IntArray,
    cells: Array,
) -> None:
    """Find the cell in which each observation falls, for each table of cells.

    Many values of a column are compared with every edge that any table has in it: nobody can guess where a
    value lies among edges that part equally many, and a wrong guess costs more than many comparisons at once.

    Parameters
    ----------
    values : float array of shape (n_observations, n_columns)
        NaN is missing.
    columns : int64 array of shape (n_used,)
        Columns that any table uses, each once.
    edges : array of shape (n_edges,), of the type of the values
        Edges of one used column after the other.
    edge_starts : int64 array of shape (n_used + 1,)
        Where those of each begin.
    own, given : int64 arrays of shape (n_tables,)
        Place in ``columns`` of the column whose bin is looked up and of the one whose bin is the slot.
    own_cells, given_cells : int64 arrays
        What the number of edges at or below the value adds to the number of the cell, and at the end what a
        missing value adds: so little that the sum is below 0.
    own_starts, given_starts : int64 arrays of shape (n_tables,)
        Where those of each table begin.
    cells : int array of shape (n_observations, n_tables)
        Takes the number of the cell; -1 where a value is missing.
    """
    at_once = np.zeros(_AT_ONCE, dtype=values.dtype)
    below = np.empty((columns.size, _AT_ONCE), dtype=np.int32)
    for first in range(0, values.shape[0], _AT_ONCE):
        n = min(_AT_ONCE, values.shape[0] - first)
        for number in range(columns.size):
            column, count = columns[number], below[number]
            for place in range(n):
                at_once[place] = values[first + place, column]
            count[:] = 0
            for edge in edges[edge_starts[number] : edge_starts[number + 1]]:
                for place in range(_AT_ONCE):
                    count[place] += edge <= at_once[place]
            missing = np.int32(edge_starts[number + 1] - edge_starts[number] + 1)
            for place in range(_AT_ONCE):
                count[place] = missing if np.isnan(at_once[place]) else count[place]
        for table in range(own.size):
            count, of_given = below[own[table]], below[given[table]]
            own_start, given_start = own_starts[table], given_starts[table]
            for place in range(n):
                cell = own_cells[own_start + count[place]] + given_cells[given_start + of_given[place]]
                cells[first + place, table] = max(cell, -1)


@kernel
def pool_cells(
    cells: Array, offsets: IntArray, sample_offsets: IntArray, members: IntArray, n_cells: int
) -> Array:
    """Count each sample's observations in each cell.

    Parameters
    ----------
    cells : int array of shape (n_observations, n_tables)
        As :func:`fill_cells` writes them.
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
        count = counts[sample]
        for member in range(sample_offsets[sample], sample_offsets[sample + 1]):
            piece = members[member]
            for place in range(offsets[piece], offsets[piece + 1]):
                row = cells[place]
                for table in range(row.size):
                    if row[table] >= 0:
                        count[row[table]] += 1
    return counts
