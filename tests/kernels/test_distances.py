"""Distances over shared features, against sums written out one by one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.distances import scaled_manhattan_distances, squared_euclidean_distances
from reid.typing import FloatArray

VALUES = st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6))


@st.composite
def tables(draw: st.DrawFn) -> tuple[FloatArray, FloatArray, FloatArray]:
    n_probes, n_people, n_features = draw(st.integers(0, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 5))

    def table(n_rows: int, values: st.SearchStrategy[float]) -> FloatArray:
        cells = draw(st.lists(values, min_size=n_rows * n_features, max_size=n_rows * n_features))
        return np.array(cells, dtype=np.float64).reshape(n_rows, n_features)

    return table(n_probes, VALUES), table(n_people, VALUES), table(n_people, st.floats(1e-3, 1e6))


def naive(probes: FloatArray, templates: FloatArray, scales: FloatArray, power: int) -> FloatArray:
    rows = []
    for probe in probes:
        row = []
        for template, scale in zip(templates, scales, strict=True):
            terms = [
                abs((seen - known) / width) ** power
                for seen, known, width in zip(probe, template, scale, strict=True)
                if not np.isnan(seen) and not np.isnan(known)
            ]
            row.append(float("nan") if not terms else sum(terms) * len(probe) / len(terms))
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(len(probes), len(templates))


@settings(max_examples=60, deadline=None)
@given(tables())
def test_scaled_manhattan_agrees_with_sums_written_out(
    drawn: tuple[FloatArray, FloatArray, FloatArray],
) -> None:
    np.testing.assert_allclose(scaled_manhattan_distances(*drawn), naive(*drawn, power=1), rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_squared_euclidean_agrees_with_sums_written_out(
    drawn: tuple[FloatArray, FloatArray, FloatArray],
) -> None:
    probes, templates, scales = drawn
    found = squared_euclidean_distances(probes, templates)
    np.testing.assert_allclose(found, naive(probes, templates, np.ones_like(scales), power=2), rtol=1e-9)


def test_a_missing_feature_is_made_up_for_by_those_that_are_there() -> None:
    probes, templates = np.array([[1.0, np.nan], [np.nan, np.nan]]), np.array([[3.0, 5.0]])
    scaled = scaled_manhattan_distances(probes, templates, np.array([[4.0, 1.0]]))
    np.testing.assert_array_equal(scaled, [[1.0], [np.nan]])  # |1 - 3| / 4, twice
    np.testing.assert_array_equal(squared_euclidean_distances(probes, templates), [[8.0], [np.nan]])
