"""Strategies on pointer paths: the cases one can check by hand, and what timing strategies do to clicks."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.anonymizers import (
    Anonymizer,
    DelayMix,
    DropRelease,
    FixedRate,
    PixelGrid,
    Simplify,
    TimeGrid,
    TimeJitter,
)
from reid.errors import ParameterError
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.pointing import at, lift, pointed, pointer_logs, press, shown, turn

MS = 1000


def released(strategy: Anonymizer, log: EventTable) -> EventTable:
    return strategy.fit([log]).apply(log, Streams(4)).events


def test_a_grid_of_pixels_floors_moves_and_keeps_clicks() -> None:
    log = pointed(
        [at(0, 19, 9.5), at(8, 25, 3), press(9, 25, 3), lift(50, 25, 3), at(60, -1, 30), turn(70, -1, 30, 2)]
    )
    assert shown(released(PixelGrid(step_px=10), log)) == [
        (0, "move", 10, 0),
        (8, "move", 20, 0),
        (9, "button_down", 25, 3),
        (50, "button_up", 25, 3),
        (60, "move", -10, 30),
        (70, "wheel", -10, 30),
    ]
    everywhere = released(PixelGrid(step_px=10, clicks=True), log).frame
    assert everywhere["x_px"].to_list() == [10, 20, 20, 20, -10, -10]
    assert everywhere["y_px"].to_list() == [0, 0, 0, 0, 30, 30]


def test_a_move_within_a_cell_of_the_grid_leaves_no_time_behind() -> None:
    log = pointed(
        [at(0, 1, 1), at(8, 2, 2), at(16, 9, 9), at(24, 11, 9), at(30, 10, 0), at(40, 9, 0)], [at(5, 9, 0)]
    )
    assert shown(released(PixelGrid(step_px=10), log)) == [
        (0, "move", 0, 0),
        (24, "move", 10, 0),
        (40, "move", 0, 0),
        (5, "move", 0, 0),  # another session
    ]


def test_a_trial_without_movement_on_the_grid_keeps_a_row() -> None:
    log = pointed([at(n, n, 0, trial=n // 3) for n in range(6)])
    assert released(PixelGrid(step_px=100), log).frame["trial"].to_list() == [0, 1]


def test_far_positions_are_on_the_grid_too() -> None:
    log = pointed([at(0, 3e38, -3e38), at(1, 16_777_217, 5)])
    found = released(PixelGrid(step_px=10), log).frame
    assert found["x_px"].to_list() == [16_777_210, 16_777_210]
    assert found["y_px"].to_list() == [-16_777_210, 0]


def test_whole_pixels_are_asked_for() -> None:
    with pytest.raises(ParameterError, match="whole pixels"):
        PixelGrid(step_px=2.5)  # type: ignore[arg-type]


def test_simplified_paths_keep_the_pointer_where_it_clicks() -> None:
    log = pointed(
        [
            *(at(n, n, 0) for n in range(5)),
            press(5, 4, 0),
            *(at(6 + n, 4, n) for n in range(4)),  # a drag
            lift(10, 4, 3),
            at(11, 9, 9),
            turn(12, 9, 9, 1),
            *(at(13 + n, 9, 9) for n in range(4)),  # reported again and again
        ]
    )
    assert shown(released(Simplify(tolerance_px=1), log)) == [
        (0, "move", 0, 0),
        (4, "move", 4, 0),
        (5, "button_down", 4, 0),
        (6, "move", 4, 0),
        (9, "move", 4, 3),
        (10, "button_up", 4, 3),
        (11, "move", 9, 9),
        (12, "wheel", 9, 9),
        (13, "move", 9, 9),
        (16, "move", 9, 9),
    ]


def test_keys_do_not_cut_a_path_but_trials_do() -> None:
    typed = {"time_us": 2, "event": "key_down", "key": "KeyA"}
    path = [at(n, n, 0) for n in range(5)]
    log = pointed([*path[:2], typed, *path[2:]])
    assert released(Simplify(tolerance_px=0), log).frame["time_us"].to_list() == [0, 2, 4]
    trials = pointed([{**row, "trial": int(row["time_us"] > 1)} for row in path])
    assert released(Simplify(tolerance_px=0), trials).frame["time_us"].to_list() == [0, 1, 2, 4]


def moves_of(table: EventTable) -> pl.DataFrame:
    return table.frame.filter(pl.col("event") == "move")


@settings(max_examples=60, deadline=None)
@given(pointer_logs(), st.sampled_from([0, 0.5, 4.0, 50.0]))
def test_simplifying_leaves_rows_out_and_changes_none(log: EventTable, tolerance_px: float) -> None:
    found = released(Simplify(tolerance_px=tolerance_px), log).frame
    others = pl.col("event") != "move"
    # Turns of the wheel that a move had kept apart are added up.
    steady = others & (pl.col("event") != "wheel")
    assert found.filter(steady).equals(log.frame.filter(steady))
    left = moves_of(EventTable(found, log.sessions))
    assert left.join(log.frame, on=left.columns, how="semi", nulls_equal=True).height == left.height


@settings(max_examples=60, deadline=None)
@given(pointer_logs(), st.sampled_from([1.0, 9.1, 60.0, 125.0]), st.sampled_from([20.0, 1000.0]))
def test_moves_follow_each_other_at_constant_steps_but_for_pauses(
    log: EventTable, hz: float, pause_ms: float
) -> None:
    strategy = FixedRate(hz=hz, pause_ms=pause_ms)
    found = moves_of(released(strategy, log))
    steps_us = found.select(pl.col("time_us").diff().over(SESSION).drop_nulls()).to_series().to_numpy()
    assert (steps_us % strategy.step_us == 0).all()
    assert (steps_us > 0).all()
    longer = steps_us[steps_us > strategy.step_us]
    assert (longer > pause_ms * MS - strategy.step_us).all()
    gaps_us = moves_of(log).select(pl.col("time_us").diff().over(SESSION).drop_nulls()).to_series().to_numpy()
    assert longer.size <= (gaps_us > pause_ms * MS).sum()


@settings(max_examples=60, deadline=None)
@given(pointer_logs())
def test_sampled_moves_are_where_the_pointer_was_last_reported(log: EventTable) -> None:
    found = moves_of(released(FixedRate(hz=20), log)).select(*SESSION, "time_us", "x_px", "y_px")
    recorded = log.frame.filter(pl.col("x_px").is_not_null()).with_row_index("number")
    for row in found.iter_rows(named=True):
        before = recorded.filter(
            *(pl.col(name) == row[name] for name in SESSION), pl.col("time_us") <= row["time_us"]
        )
        assert before.select("x_px", "y_px").row(-1) == (row["x_px"], row["y_px"])


def test_a_sample_stands_behind_what_happened_at_its_time_and_takes_its_labels() -> None:
    log = pointed(
        [
            at(1 * MS, 1, 1, trial=0, task="one"),
            press(10 * MS, 2, 2) | {"trial": 1, "task": "two"},
            lift(15 * MS, 2, 2) | {"trial": 1, "task": "two"},
        ]
    )
    found = released(FixedRate(hz=100), log)
    assert shown(found) == [
        (10 * MS, "button_down", 2, 2),
        (10 * MS, "move", 2, 2),
        (15 * MS, "button_up", 2, 2),
    ]
    assert found.frame["trial"].to_list() == [1, 1, 1]
    assert found.frame["task"].to_list() == ["two"] * 3
    assert found.frame["button"].to_list() == ["left", None, "left"]


def test_a_sample_after_a_drag_holds_no_button() -> None:
    log = pointed(
        [
            press(0, 1, 1),
            at(10 * MS, 2, 2, button="left"),
            at(35 * MS, 3, 3, button="left"),
            lift(55 * MS, 3, 3),
            at(75 * MS, 4, 4),
        ]
    )
    moves = moves_of(released(FixedRate(hz=100), log))
    assert moves["time_us"].to_list() == [n * 10 * MS for n in range(1, 9)]
    assert moves["button"].to_list() == ["left"] * 5 + [None] * 3


def test_two_clocks_look_alike_at_a_rate_below_both() -> None:
    """One hand recorded every 16 ms and every 110 ms, in the time steps of its moves."""
    steps = []
    for clock_ms in (16, 110):
        times = np.arange(0, 20_000, clock_ms)
        log = pointed([at(int(t) * MS, round(400 + 300 * np.sin(t / 900)), 7) for t in times])
        moves = moves_of(released(FixedRate(hz=5), log))
        steps.append(moves["time_us"].diff().drop_nulls().unique().to_list())
    assert steps == [[200 * MS], [200 * MS]]


@pytest.mark.parametrize(
    "strategy", [TimeGrid(step_ms=100), TimeJitter(bound_ms=80), DelayMix(bound_ms=90)], ids=str
)
def test_timing_strategies_keep_double_clicks_drags_and_turns_in_order(strategy: Anonymizer) -> None:
    clicks = [press(0, 5, 5), lift(60 * MS, 5, 5), press(130 * MS, 5, 5), lift(131 * MS, 5, 5)]
    drag = [
        press(131 * MS, 5, 5, "right"),
        *(at((140 + n) * MS, 5 + n, 5) for n in range(4)),
        lift(150 * MS, 8, 5, "right"),
    ]
    turns = [turn(150 * MS, 8, 5, 1), turn(155 * MS, 8, 5, 1), turn(400 * MS, 8, 5, -1)]
    log = pointed([*clicks, *drag, *turns])
    found = released(strategy, log)
    happened = [(event, x_px, y_px) for _, event, x_px, y_px in shown(found) if event != "wheel"]
    assert happened == [(event, x_px, y_px) for _, event, x_px, y_px in shown(log) if event != "wheel"]
    turned = found.frame.filter(pl.col("event") == "wheel")
    assert turned["wheel_dy"].sum() == 1
    assert turned["time_us"].is_sorted()
    if strategy.name == "time-grid":
        assert turned["wheel_dy"].to_list() == [2, -1]
        assert turned["time_us"].to_list() == [100 * MS, 400 * MS]


@pytest.mark.parametrize(
    "strategy",
    [
        TimeGrid(step_ms=100),
        TimeJitter(bound_ms=80),
        DelayMix(bound_ms=90),
        PixelGrid(step_px=10),
        Simplify(tolerance_px=5),
    ],
    ids=str,
)
def test_a_session_of_one_pointer_event_stays(strategy: Anonymizer) -> None:
    log = pointed([at(0, 20, 30)], [press(0, 20, 30)], [turn(0, 20, 30, 1)])
    assert shown(released(strategy, log)) == shown(log)


def test_a_session_of_one_move_is_one_sample() -> None:
    log = pointed([at(3 * MS, 20, 30)], [press(3 * MS, 20, 30)])
    assert shown(released(FixedRate(hz=100), log)) == [
        (10 * MS, "move", 20, 30),
        (3 * MS, "button_down", 20, 30),
    ]


def test_buttons_are_no_keys_to_drop_release() -> None:
    log = pointed([press(0, 1, 1), lift(80 * MS, 1, 1)])
    assert shown(released(DropRelease(), log)) == shown(log)


def test_publishing_does_not_add_up_turns_that_the_recorder_told_apart() -> None:
    from reid.anonymizers.anonymizing import anonymize

    log = pointed([turn(0, 1, 1, 1), turn(0, 1, 1, -1), turn(0, 1, 1, 2)])
    assert anonymize(log, "none").events.frame["wheel_dy"].to_list() == [1, -1, 2]
    odd = pointed([turn(0, 1, 1, 1) | {"char": "a"}, turn(0, 1, 1, 1) | {"char": "b"}, turn(0, 1, 1, 2)])
    assert anonymize(odd, "none").events.frame["wheel_dy"].to_list() == [4]  # 1 and 1 can't be told apart now
