"""A lower bound on epsilon: what it finds, and that it does not find too much."""

import numpy as np
import pytest

from reid.errors import ParameterError
from reid.metrics.intervals import clopper_pearson
from reid.metrics.privacy_loss import epsilon_lower_bound

HALF = np.array([0.5])


def coins(rng: np.random.Generator, probability: float, n: int) -> np.ndarray:
    return (rng.random(n) < probability).astype(float)


def test_the_bound_of_one_event_is_the_ratio_of_interval_ends() -> None:
    released, neighbour = np.repeat([1.0, 0.0], [60, 40]), np.repeat([1.0, 0.0], [30, 70])
    low, _ = clopper_pearson(60, 100, 0.975)
    _, high = clopper_pearson(30, 100, 0.975)
    _, other = clopper_pearson(60, 100, 0.975)
    opposite = (1 - high) / (1 - low)
    expected = max(np.log(low / high), np.log(opposite))
    assert epsilon_lower_bound(released, neighbour, HALF) == pytest.approx(expected)
    assert epsilon_lower_bound(neighbour, released, HALF) == pytest.approx(expected)
    assert other > low


def test_more_thresholds_and_more_mechanisms_make_it_more_careful() -> None:
    rng = np.random.default_rng(1)
    released, neighbour = coins(rng, 0.7, 1000), coins(rng, 0.3, 1000)
    one = epsilon_lower_bound(released, neighbour, HALF)
    assert epsilon_lower_bound(released, neighbour, HALF, n_mechanisms=20) < one
    assert epsilon_lower_bound(released, neighbour, np.array([0.5, 5, 6, 7])) < one


def test_randomised_response_is_hardly_ever_said_to_be_worse_than_it_is() -> None:
    epsilon = 1.0
    probability = np.exp(epsilon) / (1 + np.exp(epsilon))
    rng = np.random.default_rng(2)
    bounds = [
        epsilon_lower_bound(coins(rng, probability, 2000), coins(rng, 1 - probability, 2000), HALF)
        for _ in range(400)
    ]
    assert np.mean(np.array(bounds) > epsilon) <= 0.05
    assert np.median(bounds) > 0.8


def test_without_thresholds_or_mechanisms_there_is_no_bound() -> None:
    for thresholds, n_mechanisms in ((HALF[:0], 1), (HALF, 0)):
        with pytest.raises(ParameterError, match="one of each"):
            epsilon_lower_bound(HALF, HALF, thresholds, n_mechanisms=n_mechanisms)
