"""Ways of the hand between pointer and keys: by hand, and against a slow walk over lists."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.handovers import handovers
from reid.kernels.pointer import BUTTON_DOWN, BUTTON_UP, MOVE, WHEEL
from reid.typing import FloatArray, IntArray

KEY_DOWN, KEY_UP = 0, 1
MS = 1000
Row = tuple[int, int, float, float]
KEY = (np.nan, np.nan)


def measured(rows: list[Row], hold_us: list[float], cuts: tuple[int, ...] = ()) -> tuple[FloatArray, ...]:
    """Number the downs in their order and measure the rows, cut into runs at ``cuts``."""
    time_us, event = (
        np.array([row[at] for row in rows], dtype) for at, dtype in ((0, np.int64), (1, np.uint8))
    )
    x, y = (np.array([row[at] for row in rows], np.float32) for at in (2, 3))
    press: IntArray = np.where(event == KEY_DOWN, np.cumsum(event == KEY_DOWN) - 1, -1).astype(np.int64)
    bounds = np.array([0, *cuts, len(rows)], dtype=np.int64)
    return handovers(time_us, event, x, y, press, np.array(hold_us, float), bounds[:-1], bounds[1:])


def test_a_click_then_typing_then_the_way_back_by_hand() -> None:
    rows: list[Row] = [
        (0, MOVE, 0.0, 0.0),
        (100 * MS, BUTTON_DOWN, 0.0, 0.0),
        (180 * MS, BUTTON_UP, 0.0, 0.0),
        (200 * MS, MOVE, 3.0, 4.0),
        (600 * MS, KEY_DOWN, *KEY),
        (700 * MS, KEY_UP, *KEY),
        (800 * MS, KEY_DOWN, *KEY),
        (1000 * MS, MOVE, 3.0, 4.0),  # the second key is still down
        (1012 * MS, MOVE, 3.0, 16.0),
        (1050 * MS, KEY_UP, *KEY),
        (1500 * MS, BUTTON_DOWN, 3.0, 16.0),
    ]
    to_keys, key_offsets, to_pointer, pointer_offsets = measured(rows, [100 * MS, 250 * MS])
    np.testing.assert_allclose(to_keys, [[0.4, 1, 1, 0.42, 5, 1, 0.2, 0.1, 0.2]])
    np.testing.assert_allclose(to_pointer, [[0.2, -0.05, 0.25, 0.2, 0, 0.012, 12, 0.5]])
    assert key_offsets.tolist() == pointer_offsets.tolist() == [0, 1]


def test_what_is_not_there_is_missing() -> None:
    rows: list[Row] = [
        (0, WHEEL, 0.0, 0.0), (MS, KEY_DOWN, *KEY), (2 * MS, BUTTON_DOWN, 1.0, 1.0), (3 * MS, KEY_DOWN, *KEY)
    ]  # fmt: skip
    to_keys, _, to_pointer, _ = measured(rows, [np.nan, np.nan])
    first, second = to_keys
    assert first[1] == first[2] == 0
    assert np.isnan(first[3:6]).all()  # no button in the spell of the wheel
    assert np.isnan(first[7:]).all()  # never released, and no second key before the pointer
    assert second[1:4].tolist() == [1, 1, 0.001]
    assert to_pointer[0, 4] == 1
    assert to_pointer[0, 7] == 0
    assert np.isnan(to_pointer[0, [1, 2, 3, 5, 6]]).all()


def test_no_way_leads_from_one_run_into_the_next() -> None:
    rows: list[Row] = [(0, MOVE, 0.0, 0.0), (MS, KEY_DOWN, *KEY), (2 * MS, MOVE, 0.0, 0.0)]
    to_keys, key_offsets, to_pointer, pointer_offsets = measured(rows, [MS], cuts=(1,))
    assert not len(to_keys)
    assert key_offsets.tolist() == [0, 0, 0]
    assert len(to_pointer) == 1
    assert pointer_offsets.tolist() == [0, 0, 1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([KEY_DOWN, KEY_UP, MOVE, MOVE, BUTTON_DOWN, BUTTON_UP, WHEEL]),
            st.integers(0, 400),
            st.integers(0, 9),
        ),
        max_size=40,
    )
)
def test_ways_agree_with_a_walk_over_spells(drawn: list[tuple[int, int, int]]) -> None:
    now, rows = 0, []
    for kind, step_ms, x in drawn:
        now += step_ms * MS
        rows.append((now, kind, *KEY) if kind < MOVE else (now, kind, float(x), 0.0))
    holds = [50.0 * MS] * sum(row[1] == KEY_DOWN for row in rows)
    to_keys, _, to_pointer, _ = measured(rows, holds)
    spells: list[list[Row]] = []
    for row in rows:
        if row[1] == KEY_UP:
            continue
        if not spells or (spells[-1][0][1] < MOVE) != (row[1] < MOVE):
            spells.append([])
        spells[-1].append(row)
    expected_keys, expected_pointer = [], []
    for before, after in pairwise(spells):
        gap_s = (after[0][0] - before[-1][0]) / 1e6
        dd_s = (after[1][0] - after[0][0]) / 1e6 if len(after) > 1 else np.nan
        if after[0][1] < MOVE:
            buttons = [at for at, row in enumerate(before) if row[1] in (BUTTON_DOWN, BUTTON_UP)]
            clicks = sum(row[1] == BUTTON_DOWN for row in before)
            tail = [np.nan] * 3
            if buttons:
                rest = before[buttons[-1] :]
                steps = [abs(b[2] - a[2]) for a, b in pairwise(rest) if b[1] == MOVE]
                tail = [(after[0][0] - rest[0][0]) / 1e6, sum(steps), len(steps)]
            spell_s = (before[-1][0] - before[0][0]) / 1e6
            expected_keys.append([gap_s, float(clicks > 0), clicks, *tail, spell_s, 0.05, dd_s])
        else:
            last_dd = (before[-1][0] - before[-2][0]) / 1e6 if len(before) > 1 else np.nan
            step_px = abs(after[1][2] - after[0][2]) if len(after) > 1 else np.nan
            down = [row[0] for row in after if row[1] == BUTTON_DOWN]
            until = (down[0] - after[0][0]) / 1e6 if down else np.nan
            is_down = float(after[0][1] == BUTTON_DOWN)
            expected_pointer.append([gap_s, gap_s - 0.05, 0.05, last_dd, is_down, dd_s, step_px, until])
    np.testing.assert_allclose(to_keys, np.array(expected_keys).reshape(-1, 9), atol=1e-9)
    np.testing.assert_allclose(to_pointer, np.array(expected_pointer).reshape(-1, 8), atol=1e-9)
