"""Weights of several attackers, learnt in rehearsals."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from reid.attackers.fusion import FusionWeights, Scores
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.weighing import _loss
from reid.typing import FloatArray

N_PEOPLE = 12
PEOPLE = tuple(f"p{number:02d}" for number in range(N_PEOPLE))


def matrix(scores: FloatArray) -> ScoreMatrix:
    return ScoreMatrix(scores, PEOPLE, tuple(np.repeat(PEOPLE, len(scores) // N_PEOPLE)))


def rehearsed(seed: int, strengths: dict[str, float], n_probes: int = 20, unit: float = 1.0) -> Scores:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(N_PEOPLE), n_probes)
    scores: dict[str, ScoreMatrix] = {}
    for name, strength in strengths.items():
        values = rng.normal(size=(truth.size, N_PEOPLE))
        values[np.arange(truth.size), truth] += strength
        scores[name] = matrix(unit * values)
    return scores


def test_an_attacker_who_knows_nothing_gets_about_no_weight() -> None:
    learnt = FusionWeights.learn([rehearsed(0, {"good": 2.0, "blind": 0.0})], ["good", "blind"])
    weights = dict(learnt.weights)
    assert weights["good"] > 0.5
    assert weights["blind"] < 0.1 * weights["good"]


def test_better_attackers_weigh_more_and_all_weights_are_at_least_zero() -> None:
    strengths = {"strong": 2.0, "weak": 0.7, "wrong": -1.0}
    weights = dict(FusionWeights.learn([rehearsed(1, strengths)], list(strengths)).weights)
    assert weights["strong"] > weights["weak"] > 0
    assert weights["wrong"] == 0


def test_the_unit_of_a_score_does_not_matter() -> None:
    small, large = (rehearsed(2, {"a": 1.5, "b": 1.0}, unit=unit) for unit in (1.0, 1e6))
    fused = [FusionWeights.learn([scores], ["a", "b"]).combined(scores).scores for scores in (small, large)]
    np.testing.assert_allclose(fused[0], fused[1], rtol=1e-4, atol=1e-4)


def test_fusing_two_independent_attackers_beats_either() -> None:
    strengths = {"a": 1.5, "b": 1.5}
    learnt = FusionWeights.learn([rehearsed(3, strengths)], ["a", "b"])
    tested = rehearsed(4, strengths, n_probes=60)

    def named_right(one: ScoreMatrix) -> float:
        return float(np.mean(one.scores.argmax(axis=1) == one.truth()))

    assert named_right(learnt.combined(tested)) > 0.05 + max(named_right(one) for one in tested.values())


def test_weights_are_equal_where_nothing_was_rehearsed() -> None:
    assert FusionWeights.learn([], ["a", "b"]).weights == (("a", 1.0), ("b", 1.0))


def test_a_failed_comparison_of_one_attacker_does_not_poison_the_others() -> None:
    scores = dict(rehearsed(5, {"good": 3.0, "fails": 1.0}))
    holes = scores["fails"].scores.copy()
    holes[::3] = np.nan
    scores["fails"] = matrix(holes)
    learnt = FusionWeights.learn([scores], ["good", "fails"])
    assert all(np.isfinite(weight) for _, weight in learnt.weights)
    fused = learnt.combined(scores)
    assert not np.isnan(fused.scores).any()
    assert np.mean(fused.scores.argmax(axis=1) == fused.truth()) > 0.8


def test_an_attacker_who_always_fails_changes_no_rank() -> None:
    scores = dict(rehearsed(6, {"good": 2.0, "fails": 0.0}))
    scores["fails"] = matrix(np.full_like(scores["good"].scores, np.nan))
    fused = FusionWeights.learn([scores], ["good", "fails"]).combined(scores).scores
    np.testing.assert_array_equal(fused.argsort(axis=1), scores["good"].scores.argsort(axis=1))


def test_a_comparison_fails_only_where_everybody_failed() -> None:
    scores = dict(rehearsed(7, {"a": 1.0, "b": 1.0}))
    for name, rows in (("a", [0, 1]), ("b", [1, 2])):
        holes = scores[name].scores.copy()
        holes[rows] = np.nan
        scores[name] = matrix(holes)
    fused = FusionWeights.learn([scores], ["a", "b"]).combined(scores).scores
    assert np.flatnonzero(np.isnan(fused).any(axis=1)).tolist() == [1]


def test_a_failed_comparison_scores_the_same_whatever_else_is_probed() -> None:
    scores = dict(rehearsed(8, {"a": 1.0, "b": 1.0}, n_probes=1))
    holes = scores["a"].scores.copy()
    holes[0] = np.nan
    holes[1, :3] = np.nan
    scores["a"] = matrix(holes)
    weights = FusionWeights.learn([rehearsed(9, {"a": 1.0, "b": 1.0})], ["a", "b"])
    together = weights.combined(scores).scores
    for row in range(3):
        alone = {
            name: ScoreMatrix(one.scores[row : row + 1], PEOPLE, (PEOPLE[row],))
            for name, one in scores.items()
        }
        np.testing.assert_array_equal(weights.combined(alone).scores[0], together[row])


@pytest.mark.parametrize("seed", [0, 1])
def test_gradient_of_the_loss_is_that_of_finite_differences(seed: int) -> None:
    rng = np.random.default_rng(seed)
    situations = [
        (rng.normal(size=(3, 7, 5)), rng.integers(0, 5, 7)),
        (rng.normal(size=(3, 4, 6)), rng.integers(0, 6, 4)),
    ]
    weights = rng.uniform(0, 2, 3)
    numeric = approx_fprime(weights, lambda at: _loss(at, situations)[0], 1e-6)
    np.testing.assert_allclose(_loss(weights, situations)[1], numeric, atol=1e-5)


def test_without_a_rehearsal_the_unit_of_a_score_does_not_matter() -> None:
    alike = rehearsed(2, {"first": 1.0, "second": 1.0})
    larger = alike | {"second": matrix(1000 * alike["second"].scores)}
    weights = FusionWeights.learn([], list(alike))
    np.testing.assert_allclose(weights.combined(larger).scores, weights.combined(alike).scores)


def test_without_a_rehearsal_no_other_probe_matters() -> None:
    scores = rehearsed(3, {"first": 1.0, "second": 1.0})
    changed = {name: matrix(one.scores.copy()) for name, one in scores.items()}
    for one in changed.values():
        one.scores[1:] *= -7
    weights = FusionWeights.learn([], list(scores))
    np.testing.assert_array_equal(weights.combined(changed).scores[0], weights.combined(scores).scores[0])


def test_who_told_nothing_in_the_rehearsals_counts_nothing() -> None:
    people = tuple("abcdef")
    rng = np.random.default_rng(0)
    good = ScoreMatrix(rng.normal(size=(6, 6)) + 3 * np.eye(6), people, people)
    silent = ScoreMatrix(np.full((6, 6), np.nan), people, people)
    weights = dict(FusionWeights.learn([{"good": good, "silent": silent}], ["good", "silent"]).weights)
    assert weights["good"] > 0
    assert weights["silent"] == 0
