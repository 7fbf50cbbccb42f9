"""The project's own file: one event a row in Parquet, sessions and quality in the file's metadata.

The layout is plain: any Parquet reader gives the rows. The key ``reid`` of the file's metadata holds JSON
(``version``, ``quality`` and what the writer added), ``reid.sessions`` the columns of the sessions
table as JSON, deflated, in Base64.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reid.errors import EventError, OutputError, SourceError
from reid.events.quality import Quality
from reid.events.schema import EVENT_COLUMNS, SESSION_COLUMNS
from reid.events.table import EventTable
from reid.storage import whole_file

_KEY: Final = b"reid"
_SESSIONS: Final = b"reid.sessions"
_VERSION: Final = 1
_PEOPLE_A_GROUP: Final = 50
_MOST_SESSION_BYTES: Final = 2**31
_BROKEN: Final = (pa.ArrowException, OSError, ValueError)


def _arrow_type(dtype: pl.DataType | type[pl.DataType]) -> pa.DataType:
    if dtype == pl.String or isinstance(dtype, pl.Enum):
        return pa.string()  # Parquet stores each word once and numbers for the rows
    return {pl.Int64: pa.int64(), pl.UInt32: pa.uint32(), pl.Float32: pa.float32()}[dtype]  # type: ignore[index]


_SCHEMA: Final = pa.schema([(name, _arrow_type(dtype)) for name, dtype in EVENT_COLUMNS.items()])


def write_events(
    events: EventTable, path: Path, metadata: Mapping[str, Any] | None = None, *, source: Path | None = None
) -> None:
    """Write one event table; parameters and errors as in :func:`write_parts`."""
    write_parts([events], path, metadata, source=source)


def write_parts(
    parts: Iterable[EventTable],
    path: Path,
    metadata: Mapping[str, Any] | None = None,
    *,
    source: Path | None = None,
) -> Quality:
    """Write parts of whole people as they come, readable by the owner only.

    Some people make a row group, so that readers need not hold them all. The file is whole or absent,
    and the same parts give the same bytes.

    Parameters
    ----------
    parts : iterable of EventTable
        Tables that hold different people.
    path : Path
        Where the file shall stand.
    metadata : mapping, optional
        Values that JSON can hold, added under their keys.
    source : Path, optional
        What the parts are read from: never overwritten.

    Returns
    -------
    Quality
        The record of all parts together.

    Raises
    ------
    OutputError
        The file cannot be written, or would overwrite the source.
    EventError
        A person stands in two parts, or no part holds an event.
    """
    if source is not None:
        _require_elsewhere(path, source)
    sessions: list[pl.DataFrame] = []
    quality = Quality()
    with (
        whole_file(path, private=True) as partial,
        pq.ParquetWriter(
            partial, _SCHEMA, compression="zstd", compression_level=9, write_page_checksum=True
        ) as writer,
    ):
        seen: set[str] = set()
        for part in parts:
            quality = quality.plus(part.quality)
            if not len(part):
                continue
            people = set(part.subjects)
            if seen & people:
                found = f"{len(seen & people)} people in several"
                raise EventError.of("parts", must="hold whole people", found=found)
            seen |= people
            sessions.append(part.sessions)
            for group in _cut(part):
                writer.write_table(_arrow(group.frame), row_group_size=len(group))
        if not seen:
            raise EventError.of("the source", must="hold at least one event", found="none")
        record = {**(metadata or {}), "version": _VERSION, "quality": quality.as_dict()}
        writer.add_key_value_metadata({
            _KEY: json.dumps(record, sort_keys=True).encode(),
            _SESSIONS: _packed(pl.concat(sessions)),
        })  # fmt: skip
    return quality


def is_event_file(path: Path) -> bool:
    """Say whether a file is one that :func:`write_parts` wrote."""
    try:
        return _KEY in (pq.read_schema(path).metadata or {}) or _KEY in (
            pq.read_metadata(path).metadata or {}
        )
    except _BROKEN:
        return False


def read_metadata(path: Path) -> dict[str, Any]:
    """Return what :func:`write_parts` was given as ``metadata``, with ``version`` and ``quality``.

    Raises
    ------
    SourceError
        The file is damaged or is not one of the project's own.
    """
    return _record(path, _metadata(path))


def read_event_file(path: Path) -> Iterator[EventTable]:
    """Read a file of :func:`write_parts` back as parts of whole people; all rows are checked again.

    Rows that repeat the one before stay: duplicates were judged when the source was read.

    Raises
    ------
    SourceError
        The file is damaged, of a newer version, or is not one of the project's own.
    EventError
        A person's rows do not stand together.
    """
    metadata = _metadata(path)
    record, sessions = _record(path, metadata), _unpacked(path, metadata)
    waiting: pl.DataFrame | None = None
    seen: set[str] = set()
    quality = _quality(path, record)
    first_row = 0
    for frame in (*_row_groups(path), None):
        ready = waiting
        waiting = frame
        if frame is not None and ready is not None and ready["subject_id"][-1] == frame["subject_id"][0]:
            waiting = pl.concat([ready, frame])  # a person may go on in the next row group
            continue
        if ready is None:
            continue
        people = set(ready["subject_id"].unique().drop_nulls())
        if seen & people:
            found = f"{len(seen & people)} people in several places"
            raise EventError.of(path.name, must="hold the rows of a person together", found=found)
        seen |= people
        rows = pl.int_range(first_row, first_row + ready.height, dtype=pl.UInt32, eager=True)
        first_row += ready.height
        ready = ready.with_columns(row=rows, file=pl.lit(0, dtype=pl.UInt32))
        of_part = sessions.filter(pl.col("subject_id").is_in(people))
        table = EventTable.from_frame(ready, of_part, may_be_empty=True, repeats=True)
        yield EventTable(table.frame, table.sessions, quality.plus(Quality(0, table.quality.faults)))
        quality = Quality()  # the record of the whole file goes with its first part


def _cut(events: EventTable) -> Iterator[EventTable]:
    """Cut a table into parts of some people each, so that readers need not hold it whole."""
    people = events.subjects
    starts = events.session_bounds()
    first_session = {
        person: number for number, person in reversed(list(enumerate(events.sessions["subject_id"])))
    }
    for start in range(0, len(people), _PEOPLE_A_GROUP):
        stop = start + _PEOPLE_A_GROUP
        first = first_session[people[start]]
        last = first_session[people[stop]] if stop < len(people) else len(events.sessions)
        rows = events.frame[int(starts[first]) : int(starts[last])]
        yield EventTable(rows, events.sessions[first:last])


def _require_elsewhere(path: Path, source: Path) -> None:
    inside = source.is_dir() and source.resolve() in path.resolve().parents
    if inside or (path.exists() and source.exists() and path.samefile(source)):
        message = (
            f"{path.name} must not lie where the source lies; found the source itself. Choose another -o."
        )
        raise OutputError(message)


def _arrow(frame: pl.DataFrame) -> pa.Table:
    columns = []
    for field in _SCHEMA:
        column = frame[field.name]
        words = column.cast(pl.String) if isinstance(column.dtype, pl.Enum) else column
        columns.append(words.to_arrow().cast(field.type))
    return pa.Table.from_arrays(columns, schema=_SCHEMA)


def _packed(sessions: pl.DataFrame) -> bytes:
    columns = json.dumps(sessions.to_dict(as_series=False), ensure_ascii=False)
    return base64.b64encode(zlib.compress(columns.encode("utf-8", "surrogatepass")))


def _metadata(path: Path) -> dict[bytes, bytes]:
    try:
        return dict(pq.read_metadata(path).metadata or {})
    except _BROKEN:
        raise SourceError.of(path.name, must="be a Parquet file", found="damaged content") from None


def _record(path: Path, metadata: Mapping[bytes, bytes]) -> dict[str, Any]:
    try:
        record = json.loads(metadata[_KEY])
    except (KeyError, ValueError):
        record = None
    if not isinstance(record, dict):
        raise SourceError.of(path.name, must="be written by reid convert", found="no record of it")
    if record.get("version") != _VERSION:
        must = f"have version {_VERSION}"
        raise SourceError.of(path.name, must=must, found="another", advice="Convert the source again.")
    return record


def _quality(path: Path, record: Mapping[str, Any]) -> Quality:
    try:
        return Quality.from_dict(record["quality"])
    except (KeyError, TypeError, AttributeError):
        raise SourceError.of(path.name, must="hold a record of its quality", found="a damaged one") from None


def _unpacked(path: Path, metadata: Mapping[bytes, bytes]) -> pl.DataFrame:
    try:
        packed = zlib.decompressobj()
        columns = packed.decompress(base64.b64decode(metadata[_SESSIONS], validate=True), _MOST_SESSION_BYTES)
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
        raise SourceError.of(path.name, must="hold its sessions table", found="a damaged one") from None


def _row_groups(path: Path) -> Iterator[pl.DataFrame]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for group in range(file.num_row_groups):
                # Words that are no UTF-8, in rows or beside them, would make polars panic: no error to catch.
                rows = file.read_row_group(group).select(_SCHEMA.names).cast(_SCHEMA)
                rows.validate(full=True)
                frame = pl.DataFrame(rows)
                if frame.height:
                    yield frame
    except (*_BROKEN, KeyError):
        raise SourceError.of(path.name, must="be a Parquet file", found="damaged content") from None
