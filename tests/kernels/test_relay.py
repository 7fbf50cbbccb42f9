"""Relays by plain oracles: a queue that is walked through event by event."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.relay import delay_and_merge, interval_mix, one_after_another


@st.composite
def sessions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Event times, draws and bounds of one to three sessions, one of which may be empty."""
    gaps = st.lists(st.sampled_from([0, 1, 900, 20_000, 10**9]), max_size=12)
    parts = [np.cumsum(draw(gaps), dtype=np.int64) for _ in range(draw(st.integers(1, 3)))]
    bounds = np.cumsum([0, *(part.size for part in parts)])
    uniform = np.random.default_rng(draw(st.integers(0, 10**6))).random(int(bounds[-1]))
    return np.concatenate(parts), uniform, bounds


def test_an_interval_grows_after_a_late_event_and_shrinks_while_events_pile_up() -> None:
    time_us = np.array([5, 5, 1005, 1006])
    uniform = np.array([0.9, 0.5, 0.5, 0.999])
    # u = 100: wanted at 5 + 50, u = 100 - 50 = 50; wanted at 55 + 25, comes at 1005: u = 50 + 925 = 975
    left = interval_mix(time_us, uniform, np.array([0, 4]), 100.0, 1.0)
    assert left.tolist() == [5, 55, 1005, 1005 + int(0.999 * 976)]


@settings(max_examples=60, deadline=None)
@given(sessions(), st.sampled_from([1.0, 100.0, 5e4]), st.sampled_from([0.1, 1.0, 2.0]))
def test_interval_mix_agrees_with_its_formula(
    log: tuple[np.ndarray, np.ndarray, np.ndarray], start_us: float, rate: float
) -> None:
    time_us, uniform, bounds = log
    expected: list[int] = []
    for start, stop in pairwise(bounds):
        bound, left = start_us, 0
        for row in range(start, stop):
            if row > start:
                wanted = left + int(uniform[row] * (int(bound) + 1))
                bound = max(bound + rate * (int(time_us[row]) - wanted), 1.0)
            left = int(time_us[row]) if row == start else max(wanted, int(time_us[row]))
            expected.append(left)
    assert interval_mix(time_us, uniform, bounds, start_us, rate).tolist() == expected


@settings(max_examples=60, deadline=None)
@given(sessions())
def test_one_after_another_waits_from_when_the_last_one_left(
    log: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    time_us, uniform, bounds = log
    longest = np.arange(time_us.size) % 3 * 700
    expected: list[int] = []
    for start, stop in pairwise(bounds):
        free = 0
        for row in range(start, stop):
            free = max(int(time_us[row]), free) + int(uniform[row] * (int(longest[row]) + 1))
            expected.append(free)
    assert one_after_another(time_us, uniform, longest, bounds).tolist() == expected


def test_a_move_takes_the_place_of_a_move_that_waits_but_not_across_a_click() -> None:
    time_us = np.array([0, 3_000, 9_999, 20_000, 21_500, 22_000, 90_000])
    kind = np.array([1, 1, 1, 0, 1, 1, 1])  # three moves, a click, two moves, and one much later
    uniform = np.array([0.2, 0.9, 0.9, 0.0, 0.5, 0.9, 0.0])
    left, stays = delay_and_merge(time_us // 1000, uniform, kind, np.array([0, 7]), 49)
    # The first waits to 10 ms, the third comes at 9 on a clock of ms; the click leaves at once, at 20 ms;
    # the next move comes at 21 and waits 25 of 0 .. 49 ms.
    assert left.tolist() == [10, 10, 10, 20, 46, 46, 90]
    assert stays.tolist() == [False, False, True, True, False, True, True]


@settings(max_examples=60, deadline=None)
@given(sessions(), st.sampled_from([1, 50]), st.integers(0, 10**6))
def test_delay_and_merge_agrees_with_a_queue(
    log: tuple[np.ndarray, np.ndarray, np.ndarray], most_ticks: int, seed: int
) -> None:
    time_us, uniform, bounds = log
    kinds = np.random.default_rng(seed).integers(0, 3, time_us.size)
    left, stays = delay_and_merge(time_us // 1000, uniform, kinds, bounds, most_ticks)
    for start, stop in pairwise(bounds):
        queue: list[list[int]] = []  # time of leaving, kind, row whose place is told
        for row in range(start, stop):
            now = int(time_us[row]) // 1000
            if queue and kinds[row] and queue[-1][1] == kinds[row] and queue[-1][0] > now:
                queue[-1][2] = row
                continue
            least = max(queue[-1][0] - now, 0) if queue else 0
            n_delays = most_ticks - least + 1
            queue.append([now + least + int(uniform[row] * n_delays), int(kinds[row]), row])
        kept = [row for row in range(start, stop) if stays[row]]
        assert [[int(left[row]), int(kinds[row]), row] for row in kept] == queue
        assert np.all(np.diff(left[start:stop]) >= 0)
