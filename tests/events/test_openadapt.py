"""openadapt-capture, on recordings that its own storage made and that it reads again."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.anonymizers.anonymizing import anonymize
from reid.errors import OutputError, SourceError
from reid.events.formats.openadapt_tables import write_capture
from reid.events.quality import Fault
from reid.events.reading import read_events, recognise
from reid.events.writing import write_recordings, writing_format

Tool = Callable[..., str]
TOOL = Path(__file__).parent / "openadapt_recorder.py"


@pytest.fixture(scope="module")
def tool() -> Tool:
    """Run the recorder's own code, in this Python or in that of REID_OPENADAPT_PYTHON."""
    python = os.environ.get("REID_OPENADAPT_PYTHON") or (find_spec("openadapt_capture") and sys.executable)
    if not python:
        pytest.skip("no Python with openadapt-capture: name one in REID_OPENADAPT_PYTHON")
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*arguments: object) -> str:
        command = [python, str(TOOL), *map(str, arguments)]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=without).stdout

    return run


@pytest.fixture(scope="module")
def made(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "log"
    tool("make", folder)
    return folder


def told(event: dict[str, Any]) -> tuple[str, Any, Any, Any]:
    """Return kind, place or key, and what else an event of the recorder's own reading says."""
    kind = {
        "mouse.move": "move", "mouse.down": "button_down", "mouse.up": "button_up", "mouse.scroll": "wheel",
        "key.down": "key_down", "key.up": "key_up",
    }[event["type"]]  # fmt: skip
    button = {"left": "left", "middle": "middle", "x2": "forward"}.get(event.get("button", ""))
    return kind, event.get("x"), event.get("y"), button


def test_what_the_recorder_wrote_is_read_without_loss(made: Path, tool: Tool) -> None:
    assert recognise(made) == "openadapt"
    events = read_events(made, strict=True)
    sessions = events.sessions.select("subject_id", "session_id").rows()
    assert sessions == [("p1", "sooner"), ("p1", "later"), ("p2", "only"), ("p3", "only")]
    places = [made / who / name for who, name in sessions[:3]]
    for (who, name), theirs in zip(sessions, json.loads(tool("show", *places)), strict=False):
        own = events.frame.filter((pl.col("subject_id") == who) & (pl.col("session_id") == name))
        ours = own.select(pl.col("event").cast(pl.String), "x_px", "y_px", pl.col("button").cast(pl.String))
        assert ours.rows() == [told(event) for event in theirs]
        start = theirs[0]["timestamp"]
        assert own["time_us"].to_list() == [round(1e6 * (each["timestamp"] - start)) for each in theirs]
    start_us = events.sessions["start_us"].to_list()
    assert start_us[1] - start_us[0] == 86_400_000_000
    assert events.sessions["sitting"].to_list() == [0, 1, 0, 0]


def test_keys_are_physical_whatever_the_layout(made: Path) -> None:
    frame = read_events(made).frame
    linux = frame.filter(pl.col("subject_id") == "p2", pl.col("event") == "key_down")
    assert linux.select("key", "press", "char").rows() == [
        ("ShiftLeft", 0, None), ("KeyH", 1, "H"), ("KeyI", 2, "i"), ("KeyI", 2, "i"), ("Digit2", 3, None),
        ("Enter", 4, None),
    ]  # fmt: skip
    windows = frame.filter(pl.col("session_id") == "sooner", pl.col("event") == "key_down")
    assert windows["key"].to_list() == ["ShiftLeft", "KeyH", "KeyI", "KeyI", "Enter"]


def test_the_simpler_storage_gives_its_raw_events_once(made: Path) -> None:
    frame = read_events(made).frame.filter(pl.col("subject_id") == "p3")
    assert frame.select("time_us", "event", "key", "wheel_dy").rows() == [
        (0, "move", None, None), (100_000, "button_down", None, None), (200_000, "button_up", None, None),
        (300_000, "key_down", "KeyQ", None), (400_000, "key_up", "KeyQ", None),
        (500_000, "wheel", None, -1.0),
    ]  # fmt: skip


def test_what_is_written_back_reads_the_same_and_the_recorder_reads_it(
    made: Path, tool: Tool, tmp_path: Path
) -> None:
    events = read_events(made)
    write_recordings([events], tmp_path / "out", writing_format("openadapt"))
    again = read_events(tmp_path / "out", strict=True)
    assert_frame_equal(again.frame, events.frame)
    assert_frame_equal(again.sessions, events.sessions)
    released = anonymize(events, "key-classes | time-grid(step_ms=50)").events
    write_recordings([released], tmp_path / "released", writing_format("openadapt"))
    for folder, table in (("out", events), ("released", released)):
        places = [
            tmp_path / folder / who / name
            for who, name in table.sessions.select("subject_id", "session_id").rows()
        ]
        theirs = [told(event) for session in json.loads(tool("show", *places)) for event in session]
        ours = table.frame.select(
            pl.col("event").cast(pl.String), "x_px", "y_px", pl.col("button").cast(pl.String)
        )
        assert ours.rows() == theirs
    content = b"".join(each.read_bytes() for each in (tmp_path / "released").rglob("*.db"))
    assert not [
        word for word in (b"a made-up", b"linux", b"win32", b"1760", b"sooner", b"p1") if word in content
    ]


def database(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.mkdir()
    write_capture(path / "recording.db", {"timestamp": 0, "platform": "linux"}, rows, {})
    return path


def test_rows_at_fault_are_counted(tmp_path: Path) -> None:
    place = {"mouse_x": 1, "mouse_y": 2}
    rows = [
        {"name": "move", "timestamp": 1, **place},
        {"name": "move", "timestamp": "soon", **place},
        {"name": "swipe", "timestamp": 2, **place},
        {"name": "click", "timestamp": 2, **place, "mouse_button_name": "left"},
        {"name": "press", "timestamp": 2, "key_char": ""},
        {"name": "move", "timestamp": 0.5, **place},
        {"name": "move", "timestamp": 3, "disabled": 1, **place},
        {"name": "press", "timestamp": 3, "key_char": b"\xff", "key_vk": "38"},
    ]
    events = read_events(database(tmp_path / "r", rows), max_faults=1)
    assert events.frame["event"].to_list() == ["move", "key_down"]
    assert events.frame["key"].to_list() == [None, "KeyA"]
    assert set(events.quality.faults) == {
        Fault("unreadable_time", 1, 0, 1), Fault("unknown_event", 1, 0, 2), Fault("missing_value", 2, 0, 3),
        Fault("clock_back", 1, 0, 5),
    }  # fmt: skip


def test_several_recordings_of_one_database_are_sessions(tmp_path: Path) -> None:
    path = database(tmp_path / "r", [{"name": "move", "timestamp": 1, "mouse_x": 1, "mouse_y": 2}])
    with closing(sqlite3.connect(path / "recording.db")) as opened, opened:
        opened.execute("INSERT INTO recording (id, timestamp) VALUES (2, 0)")
        opened.execute("UPDATE action_event SET recording_id = 2")
        opened.execute(
            "INSERT INTO action_event (id, name, timestamp, recording_id) VALUES (9, 'move', 1, 1)"
        )
        opened.execute("UPDATE action_event SET mouse_x = 1, mouse_y = 1")
    assert read_events(path).sessions["session_id"].to_list() == ["session-1", "session-2"]


def test_what_a_stranger_built_in_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "recording.db"
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("CREATE TABLE recording (id)")
        opened.execute(
            "CREATE VIEW action_event AS WITH RECURSIVE n(id) AS "
            "(SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT * FROM n"
        )
    with pytest.raises(SourceError, match=r"recording\.db must hold the tables"):
        read_events(path, format="openadapt")


def test_damage_and_open_write_logs_are_one_line(tmp_path: Path) -> None:
    path = database(tmp_path / "r", [{"name": "move", "timestamp": 1, "mouse_x": 1, "mouse_y": 2}])
    (path / "recording.db-wal").write_bytes(b"rows that are not in the database yet")
    with pytest.raises(SourceError, match="finished recording; found a write log"):
        read_events(path)
    with pytest.raises(SourceError, match="finished recording; found a write log"):
        read_events(path / "recording.db")
    (path / "recording.db-wal").unlink()
    content = (path / "recording.db").read_bytes()
    (path / "recording.db").write_bytes(content[:200] + bytes(len(content) - 200))
    with pytest.raises(SourceError, match="readable database"):
        read_events(path, format="openadapt")


def test_lists_where_a_key_should_be_named_are_none(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "capture.db")) as opened, opened:
        opened.execute("CREATE TABLE capture (id)")
        opened.execute("CREATE TABLE events (id, timestamp, type, data, parent_id)")
        for number, data in enumerate(('{"key_char": "a"}', '{"key_char": ["b"], "key_name": {}}')):
            opened.execute("INSERT INTO events VALUES (?, 5, 'key.down', ?, NULL)", (number, data))
    events = read_events(tmp_path / "capture.db", max_faults=1)
    assert events.frame["key"].to_list() == ["KeyA"]
    assert events.quality.faults == (Fault("missing_value", 1, 0, 1),)


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"recording\.db must be writable; found: "):
        write_capture(tmp_path / "nowhere" / "recording.db", {"timestamp": 0}, [], {})
