"""Score kernels against slow and obvious oracles."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.scores import better_and_tied, half_wins, places_among, sums_without_each
from reid.typing import FloatArray

sorted_scores = st.lists(st.integers(0, 8), max_size=25).map(lambda x: np.sort(np.array(x, dtype=np.float64)))
matrices = st.tuples(st.integers(1, 6), st.integers(2, 5), st.integers(0, 10_000))


def matrix(shape: tuple[int, int, int]) -> tuple[FloatArray, np.ndarray]:
    n_probes, n_people, seed = shape
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (n_probes, n_people)).astype(np.float64)
    scores[rng.random(scores.shape) < 0.15] = np.nan
    return scores, rng.integers(0, n_people, n_probes)


@settings(max_examples=100, deadline=None)
@given(sorted_scores, sorted_scores)
def test_half_wins_agree_with_comparing_every_pair(genuine: FloatArray, impostor: FloatArray) -> None:
    expected = sum(2 * (mine > other) + (mine == other) for mine in genuine for other in impostor)
    assert half_wins(genuine, impostor) == expected


@settings(max_examples=100, deadline=None)
@given(sorted_scores.map(np.unique), st.lists(st.integers(-1, 9), max_size=20))
def test_places_agree_with_counting(values: FloatArray, scores: list[int]) -> None:
    expected = [2 * int((values < score).sum()) + int((values == score).any()) for score in scores]
    np.testing.assert_array_equal(places_among(values, np.array(scores, dtype=np.float64)), expected)


@settings(max_examples=100, deadline=None)
@given(matrices)
def test_better_and_tied_agree_with_a_look_at_each_person(shape: tuple[int, int, int]) -> None:
    scores, own = matrix(shape)
    better, tied = better_and_tied(scores, own)
    for probe, column in enumerate(own):
        others = np.delete(scores[probe], column)
        mine = scores[probe, column]
        failed = np.isnan(mine)
        assert better[probe] == (scores.shape[1] if failed else (others > mine).sum())
        assert tied[probe] == (0 if failed else (others == mine).sum())


@settings(max_examples=100, deadline=None)
@given(matrices)
def test_sums_without_each_person_agree_with_taking_the_person_away(shape: tuple[int, int, int]) -> None:
    scores, own = matrix(shape)
    worth = np.random.default_rng(shape[2] + 1).random((3, own.size))
    sums = sums_without_each(scores, own, *worth)
    for person in range(scores.shape[1]):
        expected = 0.0
        for probe in np.flatnonzero(own != person):
            mine, other = scores[probe, own[probe]], scores[probe, person]
            case = 2 if other > mine else 1 if other == mine else 0
            expected += worth[case, probe]
        np.testing.assert_allclose(sums[person], expected)
