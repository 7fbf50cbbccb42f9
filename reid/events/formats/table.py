"""Any table of events: a company's own log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final

import polars as pl

from reid.errors import EventError, SourceError
from reid.events.archive import Member, Source
from reid.events.codes import key_codes
from reid.events.formats.cells import exploded, headings, rows_of, table_members
from reid.events.formats.mapping import KNOWN_EVENTS, TARGETS, UNITS_US, TableMapping
from reid.events.formats.protocol import PEOPLE_A_PART, counted, with_rows
from reid.events.keys import KEYS, UNIDENTIFIED
from reid.events.schema import BUTTON, BUTTONS, EVENT, EVENT_COLUMNS, SESSION, SESSION_COLUMNS
from reid.events.table import EventTable
from reid.typing import Progress, silent

_REQUIRED: Final = ("subject_id", "session_id", "time_us", "event")
_FURTHEST_US: Final = 2**53  # years 1684 to 2255; beyond it a float loses microseconds
_UNIX_FROM_US: Final = 315_532_800_000_000  # 1980: no session lasts ten years, no log is older
_LOST_LETTER: Final = "\N{REPLACEMENT CHARACTER}"  # what decoding puts where bytes are no UTF-8
_BUTTON_WORDS: Final = {str(number): word for number, word in enumerate(BUTTONS)} | {
    word: word for word in BUTTONS
}


@dataclass(frozen=True, slots=True)
class Table:
    """Any CSV, TSV, NDJSON or Parquet table, one event a row, by a mapping of columns, units and words."""

    name: ClassVar[str] = "table"
    mapping: TableMapping = field(default_factory=TableMapping)

    def recognises(self, source: Source) -> bool:
        """Say whether the first table has the required columns."""
        try:
            return not self.missing_columns(source)
        except SourceError:
            return False

    def missing_columns(self, source: Source) -> list[str]:
        """Return the required columns that the first table does not have.

        Raises
        ------
        SourceError
            The file is damaged, or is neither text in UTF-8 nor Parquet.
        """
        members = table_members(source)
        return self._missing(set(headings(source, members[0])) if members else set())

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people; a single file is one part.

        Times become relative to the session's first event where the clock is absolute, and the
        absolute start goes to ``start_us``. Rows at fault are left out and counted.

        Raises
        ------
        SourceError
            No file is a table, or required columns are missing.
        """
        members = table_members(source)
        if not members:
            must = "hold a table: CSV, TSV, NDJSON or Parquet"
            raise SourceError.of(source.path.name, must=must, found="none")
        for member in members:
            missing = self._missing(set(headings(source, member)))
            if missing:
                advice = "Say which column is which with --column ours=theirs or a mapping file."
                found = f"no column {', '.join(missing)}"
                raise SourceError.of(
                    source.place(member), must="have the required columns", found=found, advice=advice
                )
        yield from with_rows(self._tables(source, members, progress))

    def _missing(self, found: set[str]) -> list[str]:
        targets = [target for target in _REQUIRED if target != "event" or self.mapping.event is None]
        required = [self.mapping.source_name(target) for target in targets]
        missing = [name for name in required if name not in found]
        key, x_px, y_px = (self.mapping.source_name(target) for target in ("key", "x_px", "y_px"))
        if key not in found and not {x_px, y_px} <= found:
            missing.append(f"{key} (or {x_px} and {y_px})")
        return missing

    def _tables(self, source: Source, members: list[Member], progress: Progress) -> Iterator[EventTable]:
        done = 0
        progress("reading", 0, len(members))
        for chosen in self._whole_people(source, members):
            rows = [self._rows(source, member) for member in chosen]
            if len({each.schema["time_us"].is_temporal() for each in rows}) > 1:
                must = "have times of one kind in all files"
                raise SourceError.of(source.path.name, must=must, found="numbers beside dates or durations")
            yield self._table(pl.concat(rows, how="diagonal_relaxed"), source.path.name)
            done += len(chosen)
            progress("reading", done, len(members))

    def _rows(self, source: Source, member: Member) -> pl.DataFrame:
        """Return the cells of a file under our names, one row per event, as text where words belong."""
        constant = self.mapping.event
        targets = [target for target in TARGETS if target != "event" or constant is None]
        rows = rows_of(source, member, [self.mapping.source_name(target) for target in targets])
        # A source column may serve two targets, such as one id for person and session.
        by_target = [
            pl.col(self.mapping.source_name(target)).alias(target)
            for target in targets
            if self.mapping.source_name(target) in rows.columns
        ]
        if constant is not None:
            by_target.append(pl.lit(constant).alias("event"))
        place = (
            pl.lit(member.ordinal, dtype=pl.UInt32).alias("file"),
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        )
        frame = exploded(rows.select(*by_target, "broken", *place), "time_us")
        nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
        if nested:
            must = "have lists in a column only where the times are lists"
            raise SourceError.of(source.place(member), must=must, found=f"lists in {', '.join(nested)}")
        frame = frame.with_columns(
            _as_text(frame[name])
            for name in ("subject_id", "session_id", "event", "key", "button")
            if name in frame.columns
        )
        kind = frame.schema["time_us"]
        if kind in {pl.Date, pl.Time, pl.Boolean}:
            must = "have times as numbers, durations, dates with times, or text"
            raise SourceError.of(source.place(member), must=must, found=str(kind))
        ids = [pl.col(name).str.contains(_LOST_LETTER, literal=True).any() for name in SESSION]
        if frame.select(pl.any_horizontal(ids)).item():  # two people could have become one
            must, advice = "be text in UTF-8", "Save it as UTF-8."
            raise SourceError.of(
                source.place(member), must=must, found="ids in another encoding", advice=advice
            )
        return frame

    def _whole_people(self, source: Source, members: list[Member]) -> Iterator[list[Member]]:
        """Group the files so that no person stands in two groups, about 50 people to a group."""
        if len(members) == 1:
            yield members
            return
        group_of: dict[str, int] = {}  # person -> number of the group of files
        groups: dict[int, tuple[list[Member], set[str]]] = {}
        subject = self.mapping.source_name("subject_id")
        for number, member in enumerate(members):
            people = set(_as_text(rows_of(source, member, [subject])[subject]).drop_nulls().unique())
            files = [member]
            for known in sorted({group_of[person] for person in people if person in group_of}):
                more_files, more_people = groups.pop(known)
                files, people = more_files + files, people | more_people
            groups[number] = (files, people)
            group_of.update(dict.fromkeys(people, number))
        waiting: list[Member] = []
        n_people = 0
        for files, people in sorted(groups.values(), key=lambda group: group[0][0].ordinal):
            if n_people and n_people + len(people) > PEOPLE_A_PART:
                yield sorted(waiting, key=lambda member: member.ordinal)
                waiting, n_people = [], 0
            waiting += files
            n_people += len(people)
        yield sorted(waiting, key=lambda member: member.ordinal)

    def _table(self, rows: pl.DataFrame, place: str) -> EventTable:
        frame, unreadable = _typed(rows.with_columns(self._times(rows)))
        frame = frame.with_columns(self._on_clock())
        words = {**KNOWN_EVENTS, **self.mapping.events}
        word = pl.col("event").str.strip_chars()
        event = pl.coalesce(
            word.replace_strict(words, default=None, return_dtype=pl.String),
            word.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String),
        )
        frame = frame.with_columns(known_event=event.cast(EVENT))
        fault = (
            pl.when(pl.col("broken") | unreadable).then(pl.lit("unreadable_row"))
            .when(pl.col("time_us").is_null()).then(pl.lit("unreadable_time"))
            .when(pl.any_horizontal(pl.col("subject_id", "session_id", "event").is_null()))
            .then(pl.lit("missing_value"))
            .when(pl.col("known_event").is_null()).then(pl.lit("unknown_event"))
        )  # fmt: skip
        frame = frame.with_columns(fault=fault)
        if frame.height and (frame["fault"] == "unknown_event").fill_null(value=False).all():
            must = f"name events by known words ({', '.join(KNOWN_EVENTS)})"
            found = f"{frame['event'].n_unique()} other words"
            raise EventError.of(place, must=must, found=found, advice="Map each with --event theirs=ours.")
        quality = counted(frame)
        good = (
            frame.filter(pl.col("fault").is_null())
            .drop("event", "fault", "broken", "lost")
            .rename({"known_event": "event"})
        )
        good = self._keys(good)
        if not self.mapping.in_order:
            good = good.sort("time_us", maintain_order=True)
        return EventTable.from_frame(_relative(good), quality=quality, may_be_empty=True)

    def _times(self, rows: pl.DataFrame) -> pl.Expr:
        """Return times in microseconds on the source's clock; null where there is none in its range."""
        column, dtype = pl.col("time_us"), rows.schema["time_us"]
        if dtype == pl.Datetime:
            time_us = column.dt.convert_time_zone("UTC") if getattr(dtype, "time_zone", None) else column
            return time_us.dt.epoch("us").alias("time_us")
        if dtype == pl.Duration:  # says its own unit
            return column.dt.total_microseconds().alias("time_us")
        if self.mapping.time_unit == "iso":
            return _iso_us(column.cast(pl.String)).alias("time_us")
        factor = UNITS_US[self.mapping.time_unit]
        whole = column.cast(pl.Int64, strict=False) if not dtype.is_float() else pl.lit(None, dtype=pl.Int64)
        exact = whole * int(factor) if factor >= 1 else (whole + 500) // 1000
        near = whole.abs() <= int(_FURTHEST_US / factor)
        number = column.cast(pl.Float64, strict=False) * factor
        rounded = pl.when(number.abs() <= _FURTHEST_US).then(number).round()
        return pl.when(near).then(exact).otherwise(rounded.cast(pl.Int64, strict=False)).alias("time_us")

    def _on_clock(self) -> tuple[pl.Expr, pl.Expr]:
        """Return whether a row's session runs on the absolute clock, and the time if it can show it."""
        time_us = pl.col("time_us")
        is_unix = pl.lit(self.mapping.clock == "unix")
        if self.mapping.clock == "auto":
            is_unix = (time_us.max().over(SESSION) >= _UNIX_FROM_US).fill_null(value=False)
        earliest = pl.when(is_unix).then(_UNIX_FROM_US).otherwise(0)
        return is_unix.alias("is_unix"), pl.when(time_us >= earliest).then(time_us).alias("time_us")

    def _keys(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Translate the key words; unknown ones stay apart in ``press_key``, so that presses pair up."""
        if "key" not in frame.columns:
            return frame
        word = pl.col("key")
        key = key_codes(word, self.mapping.keys)
        apart = pl.when(key == UNIDENTIFIED).then(len(KEYS) + word.rank("dense")).otherwise(key.to_physical())
        return frame.with_columns(key=key, press_key=apart.cast(pl.UInt32))


def _relative(frame: pl.DataFrame) -> pl.DataFrame:
    """Count time on the absolute clock from the session's first row; ``start_us`` says when that was."""
    start = pl.when("is_unix").then(pl.col("time_us").first().over(SESSION))
    given = [pl.col("start_us")] if "start_us" in frame.columns else []
    return frame.with_columns(
        time_us=pl.col("time_us") - start.fill_null(0), start_us=pl.coalesce(*given, start)
    ).drop("is_unix")


def _as_text(column: pl.Series) -> pl.Series:
    """Return ids and words as text, whole numbers without a point."""
    if column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        if (whole.cast(column.dtype) == column).fill_null(value=True).all():
            column = whole
    return column.cast(pl.String)


def _iso_us(text: pl.Expr) -> pl.Expr:
    """Read dates and times as in ISO 8601, without an offset as UTC."""
    text = text.str.strip_chars().str.replace(" ", "T").str.replace(r"[Zz]$", "+00:00")
    zoned = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)
    plain = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    return pl.coalesce(zoned.dt.epoch("us"), plain.dt.epoch("us"))


def _typed(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Expr]:
    """Cast the columns that are no words; return also which rows hold a value that its column cannot take."""
    casts: list[pl.Expr] = []
    lost: list[pl.Expr] = [pl.lit(value=False)]
    for name, dtype in {**EVENT_COLUMNS, **SESSION_COLUMNS}.items():
        if name not in frame.columns or name in {*_REQUIRED, "key"}:
            continue
        column = pl.col(name)
        if name == "button":
            word = column.str.strip_chars().str.to_lowercase()
            cast = word.replace_strict(_BUTTON_WORDS, default=None, return_dtype=pl.String).cast(BUTTON)
        elif dtype == pl.String or dtype.is_float():
            cast = column.cast(dtype, strict=False)
        else:
            number = column.cast(pl.Float64, strict=False)
            cast = pl.when(number == number.round()).then(number).cast(dtype, strict=False)
        casts.append(cast.alias(f"typed {name}"))
        lost.append(pl.col(f"typed {name}").is_null() & column.is_not_null())
    frame = frame.with_columns(casts)
    frame = frame.with_columns(pl.any_horizontal(lost).alias("lost"))
    names = {name: name.removeprefix("typed ") for name in frame.columns if name.startswith("typed ")}
    return frame.drop(names.values()).rename(names), pl.col("lost")
