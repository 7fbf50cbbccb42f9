"""Pairing and latencies: by hand, and against slow and obvious oracles."""

from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from reid.kernels.keystroke import KEY_DOWN, KEY_UP, pair_presses, successive_latencies
from reid.typing import Array, FloatArray, IntArray

MOVE = 2


class KeyEvents(NamedTuple):
    time_us: IntArray
    event: Array
    press: Array
    starts: IntArray
    stops: IntArray
    n_presses: int


@st.composite
def key_events(draw: DrawFn) -> KeyEvents:
    """Draw any order of downs, ups and moves, in runs that reuse numbers and may leave rows out."""
    n_rows, n_presses = draw(st.integers(0, 24)), draw(st.integers(1, 5))
    event = draw(st.lists(st.sampled_from([KEY_DOWN, KEY_UP, MOVE]), min_size=n_rows, max_size=n_rows))
    press = draw(st.lists(st.integers(0, n_presses - 1), min_size=n_rows, max_size=n_rows))
    steps = draw(st.lists(st.integers(0, 300), min_size=n_rows, max_size=n_rows))
    borders = sorted(draw(st.lists(st.integers(0, n_rows), min_size=2, max_size=6)))
    return KeyEvents(
        np.cumsum(np.array(steps, dtype=np.int64)),
        np.array(event, dtype=np.uint8),
        np.array(press, dtype=np.uint32),
        np.array(borders[0::2][: len(borders) // 2], dtype=np.int64),
        np.array(borders[1::2], dtype=np.int64),
        n_presses,
    )


def naive_pairs(events: KeyEvents) -> tuple[list[int], list[float], list[int]]:
    rows: list[int] = []
    holds: list[float] = []
    offsets = [0]
    for start, stop in zip(events.starts, events.stops, strict=True):
        inside = range(start, stop)
        for row in inside:
            same = [other for other in inside if events.press[other] == events.press[row]]
            downs = [other for other in same if events.event[other] == KEY_DOWN]
            if events.event[row] != KEY_DOWN or row != downs[0]:
                continue
            ups = [other for other in same if other > row and events.event[other] == KEY_UP]
            rows.append(row)
            holds.append(float(events.time_us[ups[0]] - events.time_us[row]) if ups else np.nan)
        offsets.append(len(rows))
    return rows, holds, offsets


def pairs_of(
    time_us: list[int], event: list[int], press: list[int], runs: list[tuple[int, int]]
) -> tuple[Array, ...]:
    starts, stops = (np.array(side, dtype=np.int64) for side in zip(*runs, strict=True))
    arrays = np.array(time_us), np.array(event, dtype=np.uint8), np.array(press, dtype=np.uint32)
    return pair_presses(*arrays, starts, stops, max(press) + 1)


def test_hold_spans_press_to_release_of_the_same_key_under_rollover() -> None:
    rows, hold_us, offsets = pairs_of([0, 60, 100, 180], [0, 0, 1, 1], [0, 1, 0, 1], [(0, 4)])
    np.testing.assert_array_equal(rows, [0, 1])
    np.testing.assert_array_equal(hold_us, [100.0, 120.0])
    np.testing.assert_array_equal(offsets, [0, 2])


def test_auto_repeat_is_one_long_press() -> None:
    rows, hold_us, _ = pairs_of([0, 500, 530, 560], [0, 0, 0, 1], [0, 0, 0, 0], [(0, 4)])
    np.testing.assert_array_equal(rows, [0])
    np.testing.assert_array_equal(hold_us, [560.0])


def test_a_release_in_another_run_gives_no_hold() -> None:
    rows, hold_us, offsets = pairs_of([0, 80, 90, 95], [0, 1, 0, 1], [0, 0, 0, 0], [(0, 1), (1, 4)])
    np.testing.assert_array_equal(rows, [0, 2])
    np.testing.assert_array_equal(hold_us, [np.nan, 5.0])
    np.testing.assert_array_equal(offsets, [0, 1, 2])


@settings(max_examples=150, deadline=None)
@given(key_events())
def test_pairs_agree_with_the_quadratic_oracle(events: KeyEvents) -> None:
    for found, expected in zip(pair_presses(*events), naive_pairs(events), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_flight_is_negative_under_rollover() -> None:
    down_us, hold_us = np.array([0, 60, 300]), np.array([100.0, 120.0, 50.0])
    ud_us, dd_us, uu_us = successive_latencies(down_us, hold_us, np.array([0, 3]))
    np.testing.assert_array_equal(dd_us, [np.nan, 60.0, 240.0])
    np.testing.assert_array_equal(ud_us, [np.nan, -40.0, 120.0])
    np.testing.assert_array_equal(uu_us, [np.nan, 80.0, 170.0])


def naive_latencies(down_us: IntArray, hold_us: FloatArray, offsets: IntArray) -> list[list[float]]:
    up_us = [down + hold for down, hold in zip(down_us.tolist(), hold_us.tolist(), strict=True)]
    run_of = [run for run, size in enumerate(np.diff(offsets)) for _ in range(size)]
    table: list[list[float]] = [[], [], []]
    for now, down in enumerate(down_us.tolist()):
        same_run = now > 0 and run_of[now] == run_of[now - 1]
        before_up, before_down = (up_us[now - 1], down_us[now - 1]) if same_run else (np.nan, np.nan)
        for column, value in zip(
            table, (down - before_up, down - before_down, up_us[now] - before_up), strict=True
        ):
            column.append(value)
    return table


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.one_of(st.none(), st.integers(0, 10**6))), max_size=15),
    st.lists(st.integers(0, 15), max_size=4),
)
def test_latencies_agree_with_subtraction_of_clock_times(
    presses: list[tuple[int, int | None]], borders: list[int]
) -> None:
    down_us = np.cumsum(np.array([step for step, _ in presses], dtype=np.int64))
    hold_us = np.array([np.nan if hold is None else hold for _, hold in presses], dtype=np.float64)
    offsets = np.array([0, *sorted(min(border, len(presses)) for border in borders), len(presses)])
    found = successive_latencies(down_us, hold_us, offsets)
    np.testing.assert_array_equal(
        np.array(found), np.array(naive_latencies(down_us, hold_us, offsets)).reshape(3, -1)
    )
