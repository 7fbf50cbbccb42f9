import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.errors import ParameterError
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import clopper_pearson
from reid.metrics.several import over_releases

RATES = st.floats(0, 1)


def of_hits(hits: int, n: int) -> Estimate:
    return Estimate(hits / n, *clopper_pearson(hits, n), n_people=n, chance=1 / n)


def test_one_release_speaks_for_itself() -> None:
    alone = of_hits(3, 10)
    assert over_releases([alone]) is alone


def test_releases_that_agree_have_the_interval_of_each() -> None:
    merged = over_releases([of_hits(3, 10)] * 3)
    assert (merged.value, merged.low, merged.high) == pytest.approx(
        (0.3, of_hits(3, 10).low, of_hits(3, 10).high)
    )
    assert (merged.n_people, merged.chance) == (10, 0.1)


def test_by_hand_two_releases_of_no_own_spread() -> None:
    # Between them a variance of 0.02, times 1 + 1/2, and one degree of freedom: Student's t is 12.706.
    half = 12.7062 * np.sqrt(1.5 * 0.02)
    merged = over_releases([Estimate(5.4, 5.4, 5.4), Estimate(5.6, 5.6, 5.6)], within=None)
    assert (merged.value, merged.low, merged.high) == pytest.approx((5.5, 5.5 - half, 5.5 + half), rel=1e-4)


@given(st.lists(RATES, min_size=2, max_size=6), st.integers(1, 10**6))
def test_the_spread_of_releases_only_widens_and_rates_stay_rates(values: list[float], n: int) -> None:
    each = [Estimate(value, max(0.0, value - 1 / n), min(1.0, value + 1 / n)) for value in values]
    merged = over_releases(each)
    assert 0 <= merged.low <= merged.value <= merged.high <= 1
    assert merged.value == pytest.approx(np.mean(values))
    alike = over_releases([Estimate(merged.value, merged.low, merged.high)] * len(values))
    assert merged.high - merged.low == pytest.approx(alike.high - alike.low)
    assert min(values) >= merged.low - 1 / n - 1e-12
    assert max(values) <= merged.high + 1 / n + 1e-12


def test_another_release_on_other_people_lies_inside_as_often_as_said() -> None:
    """People of unequal risk and releases of unequal strength, 95 % intervals, 400 rounds."""
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(400):
        shifts = rng.normal(0, 0.05, 4)
        rates = np.clip(0.5 + shifts, 0, 1)
        of_people = [rng.binomial(200, rate) for rate in rates]
        merged = over_releases([of_hits(int(hits), 200) for hits in of_people[:3]])
        covered += merged.low <= rates[3] <= merged.high
    assert covered >= 0.93 * 400


@pytest.mark.parametrize("wrong", [[], [Estimate(0.5, 0.4, 0.6), Estimate(0.5, 0.4, 0.6, level=0.9)]])
def test_estimates_of_no_or_of_several_levels_are_refused(wrong: list[Estimate]) -> None:
    with pytest.raises(ParameterError, match="be one or more, of one level"):
        over_releases(wrong)
