"""The event table: everything that people did, checked once at its only door."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Self

import numpy as np
import polars as pl

from reid.errors import EventError
from reid.events.casting import with_all_columns
from reid.events.faultless import is_faultless
from reid.events.presses import lone_releases, press_numbers
from reid.events.quality import Fault, Quality
from reid.events.schema import (
    BUTTON_EVENTS,
    EVENT_COLUMNS,
    KEY_EVENTS,
    PLACE,
    PRESS_KEY,
    SESSION,
    SESSION_COLUMNS,
)
from reid.typing import BoolArray, IntArray

_SITTING_GAP_US = 3_600_000_000  # an hour between two starts: people got up in between


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
    _bounds: IntArray | None = field(default=None, init=False, repr=False)

    @classmethod
    def from_frame(
        cls,
        frame: pl.DataFrame,
        sessions: pl.DataFrame | None = None,
        *,
        quality: Quality | None = None,
        may_be_empty: bool = False,
        repeats: bool = False,
    ) -> Self:
        """Check, sort and complete a frame of events.

        Rows at fault are left out and counted in ``quality``. Everything that makes the frame as a
        whole unusable is reported at once.

        Parameters
        ----------
        frame : DataFrame
            At least ``subject_id``, ``session_id``, ``time_us``, ``event`` and ``key`` or ``x_px`` and
            ``y_px``. Columns of the sessions table may stand in the rows. ``file`` and ``row`` say where
            a row stood in its source; ``press_key``, a number, tells apart keys that share a name, such as
            unknown ones, so that their presses pair up. A button may go down or up at no place, where
            the source told only that it did. Rows of a session stand in the order in which they were
            recorded.
        sessions : DataFrame, optional
            Columns of the sessions table; ``session_order`` is made from ``start_us``, else from the
            order of first appearance.
        quality : Quality, optional
            Faults that a reader has already found; its ``rows_read`` is kept if it is not 0.
        may_be_empty : bool
            Return an empty table instead of an error where no row is left, as in one part of many.
        repeats : bool
            Rows may repeat the one before them: the reader has judged duplicates by what its source says,
            or the rows are a release, in which two events may have come to look alike.

        Raises
        ------
        EventError
            A column is missing or has a type that cannot be read, or no row is left.
        """
        frame = with_all_columns(frame)
        frame, faults = _quarantine(frame, repeats=repeats)
        read = quality or Quality()
        found = Quality(read.rows_read or faults.rows_read).plus(Quality(0, read.faults))
        found = found.plus(Quality(0, faults.faults, read.notes))
        if frame.is_empty() and not may_be_empty:
            raise EventError.of(
                "the source", must="hold at least one event", found=f"none in {found.rows_read} rows"
            )
        frame, heads = _with_session_numbers(frame)
        sessions = _complete_sessions(frame, heads, sessions)
        return cls(_sorted(frame, heads, sessions), sessions, found)

    @classmethod
    def from_sessions(cls, rows: pl.DataFrame, sessions: pl.DataFrame, bounds: IntArray) -> Self | None:
        """Take rows as they are where :meth:`from_frame` would change nothing; None where it has to look.

        For logs that have been through the door before, and for made ones: one look at everything together
        takes a small part of the time of looking for each kind of fault.

        Parameters
        ----------
        rows : DataFrame
            The columns of :data:`~reid.events.schema.EVENT_COLUMNS`; those that name the session may be
            absent.
        sessions : DataFrame
            The columns of :data:`~reid.events.schema.SESSION_COLUMNS`, one row per session in the order in
            which they stand in ``rows``.
        bounds : int64 array of shape (n_sessions + 1,)
            First row of each session, at least one each, and the number of rows.

        Returns
        -------
        EventTable or None
            What :meth:`from_frame` returns of the same rows with ``repeats=True``.
        """
        if not is_faultless(rows, sessions, bounds):
            return None
        table = cls(with_ids(rows, sessions, bounds), sessions, Quality(rows.height))
        object.__setattr__(table, "_bounds", bounds)
        return table

    def __len__(self) -> int:
        return self.frame.height

    @property
    def subjects(self) -> tuple[str, ...]:
        """Pseudonyms of the people, sorted."""
        return tuple(self.sessions["subject_id"].unique(maintain_order=True))

    def session_bounds(self) -> IntArray:
        """Return the first row of each session and the number of rows: int64, (n_sessions + 1,)."""
        if self._bounds is not None:
            return self._bounds.copy()
        starts = _run_starts(self.frame, ("session_id",))
        if starts.size < self.sessions.height:  # a person's first session bears the name of another's last
            starts = _run_starts(self.frame, SESSION)
        bounds = np.append(starts, self.frame.height)
        object.__setattr__(self, "_bounds", bounds)  # looked for once: names are long to compare
        return bounds.copy()

    def person_bounds(self) -> IntArray:
        """Return the first session of each person and the number of sessions: int64, (n_people + 1,)."""
        return np.append(_run_starts(self.sessions, ("subject_id",)), self.sessions.height)

    def between(self, first: int, last: int) -> "EventTable":
        """Return the table of the people ``first .. last - 1``, counted in the order of :attr:`subjects`."""
        start, stop = self.person_bounds()[[first, last]]
        rows = self.session_bounds()[start : stop + 1]
        table = EventTable(self.frame[int(rows[0]) : int(rows[-1])], self.sessions[start:stop], self.quality)
        object.__setattr__(table, "_bounds", rows - rows[0])
        return table

    def with_frame(self, frame: pl.DataFrame) -> "EventTable":
        """Return a table of the same sessions whose rows are ``frame``; sessions without rows are dropped.

        The rows must keep the order of people and sessions.
        """
        left = frame.select(SESSION)[_run_starts(frame, SESSION)].unique()
        sessions = self.sessions.join(left, on=SESSION, how="semi", maintain_order="left")
        return EventTable(frame.select(*EVENT_COLUMNS), sessions, self.quality)

    def with_quality(self, quality: Quality) -> "EventTable":
        """Return the same table with another record."""
        table = EventTable(self.frame, self.sessions, quality)
        object.__setattr__(table, "_bounds", self._bounds)
        return table

    def of_people(self, subjects: Sequence[str]) -> "EventTable":
        """Return the table of these people only."""
        wanted = pl.col("subject_id").is_in(list(subjects))
        return EventTable(self.frame.filter(wanted), self.sessions.filter(wanted), self.quality)

    def of_sessions(self, wanted: pl.DataFrame) -> "EventTable":
        """Return the table of some sessions only, named by ``subject_id`` and ``session_id``."""
        places = self.sessions.with_row_index("_place").join(
            wanted.select(SESSION), on=SESSION, how="semi", maintain_order="left"
        )["_place"]
        bounds = self.session_bounds()
        is_wanted = np.zeros(self.sessions.height, dtype=bool)
        is_wanted[places.to_numpy()] = True
        rows = pl.Series(np.repeat(is_wanted, np.diff(bounds)), dtype=pl.Boolean)
        return EventTable(self.frame.filter(rows), self.sessions[places], self.quality)

    def renamed(self, name: Callable[[str], str]) -> "EventTable":
        """Return the table with every person under another name; the order must stay sorted by name."""
        names = {subject: name(subject) for subject in self.subjects}
        column = pl.col("subject_id").replace_strict(names, return_dtype=pl.String)
        return EventTable(self.frame.with_columns(column), self.sessions.with_columns(column), self.quality)

    @classmethod
    def concat(cls, parts: Iterable["EventTable"]) -> "EventTable":
        """Return one table of parts that hold different people, sorted by person.

        Raises
        ------
        EventError
            A person stands in two parts, or there is no part.
        """
        tables = sorted((part for part in parts if len(part)), key=lambda part: part.subjects[0])
        if not tables:
            raise EventError.of("the source", must="hold at least one person", found="none")
        people = [subject for table in tables for subject in table.subjects]
        if len(set(people)) != len(people):
            twice = len(people) - len(set(people))
            raise EventError.of("parts", must="hold whole people", found=f"{twice} people in several parts")
        return cls._stacked(tables)

    @classmethod
    def joined(cls, tables: Sequence["EventTable"]) -> "EventTable":
        """Return one table of at least one that hold different sessions, perhaps of the same people.

        A person's sessions of one table come before those of the next; ``session_order`` counts on.

        Raises
        ------
        EventError
            A session stands in two tables.
        """
        together = cls._stacked(tables)
        if together.sessions.select(SESSION).is_duplicated().any():
            raise EventError.of("tables", must="hold different sessions", found="one that stands in several")
        rank = pl.int_range(pl.len()).over("subject_id").cast(pl.UInt32)
        return cls(together.frame, together.sessions.with_columns(session_order=rank), together.quality)

    @classmethod
    def _stacked(cls, tables: Sequence["EventTable"]) -> "EventTable":
        quality = Quality()
        for table in tables:
            quality = quality.plus(table.quality)
        sessions = pl.concat([table.sessions for table in tables])
        frame = pl.concat([table.frame for table in tables])
        heads = sessions.select(SESSION)
        if not sessions["subject_id"].is_sorted():
            sizes = np.concatenate([np.diff(table.session_bounds()) for table in tables])
            number = pl.Series("_session", np.repeat(np.arange(heads.height), sizes))
            sessions = sessions.sort("subject_id", maintain_order=True)
            frame = _sorted(frame.with_columns(number), heads, sessions)
        return cls(frame, sessions, quality)


def with_ids(rows: pl.DataFrame, sessions: pl.DataFrame, bounds: IntArray) -> pl.DataFrame:
    """Return the rows with the names of their sessions before them; ``bounds`` says where each begins."""
    number = np.repeat(np.arange(sessions.height, dtype=np.uint32), np.diff(bounds))
    ids = [sessions[name].gather(number) for name in SESSION]
    others = [rows[name] for name in rows.columns if name not in SESSION]
    return pl.DataFrame([*ids, *others])


def _quarantine(frame: pl.DataFrame, *, repeats: bool) -> tuple[pl.DataFrame, Quality]:
    """Leave out the rows at fault, kind by kind, and number the presses of what is left."""
    quality = Quality(frame.height)

    def leave_out(kind: str, at_fault: pl.Expr | pl.Series) -> None:
        nonlocal frame, quality
        bad = frame.select(at_fault.alias("bad")).to_series() if isinstance(at_fault, pl.Expr) else at_fault
        if bad.any():
            first = frame.select(PLACE).row(int(bad.arg_max() or 0))
            quality = quality.plus(Quality(0, (Fault(kind, int(bad.sum()), *first),)))
            frame = frame.filter(~bad)

    is_key = pl.col("event").is_in(KEY_EVENTS)
    somewhere = pl.all_horizontal(pl.col("x_px", "y_px").is_finite().fill_null(value=False))
    leave_out("unreadable_time", pl.col("time_us").is_null())
    leave_out("missing_value", pl.any_horizontal(pl.col("subject_id", "session_id", "event").is_null()))
    nowhere = pl.all_horizontal(pl.col("x_px", "y_px").is_null()) & pl.col("event").is_in(BUTTON_EVENTS)
    no_place = ~somewhere & ~nowhere
    leave_out("missing_value", pl.when(is_key).then(pl.col("key").is_null()).otherwise(no_place))
    frame, _ = _with_session_numbers(frame)
    if not frame["_session"].is_sorted():
        frame = frame.sort("_session", maintain_order=True)
    if not repeats:
        content = [
            name for name in EVENT_COLUMNS if name not in SESSION and frame[name].null_count() < frame.height
        ]
        alike = [pl.col(name).eq_missing(pl.col(name).shift()) for name in ("_session", *content)]
        leave_out("duplicate_row", pl.all_horizontal(alike) & (pl.int_range(pl.len()) > 0))
    leave_out("clock_back", pl.col("time_us") < pl.col("time_us").cum_max().over("_session"))
    if frame["press"].null_count() == frame.height:
        frame = _with_presses(frame)
    leave_out("missing_value", is_key & pl.col("press").is_null())
    leave_out("release_without_press", _lone_releases(frame))
    return frame.drop("_session"), quality


def _key_arrays(frame: pl.DataFrame) -> tuple[BoolArray, IntArray, BoolArray]:
    """Return which rows are key events, and session number and direction of those."""
    is_key = frame["event"].is_in(KEY_EVENTS).to_numpy()
    session = frame["_session"].to_numpy()[is_key].astype(np.int64)
    return is_key, session, (frame["event"] == "key_up").to_numpy()[is_key]


def _with_presses(frame: pl.DataFrame) -> pl.DataFrame:
    is_key, session, is_up = _key_arrays(frame)
    keys = frame[PRESS_KEY] if PRESS_KEY in frame.columns else frame["key"].to_physical()
    key = keys.filter(pl.Series(is_key)).fill_null(0).to_numpy().astype(np.int64)
    number = np.zeros(frame.height, dtype=np.uint32)
    number[is_key] = press_numbers(session, key, is_up)
    return frame.with_columns(press=pl.when(pl.Series(is_key)).then(pl.Series(number)))


def _lone_releases(frame: pl.DataFrame) -> pl.Series:
    is_key, session, is_up = _key_arrays(frame)
    press = frame["press"].filter(pl.Series(is_key)).to_numpy().astype(np.int64)
    lone = np.zeros(frame.height, dtype=np.bool_)
    lone[is_key] = lone_releases(session, press, is_up)
    return pl.Series("lone", lone)


def _run_starts(frame: pl.DataFrame, names: Sequence[str]) -> IntArray:
    """Return the first row of each run of rows that are alike in these columns: int64, (n_runs,)."""
    if frame.is_empty():
        return np.empty(0, dtype=np.int64)
    columns = (frame[name] for name in names)
    unlike = reduce(or_, (column[1:].ne_missing(column[:-1]) for column in columns))
    return np.concatenate([[0], unlike.arg_true().to_numpy().astype(np.int64) + 1])


def _with_session_numbers(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add ``_session``, the rank of each session by first appearance; return also the ids by this rank.

    Windows over integers are several times faster than over pairs of strings.
    """
    starts = _run_starts(frame, SESSION)
    runs = frame.select(SESSION)[starts]
    heads = runs.unique(maintain_order=True)
    number = np.repeat(np.arange(starts.size), np.diff(starts, append=frame.height))
    if heads.height < runs.height:  # rows of sessions stand mixed
        numbered = runs.join(heads.with_row_index("_session"), on=SESSION, maintain_order="left")
        number = numbered["_session"].to_numpy()[number]
    return frame.with_columns(pl.Series("_session", number, dtype=pl.UInt32)), heads


def _complete_sessions(
    frame: pl.DataFrame, heads: pl.DataFrame, sessions: pl.DataFrame | None
) -> pl.DataFrame:
    """Return one row per session that has events, sorted by person and order in time."""
    held = [name for name in SESSION_COLUMNS if name in frame.columns and name not in SESSION]
    first_known = frame.group_by("_session", maintain_order=True).agg(pl.col(held).drop_nulls().first())
    rows = (
        heads.with_row_index("_session")
        .join(first_known, on="_session", maintain_order="left")
        .drop("_session")
    )
    if sessions is not None:
        if sessions.select(SESSION).is_duplicated().any():
            raise EventError.of(
                "the sessions table", must="hold each session once", found="one that stands twice"
            )
        rows = rows.join(sessions.drop(held, strict=False), on=SESSION, how="left", maintain_order="left")
    absent = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in SESSION_COLUMNS.items()
        if name not in rows.columns
    ]
    rows = rows.with_columns(absent).select(
        pl.col(name).cast(dtype) for name, dtype in SESSION_COLUMNS.items()
    )
    in_time = ("session_order", "start_us")  # where neither is known: the order of first appearance
    rows = rows.sort("subject_id", *in_time, maintain_order=True, nulls_last=True)
    rank = pl.int_range(pl.len()).over("subject_id").cast(pl.UInt32).alias("session_order")
    rows = rows.with_columns(rank)
    new_sitting = (pl.col("start_us").diff() > _SITTING_GAP_US).cum_sum()
    by_clock = new_sitting.fill_null(0).over("subject_id").cast(pl.UInt32)
    has_clock = pl.col("start_us").is_not_null().all().over("subject_id")
    return rows.with_columns(pl.col("sitting").fill_null(pl.when(has_clock).then(by_clock)))


def _sorted(frame: pl.DataFrame, heads: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Bring the rows into the order of the sessions table; rows of a session keep theirs.

    ``_session`` in ``frame`` counts rows of ``heads``.
    """
    rank = sessions.select(SESSION).with_row_index("_rank")
    ranks = heads.join(rank, on=SESSION, maintain_order="left")["_rank"]
    if not (ranks.is_sorted() and frame["_session"].is_sorted()):
        order = ranks.to_numpy()[frame["_session"].to_numpy()]
        frame = frame.with_columns(pl.Series("_session", order)).sort("_session", maintain_order=True)
    return frame.select(*EVENT_COLUMNS)
