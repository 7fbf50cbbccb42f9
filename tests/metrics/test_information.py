"""Bits and anonymity sets against laws whose posterior is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from reid.errors import ParameterError, TooFewError
from reid.metrics.information import calibrated_posterior, information
from reid.metrics.spread import mean_of_bounded, quantile_over_people
from reid.typing import FloatArray, IntArray


def log_likelihoods(seed: int, n_people: int, strength: float) -> tuple[FloatArray, IntArray]:
    """Draw scores that are log likelihood ratios: own ones N(s^2, s^2), others N(0, s^2)."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(n_people), 4)
    scores = rng.normal(0, strength, (truth.size, n_people))
    scores[np.arange(truth.size), truth] += strength**2
    return scores, truth


@pytest.mark.parametrize("strength", [1.0, 2.0, 3.0])
def test_bits_and_sets_are_those_of_the_true_posterior(strength: float) -> None:
    scores, truth = log_likelihoods(3, 100, strength)
    log_chance = scores - logsumexp(scores, axis=1, keepdims=True)
    true_bits = np.mean(log_chance[np.arange(truth.size), truth]) / np.log(2) + np.log2(100)
    entropy = -(np.exp(log_chance) * log_chance).sum(axis=1) / np.log(2)
    found = information(7 * scores - 3, truth)  # neither scale nor zero matters
    assert found.bits.value == pytest.approx(true_bits, abs=0.1)
    sizes = 2 ** entropy.reshape(100, 4).mean(axis=1)
    assert np.median(sizes) == pytest.approx(found.median_set.value, rel=0.2)
    assert found.worst_set.value <= found.median_set.value


def test_certainty_is_all_bits_and_nobody_to_hide_among() -> None:
    scores = np.tile(np.eye(16), (2, 1)) * 50
    found = information(scores, np.tile(np.arange(16), 2))
    assert found.bits.value == pytest.approx(4, abs=0.01)
    assert found.bits.high == 4
    assert found.worst_set.value == pytest.approx(1, abs=0.02)


def test_noise_is_no_bits_and_everybody_to_hide_among() -> None:
    uniform = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = information(rng.normal(size=(80, 40)), np.arange(80) % 40)
        assert found.bits.low == 0
        uniform += found.worst_set.value == found.worst_set.chance == 40
    assert uniform >= 17


def test_nobody_is_calibrated_on_the_own_probes() -> None:
    scores, truth = log_likelihoods(5, 20, 2.0)
    before = calibrated_posterior(scores, truth)
    scores[:4] = scores[:4][:, ::-1]  # the probes of person 0, in fold 0
    after = calibrated_posterior(scores, truth)
    same_fold = (truth % 5 == 0) & (truth > 0)
    np.testing.assert_allclose(after.entropy_bits[same_fold], before.entropy_bits[same_fold])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_information_stays_in_its_bounds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, truth = log_likelihoods(seed, int(rng.integers(2, 12)), float(rng.uniform(0, 4)))
    scores[rng.random(scores.shape) < 0.2] = np.nan
    scores[0] = np.nan
    n_people = scores.shape[1]
    found = information(scores, truth)
    assert 0 <= found.bits.low <= found.bits.value <= found.bits.high <= np.log2(n_people)
    for size in (found.median_set, found.worst_set):
        assert 1 <= size.low <= size.value <= size.high <= n_people
    posterior = calibrated_posterior(scores, truth)
    assert np.all(posterior.entropy_bits >= -1e-12)
    assert np.all(posterior.bits <= np.log2(n_people) + 1e-12)
    assert (posterior.bits[0], posterior.entropy_bits[0]) == pytest.approx((0, np.log2(n_people)))


def test_fewer_than_two_people_are_refused() -> None:
    with pytest.raises(TooFewError, match="at least 2 enrolled"):
        information(np.ones((2, 1)), np.zeros(2, dtype=np.int64))


def test_means_of_bounded_quantities_hold_their_truth() -> None:
    missed = 0
    for seed in range(200):
        values = 5 * np.random.default_rng(seed).beta(8, 1, 30)
        found = mean_of_bounded(values, 0, 5)
        missed += not found.low <= 5 * 8 / 9 <= found.high
    assert missed <= 20  # 10 expected
    alike = mean_of_bounded(np.full(30, 5.0), 0, 5)
    assert (alike.value, alike.high) == (5, 5)
    assert 4 < alike.low < 5
    with pytest.raises(ParameterError, match="finite"):
        mean_of_bounded(np.array([np.nan]), 0, 1)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_quantiles_hold_their_truth_whatever_the_law(share: float) -> None:
    missed = 0
    for seed in range(200):
        found = quantile_over_people(np.random.default_rng(seed).random(35) ** 3, share, 0, 1)
        assert found.low <= found.value <= found.high
        missed += not found.low <= share**3 <= found.high
    assert missed <= 20
    with pytest.raises(ParameterError, match="a share in"):
        quantile_over_people(np.array([1.0]), 1.0, 0, 1)
