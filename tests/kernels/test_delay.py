from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reid.kernels.delay import delay_mix, running_maximum


def naive_delay_mix(time_us: list[int], uniform: list[float], bounds: list[int], bound_us: int) -> list[int]:
    released: list[int] = []
    for start, stop in pairwise(bounds):
        session: list[int] = []
        for row in range(start, stop):
            least = max(session[-1] - time_us[row], 0) if session else 0
            allowed = range(least, bound_us + 1)
            assert len(allowed) >= 1, "the range of a delay is never empty"
            session.append(time_us[row] + allowed[int(uniform[row] * len(allowed))])
        released += session
    return released


@st.composite
def sessions(draw: st.DrawFn) -> tuple[list[int], list[float], list[int], int]:
    sizes = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    gaps = st.integers(0, 5) | st.integers(0, 10**9)
    time_us: list[int] = []
    for size in sizes:
        time_us += np.cumsum(draw(st.lists(gaps, min_size=size, max_size=size))).tolist()
    below_one = st.floats(0, 1, exclude_max=True) | st.sampled_from([0.0, float(np.nextafter(1, 0))])
    uniform = draw(st.lists(below_one, min_size=len(time_us), max_size=len(time_us)))
    bound_us = draw(
        st.integers(0, 10) | st.integers(0, 10**13) | st.sampled_from([2**k - 1 for k in range(44)])
    )
    return time_us, uniform, [0, *np.cumsum(sizes).tolist()], bound_us


@settings(max_examples=200, deadline=None)
@given(sessions())
def test_delay_mix_agrees_with_the_oracle_and_keeps_order_and_bound(
    case: tuple[list[int], list[float], list[int], int],
) -> None:
    time_us, uniform, bounds, bound_us = case
    released = delay_mix(np.array(time_us), np.array(uniform), np.array(bounds), bound_us)
    assert released.tolist() == naive_delay_mix(*case)
    delay = released - np.array(time_us)
    assert delay.min() >= 0
    assert delay.max() <= bound_us
    for start, stop in pairwise(bounds):
        assert (np.diff(released[start:stop]) >= 0).all()


def test_an_event_right_after_a_late_one_draws_from_what_is_left_of_the_bound() -> None:
    # First event delayed by 8 of 10; the second, 3 later, may leave 5 to 10 after its time.
    early = delay_mix(np.array([0, 3]), np.array([0.75, 0.0]), np.array([0, 2]), 10)
    late = delay_mix(np.array([0, 3]), np.array([0.75, 0.999]), np.array([0, 2]), 10)
    assert early.tolist() == [8, 8]
    assert late.tolist() == [8, 13]


def test_each_session_starts_anew() -> None:
    released = delay_mix(np.array([0, 0]), np.array([0.99, 0.0]), np.array([0, 1, 2]), 10)
    assert released.tolist() == [10, 0]


def share_of_its_range(time_us: np.ndarray, released_us: np.ndarray, bound_us: int) -> np.ndarray:
    """Where each delay stands between its least and its greatest value, in 0 to 1."""
    least = np.maximum(np.append(0, released_us[:-1] - time_us[1:]), 0)
    return (released_us - time_us - least) / (bound_us - least)


def test_delays_are_uniform_on_what_the_event_before_leaves_and_a_bound_30_percent_off_is_not() -> None:
    rng = np.random.default_rng(11)
    time_us = np.cumsum(rng.integers(0, 150_000, 20_000))  # many events closer than the bound
    bounds = np.array([0, time_us.size])
    right = delay_mix(time_us, rng.random(time_us.size), bounds, 100_000)
    assert (np.diff(right) < np.diff(time_us)).any()
    assert stats.kstest(share_of_its_range(time_us, right, 100_000), "uniform").pvalue > 0.001
    wrong = delay_mix(time_us, rng.random(time_us.size), bounds, 70_000)
    free = np.append(True, right[:-1] < time_us[1:])
    assert stats.kstest(share_of_its_range(time_us, wrong, 100_000)[free], "uniform").pvalue < 1e-6


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(-50, 50), min_size=1, max_size=10), min_size=1, max_size=4))
def test_running_maximum_agrees_with_the_oracle(case: list[list[int]]) -> None:
    flat = np.array([time for session in case for time in session])
    bounds = np.cumsum([0, *map(len, case)])
    expected = [max(session[: row + 1]) for session in case for row in range(len(session))]
    before = flat.copy()
    assert running_maximum(flat, bounds).tolist() == expected
    np.testing.assert_array_equal(flat, before)
