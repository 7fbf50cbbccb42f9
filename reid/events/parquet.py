"""The project's own file, written; :mod:`reid.events.event_file` says how it is laid out and reads it."""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reid.errors import EventError, OutputError
from reid.events.event_file import RECORD_KEY, SESSIONS_KEY, VERSION
from reid.events.quality import Quality
from reid.events.row_runs import FILE_SCHEMA
from reid.events.table import EventTable
from reid.storage import whole_file

_PEOPLE_A_GROUP: Final = 50
#: Of zstd: higher ones take twice as long for 3 % less.
COMPRESSION: Final = "zstd"
COMPRESSION_LEVEL: Final = 3


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
            partial,
            FILE_SCHEMA,
            compression=COMPRESSION,
            compression_level=COMPRESSION_LEVEL,
            write_page_checksum=True,
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
            for first in range(0, len(people), _PEOPLE_A_GROUP):
                group = part.between(first, min(first + _PEOPLE_A_GROUP, len(people)))
                writer.write_table(_arrow(group.frame), row_group_size=len(group))
        if not seen:
            raise EventError.of("the source", must="hold at least one event", found="none")
        record = {**(metadata or {}), "version": VERSION, "quality": quality.as_dict()}
        writer.add_key_value_metadata({
            RECORD_KEY: json.dumps(record, sort_keys=True).encode(),
            SESSIONS_KEY: _packed(pl.concat(sessions)),
        })  # fmt: skip
    return quality


def _require_elsewhere(path: Path, source: Path) -> None:
    inside = source.is_dir() and source.resolve() in path.resolve().parents
    if inside or (path.exists() and source.exists() and path.samefile(source)):
        message = (
            f"{path.name} must not lie where the source lies; found the source itself. Choose another -o."
        )
        raise OutputError(message)


def _arrow(frame: pl.DataFrame) -> pa.Table:
    columns = []
    for field in FILE_SCHEMA:
        column = frame[field.name]
        words = column.cast(pl.String) if isinstance(column.dtype, pl.Enum) else column
        columns.append(words.to_arrow().cast(field.type))
    return pa.Table.from_arrays(columns, schema=FILE_SCHEMA)


def _packed(sessions: pl.DataFrame) -> bytes:
    columns = json.dumps(sessions.to_dict(as_series=False), ensure_ascii=False)
    return base64.b64encode(zlib.compress(columns.encode("utf-8", "surrogatepass")))
