import zipfile
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from reid.errors import SourceError
from reid.events.inspection import inspect_parts
from reid.events.parquet import write_parts
from reid.events.quality import Fault, Note
from reid.events.reading import read_events, read_parts, read_source, recognise

HEADING = "client timestamp,button,state,x,y\n"
PLAIN = HEADING + "500,NoButton,Move,1,2\n517,Left,Pressed,1,3\n530,Left,Drag,4,3\n533,Other,Pressed,4,3\n"


def folder(root: Path, *names: str, content: str = PLAIN) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def test_milliseconds_and_words_become_events(tmp_path: Path) -> None:
    table = read_events(folder(tmp_path, "user1/session_3min.csv"))
    assert table.frame.select("time_us", "event", "x_px", "y_px", "button").rows() == [
        (0, "move", 1, 2, None),
        (17_000, "button_down", 1, 3, "left"),
        (30_000, "move", 4, 3, "left"),
        (33_000, "button_down", 4, 3, None),
    ]


def test_the_long_session_comes_first_whatever_the_files_are_called(tmp_path: Path) -> None:
    path = folder(
        tmp_path, "a/session_1min.csv", "a/session_3min.csv",
        "b/session_2020_05_14_1min.csv", "b/session_2020_05_14_3min.csv", "b/notes.csv",
    )  # fmt: skip
    assert recognise(path) == "sapimouse"
    table = read_events(path)
    assert table.sessions.select("subject_id", "session_id", "session_order").rows() == [
        ("a", "3min", 0), ("a", "1min", 1),
        ("b", "2020_05_14_3min", 0), ("b", "2020_05_14_1min", 1),
    ]  # fmt: skip
    assert not table.quality.notes


def test_two_recordings_of_one_person_are_one_person(tmp_path: Path) -> None:
    names = [f"user35.{n}/session_{m}min.csv" for n in (2, 1) for m in (1, 3)]
    table = read_events(folder(tmp_path, *names, "user3/session_3min.csv"))
    assert table.subjects == ("user3", "user35")
    own = table.sessions.filter(pl.col("subject_id") == "user35")
    assert own["session_id"].to_list() == ["3min.1", "3min.2", "1min.1", "1min.2"]
    assert table.quality.notes == (Note("further_recording", 1, 3, 0),)


def test_windows_line_ends_and_a_missing_last_one_are_read(tmp_path: Path) -> None:
    path = folder(tmp_path, "a/session_3min.csv")
    (tmp_path / "a" / "session_3min.csv").write_bytes(PLAIN.rstrip("\n").replace("\n", "\r\n").encode())
    table = read_events(path)
    assert table.frame["y_px"].to_list() == [2, 3, 3, 3]
    assert not table.quality.faults


def test_blank_and_broken_lines_are_counted_where_they_stand(tmp_path: Path) -> None:
    content = HEADING + "1,NoButton,Move,1,2\n\n2,NoButton,Move,1,2\n\xff,NoButton,Move,1,2\n"
    path = folder(tmp_path, "a/session_3min.csv", "a/session_1min.csv", content=content)
    table = read_events(path, max_faults=1)
    assert table.frame["time_us"].to_list() == [0, 1000, 0, 1000]
    assert table.quality.faults[0].kind == "unreadable_time"
    assert table.quality.rows_read - len(table) == table.quality.rows_left_out


def test_a_clock_is_not_unwrapped_without_a_second_one(tmp_path: Path) -> None:
    content = f"{HEADING}{2**32 - 1},NoButton,Move,1,2\n0,NoButton,Move,2,2\n"
    table = read_events(folder(tmp_path, "a/session_3min.csv", content=content), max_faults=1)
    assert table.quality.faults == (Fault("clock_back", 1, 0, 1),)


def test_another_heading_is_one_line(tmp_path: Path) -> None:
    path = folder(tmp_path, "a/session_3min.csv", content="t,x,y\n1,2,3\n")
    with pytest.raises(SourceError, match="begin with the heading"):
        read_events(path, format="sapimouse")
    with pytest.raises(SourceError, match="session_3min"):
        read_events(folder(tmp_path / "b", "a/moves.csv"), format="sapimouse")


def test_the_published_archive_is_read_whole(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "sapimouse" / "sapimouse.zip"
    assert recognise(path) == "sapimouse"
    n_rows = n_zero = n_twice = 0
    with zipfile.ZipFile(path) as archive:
        folders = {name.split("/")[-2] for name in archive.namelist() if name.endswith(".csv")}
        for name in archive.namelist():
            lines = archive.read(name).decode().splitlines()[1:]
            distinct = list(dict.fromkeys(lines))
            clocks = [line.split(",")[0] for line in distinct]
            n_rows, n_twice = n_rows + len(lines), n_twice + len(lines) - len(distinct)
            n_zero += sum(one == other for one, other in pairwise(clocks))
    found = inspect_parts(read_parts(path))
    assert (found.people, found.sessions) == (72, 148)
    assert found.quality.rows_read == n_rows
    assert found.quality.as_dict()["by_kind"] == {"duplicate_row": n_twice} == {"duplicate_row": 2}
    assert found.zero_steps == n_zero
    assert len(folders) == 74
    assert {note.kind: note.count for note in found.quality.notes} == {"further_recording": 2}
    table = read_source(path).events
    first = table.sessions.filter(pl.col("session_order") == 0)["session_id"]
    assert first.str.contains("3min").all()
    write_parts(read_parts(path), tmp_path / "kept.parquet")
    assert read_events(tmp_path / "kept.parquet").frame.equals(table.frame)
