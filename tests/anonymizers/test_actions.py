"""Strategies that leave what was done: reduced actions, ends of paths, presses without keys."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.anonymizers import ActionReduction, Anonymizer, DropKeys, EndpointsOnly
from reid.events.keys import CLASS_OF_KEY
from reid.events.reading import read_parts
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import logs, typed
from tests.anonymizers.pointing import at, lift, pointed, pointer_logs, press, shown, turn
from tests.anonymizers.writing import BACK, CLICK, text_of, written

MS, S = 1000, 1_000_000
MODIFIERS = [key for key, kind in CLASS_OF_KEY.items() if kind == "modifier"]


def released(strategy: Anonymizer, log: EventTable) -> EventTable:
    return strategy.fit([log]).apply(log, Streams(0)).events


def shown_keys(table: EventTable) -> list[tuple[int, str, str]]:
    keys = table.frame.filter(pl.col("key").is_not_null())
    return keys.select("time_us", pl.col("event").cast(pl.String), pl.col("key").cast(pl.String)).rows()


def test_a_run_of_keys_begins_at_its_time_and_goes_on_by_milliseconds() -> None:
    log = typed(
        [
            (2_345_678, "+", "KeyA"),
            (2_400_000, "+", "KeyB"),  # before A comes up
            (2_450_000, "-", "KeyA"),
            (9_000_000, "-", "KeyB"),
        ]
    )
    start = 2 * S
    assert shown_keys(released(ActionReduction(), log)) == [
        (start, "key_down", "KeyA"),
        (start + MS, "key_up", "KeyA"),
        (start + 2 * MS, "key_down", "KeyB"),
        (start + 3 * MS, "key_up", "KeyB"),
    ]


def test_modifiers_stay_down_for_their_presses_and_lose_their_repeats() -> None:
    log = typed(
        [
            (0, "+", "ShiftLeft"),
            (500_000, "+", "ShiftLeft"),
            (533_000, "+", "ShiftLeft"),
            (600_000, "+", "KeyA"),
            (700_000, "-", "ShiftLeft"),
            (800_000, "-", "KeyA"),
            (900_000, "+", "Backspace"),
            (1_400_000, "+", "Backspace"),
            (1_500_000, "-", "Backspace"),
        ]
    )
    assert [row[1:] for row in shown_keys(released(ActionReduction(), log))] == [
        ("key_down", "ShiftLeft"),
        ("key_down", "KeyA"),
        ("key_up", "KeyA"),
        ("key_up", "ShiftLeft"),
        ("key_down", "Backspace"),
        ("key_down", "Backspace"),  # deletes once more
        ("key_up", "Backspace"),
    ]


def test_clicks_drags_double_clicks_and_scrolls_are_actions() -> None:
    log = pointed(
        [
            *(at(n * 10 * MS, n, n) for n in range(20)),
            press(300 * MS, 19, 19),
            at(310 * MS, 20, 19),
            lift(420 * MS, 20, 19),  # a click that trembled
            press(700 * MS, 20, 20),
            lift(800 * MS, 20, 20),  # a double click
            press(5 * S, 50, 50, "right"),
            *(at(5 * S + n * MS, 50 + n, 50) for n in range(30)),
            lift(6 * S, 80, 50, "right"),  # a drag
            turn(7 * S, 5, 5, 1),
            at(7 * S + MS, 6, 5),
            turn(9 * S, 6, 5, 2),
            turn(9 * S + MS, 6, 5, -1),
            at(20 * S, 500, 500),
        ]
    )
    assert shown(released(ActionReduction(), log)) == [
        (0, "button_down", 19, 19),
        (MS, "button_up", 19, 19),
        (2 * MS, "button_down", 20, 20),
        (3 * MS, "button_up", 20, 20),
        (5 * S, "button_down", 50, 50),
        (5 * S + MS, "button_up", 80, 50),
        (7 * S, "wheel", 5, 5),
        (9 * S, "wheel", 6, 5),
    ]
    assert released(ActionReduction(), log).frame["wheel_dy"].drop_nulls().to_list() == [3, -1]


def test_an_action_begins_after_the_one_before_it_has_ended() -> None:
    clicks = [row for n in range(4) for row in (press(n * MS, 9 * n, 0), lift(n * MS, 9 * n, 0))]
    found = released(ActionReduction(), pointed([*clicks, press(90 * S, 0, 0)], clicks))
    times = found.frame.filter(pl.col("event") == "button_down")["time_us"].to_list()
    assert times == [0, S, 2 * S, 3 * S, 90 * S, 0, S, 2 * S, 3 * S]
    fine = released(ActionReduction(step_ms=0.3), pointed(clicks))
    assert fine.frame["time_us"].to_list() == [0, 1000, 2100, 3100, 4200, 5200, 6300, 7300]


def test_a_session_of_moves_alone_keeps_its_last() -> None:
    log = pointed([at(n * MS, n, 0) for n in range(9)], [at(0, 1, 1), press(1, 2, 2)])
    assert shown(released(ActionReduction(), log)) == [(0, "move", 8, 0), (0, "button_down", 2, 2)]


@pytest.mark.parametrize("gap_us", [2 * MS, 90 * MS, 700 * MS])
def test_two_rhythms_of_one_text_are_one_release(gap_us: int) -> None:
    text = f"It was{BACK}s so (Much)!"
    plain = released(ActionReduction(), written(text))
    assert plain.frame.equals(released(ActionReduction(), written(text, gap_us=gap_us)).frame)


def typed_of(table: EventTable) -> pl.DataFrame:
    """Return what was typed: every key that goes down in its order, but for repeats of modifiers."""
    downs = table.frame.filter(pl.col("event") == "key_down")
    modifiers = pl.col("key").cast(pl.String).is_in(MODIFIERS)
    again = pl.struct(*SESSION, "press").is_first_distinct().not_()
    return downs.filter(~(modifiers & again)).select(*SESSION, "key", "press", "char")


@settings(max_examples=60, deadline=None)
@given(st.one_of(logs(), pointer_logs()))
def test_text_and_targets_of_clicks_are_recovered_exactly(log: EventTable) -> None:
    found = released(ActionReduction(), log)
    targets = [
        table.frame.filter(pl.col("event") == "button_down").select(*SESSION, "button", "x_px", "y_px")
        for table in (found, log)
    ]
    assert targets[0].equals(targets[1])
    assert typed_of(found).equals(typed_of(log))


def test_a_written_text_is_recovered_exactly() -> None:
    text = f"Dear Sir,{CLICK} it was 5 $ (not 6)."
    assert text_of(released(ActionReduction(), written(text))) == text_of(written(text))


@pytest.mark.parametrize("source", ["ducktrack", "klicke", "kmt"])
def test_text_and_targets_of_real_recordings_are_recovered_exactly(source: str, real_data: Path) -> None:
    path = {
        "ducktrack": "ducktrack/events.jsonl",
        "klicke": "klicke/klicke.zip",
        "kmt": "kmt/raw_kmt_dataset.zip",
    }[source]
    log = next(iter(read_parts(real_data / path)))
    found = released(ActionReduction(), log)
    assert typed_of(found).equals(typed_of(log))
    clicks = pl.col("event") == "button_down"
    place = [*SESSION, "button", "x_px", "y_px"]
    assert found.frame.filter(clicks).select(place).equals(log.frame.filter(clicks).select(place))


def test_only_moves_that_end_in_a_rest_stay() -> None:
    log = pointed(
        [
            *(at(n * 10 * MS, n, 0) for n in range(5)),
            press(90 * MS, 4, 0),
            *(at((100 + n) * MS, 4 + n, 0) for n in range(5)),
            lift(110 * MS, 8, 0),
            *(at((200 + n) * MS, 9, n) for n in range(5)),  # ends in a rest
            at(5 * S, 1, 1),
            at(5 * S + MS, 1, 2, trial=1),
        ],
        [at(0, 7, 7)],
    )
    assert shown(released(EndpointsOnly(), log)) == [
        (90 * MS, "button_down", 4, 0),
        (110 * MS, "button_up", 8, 0),
        (204 * MS, "move", 9, 4),
        (5 * S, "move", 1, 1),
        (5 * S + MS, "move", 1, 2),
        (0, "move", 7, 7),
    ]


@settings(max_examples=60, deadline=None)
@given(pointer_logs(), st.sampled_from([0.5, 10.0, 1000.0]))
def test_ends_of_paths_agree_with_a_slow_look_ahead(log: EventTable, pause_ms: float) -> None:
    found = released(EndpointsOnly(pause_ms=pause_ms), log).frame
    kept = []
    pointer = log.frame.with_row_index("at").filter(pl.col("x_px").is_not_null())
    rows = pointer.rows(named=True)
    for row, after in zip(rows, [*rows[1:], None][: len(rows)], strict=True):
        same = after is not None and all(row[name] == after[name] for name in (*SESSION, "trial", "task"))
        soon = same and after["time_us"] - row["time_us"] <= pause_ms * MS
        if row["event"] == "move" and not soon:
            kept.append(tuple(row[name] for name in (*SESSION, "time_us", "x_px", "y_px")))
    moves = found.filter(pl.col("event") == "move").select(*SESSION, "time_us", "x_px", "y_px")
    assert moves.rows() == kept


def test_without_keys_times_and_presses_stay() -> None:
    log = written("Dear Sir, x")
    found = released(DropKeys(), log).frame
    assert set(found["key"].cast(pl.String)) == {"Unidentified"}
    assert found["char"].null_count() == found.height
    assert found.drop("key", "char").equals(log.frame.drop("key", "char"))
    both = EventTable.concat(
        [written("ab", subject="a"), pointed([at(0, 1, 1), press(5, 1, 1)], subject="b")]
    )
    assert np.array_equal(released(DropKeys(), both).frame["key"].is_null(), both.frame["key"].is_null())
