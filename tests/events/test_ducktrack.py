import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from reid.errors import SourceError
from reid.events.quality import Note
from reid.events.reading import read_events, recognise
from reid.events.writing import write_recordings, writing_format

KEYS = ["time_us", "event", "key", "press", "char"]


def line(second: float, action: str, **fields: Any) -> str:
    return json.dumps({"time_stamp": second, "action": action, **fields})


def recording(folder: Path, *lines: str, about: object = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "events.jsonl").write_text("".join(f"{each}\n" for each in lines))
    if about is not None:
        (folder / "metadata.json").write_text(json.dumps(about))
    return folder


def typed(*strokes: tuple[str, str | None]) -> list[str]:
    return [line(n / 8, action, name=name) for n, (action, name) in enumerate(strokes)]


def test_pointer_actions_become_events(tmp_path: Path) -> None:
    place = {"x": -3.25, "y": 7}
    path = recording(
        tmp_path / "r",
        line(100.5, "move", **place),
        line(100.6, "click", **place, button="left", pressed=True),
        line(100.7, "click", **place, button="x1", pressed=False),
        line(100.8, "click", **place, button="button17", pressed=True),
        line(100.9, "scroll", **place, dx=2, dy=-1.5),
    )
    frame = read_events(path).frame
    assert frame.select("time_us", "event", "button", "wheel_dx", "wheel_dy").rows() == [
        (0, "move", None, None, None),
        (100_000, "button_down", "left", None, None),
        (200_000, "button_up", "back", None, None),
        (300_000, "button_down", None, None, None),
        (400_000, "wheel", None, 2.0, 1.5),
    ]
    assert set(frame.select("x_px", "y_px").rows()) == {(-3.25, 7.0)}


def test_held_keys_keep_one_press_and_shifted_letters_pair_up(tmp_path: Path) -> None:
    strokes = [
        ("press", "shift"), ("press", "A"), ("press", "A"), ("release", "shift"), ("release", "a"),
        ("press", "!"), ("release", "1"), ("press", "space"), ("release", "space"),
    ]  # fmt: skip
    frame = read_events(recording(tmp_path / "r", *typed(*strokes))).frame
    assert frame.select(KEYS[1:]).rows() == [
        ("key_down", "ShiftLeft", 0, None), ("key_down", "KeyA", 1, "A"), ("key_down", "KeyA", 1, "A"),
        ("key_up", "ShiftLeft", 0, None), ("key_up", "KeyA", 1, None), ("key_down", "Digit1", 2, "!"),
        ("key_up", "Digit1", 2, None), ("key_down", "Space", 3, " "), ("key_up", "Space", 3, None),
    ]  # fmt: skip


def test_unknown_keys_are_told_apart_and_stay(tmp_path: Path) -> None:
    strokes = [
        ("press", "É"),
        ("press", None),
        ("press", "ñ"),
        ("release", "é"),
        ("release", "ñ"),
        ("release", None),
    ]
    events = read_events(recording(tmp_path / "r", *typed(*strokes)))
    assert events.frame["key"].to_list() == ["Unidentified"] * 6
    assert events.frame["press"].to_list() == [0, 1, 2, 0, 2, 1]
    assert events.frame["char"].to_list() == ["É", None, "ñ", None, None, None]
    write_recordings([events], tmp_path / "out", writing_format("ducktrack"))
    assert_frame_equal(read_events(tmp_path / "out").frame, events.frame)


def test_numbers_of_keys_count_where_the_recorder_says_they_are_of_windows(tmp_path: Path) -> None:
    stroke = [line(n, each, name="1", pynput_key="<97>") for n, each in enumerate(("press", "release"))]
    for system, key in (("Windows", "Numpad1"), ("Darwin", "Digit1")):
        path = recording(tmp_path / system, *stroke, about={"system": system})
        assert set(read_events(path).frame["key"]) == {key}


def test_bad_lines_are_counted_where_they_stand(tmp_path: Path) -> None:
    lines = (
        line(1, "move", x=1, y=2),
        "no json",
        "[1]",
        "",
        line(2, "swipe", x=1, y=2),
        line(2, "click", x=1, y=2, button="left"),
        line(3, "move", x=None, y=2),
        line(3, "press"),
        '{"action": "move", "x": 1, "y": 2}',
        '{"time_stamp": 1e999, "action": "move", "x": 1, "y": 2}',
        f'{{"time_stamp": {"9" * 400}, "action": "move", "x": 1, "y": 2}}',
        line(0.5, "move", x=1, y=2),
        line(4, "release", name="a"),
        line(5, "move", x=5, y=2, reid={"press": "x"}),
        line(5, "move", x="\ud800", y=2),
        line(6, "move", x=6, y=2),
        '{"time_stamp": 7, "action": "mo',
    )
    events = read_events(recording(tmp_path / "r", *lines), max_faults=1)
    assert events.frame["time_us"].to_list() == [0, 5_000_000]
    assert events.quality.rows_read == 16
    assert {(fault.kind, fault.count, fault.row) for fault in events.quality.faults} == {
        ("unreadable_row", 4, 1), ("unknown_event", 1, 3), ("missing_value", 4, 4),
        ("unreadable_time", 3, 7), ("clock_back", 1, 10), ("release_without_press", 1, 11),
    }  # fmt: skip


def test_a_pause_is_noted_and_is_no_fault(tmp_path: Path) -> None:
    path = recording(
        tmp_path / "r",
        line(1, "move", x=1, y=1),
        line(2, "pause"),
        line(3, "resume"),
        line(4, "move", x=2, y=1),
    )
    events = read_events(path, strict=True)
    assert events.quality.notes == (Note("recording_paused", 1, 0, 1),)
    assert events.frame["time_us"].to_list() == [0, 3_000_000]


def test_rows_that_repeat_the_one_before_stay(tmp_path: Path) -> None:
    events = read_events(recording(tmp_path / "r", *[line(1, "move", x=1, y=1)] * 3))
    assert (len(events), events.quality.faults) == (3, ())


def test_folders_name_people_and_sessions_and_the_start_orders_them(tmp_path: Path) -> None:
    move = line(1, "move", x=1, y=1)
    for who, name, start in (
        ("p2", "b", "2023-01-01"),
        ("p2", "a", "2024-01-01"),
        ("p1", "a", None),
        ("p1", "b", "2"),
    ):
        about = {"start_time": start, "screen_width": 1512, "screen_height": -1}
        recording(tmp_path / "log" / who / name, move, about=about)
    events = read_events(tmp_path / "log")
    assert events.sessions.select("subject_id", "session_id", "screen_w", "screen_h").rows() == [
        ("p1", "a", 1512, None), ("p1", "b", 1512, None), ("p2", "b", 1512, None), ("p2", "a", 1512, None),
    ]  # fmt: skip
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        for file in sorted((tmp_path / "log").rglob("*.*")):
            archive.write(file, file.relative_to(tmp_path))
    assert recognise(tmp_path / "log.zip") == "ducktrack"
    assert_frame_equal(read_events(tmp_path / "log.zip").sessions, events.sessions)


@pytest.mark.parametrize("inside", ["", "recording-2023", "recording-2023/events.jsonl"])
def test_one_recording_is_one_session_of_one_person(tmp_path: Path, inside: str) -> None:
    recording(tmp_path / "log" / "recording-2023", line(1, "move", x=1, y=1), about={"screen_width": 5})
    events = read_events(tmp_path / "log" / inside)
    assert (len(events.subjects), events.sessions.height) == (1, 1)


def test_one_session_in_two_places_is_refused_in_one_line(tmp_path: Path) -> None:
    for place in ("x", "y"):
        recording(tmp_path / "log" / place / "anna" / "1", line(1, "move", x=1, y=1))
    with pytest.raises(SourceError, match="each session once; found 1") as refused:
        read_events(tmp_path / "log")
    assert "anna" not in str(refused.value)


def test_metadata_that_cannot_be_read_costs_nothing(tmp_path: Path) -> None:
    path = recording(tmp_path / "r", line(1, "move", x=1, y=1))
    (path / "metadata.json").write_text("{broken")
    assert read_events(path).sessions["screen_w"].to_list() == [None]


def test_other_programs_find_their_fields(tmp_path: Path) -> None:
    lines = (
        line(9.25, "move", x=1, y=2.5),
        line(9.5, "press", name="A"),
        line(9.75, "release", name="a"),
        line(10, "scroll", x=1, y=2.5, dx=0, dy=1),
        line(10.5, "click", x=1, y=2.5, button="left", pressed=True),
    )
    events = read_events(recording(tmp_path / "r", *lines))
    write_recordings([events], tmp_path / "out", writing_format("ducktrack"))
    written = (tmp_path / "out" / "person" / "session" / "events.jsonl").read_text().splitlines()
    expected = [json.loads(each) for each in lines]
    assert [json.loads(each) for each in written] == [
        {**each, "time_stamp": each["time_stamp"] - 9.25} for each in expected
    ]
    about = json.loads((tmp_path / "out" / "person" / "session" / "metadata.json").read_text())
    assert about == {"system": "", "scroll_direction": 1}


def test_the_published_recording_is_read_whole(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "ducktrack"
    if not path.is_dir():
        pytest.skip("no DuckTrack recording among the real data")
    assert recognise(path) == "ducktrack"
    rows = [json.loads(each) for each in (path / "events.jsonl").read_text().splitlines()]
    events = read_events(path, strict=True)
    assert len(events) == len(rows) == events.quality.rows_read
    start = rows[0]["time_stamp"]
    for row, found in zip(rows, events.frame.iter_rows(named=True), strict=True):
        assert abs(row["time_stamp"] - start - found["time_us"] / 1e6) < 1.1e-6
        assert (row.get("x"), row.get("y")) == (found["x_px"], found["y_px"])
        assert row["action"] in {
            "move": {"move"}, "wheel": {"scroll"}, "key_down": {"press"}, "key_up": {"release"},
        }.get(found["event"], {"click"})  # fmt: skip
    down = {row["name"] for row in rows if row["action"] == "press" and len(row["name"]) == 1}
    assert set(events.frame["char"].drop_nulls()) == down | {" "}
    assert (events.sessions["screen_w"][0], events.sessions["screen_h"][0]) == (1512, 982)
    for name in ("ducktrack", "openadapt"):
        write_recordings([events], tmp_path / name, writing_format(name))
        again = read_events(tmp_path / name, strict=True)
        assert_frame_equal(again.frame, events.frame)
        assert_frame_equal(again.sessions, events.sessions)
