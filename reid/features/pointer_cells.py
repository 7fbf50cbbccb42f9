"""The cell in which each observation falls, for many tables of cells at once."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from reid.kernels.pointer_pooling import fill_cells
from reid.typing import Array, FloatArray, IntArray

_MISSING: Final = -(2**40)  # below 0 whatever is added
_FEW_CELLS: Final = 2**15


class CellTable(NamedTuple):
    """The bins of a column, in each bin of another one where that is named."""

    column: str
    edges: tuple[float, ...]  #: increasing inner borders; a bin holds its lower border
    given: str = ""
    given_edges: tuple[float, ...] = ()

    def n_cells(self) -> int:
        """Return the number of its cells."""
        return (len(self.edges) + 1) * (len(self.given_edges) + 1)


def cells_of(values: Array, names: Sequence[str], tables: Sequence[CellTable]) -> Array:
    """Find the cell in which each observation falls, in each table.

    Parameters
    ----------
    values : float array of shape (n_observations, n_columns)
        NaN is missing.
    names : sequence of str
        Names of the columns.
    tables : sequence of CellTable
        Their cells are numbered table by table, and in each of them slot by slot.

    Returns
    -------
    int16 or int32 array of shape (n_observations, n_tables)
        Number of the cell; -1 where a value is missing.
    """
    edges = _edges_by_column(tables)
    used = list(edges)
    own, given, first = [], [], 0
    for table in tables:
        n_bins = len(table.edges) + 1
        of_own = _bins(edges[table.column], table.edges)
        own.append(np.where(of_own < 0, _MISSING, first + of_own))
        of_given = _bins(edges[table.given or table.column], table.given_edges)
        given.append(np.where(of_given < 0, _MISSING if table.given else 0, n_bins * of_given))
        first += table.n_cells()
    cells = np.empty((len(values), len(tables)), dtype=np.int16 if first < _FEW_CELLS else np.int32)
    fill_cells(
        values,
        _whole([names.index(name) for name in used]),
        _not_below(np.array([edge for of_one in edges.values() for edge in of_one]), values.dtype),
        np.cumsum([0, *map(len, edges.values())], dtype=np.int64),
        _whole([used.index(table.column) for table in tables]),
        *_laid_out(own),
        _whole([used.index(table.given or table.column) for table in tables]),
        *_laid_out(given),
        cells,
    )
    return cells


def _edges_by_column(tables: Sequence[CellTable]) -> dict[str, list[float]]:
    """Return every edge that any table has in a column, for each column that is used."""
    edges: dict[str, set[float]] = {}
    for table in tables:
        edges.setdefault(table.column, set()).update(table.edges)
        if table.given:
            edges.setdefault(table.given, set()).update(table.given_edges)
    return {name: sorted(of_one) for name, of_one in edges.items()}


def _not_below(edges: FloatArray, dtype: np.dtype[Any]) -> Array:
    """Return the least numbers of a type from each edge on: they part its values alike."""
    nearest = edges.astype(dtype)
    return np.where(nearest < edges, np.nextafter(nearest, dtype.type(np.inf)), nearest)


def _bins(edges: list[float], wanted: tuple[float, ...]) -> IntArray:
    """Return the bin among the wanted edges by how many of all lie at or below a value; -1 at the end."""
    return np.append(np.searchsorted(wanted, [-np.inf, *edges], side="right"), -1).astype(np.int64)


def _laid_out(arrays: list[IntArray]) -> tuple[IntArray, IntArray]:
    """Return arrays end to end, and where each begins."""
    sizes = np.array([array.size for array in arrays], dtype=np.int64)
    return np.concatenate(arrays), np.cumsum(sizes) - sizes


def _whole(numbers: list[int]) -> IntArray:
    return np.array(numbers, dtype=np.int64)
