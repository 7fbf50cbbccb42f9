"""Cells of observations, against counting edge by edge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.features.pointer_cells import CellTable, cells_of

NAMES = ("one", "other")
TABLES = [
    CellTable("one", (-1.5, 0.1, 0.3)),
    CellTable("other", (0.0,), "one", (0.1, 2.0)),
    CellTable("one", ()),
    CellTable("one", (0.1, 0.2), "one", (-3.0,)),
]
numbers = st.sampled_from(
    [np.nan, -np.inf, np.inf, -3.0, -1.5, -0.0, 0.0, 0.1, float(np.float32(0.1)), 0.2, 0.3, 2.0, 7.0]
)


def slow_cells(values: np.ndarray) -> list[list[int]]:
    rows = []
    for row in values.astype(np.float64):
        cells, first = [], 0
        for table in TABLES:
            value = row[NAMES.index(table.column)]
            other = row[NAMES.index(table.given)] if table.given else 0.0
            own = sum(edge <= value for edge in table.edges)
            slot = sum(edge <= other for edge in table.given_edges)
            missing = np.isnan(value) or np.isnan(other)
            cells.append(-1 if missing else first + slot * (len(table.edges) + 1) + own)
            first += table.n_cells()
        rows.append(cells)
    return rows


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(rows=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_bin_holds_its_lower_border_in_either_precision(
    dtype: type[np.floating], rows: list[tuple[float, float]]
) -> None:
    values = np.array(rows, dtype=dtype)
    assert cells_of(values, NAMES, TABLES).tolist() == slow_cells(values)


def test_more_observations_than_are_taken_at_once_fall_in_the_same_cells() -> None:
    values = np.random.default_rng(3).normal(size=(1000, 2))
    values[::7, 0] = np.nan
    assert cells_of(values, NAMES, TABLES).tolist() == slow_cells(values)


def test_many_cells_are_numbered_in_more_bits() -> None:
    wide = CellTable("one", tuple(float(edge) for edge in range(200)), "other", tuple(map(float, range(200))))
    values = np.array([[1e3, 1e3], [np.nan, 0.0]])
    assert cells_of(values, NAMES, [wide]).tolist() == [[201 * 201 - 1], [-1]]
