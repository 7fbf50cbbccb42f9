"""Put changed times, keys or rows back into an event table, so that it stays a valid log."""

from typing import Final

import numpy as np
import polars as pl

from reid.events.schema import EVENT_COLUMNS
from reid.events.table import EventTable
from reid.typing import BoolArray, IntArray

_WHEEL: Final = ("wheel_dx", "wheel_dy")


def times_of(frame: pl.DataFrame) -> IntArray:
    """Return a copy of the event times in microseconds: int64, (n_events,)."""
    return frame["time_us"].to_numpy(writable=True)


def with_times(part: EventTable, time_us: IntArray) -> EventTable:
    """Return the part with other event times, non-decreasing within each session, shape (n_events,)."""
    return rewritten(part, part.frame.with_columns(pl.Series("time_us", time_us)))


def from_first_event(time_us: IntArray, bounds: IntArray) -> IntArray:
    """Count each session's times from its first event.

    Noise on times needs a new origin: everyone knows that a session starts at 0, so a first event that
    is released at 3 ms would tell its noise. No time can become negative, and no noise is cut off.
    """
    return time_us - np.repeat(time_us[bounds[:-1]], np.diff(bounds))


def rewritten(part: EventTable, frame: pl.DataFrame, *, add_turns: bool = True) -> EventTable:
    """Return the part with other rows for the same sessions, in the same order of people and sessions.

    A row that can no longer be told from the one before it (a move to the same place, an auto-repeat
    of the same press, at the same time) is merged with it, since whoever reads the log must take the
    second for a fault. Turns of the wheel at one time and place are added up; without ``add_turns``, for
    changes that bring no turns together, only where two are alike. Presses and releases of keys and buttons
    all stay.
    """
    return EventTable(_merged(frame, add_turns=add_turns), part.sessions, part.quality)


def _merged(frame: pl.DataFrame, *, add_turns: bool) -> pl.DataFrame:
    """Merge rows that cannot be told from the row before."""
    same = ("time_us", "event", "press", "x_px", "y_px")  # cheap columns first: hardly a row passes
    again = frame.select(_as_before(same)).to_series().arg_true()
    if again.is_empty():
        return frame
    others = [name for name in EVENT_COLUMNS if name not in same]
    here, before = frame[again].select(others), frame[again - 1].select(others)
    is_wheel = (frame["event"][again] == "wheel").to_numpy()
    alike = np.ones(again.len(), dtype=bool)
    for name in others:
        equal = here[name].eq_missing(before[name]).to_numpy()
        alike &= (equal | is_wheel) if add_turns and name in _WHEEL else equal
    if not alike.any():
        return frame
    if not add_turns and (is_wheel & alike).any():  # the sum of two may be like the next one
        return _merged(frame, add_turns=True)
    keep = np.ones(frame.height, dtype=bool)
    keep[again.to_numpy()[alike]] = False
    if (is_wheel & alike).any():
        frame = frame.with_columns(_summed(frame[name], keep) for name in _WHEEL)
    return frame.filter(keep)


def _as_before(names: tuple[str, ...]) -> pl.Expr:
    first = pl.int_range(pl.len()) == 0
    return pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in names) & ~first


def _summed(turns: pl.Series, keep: BoolArray) -> pl.Series:
    """Add the turns of rows that go to the last row before them that stays."""
    run = np.cumsum(keep) - 1
    total = np.bincount(run, weights=turns.fill_null(0).to_numpy())[run]
    known = np.bincount(run, weights=turns.is_not_null().to_numpy())[run] > 0
    return pl.Series(turns.name, total).cast(turns.dtype).zip_with(pl.Series(known), turns.clear(turns.len()))


def press_numbers(frame: pl.DataFrame) -> IntArray:
    """Return numbers of presses that can index an array: int64, (n_events,); 0 on pointer events.

    Where a source numbers its presses with large numbers, they are ranked first.
    """
    press = frame["press"].fill_null(0).cast(pl.Int64).to_numpy(writable=True)
    if press.max() <= frame.height:
        return press
    return np.unique(press, return_inverse=True)[1].astype(np.int64)
