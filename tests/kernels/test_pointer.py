"""Points, strokes, their columns, clicks and the wheel: by hand, and against plain NumPy."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reid.kernels.pointer import (
    BUTTON_DOWN,
    BUTTON_UP,
    MOVE,
    WHEEL,
    cut_strokes,
    merge_points,
    pointer_points,
)
from reid.kernels.pointer_clicks import click_columns, wheel_columns
from reid.kernels.pointer_shape import STROKE_COLUMNS
from reid.kernels.pointer_strokes import STEP_COLUMNS, stroke_columns
from reid.typing import Array, FloatArray, IntArray
from tests.kernels.pointer_paths import LEFT, RIGHT, pointer_rows, rows_of, whole

Row = tuple[int, int, float, float, int]
PAUSE_US = 1_000_000


def points(rows: list[Row]) -> tuple[Array, ...]:
    arrays = rows_of(rows)
    return pointer_points(*arrays, *whole(arrays), 30_000.0)


def merged(rows: list[Row]) -> tuple[Array, ...]:
    return merge_points(*points(rows)[1:])


def strokes(rows: list[Row], least_moves: int = 3) -> list[tuple[int, int, int]]:
    """Cut one run; return kind, and first and last row of each stroke."""
    row = points(rows)[0]
    kept, point_us, _, _, code, pressed, offsets = merged(rows)
    starts, stops, kinds, _ = cut_strokes(point_us, code, pressed, offsets, PAUSE_US, least_moves)
    return [
        (int(kind), int(row[kept[start]]), int(row[kept[stop - 1]]))
        for start, stop, kind in zip(starts, stops, kinds, strict=True)
    ]


def measured(rows: list[Row], least_moves: int = 3) -> tuple[list[dict[str, float]], FloatArray]:
    _, point_us, x, y, code, pressed, offsets = merged(rows)
    cut = cut_strokes(point_us, code, pressed, offsets, PAUSE_US, least_moves)
    found, steps, _ = stroke_columns(point_us, x, y, code, offsets, *cut)
    return [dict(zip(STROKE_COLUMNS, row, strict=True)) for row in found.tolist()], steps


def way(start_ms: int, places: list[tuple[float, float]], step_ms: int = 10) -> list[Row]:
    return [(1000 * (start_ms + step_ms * n), MOVE, x, y, 7) for n, (x, y) in enumerate(places)]


def along(n: int, y: float = 0.0) -> list[tuple[float, float]]:
    return [(3.0 * place, y) for place in range(n)]


def press(at_ms: int, x: float, y: float = 0.0, button: int = LEFT) -> Row:
    return (1000 * at_ms, BUTTON_DOWN, x, y, button)


def release(at_ms: int, x: float, y: float = 0.0, button: int = LEFT) -> Row:
    return (1000 * at_ms, BUTTON_UP, x, y, button)


def test_a_pause_between_moves_cuts_and_one_before_a_click_does_not() -> None:
    assert strokes(way(0, along(4)) + way(1030, along(4, 9.0))) == [(1, 0, 7)]
    assert strokes(way(0, along(4)) + way(1031, along(4, 9.0))) == [(1, 0, 3), (1, 4, 7)]
    assert strokes([*way(0, along(4)), press(5000, 9), release(9000, 9)]) == [(3, 0, 5)]


def test_three_moves_between_press_and_release_are_a_drag_and_two_a_tremor() -> None:
    before, after = way(0, along(4)), release(100, 50.0)
    tremor = [*before, press(40, 9), *way(50, [(10, 0), (11, 0)]), after]
    assert strokes(tremor) == [(3, 0, 7)]
    drag = [*before, press(40, 9), *way(50, [(10, 0), (11, 0), (12, 0)]), after]
    assert strokes(drag) == [(2, 0, 3), (4, 4, 8)]


def test_other_buttons_do_not_end_what_a_held_one_began() -> None:
    rows = [press(0, 0), *way(10, along(4, 1.0)), press(45, 9, 1, RIGHT), release(50, 9, 1, RIGHT)]
    rows += [*way(60, along(3, 2.0)), release(99, 6, 2)]
    assert strokes(rows) == [(4, 0, 10)]


def test_a_lost_release_costs_one_stroke() -> None:
    rows = [
        *way(0, along(4)),
        press(40, 9),
        *way(2000, along(4, 5.0)),
        press(2050, 9, 5),
        release(2100, 9, 5),
    ]
    assert [kind for kind, _, _ in strokes(rows)] == [2, 4]
    assert strokes([*rows, *way(2200, along(4, 7.0))])[-1] == (1, 11, 14)


def test_moves_at_one_time_and_moves_to_nowhere_are_merged() -> None:
    rows = way(0, [(0, 0), (0, 0), (5, 0)]) + way(20, [(6, 0)]) + way(30, [(6, 0), (9, 0)])
    kept, point_us, x, *_ = merged(rows)
    assert x.tolist() == [0, 6, 9]
    assert point_us.tolist() == [0, 20_000, 40_000]
    assert kept.tolist() == [0, 2, 5]


def test_off_the_screen_the_pointer_is_where_it_was() -> None:
    rows = [(0, MOVE, 65_535.0, 1.0, 7), *way(10, [(1, 2)]), (20_000, BUTTON_DOWN, 65_535.0, 65_535.0, LEFT)]
    row, _, x, y, *_ = points(rows)
    assert row.tolist() == [1, 2]
    assert (x.tolist(), y.tolist()) == ([1, 1], [2, 2])


@settings(max_examples=200, deadline=None)
@given(pointer_rows(most=80), st.integers(3, 6))
def test_strokes_do_not_overlap_and_cutting_at_any_of_them_changes_none_after(
    rows: list[Row], least_moves: int
) -> None:
    rows = [
        (*rest, min(x, 600.0), min(y, 600.0), button) for *rest, x, y, button in rows
    ]  # all on the screen
    found = strokes(rows, least_moves)
    for (_, _, last), (_, first, _) in pairwise(found):
        assert last < first
    for number, (_, first, last) in enumerate(found):
        moves = sum(event == MOVE for _, event, *_ in rows[first : last + 1])
        assert moves >= least_moves
        rest = strokes(rows[first:], least_moves)
        assert [start + first for _, start, _ in rest] == [start for _, start, _ in found[number:]]
        assert len(strokes(rows[:first], least_moves)) == number


def test_a_straight_even_stroke_by_hand() -> None:
    (row,), steps = measured([*way(0, along(6)), press(170, 15), release(250, 15)])
    expected = {
        "kind": 3, "sector": 0, "duration_s": 0.05, "length_px": 15, "chord_px": 15, "straightness": 1,
        "speed_px_per_s": 300, "speed_sd_px_per_s": 0, "speed_max_px_per_s": 300, "turn_total_rad": 0,
        "deviation_share": 0, "offset_mean_px": 0, "path_centre_share": 0.5, "axis_step_share": 1,
        "small_step_share": 0, "horizontal_share": 1, "vertical_share": 0, "jitter_ratio": 1,
        "step_regularity": 1, "self_intersections": 0, "rest_at_press_s": 0.12, "hold_s": 0.08, "points": 6,
        "throughput_bit_per_s": np.log2(15 / 16 + 1) / 0.05, "submovements": 1, "end_x_px": 15,
    }  # fmt: skip
    for name, value in expected.items():
        assert row[name] == pytest.approx(value, abs=1e-9), name
    for name in (
        "speed_skewness",
        "curvature_kurtosis",
        "pause_before_s",
        "since_click_s",
        "turn_from_last_rad",
    ):
        assert np.isnan(row[name]), name
    assert steps.shape == (4, len(STEP_COLUMNS))


def test_a_loop_crosses_itself_once_and_turns_one_way() -> None:
    loop = [(0, 0), (20, 0), (20, 10), (10, 10), (10, -10)]
    (row,), _ = measured(way(0, [(float(x), float(y)) for x, y in loop]))
    assert row["self_intersections"] == 1
    assert row["turn_sum_rad"] == pytest.approx(1.5 * np.pi)
    assert row["turn_total_rad"] == pytest.approx(1.5 * np.pi)


def test_pauses_and_headings_are_told_from_the_stroke_before() -> None:
    rows = [*way(0, along(5)), press(100, 12), release(150, 12)]
    rows += way(2150, [(12.0, 5.0 * place) for place in range(1, 6)])
    first, second = measured(rows)[0]
    assert first["pause_after_s"] == pytest.approx(2)
    assert second["pause_before_s"] == pytest.approx(2)
    assert second["since_click_s"] == pytest.approx(2.05)
    assert second["turn_from_last_rad"] == pytest.approx(np.pi / 2)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.integers(-60, 60), st.integers(-60, 60)), min_size=4, max_size=40
    )
)
def test_columns_agree_with_plain_numpy(moves: list[tuple[int, int, int]]) -> None:
    moves = [(ms, dx, dy or int(dx == 0)) for ms, dx, dy in moves]
    t = np.cumsum([ms for ms, _, _ in moves]) / 1000
    x, y = (300.0 + np.cumsum([move[axis] for move in moves]) for axis in (1, 2))
    rows = [(round(1e6 * at), MOVE, float(a), float(b), 7) for at, a, b in zip(t, x, y, strict=True)]
    (row,), steps = measured(rows)
    step, step_s = np.hypot(np.diff(x), np.diff(y)), np.diff(t)
    speed, heading = step / step_s, np.arctan2(np.diff(y), np.diff(x))
    turn = np.angle(np.exp(1j * np.diff(heading)))
    size = np.abs(turn)
    apart = (step_s[1:] + step_s[:-1]) / 2
    acceleration, chord = np.diff(speed) / apart, np.hypot(x[-1] - x[0], y[-1] - y[0])
    curvature = size / ((step[1:] + step[:-1]) / 2)
    middle = t[:-1] - t[0] + step_s / 2
    expected = {
        "length_px": step.sum(), "chord_px": chord, "speed_px_per_s": step.sum() / (t[-1] - t[0]),
        "speed_q25_px_per_s": np.quantile(speed, 0.25), "speed_q50_px_per_s": np.median(speed),
        "acceleration_max_px_per_s2": acceleration.max(),
        "acceleration_rms_px_per_s2": np.sqrt((acceleration**2).mean()),
        "turn_total_rad": size.sum(), "turn_rms_rad": np.sqrt((turn**2).mean()),
        "curvature_mean_rad_per_px": curvature.mean(), "curvature_q50_rad_per_px": np.median(curvature),
        "step_q90_px": np.quantile(step, 0.9),
        "path_centre_share": np.average(middle, weights=step) / (t[-1] - t[0]),
        "scatter_px": np.sqrt(x.var() + y.var()), "step_sd_s": step_s.std(),
        "step_regularity": step.mean() / (step.mean() + step.std()), "width_px": np.ptp(x),
    }  # fmt: skip
    if speed.std() > 1e-6 * speed.mean():
        expected |= {
            "speed_skewness": stats.skew(speed),
            "speed_kurtosis": stats.kurtosis(speed, fisher=False),
        }
    for name, value in expected.items():
        assert row[name] == pytest.approx(value, rel=1e-6, abs=1e-6), name
    if chord:
        off = np.abs((x - x[0]) * (y[-1] - y[0]) - (y - y[0]) * (x[-1] - x[0])) / chord
        larger = max(row["deviation_left_px"], row["deviation_right_px"])
        assert larger == pytest.approx(off.max(), abs=1e-6)
    places = [STEP_COLUMNS.index(name) for name in ("length_px", "turn_size_rad", "speed_px_per_s")]
    np.testing.assert_allclose(
        steps[:, places], np.stack([step[1:], size, speed[1:]], axis=1), rtol=1e-5, atol=1e-5
    )


@settings(max_examples=200, deadline=None)
@given(pointer_rows(most=80))
def test_every_column_is_finite_or_missing_on_any_log(rows: list[Row]) -> None:
    found, steps = measured(rows)
    assert not any(np.isinf(value) for row in found for value in row.values())
    assert np.isfinite(steps).all()


def clicks(rows: list[Row]) -> FloatArray:
    return click_columns(*points(rows)[1:])[0]


def test_a_double_click_by_hand() -> None:
    rows = [*way(0, [(5, 5)]), press(200, 5, 5), release(280, 5, 5), press(400, 6, 5), release(460, 9, 9)]
    rows += way(700, [(9, 9)])
    np.testing.assert_allclose(
        clicks(rows),
        [
            [0.08, 0.2, 0.12, np.nan, 0, 0, 0, LEFT, np.nan, 5, 5],
            [0.06, np.nan, 0.24, 0.2, 5, 0, 1, LEFT, 0.2, 6, 5],
        ],
    )


def test_a_slow_or_distant_second_click_is_no_double_click() -> None:
    for at_ms, x in ((601, 0), (300, 9)):
        again = clicks([press(0, 0), release(50, 0), press(at_ms, x), release(at_ms + 50, x)])
        assert again[1, 6] == 0
        assert np.isnan(again[1, 3])


def test_a_press_without_release_has_no_hold() -> None:
    found = clicks([press(0, 0), press(100, 0, 0, RIGHT), release(150, 0, 0, RIGHT)])
    np.testing.assert_array_equal(np.isnan(found[:, 0]), [True, False])
    assert found[1, 0] == pytest.approx(0.05)


def test_wheel_turns_by_hand() -> None:
    time_us = np.array([0, 100_000, 150_000, 400_000])
    event = np.array([WHEEL, MOVE, WHEEL, WHEEL], dtype=np.uint8)
    delta = np.array([1, np.nan, 3, -1], dtype=np.float32)
    starts, stops = bounds((0, 4))
    turns, offsets = wheel_columns(time_us, event, delta, starts, stops)
    np.testing.assert_allclose(turns, [[1, 1, np.nan, np.nan], [3, 1, 0.15, 0], [1, 0, 0.25, 1]], rtol=1e-12)
    assert offsets.tolist() == [0, 3]


def bounds(run: tuple[int, int]) -> tuple[IntArray, IntArray]:
    return np.array([run[0]]), np.array([run[1]])
