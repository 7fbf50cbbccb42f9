"""How much a probe holds decides how far an attacker is believed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.attackers.amounts import counted, modality_of, observations_in
from reid.attackers.discriminant import Discriminant
from reid.attackers.fusion import FusionWeights
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.weighing import Situation, Trust, learn_trust
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from reid.typing import FloatArray
from tests.features.form_logs import form_log

N_PEOPLE = 16
PEOPLE = tuple(f"p{number:02d}" for number in range(N_PEOPLE))


def spoken(seed: int, *, varied: bool, n_probes: int = 12) -> dict[str, ScoreMatrix]:
    """Two attackers whose signal grows with the observations behind it, one rich where the other is poor."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(N_PEOPLE), n_probes)
    rich = rng.random(truth.size) < 0.5
    scores = {}
    for name, has_much in (("keys", rich), ("pointer", ~rich)):
        amounts = np.where(has_much, 200.0, 5.0) if varied else np.full(truth.size, 100.0)
        strength = 4.0 * amounts / (amounts + 50.0)
        values = rng.normal(size=(truth.size, N_PEOPLE))
        values[np.arange(truth.size), truth] += strength
        scores[name] = ScoreMatrix(values, PEOPLE, tuple(np.repeat(PEOPLE, n_probes)), observations=amounts)
    return scores


def named_right(matrix: ScoreMatrix) -> float:
    return float(np.mean(matrix.scores.argmax(axis=1) == matrix.truth()))


def without_counts(scores: dict[str, ScoreMatrix]) -> dict[str, ScoreMatrix]:
    return {name: ScoreMatrix(one.scores, one.people, one.probe_people) for name, one in scores.items()}


def test_a_typical_probe_keeps_its_scores_a_poor_one_half_of_its_deviations_an_empty_one_none() -> None:
    scores = np.array([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0], [3.0, 1.0, 2.0]])
    expected = [[3.0, 1.0, 2.0], [2.5, 1.5, 2.0], [2.0, 2.0, 2.0]]
    grows = Trust(half_at=30.0, typical=30.0, usual=2.0)
    np.testing.assert_allclose(grows.applied(scores, np.array([30.0, 10.0, 0.0])), expected)
    never = Trust(usual=2.0)
    expected = [[3.0, 1.0, 2.0], [3.0, 1.0, 2.0], [2.0, 2.0, 2.0]]
    np.testing.assert_allclose(never.applied(scores, np.array([30.0, 1.0, 0.0])), expected)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 100), st.floats(0, 500), st.integers(0, 99))
def test_trust_changes_no_order(half_at: float, amount: float, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(1, 8))
    drawn = Trust(half_at, typical=40.0, usual=0.3).applied(scores, np.array([amount]))
    if amount > 0.01:
        np.testing.assert_array_equal(drawn.argsort(), scores.argsort())


def test_knowing_how_much_each_probe_holds_names_more_people() -> None:
    learnt_from, tested = spoken(0, varied=True), spoken(1, varied=True)
    knowing = FusionWeights.learn([learnt_from], list(learnt_from))
    plain = FusionWeights.learn([without_counts(learnt_from)], list(learnt_from))
    assert all(one.half_at > 0 for one in knowing.trust)
    assert plain.trust == ()
    assert named_right(knowing.combined(tested)) > named_right(plain.combined(tested)) + 0.02


def test_equal_amounts_change_nothing() -> None:
    scores = spoken(2, varied=False)
    assert FusionWeights.learn([scores], list(scores)) == FusionWeights.learn(
        [without_counts(scores)], list(scores)
    )


def test_attackers_that_counted_the_same_are_weighed_as_before() -> None:
    scores = spoken(3, varied=True)
    counts = scores["keys"].observations
    same = {
        name: ScoreMatrix(one.scores, one.people, one.probe_people, observations=counts)
        for name, one in scores.items()
    }
    assert FusionWeights.learn([same], list(same)) == FusionWeights.learn([without_counts(same)], list(same))


def test_amounts_that_say_nothing_are_not_believed() -> None:
    rng = np.random.default_rng(4)
    truth = np.repeat(np.arange(N_PEOPLE), 20)
    stacked: FloatArray = rng.normal(size=(2, truth.size, N_PEOPLE))
    stacked[:, np.arange(truth.size), truth] += 2.0
    amounts = rng.uniform(5, 200, (2, truth.size))
    assert learn_trust([Situation(stacked, truth, amounts)]) == (Trust(), Trust())


def test_what_is_counted_is_what_an_attacker_looks_at() -> None:
    samples = SampleTable.singly(cut(form_log(0, n_people=2, n_sessions=2)))
    assert observations_in(samples, "keyboard").tolist() == [12] * 4
    assert observations_in(samples, "pointer").tolist() == [28] * 4  # 4 fields of 5 moves and a click
    assert observations_in(samples, "both").tolist() == [7] * 4
    assert observations_in(samples.pooled(), "both").tolist() == [14] * 2
    homing = Discriminant(features="homing(n_bins=4)")
    assert modality_of(homing) == "both"
    matrix = ScoreMatrix(np.zeros((4, 2)), samples.subjects, tuple(samples.subject_ids))
    counts = counted(matrix, homing, samples).observations
    assert counts is not None
    assert counts.tolist() == [7] * 4
