"""DuckTrack, and the AgentNet recorder of OpenCUA that grew from it: one line of JSON an action."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Final

import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.codes import codes_of
from reid.events.formats.actions import (
    ACTION_COLUMNS,
    LATEST_US,
    actions_of,
    events_of,
    further_of,
    number_of,
    with_presses,
    word_of,
)
from reid.events.formats.protocol import counted, with_rows
from reid.events.formats.recordings import Recording
from reid.events.formats.session_folders import (
    parts_with_progress,
    recordings_in,
    sessions_of,
    sessions_table,
    with_sessions,
)
from reid.events.quality import Note, Quality
from reid.events.table import EventTable
from reid.typing import Progress, silent

_FILE: Final = "events.jsonl"
_ABOUT: Final = "metadata.json"
_US_PER_S: Final = 1_000_000
_FURTHER: Final = "reid"  # the field that holds what the recorder has no field for
_BREAKS: Final = frozenset({"pause", "resume"})
_HEAD_BYTES: Final = 2**16
_MOST_PIXELS: Final = 10**6
_FIELDS: Final = ("x", "y", "dx", "dy", "button", "pressed", "name")


@dataclass(frozen=True, slots=True)
class DuckTrack:
    """DuckTrack and AgentNet recordings of desktop work: PERSON/SESSION/events.jsonl, pointer and keys.

    References
    ----------
    .. [1] DuckAI (2023). DuckTrack: accurate recording of computer use.
    .. [2] Wang et al. (2025). OpenCUA: Open Foundations for Computer-Use Agents. NeurIPS 2025.
    """

    name: ClassVar[str] = "ducktrack"
    left_behind: ClassVar[str] = "video, metadata of the machine, window and accessibility trees, task names"

    def recognises(self, source: Source) -> bool:
        """Say whether the first line of the first ``events.jsonl``, or of a single file, is an action."""
        members = _members(source)
        if not members:
            return False
        first = source.head(members[0], _HEAD_BYTES).lstrip().partition(b"\n")[0]
        try:
            record = json.loads(first)
        except (ValueError, RecursionError):
            return False
        return isinstance(record, dict) and {"time_stamp", "action"} <= record.keys()

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people.

        Sessions of a person are ordered by ``start_time`` in ``metadata.json`` where each has one, else by
        name, as the recorder names them by date; the screen's size is read there too. The clock is that of
        the machine since it started: no date. ``pause`` and ``resume`` are noted. Rows that repeat the one
        before stay, since the clock is fine enough that none does so by mistake. A key without a name, which
        the recorder could not tell, is ``Unidentified``. See
        :func:`~reid.events.formats.actions.events_of`.

        Raises
        ------
        SourceError
            There is no such file, or two stand for one session.
        """
        members = _members(source)
        if not members:
            raise SourceError.of(source.path.name, must=f"hold PERSON/SESSION/{_FILE}", found="none")
        recordings = recordings_in(source, members)
        if not any(_looks_like(source, each.member) for each in recordings):
            must = "hold actions with time_stamp and action, one line of JSON each"
            raise SourceError.of(source.path.name, must=must, found="none")
        yield from with_rows(_table(source, chosen) for chosen in parts_with_progress(recordings, progress))

    def write(self, events: EventTable, folder: Path) -> None:
        """Write ``SUBJECT/SESSION/events.jsonl`` and the ``metadata.json`` that players ask for.

        Times count from the session's first event. What the recorder has no field for stands in ``reid``.
        """
        for row, session in sessions_of(events):
            place = folder / row["subject_id"] / row["session_id"]
            place.mkdir(parents=True)
            with (place / _FILE).open("w", encoding="utf-8", newline="\n") as lines:
                lines.writelines(json.dumps(each, allow_nan=False) + "\n" for each in _lines(session))
            screen = {"screen_width": row["screen_w"], "screen_height": row["screen_h"]}
            about = {"system": "", "scroll_direction": 1} | {
                name: size for name, size in screen.items() if size is not None
            }
            (place / _ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def _members(source: Source) -> list[Member]:
    if len(source.members) == 1:
        return list(source.members)
    return [member for member in source.members if member.basename == _FILE]


def _looks_like(source: Source, member: Member) -> bool:
    return b'"time_stamp"' in source.head(member, _HEAD_BYTES)


def _table(source: Source, recordings: Sequence[Recording]) -> EventTable:
    """Return the events of some recordings."""
    about = {member.name: member for member in source.members if member.basename == _ABOUT}
    frames: list[pl.DataFrame] = []
    sessions: list[dict[str, Any]] = []
    breaks: list[tuple[int, int]] = []
    for each in recordings:
        beside = about.get(str(PurePosixPath(each.member.name).with_name(_ABOUT)))
        machine = _about(source, beside)
        actions, paused = _actions(source, each.member, by_windows=machine.get("system") == "Windows")
        breaks += [(each.member.ordinal, row) for row in paused]
        frames.append(events_of(actions).with_columns(file=pl.lit(each.member.ordinal, dtype=pl.UInt32)))
        sessions.append(
            {
                "subject_id": each.subject_id,
                "session_id": each.session_id,
                "screen_w": _size(machine.get("screen_width")),
                "screen_h": _size(machine.get("screen_height")),
                "start_time": word_of(machine.get("start_time")),
            }
        )
    rows = pl.concat(frames)
    quality = counted(rows)
    if breaks:
        quality = quality.plus(Quality(notes=(Note("recording_paused", len(breaks), *breaks[0]),)))
    good = with_presses(rows.filter(pl.col("fault").is_null()).drop("fault"))
    frame = with_sessions(good, recordings)
    return EventTable.from_frame(
        frame,
        sessions_table(source, sessions, "start_time"),
        quality=quality,
        may_be_empty=True,
        repeats=True,
    )


def _about(source: Source, member: Member | None) -> dict[str, Any]:
    """Return what stands beside a recording, nothing where it cannot be read: no event depends on it."""
    if member is None:
        return {}
    try:
        record = json.loads(source.read(member))
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _size(value: object) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and 0 < number < _MOST_PIXELS else None


def _actions(source: Source, member: Member, *, by_windows: bool) -> tuple[pl.DataFrame, list[int]]:
    """Return the actions of a file, and the rows at which recording was paused."""
    columns: dict[str, list[Any]] = {name: [] for name in ACTION_COLUMNS}
    paused: list[int] = []
    virtual = codes_of("windows-vk") if by_windows else {}
    lines = source.read(member).split(b"\n")
    for row, line in enumerate(each for each in lines if each.strip()):
        action = _parsed(line)
        if action["action"] in _BREAKS:
            if action["action"] == "pause":
                paused.append(row)
            continue
        action["row"] = row
        action["code"] = virtual.get(action.pop("vk") or "")
        for name, values in columns.items():
            values.append(action.get(name))
    frame = pl.DataFrame(
        [pl.Series(name, columns[name], dtype=dtype) for name, dtype in ACTION_COLUMNS.items()]
    )
    return frame, paused


def _parsed(line: bytes) -> dict[str, Any]:
    """Return the fields of an action that are of their types; others are None."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    broken = not isinstance(record, dict)
    given: dict[str, Any] = record if isinstance(record, dict) else {}
    further, wrong = further_of(given.get(_FURTHER))
    seconds = number_of(given.get("time_stamp"))
    time_us = None if seconds is None or abs(seconds) * _US_PER_S > LATEST_US else round(seconds * _US_PER_S)
    pressed = given.get("pressed")
    text = word_of(given.get("pynput_key")) or ""
    return {
        "time_us": time_us,
        "action": word_of(given.get("action")),
        **{name: number_of(given.get(name)) for name in ("x", "y", "dx", "dy")},
        "button": word_of(given.get("button")),
        "pressed": pressed if isinstance(pressed, bool) else None,
        "named": "name" in given,
        "name": word_of(given.get("name")),
        "vk": text[1:-1] if text.startswith("<") and text.endswith(">") else None,
        "broken": broken or wrong,
        "further": further,
    }


def _lines(session: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for action in actions_of(session):
        line = {"time_stamp": action["time_us"] / _US_PER_S, "action": action["action"]}
        line |= {name: action[name] for name in _FIELDS if name in action}
        if "further" in action:
            line[_FURTHER] = action["further"]
        yield line
