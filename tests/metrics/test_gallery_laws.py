"""Laws of rank-1 by the number of people, against what is published and known of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from reid.metrics.gallery_laws import PitmanYor, ProbitNormal

SIZES = np.unique(np.geomspace(2, 200, 16).round())


def test_the_published_fit_is_met() -> None:
    law = PitmanYor.fit(np.array([10.0, 50, 100, 500]), np.array([0.99, 0.97, 0.95, 0.90]))
    foretold = law.rank_1(np.array([1e3, 1e4, 1e5, 1e6]))
    np.testing.assert_allclose(foretold, [0.87505, 0.79166, 0.71372, 0.64309], atol=2e-4)


@pytest.mark.parametrize("law", [PitmanYor(discount=0.0, strength=1e-9), ProbitNormal(mean=0.0, sd=1.0)])
def test_blind_guessing_is_a_case_of_each_law(law: PitmanYor | ProbitNormal) -> None:
    np.testing.assert_allclose(law.rank_1(SIZES), 1 / SIZES, rtol=2e-3)


@pytest.mark.parametrize("discount", [1e-12, 1e-4, 0.3, 0.9])
def test_no_digit_is_lost_where_nearly_everybody_is_unique(discount: float) -> None:
    below, above = (PitmanYor(discount, strength).rank_1(SIZES) for strength in (199.9999, 200.0001))
    np.testing.assert_allclose(below, above, atol=2e-6)
    huge = PitmanYor(discount, 1e10).rank_1(SIZES)
    assert np.all((huge > 1 - 1e-6) & (huge <= 1))


def test_rank_1_of_the_probit_law_is_a_mean_over_probes() -> None:
    chance = ProbitNormal(mean=2.0, sd=0.8).rank_1(np.array([30.0]))
    deviates = np.random.default_rng(0).normal(2.0, 0.8, 200_000)
    assert chance[0] == pytest.approx(np.mean(ndtr(deviates) ** 29), abs=3e-3)


@settings(max_examples=15, deadline=None)
@given(st.floats(-4, 2), st.floats(0, 8))
def test_a_pitman_yor_curve_is_found_again(first: float, second: float) -> None:
    curve = PitmanYor.of_free(first, second).rank_1(SIZES)
    np.testing.assert_allclose(PitmanYor.fit(SIZES, curve).rank_1(SIZES), curve, atol=2e-3)


@settings(max_examples=15, deadline=None)
@given(st.floats(-0.5, 4), st.floats(-1.5, 1))
def test_a_probit_curve_is_found_again(first: float, second: float) -> None:
    curve = ProbitNormal.of_free(first, second).rank_1(SIZES)
    np.testing.assert_allclose(ProbitNormal.fit(SIZES, curve).rank_1(SIZES), curve, atol=2e-3)
