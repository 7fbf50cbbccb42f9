"""What a best attacker could do: against cases by hand and laws whose answer is known."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from reid.errors import ParameterError
from reid.metrics.bayes import bayes_security, cover_hart_bound, leakage_bits, least_error, neighbour_errors
from reid.metrics.estimate import Estimate
from reid.typing import FloatArray, IntArray


def security_by_pairs(scores: FloatArray, truth: IntArray) -> float:
    """Judge each pair of people on the half of the probes that did not choose it."""
    filled = np.where(np.isnan(scores), -np.inf, scores)
    people = [person for person in np.unique(truth) if np.count_nonzero(truth == person) > 1]

    def named(row: int, own: int, other: int) -> float:
        mine, theirs = filled[row, own], filled[row, other]
        if np.isnan(scores[row, own]):
            return 0.0
        return 1.0 if mine > theirs else 0.5 if mine == theirs else 0.0

    def right(one: int, two: int, half: int) -> float:
        rates = [
            np.mean([named(row, own, other) for row in np.flatnonzero(truth == own)[half::2]])
            for own, other in ((one, two), (two, one))
        ]
        return float(np.mean(rates))

    pairs = list(combinations(people, 2))
    judged: list[float] = []
    for half in (0, 1):
        easiness = [right(*pair, half) for pair in pairs]
        least = sorted(easiness)[-max(1, round(0.1 * len(pairs)))]
        judged += [
            right(*pair, 1 - half) for pair, ease in zip(pairs, easiness, strict=True) if ease >= least
        ]
    return min(1.0, 2 * (1 - float(np.mean(judged))))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_security_of_the_easiest_pairs_is_that_of_pairs_taken_singly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.repeat(np.arange(7), rng.integers(1, 6, 7)))
    scores = rng.integers(0, 6, (truth.size, 7)).astype(np.float64)
    scores[np.arange(truth.size), truth] += 1
    scores[rng.random(scores.shape) < 0.1] = np.nan
    found, again = bayes_security(scores, truth), bayes_security(np.exp(scores), truth)
    if np.count_nonzero(np.bincount(truth) > 1) < 3:
        assert found is None
        return
    assert found is not None
    assert found == again
    assert found.value == pytest.approx(security_by_pairs(scores, truth), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_security_is_one_for_noise_and_none_for_certainty() -> None:
    truth = np.repeat(np.arange(30), 6)
    noise = np.random.default_rng(0).normal(size=(180, 30))
    guessed, sure = bayes_security(noise, truth), bayes_security(np.eye(30)[truth], truth)
    assert guessed is not None
    assert sure is not None
    assert guessed.high == 1
    assert guessed.value > 0.9
    assert sure.value == sure.low == 0


def test_people_with_one_probe_have_no_easiest_pair() -> None:
    assert bayes_security(np.eye(5), np.arange(5)) is None


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_neighbours_are_those_of_all_distances(seed: int) -> None:
    rng = np.random.default_rng(seed)
    features, person = rng.integers(0, 3, (20, 3)).astype(np.float64), rng.integers(0, 4, 20)
    expected = []
    for sample in range(20):
        distance = ((features - features[sample]) ** 2).sum(axis=1)
        distance[sample] = np.inf
        expected.append(np.mean(person[distance == distance.min()] != person[sample]))
    np.testing.assert_allclose(neighbour_errors(features, person), expected)
    some = np.array([3, 7])
    np.testing.assert_allclose(neighbour_errors(features, person, some), np.array(expected)[some])


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1), st.integers(2, 100))
def test_the_bound_is_below_the_error_and_above_half_of_it(error: float, n_classes: int) -> None:
    bound = cover_hart_bound(error, n_classes)
    guessing = 1 - 1 / n_classes
    assert min(error, guessing) / 2 - 1e-12 <= bound <= min(error, guessing) + 1e-12


def test_the_bound_holds_where_the_least_error_is_known() -> None:
    rng = np.random.default_rng(0)
    person = np.repeat([0, 1], 2000)
    rate = neighbour_errors(rng.normal(person * 2.0, 1)[:, None], person).mean()
    least = float(norm.cdf(-1.0))
    assert 0.7 * least < cover_hart_bound(float(rate), 2) <= least + 0.01


def test_the_limit_is_given_only_where_neighbours_beat_the_attack() -> None:
    rng = np.random.default_rng(1)
    truth = np.repeat(np.arange(6), 40)
    scores = rng.normal(size=(240, 6)) + 4 * np.eye(6)[truth]
    swapped = np.roll(scores, 1, axis=1)  # an attack that always names the next person
    found = least_error(swapped, truth, 1.0)
    assert found is not None
    assert 0 <= found.low <= found.value <= found.high < 0.3
    assert least_error(scores, truth, 0.0) is None
    assert least_error(scores[::20], truth[::20], 1.0) is None  # two probes each


def test_leakage_is_the_logarithm_of_the_gain_over_guessing() -> None:
    found = leakage_bits(Estimate(1 / 8, 1 / 32, 1 / 2, 0.95, 10), 16)
    assert (found.value, found.low, found.high, found.chance) == (1, 0, 3, 0)
    with pytest.raises(ParameterError, match="be a rate"):
        cover_hart_bound(0.5, 1)
