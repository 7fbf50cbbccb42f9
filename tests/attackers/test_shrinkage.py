"""Variance components from unequal counts, and what is made of them."""

import numpy as np
import pytest

from reid.attackers.shrinkage import Shrinkage
from reid.features.table import FeatureTable
from reid.typing import FloatArray, IntArray

WITHIN, BETWEEN, MEAN = np.array([4.0, 1.0, 0.25]), np.array([1.0, 1.0, 2.0]), np.array([10.0, 0.0, -5.0])


def features(values: FloatArray, counts: FloatArray) -> FeatureTable:
    names = tuple(f"feature:{number}" for number in range(values.shape[1]))
    return FeatureTable(
        values.astype(np.float32), counts.astype(np.float32), names, ("hold",) * values.shape[1]
    )


def simulated(seed: int, n_people: int = 600) -> tuple[FeatureTable, IntArray, FloatArray]:
    """Return pieces of people with unequal counts, a third of them 0, and each person's own deviation."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(n_people, 3)) * np.sqrt(BETWEEN)
    person = np.repeat(np.arange(n_people), rng.integers(2, 9, n_people))
    counts = rng.integers(1, 12, (person.size, 3)) * (rng.random((person.size, 3)) > 1 / 3)
    noise = rng.normal(size=counts.shape) * np.sqrt(WITHIN / np.maximum(counts, 1))
    values = np.where(counts > 0, MEAN + own[person] + noise, np.nan)
    return features(values, counts.astype(np.float64)), person, own


def test_variance_components_come_out_of_unequal_counts() -> None:
    pieces, person, _ = simulated(0)
    learnt = Shrinkage.learn(pieces, person)
    assert learnt.kept.all()
    np.testing.assert_allclose(learnt.within, WITHIN, rtol=0.15)
    np.testing.assert_allclose(learnt.between, BETWEEN, rtol=0.15)
    np.testing.assert_allclose(learnt.mean, MEAN, atol=0.15)


def test_shrinking_brings_a_mean_of_few_closer_to_the_person() -> None:
    pieces, person, own = simulated(1)
    learnt = Shrinkage.learn(pieces, person)
    guess = learnt.applied(pieces) * np.sqrt(learnt.between)
    plain = pieces.values - learnt.mean
    few = (pieces.counts > 0) & (pieces.counts <= 3)
    for feature in range(3):
        rows = few[:, feature]
        truth = own[person[rows], feature]
        shrunk = np.mean((guess[rows, feature] - truth) ** 2)
        assert shrunk < 0.95 * np.mean((plain[rows, feature] - truth) ** 2)


def test_pooling_pieces_is_the_same_as_seeing_them_at_once() -> None:
    pieces, person, _ = simulated(2, n_people=40)
    learnt = Shrinkage.learn(pieces, person)
    own = np.flatnonzero(person == 0)
    pooled = pieces.pooled(np.array([0, own.size]), own)
    counts = pieces.counts[own].sum(axis=0)
    mean = np.nansum(pieces.values[own] * pieces.counts[own], axis=0) / np.maximum(counts, 1)
    by_hand = counts / (counts + learnt.within / learnt.between) * np.where(counts > 0, mean - learnt.mean, 0)
    np.testing.assert_allclose(learnt.applied(pooled)[0], by_hand / np.sqrt(learnt.between), rtol=1e-4)


def test_what_was_not_seen_is_the_average_person() -> None:
    pieces, person, _ = simulated(3, n_people=40)
    learnt = Shrinkage.learn(pieces, person)
    nothing = features(np.full((1, 3), np.nan), np.zeros((1, 3)))
    np.testing.assert_array_equal(learnt.applied(nothing), np.zeros((1, 3)))


def test_a_feature_of_too_few_people_is_dropped() -> None:
    counts = np.full((20, 2), 5.0)
    counts[2:, 1] = 0
    values = np.where(counts > 0, np.random.default_rng(0).normal(size=counts.shape), np.nan)
    learnt = Shrinkage.learn(features(values, counts), np.repeat(np.arange(10), 2))
    assert learnt.kept.tolist() == [True, False]
    assert learnt.applied(features(values, counts)).shape == (20, 1)


@pytest.mark.parametrize("n_people", [1, 2, 5])
def test_features_that_never_vary_do_not_divide_by_zero(n_people: int) -> None:
    person = np.repeat(np.arange(n_people), 3)
    constant = features(np.full((person.size, 1), 7.0), np.full((person.size, 1), 10.0))
    learnt = Shrinkage.learn(constant, person)
    applied = learnt.applied(constant)
    np.testing.assert_array_equal(applied, np.zeros_like(applied))


def test_where_nobody_was_seen_twice_half_of_the_variance_is_taken_as_of_people() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(400, 1)) * 3.0
    learnt = Shrinkage.learn(features(values, np.ones((400, 1))), np.arange(400))
    total = values.astype(np.float32).astype(np.float64).var(ddof=1)
    np.testing.assert_allclose([learnt.within[0], learnt.between[0]], total / 2, rtol=1e-6)


def test_what_is_seen_once_is_kept_where_there_is_nothing_better() -> None:
    values = np.arange(10.0)[:, None]
    assert Shrinkage.learn(features(values, np.ones((10, 1))), np.arange(10)).kept.tolist() == [True]
