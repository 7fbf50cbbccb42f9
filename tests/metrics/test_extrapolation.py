"""Rank-1 carried over to more people, on scores of which the larger gallery is known."""

import numpy as np
import pytest

from reid.errors import ParameterError, TooFewError
from reid.metrics.extrapolation import Extrapolation, extrapolate, require_within_reach
from reid.metrics.gallery_laws import ProbitNormal
from reid.metrics.identification import rank_1_among, rank_1_curve, ranks
from reid.metrics.impostor_tail import ImpostorTail
from reid.typing import FloatArray, IntArray

BEYOND = np.array([300, 1000])


def gaussian_scores(n_people: int, lead: float, rng: np.random.Generator) -> tuple[FloatArray, IntArray]:
    """Return standard normal scores in which the right person's lie higher by ``lead``."""
    truth = np.arange(n_people)
    scores = rng.normal(size=(n_people, n_people))
    scores[truth, truth] += lead
    return scores, truth


def carried(scores: FloatArray, truth: IntArray, *, seed: int = 0, n_draws: int = 16) -> Extrapolation:
    rng = np.random.default_rng(seed)
    return extrapolate(scores, truth, BEYOND, rng=rng, level=0.9, n_draws=n_draws)


@pytest.mark.parametrize("lead", [1.5, 3.0, 4.5])
def test_the_larger_gallery_is_foretold(lead: float) -> None:
    held, errors = 0, []
    true = ProbitNormal(mean=lead, sd=1.0).rank_1(np.array([1000.0]))[0]
    for seed in range(6):
        found = carried(*gaussian_scores(150, lead, np.random.default_rng(seed)), seed=seed)
        end = found.last()
        held += end.low <= true <= end.high
        errors.append(end.value - true)
    assert held >= 4
    assert abs(np.mean(errors)) < 0.06


def test_every_law_goes_through_what_was_measured_and_falls() -> None:
    scores, truth = gaussian_scores(60, 2.5, np.random.default_rng(3))
    found = extrapolate(scores, truth, np.array([61, 400]), rng=np.random.default_rng(0), n_draws=10)
    for rates in found.by_law.values():
        assert rates[0] == pytest.approx(found.measured.value, abs=0.01)
        assert rates[1] < rates[0]
    assert np.all((found.low <= found.rate) & (found.rate <= found.high))


def test_the_interval_grows_with_the_distance_and_is_no_narrower_than_the_measured_one() -> None:
    scores, truth = gaussian_scores(80, 3.0, np.random.default_rng(1))
    found = carried(scores, truth)
    width = (found.high - found.low) / found.rate
    assert width[1] > width[0]
    assert width[0] >= (found.measured.high - found.measured.low) / found.measured.value - 1e-9


def test_who_was_never_mistaken_may_still_be() -> None:
    scores, truth = gaussian_scores(30, 50.0, np.random.default_rng(1))
    end = carried(scores, truth).last()
    assert end.value == pytest.approx(1.0, abs=1e-6)
    assert end.low < 0.95


def test_where_nobody_is_named_the_measured_upper_end_stays() -> None:
    scores, truth = gaussian_scores(30, -50.0, np.random.default_rng(1))
    found = carried(scores, truth)
    assert found.last().value == 0.0
    assert found.last().high == pytest.approx(found.measured.high)


def test_failed_comparisons_and_equal_scores_do_no_harm() -> None:
    rng = np.random.default_rng(2)
    scores, truth = gaussian_scores(40, 2.0, rng)
    scores = np.round(scores)
    scores[rng.random(scores.shape) < 0.2] = np.nan
    scores[5] = np.nan
    scores[6] = 0.0
    found = carried(scores, truth)
    assert np.isfinite([found.rate, found.low, found.high]).all()


def test_the_same_draws_give_the_same_bits_and_probes_of_others_do_not_count() -> None:
    scores, truth = gaussian_scores(40, 2.0, np.random.default_rng(2))
    once = carried(scores, truth)
    again = carried(np.vstack([scores, scores[:5]]), np.append(truth, np.full(5, -1)))
    np.testing.assert_array_equal([once.rate, once.low, once.high], [again.rate, again.low, again.high])


def test_the_tail_sees_by_how_far_a_probe_has_won() -> None:
    scores, truth = gaussian_scores(100, 20.0, np.random.default_rng(0))
    weight = np.full(100, 0.01)
    near = scores.copy()
    near[truth, truth] = np.where(np.eye(100, dtype=bool), -np.inf, scores).max(axis=1) + 0.01
    far_rate, near_rate = (
        ImpostorTail.fit(each, truth, weight).rank_1(np.array([1000.0]))[0] for each in (scores, near)
    )
    assert far_rate > 0.999
    assert near_rate < 0.5


def test_a_curve_is_the_mean_of_each_size() -> None:
    scores, truth = gaussian_scores(20, 1.0, np.random.default_rng(0))
    better, tied = ranks(scores, truth)
    curve = rank_1_curve(better, tied, 20, np.array([1, 2, 20]), np.full(20, 0.05))
    hits = [rank_1_among(better, tied, 20, size) for size in (1, 2, 20)]
    expected = [float(each.mean()) for each in hits if each is not None]
    np.testing.assert_allclose(curve, expected)
    with pytest.raises(ParameterError, match="at most 20"):
        rank_1_curve(better, tied, 20, np.array([21]), np.full(20, 0.05))


def test_too_few_people_and_sizes_already_measured_are_refused() -> None:
    scores, truth = gaussian_scores(9, 1.0, np.random.default_rng(0))
    with pytest.raises(TooFewError, match="at least 10"):
        carried(scores, truth)
    scores, truth = gaussian_scores(12, 1.0, np.random.default_rng(0))
    with pytest.raises(ParameterError, match="above the 12 people"):
        extrapolate(scores, truth, np.array([12]), rng=np.random.default_rng(0))


def test_far_populations_must_be_asked_for() -> None:
    require_within_reach(510, 51, far=False)
    require_within_reach(67_000, 51, far=True)
    with pytest.raises(ParameterError, match="at most 10 times the 51 people measured; found 67,000"):
        require_within_reach(67_000, 51, far=False)
    with pytest.raises(ParameterError, match="at least 2 people"):
        require_within_reach(1, 51, far=True)
