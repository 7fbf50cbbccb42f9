"""openadapt-capture: one SQLite database a recording."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Final

import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.formats.actions import (
    LATEST_US,
    action_frame,
    actions_of,
    events_of,
    further_of,
    number_of,
    with_presses,
    word_of,
)
from reid.events.formats.openadapt_tables import MAGIC, Capture, captures_in, write_capture
from reid.events.formats.protocol import counted, with_rows
from reid.events.formats.recordings import Recording
from reid.events.formats.session_folders import (
    parts_with_progress,
    recordings_in,
    sessions_of,
    sessions_table,
)
from reid.events.key_numbers import PLATFORMS, codes_of_platform
from reid.events.table import EventTable
from reid.typing import Progress, silent

_FILE: Final = "recording.db"
_FILES: Final = frozenset({_FILE, "capture.db"})
_US_PER_S: Final = 1_000_000
_EARLIEST_DATE_US: Final = 10**14  # 1973; below, a clock that counts from the session's start
_MOST_PIXELS: Final = 10**6
_IDENTITIES: Final = (
    "key_char", "key_name", "canonical_key_char", "canonical_key_name", "key_vk", "canonical_key_vk",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenAdapt:
    """openadapt-capture recordings of desktop work: PERSON/SESSION/recording.db, pointer and keys.

    References
    ----------
    .. [1] MLDSAI (2026). openadapt-capture 1.3.0: Record desktop mouse, keyboard, and screen activity.
    """

    name: ClassVar[str] = "openadapt"
    left_behind: ClassVar[str] = "screenshots, video, sound, window titles, browser events, task descriptions"

    def recognises(self, source: Source) -> bool:
        """Say whether there is a ``recording.db`` or ``capture.db``, or a single database with its tables."""
        members = _members(source)
        if not members or source.head(members[0], len(MAGIC)) != MAGIC:
            return False
        if members[0].basename in _FILES:
            return True
        try:
            captures_in(source.read(members[0]), source.place(members[0]))
        except SourceError:
            return False
        return True

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people.

        Actions come in the order of the recorder's journal; their clock is the date in seconds, and
        sessions are ordered by it. Keys are told by the number of the physical key where the recording names
        its operating system, else by name. Several recordings in one database are sessions ``NAME-1``,
        ``NAME-2``. Of the recorder's simpler storage ``capture.db`` the raw events are read, not those that
        sum them up. See :func:`~reid.events.formats.actions.events_of`.

        Raises
        ------
        SourceError
            There is no such file, one is damaged or has an unfinished write log, or two stand for one
            session.
        """
        members = _members(source)
        if not members:
            raise SourceError.of(source.path.name, must=f"hold PERSON/SESSION/{_FILE}", found="none")
        recordings = recordings_in(source, members)
        yield from with_rows(_table(source, chosen) for chosen in parts_with_progress(recordings, progress))

    def write(self, events: EventTable, folder: Path) -> None:
        """Write ``SUBJECT/SESSION/recording.db``, without a platform, pictures or words about the task.

        Times are dates where the table has them, else they count from the session's first event. What the
        recorder has no column for stands in a table of its own, ``reid_further``.
        """
        for row, session in sessions_of(events):
            place = folder / row["subject_id"] / row["session_id"]
            place.mkdir(parents=True)
            actions = actions_of(session)
            start_us = (row["start_us"] or 0) + int(session["time_us"][0] if row["start_us"] else 0)
            head = {
                "timestamp": start_us / _US_PER_S,
                "monitor_width": row["screen_w"],
                "monitor_height": row["screen_h"],
                "double_click_interval_seconds": 0.5,
                "double_click_distance_pixels": 5,
                "platform": "",
            }
            further = {n: each["further"] for n, each in enumerate(actions, start=1) if "further" in each}
            write_capture(place / _FILE, head, (_row(each, start_us) for each in actions), further)


def _members(source: Source) -> list[Member]:
    if len(source.members) == 1:
        only = source.members[0]
        return [only] if source.head(only, len(MAGIC)) == MAGIC else []
    return [member for member in source.members if member.basename in _FILES]


def _has_log_beside(source: Source) -> bool:
    """Say whether a write log stands beside a source that is one file."""
    log = source.path.with_name(f"{source.path.name}-wal")
    return source.kind == "file" and log.is_file() and log.stat().st_size > 0


def _table(source: Source, recordings: Sequence[Recording]) -> EventTable:
    """Return the events of some recordings."""
    logs = {member.name: member for member in source.members if member.basename.endswith("-wal")}
    frames: list[pl.DataFrame] = []
    sessions: list[dict[str, Any]] = []
    for each in recordings:
        name = PurePosixPath(each.member.name)
        log = logs.get(str(name.with_name(f"{name.name}-wal")))
        if (log is not None and log.size) or _has_log_beside(source):
            must, found = "be a finished recording", "a write log beside it"
            advice = "Stop the recorder, or open the database once with sqlite3."
            raise SourceError.of(source.place(each.member), must=must, found=found, advice=advice)
        captures = captures_in(source.read(each.member), source.place(each.member))
        for number, capture in enumerate(captures, start=1):
            session = each.session_id if len(captures) == 1 else f"{each.session_id}-{number}"
            actions = action_frame(_actions(capture))
            events = events_of(actions)
            names = {"subject_id": each.subject_id, "session_id": session}
            place = pl.lit(each.member.ordinal, dtype=pl.UInt32)
            frames.append(events.with_columns(file=place, **{k: pl.lit(v) for k, v in names.items()}))
            sessions.append({
                **names,
                "start_us": _start_us(actions, events),
                "screen_w": _size(capture.screen_w),
                "screen_h": _size(capture.screen_h),
            })  # fmt: skip
    if not frames:
        raise SourceError.of(source.path.name, must="hold a recording", found="none with any action")
    rows = pl.concat(frames)
    good = with_presses(rows.filter(pl.col("fault").is_null()).drop("fault"))
    table = sessions_table(source, sessions, "start_us")
    return EventTable.from_frame(good, table, quality=counted(rows), may_be_empty=True, repeats=True)


def _start_us(actions: pl.DataFrame, events: pl.DataFrame) -> int | None:
    """Return the date of a recording's time 0, None where its clock has none."""
    good = events["fault"].is_null().arg_true()
    if not good.len():
        return None
    first = good[0]
    start_us = int(actions["time_us"][first]) - int(events["time_us"][first])
    return start_us if start_us >= _EARLIEST_DATE_US else None


def _size(value: object) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and 0 < number < _MOST_PIXELS else None


def _actions(capture: Capture) -> Iterator[dict[str, Any]]:
    platform = capture.platform if capture.platform in PLATFORMS else None
    codes = {} if platform is None else codes_of_platform(str(platform))
    for row in capture.rows:
        seconds = number_of(row["timestamp"])
        distant = seconds is None or abs(seconds) * _US_PER_S > LATEST_US
        further, wrong = further_of(_parsed(row.get("further")))
        number = word_of(row["key_vk"])
        yield {
            "time_us": None if seconds is None or distant else round(seconds * _US_PER_S),
            "action": word_of(row["name"]),
            **{axis: number_of(row[f"mouse_{axis}"]) for axis in ("x", "y", "dx", "dy")},
            "button": word_of(row["mouse_button_name"]),
            "pressed": bool(row["mouse_pressed"]) if row["mouse_pressed"] in {0, 1} else None,
            "named": any(row[column] not in {None, ""} for column in _IDENTITIES),
            "name": _name(row),
            "code": codes.get(int(number)) if number is not None and number.isdecimal() else None,
            "broken": wrong or bool(row.get("broken")),
            "further": further,
        }


def _parsed(text: object) -> object:
    if text is None:
        return None
    try:
        return json.loads(text) if isinstance(text, str) else False
    except (ValueError, RecursionError):
        return False


def _name(row: Mapping[str, Any]) -> str | None:
    """Return the character of a key, else its name, else what it is called whatever its side."""
    char = word_of(row["key_char"])
    if char is not None and len(char) == 1 and char.isprintable():
        return char
    return next((name for name in (word_of(row[column]) for column in _IDENTITIES) if name), None)


def _row(action: Mapping[str, Any], start_us: int) -> dict[str, Any]:
    """Return an action as columns of the table ``action_event``."""
    row = {"name": action["action"], "timestamp": (start_us + action["time_us"]) / _US_PER_S}
    row |= {f"mouse_{axis}": action[axis] for axis in ("x", "y", "dx", "dy") if axis in action}
    if "button" in action:
        row |= {"mouse_button_name": action["button"], "mouse_pressed": int(action["pressed"])}
    if "name" in action:
        kind, name = "char" if len(action["name"]) == 1 else "name", action["name"]
        row |= {f"key_{kind}": name, f"canonical_key_{kind}": name.lower() if kind == "char" else name}
    return row
