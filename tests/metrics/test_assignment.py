from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reid.metrics.assignment import one_to_one as assigned
from reid.metrics.estimate import Estimate


def one_to_one(scores: np.ndarray, truth: np.ndarray) -> Estimate:
    return assigned(scores, truth, rng=np.random.default_rng(0))


SQUARE = st.integers(2, 5).flatmap(
    lambda n: arrays(np.float64, (n, n), elements=st.floats(-5, 5, width=16), unique=True)
)


def by_trying_all(scores: np.ndarray) -> set[float]:
    """Return the shares right of the best of all assignments; several where they are equally good."""
    scaled = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    n = len(scores)
    total = {order: sum(scaled[row, order[row]] for row in range(n)) for order in permutations(range(n))}
    best = max(total.values())
    shares = (np.mean(np.array(order) == np.arange(n)) for order in total if total[order] > best - 1e-9)
    return {round(float(share), 6) for share in shares}


@given(SQUARE)
def test_it_is_the_best_of_all_assignments(scores: np.ndarray) -> None:
    found = one_to_one(scores, np.arange(len(scores)))
    assert round(found.value, 6) in by_trying_all(scores)
    assert found.chance == 1 / len(scores)


def test_it_names_people_whom_rank_one_misses() -> None:
    """Person 0 looks like person 1 to the attacker, but 1 is taken by one who looks still more like it."""
    scores = np.array([[0.8, 0.9, 0.0], [0.0, 1.0, 0.1], [0.1, 0.0, 0.7]])
    assert (scores.argmax(axis=1) == [0, 1, 2]).mean() == pytest.approx(2 / 3)
    assert one_to_one(scores, np.arange(3)).value == 1


def test_all_probes_of_a_pseudonym_are_pooled_and_strangers_left_out() -> None:
    good, bad = [1.0, 0.0, 0.0], [0.2, 0.3, 0.0]
    scores = np.array([good, good, bad, [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert one_to_one(scores, np.array([0, 0, 0, 1, -1])).n_people == 2
    assert one_to_one(scores, np.array([0, 0, 0, 1, -1])).value == 1


def test_failed_comparisons_are_the_lowest_and_a_probe_without_any_tells_nothing() -> None:
    scores = np.array([[np.nan, 1.0], [np.nan, np.nan]])
    assert one_to_one(scores, np.array([1, 0])).value == 1


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_where_all_are_alike_people_are_named_by_chance(value: float) -> None:
    found = one_to_one(np.full((20, 20), value), np.arange(20))
    assert found.value == pytest.approx(1 / 20, abs=0.05)
    assert found.low < 1 / 20


def test_a_few_scores_among_failed_ones_name_few() -> None:
    scores = np.full((20, 20), np.nan)
    scores[:5] = np.random.default_rng(1).normal(size=(5, 20))
    assert one_to_one(scores, np.arange(20)).value < 0.2


def test_shuffled_people_fall_to_chance() -> None:
    rng = np.random.default_rng(0)
    values = [one_to_one(rng.normal(size=(20, 20)), np.arange(20)).value for _ in range(100)]
    assert np.mean(values) == pytest.approx(1 / 20, abs=0.02)
