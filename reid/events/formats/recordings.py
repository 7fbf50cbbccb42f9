"""Pointer recordings of one file a session, as the recorders of Balabit and SapiMouse write them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.formats.protocol import PEOPLE_A_PART, counted
from reid.events.quality import Note, Quality
from reid.events.schema import BUTTON, EVENT
from reid.events.table import EventTable

#: Words of the column ``state``; the pointer moves under ``Drag`` too, with a button held.
_EVENT_OF_STATE: Final = MappingProxyType({
    "Move": "move", "Drag": "move", "Pressed": "button_down", "Released": "button_up",
    "Up": "wheel", "Down": "wheel",
})  # fmt: skip
#: Words of the column ``button``. ``XButton`` and ``Other`` do not say which button it was.
_BUTTON_OF_WORD: Final = MappingProxyType({
    "NoButton": None, "Left": "left", "Right": "right", "Middle": "middle", "XButton": None, "Other": None,
    "Scroll": None,
})  # fmt: skip
_COLUMNS: Final = MappingProxyType({
    "record timestamp": ("recorder", pl.Float64), "client timestamp": ("clock", pl.Float64),
    "button": ("word", pl.String), "state": ("state", pl.String), "x": ("x_px", pl.Float32),
    "y": ("y_px", pl.Float32),
})  # fmt: skip
_SENTINEL_PX: Final = 65535
_BYTES_A_PART: Final = 2**26  # of text: memory stays flat where few people have long sessions
_LATEST_US: Final = 10**16  # 300 years
_WRAP_US: Final = 2**32 * 1000  # a counter of milliseconds in 32 bits begins again after 49.7 days
_CLOCKS_AGREE_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of a source: one session of one person."""

    subject_id: str
    session_id: str
    member: Member


@dataclass(frozen=True, slots=True)
class Recorder:
    """How a recorder writes: the columns of its files, and the unit of its clock."""

    heading: str  #: first line of every file
    unit_us: float  #: microseconds in a unit of its timestamps

    def wrote(self, source: Source, member: Member) -> bool:
        """Say whether a file begins with the heading."""
        return source.head(member).partition(b"\n")[0].rstrip(b"\r") == self.heading.encode()

    def read(self, source: Source, recordings: Sequence[Recording]) -> EventTable:
        """Return the events of some recordings; a person's sessions are ordered as given.

        ``Move`` and ``Drag`` are moves; under ``Drag`` the row holds the button that is down, by its own
        word, else the one pressed last. A wheel turned one notch is ``wheel_dy`` 1 down and -1 up. Time 0 is
        a session's first row. Rows at 65535 are off the screen. A row that repeats an earlier one of its
        session in every column of the source, of whatever kind, is left out.

        Where the clock falls back and the source has a second one, by which it went on as if 2^32 ms were
        missing (to within 1 s), a counter of 32 bits began again: 2^32 ms are added from there on, and
        this is noted.

        Raises
        ------
        SourceError
            A file has another heading, or two recordings have one name.
        """
        names = {(each.subject_id, each.session_id) for each in recordings}
        if len(names) < len(recordings):
            must, found = "hold each session once", f"{len(recordings) - len(names)} that stand twice"
            raise SourceError.of(source.path.name, must=must, found=found)
        rows = self._rows(source, [each.member for each in recordings])
        rows = rows.with_columns(fault=_fault(rows))
        quality = counted(rows)
        good = rows.filter(pl.col("fault").is_null())
        good, wraps = _unwrapped(good)
        good = good.with_columns(time_us=pl.col("time_us") - pl.col("time_us").first().over("file"))
        sessions = pl.DataFrame({
            "subject_id": [each.subject_id for each in recordings],
            "session_id": [each.session_id for each in recordings],
            "session_order": np.arange(len(recordings), dtype=np.uint32),
            "file": np.array([each.member.ordinal for each in recordings], dtype=np.uint32),
        })  # fmt: skip
        frame = good.join(sessions, on="file", how="left", maintain_order="left").select(
            "subject_id", "session_id", "time_us", "event", "x_px", "y_px", "session_order", "file", "row",
            button=_button(), wheel_dy=_notches(),
        )  # fmt: skip
        quality = quality.plus(Quality(0, notes=wraps))
        return EventTable.from_frame(frame, quality=quality, may_be_empty=True, repeats=True)

    def _rows(self, source: Source, members: Sequence[Member]) -> pl.DataFrame:
        """Return the rows of some files, parsed together, with ``file`` and ``row``."""
        bodies: list[bytes] = []
        for member in members:
            heading, _, body = source.read(member).partition(b"\n")
            if heading.rstrip(b"\r") != self.heading.encode():
                must = f"begin with the heading {self.heading!r}"
                raise SourceError.of(source.place(member), must=must, found="another first line")
            bodies.append(body if not body or body.endswith(b"\n") else body + b"\n")
        sizes = [body.count(b"\n") for body in bodies]
        frame = self._parsed(b"".join(bodies))
        if frame.height != sum(sizes):  # the parser left a line out: find where, file by file
            frames = [self._parsed(body) for body in bodies]
            sizes = [each.height for each in frames]
            frame = pl.concat(frames)
        files = np.repeat(np.array([member.ordinal for member in members], dtype=np.uint32), sizes)
        starts = np.cumsum(sizes) - sizes
        in_file = np.arange(frame.height) - np.repeat(starts, sizes)
        time_us = (self.unit_us * pl.col("clock")).round()
        return frame.with_columns(
            pl.Series("file", files),
            pl.Series("row", in_file.astype(np.uint32)),
            event=_word("state", _EVENT_OF_STATE).cast(EVENT),
            time_us=pl.when(time_us.abs() <= _LATEST_US).then(time_us).cast(pl.Int64),
        ).drop("clock")

    def _parsed(self, body: bytes) -> pl.DataFrame:
        names = self.heading.split(",")
        schema = {name: _COLUMNS[name][1] for name in names} | {"beyond": pl.String}
        # Cells that are no number become null. A column beyond the last shows rows with cells too many.
        frame = pl.read_csv(
            self.heading.encode() + b",beyond\n" + body,
            schema=schema,
            quote_char=None,
            encoding="utf8-lossy",
            ignore_errors=True,
            truncate_ragged_lines=True,
        )
        return frame.rename({name: _COLUMNS[name][0] for name in names})


def parts_of(recordings: Sequence[Recording]) -> Iterator[list[Recording]]:
    """Cut recordings that stand by person into groups of whole people, neither too many nor too long."""
    waiting: list[Recording] = []
    by_person: dict[str, list[Recording]] = {}
    for each in recordings:
        by_person.setdefault(each.subject_id, []).append(each)
    n_people = n_bytes = 0
    for own in by_person.values():
        size = sum(each.member.size for each in own)
        if waiting and (n_people == PEOPLE_A_PART or n_bytes + size > _BYTES_A_PART):
            yield waiting
            waiting, n_people, n_bytes = [], 0, 0
        waiting, n_people, n_bytes = waiting + own, n_people + 1, n_bytes + size
    if waiting:
        yield waiting


def _word(column: str, words: Mapping[str, str | None]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(words), default=None, return_dtype=pl.String)


def _fault(rows: pl.DataFrame) -> pl.Expr:
    columns = [name for name in ("recorder", "time_us", "word", "state", "x_px", "y_px") if name in rows]
    position = pl.all_horizontal(pl.col("x_px", "y_px").is_finite().fill_null(value=False))
    known = pl.col("event").is_not_null() & pl.col("word").is_in(list(_BUTTON_OF_WORD))
    return (
        pl.when(pl.col("beyond").is_not_null()).then(pl.lit("unreadable_row"))
        .when(pl.col("time_us").is_null()).then(pl.lit("unreadable_time"))
        .when(pl.any_horizontal(pl.col("word", "state").is_null()) | ~position).then(pl.lit("missing_value"))
        .when(~known).then(pl.lit("unknown_event"))
        .when((pl.col("x_px") == _SENTINEL_PX) | (pl.col("y_px") == _SENTINEL_PX)).then(pl.lit("off_screen"))
        .when(~pl.struct("file", *columns).is_first_distinct()).then(pl.lit("duplicate_row"))
    )  # fmt: skip


def _unwrapped(rows: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """Add 2^32 ms from each place on where a second clock tells that the first began again."""
    if "recorder" not in rows.columns:
        return rows, ()
    steps = rows.select(pl.col("file", "row"), pl.col("time_us", "recorder").diff().over("file"))
    missing_us = 1e6 * pl.col("recorder") - pl.col("time_us")
    wraps = (pl.col("time_us") < 0) & ((missing_us - _WRAP_US).abs() <= _CLOCKS_AGREE_US)
    steps = steps.with_columns(wraps=wraps.fill_null(value=False))
    first = steps.filter("wraps").select("file", "row")
    if first.is_empty():
        return rows, ()
    added = _WRAP_US * steps.select(pl.col("wraps").cast(pl.Int64).cum_sum().over("file")).to_series()
    return rows.with_columns(time_us=rows["time_us"] + added), (
        Note("clock_wrapped", first.height, *first.row(0)),
    )


def _button() -> pl.Expr:
    """Return the button of a row: pressed, released, or held while the pointer moves."""
    named = _word("word", _BUTTON_OF_WORD)
    pressed = pl.when(pl.col("event") == "button_down").then(named).forward_fill().over("file")
    held = pl.when(pl.col("state") == "Drag").then(pl.coalesce(named, pressed)).otherwise(named)
    return held.cast(BUTTON)


def _notches() -> pl.Expr:
    notches = pl.when(pl.col("state") == "Down").then(1.0).otherwise(-1.0)
    return pl.when(pl.col("event") == "wheel").then(notches).cast(pl.Float32)
