import numpy as np
import polars as pl
import pytest
from scipy.special import logsumexp, softmax

from reid.anonymizers.time_grid import TimeGrid
from reid.anonymizers.time_jitter import TimeJitter
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.kernels.hidden_times import ShownTyping, latency_moments
from reid.seeding import Streams
from reid.synthetic.blurred_oracle import Blur, blurred_evidence, quadrature, shown_typing
from reid.synthetic.evidence import Evidence, log_likelihood_ratios, named_right
from reid.synthetic.oracle import best_scores
from reid.synthetic.truth import TruthSettings, generate, truth_law
from reid.typing import FloatArray

LAW = TruthSettings(n_people=30, n_sessions=2, n_keystrokes=50, identity=0.6)
DRIFTING = TruthSettings(n_people=30, n_sessions=2, n_keystrokes=50, identity=0.6, drift=0.3)
GALLERY, PROBES = [[2 * person] for person in range(30)], [[2 * person + 1] for person in range(30)]
BLURS = {
    "grid": (TimeGrid(step_ms=40), Blur.grid(40_000)),
    "jitter": (TimeJitter(bound_ms=25), Blur.jitter(25_000)),
}


def released(strategy: TimeGrid | TimeJitter, law: TruthSettings) -> EventTable:
    return strategy.apply(generate(law, Streams(3)), Streams(4)).events


def scores_of(evidence: Evidence) -> FloatArray:
    return log_likelihood_ratios(evidence.pooled(PROBES), evidence.pooled(GALLERY))


@pytest.mark.parametrize("law", [LAW, DRIFTING], ids=["steady", "drifting"])
@pytest.mark.parametrize(
    ("strategy", "blur"),
    [(TimeGrid(step_ms=0.01), Blur.grid(10)), (TimeJitter(bound_ms=0.01), Blur.jitter(10))],
    ids=["grid", "jitter"],
)
def test_hardly_any_blur_leaves_the_ratios_of_the_raw_log(
    law: TruthSettings, strategy: TimeGrid | TimeJitter, blur: Blur
) -> None:
    raw = best_scores(generate(law, Streams(3)), law, GALLERY, PROBES)
    blurred = scores_of(blurred_evidence(shown_typing(released(strategy, law), law, blur), law))
    close = raw > raw.max(axis=1, keepdims=True) - 20  # the rest is out of the race
    np.testing.assert_allclose(blurred[close], raw[close], atol=0.05)


@pytest.mark.parametrize("name", BLURS)
def test_ratios_agree_with_those_of_the_exact_likelihood(name: str) -> None:
    strategy, blur = BLURS[name]
    shown = shown_typing(released(strategy, LAW), LAW, blur)
    evidence = blurred_evidence(shown, LAW)
    likely = scores_of(evidence).argsort(axis=1)[:, -2:]
    off = [
        correction(shown, evidence, [2 * person, 2 * probe + 1])
        - correction(shown, evidence, [2 * person])
        - correction(shown, evidence, [2 * probe + 1])
        for probe in range(3)
        for person in likely[probe]
    ]
    assert np.abs(off).max() < 0.2
    assert np.abs(off).mean() < 0.07


def correction(shown: ShownTyping, evidence: Evidence, sessions: list[int], n_draws: int = 100) -> float:
    """Return by how much the log likelihood of some sessions is above its Gaussian stand-in.

    Both are counted from their value at the mean of all people; by importance sampling.
    """
    law = truth_law(LAW)
    own = evidence.pooled([sessions])
    posterior = np.linalg.inv(np.eye(law.root.shape[1]) + own.precision[0])
    draws = np.random.default_rng(0).multivariate_normal(posterior @ own.vector[0], posterior, n_draws)
    draws[0] = 0.0
    total = np.zeros(n_draws)
    for session in sessions:
        alike = ShownTyping(*(np.repeat(part[[session]], n_draws, axis=0) for part in shown))
        means = law.mean + draws @ law.root.T
        exact = latency_moments(alike, means, law.within, *quadrature(6)).log_likelihood
        stand_in = draws @ evidence.vector[session]
        stand_in -= 0.5 * np.einsum("ni,ij,nj->n", draws, evidence.precision[session], draws)
        total += exact - exact[0] - stand_in
    return float(logsumexp(total[1:]) - np.log(n_draws - 1))


@pytest.mark.parametrize(
    ("identity", "strategy", "blur"),
    [(0.6, *BLURS["grid"]), (0.6, *BLURS["jitter"]), (1.0, TimeGrid(step_ms=100), Blur.grid(100_000))],
    ids=["grid", "jitter", "a grid as wide as latencies, people far apart"],
)
def test_it_is_right_as_often_as_it_says(
    identity: float, strategy: TimeGrid | TimeJitter, blur: Blur
) -> None:
    law = TruthSettings(n_people=150, n_sessions=2, n_keystrokes=60, identity=identity)
    evidence = blurred_evidence(shown_typing(released(strategy, law), law, blur), law)
    gallery, probes = (evidence.pooled([[2 * person + side] for person in range(150)]) for side in (0, 1))
    scores = log_likelihood_ratios(probes, gallery)
    sure = softmax(scores, axis=1).max(axis=1)
    right = named_right(scores, np.arange(150))
    error = np.sqrt((sure * (1 - sure)).sum()) / 150
    assert abs(right.mean() - sure.mean()) < 3 * error
    assert right.mean() > 0.1  # by chance 1 in 150


def test_who_believes_that_times_are_exact_names_fewer() -> None:
    law = TruthSettings(n_people=100, n_sessions=2, n_keystrokes=60, identity=0.6)
    events = released(TimeJitter(bound_ms=40), law)
    rates = []
    for blur in (Blur.jitter(40_000), Blur.jitter(1_000)):
        evidence = blurred_evidence(shown_typing(events, law, blur), law)
        gallery, probes = (evidence.pooled([[2 * person + side] for person in range(100)]) for side in (0, 1))
        rates.append(named_right(log_likelihood_ratios(probes, gallery), np.arange(100)).mean())
    assert rates[0] > rates[1] + 0.03


def test_a_log_without_releases_is_refused() -> None:
    events = generate(LAW, Streams(3))
    downs = events.with_frame(events.frame.filter(pl.col("event") == "key_down"))
    with pytest.raises(ParameterError, match="every press and release"):
        shown_typing(downs, LAW, Blur.grid(1000))


def test_a_blur_of_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="blur"):
        Blur.grid(0)
