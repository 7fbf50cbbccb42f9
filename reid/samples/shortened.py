"""The first so many keystrokes, or strokes of the pointer, of samples."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import polars as pl

from reid.errors import ParameterError, UnknownNameError
from reid.samples.strokes import first_rows_of_strokes
from reid.samples.table import PieceTable, SampleTable
from reid.typing import IntArray

KEYSTROKES: Final = "keystrokes"
STROKES: Final = "strokes"


@dataclass(frozen=True, slots=True, eq=False)
class UnitRows:
    """Where the keystrokes, or the strokes, of the pieces of a table begin."""

    rows: IntArray  #: (n_units,): row of the first event of each, piece after piece
    offsets: IntArray  #: (n_pieces + 1,): units ``offsets[i] .. offsets[i + 1] - 1`` belong to piece i

    @classmethod
    def of(cls, pieces: PieceTable, unit: str) -> Self:
        """Find the units of one kind.

        Parameters
        ----------
        pieces : PieceTable
            Where to look.
        unit : str
            ``keystrokes``: keys going down, an auto-repeat of one that is down not counted. ``strokes``: of
            the pointer, see :func:`~reid.samples.strokes.first_rows_of_strokes`.

        Raises
        ------
        UnknownNameError
            There is no such unit.
        """
        starts, stops = pieces.bounds()
        if unit == STROKES:
            return cls(*first_rows_of_strokes(pieces.events, starts, stops))
        if unit != KEYSTROKES:
            raise UnknownNameError.of("unit", unit, (KEYSTROKES, STROKES))
        begins = pl.struct("subject_id", "session_id", "press").is_first_distinct()
        downs = pieces.events.frame.with_row_index("row").filter(pl.col("event") == "key_down")
        row = downs.filter(begins)["row"].cast(pl.Int64).to_numpy()
        first, after = np.searchsorted(row, starts), np.searchsorted(row, stops)
        offsets = np.concatenate([[0], np.cumsum(after - first)]).astype(np.int64)
        place = np.arange(offsets[-1]) + np.repeat(first - offsets[:-1], after - first)
        return cls(row[place], offsets)

    def held_by(self, samples: SampleTable) -> IntArray:
        """Count the units of each sample: int64, (n_samples,)."""
        starts, members = samples.membership()
        summed = np.concatenate([[0], np.cumsum(np.diff(self.offsets)[members])])
        return np.asarray(np.diff(summed[starts]), dtype=np.int64)


def shortened(
    tables: Sequence[SampleTable], which: int, n_units: int, units: UnitRows
) -> tuple[SampleTable, ...]:
    """Leave of each sample of one table only the first units; the others keep what they have.

    Parameters
    ----------
    tables : sequence of SampleTable
        On the same pieces.
    which : int
        Place of the table whose samples are shortened, of which no two share a piece. Where another table
        holds the same pieces, they are shortened there too.
    n_units : int
        How many units to leave, 1 or more. A sample ends just before its next one begins, and with the piece
        that holds the last; one that holds no more stays as it is.
    units : UnitRows
        Of these pieces.

    Returns
    -------
    tuple of SampleTable
        The tables, on one new table of pieces. Samples that lost all of their pieces are left out.

    Raises
    ------
    ParameterError
        ``n_units`` is below 1.
    """
    if n_units < 1:
        raise ParameterError.of("n_units", must="be at least 1", found=n_units)
    pieces = tables[which].pieces
    starts, members = tables[which].membership()
    n_held = np.diff(units.offsets)[members]
    summed = np.cumsum(n_held) - n_held
    before = summed - np.repeat(summed[starts[:-1]], np.diff(starts))  # units of the sample before the piece
    enough = np.repeat(units.held_by(tables[which]) > n_units, np.diff(starts))
    cut = enough & (before < n_units) & (before + n_held > n_units)
    _, stops = pieces.bounds()
    stops = stops.copy()
    stops[members[cut]] = units.rows[units.offsets[members[cut]] + n_units - before[cut]]
    kept = np.ones(len(pieces), dtype=np.bool_)
    kept[members[enough & (before >= n_units)]] = False
    frame = pieces.frame.with_columns(stop_row=pl.Series(stops, dtype=pl.Int64))
    left = PieceTable(pieces.events, frame.filter(pl.Series(kept)))
    places = pl.Series(np.where(kept, np.cumsum(kept) - 1, -1))
    return tuple(_on(left, table, places) for table in tables)


def _on(pieces: PieceTable, table: SampleTable, places: pl.Series) -> SampleTable:
    """Return a table's samples on other pieces, by the new place of each old piece, -1 where it is gone."""
    numbered = table.frame.with_row_index("sample").explode("pieces")
    moved = numbered.with_columns(pieces=places.gather(numbered["pieces"])).filter(pl.col("pieces") >= 0)
    groups = moved.group_by("sample", maintain_order=True).agg(
        pl.col("subject_id").first(), pl.col("pieces").cast(pl.UInt32)
    )
    return replace(table, pieces=pieces, frame=groups.select("subject_id", "pieces"))
