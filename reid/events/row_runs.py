"""Rows as an event file has them: columns without the names of sessions, and a name for each run of rows.

A file stores each word once and numbers for the rows, and so they are read: a name of twenty letters is
looked at once a session rather than once a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from reid.events.schema import EVENT_COLUMNS, SESSION
from reid.typing import IntArray

#: How columns are read: words as numbers with a list of words beside them.
_WORDS: Final = pa.dictionary(pa.int32(), pa.string())


def _arrow_type(dtype: pl.DataType | type[pl.DataType]) -> pa.DataType:
    """Return the type of a column in the file: a word is text, whatever list it is from."""
    if dtype == pl.String or isinstance(dtype, pl.Enum):
        return pa.string()  # Parquet stores each word once and numbers for the rows
    return {pl.Int64: pa.int64(), pl.UInt32: pa.uint32(), pl.Float32: pa.float32()}[dtype]  # type: ignore[index]


#: The columns of an event file.
FILE_SCHEMA: Final = pa.schema([(name, _arrow_type(dtype)) for name, dtype in EVENT_COLUMNS.items()])
_READ_SCHEMA: Final = pa.schema([
    (field.name, _WORDS if field.type == pa.string() else field.type) for field in FILE_SCHEMA
])  # fmt: skip
#: Columns of words.
WORD_COLUMNS: Final = tuple(field.name for field in FILE_SCHEMA if field.type == pa.string())


@dataclass(frozen=True, slots=True, eq=False)
class RowRuns:
    """Rows, and which session each run of them belongs to."""

    frame: (
        pl.DataFrame
    )  #: the columns of events but those that name the session; words that none knows as String
    heads: pl.DataFrame  #: the names of the session, one row for each run
    bounds: IntArray  #: first row of each run, and the number of rows

    def __len__(self) -> int:
        return self.frame.height

    def subjects(self) -> set[str]:
        """Return the people who are named."""
        return set(self.heads["subject_id"].drop_nulls())

    def goes_on_in(self, other: "RowRuns") -> bool:
        """Say whether the last person here is the first of the other."""
        last, first = self.heads["subject_id"][-1], other.heads["subject_id"][0]
        return bool(last == first)


def rows_of(table: pa.Table) -> RowRuns:
    """Return the rows of a table as Parquet gives it.

    Raises
    ------
    ArrowException, KeyError
        A column is missing, is of a type that does not read as that of an event file, or holds no text.
    """
    table = table.select(FILE_SCHEMA.names).cast(_READ_SCHEMA)
    # Words that are no UTF-8, in rows or beside them, would make polars panic: no error to catch.
    table.validate(full=True)
    table = table.unify_dictionaries().combine_chunks()
    words, numbers = zip(*(_split(table[name]) for name in SESSION), strict=True)
    codes = [
        column.fill_null(-1).to_numpy() if column.null_count() else column.to_numpy() for column in numbers
    ]
    starts = np.empty(0, dtype=np.int64)
    if table.num_rows:
        changed = reduce(or_, (code[1:] != code[:-1] for code in codes))
        starts = np.concatenate([[0], np.flatnonzero(changed) + 1])
    heads = pl.DataFrame([
        each.gather(column.gather(starts)).alias(name)
        for name, each, column in zip(SESSION, words, numbers, strict=True)
    ])  # fmt: skip
    columns = [_column(name, table[name]) for name in FILE_SCHEMA.names if name not in SESSION]
    return RowRuns(pl.DataFrame(columns), heads, np.append(starts, table.num_rows))


def joined(rows: Sequence[RowRuns]) -> RowRuns:
    """Return rows that stand one after the other, at least one lot; a run may go on from one to the next."""
    starts = [rows[0].bounds[:-1]]
    heads = [rows[0].heads]
    first = len(rows[0])
    for before, after in pairwise(rows):
        goes_on = int(before.heads.row(-1) == after.heads.row(0))
        starts.append(after.bounds[goes_on:-1] + first)
        heads.append(after.heads[goes_on:])
        first += len(after)
    frame = pl.concat([each.frame for each in rows], rechunk=True)
    return RowRuns(frame, pl.concat(heads), np.append(np.concatenate(starts), first))


def _split(column: pa.ChunkedArray) -> tuple[pl.Series, pl.Series]:
    """Return the words of a column and which of them stands in each row."""
    if not column.num_chunks:
        return pl.Series(dtype=pl.String), pl.Series(dtype=pl.Int32)
    chunk = column.chunk(0)
    return pl.Series(chunk.dictionary, dtype=pl.String), pl.Series(chunk.indices)


def _column(name: str, column: pa.ChunkedArray) -> pl.Series:
    dtype = EVENT_COLUMNS[name]
    if column.null_count == len(column):
        return pl.repeat(None, len(column), dtype=dtype, eager=True).alias(name)
    if column.type != _WORDS:
        return pl.Series(name, column.chunk(0))
    words, numbers = _split(column)
    try:
        known = words.cast(dtype)
    except pl.exceptions.PolarsError:
        known = words  # one that none knows: for the door to say, if it stands in a row
    return known.gather(numbers).alias(name)
