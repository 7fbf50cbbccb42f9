"""Ranks with ties and failures, and rank 1 among fewer people, against counting all cases."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import ParameterError
from reid.metrics.curves import cmc_curve
from reid.metrics.identification import rank_1_among, rank_1_among_without_each, rank_k_hits, ranks

row = st.lists(st.one_of(st.integers(0, 3), st.just(np.nan)), min_size=2, max_size=6)


def rank_1_of(scores: list[float]) -> float:
    """Return the chance that the first score wins when equal scores are put in random order."""
    if np.isnan(scores[0]):
        return 0.0
    others = [-np.inf if np.isnan(score) else score for score in scores[1:]]
    if any(score > scores[0] for score in others):
        return 0.0
    return 1 / (1 + sum(score == scores[0] for score in others))


@settings(max_examples=150, deadline=None)
@given(row)
def test_rank_1_among_fewer_people_is_the_mean_over_every_smaller_gallery(scores: list[float]) -> None:
    n_people = len(scores)
    better, tied = ranks(np.array([scores]), np.array([0]))
    for k in range(1, n_people + 1):
        galleries = list(combinations(scores[1:], k - 1))
        expected = np.mean([rank_1_of([scores[0], *others]) for others in galleries])
        assert rank_1_among(better, tied, n_people, k) == pytest.approx(expected, abs=1e-12)
    assert rank_1_among(better, tied, n_people, n_people + 1) is None


@settings(max_examples=60, deadline=None)
@given(row.filter(lambda scores: len(scores) <= 5))
def test_hits_are_the_mean_over_every_order_of_equal_scores(scores: list[float]) -> None:
    n_people = len(scores)
    better, tied = ranks(np.array([scores]), np.array([0]))
    filled = [-np.inf if np.isnan(score) else score for score in scores]
    for k in range(1, n_people + 1):
        orders = [sorted(order, key=lambda place: -filled[place]) for order in permutations(range(n_people))]
        expected = 0 if np.isnan(scores[0]) else np.mean([0 in order[:k] for order in orders])
        assert rank_k_hits(better, tied, n_people, k) == pytest.approx(expected)


def test_all_enrolled_is_the_plain_rank_1() -> None:
    better, tied = np.array([0, 0, 3, 9]), np.array([0, 2, 0, 1])
    whole = rank_1_among(better, tied, 12, 12)
    np.testing.assert_allclose(whole, rank_k_hits(better, tied, 12, 1))


def test_two_hundred_thousand_people_lose_no_digits() -> None:
    n_people, k = 200_000, 50
    better, tied = np.array([0, 1, 1000]), np.array([0, 4, 0])
    chance = rank_1_among(better, tied, n_people, k)

    def exact(beaten: int) -> float:
        return float(np.prod((beaten - np.arange(k - 1)) / (n_people - 1 - np.arange(k - 1))))

    expected = [1.0, np.mean([exact(n_people - 2 - tie) for tie in range(5)]), exact(n_people - 1001)]
    np.testing.assert_allclose(chance, expected, rtol=1e-9)


def test_people_who_are_not_enrolled_are_left_out() -> None:
    scores = np.array([[0.9, 0.1], [0.4, 0.5], [0.2, 0.8]])
    better, tied = ranks(scores, np.array([0, -1, 0]))
    assert better.tolist() == [0, 1]
    assert tied.tolist() == [0, 0]


def test_a_failed_own_score_fails_at_every_rank() -> None:
    better, tied = ranks(np.array([[np.nan, np.nan, 0.1]]), np.array([0]))
    assert [rank_k_hits(better, tied, 3, k)[0] for k in (1, 2, 3)] == [0, 0, 0]


def test_the_curve_is_the_mean_hit_at_each_rank_with_equal_people() -> None:
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 6, (40, 12)).astype(np.float64)
    scores[3, 2] = np.nan
    truth = rng.integers(0, 12, 40)
    better, tied = ranks(scores, truth)
    curve = cmc_curve(better, tied, 12, truth)
    for k, rate in zip(curve.rank, curve.rate, strict=True):
        hits = rank_k_hits(better, tied, 12, int(k))
        assert rate == pytest.approx(np.mean([hits[truth == person].mean() for person in np.unique(truth)]))


def test_columns_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ParameterError, match="truth must name columns 0 to 1"):
        ranks(np.zeros((1, 2)), np.array([2]))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_leaving_each_person_out_agrees_with_measuring_the_rest(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(6), rng.integers(1, 4, 6))
    scores = rng.integers(0, 5, (truth.size, 6)).astype(np.float64)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    weight = rng.random(truth.size)
    without = rank_1_among_without_each(scores, truth, weight, k)
    assert without is not None
    for person in range(6):
        rest = truth != person
        columns = np.delete(np.arange(6), person)
        better, tied = ranks(scores[rest][:, columns], np.searchsorted(columns, truth[rest]))
        hits = rank_1_among(better, tied, 5, k)
        assert hits is not None
        assert without[person] == pytest.approx(np.average(hits, weights=weight[rest]), abs=1e-12)
