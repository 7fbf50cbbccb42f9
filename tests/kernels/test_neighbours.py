"""Distances to the nearest pieces, against sorting all of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from reid.kernels.neighbours import nearest_distances


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32), sizes=st.lists(st.integers(0, 6), min_size=1, max_size=5), k=st.integers(1, 4)
)
@pytest.mark.parametrize(("order", "metric"), [(1, "cityblock"), (2, "euclidean")])
def test_distances_agree_with_sorting_all_of_them(
    seed: int, sizes: list[int], k: int, order: int, metric: str
) -> None:
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    probes = rng.integers(-3, 4, (4, 3)).astype(np.float64)  # whole numbers, so that there are ties
    pieces = rng.integers(-3, 4, (offsets[-1], 3)).astype(np.float64)
    found = nearest_distances(probes, pieces, offsets, k, order)
    for person, size in enumerate(sizes):
        if size == 0:
            assert np.isnan(found[:, person]).all()
            continue
        every = cdist(probes, pieces[offsets[person] : offsets[person + 1]], metric)
        np.testing.assert_allclose(found[:, person], np.sort(every, axis=1)[:, :k].mean(axis=1), atol=1e-12)


def test_the_two_nearest_of_three_are_averaged() -> None:
    pieces = np.array([[5.0], [1.0], [-2.0]])
    found = nearest_distances(np.zeros((1, 1)), pieces, np.array([0, 3]), 2, 1)
    np.testing.assert_array_equal(found, [[1.5]])
