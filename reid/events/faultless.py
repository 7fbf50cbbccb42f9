"""What the door need not touch: rows without a fault in sessions that stand whole and in their order.

The door finds faults kind by kind, each with its own pass over the rows. A log that has been through it
before has none, and one look at everything together says so many times sooner.
"""

from typing import Final, cast

import numpy as np
import polars as pl

from reid.events.schema import BUTTON_EVENTS, EVENT_COLUMNS, KEY_EVENTS, SESSION, SESSION_COLUMNS
from reid.kernels.event_rows import are_presses_paired, count_key_events, is_in_order
from reid.typing import Array, IntArray

_ROOM_A_ROW: Final = 4  # numbers of presses may have gaps; a table of them must not outgrow the rows
_LEAST_ROOM: Final = 1024


def is_faultless(rows: pl.DataFrame, sessions: pl.DataFrame, bounds: IntArray) -> bool:
    """Say whether no row is at fault, no session to complete and nothing to be moved.

    False may also mean that it takes a closer look to tell.

    Parameters
    ----------
    rows : DataFrame
        Columns of :data:`~reid.events.schema.EVENT_COLUMNS`; those that name the session are not looked at.
    sessions : DataFrame
        Columns of :data:`~reid.events.schema.SESSION_COLUMNS`: one row for each run of rows.
    bounds : int64 array of shape (n_sessions + 1,)
        Rows ``bounds[i] .. bounds[i + 1] - 1``, at least one, belong to session i.
    """
    return (
        not rows.is_empty()
        and all(rows.schema[name] == EVENT_COLUMNS[name] for name in EVENT_COLUMNS if name not in SESSION)
        and dict(sessions.schema) == SESSION_COLUMNS
        and _are_complete(sessions)
        and _are_rows_faultless(rows, bounds)
    )


def _are_complete(sessions: pl.DataFrame) -> bool:
    subject, order = sessions["subject_id"], sessions["session_order"]
    if sessions.select(*SESSION, "session_order").null_count().sum_horizontal().item():
        return False
    if sessions["sitting"].null_count() and sessions["start_us"].null_count() < sessions.height:
        return False  # a clock might tell the sittings
    if not subject.is_sorted():
        return False
    first = np.flatnonzero((subject != subject.shift()).fill_null(value=True).to_numpy())
    rank = np.arange(sessions.height) - np.repeat(first, np.diff(first, append=sessions.height))
    return np.array_equal(order.to_numpy(), rank) and not sessions.select(SESSION).is_duplicated().any()


def _are_rows_faultless(rows: pl.DataFrame, bounds: IntArray) -> bool:
    if rows["time_us"].null_count() or rows["event"].null_count():
        return False
    event = _fixed(rows["event"].to_physical())
    n_keys = int(count_key_events(event))
    if not is_in_order(cast("IntArray", _fixed(rows["time_us"])), bounds):
        return False
    if n_keys < rows.height and not _are_places_known(rows, n_keys):
        return False
    return n_keys == 0 or _are_keys_paired(rows, event, bounds, n_keys)


def _are_places_known(rows: pl.DataFrame, n_keys: int) -> bool:
    known = all(rows[name].null_count() == 0 for name in ("x_px", "y_px"))
    if known and n_keys == 0 and all(rows[name].is_finite().all() for name in ("x_px", "y_px")):
        return True
    place = pl.col("x_px", "y_px")
    somewhere = pl.all_horizontal(place.is_finite().fill_null(value=False))
    nowhere = pl.all_horizontal(place.is_null()) & pl.col("event").is_in(BUTTON_EVENTS)
    is_told = pl.col("event").is_in(KEY_EVENTS) | somewhere | nowhere
    return bool(rows.select(is_told.all()).item())


def _are_keys_paired(rows: pl.DataFrame, event: Array, bounds: IntArray, n_keys: int) -> bool:
    if n_keys < rows.height or rows["key"].null_count() or rows["press"].null_count():
        lacks = pl.col("event").is_in(KEY_EVENTS) & (pl.col("key").is_null() | pl.col("press").is_null())
        if rows.select(lacks.any()).item():
            return False
    press = rows["press"].fill_null(0) if rows["press"].null_count() else rows["press"]
    room = int(press.max() or 0) + 1  # type: ignore[arg-type]  # a number, as the schema has it
    if room > _ROOM_A_ROW * rows.height + _LEAST_ROOM:
        return False
    return bool(are_presses_paired(event, _fixed(press), bounds, room))


def _fixed(column: pl.Series) -> Array:
    """Return the values as an array that cannot be written: each kind of array takes compiling anew."""
    values = column.to_numpy()
    values.flags.writeable = False
    return values
