"""Columns of a frame as the types of the event table, where no value changes its meaning by it."""

from typing import Final

import polars as pl

from reid.errors import EventError
from reid.events.schema import BUTTONS, EVENT_COLUMNS, EVENTS, PLACE, PRESS_KEY, SESSION_COLUMNS

_REQUIRED: Final = ("subject_id", "session_id", "time_us", "event")
_LONGEST_LISTED: Final = 5
_LONGEST_WORD: Final = 40


def with_all_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Cast every known column to its type and add the absent ones as nulls, or list all that is wrong.

    Raises
    ------
    EventError
        A column is missing or has a type that cannot be read.
    """
    wrong: list[str] = [f"no column {name!r}" for name in _REQUIRED if name not in frame.columns]
    if "key" not in frame.columns and not {"x_px", "y_px"} <= set(frame.columns):
        wrong.append("neither a column 'key' nor columns 'x_px' and 'y_px'")
    columns: list[pl.Series | pl.Expr] = []
    for name, dtype in {**EVENT_COLUMNS, **SESSION_COLUMNS}.items():
        if name not in frame.columns:
            if name in EVENT_COLUMNS:
                columns.append(pl.lit(None, dtype=dtype).alias(name))
            continue
        try:
            columns.append(_cast(frame[name], dtype))
        except _UncastableError as error:
            wrong.append(str(error))
    if wrong:
        raise EventError.of("the source", must="hold the columns of the event table", found="; ".join(wrong))
    places = [pl.col(name).cast(pl.UInt32) for name in PLACE if name in frame.columns]
    if len(places) < len(PLACE):
        rows = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
        places = [pl.lit(0, dtype=pl.UInt32).alias("file"), rows]
    apart = [pl.col(PRESS_KEY).cast(pl.UInt32)] if PRESS_KEY in frame.columns else []
    return frame.select(*columns, *apart, *places)


class _UncastableError(Exception):
    """A column cannot be read as its type; the text goes into the list of all that is wrong."""


def _cast(column: pl.Series, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """Cast a column where no value changes its meaning by it."""
    name, found = column.name, column.dtype
    if found == dtype:
        return column
    plain = f"column {name!r} of type {found} that does not read as {dtype}"
    if isinstance(dtype, pl.Enum):
        if found.is_nested() or found.is_numeric():
            raise _UncastableError(f"column {name!r} of type {found} where words belong")
        words = column.cast(pl.String)
        try:
            return words.cast(dtype)
        except pl.exceptions.PolarsError:
            raise _UncastableError(_unknown_words(words, dtype)) from None
    if found.is_nested() or found.is_temporal() or (found == pl.Boolean and dtype != pl.String):
        raise _UncastableError(plain)
    whole = dtype not in {pl.String, pl.Float32}
    if whole and found.is_float() and not (column == column.round()).all():  # NaN is no whole number either
        raise _UncastableError(f"column {name!r} of type {found} with values that are not whole numbers")
    try:
        return column.cast(dtype)
    except pl.exceptions.PolarsError:
        raise _UncastableError(plain) from None


def _unknown_words(words: pl.Series, dtype: pl.Enum) -> str:
    """Say how many words are not known; show those of events, which are no typed text."""
    unknown = sorted(set(words.drop_nulls().unique()) - set(dtype.categories))
    known = {"event": ", ".join(EVENTS), "button": ", ".join(BUTTONS)}.get(words.name, "W3C UI Events codes")
    listed = ", ".join(repr(word[:_LONGEST_WORD]) for word in unknown[:_LONGEST_LISTED])
    shown = listed if words.name == "event" else f"{len(unknown)} of them"
    return f"unknown words in {words.name!r} ({shown}; known: {known})"
