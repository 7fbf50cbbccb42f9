"""The databases of openadapt-capture: their tables, read and written with ``sqlite3`` alone."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from reid.errors import OutputError, SourceError

MAGIC: Final = b"SQLite format 3\x00"
_JOURNAL_BYTES: Final = slice(18, 20)  # of the header: whether a write log is kept beside the file
_WRITE_LOG: Final = b"\x02\x02"
_NO_LOG: Final = b"\x01\x01"
_COLUMNS: Final = (
    "name", "timestamp", "mouse_x", "mouse_y", "mouse_dx", "mouse_dy", "mouse_button_name", "mouse_pressed",
    "key_name", "key_char", "key_vk", "canonical_key_name", "canonical_key_char", "canonical_key_vk",
)  # fmt: skip
_FURTHER: Final = "reid_further"  # our own table: what the recorder has no column for

#: Tables and columns of a recording, as the recorder makes them; a release fills the first two alone.
_SCHEMA: Final = """
recording: id INTEGER PRIMARY KEY, timestamp NUMERIC(10, 2), monitor_width INTEGER, monitor_height INTEGER,
 pixel_ratio FLOAT, double_click_interval_seconds NUMERIC, double_click_distance_pixels NUMERIC,
 platform VARCHAR, task_description VARCHAR, video_start_time NUMERIC(10, 2), config JSON,
 original_recording_id INTEGER
action_event: id INTEGER PRIMARY KEY, source_ordinal INTEGER, name VARCHAR, timestamp NUMERIC(10, 2),
 recording_timestamp NUMERIC(10, 2), recording_id INTEGER, screenshot_timestamp NUMERIC(10, 2),
 screenshot_source_ordinal INTEGER, screenshot_id INTEGER, after_screenshot_timestamp NUMERIC(10, 2),
 after_screenshot_source_ordinal INTEGER, window_event_timestamp NUMERIC(10, 2),
 window_event_source_ordinal INTEGER, window_event_id INTEGER, after_window_event_timestamp NUMERIC(10, 2),
 after_window_event_source_ordinal INTEGER, browser_event_timestamp NUMERIC(10, 2), browser_event_id INTEGER,
 mouse_x NUMERIC, mouse_y NUMERIC, mouse_dx NUMERIC, mouse_dy NUMERIC, active_segment_description VARCHAR,
 available_segment_descriptions VARCHAR, mouse_button_name VARCHAR, mouse_pressed BOOLEAN, key_name VARCHAR,
 key_char VARCHAR, key_vk VARCHAR, canonical_key_name VARCHAR, canonical_key_char VARCHAR,
 canonical_key_vk VARCHAR, parent_id INTEGER, element_state JSON, structural_observation JSON,
 window_geometry_generation INTEGER, after_window_geometry_generation INTEGER, disabled BOOLEAN
audio_info: id INTEGER PRIMARY KEY, timestamp NUMERIC(10, 2), flac_data BLOB, transcribed_text VARCHAR,
 recording_timestamp NUMERIC(10, 2), recording_id INTEGER, sample_rate INTEGER, words_with_timestamps TEXT
browser_event: id INTEGER PRIMARY KEY, source_ordinal INTEGER, recording_timestamp NUMERIC(10, 2),
 recording_id INTEGER, message JSON, timestamp NUMERIC(10, 2)
memory_stat: id INTEGER PRIMARY KEY, recording_timestamp INTEGER, recording_id INTEGER,
 memory_usage_bytes NUMERIC(10, 2), timestamp NUMERIC(10, 2)
performance_stat: id INTEGER PRIMARY KEY, recording_timestamp NUMERIC(10, 2), recording_id INTEGER,
 event_type VARCHAR, start_time INTEGER, end_time INTEGER, window_id VARCHAR
screenshot: id INTEGER PRIMARY KEY, source_ordinal INTEGER, recording_timestamp NUMERIC(10, 2),
 recording_id INTEGER, timestamp NUMERIC(10, 2), png_data BLOB, png_sha256 VARCHAR, png_diff_data BLOB,
 png_diff_mask_data BLOB
window_event: id INTEGER PRIMARY KEY, source_ordinal INTEGER, recording_timestamp NUMERIC(10, 2),
 recording_id INTEGER, timestamp NUMERIC(10, 2), state JSON, title VARCHAR, "left" INTEGER, top INTEGER,
 width INTEGER, height INTEGER, window_id VARCHAR
"""

#: Raw events of the recorder's second, simpler storage, as actions.
_ACTION_OF_TYPE: Final[Mapping[str, tuple[str, bool | None]]] = MappingProxyType({
    "mouse.move": ("move", None), "mouse.down": ("click", True), "mouse.up": ("click", False),
    "mouse.scroll": ("scroll", None), "key.down": ("press", None), "key.up": ("release", None),
})  # fmt: skip
#: Its events that are no input, or that sum up raw ones, which stand beside them.
_NO_ACTIONS: Final = frozenset({
    "screen.frame", "audio.chunk", "mouse.click", "mouse.singleclick", "mouse.doubleclick", "mouse.drag",
    "key.type", "key.shortcut",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Capture:
    """One recording of a database: its head, and its actions as the recorder's own columns."""

    platform: object
    screen_w: object
    screen_h: object
    rows: list[dict[str, Any]]  #: columns of the table ``action_event``, of whatever type stands there


def captures_in(content: bytes, place: str) -> list[Capture]:
    """Return the recordings of a database, in the order of their numbers.

    The database comes from strangers: it is read in memory, its tables only and never a view, and no
    function of it is trusted.

    Raises
    ------
    SourceError
        The bytes are no database of this recorder, or a damaged one.
    """
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            if content[_JOURNAL_BYTES] == _WRITE_LOG:  # in memory there is none, nor is one read beside it
                content = content[: _JOURNAL_BYTES.start] + _NO_LOG + content[_JOURNAL_BYTES.stop :]
            database.deserialize(content)
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA query_only = ON")
            database.row_factory = sqlite3.Row
            database.text_factory = lambda text: text.decode("utf-8", "replace")
            tables = _tables(database)
            if {"recording", "action_event"} <= tables.keys():
                return list(_recorded(database, tables))
            if {"capture", "events"} <= tables.keys():
                return list(_stored(database, tables))
    except (sqlite3.Error, OverflowError, MemoryError):
        raise SourceError.of(place, must="be a readable database", found="a damaged one") from None
    must = "hold the tables recording and action_event, or capture and events"
    raise SourceError.of(place, must=must, found="others")


def _tables(database: sqlite3.Connection) -> dict[str, set[str]]:
    """Return the columns of each real table; views and virtual tables have no page of their own."""
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")
    known = ("recording", "action_event", "capture", "events", _FURTHER)
    return {
        name: {column["name"] for column in database.execute(f"PRAGMA table_info({name})")}
        for (name,) in names
        if name in known
    }


def _select(table: str, columns: Sequence[str], held: set[str]) -> str:
    listed = ", ".join(name if name in held else f"NULL AS {name}" for name in columns)
    return f"SELECT {listed} FROM {table}"  # noqa: S608  names are ours


def _recorded(database: sqlite3.Connection, tables: Mapping[str, set[str]]) -> Iterator[Capture]:
    own = ("action_event_id", "fields")
    further: dict[object, object] = {}
    if set(own) <= tables.get(_FURTHER, set()):
        told = database.execute(_select(_FURTHER, own, tables[_FURTHER]))
        further = {action: fields for action, fields in told}  # noqa: C416  rows are no pairs to dict()
    wanted = ("id", "source_ordinal", "recording_id", "disabled", *_COLUMNS)
    query = _select("action_event", wanted, tables["action_event"])
    rows: dict[object, list[dict[str, Any]]] = {}
    for row in database.execute(f"{query} ORDER BY recording_id, coalesce(source_ordinal, id), id"):
        given = dict(row)
        if given.pop("disabled") == 1:  # struck out by whoever recorded; the recorder passes over it too
            continue
        rows.setdefault(row["recording_id"], []).append({**given, "further": further.get(row["id"])})
    heads = ("id", "platform", "monitor_width", "monitor_height")
    for row in database.execute(_select("recording", heads, tables["recording"]) + " ORDER BY id"):
        number, platform, width, height = row
        if number in rows:
            yield Capture(platform, width, height, rows.pop(number))
    for left in rows.values():  # of a recording whose own row is lost
        yield Capture(None, None, None, left)


def _stored(database: sqlite3.Connection, tables: Mapping[str, set[str]]) -> Iterator[Capture]:
    query = _select("events", ("id", "timestamp", "type", "data", "parent_id"), tables["events"])
    records = [dict(row) for row in database.execute(f"{query} ORDER BY timestamp, id")]
    records = [each for each in records if each["type"] not in _NO_ACTIONS]
    alone = {(each["timestamp"], each["type"], each["data"]) for each in records if each["parent_id"] is None}
    rows = [
        _as_action(each)
        for each in records
        if each["parent_id"] is None or (each["timestamp"], each["type"], each["data"]) not in alone
    ]
    heads = ("platform", "screen_width", "screen_height")
    head = database.execute(_select("capture", heads, tables["capture"])).fetchone()
    platform, width, height = head or (None, None, None)
    if rows:
        yield Capture(platform, width, height, rows)


def _as_action(record: Mapping[str, Any]) -> dict[str, Any]:
    try:
        data = json.loads(record["data"])
    except (ValueError, TypeError, RecursionError):
        data = None
    given = data if isinstance(data, dict) else {}
    name, pressed = _ACTION_OF_TYPE.get(record["type"], (record["type"], None))
    return {
        "name": name,
        "timestamp": record["timestamp"],
        "mouse_pressed": pressed,
        "mouse_button_name": given.get("button"),
        **{f"mouse_{axis}": given.get(axis) for axis in ("x", "y", "dx", "dy")},
        **{column: _cell(given.get(column)) for column in _COLUMNS if "key" in column},
        "broken": data is None,
    }


def _cell(value: object) -> object:
    """Return a value as a cell can hold it: no list and no object."""
    return None if isinstance(value, list | dict) else value


def write_capture(
    path: Path,
    head: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    further: Mapping[int, Mapping[str, Any]],
) -> None:
    """Write a database that holds one recording.

    Parameters
    ----------
    path : Path
        Where no file stands yet.
    head : mapping
        Columns of the table ``recording``.
    rows : iterable of mappings
        Columns of the table ``action_event``, in order; ids count from 1.
    further : mapping
        Further fields by the id of their action.

    Raises
    ------
    OutputError
        The disk is full, or the file cannot be written.
    """
    try:
        _write(path, head, rows, further)
    except sqlite3.Error as error:  # none of the system's own: it would pass for a bug
        message = f"{path.name} must be writable; found: {error}. Choose another place with -o."
        raise OutputError(message) from None


def _write(
    path: Path,
    head: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    further: Mapping[int, Mapping[str, Any]],
) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA journal_mode = OFF")
        for table in _SCHEMA.strip().replace("\n ", " ").splitlines():
            name, _, columns = table.partition(": ")
            database.execute(f"CREATE TABLE {name} ({columns})")
        _insert(database, "recording", {"id": 1, **head})
        for number, row in enumerate(rows, start=1):
            recording = {"recording_id": 1, "recording_timestamp": head["timestamp"]}
            given = {"id": number, "source_ordinal": number, "disabled": 0, **recording, **row}
            _insert(database, "action_event", given)
        if further:
            database.execute(f"CREATE TABLE {_FURTHER} (action_event_id INTEGER PRIMARY KEY, fields JSON)")
            for number, fields in further.items():
                told = {"action_event_id": number, "fields": json.dumps(fields, allow_nan=False)}
                _insert(database, _FURTHER, told)


def _insert(database: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    names = ", ".join(row)
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608  names are ours
