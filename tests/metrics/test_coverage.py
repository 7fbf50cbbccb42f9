"""Shuffled labels: intervals must hold chance about as often as they say."""

from collections import Counter

import numpy as np
import pytest

from reid.metrics.estimate import Estimate
from reid.metrics.measures import Measures, measure

N_SEEDS = 50
MOST_MISSES = 7  # more come up twice in a thousand such tests of exact intervals


def named(measures: Measures) -> dict[str, Estimate | None]:
    among = {f"rank_1_among {size}": one for size, one in measures.rank_1_among.items()}
    matched = {f"tmr_at_fmr {fmr:g}": one for fmr, one in measures.tmr_at_fmr.items()}
    return (
        among
        | matched
        | {
            "rank_1": measures.rank_1,
            "rank_10": measures.rank_10,
            "eer": measures.eer,
            "eer_per_person": measures.eer_per_person,
            "auc": measures.auc,
        }
    )


@pytest.mark.parametrize(
    ("probes", "person", "template", "pair"),
    [
        pytest.param((1, 5), 0.0, 0.0, 0.0, id="noise"),
        pytest.param((1, 5), 0.7, 0.7, 0.0, id="some people score high, as probe or as template"),
        pytest.param((1, 5), 2.0, 2.0, 0.0, id="templates that attract nearly every probe"),
        pytest.param((5, 8), 0.5, 0.5, 3.0, id="probes of one person that resemble the same templates"),
        pytest.param((20, 20), 0.5, 0.5, 3.0, id="and many of them"),
        pytest.param((1, 1), 0.7, 0.7, 0.0, id="one probe each"),
    ],
)
def test_intervals_hold_chance_when_labels_are_shuffled(
    probes: tuple[int, int], person: float, template: float, pair: float
) -> None:
    missed: Counter[str] = Counter()
    for seed in range(N_SEEDS):
        rng = np.random.default_rng(seed)
        n_people = int(rng.integers(40, 61))
        truth = np.repeat(np.arange(n_people), rng.integers(probes[0], probes[1] + 1, n_people))
        scores = rng.normal(size=(truth.size, n_people))
        scores += (person * rng.normal(size=n_people))[truth][:, None]
        scores += template * rng.normal(size=n_people)
        scores += pair * rng.normal(size=(n_people, n_people))[truth]
        measures = measure(scores, truth, truth, np.arange(n_people), rng=rng, n_replicates=100)
        for name, estimate in named(measures).items():
            if estimate is not None and estimate.chance is not None:
                inside = estimate.low - 1e-12 <= estimate.chance <= estimate.high + 1e-12
                missed[name] += not inside
    assert max(missed.values(), default=0) <= MOST_MISSES, missed


def test_intervals_of_a_good_attacker_hold_its_true_rates() -> None:
    missed: Counter[str] = Counter()

    def draw(rng: np.random.Generator, n_people: int) -> Measures:
        truth = np.repeat(np.arange(n_people), 5)
        scores = rng.normal(size=(truth.size, n_people)) + 0.5 * rng.normal(size=n_people)
        scores[np.arange(truth.size), truth] += 1.5 + rng.normal(size=n_people)[truth]
        return measure(scores, truth, truth, np.arange(n_people), rng=rng, n_replicates=100)

    many = named(draw(np.random.default_rng(0), 800))
    compared = ("rank_1_among 2", "rank_1_among 10", "eer", "eer_per_person", "auc", "tmr_at_fmr 0.01")
    for seed in range(1, N_SEEDS + 1):
        few = named(draw(np.random.default_rng(seed), 50))
        for name in compared:
            estimate, truth = few[name], many[name]
            assert estimate is not None
            assert truth is not None
            missed[name] += not estimate.low <= truth.value <= estimate.high
    assert max(missed.values(), default=0) <= MOST_MISSES, missed
