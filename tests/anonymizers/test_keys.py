"""Strategies on keys and releases."""

import polars as pl

from reid.anonymizers import DropRelease, KeyClasses
from reid.events.keys import CLASS_OF_KEY, KEY_CLASSES, UNIDENTIFIED
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import typed


def shown(table: EventTable) -> list[tuple[int, str, int]]:
    return table.frame.select("time_us", pl.col("event").cast(pl.String), "press").rows()


def test_releases_come_one_millisecond_after_their_presses_under_rollover() -> None:
    log = typed([(0, "+", "KeyA"), (400, "+", "KeyB"), (80_000, "-", "KeyB"), (95_000, "-", "KeyA")])
    assert shown(DropRelease().apply(log, Streams(0)).events) == [
        (0, "key_down", 0),
        (400, "key_down", 1),
        (1_000, "key_up", 0),
        (1_400, "key_up", 1),
    ]


def test_a_held_key_comes_up_after_its_last_repeat_and_an_unreleased_one_stays_down() -> None:
    log = typed(
        [
            (0, "+", "KeyA"),
            (500_000, "+", "KeyA"),
            (533_000, "+", "KeyA"),
            (600_000, "-", "KeyA"),
            (700_000, "+", "KeyB"),
        ]
    )
    assert shown(DropRelease().apply(log, Streams(0)).events) == [
        (0, "key_down", 0),
        (500_000, "key_down", 0),
        (533_000, "key_down", 0),
        (534_000, "key_up", 0),
        (700_000, "key_down", 1),
    ]


def test_press_numbers_of_any_size_are_paired() -> None:
    rows = {
        "subject_id": "s",
        "session_id": "1",
        "time_us": [0, 70],
        "event": ["key_down", "key_up"],
        "key": "KeyA",
    }
    log = EventTable.from_frame(pl.DataFrame({**rows, "press": [4_000_000_000, 4_000_000_000]}))
    assert shown(DropRelease().apply(log, Streams(0)).events)[1] == (1_000, "key_up", 4_000_000_000)


def test_every_key_becomes_its_class_and_what_has_no_class_stays() -> None:
    words = [*CLASS_OF_KEY, *KEY_CLASSES, UNIDENTIFIED]
    rows = pl.DataFrame({"key": words}).with_columns(
        subject_id=pl.lit("s"),
        session_id=pl.lit("1"),
        event=pl.lit("key_down"),
        char=pl.lit("x"),
        time_us=pl.int_range(pl.len()),
    )
    pointer = pl.DataFrame(
        {
            "subject_id": ["s"],
            "session_id": ["1"],
            "event": ["move"],
            "time_us": [10**6],
            "x_px": [1.0],
            "y_px": [1.0],
        }
    )
    log = EventTable.from_frame(pl.concat([rows, pointer], how="diagonal"))
    masked = KeyClasses().apply(log, Streams(0)).events.frame
    assert masked["key"].to_list() == [*CLASS_OF_KEY.values(), *KEY_CLASSES, UNIDENTIFIED, None]
    assert masked["char"].null_count() == masked.height
    assert masked.drop("key", "char").equals(log.frame.drop("key", "char"))


def test_a_release_takes_the_labels_of_its_press() -> None:
    rows = {
        "subject_id": "s",
        "session_id": "1",
        "time_us": [0, 50_000, 60_000],
        "event": ["key_down", "key_down", "key_up"],
        "key": ["KeyA", "KeyB", "KeyA"],
        "trial": [1, 2, 2],
        "task": ["one", "two", "two"],
    }
    found = DropRelease().apply(EventTable.from_frame(pl.DataFrame(rows)), Streams(0)).events.frame
    assert found["event"].to_list() == ["key_down", "key_up", "key_down"]
    assert found["trial"].to_list() == [1, 1, 2]
    assert found["task"].to_list() == ["one", "one", "two"]
