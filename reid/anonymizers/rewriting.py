"""Put changed times, keys or rows back into an event table, so that it stays a valid log."""

from typing import Final

import numpy as np
import polars as pl

from reid.events.schema import EVENTS, SESSION
from reid.events.table import EventTable
from reid.typing import BoolArray, IntArray

_WHEEL: Final = ("wheel_dx", "wheel_dy")
_STAY: Final = (*SESSION, "time_us", "trial", "task")  # where the rows of a session change places
_IS_WHEEL: Final = EVENTS.index("wheel")
_OTHERS: Final = (  # than time and event, cheap ones first
    "x_px", "y_px", "press", "button", *_WHEEL, "key", "trial", "session_id", "subject_id", "char", "task",
)  # fmt: skip


def times_of(frame: pl.DataFrame) -> IntArray:
    """Return a copy of the event times in microseconds: int64, (n_events,)."""
    return frame["time_us"].to_numpy(writable=True)


def with_times(part: EventTable, time_us: IntArray) -> EventTable:
    """Return the part with other event times, non-decreasing within each session, shape (n_events,)."""
    return rewritten(part, part.frame.with_columns(pl.Series("time_us", time_us)))


def reordered(part: EventTable, order: IntArray, time_us: IntArray) -> EventTable:
    """Return the part with the rows of each session in another order, at other times.

    Trials and tasks stay at their places and so hold as many rows as before: taken along, they could come
    to lie in pieces.

    Parameters
    ----------
    part : EventTable
        A log.
    order : int64 array of shape (n_events,)
        The row that now stands at each place; sessions stay where they are.
    time_us : int64 array of shape (n_events,)
        Time of the row at each place, non-decreasing within a session.
    """
    frame = part.frame
    taken = [name for name in frame.columns if name not in _STAY and frame[name].null_count() < frame.height]
    rows = pl.Series(order.astype(np.uint32))  # as polars counts them, and twice as fast
    return rewritten(part, frame.with_columns(pl.Series("time_us", time_us), *frame.select(taken)[rows]))


def rewritten(part: EventTable, frame: pl.DataFrame, *, add_turns: bool = True) -> EventTable:
    """Return the part with other rows for the same sessions, in the same order of people and sessions.

    A row that can no longer be told from the one before it (a move to the same place, an auto-repeat
    of the same press, at the same time) is merged with it, since whoever reads the log must take the
    second for a fault. Turns of the wheel at one time and place are added up; without ``add_turns``, for
    changes that bring no turns together, only where two are alike. Presses and releases of keys all stay, and
    so do those of buttons but for one that repeats the row before it.
    """
    return EventTable(_merged(frame, add_turns=add_turns), part.sessions, part.quality)


def _merged(frame: pl.DataFrame, *, add_turns: bool) -> pl.DataFrame:
    """Merge rows that cannot be told from the row before."""
    time_us, event = frame["time_us"].to_numpy(), frame["event"].to_physical().to_numpy()
    again = np.flatnonzero((time_us[1:] == time_us[:-1]) & (event[1:] == event[:-1])) + 1
    for name in _OTHERS:  # fewer rows are left from column to column
        if not again.size:
            return frame
        if frame[name].null_count() < frame.height:
            alike = frame[name][again].eq_missing(frame[name][again - 1]).to_numpy()
            if add_turns and name in _WHEEL:
                alike = alike | (event[again] == _IS_WHEEL)
            again = again[alike]
    turns = again[event[again] == _IS_WHEEL]
    if turns.size and not add_turns:  # the sum of two may be like the next one
        return _merged(frame, add_turns=True)
    keep = np.ones(frame.height, dtype=bool)
    keep[again] = False
    if turns.size:
        into = np.flatnonzero(keep)
        into = into[np.searchsorted(into, turns) - 1]  # the last row before that stays
        frame = frame.with_columns(_summed(frame[name], turns, into) for name in _WHEEL)
    return kept_rows(frame, keep)


def kept_rows(frame: pl.DataFrame, keep: BoolArray) -> pl.DataFrame:
    """Return the rows that are marked. Columns that hold nothing are not looked at: a third less time."""
    marked = pl.Series(keep)
    held = [name for name in frame.columns if frame[name].null_count() < frame.height]
    left = frame.select(held).filter(marked)
    nothing = (
        pl.Series(name, [None], dtype=dtype).new_from_index(0, left.height)
        for name, dtype in frame.schema.items()
        if name not in held
    )
    return left.with_columns(nothing).select(frame.columns)


def _summed(column: pl.Series, turns: IntArray, into: IntArray) -> pl.Series:
    """Add the turns of the wheel in some rows to those in other rows; absent and absent stay absent."""
    total = column.cast(pl.Float64).to_numpy(writable=True)
    known = ~np.isnan(total[turns])
    first = into[known][np.isnan(total[into[known]])]
    total[first] = 0.0
    np.add.at(total, into[known], total[turns[known]])
    return pl.Series(column.name, total, nan_to_null=True).cast(column.dtype)


def press_numbers(frame: pl.DataFrame) -> IntArray:
    """Return numbers of presses that can index an array: int64, (n_events,); 0 on pointer events.

    Where a source numbers its presses with large numbers, they are ranked first.
    """
    press = numbers_of(frame["press"])
    if press.max(initial=0) <= frame.height:
        return press
    return np.unique(press, return_inverse=True)[1].astype(np.int64)


def numbers_of(column: pl.Series) -> IntArray:
    """Return a copy of the whole numbers that a column holds, or stands for: int64; 0 where it is null."""
    numbers = column.to_physical()
    if numbers.null_count():
        numbers = numbers.fill_null(0)
    return numbers.to_numpy().astype(np.int64)
