"""KLiCKe: long essays with all their keys and clicks, one for each writer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.codes import codes_of
from reid.events.formats.protocol import PEOPLE_A_PART, counted, with_rows
from reid.events.keys import KEY, UNIDENTIFIED
from reid.events.quality import Note, Quality
from reid.events.schema import BUTTON, EVENT
from reid.events.table import EventTable
from reid.typing import Progress, silent

_COLUMNS: Final = (
    "", "DownEventID", "UpEventID", "DownTime", "UpTime", "ActionTime", "DownEvent", "UpEvent",
    "Cursorposition", "WordCount", "TextChange", "Activity",
)  # fmt: skip
_HEADING: Final = ",".join(_COLUMNS).encode()
_HEAD_BYTES: Final = 200
_NAME: Final = re.compile(r"(?:^|/)([^/]+)\.csv$")
_ACTIVITIES: Final = ("Input", "Remove/Cut", "Nonproduction")  # what a press did; no task of the writer's
#: What happened to the text without telling of a key: ``Move From [0, 9] To [4, 13]`` and the like.
_TEXT_CHANGE: Final = r"^(?:Paste|Replace|Move From \[\d+, ?\d+\] To \[\d+, ?\d+\])$"
_BUTTON_OF_WORD: Final = MappingProxyType({
    "Leftclick": "left", "Middleclick": "middle", "Rightclick": "right",
})  # fmt: skip
#: As the files write what stands for itself nowhere else in them.
_ESCAPES: Final = MappingProxyType({r"\"": '"', r"\'": "'", r"\\": "\\", r"\n": "\n", r"\t": "\t"})
_CODE_OF_WORD: Final = MappingProxyType(dict(codes_of("name")) | {"clear": "Numpad5"})
_LATEST_MS: Final = 10**10  # four months


@dataclass(frozen=True, slots=True)
class Klicke:
    """KLiCKe: long free text, keys and clicks of one essay a writer, 1 ms clock.

    References
    ----------
    .. [1] Tian, Crossley, Van Waes. The KLiCKe corpus: keystroke logging in compositions for knowledge
       evaluation.
    """

    name: ClassVar[str] = "klicke"

    def recognises(self, source: Source) -> bool:
        """Say whether the first of the files named ``*.csv`` has KLiCKe's heading."""
        members = _members(source)
        return bool(members) and _has_heading(source.head(members[0], _HEAD_BYTES))

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        r"""Read the source as parts of about 50 people.

        A file is a writer's one session; time 0 is its first press. ``char`` is what an input wrote.
        Clicks have no position in this source. The activity of a row (input, removal, neither) says what its
        key did to the text, so it makes no ``task``: that would change with every correction, and
        tell of keys that were taken out.

        A row is a press and its release. Where a key repeats by itself the source has a row for each
        repetition, which ends as the next of the same key begins: these are one press, and only the last end
        is a release. Where a key's two times are equal, as with every Shift, its release is not known; these
        are noted, and so are rows of text that was pasted, replaced or moved, which are no events, and
        files that are not in UTF-8 but in Windows-1252.

        Raises
        ------
        SourceError
            No file has KLiCKe's heading, or one has another.
        """
        members = _members(source)
        if not members or not self.recognises(source):
            raise SourceError.of(source.path.name, must="hold *.csv with KLiCKe's heading", found="none")
        people = [_subject(member) for member in members]
        if len(set(people)) < len(people):
            must, found = "hold one file a writer", f"{len(people) - len(set(people))} writers in several"
            raise SourceError.of(source.path.name, must=must, found=found)
        yield from with_rows(_tables(source, members, progress))


def _members(source: Source) -> list[Member]:
    if len(source.members) == 1:
        return list(source.members)
    return [member for member in source.members if _NAME.search(member.name)]


def _subject(member: Member) -> str:
    return member.basename.removesuffix(".csv")


def _has_heading(content: bytes) -> bool:
    return (
        content.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].rstrip(b"\r").replace(b'"', b"") == _HEADING
    )


def _tables(source: Source, members: list[Member], progress: Progress) -> Iterator[EventTable]:
    progress("reading", 0, len(members))
    for start in range(0, len(members), PEOPLE_A_PART):
        chosen = members[start : start + PEOPLE_A_PART]
        texts = [_text(source, member) for member in chosen]
        foreign = [member.ordinal for member, (_, is_utf8) in zip(chosen, texts, strict=True) if not is_utf8]
        notes = (Note("other_encoding", len(foreign), foreign[0], 0),) if foreign else ()
        frames = [_rows(source, member, text) for member, (text, _) in zip(chosen, texts, strict=True)]
        table = _table(pl.concat(frames))
        yield EventTable(table.frame, table.sessions, table.quality.plus(Quality(notes=notes)))
        progress("reading", start + len(chosen), len(members))


def _text(source: Source, member: Member) -> tuple[bytes, bool]:
    """Return a file in UTF-8, and whether it was so already."""
    content = source.read(member)
    if not _has_heading(content[:_HEAD_BYTES]):
        must = f"begin with KLiCKe's heading of {len(_COLUMNS)} columns"
        raise SourceError.of(source.place(member), must=must, found="another first line")
    try:
        content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace").encode(), False
    return content, True


def _rows(source: Source, member: Member, content: bytes) -> pl.DataFrame:
    try:
        # A column beyond the last shows rows with cells too many.
        frame = pl.read_csv(
            b"id" + _HEADING + b",beyond\n" + content.partition(b"\n")[2],
            infer_schema=False,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.PolarsError:
        raise SourceError.of(source.place(member), must="be a table in CSV", found="broken rows") from None
    return frame.select(
        "id", "DownEvent", "TextChange", "Activity",
        pl.col("DownTime", "UpTime").cast(pl.Int64, strict=False),
        pl.lit(member.ordinal, dtype=pl.UInt32).alias("file"),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        subject_id=pl.lit(_subject(member)),
        broken=pl.col("Activity").is_null() | pl.col("beyond").is_not_null(),
    )  # fmt: skip


def _table(rows: pl.DataFrame) -> EventTable:
    """Make the event table of some writers from the rows of their files."""
    rows = rows.with_columns(
        word=pl.col("DownEvent").replace(dict(_ESCAPES)),
        is_change=pl.col("Activity").str.contains(_TEXT_CHANGE),
    )
    rows = rows.with_columns(fault=_fault())
    good = rows.filter(pl.col("fault").is_null()).with_columns(
        button=pl.col("word").replace_strict(dict(_BUTTON_OF_WORD), default=None, return_dtype=BUTTON)
    )
    good = good.with_columns(_goes_on().alias("goes_on"))
    changes, is_key = good.filter("is_change"), pl.col("button").is_null()
    good = good.filter(~pl.col("is_change")).with_columns(
        run=(~pl.col("goes_on")).cum_sum().over("file"),
        press=pl.when(is_key).then((is_key & ~pl.col("goes_on")).cum_sum().over("file").cast(pl.Int64) - 1),
        char=_char(),
        key=pl.when(is_key).then(_key()),
        start_ms=pl.col("DownTime").first().over("file"),
    )
    is_last = ~pl.col("goes_on").shift(-1, fill_value=False)
    good = good.with_columns(is_last=is_last)
    unreleased = pl.col("is_last") & (pl.col("UpTime") == pl.col("DownTime")) & is_key
    notes = (*_note("text_change", changes), *_note("no_release", good.filter(unreleased)))
    ups = good.filter(pl.col("is_last") & ~unreleased)
    quality = counted(rows).plus(Quality(notes=notes))
    return EventTable.from_frame(_events(good, ups), quality=quality, may_be_empty=True, repeats=True)


def _fault() -> pl.Expr:
    time = pl.all_horizontal(pl.col("DownTime", "UpTime").is_between(0, _LATEST_MS).fill_null(value=False))
    latest_ms = pl.when(time & ~pl.col("broken")).then("DownTime").cum_max().over("file")
    known = pl.col("is_change") | pl.col("Activity").is_in(_ACTIVITIES)
    cells = ("file", "id", "DownEvent", "TextChange", "Activity", "DownTime", "UpTime")
    return (
        pl.when("broken").then(pl.lit("unreadable_row"))
        .when(~time).then(pl.lit("unreadable_time"))
        .when(pl.col("DownEvent").is_null()).then(pl.lit("missing_value"))
        .when(~known).then(pl.lit("unknown_event"))
        .when(pl.col("UpTime") < pl.col("DownTime")).then(pl.lit("release_before_press"))
        .when(~pl.struct(cells).is_first_distinct()).then(pl.lit("duplicate_row"))
        .when(pl.col("DownTime") < latest_ms).then(pl.lit("clock_back"))
    )  # fmt: skip


def _goes_on() -> pl.Expr:
    """Say of each row whether it goes on with the press of the row before."""
    before = pl.struct("file", "word", "is_change", time="UpTime").shift()
    now = pl.struct("file", "word", "is_change", time="DownTime")
    is_key = pl.col("button").is_null() & ~pl.col("is_change")
    return now.eq_missing(before) & is_key


def _char() -> pl.Expr:
    """Return what an input wrote, where it is one character."""
    written = pl.col("TextChange").replace(dict(_ESCAPES))
    return pl.when((pl.col("Activity") == "Input") & (written.str.len_chars() == 1)).then(written)


def _key() -> pl.Expr:
    # Characters keep their case in the source; a letter's key is the same in both.
    words = pl.col("word").str.to_lowercase()
    return words.replace_strict(dict(_CODE_OF_WORD), default=UNIDENTIFIED, return_dtype=KEY)


def _events(downs: pl.DataFrame, ups: pl.DataFrame) -> pl.DataFrame:
    """Return the events: at equal times a release comes before the next press, after its own."""
    halves = [
        half.select(
            "subject_id", "button", "char", "key", "file", "row", "run", "press",
            session_id=pl.lit("essay"),
            sitting=pl.lit(0, dtype=pl.UInt32),
            time_us=1000 * (pl.col(time) - pl.col("start_ms")),
            event=pl.when(pl.col("button").is_null()).then(pl.lit(f"key_{way}"))
            .otherwise(pl.lit(f"button_{way}")).cast(EVENT),
            x_px=pl.lit(None, dtype=pl.Float32), y_px=pl.lit(None, dtype=pl.Float32),
            is_up=pl.lit(value=way == "up"),
        )
        for half, time, way in ((downs, "DownTime", "down"), (ups, "UpTime", "up"))
    ]  # fmt: skip
    return pl.concat(halves).sort("file", "time_us", "run", "is_up", "row").drop("run", "is_up")


def _note(kind: str, rows: pl.DataFrame) -> tuple[Note, ...]:
    return (Note(kind, rows.height, *rows.select("file", "row").row(0)),) if rows.height else ()
