"""The three criteria and the spread over people, against cases by hand and counting."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import ParameterError, TooFewError
from reid.metrics.criteria import criterion, inference, linking, singling_out
from reid.metrics.estimate import Estimate
from reid.metrics.who import spread_over_people
from reid.typing import FloatArray, IntArray

rate = st.floats(0, 1)


def some_scores(seed: int, n_people: int = 6) -> tuple[FloatArray, IntArray]:
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.repeat(np.arange(n_people), rng.integers(1, 5, n_people)))
    scores = rng.integers(0, 5, (truth.size, n_people)).astype(np.float64)
    scores[np.arange(truth.size), truth] += 2
    scores[rng.random(scores.shape) < 0.1] = np.nan
    return scores, truth


def named(row: FloatArray) -> int | None:
    """Return whose score alone is the highest."""
    highest = np.nanmax(np.append(row, -np.inf))
    alone = np.flatnonzero(row == highest)
    return int(alone[0]) if alone.size == 1 and highest > -np.inf else None


def over_people(values: list[float], people: list[int]) -> float:
    return float(np.mean([np.mean(np.array(values)[np.array(people) == one]) for one in set(people)]))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_singling_out_counts_who_is_named_alone(seed: int) -> None:
    scores, truth = some_scores(seed)
    found = singling_out(scores, truth)
    right = [float(named(row) == own) for row, own in zip(scores, truth, strict=True)]
    others = scores.copy()
    others[np.arange(truth.size), truth] = np.nan
    # everybody else stands in for the right person once
    blind = [
        float(np.mean([named(row) == other for other in range(6) if other != own]))
        for row, own in zip(others, truth, strict=True)
    ]
    assert found.attack.value == pytest.approx(over_people(right, truth.tolist()))
    assert found.control.value == pytest.approx(over_people(blind, truth.tolist()))
    assert singling_out(np.exp(scores), truth) == found


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_linking_counts_pairs_of_probes_with_one_name(seed: int) -> None:
    scores, truth = some_scores(seed)
    found = linking(scores, truth)
    several = [one for one in range(6) if np.count_nonzero(truth == one) > 1]
    if len(several) < 2:
        assert found is None
        return
    names = [named(row) for row in scores]

    def linked(one: int, two: int) -> float:
        pairs = product(np.flatnonzero(truth == one), np.flatnonzero(truth == two))
        return float(np.mean([names[a] == names[b] and names[a] is not None for a, b in pairs if a != b]))

    assert found is not None
    assert found.attack.value == pytest.approx(np.mean([linked(one, one) for one in several]))
    across = [linked(one, two) for one in several for two in several if one != two]
    assert found.control.value == pytest.approx(np.mean(across))
    assert linking(np.exp(scores), truth) == found


def test_inference_credits_no_more_than_the_own_recording_adds() -> None:
    secret = np.array(["left", "left", "right", "right"])
    scores = np.array([[9, 5, 1, 0], [5, 9, 1, 0], [8, 1, 9, 0], [8, 0, 1, 9.0]])
    found = inference(scores, np.arange(4), secret)
    assert (found.attack.value, found.control.value, found.risk.value) == (1.0, 0.5, 1.0)
    same = inference(scores, np.arange(4), np.full(4, "left"))
    assert (same.control.value, same.risk.value, same.risk.low) == (1.0, 0.0, 0.0)
    failed = inference(np.full((4, 4), np.nan), np.arange(4), secret)
    assert failed.attack.value == 0
    with pytest.raises(ParameterError, match="one of each of 4 people"):
        inference(scores, np.arange(4), secret[:2])


@settings(max_examples=100, deadline=None)
@given(st.lists(rate, min_size=3, max_size=3).map(sorted), st.lists(rate, min_size=3, max_size=3).map(sorted))
def test_risk_stays_defined_and_in_order(attack: list[float], control: list[float]) -> None:
    one, other = (Estimate(ends[1], ends[0], ends[2]) for ends in (attack, control))
    risk = criterion(one, other).risk
    assert 0 <= risk.low <= risk.value <= risk.high <= 1
    if attack[1] <= control[1]:
        assert risk.value == 0


def test_a_control_that_is_known_leaves_the_interval_of_the_attack() -> None:
    risk = criterion(Estimate(0.6, 0.4, 0.8), Estimate(0.2, 0.2, 0.2)).risk
    assert (risk.value, risk.low, risk.high) == pytest.approx((0.5, 0.25, 0.75))


def test_one_person_is_no_crowd() -> None:
    for measure in (singling_out, linking):
        with pytest.raises(TooFewError, match="at least 2 enrolled"):
            measure(np.ones((2, 1)), np.zeros(2, dtype=np.int64))


def test_the_spread_over_people_by_hand() -> None:
    truth = np.repeat(np.arange(10), 4)
    named_right = np.tile([0, 1, 2, 4, 4], 2)  # of 4 probes each
    scores = np.zeros((40, 10))
    for probe, own in enumerate(truth):
        is_right = probe % 4 < named_right[own]
        scores[probe, own if is_right else (own + 1) % 10] = 1
    found = spread_over_people(scores, truth, rng=np.random.default_rng(0))
    assert found.always_found.value == 0.4
    assert found.never_found.value == 0.2
    assert found.worst_decile.value == 1
    assert found.rank_1.tolist() == [1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0, 0]


def test_chance_of_being_found_always_is_that_of_one_guess() -> None:
    scores, truth = np.random.default_rng(0).normal(size=(50, 50)), np.arange(50)
    found = spread_over_people(scores, truth, rng=np.random.default_rng(0))
    assert found.always_found.chance == pytest.approx(1 / 49, abs=0.01)
    assert found.never_found.chance == pytest.approx(48 / 49, abs=0.01)
    tied = spread_over_people(np.zeros((50, 50)), truth, rng=np.random.default_rng(0))
    assert tied.always_found.chance == 0
    assert tied.worst_decile.chance == pytest.approx(1 / 49)
