"""Recordings of Linux input devices: what ``evtest`` prints, and what ``libinput record`` writes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.evdev_codes import ABS_X, ABS_Y, EV_SYN, SYN_DROPPED, SYN_REPORT
from reid.events.formats.actions import LATEST_US
from reid.events.formats.evdev_frames import INPUT_COLUMNS, Devices, events_of
from reid.events.formats.evdev_writing import evtest_lines, libinput_lines
from reid.events.formats.layout import SessionFiles, in_parts, required, session_files
from reid.events.formats.protocol import with_rows
from reid.events.formats.session_folders import sessions_of, sessions_table
from reid.events.quality import Quality
from reid.events.table import EventTable
from reid.typing import Progress, silent

_EVTEST_SUFFIXES: Final = frozenset({"", ".txt", ".log", ".evtest"})
_LIBINPUT_SUFFIXES: Final = frozenset({".yml", ".yaml"})
_HEAD_BYTES: Final = 2**16
_US_PER_S: Final = 1_000_000
_UNIX_FROM_US: Final = 315_532_800_000_000  # 1980: a clock that counts from then on counts from 1970
_DIRECT: Final = 1  # the property of screens and tablets: what is touched is what is meant

_EVTEST_LINE: Final = (
    r"^Event: time ([0-9]{1,12})\.([0-9]{6}), "
    r"(?:type ([0-9]{1,5}) \([^()]*\), code ([0-9]{1,5}) \([^()]*\), value (-?[0-9a-f]{1,12})"
    r"(?: # reid (\{.*\}))?|[-+>]+ (\w+(?: \w+)?) [-+<]+)\s*$"
)
_EVTEST_START: Final = re.compile(
    rb"(?:^|\n)(?:Event: time [0-9]+\.[0-9]{6}, |Input driver version is [0-9])"
)
_EVTEST_AXIS: Final = re.compile(r"^ +Event code ([01]) \(ABS_[XY]\)\n +Value +(-?[0-9]{1,10})", re.MULTILINE)
_EVTEST_PROPERTY: Final = re.compile(r"^ +Property type 1 ", re.MULTILINE)
_LIBINPUT_LINE: Final = (
    r"^\s*- \[ *([0-9]{1,12}), *([0-9]{1,6}), *([0-9]{1,5}), *([0-9]{1,5}), *(-?[0-9]{1,12})\]\s*"
    r"(?:#.*?(\(obfuscated\))?(?: reid (\{.*\}))?\s*)?$"
)
_LIBINPUT_START: Final = re.compile(rb"(?:^|\n)version: [0-9]+\r?\nndevices: [0-9]+\r?\n")
_FIRST_TIME: Final = re.compile(r"reid \{\"time_us\": (-?[0-9]{1,17})[,}]")
_LIBINPUT_AXIS: Final = r" (ABS_[XY]) +(-?[0-9]{1,10}) \(([+-][0-9]{1,10})\)"
_LIBINPUT_PROPERTIES: Final = re.compile(r"^\s+properties: \[([0-9, ]*)\]")


@dataclass(frozen=True, slots=True)
class _Parsed:
    """One file: its inputs, and what its head says of the devices."""

    inputs: pl.DataFrame  # columns of INPUT_COLUMNS; devices counted from 0 in this file
    devices: Devices
    zero_us: int  # time 0 of the recording, on its own clock
    start_us: int | None  # the same in Unix time, where the clock says


@dataclass(frozen=True, slots=True)
class Evtest:
    """What evtest prints of Linux input devices: PERSON/SESSION.txt, or a folder of one file a device.

    References
    ----------
    .. [1] evtest, https://gitlab.freedesktop.org/libevdev/evtest
    """

    name: ClassVar[str] = "evtest"
    left_behind: ClassVar[str] = "names and abilities of the devices, scan codes, lights, single fingers"

    def recognises(self, source: Source) -> bool:
        """Say whether the first recording holds events as evtest prints them."""
        return _begins(source, _EVTEST_SUFFIXES, _EVTEST_START)

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people.

        Several files in a folder of a session are its devices, on one clock. Time 0 is the first event of
        any of them, of whatever kind; sessions are ordered by it where the clock tells the date. See
        :func:`~reid.events.formats.evdev_frames.events_of`.

        Raises
        ------
        SourceError
            There is no recording, or one does not hold an event.
        """
        sessions = required(session_files(source, _EVTEST_SUFFIXES), source, "PERSON/SESSION.txt")
        yield from with_rows(_table(source, chosen, _evtest) for chosen in in_parts(sessions, progress))

    def write(self, events: EventTable, folder: Path) -> None:
        """Write ``SUBJECT/SESSION.txt``: all devices as one, each event in a frame of its own.

        What the kernel has no word for stands behind the event, after ``# reid``.

        Raises
        ------
        EventError
            A position or a time is beyond what the format can say.
        """
        for row, session in sessions_of(events):
            place = folder / row["subject_id"] / f"{row['session_id']}.txt"
            _write(place, evtest_lines(session, row["start_us"]))


@dataclass(frozen=True, slots=True)
class LibinputRecord:
    """What libinput record writes of Linux input devices: PERSON/SESSION.yml, all devices in one file.

    Its lines are read one by one, as the recorder writes them, rather than as YAML of any shape: that a key
    was hidden is told in comments only, and a long recording is read at the speed of text.

    References
    ----------
    .. [1] libinput-record(1), section FILE FORMAT.
    """

    name: ClassVar[str] = "libinput"
    left_behind: ClassVar[str] = (
        "names and abilities of the devices, the machine, scan codes, lights, single fingers, raw reports"
    )

    def recognises(self, source: Source) -> bool:
        """Say whether the first recording begins as libinput record begins."""
        return _begins(source, _LIBINPUT_SUFFIXES, _LIBINPUT_START)

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people.

        Time 0 is the recorder's, the first event of any device; no date is told. Keys are hidden unless the
        recorder was told to show them. See :func:`~reid.events.formats.evdev_frames.events_of`.

        Raises
        ------
        SourceError
            There is no recording, one does not hold an event, or a session has several.
        """
        sessions = required(session_files(source, _LIBINPUT_SUFFIXES), source, "PERSON/SESSION.yml")
        several = sum(len(each.members) > 1 for each in sessions)
        if several:
            must, found = "hold one file a session: each has a clock of its own", f"{several} with several"
            raise SourceError.of(source.path.name, must=must, found=found)
        yield from with_rows(_table(source, chosen, _libinput) for chosen in in_parts(sessions, progress))

    def write(self, events: EventTable, folder: Path) -> None:
        """Write ``SUBJECT/SESSION.yml``: all devices as one, each event in a frame of its own.

        What the kernel has no word for stands in the comment behind the event, after ``reid``.

        Raises
        ------
        EventError
            A position or a time is beyond what the format can say.
        """
        for row, session in sessions_of(events):
            _write(folder / row["subject_id"] / f"{row['session_id']}.yml", libinput_lines(session))


def _begins(source: Source, suffixes: frozenset[str], start: re.Pattern[bytes]) -> bool:
    try:
        sessions = session_files(source, suffixes)
    except SourceError:
        return False
    return bool(sessions) and start.search(source.head(sessions[0].members[0], _HEAD_BYTES)) is not None


def _write(path: Path, lines: Iterator[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


def _table(
    source: Source, sessions: list[SessionFiles], parsed: Callable[[Source, Member], _Parsed]
) -> EventTable:
    """Return the events of some sessions."""
    frames: list[pl.DataFrame] = []
    rows: list[dict[str, Any]] = []
    quality = Quality()
    for each in sessions:
        files = [parsed(source, member) for member in each.members]
        zero_us = min(file.zero_us for file in files)
        inputs = pl.concat([file.inputs for file in files])
        origins = [file.devices.origin for file in files if file.devices.origin != (0, 0)]
        touched = {device for file in files for device in file.devices.touched}
        devices = Devices(origins[0] if origins else (0, 0), frozenset(touched))
        events, found = events_of(inputs, devices)
        names = {"subject_id": each.subject_id, "session_id": each.session_id}
        frames.append(
            events.with_columns(
                pl.col("time_us") - zero_us, **{name: pl.lit(of) for name, of in names.items()}
            )
        )
        quality = quality.plus(found)
        starts = [file.start_us for file in files if file.start_us is not None]
        rows.append({**names, "start_us": min(starts, default=None)})
    return EventTable.from_frame(
        pl.concat(frames),
        sessions_table(source, rows, "start_us"),
        quality=quality,
        may_be_empty=True,
        repeats=True,
    )


def _text(source: Source, member: Member) -> str:
    return source.read(member).decode("utf-8", "replace").replace("\r\n", "\n")


def _evtest(source: Source, member: Member) -> _Parsed:
    text = _text(source, member)
    head = text[: max(text.find("\nEvent: time "), 0)]
    lines = pl.Series("line", text.split("\n")).to_frame().filter(pl.col("line").str.starts_with("Event: "))
    cells = lines.select(pl.col("line").str.extract_groups(_EVTEST_LINE).struct.rename_fields(
        ["s", "us", "kind", "code", "value", "further", "sync"]
    ).alias("cells")).unnest("cells")  # fmt: skip
    is_sync = pl.col("sync").is_not_null()
    syncs = pl.col("sync").replace_strict(
        {"SYN_REPORT": SYN_REPORT, "Report Sync": SYN_REPORT, "SYN_DROPPED": SYN_DROPPED},
        default=-1,
        return_dtype=pl.Int64,
    )
    inputs = _inputs(source, member, cells).with_columns(
        kind=pl.when(is_sync).then(EV_SYN).otherwise("kind"),
        code=pl.when(is_sync).then(syncs).otherwise("code"),
        value=pl.when(is_sync).then(0).otherwise("value"),
        hidden=pl.lit(value=False),
        device=pl.lit(member.ordinal, dtype=pl.UInt32),
    )
    first_us = inputs["time_us"].drop_nulls().first()
    start_us = (first_us if isinstance(first_us, int) else 0) - _stated_us(text)
    axes = {int(axis): int(value) for axis, value in _EVTEST_AXIS.findall(head)}
    touched = frozenset({member.ordinal} if _EVTEST_PROPERTY.search(head) else ())
    return _Parsed(
        inputs.select(*INPUT_COLUMNS),
        Devices((axes.get(ABS_X, 0), axes.get(ABS_Y, 0)), touched),
        start_us,
        start_us if start_us >= _UNIX_FROM_US else None,
    )


def _libinput(source: Source, member: Member) -> _Parsed:
    text = _text(source, member)
    lines = pl.Series("line", text.split("\n")).to_frame()
    begins = pl.col("line").str.contains(r"^\s*- node:")
    lines = lines.with_columns(device=begins.cum_sum().cast(pl.UInt32))
    properties = lines.filter(pl.col("line").str.contains(_LIBINPUT_PROPERTIES.pattern))
    touched = frozenset(
        device
        for line, device in properties.iter_rows()
        if str(_DIRECT) in [cell.strip() for cell in line.partition("[")[2].rstrip("] ").split(",")]
    )
    lines = lines.filter(pl.col("line").str.contains(r"^\s*- \["))
    cells = lines.select("device", pl.col("line").str.extract_groups(_LIBINPUT_LINE).struct.rename_fields(
        ["s", "us", "kind", "code", "value", "obfuscated", "further"]
    ).alias("cells")).unnest("cells")  # fmt: skip
    inputs = _inputs(source, member, cells).with_columns(hidden=pl.col("obfuscated").is_not_null())
    return _Parsed(inputs.select(*INPUT_COLUMNS), Devices(_origin(lines), touched), -_stated_us(text), None)


def _stated_us(text: str) -> int:
    """Return the time of the first event in its session, where the recording was written back."""
    stated = _FIRST_TIME.search(text)
    return int(stated[1]) if stated else 0


def _origin(lines: pl.DataFrame) -> tuple[int, int]:
    """Return where absolute axes stood before the first event of each: the comments tell value and change."""
    groups = lines.select(pl.col("line").str.extract_groups(_LIBINPUT_AXIS).struct.rename_fields(
        ["axis", "value", "change"]
    ).alias("cells")).unnest("cells").drop_nulls()  # fmt: skip
    first = {axis: int(value) - int(change) for axis, value, change in groups.reverse().iter_rows()}
    return first.get("ABS_X", 0), first.get("ABS_Y", 0)


def _inputs(source: Source, member: Member, cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of a file's events as numbers."""
    if cells.is_empty():
        must = "hold events of an input device"
        raise SourceError.of(source.place(member), must=must, found="none")
    time_us = pl.col("s").cast(pl.Int64) * _US_PER_S + pl.col("us").cast(pl.Int64)
    return cells.with_columns(
        file=pl.lit(member.ordinal, dtype=pl.UInt32),
        row=pl.int_range(pl.len(), dtype=pl.UInt32),
        broken=pl.col("s").is_null(),
        time_us=pl.when(time_us <= LATEST_US).then(time_us),
        kind=pl.col("kind").cast(pl.Int64),
        code=pl.col("code").cast(pl.Int64),
        value=pl.col("value").cast(pl.Int64, strict=False),
    )
