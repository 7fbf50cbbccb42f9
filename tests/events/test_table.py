from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.errors import EventError
from reid.events.quality import Fault, Quality
from reid.events.schema import EVENT_COLUMNS, SESSION_COLUMNS
from reid.events.table import EventTable
from tests.events.event_tables import Row, frame_of, judged, rows


def key_rows(*rows: tuple[Any, ...]) -> pl.DataFrame:
    names = ("subject_id", "session_id", "time_us", "event", "key")
    return pl.DataFrame(list(rows), schema=names, orient="row", strict=False)


@given(rows())
@settings(max_examples=120, deadline=None)
def test_the_door_keeps_what_a_patient_reader_keeps(made: list[Row]) -> None:
    kept, faults = judged(made)
    table = EventTable.from_frame(frame_of(made), may_be_empty=True)
    assert {fault.kind: fault.count for fault in table.quality.faults} == faults
    assert table.quality.rows_read == len(made)
    found = table.frame.select("subject_id", "session_id", "time_us", "event", "key", "press", "x_px")
    expected = {
        session: [
            (*session, row["time_us"], row["event"], row["key"], row["press"], row["x_px"]) for row in members
        ]
        for session, members in kept.items()
    }
    assert sorted(set(found.select("subject_id", "session_id").iter_rows())) == sorted(expected)
    for (subject, session), members in expected.items():
        of_session = (pl.col("subject_id") == subject) & (pl.col("session_id") == session)
        assert list(found.filter(of_session).iter_rows()) == members


@given(rows(clean=True))
@settings(max_examples=60, deadline=None)
def test_a_table_passes_the_door_again_unchanged(made: list[Row]) -> None:
    table = EventTable.from_frame(frame_of(made))
    assert table.quality == Quality(len(made))
    again = EventTable.from_frame(table.frame, table.sessions)
    assert_frame_equal(again.frame, table.frame)
    assert_frame_equal(again.sessions, table.sessions)


@given(rows(clean=True), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_how_sessions_are_mixed_in_the_source_changes_nothing(made: list[Row], random: Any) -> None:
    sessions = [(row["subject_id"], row["session_id"]) for row in made]
    order = list(range(len(made)))
    random.shuffle(order)
    queues = {
        session: [row for row, of in zip(made, sessions, strict=True) if of == session]
        for session in sessions
    }
    mixed = [queues[sessions[place]].pop(0) for place in order]
    stamped = dict.fromkeys(sorted(set(sessions)))
    table = pl.DataFrame(
        [(*key, n) for n, key in enumerate(stamped)],
        schema=["subject_id", "session_id", "session_order"],
        orient="row",
    )
    one, other = (EventTable.from_frame(frame_of(order), table) for order in (made, mixed))
    assert_frame_equal(one.frame, other.frame)
    assert_frame_equal(one.sessions, other.sessions)


@given(rows(clean=True))
@settings(max_examples=60, deadline=None)
def test_parts_put_together_are_the_whole(made: list[Row]) -> None:
    whole = EventTable.from_frame(frame_of(made))
    together = EventTable.concat([whole.of_people([person]) for person in reversed(whole.subjects)])
    assert_frame_equal(together.frame, whole.frame)
    assert_frame_equal(together.sessions, whole.sessions)


def test_parts_whose_people_interleave_are_sorted_by_person() -> None:
    def part(*people: str) -> EventTable:
        return EventTable.from_frame(key_rows(*((who, "1", 0, "key_down", "KeyA") for who in people)))

    together = EventTable.concat([part("a", "d"), part("b", "e"), part("c")])
    assert together.frame["subject_id"].to_list() == ["a", "b", "c", "d", "e"]
    assert together.subjects == ("a", "b", "c", "d", "e")


def test_sessions_of_one_person_in_two_tables_are_put_together_in_their_order() -> None:
    made = {
        name: EventTable.from_frame(
            key_rows(*((who, session, 0, "key_down", "KeyA") for who, session in held))
        )
        for name, held in {"first": [("b", "2"), ("c", "1")], "more": [("b", "1"), ("a", "9")]}.items()
    }
    together = EventTable.joined([made["first"], made["more"]])
    assert together.sessions.select("subject_id", "session_id", "session_order").rows() == [
        ("a", "9", 0), ("b", "2", 0), ("b", "1", 1), ("c", "1", 0),
    ]  # fmt: skip
    assert together.frame.select("subject_id", "session_id").equals(
        together.sessions.select("subject_id", "session_id")
    )
    with pytest.raises(EventError, match="hold different sessions"):
        EventTable.joined([made["first"], made["first"]])


def test_rows_that_look_alike_stay_where_a_reader_says_so() -> None:
    frame = pl.DataFrame({
        "subject_id": "a", "session_id": "1", "time_us": [0, 0, 5], "event": "wheel",
        "x_px": 1.0, "y_px": 1.0, "wheel_dy": 1.0,
    })  # fmt: skip
    assert len(EventTable.from_frame(frame, repeats=True)) == 3
    assert EventTable.from_frame(frame).quality.faults == (Fault("duplicate_row", 1, 0, 1),)


def test_a_person_in_two_parts_is_refused() -> None:
    part = EventTable.from_frame(key_rows(("a", "1", 0, "key_down", "KeyA")))
    with pytest.raises(EventError, match="1 people in several parts"):
        EventTable.concat([part, part])


@given(rows(clean=True))
@settings(max_examples=40, deadline=None)
def test_bounds_cut_the_rows_into_sessions(made: list[Row]) -> None:
    table = EventTable.from_frame(frame_of(made))
    bounds = table.session_bounds()
    assert bounds[0] == 0
    assert bounds[-1] == len(table)
    for number, (start, stop) in enumerate(pairwise(bounds)):
        ids = table.frame[int(start) : int(stop)].select("subject_id", "session_id").unique()
        assert ids.rows() == [table.sessions.row(number)[:2]]


def test_all_that_is_wrong_with_the_columns_is_said_at_once() -> None:
    frame = pl.DataFrame({"subject_id": [[1]], "event": ["zap"], "trial": [1.5], "key": [True]})
    with pytest.raises(EventError) as caught:
        EventTable.from_frame(frame)
    message = str(caught.value)
    for wrong in ("session_id", "time_us", "'subject_id'", "'zap'", "'trial'", "'key'"):
        assert wrong in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "times",
    [
        pl.Series([0.5]),
        pl.Series([float("nan")]),
        pl.Series([0]).cast(pl.Datetime("ns")),
        pl.Series([True]),
        pl.Series(["x"]),
    ],
)
def test_times_that_would_change_by_a_cast_are_refused(times: pl.Series) -> None:
    frame = key_rows(("a", "1", 0, "key_down", "KeyA")).with_columns(times.alias("time_us"))
    with pytest.raises(EventError, match="'time_us'"):
        EventTable.from_frame(frame)


def test_whole_floats_and_digits_as_text_are_times() -> None:
    frame = key_rows(("a", "1", 0, "key_down", "KeyA"), ("a", "1", 3, "key_up", "KeyA"))
    for kind in (pl.Float64, pl.String, pl.UInt8):
        assert EventTable.from_frame(frame.cast({"time_us": kind})).frame["time_us"].to_list() == [0, 3]


def test_unknown_keys_are_counted_and_never_shown() -> None:
    with pytest.raises(EventError, match=r"unknown words in 'key' \(1 of them") as caught:
        EventTable.from_frame(key_rows(("a", "1", 0, "key_down", "hunter2")))
    assert "hunter2" not in str(caught.value)


def test_positions_that_are_no_numbers_are_missing() -> None:
    frame = pl.DataFrame({
        "subject_id": ["a"] * 4, "session_id": ["1"] * 4, "time_us": [0, 1, 2, 3], "event": ["move"] * 4,
        "x_px": [1.0, float("nan"), float("inf"), None], "y_px": [1.0] * 4,
    })  # fmt: skip
    table = EventTable.from_frame(frame)
    assert len(table) == 1
    assert table.quality.faults == (Fault("missing_value", 3, 0, 1),)


def test_faults_name_file_and_row_of_their_first() -> None:
    frame = key_rows(("a", "1", 0, "key_down", "KeyA"), ("a", "1", None, "key_up", "KeyA"))
    frame = frame.with_columns(file=pl.Series([4, 4]), row=pl.Series([8, 9]))
    assert EventTable.from_frame(frame).quality.faults == (Fault("unreadable_time", 1, 4, 9),)


def test_no_row_left_is_an_error_unless_allowed() -> None:
    frame = key_rows(("a", "1", 0, "key_up", "KeyA"))
    with pytest.raises(EventError, match="at least one event; found none in 1 rows"):
        EventTable.from_frame(frame)
    empty = EventTable.from_frame(frame, may_be_empty=True)
    assert len(empty) == 0
    assert empty.frame.columns == list(EVENT_COLUMNS)
    assert empty.sessions.columns == list(SESSION_COLUMNS)
    assert empty.session_bounds().tolist() == [0]


def test_unknown_keys_pair_up_by_their_own_number() -> None:
    frame = key_rows(
        ("a", "1", 0, "key_down", "Unidentified"), ("a", "1", 1, "key_down", "Unidentified"),
        ("a", "1", 2, "key_up", "Unidentified"), ("a", "1", 3, "key_up", "Unidentified"),
    )  # fmt: skip
    apart = EventTable.from_frame(frame.with_columns(press_key=pl.Series([700, 701, 700, 701])))
    assert apart.frame["press"].to_list() == [0, 1, 0, 1]
    assert not apart.quality.faults
    alike = EventTable.from_frame(frame)
    assert alike.quality.faults == (Fault("release_without_press", 1, 0, 3),)


def test_sessions_are_ranked_by_start_and_an_hour_apart_is_another_sitting() -> None:
    hour_us = 3_600_000_000
    frame = key_rows(*(("a", name, 0, "key_down", "KeyA") for name in "xyz"))
    starts = pl.DataFrame({
        "subject_id": ["a"] * 3, "session_id": ["x", "y", "z"], "start_us": [2 * hour_us + 1, 0, hour_us],
    })  # fmt: skip
    sessions = EventTable.from_frame(frame, starts).sessions
    assert sessions.select("session_id", "session_order", "sitting").rows() == [
        ("y", 0, 0),
        ("z", 1, 0),
        ("x", 2, 1),
    ]


def test_session_columns_may_stand_in_the_rows() -> None:
    frame = key_rows(("a", "1", 0, "key_down", "KeyA"), ("a", "1", 1, "key_up", "KeyA"))
    frame = frame.with_columns(layout=pl.Series([None, "qwerty"]), screen_w=pl.lit(800))
    assert EventTable.from_frame(frame).sessions.select("layout", "screen_w").row(0) == ("qwerty", 800)


def test_a_session_that_stands_twice_in_the_sessions_table_is_refused() -> None:
    frame = key_rows(("a", "1", 0, "key_down", "KeyA"))
    twice = pl.DataFrame({"subject_id": ["a", "a"], "session_id": ["1", "1"], "layout": ["x", "y"]})
    with pytest.raises(EventError, match="each session once"):
        EventTable.from_frame(frame, twice)


def test_a_table_of_fewer_rows_keeps_only_their_sessions() -> None:
    table = EventTable.from_frame(
        key_rows(("a", "1", 0, "key_down", "KeyA"), ("b", "1", 0, "key_down", "KeyA"))
    )
    less = table.with_frame(table.frame.filter(pl.col("subject_id") == "b"))
    assert less.sessions["subject_id"].to_list() == ["b"]
    np.testing.assert_array_equal(less.session_bounds(), [0, 1])


def test_a_button_may_go_down_at_no_place_but_nothing_moves_there() -> None:
    frame = pl.DataFrame({
        "subject_id": "a", "session_id": "1", "time_us": [0, 1, 2, 3, 4],
        "event": ["button_down", "button_up", "move", "wheel", "button_down"],
        "x_px": [None, None, None, None, 1.0], "y_px": pl.Series([None] * 5, dtype=pl.Float32),
        "button": ["left", "left", None, None, "left"],
    })  # fmt: skip
    table = EventTable.from_frame(frame)
    assert table.frame["time_us"].to_list() == [0, 1]
    assert table.quality.faults == (Fault("missing_value", 3, 0, 2),)
