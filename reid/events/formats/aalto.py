"""The 136M keystrokes of Aalto University: free text, 15 sentences a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.codes import key_codes
from reid.events.formats.protocol import PEOPLE_A_PART, counted, with_rows
from reid.events.schema import EVENT, KEY_EVENTS
from reid.events.table import EventTable
from reid.typing import Progress, silent

_COLUMNS: Final = (
    "PARTICIPANT_ID", "TEST_SECTION_ID", "SENTENCE", "USER_INPUT", "KEYSTROKE_ID", "PRESS_TIME",
    "RELEASE_TIME", "LETTER", "KEYCODE",
)  # fmt: skip
_HEADING: Final = "\t".join(_COLUMNS).encode()
_READ: Final = (
    "PARTICIPANT_ID",
    "TEST_SECTION_ID",
    "PRESS_TIME",
    "RELEASE_TIME",
    "LETTER",
    "KEYCODE",
    "beyond",
)
_SUFFIX: Final = "_keystrokes.txt"
_EARLIEST_MS, _LATEST_MS = 946_684_800_000, 4_102_444_800_000  # years 2000 to 2100


@dataclass(frozen=True, slots=True)
class Aalto:
    """Aalto 136M keystrokes: free text, one file a person, 15 sentences in one sitting, 1 ms browser clock.

    References
    ----------
    .. [1] Dhakal, Feit, Kristensson, Oulasvirta (2018). Observations on Typing from 136 Million
       Keystrokes. CHI 2018.
    """

    name: ClassVar[str] = "aalto"

    def recognises(self, source: Source) -> bool:
        """Say whether the first of the files named ``*_keystrokes.txt`` has Aalto's heading."""
        members = _members(source)
        return bool(members) and source.head(members[0]).startswith(_HEADING)

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of about 50 people.

        A sentence is a session, its time 0 the first press; all sentences of a person share one
        sitting. Rows whose times cannot be read, or whose release lies before their press, are left
        out whole.

        Raises
        ------
        SourceError
            No file has Aalto's heading, or a person stands in files far apart.
        """
        members = _members(source)
        if not members:
            must = f"hold files named *{_SUFFIX} with Aalto's heading"
            raise SourceError.of(source.path.name, must=must, found="none")
        yield from with_rows(_tables(source, members, progress))


def _members(source: Source) -> list[Member]:
    if len(source.members) == 1:
        return list(source.members) if source.head(source.members[0]).startswith(_HEADING) else []
    return [member for member in source.members if member.name.endswith(_SUFFIX)]


def _tables(source: Source, members: list[Member], progress: Progress) -> Iterator[EventTable]:
    seen: set[str] = set()
    progress("reading", 0, len(members))
    for start in range(0, len(members), PEOPLE_A_PART):
        chosen = members[start : start + PEOPLE_A_PART]
        table = _table(_rows(source, chosen))
        people = set(table.subjects)
        if seen & people:
            must = "hold each person in one file"
            raise SourceError.of(source.path.name, must=must, found=f"{len(seen & people)} people in several")
        seen |= people
        yield table
        progress("reading", start + len(chosen), len(members))


def _rows(source: Source, members: list[Member]) -> pl.DataFrame:
    """Return the rows of some files as text, with ``file`` and ``row``.

    Files are parsed together, which is three times as fast as one by one.
    """
    bodies: list[bytes] = []
    for member in members:
        content = source.read(member)
        heading, _, body = content.partition(b"\n")
        if heading.rstrip(b"\r") != _HEADING:
            must = f"begin with Aalto's heading of {len(_COLUMNS)} columns"
            raise SourceError.of(source.place(member), must=must, found="another first line")
        bodies.append(body if not body or body.endswith(b"\n") else body + b"\n")
    sizes = [body.count(b"\n") for body in bodies]
    frame = _parsed(b"".join(bodies))
    if frame.height != sum(sizes):  # the parser took a line apart or left one out: find where, file by file
        frames = [_parsed(body) for body in bodies]
        sizes = [each.height for each in frames]
        frame = pl.concat(frames)
    files = np.repeat([member.ordinal for member in members], sizes)
    rows = np.concatenate([np.arange(size) for size in sizes])
    return frame.with_columns(
        pl.Series("file", files, dtype=pl.UInt32), pl.Series("row", rows, dtype=pl.UInt32)
    )


def _parsed(body: bytes) -> pl.DataFrame:
    # A column beyond the last shows rows in which a tab was typed; quotes are typed text and mean nothing.
    frame = pl.read_csv(
        _HEADING + b"\tbeyond\n" + body,
        separator="\t",
        quote_char=None,
        encoding="utf8-lossy",
        infer_schema=False,
        truncate_ragged_lines=True,
        columns=list(_READ),
    )
    return frame.with_columns(pl.col("KEYCODE").str.strip_chars_end("\r"))


def _table(text: pl.DataFrame) -> EventTable:
    """Make the event table of some people from the rows of their files."""
    rows = text.select(
        "file",
        "row",
        pl.col("PARTICIPANT_ID").alias("subject_id"),
        pl.col("TEST_SECTION_ID").alias("session_id"),
        pl.col("PRESS_TIME", "RELEASE_TIME").cast(pl.Int64, strict=False),
        key_codes(pl.col("KEYCODE"), "keycode").alias("key"),
        pl.when(pl.col("LETTER").str.len_chars() == 1).then("LETTER").alias("char"),
        broken=pl.col("KEYCODE").is_null() | pl.col("beyond").is_not_null(),
    )
    in_range = pl.all_horizontal(pl.col("PRESS_TIME", "RELEASE_TIME").is_between(_EARLIEST_MS, _LATEST_MS))
    fault = (
        pl.when("broken").then(pl.lit("unreadable_row"))
        .when(~in_range.fill_null(value=False)).then(pl.lit("unreadable_time"))
        .when(pl.any_horizontal(pl.col("subject_id", "session_id").is_null())).then(pl.lit("missing_value"))
        .when(pl.col("RELEASE_TIME") < pl.col("PRESS_TIME")).then(pl.lit("release_before_press"))
    )  # fmt: skip
    rows = rows.with_columns(fault=fault)
    good = rows.filter(pl.col("fault").is_null()).sort(
        "file", "subject_id", "session_id", "PRESS_TIME", "row"
    )
    begins = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(name).shift()) for name in ("subject_id", "session_id")
    )
    good = good.with_columns(session=begins.cast(pl.UInt32).cum_sum())
    good = good.with_columns(
        start_ms=pl.col("PRESS_TIME").first().over("session"),
        press=pl.int_range(pl.len(), dtype=pl.UInt32).over("session"),
    )
    return EventTable.from_frame(_events(good), _sessions(good), quality=counted(rows), may_be_empty=True)


def _events(rows: pl.DataFrame) -> pl.DataFrame:
    """Return two events per row: at equal times a release comes before the next press, after its own."""
    kept = ("subject_id", "session_id", "key", "press", "char", "file", "row", "session")
    halves = [
        rows.select(
            *kept,
            time_us=1000 * (pl.col(column) - pl.col("start_ms")),
            event=pl.lit(event, dtype=EVENT),
            is_up=pl.lit(event == "key_up"),
        )
        for column, event in zip(("PRESS_TIME", "RELEASE_TIME"), KEY_EVENTS, strict=True)
    ]
    return pl.concat(halves).sort("session", "time_us", "press", "is_up").drop("session", "is_up")


def _sessions(rows: pl.DataFrame) -> pl.DataFrame:
    starts = rows.group_by("session", maintain_order=True).agg(
        pl.col("subject_id", "session_id").first(), start_us=1000 * pl.col("start_ms").first()
    )
    return starts.drop("session").with_columns(sitting=pl.lit(0, dtype=pl.UInt32))
