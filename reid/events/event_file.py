"""The project's own file, read: one event a row in Parquet, sessions and quality in the file's metadata.

The layout is plain: any Parquet reader gives the rows. The key ``reid`` of the file's metadata holds JSON
(``version``, ``quality`` and what the writer added), ``reid.sessions`` the columns of the sessions
table as JSON, deflated, in Base64. :mod:`reid.events.parquet` writes such files.
"""

import base64
import json
import zlib
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reid.errors import EventError, SourceError
from reid.events.quality import Quality
from reid.events.row_runs import WORD_COLUMNS, RowRuns, joined, rows_of
from reid.events.schema import EVENT_COLUMNS, SESSION, SESSION_COLUMNS
from reid.events.table import EventTable, with_ids

RECORD_KEY: Final = b"reid"
SESSIONS_KEY: Final = b"reid.sessions"
VERSION: Final = 1
_MOST_SESSION_BYTES: Final = 2**31
_BROKEN: Final = (pa.ArrowException, OSError, ValueError, KeyError)


class EventFile:
    """One event file, opened: what it says of itself is checked, its rows are checked as they are read.

    Use as a context manager.

    Parameters
    ----------
    file : Path or binary stream
        What to read; a stream has to find its places by itself.
    place : str
        How messages name the file.

    Raises
    ------
    SourceError
        The file is damaged, of another version, or is not one of the project's own.
    """

    def __init__(self, file: Path | IO[bytes], place: str) -> None:
        self.place = place
        try:
            self._file = _opened(file)
            metadata = self._file.metadata
        except _BROKEN:
            raise self._damaged() from None
        self.n_events: int = metadata.num_rows
        try:
            self.record: dict[str, Any] = _record(place, metadata.metadata or {})
            self.sessions: pl.DataFrame = _unpacked(place, metadata.metadata or {})
            self.quality: Quality = _quality(place, self.record)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what was opened here; a stream that was given stays open."""
        self._file.close()

    def tables(self) -> Iterator[EventTable]:
        """Read the rows as parts of whole people, group by group; all rows are checked again.

        Rows that repeat the one before stay: duplicates were judged when the source was read. The record of
        the whole file goes with its first part.

        Raises
        ------
        SourceError
            The file is damaged.
        EventError
            A person's rows do not stand together, or rows make no event table.
        """
        waiting: RowRuns | None = None
        seen: set[str] = set()
        quality = self.quality
        first_row = first_session = 0
        for rows in chain(self._row_groups(), [None]):
            ready, waiting = waiting, rows
            if rows is not None and ready is not None and ready.goes_on_in(rows):
                waiting = joined([ready, rows])  # a person may go on in the next row group
                continue
            if ready is None:
                continue
            people = ready.subjects()
            self._require_together(len(seen & people))
            seen |= people
            own = self.sessions[first_session : first_session + ready.heads.height]
            table = self._table(ready, own, first_row)
            first_row += len(ready)
            first_session += ready.heads.height
            yield table.with_quality(quality.plus(Quality(0, table.quality.faults)))
            quality = Quality()

    def table(self, people: Collection[str] | None = None) -> EventTable:
        """Read all rows, or those of some people, at once; checked as by :meth:`tables`.

        Row groups that hold none of the people, by the file's own statistics, are passed over. The record of
        the whole file goes with the table.

        Raises
        ------
        SourceError, EventError
            As of :meth:`tables`.
        """
        found: list[RowRuns] = []
        for stretch in self._stretches(people):
            rows = self._rows(stretch)
            if len(rows):
                found.append(rows)
        wanted = self._require_there(people, found)
        if not found:
            return EventTable(pl.DataFrame(schema=EVENT_COLUMNS), self.sessions[:0], self.quality)
        rows = joined(found)
        own = self.sessions
        if people is not None:
            own = own.filter(pl.col("subject_id").is_in(rows.subjects()))
        table = self._table(rows, own, 0)
        table = table.with_quality(self.quality.plus(Quality(0, table.quality.faults)))
        if set(table.subjects) <= wanted:
            return table
        return table.of_sessions(table.sessions.filter(pl.col("subject_id").is_in(wanted)))

    @cached_property
    def _is_each_session_once(self) -> bool:
        return not self.sessions.select(SESSION).is_duplicated().any()

    def _table(self, rows: RowRuns, own: pl.DataFrame, first_row: int) -> EventTable:
        """Check rows whose sessions are thought to be ``own``, in this order."""
        if self._is_each_session_once and own.select(SESSION).equals(rows.heads):
            table = EventTable.from_sessions(rows.frame, own, rows.bounds)
            if table is not None:
                return table
        frame = with_ids(rows.frame, rows.heads, rows.bounds).with_columns(
            row=pl.int_range(first_row, first_row + len(rows), dtype=pl.UInt32, eager=True),
            file=pl.lit(0, dtype=pl.UInt32),
        )
        of_part = self.sessions.filter(pl.col("subject_id").is_in(rows.subjects()))
        return EventTable.from_frame(frame, of_part, may_be_empty=True, repeats=True)

    def _require_together(self, n_apart: int) -> None:
        if n_apart:
            found = f"{n_apart} people in several places"
            raise EventError.of(self.place, must="hold the rows of a person together", found=found)

    def _require_there(self, people: Collection[str] | None, found: list[RowRuns]) -> set[str]:
        """Return the people who were to be read; refuse rows that lie apart or are not told of."""
        runs = [each.heads["subject_id"].rle().struct.field("value").drop_nulls().to_list() for each in found]
        every = list(chain.from_iterable(runs))
        adjoining = sum(before[-1:] == after[:1] != [] for before, after in pairwise(runs))
        there = set(every)
        self._require_together(len(every) - adjoining - len(there))
        known = set(self.sessions["subject_id"].unique())
        wanted = known if people is None else known & set(people)
        if not wanted <= there:
            must, lacking = "hold the rows of its people", len(wanted - there)
            raise EventError.of(self.place, must=must, found=f"none of {lacking} of them")
        return wanted

    @cached_property
    def _subject_column(self) -> int:
        return list(self._file.schema_arrow.names).index("subject_id")

    def _row_groups(self) -> Iterator[RowRuns]:
        for group in range(self._file.num_row_groups):
            rows = self._rows([group])
            if len(rows):
                yield rows

    def _rows(self, groups: list[int]) -> RowRuns:
        try:
            return rows_of(self._file.read_row_groups(groups))
        except _BROKEN:
            raise self._damaged() from None

    def _stretches(self, people: Collection[str] | None) -> Iterator[list[int]]:
        """Return the row groups that may hold one of the people, those that stand together at a time."""
        wanted = None if people is None else sorted(people)
        stretch: list[int] = []
        for group in range(self._file.num_row_groups):
            if wanted is None or self._may_hold(group, wanted):
                stretch.append(group)
            elif stretch:
                yield stretch
                stretch = []
        if stretch:
            yield stretch

    def _may_hold(self, group: int, wanted: list[str]) -> bool:
        try:
            statistics = self._file.metadata.row_group(group).column(self._subject_column).statistics
            if statistics is None or not statistics.has_min_max:
                return True
            least, most = statistics.min, statistics.max
        except _BROKEN:
            raise self._damaged() from None
        place = bisect_left(wanted, least)
        return place < len(wanted) and wanted[place] <= most

    def _damaged(self) -> SourceError:
        return SourceError.of(self.place, must="be a Parquet file", found="damaged content")


def _opened(file: Path | IO[bytes]) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file, page_checksum_verification=True, read_dictionary=list(WORD_COLUMNS))
    except KeyError:  # not all columns are there: what the file says of itself tells what it is
        return pq.ParquetFile(file, page_checksum_verification=True)


def is_event_file(path: Path) -> bool:
    """Say whether a file is one of the project's own."""
    try:
        return RECORD_KEY in (pq.read_schema(path).metadata or {}) or RECORD_KEY in (
            pq.read_metadata(path).metadata or {}
        )
    except _BROKEN:
        return False


def read_metadata(path: Path) -> dict[str, Any]:
    """Return what the writer was given as ``metadata``, with ``version`` and ``quality``.

    Raises
    ------
    SourceError
        The file is damaged or is not one of the project's own.
    """
    try:
        metadata = dict(pq.read_metadata(path).metadata or {})
    except _BROKEN:
        raise SourceError.of(path.name, must="be a Parquet file", found="damaged content") from None
    return _record(path.name, metadata)


def read_event_file(path: Path, place: str | None = None) -> Iterator[EventTable]:
    """Read a file as parts of whole people; see :meth:`EventFile.tables`.

    Raises
    ------
    SourceError
        The file is damaged, of another version, or is not one of the project's own.
    EventError
        A person's rows do not stand together.
    """
    with EventFile(path, place or path.name) as file:
        yield from file.tables()


def _record(place: str, metadata: Mapping[bytes, bytes]) -> dict[str, Any]:
    try:
        record = json.loads(metadata[RECORD_KEY])
    except (KeyError, ValueError):
        record = None
    if not isinstance(record, dict):
        raise SourceError.of(place, must="be written by reid convert", found="no record of it")
    if record.get("version") != VERSION:
        must = f"have version {VERSION}"
        raise SourceError.of(place, must=must, found="another", advice="Convert the source again.")
    return record


def _quality(place: str, record: Mapping[str, Any]) -> Quality:
    try:
        return Quality.from_dict(record["quality"])
    except (KeyError, TypeError, AttributeError):
        raise SourceError.of(place, must="hold a record of its quality", found="a damaged one") from None


def _unpacked(place: str, metadata: Mapping[bytes, bytes]) -> pl.DataFrame:
    try:
        packed = zlib.decompressobj()
        columns = packed.decompress(
            base64.b64decode(metadata[SESSIONS_KEY], validate=True), _MOST_SESSION_BYTES
        )
        if not packed.eof:
            raise ValueError  # noqa: TRY301  cut short, or a bomb
        return pl.DataFrame(json.loads(columns), schema=SESSION_COLUMNS)
    except (
        KeyError,
        ValueError,
        TypeError,
        OverflowError,
        RecursionError,
        zlib.error,
        pl.exceptions.PolarsError,
    ):
        raise SourceError.of(place, must="hold its sessions table", found="a damaged one") from None
