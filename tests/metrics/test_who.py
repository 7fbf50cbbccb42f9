"""Who is found: the numbers under which people stand in a report."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.metrics.who import most_found_first, spread_over_people


def test_people_stand_by_how_often_and_then_by_how_clearly_they_are_found() -> None:
    scores = np.array([[5.0, 4.0, 0.0], [0.0, 9.0, 1.0], [3.0, 0.0, 2.0], [0.0, 9.0, 1.0], [8.0, 1.0, 1.0]])
    truth = np.array([0, 1, 2, 1, 0])
    assert most_found_first(scores, truth).tolist() == [1, 0, 2]  # 1 by 8, 0 by 1 and 7; 2 is never found


def test_a_failed_comparison_and_a_stranger_move_nobody_up() -> None:
    scores = np.array([[np.nan, 1.0, 0.0], [0.0, 1.0, 0.5], [0.0, 0.0, 9.0]])
    assert most_found_first(scores, np.array([0, 1, -1])).tolist() == [1, 0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_the_order_is_that_of_the_rates_and_not_of_the_columns(seed: int, n_people: int) -> None:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(n_people), 3)
    scores = rng.normal(size=(truth.size, n_people)) + np.eye(n_people)[truth]
    order = most_found_first(scores, truth)
    hit = scores.argmax(axis=1) == truth
    rate = np.array([hit[truth == person].mean() for person in order])
    assert np.allclose(rate, spread_over_people(scores, truth, rng=rng).rank_1)
    moved = rng.permutation(n_people)  # the same people under other names
    again = most_found_first(scores[:, moved], np.argsort(moved)[truth])
    assert moved[again].tolist() == order.tolist()
