"""Searches for people of whom some are not enrolled, against doing each search."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import ParameterError, TooFewError
from reid.metrics.open_set import missed_at
from reid.typing import FloatArray, IntArray


def some_scores(seed: int, n_people: int = 12) -> tuple[FloatArray, IntArray]:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(n_people), rng.integers(3, 6, n_people))
    scores = rng.normal(size=(truth.size, n_people))
    scores[np.arange(truth.size), truth] += 2
    scores[rng.random(scores.shape) < 0.03] = np.nan
    return scores, truth


def missed_by_searching(scores: FloatArray, truth: IntArray, fpir: float) -> float:
    """Lower the threshold from search to search until too many are named who are not enrolled."""
    filled = np.where(np.isnan(scores), -np.inf, scores)
    each = 1 / np.bincount(truth)[truth] / np.unique(truth).size
    highest = np.array([np.delete(row, own).max() for row, own in zip(filled, truth, strict=True)])
    allowed, threshold = fpir, np.inf
    for probe in np.argsort(-highest):
        threshold = highest[probe]
        if each[probe] > allowed + 1e-9:
            break
        allowed -= each[probe]
    found = 0.0
    for row, own, share in zip(scores, truth, each, strict=True):
        others = np.delete(np.where(np.isnan(row), -np.inf, row), own)
        found += share * (row[own] > threshold and row[own] > others.max())
    return 1 - found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.1, 0.25, 0.5]))
def test_missed_people_are_those_whom_single_searches_miss(seed: int, fpir: float) -> None:
    scores, truth = some_scores(seed)
    found = missed_at(scores, truth, fpir, rng=np.random.default_rng(0), n_replicates=20)
    assert found is not None
    assert found.value == pytest.approx(missed_by_searching(scores, truth, fpir), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.chance == pytest.approx(1 - fpir / 12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_rising_transforms_change_nothing_and_more_false_alarms_miss_fewer(seed: int) -> None:
    scores, truth = some_scores(seed)
    one, same, more = (
        missed_at(seen, truth, fpir, rng=np.random.default_rng(0), n_replicates=20)
        for seen, fpir in ((scores, 0.1), (np.exp(scores) * 3, 0.1), (scores, 0.4))
    )
    assert one == same
    assert one is not None
    assert more is not None
    assert more.value <= one.value


def test_ten_searches_by_hand() -> None:
    scores = np.full((10, 10), 0.0)
    scores[np.arange(10), np.arange(10)] = 4.5
    scores[np.arange(10), (np.arange(10) + 1) % 10] = np.arange(10)  # the best of the others: 0 to 9
    found = missed_at(scores, np.arange(10), 0.3, rng=np.random.default_rng(0))
    assert found is not None  # the threshold is 6: own scores of 4.5 are never named
    assert (found.value, found.high) == (1.0, 1.0)
    most = missed_at(scores, np.arange(10), 0.6, rng=np.random.default_rng(0))
    assert most is not None  # the threshold is 3: of 5 people the own score is the highest
    assert most.value == 0.5


def test_where_all_scores_are_equal_guessing_is_all_there_is() -> None:
    found = missed_at(np.zeros((40, 20)), np.arange(40) % 20, 0.1, rng=np.random.default_rng(0))
    assert found is not None
    assert found.value == pytest.approx(1 - 0.1 / 20)


def test_failed_searches_find_nobody() -> None:
    found = missed_at(np.full((40, 20), np.nan), np.arange(40) % 20, 0.1, rng=np.random.default_rng(0))
    assert found is not None
    assert found.value == 1


def test_too_few_searches_set_no_threshold() -> None:
    scores, truth = np.eye(20), np.arange(20)
    assert missed_at(scores, truth, 0.1, rng=np.random.default_rng(0)) is None
    with pytest.raises(ParameterError, match="fpir must lie between"):
        missed_at(scores, truth, 1.0, rng=np.random.default_rng(0))
    with pytest.raises(TooFewError, match="at least 2 enrolled"):
        missed_at(scores[:, :1], np.zeros(20, dtype=np.int64), 0.5, rng=np.random.default_rng(0))
