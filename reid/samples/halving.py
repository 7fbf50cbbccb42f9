"""Cut each recording in two, where a person has only one."""

import numpy as np
import polars as pl

from reid.events.table import EventTable
from reid.samples.table import PIECE_COLUMNS, PieceTable


def halves(events: EventTable) -> PieceTable:
    """Cut each session at its middle event into two pieces, the first one longer by one where odd.

    Sessions of one event are left out. A key that is down across the cut counts in neither piece
    as held.
    """
    bounds = events.session_bounds()
    session = np.flatnonzero(np.diff(bounds) > 1)
    start, stop = bounds[session], bounds[session + 1]
    middle = start + (stop - start + 1) // 2
    people = events.sessions.select("subject_id", "sitting")[np.repeat(session, 2)]
    cuts = pl.DataFrame(
        {
            "session": np.repeat(session, 2),
            "trial": pl.Series([None] * (2 * session.size), dtype=pl.UInt32),
            "start_row": np.stack([start, middle], axis=1).ravel(),
            "stop_row": np.stack([middle, stop], axis=1).ravel(),
        }
    )
    rank = pl.int_range(pl.len()).over("subject_id").alias("order")
    pieces = pl.concat([people, cuts], how="horizontal").with_columns(rank)
    return PieceTable(
        events, pieces.select(pl.col(name).cast(dtype) for name, dtype in PIECE_COLUMNS.items())
    )
