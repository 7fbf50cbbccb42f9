from itertools import product

import numpy as np
import pytest

from reid.kernels.hidden_times import LatencyMoments, ShownTyping, latency_moments
from reid.typing import FloatArray

MEAN = np.log([85_000.0, 75_000.0, 130_000.0])  # of two keys and of the latency from one to the next
VARIANCE = np.array([0.25, 0.25, 0.35]) ** 2
NODES, WEIGHTS = (np.polynomial.legendre.leggauss(24)[part] / 2 + (0.5, 0)[part] for part in (0, 1))


def shown(
    down: list[float], up: list[float], width: float, up_first: list[bool], fades: tuple[str, ...] = ()
) -> ShownTyping:
    """Return one session in which each true time lies at most ``width`` after the time given."""
    n = len(down)
    names = [[f"down {press}" for press in range(n)], [f"up {press}" for press in range(n)]]
    down_fades, up_fades = (np.array([[name in fades for name in side]]) for side in names)
    return ShownTyping(
        down_low=np.array([down]),
        down_high=np.array([down]) + width,
        down_fades=down_fades,
        up_low=np.array([up]),
        up_high=np.array([up]) + width,
        up_fades=up_fades,
        up_first=np.array([up_first]),
        hold=np.array([[0, 1, 0][:n]]),
        dd=np.full((1, n - 1), 2),
    )


def found(session: ShownTyping, mean: FloatArray = MEAN) -> LatencyMoments:
    return latency_moments(session, mean[None], VARIANCE, NODES, WEIGHTS)


CASES = {
    "apart": shown([0, 200_000], [90_000, 280_000], 20_000, [True, True]),
    "up before the next press": shown([0, 90_000], [90_000, 170_000], 20_000, [True, True]),
    "rollover": shown([0, 90_000], [95_000, 170_000], 20_000, [False, True]),
    "moved up": shown([0, 90_000], [90_000, 170_000], 20_000, [True, True], ("down 1", "up 1")),
    "rollover, moved up": shown([0, 90_000], [90_000, 170_000], 20_000, [False, True], ("up 0",)),
}


@pytest.mark.parametrize("case", CASES)
def test_likelihoods_agree_with_a_sum_over_all_four_times(case: str) -> None:
    means = [MEAN, MEAN + np.array([0.3, 0.2, 0.3]), MEAN - np.array([0.2, 0.3, 0.3])]
    logs = [found(CASES[case], mean).log_likelihood[0] for mean in means]
    slow = [by_all_times(CASES[case], mean) for mean in means]
    np.testing.assert_allclose(np.diff(logs), np.diff(slow), atol=5e-3)
    assert np.abs(np.diff(slow)).max() > 0.1


def by_all_times(session: ShownTyping, mean: FloatArray, n_places: int = 24) -> float:
    places = (np.arange(n_places) + 0.5) / n_places
    sides = (
        (session.down_low, session.down_high, session.down_fades),
        (session.up_low, session.up_high, session.up_fades),
    )
    times, weights = [], []
    for press, (low, high, fades) in product(range(2), sides):
        times.append(low[0, press] + places * (high[0, press] - low[0, press]))
        weights.append((1 - places) if fades[0, press] else np.ones(n_places))
    down, up, next_down, next_up = np.meshgrid(*times, indexing="ij", sparse=True)
    total = np.ones(1)
    for at, weight in enumerate(weights):
        total = total * weight.reshape([-1 if at == axis else 1 for axis in range(4)])
    for latency, component in ((up - down, 0), (next_up - next_down, 1), (next_down - down, 2)):
        total = total * density(latency, mean[component], VARIANCE[component])
    # A place as wide as another: half of those on the diagonal stand in the order.
    order = np.sign(next_down - up) if session.up_first[0, 0] else np.sign(up - next_down)
    return float(np.log((total * (order + 1) / 2).sum()))


def density(latency: FloatArray, mean: float, variance: float) -> FloatArray:
    known = np.where(latency > 0, latency, 1.0)
    return np.where(latency > 0, np.exp(-0.5 * (np.log(known) - mean) ** 2 / variance) / known, 0.0)


@pytest.mark.parametrize("case", CASES)
def test_moments_are_slope_and_curvature_of_the_log_likelihood(case: str) -> None:
    step, n = 1e-3, MEAN.size
    unit = np.eye(n) * step

    def log_likelihood(away: FloatArray) -> float:
        return float(found(CASES[case], MEAN + away).log_likelihood[0])

    slope = [(log_likelihood(unit[i]) - log_likelihood(-unit[i])) / (2 * step) for i in range(n)]
    curvature = [
        [
            sum(a * b * log_likelihood(a * unit[i] + b * unit[j]) for a, b in product((1, -1), repeat=2))
            / (4 * step**2)
            for j in range(n)
        ]
        for i in range(n)
    ]
    moments = found(CASES[case])
    np.testing.assert_allclose(moments.first[0] / VARIANCE, slope, rtol=1e-4, atol=1e-4)
    own = moments.covariance[0] / np.outer(VARIANCE, VARIANCE) - np.diag(1 / VARIANCE)
    np.testing.assert_allclose(own, curvature, rtol=1e-3, atol=1e-2)


def test_times_that_are_known_give_the_latencies_themselves() -> None:
    session = shown([0, 200_000, 330_000], [90_000, 280_000, 400_000], 1e-3, [True, True, True])
    moments = found(session)
    wanted = [np.log([90_000, 70_000]).sum(), np.log(80_000), np.log([200_000, 130_000]).sum()]
    np.testing.assert_allclose(moments.first[0], wanted - np.array([2, 1, 2]) * MEAN, atol=1e-6)
    np.testing.assert_allclose(moments.covariance[0], 0, atol=1e-9)


def test_a_session_that_cannot_have_been_has_no_likelihood() -> None:
    session = shown([0, 200_000], [90_000, 100_000], 20_000, [True, True])  # up before it went down
    assert found(session).log_likelihood[0] == -np.inf
