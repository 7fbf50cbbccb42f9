"""Recordings are whole or absent, and what lies beside them is believed only where it makes sense."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.errors import EventError, OutputError, ParameterError, SourceError
from reid.events.formats.sessions_file import SESSIONS_FILE
from reid.events.reading import read_events
from reid.events.table import EventTable
from reid.events.writing import write_recordings, writing_format, writing_formats
from reid.storage import whole_folder

DUCKTRACK = writing_format("ducktrack")


def person(name: str, *sessions: str) -> EventTable:
    rows = [
        {"subject_id": name, "session_id": each, "time_us": n, "event": "move", "x_px": 1.0, "y_px": 2.0}
        for each in sessions
        for n in range(2)
    ]
    return EventTable.from_frame(pl.DataFrame(rows), repeats=True)


def test_parts_come_together(tmp_path: Path) -> None:
    parts = [person("b", "2", "1"), person("a", "x")]
    write_recordings(parts, tmp_path / "out", DUCKTRACK)
    again, whole = read_events(tmp_path / "out"), EventTable.concat(parts)
    assert_frame_equal(again.frame, whole.frame)
    assert_frame_equal(again.sessions, whole.sessions)


def test_only_formats_that_write_can_be_asked_to() -> None:
    assert {"ducktrack", "openadapt"} <= set(writing_formats())
    with pytest.raises(ParameterError, match="ducktrack"):
        writing_format("cmu")


@pytest.mark.parametrize(
    "parts",
    [
        [], [person("a", "1"), person("A", "2")], [person("a", "1"), person("a", "2")], [person("a.", "1")],
        [person("a", "con/1")], [person(".", "1")], [person("a", "1", "1 ")], [person("Ä", "x", "X")],
    ],
)  # fmt: skip
def test_what_folders_cannot_hold_leaves_nothing_behind(tmp_path: Path, parts: list[EventTable]) -> None:
    with pytest.raises(EventError):
        write_recordings(parts, tmp_path / "out", DUCKTRACK)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_what_stood_there(tmp_path: Path) -> None:
    write_recordings([person("a", "1")], tmp_path / "out", DUCKTRACK)

    def broken() -> Iterator[EventTable]:
        yield person("b", "1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_recordings(broken(), tmp_path / "out", DUCKTRACK)
    assert read_events(tmp_path / "out").subjects == ("a",)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_link_or_a_file_is_never_taken_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").write_text("")
    for name in ("link", "file", "file/below"):
        with pytest.raises(OutputError), whole_folder(tmp_path / name, replaces=lambda _: True):
            pytest.fail("nothing may be written")


def test_a_file_in_the_place_of_one_of_ours_is_kept(tmp_path: Path) -> None:
    write_recordings([person("a", "1")], tmp_path / "out", DUCKTRACK)
    next((tmp_path / "out").rglob("metadata.json")).rename(tmp_path / "out" / "thesis.txt")
    with pytest.raises(OutputError, match="must be new, empty or written by reid"):
        write_recordings([person("b", "1")], tmp_path / "out", DUCKTRACK)
    assert (tmp_path / "out" / "thesis.txt").exists()


@pytest.mark.parametrize("name", ["reid.json", "REID.json"])
def test_a_person_named_like_the_sessions_file_is_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(EventError, match="names that folders can have; found 1 that cannot be"):
        write_recordings([person(name, "1")], tmp_path / "out", DUCKTRACK)


def test_an_end_between_two_renames_loses_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_recordings([person("a", "1")], tmp_path / "out", DUCKTRACK)
    rename = Path.rename

    def ended(path: Path, to: Path) -> Path:
        if path.name.endswith(".partial"):
            raise SystemExit(143)
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", ended)
    with pytest.raises(SystemExit):
        write_recordings([person("b", "1")], tmp_path / "out", DUCKTRACK)
    assert read_events(tmp_path / "out").subjects == ("a",)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record | {"version": 99},
        lambda record: record | {"sessions": {"subject_id": ["a"]}},
        lambda record: (
            record | {"sessions": {"subject_id": ["a"], "session_id": ["1"], "screen_w": ["wide"]}}
        ),
        lambda record: record | {"sessions": {"subject_id": ["a"], "session_id": ["1"], "other": [1]}},
        lambda record: record | {"sessions": 5},
        lambda record: {name: value for name, value in record.items() if name != "sessions"},
    ],
)
def test_a_damaged_sessions_table_is_one_line(tmp_path: Path, change: object) -> None:
    write_recordings([person("a", "1")], tmp_path / "out", DUCKTRACK)
    file = tmp_path / "out" / SESSIONS_FILE
    file.write_text(json.dumps(change(json.loads(file.read_text()))))  # type: ignore[operator]
    with pytest.raises(SourceError, match="sessions table of version"):
        read_events(tmp_path / "out")


@pytest.mark.parametrize("content", ["{", "[]", '{"kind": "another"}'])
def test_a_file_of_the_same_name_that_is_not_ours_is_left_alone(tmp_path: Path, content: str) -> None:
    write_recordings([person("a", "1")], tmp_path / "out", DUCKTRACK)
    (tmp_path / "out" / SESSIONS_FILE).write_text(content)
    assert read_events(tmp_path / "out").subjects == ("a",)
    with pytest.raises(OutputError, match="other files"):
        write_recordings([person("a", "1")], tmp_path / "out", DUCKTRACK)
