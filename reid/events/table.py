"""The event table: everything that people did, checked once at its only door."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl

from reid.errors import EventError
from reid.events.presses import lone_release, with_presses
from reid.events.quality import Fault, Quality
from reid.events.schema import (
    EVENT_COLUMNS,
    EVENTS,
    KEY_EVENTS,
    PLACE,
    SESSION,
    SESSION_COLUMNS,
)
from reid.typing import IntArray

_REQUIRED = ("subject_id", "session_id", "time_us", "event")
_SITTING_GAP_US = 3_600_000_000  # an hour between two starts: people got up in between
_LONGEST_LISTED = 5


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """Events of whole people, sorted by person, session and time, with one row per session beside them.

    Make one with :meth:`from_frame`. ``frame`` has the columns of
    :data:`~reid.events.schema.EVENT_COLUMNS`; ``sessions`` those of
    :data:`~reid.events.schema.SESSION_COLUMNS`, in the order in which the sessions stand in ``frame``.
    """

    frame: pl.DataFrame
    sessions: pl.DataFrame
    quality: Quality = field(default_factory=Quality)

    @classmethod
    def from_frame(
        cls, frame: pl.DataFrame, sessions: pl.DataFrame | None = None, *, quality: Quality | None = None
    ) -> Self:
        """Check, sort and complete a frame of events.

        Rows at fault are left out and counted in ``quality``. Everything that makes the frame as a
        whole unusable is reported at once.

        Parameters
        ----------
        frame : DataFrame
            At least ``subject_id``, ``session_id``, ``time_us``, ``event`` and ``key`` or ``x_px`` and
            ``y_px``. Columns of the sessions table may stand in the rows. ``file`` and ``row`` say where
            a row stood in its source. Rows of a session stand in the order in which they were recorded.
        sessions : DataFrame, optional
            Columns of the sessions table; ``session_order`` is made from ``start_us``, else from the
            order of first appearance.
        quality : Quality, optional
            Faults that a reader has already found; its ``rows_read`` is kept if it is not 0.

        Raises
        ------
        EventError
            A column is missing or has a type that cannot be read, or no row is left.
        """
        frame = _with_all_columns(frame)
        frame, faults = _quarantine(frame)
        read = quality or Quality()
        found = Quality(read.rows_read or faults.rows_read).plus(Quality(0, read.faults))
        found = found.plus(Quality(0, faults.faults))
        if frame.is_empty():
            raise EventError.of("the source", must="hold at least one event", found=f"none in {found.rows_read} rows")
        sessions = _complete_sessions(frame, sessions)
        return cls(_sorted(frame, sessions), sessions, found)

    def __len__(self) -> int:
        return self.frame.height

    @property
    def subjects(self) -> tuple[str, ...]:
        """Pseudonyms of the people, sorted."""
        return tuple(self.sessions["subject_id"].unique(maintain_order=True))

    def session_bounds(self) -> IntArray:
        """Return the first row of each session and the number of rows: int64, (n_sessions + 1,)."""
        index = self.frame.select(pl.struct(SESSION).rle()).to_series().struct.field("len")
        return np.concatenate([[0], np.cumsum(index.to_numpy())]).astype(np.int64)

    def with_frame(self, frame: pl.DataFrame) -> "EventTable":
        """Return a table of the same sessions whose rows are ``frame``; sessions without rows are dropped.

        The rows must keep the order of people and sessions.
        """
        left = frame.select(SESSION).unique()
        sessions = self.sessions.join(left, on=SESSION, how="semi", maintain_order="left")
        return EventTable(frame.select(EVENT_COLUMNS), sessions, self.quality)

    def of_people(self, subjects: Sequence[str]) -> "EventTable":
        """Return the table of these people only."""
        wanted = pl.col("subject_id").is_in(list(subjects))
        return EventTable(self.frame.filter(wanted), self.sessions.filter(wanted), self.quality)

    @classmethod
    def concat(cls, parts: Iterable["EventTable"]) -> "EventTable":
        """Return one table of parts that hold different people, sorted by person.

        Raises
        ------
        EventError
            A person stands in two parts, or there is no part.
        """
        tables = sorted(parts, key=lambda part: part.subjects[0])
        if not tables:
            raise EventError.of("the source", must="hold at least one person", found="none")
        people = [subject for table in tables for subject in table.subjects]
        if len(set(people)) != len(people):
            twice = len(people) - len(set(people))
            raise EventError.of("parts", must="hold whole people", found=f"{twice} people in several parts")
        quality = Quality()
        for table in tables:
            quality = quality.plus(table.quality)
        sessions = pl.concat([table.sessions for table in tables])
        frame = pl.concat([table.frame for table in tables])
        if people != sorted(people):
            sessions = sessions.sort("subject_id", maintain_order=True)
            frame = _sorted(frame, sessions)
        return cls(frame, sessions, quality)


def _with_all_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Cast every known column to its type and add the absent ones as nulls, or list all that is wrong."""
    wrong: list[str] = [f"no column {name!r}" for name in _REQUIRED if name not in frame.columns]
    if "key" not in frame.columns and not {"x_px", "y_px"} <= set(frame.columns):
        wrong.append("neither a column 'key' nor columns 'x_px' and 'y_px'")
    columns: list[pl.Expr] = []
    for name, dtype in {**EVENT_COLUMNS, **SESSION_COLUMNS}.items():
        if name not in frame.columns:
            if name in EVENT_COLUMNS:
                columns.append(pl.lit(None, dtype=dtype).alias(name))
            continue
        found = frame.schema[name]
        if found == dtype:
            columns.append(pl.col(name))
            continue
        if isinstance(dtype, pl.Enum):
            words = frame[name].cast(pl.String).drop_nulls().unique()
            unknown = sorted(words.filter(~words.is_in(list(dtype.categories))))
            if unknown:
                shown = ", ".join(unknown[:_LONGEST_LISTED]) if name == "event" else f"{len(unknown)} of them"
                advice = f"known: {', '.join(EVENTS)}" if name == "event" else "known: W3C UI Events codes"
                wrong.append(f"unknown words in {name!r} ({shown}; {advice})")
                continue
        try:
            columns.append(pl.lit(frame[name].cast(dtype)).alias(name))
        except pl.exceptions.PolarsError:
            wrong.append(f"column {name!r} of type {found} that does not read as {dtype}")
    if wrong:
        raise EventError.of("the source", must="hold the columns of the event table", found="; ".join(wrong))
    places = [pl.col(name).cast(pl.UInt32) for name in PLACE if name in frame.columns]
    if not places:
        places = [pl.lit(0, dtype=pl.UInt32).alias("file"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")]
    return frame.select(*columns, *places)


def _quarantine(frame: pl.DataFrame) -> tuple[pl.DataFrame, Quality]:
    """Leave out the rows at fault, kind by kind, and number the presses of what is left."""
    n_read = frame.height
    faults: list[Fault] = []

    def leave_out(kind: str, at_fault: pl.Expr) -> None:
        nonlocal frame
        bad = frame.select(at_fault.fill_null(value=True).alias("bad")).to_series()
        if bad.any():
            first = frame.filter(bad).select(PLACE).row(0)
            faults.append(Fault(kind, int(bad.sum()), *first))
            frame = frame.filter(~bad)

    is_key = pl.col("event").is_in(KEY_EVENTS)
    place_missing = pl.col("x_px").is_null() | pl.col("y_px").is_null()
    leave_out("unreadable_time", pl.col("time_us").is_null())
    leave_out("missing_value", pl.any_horizontal(pl.col("subject_id", "session_id", "event").is_null()))
    leave_out("missing_value", pl.when(is_key).then(pl.col("key").is_null()).otherwise(place_missing))
    content = [name for name in EVENT_COLUMNS if frame[name].null_count() < frame.height]
    # Two rows alike stand side by side in a log that is in time order; elsewhere they run back in time.
    alike = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in content)
    leave_out("duplicate_row", alike & (pl.int_range(pl.len()) > 0))
    leave_out("clock_back", pl.col("time_us") < pl.col("time_us").cum_max().over(SESSION))
    if frame["press"].null_count() == frame.height:
        frame = with_presses(frame)
    leave_out("missing_value", pl.when(is_key).then(pl.col("press").is_null()).otherwise(statement=False))
    if frame["key"].null_count() < frame.height:
        leave_out("release_without_press", lone_release())
    return frame, _merged(n_read, faults)


def _merged(n_read: int, faults: list[Fault]) -> Quality:
    quality = Quality(n_read)
    for fault in faults:
        quality = quality.plus(Quality(0, (fault,)))
    return quality


def _complete_sessions(frame: pl.DataFrame, sessions: pl.DataFrame | None) -> pl.DataFrame:
    """Return one row per session that has events, sorted by person and order in time."""
    held = [name for name in SESSION_COLUMNS if name in frame.columns and name not in SESSION]
    rows = frame.group_by(SESSION, maintain_order=True).agg(pl.col(held).drop_nulls().first())
    if sessions is not None:
        rows = rows.join(sessions.drop(held, strict=False), on=SESSION, how="left", maintain_order="left")
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SESSION_COLUMNS.items() if name not in rows.columns]
    rows = rows.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in SESSION_COLUMNS.items())
    in_time = ("session_order", "start_us")  # where neither is known: the order of first appearance
    rows = rows.sort("subject_id", *in_time, maintain_order=True, nulls_last=True)
    rank = pl.int_range(pl.len()).over("subject_id").cast(pl.UInt32).alias("session_order")
    rows = rows.with_columns(rank)
    new_sitting = (pl.col("start_us").diff() > _SITTING_GAP_US).cum_sum()
    by_clock = new_sitting.fill_null(0).over("subject_id").cast(pl.UInt32)
    has_clock = pl.col("start_us").is_not_null().all().over("subject_id")
    return rows.with_columns(pl.col("sitting").fill_null(pl.when(has_clock).then(by_clock)))


def _sorted(frame: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Bring the rows into the order of the sessions table; rows of a session keep theirs."""
    numbered = sessions.select(*SESSION, pl.int_range(pl.len(), dtype=pl.UInt32).alias("_session"))
    joined = frame.select(*EVENT_COLUMNS).join(numbered, on=SESSION, how="left", maintain_order="left")
    if not joined["_session"].is_sorted():
        joined = joined.sort("_session", maintain_order=True)
    return joined.drop("_session")
