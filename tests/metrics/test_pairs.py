"""Weighted error rates against repeating comparisons, and measures against the plain functions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import ParameterError, TooFewError
from reid.metrics.measures import difference_of_error_rates, measure, measure_comparisons
from reid.metrics.pairs import FALSE_MATCH_RATES, PairScores, resamples_of_people
from reid.metrics.verification import area_under_curve, equal_error_rate
from reid.typing import FloatArray, IntArray


def some_scores(seed: int, n_people: int = 9, most_probes: int = 7) -> tuple[FloatArray, IntArray]:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(n_people), rng.integers(1, most_probes + 1, n_people))
    scores = rng.integers(0, 15, (truth.size, n_people)).astype(np.float64)
    scores[np.arange(truth.size), truth] += 4
    scores[rng.random(scores.shape) < 0.02] = np.nan
    return scores, truth


def repeated(scores: FloatArray, truth: IntArray, weight: IntArray) -> tuple[list[float], list[float]]:
    """Copy people as often as they weigh; copies of one person are not each other's impostors."""
    genuine, impostor = [], []
    for row, maker in zip(np.where(np.isnan(scores), -np.inf, scores), truth, strict=True):
        for claimed, score in enumerate(row):
            if claimed == maker:
                genuine += [score] * weight[maker]
            else:
                impostor += [score] * (weight[maker] * weight[claimed])
    return genuine, impostor


def hit_rate(genuine: FloatArray, impostor: FloatArray, fmr: float) -> float:
    """Read the true match rate off the polyline of the ROC."""
    thresholds = np.append(np.inf, np.unique(np.concatenate([genuine, impostor]))[::-1])
    false = np.array([np.mean(impostor >= one) for one in thresholds])
    true = np.array([np.mean(genuine >= one) for one in thresholds])
    last = np.flatnonzero(false <= fmr + 1e-12)[-1]
    if last == false.size - 1:
        return float(true[last])
    share = max(0.0, fmr - false[last]) / (false[last + 1] - false[last])
    return float(true[last] + share * (true[last + 1] - true[last]))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_weighted_rates_are_those_of_repeated_comparisons(seed: int) -> None:
    scores, truth = some_scores(seed)
    weight = resamples_of_people(9, 1, np.random.default_rng(seed))[0]
    rates = PairScores.of_matrix(scores, truth).rates(weight)
    genuine, impostor = (np.array(side) for side in repeated(scores, truth, weight))
    assert rates.eer == pytest.approx(equal_error_rate(genuine, impostor), abs=1e-12)
    assert rates.auc == pytest.approx(area_under_curve(genuine, impostor), abs=1e-12)
    for fmr, tmr in zip(FALSE_MATCH_RATES, rates.tmr, strict=True):
        assert tmr == pytest.approx(hit_rate(genuine, impostor, fmr), abs=1e-12)
    filled = np.where(np.isnan(scores), -np.inf, scores)
    own, share = [], []
    for person in range(9):
        column, mine = filled[:, person], truth == person
        others = np.repeat(column[~mine], weight[truth[~mine]])
        if mine.sum() >= 5 and weight[person] and others.size:
            own.append(equal_error_rate(column[mine], others))
            share.append(weight[person])
            assert rates.own_eer[person] == pytest.approx(own[-1], abs=1e-12)
        else:
            assert np.isnan(rates.own_eer[person])
    if own:
        assert rates.eer_per_person == pytest.approx(np.average(own, weights=share))


def test_a_list_and_its_matrix_measure_the_same_in_any_order() -> None:
    scores, truth = some_scores(4)
    claimed, maker = np.tile(np.arange(9), truth.size), np.repeat(truth, 9)
    order = np.random.default_rng(0).permutation(claimed.size)
    whole = PairScores.of_matrix(scores, truth).rates()
    listed = PairScores.of_list(
        scores.ravel()[order], claimed[order], maker[order], (claimed == maker)[order], 9
    ).rates()
    assert (whole.eer, whole.auc, whole.eer_per_person) == (listed.eer, listed.auc, listed.eer_per_person)
    np.testing.assert_array_equal(whole.own_eer, listed.own_eer)


def test_measures_are_the_plain_functions_on_all_comparisons() -> None:
    scores, truth = some_scores(11, n_people=12)
    names = np.array([f"s{number:02d}" for number in range(12)])
    measures = measure(scores, truth, names[truth], names, rng=np.random.default_rng(0))
    own = np.zeros(scores.shape, dtype=bool)
    own[np.arange(truth.size), truth] = True
    filled = np.where(np.isnan(scores), -np.inf, scores)
    assert measures.eer.value == pytest.approx(equal_error_rate(filled[own], filled[~own]), abs=1e-12)
    assert measures.auc.value == pytest.approx(area_under_curve(filled[own], filled[~own]), abs=1e-12)
    assert measures.failures.comparisons == np.isnan(scores).sum() > 0
    assert measures.rank_1_among[50] is None
    assert measures.rank_1.chance == 1 / 12
    shown = measures.as_dict()
    assert shown["rank_1_among"]["50"] is None
    assert set(shown["rank_1_among"]["10"]) == {"value", "low", "high"}
    assert not any(name in str(shown) for name in names)


def test_true_match_rates_need_impostors_enough_to_set_a_threshold() -> None:
    scores, truth = some_scores(3, n_people=20)
    measures = measure(scores, truth, truth, np.arange(20), rng=np.random.default_rng(0), n_replicates=50)
    found = measures.tmr_at_fmr[1e-2]  # more than 300 comparisons, fewer than 3,000
    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.chance == 0.01
    assert measures.tmr_at_fmr[1e-3] is None
    assert measures.as_dict()["tmr_at_fmr"]["0.001"] is None


def test_people_without_a_counterpart_are_counted_as_left_out() -> None:
    scores = np.array([[3.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 1.0, 1.0]])
    people = ["a", "b", "c"]
    measures = measure(scores, np.array([0, 1, -1]), ["a", "b", "x"], people, rng=np.random.default_rng(0))
    assert measures.failures.people_left_out == 2  # c has no probe, x is not enrolled
    assert measures.n_people == 3
    assert measures.eer_per_person is None
    assert measures.rank_1.value == 1


def test_the_same_generator_gives_the_same_intervals() -> None:
    scores, truth = some_scores(2)
    once, again, other = (
        measure(scores, truth, truth, np.arange(9), rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert once == again
    assert once.eer != other.eer
    assert once.eer.value == other.eer.value


def test_makers_who_are_not_known_are_impostors_all_the_same() -> None:
    score = np.array([0.9, 0.8, 0.2, 0.7, 0.1, 0.3])
    claimed, maker = ["a", "a", "a", "b", "b", "b"], ["a", "a", "", "b", "", ""]
    genuine = np.array([True, True, False, True, False, False])
    measures = measure_comparisons(score, claimed, maker, genuine, rng=np.random.default_rng(0))
    assert (measures.eer.value, measures.auc.value, measures.n_people) == (0, 1, 2)
    assert measures.eer_per_person_sd is None


def test_contradictions_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ParameterError, match="genuine must be true exactly where"):
        measure_comparisons(np.array([1.0, 2.0]), ["a", "b"], ["a", "b"], np.array([True, False]), rng=rng)
    with pytest.raises(ParameterError, match="truth must be the column of the person"):
        measure(np.eye(2), np.array([0, 1]), ["b", "a"], ["a", "b"], rng=rng)
    with pytest.raises(TooFewError, match="at least 2 enrolled"):
        measure(np.ones((1, 1)), np.array([0]), ["a"], ["a"], rng=rng)
    with pytest.raises(TooFewError, match="be of both kinds"):
        measure_comparisons(np.array([1.0]), ["a"], ["a"], np.array([True]), rng=rng)


def test_an_attacker_does_not_differ_from_itself_and_does_from_a_better_one() -> None:
    rng = np.random.default_rng(7)
    truth = np.repeat(np.arange(40), 5)
    noise = rng.normal(size=(200, 40))
    weak, strong = noise.copy(), noise.copy()
    weak[np.arange(200), truth] += 0.5
    strong[np.arange(200), truth] += 2.5
    one, two = PairScores.of_matrix(weak, truth), PairScores.of_matrix(strong, truth)
    same = difference_of_error_rates(one, one, rng=rng, n_replicates=50)
    assert all((each.value, each.low, each.high) == (0, 0, 0) for each in same.values())
    apart = difference_of_error_rates(one, two, rng=rng, n_replicates=100)
    assert apart["eer"].low > 0
    assert apart["eer_per_person"].low > 0
    assert apart["auc"].high < 0
