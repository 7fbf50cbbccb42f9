"""Number key presses: one number for a key's down, its auto-repeats and its up."""

import polars as pl

from reid.events.schema import SESSION

_IS_KEY = pl.col("key").is_not_null()
_IS_UP = pl.col("event") == "key_up"


def with_presses(frame: pl.DataFrame) -> pl.DataFrame:
    """Number the presses of each session 0, 1, 2, ... by their first event; null on pointer events.

    A further down of a key that is already down is an auto-repeat and keeps its press. A release
    of a key that is not down gets a number of its own, which :func:`lone_release` then finds.
    Rows must be in time order within each session.
    """
    releases_before = (_IS_UP.cast(pl.Int64).cum_sum() - _IS_UP.cast(pl.Int64)).over(*SESSION, "key")
    first = pl.col("_row").min().over(*SESSION, "key", "_turn")
    number = pl.when(_IS_KEY).then("_first").rank("dense").over(SESSION) - 1
    steps = frame.lazy().with_row_index("_row").with_columns(_turn=releases_before).with_columns(_first=first)
    return steps.with_columns(press=number.cast(pl.UInt32)).drop("_row", "_turn", "_first").collect()


def lone_release() -> pl.Expr:
    """Mark releases that follow no press of their number within the session."""
    downs_before = (pl.col("event") == "key_down").cast(pl.Int64).cum_sum().over(*SESSION, "press")
    ups_before = _IS_UP.cast(pl.Int64).cum_sum().over(*SESSION, "press")
    return _IS_KEY & _IS_UP & ((downs_before == 0) | (ups_before > 1))
