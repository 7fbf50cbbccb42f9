"""From the bytes of a table file to rows, before anything is known of what they mean."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reid.errors import SourceError
from reid.events.archive import Member, Source

#: How names of table files end; other files beside them are left alone.
SUFFIXES: Final = (".csv", ".tsv", ".txt", ".ndjson", ".jsonl", ".parquet", ".pq")
_SEPARATORS: Final = ",\t;|"
_BOM: Final = b"\xef\xbb\xbf"
_WIDE_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_PARQUET_MAGIC: Final = b"PAR1"
_LONGEST_LINE: Final = 2**28
_BEYOND: Final = "cells beyond the last heading"


def table_members(source: Source) -> list[Member]:
    """Return the files that look like tables: a single file always does."""
    if len(source.members) == 1:
        return list(source.members)
    return [member for member in source.members if member.name.lower().endswith(SUFFIXES)]


def headings(source: Source, member: Member) -> list[str]:
    """Return the names of the columns of a table file, empty where there are none to be seen.

    Raises
    ------
    SourceError
        The file is damaged, or is neither text in UTF-8 nor Parquet.
    """
    place = source.place(member)
    with source.open(member) as stream:
        first = stream.readline(_LONGEST_LINE)
        if first.startswith(_PARQUET_MAGIC):
            return _parquet_headings(source, member)
        first = _text(first, place)
        while first.isspace():
            first = stream.readline(_LONGEST_LINE)
    if first.lstrip().startswith(b"{"):
        try:
            record = json.loads(first)
        except (ValueError, RecursionError):
            return []
        return [str(name) for name in record]
    return _split(first.strip(b"\r\n"), place)


def rows_of(source: Source, member: Member, wanted: list[str]) -> pl.DataFrame:
    """Return the wanted columns that the file has, and ``broken``, true on rows with cells too many.

    Cells of a delimited file are text, those of NDJSON and Parquet have their own types.

    Raises
    ------
    SourceError
        The file does not parse, or a wanted heading occurs twice.
    """
    place = source.place(member)
    start = source.head(member, 16)
    try:
        if start.startswith(_PARQUET_MAGIC):
            frame = _parquet(source, member)
        else:
            content = _text(source.read(member), place)
            is_json = content.lstrip()[:1] == b"{"
            frame = _records(content) if is_json else _delimited(content, wanted, place)
    except pl.exceptions.PolarsError:
        must = "be a table: CSV, TSV, NDJSON or Parquet with one type a column"
        raise SourceError.of(place, must=must, found="rows that do not parse") from None
    if _BEYOND not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(_BEYOND))
    kept = [name for name in dict.fromkeys(wanted) if name in frame.columns]
    return _plain(frame.select(*kept, pl.col(_BEYOND).is_not_null().alias("broken")), place)


def exploded(frame: pl.DataFrame, lead: str) -> pl.DataFrame:
    """Give every element of a list cell a row of its own, where the cells of ``lead`` hold lists.

    Lists of one row are exploded in step; cells without a list are repeated. A list is a List of
    polars or a JSON list as text. Rows whose lists differ in length stay one row and are marked ``broken``.
    """
    if lead not in frame.columns or _decoded(frame[lead]).dtype != pl.List:
        return frame
    decoded = frame.with_columns(_decoded(column) for column in frame.get_columns())
    lists = [name for name, dtype in decoded.schema.items() if dtype == pl.List]
    length = pl.col(lead).list.len().fill_null(0)
    in_step = pl.all_horizontal(pl.col(name).list.len().fill_null(0) == length for name in lists)
    steady = decoded.select(in_step.alias("steady")).to_series()
    whole = decoded.filter(steady & (decoded[lead].list.len().fill_null(0) > 0)).explode(lists)
    if steady.all():
        return whole
    single = decoded.filter(~steady).with_columns(
        *(pl.lit(None, dtype=whole.schema[name]).alias(name) for name in lists),
        broken=pl.lit(value=True),
    )
    return pl.concat([whole, single.select(whole.columns)])


def _decoded(column: pl.Series) -> pl.Series:
    """Return the lists that the texts of a column stand for, or the column as it is."""
    if column.dtype != pl.String:
        return column
    texts = column.drop_nulls()
    if texts.is_empty() or not (texts.str.starts_with("[") & texts.str.ends_with("]")).all():
        return column
    try:
        lists = [None if text is None else json.loads(text) for text in column]
    except (ValueError, RecursionError):
        return column
    return pl.Series(column.name, [_words(cells) for cells in lists], dtype=pl.List(pl.String))


def _plain(frame: pl.DataFrame, place: str) -> pl.DataFrame:
    """Turn bytes into text and arrays of fixed length into lists."""
    kinds = frame.schema.items()
    try:
        return frame.with_columns(
            *(pl.col(name).cast(pl.String) for name, kind in kinds if kind == pl.Binary),
            *(pl.col(name).arr.to_list() for name, kind in kinds if kind == pl.Array),
        )
    except pl.exceptions.PolarsError:
        raise SourceError.of(place, must="hold text in UTF-8", found="other bytes in a column") from None


def _words(cells: Any) -> list[str | None] | None:
    if cells is None:
        return None
    return [cell if cell is None or isinstance(cell, str) else json.dumps(cell) for cell in cells]


def _text(content: bytes, place: str) -> bytes:
    if content.startswith(_WIDE_BOMS):
        raise SourceError.of(place, must="be text in UTF-8", found="UTF-16", advice="Save it as UTF-8.")
    content = content.removeprefix(_BOM)
    if b"\0" in content[:4096]:
        must = "be a table: CSV, TSV, NDJSON or Parquet"
        raise SourceError.of(place, must=must, found="binary content")
    return content


def _split(first: bytes, place: str) -> list[str]:
    line = first.decode("utf-8", "replace").rstrip("\r")
    try:
        cells = next(csv.reader([line], delimiter=_separator(line)), [])
    except csv.Error:
        must = "begin with a line of headings, and end lines with LF or CR LF"
        raise SourceError.of(place, must=must, found="a first line that does not parse") from None
    return [cell.strip() for cell in cells]


def _separator(line: str) -> str:
    return max(_SEPARATORS, key=line.count)


def _delimited(content: bytes, wanted: list[str], place: str) -> pl.DataFrame:
    first, _, body = content.lstrip(b"\r\n").partition(b"\n")
    names = _split(first, place)
    twice = sum(names.count(name) > 1 for name in set(wanted))
    if twice:
        raise SourceError.of(place, must="have each column once", found=f"{twice} needed headings twice")
    # Columns are numbered, so that headings that nobody asked for can be anything, even alike.
    numbers = {name: f"c{number}" for number, name in enumerate(names)}
    separator = _separator(first.decode("utf-8", "replace"))
    columns = [*(f"c{number}" for number in range(len(names))), "beyond"]
    frame = pl.read_csv(
        separator.join(columns).encode() + b"\n" + body,
        separator=separator,
        encoding="utf8-lossy",
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    kept = {numbers[name]: name for name in dict.fromkeys(wanted) if name in numbers}
    return frame.select(*kept, "beyond").rename({**kept, "beyond": _BEYOND})


def _records(content: bytes) -> pl.DataFrame:
    return pl.read_ndjson(io.BytesIO(content), infer_schema_length=None)


def _parquet_headings(source: Source, member: Member) -> list[str]:
    with _opened_parquet(source, member) as file:
        return list(file.schema_arrow.names)


def _parquet(source: Source, member: Member) -> pl.DataFrame:
    with _opened_parquet(source, member) as file:
        return pl.DataFrame(file.read())


@contextmanager
def _opened_parquet(source: Source, member: Member) -> Iterator[pq.ParquetFile]:
    # Arrow tells of damage by an exception, where polars ends in a panic.
    try:
        content = source.path if source.kind == "file" else io.BytesIO(source.read(member))
        with pq.ParquetFile(content, page_checksum_verification=True) as file:
            yield file
    except (pa.ArrowException, OSError, ValueError, pl.exceptions.PolarsError):
        raise SourceError.of(
            source.place(member), must="be a Parquet file", found="damaged content"
        ) from None
