"""Actions of a pointer and of named keys, as recorders of agent data write them: to events and back.

Such a recorder writes one action for each event: ``move``, ``click`` with ``pressed``, ``scroll`` with ``dx``
and ``dy``, ``press`` and ``release`` with the name of the key. A table of events holds more than that (which
press an auto-repeat or a masked key belongs to, that a character was dropped). What an action does not tell
stands in its *further fields*, by the names of the table's columns, so that what is written reads the same.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import polars as pl

from reid.events.formats.key_names import char_of, key_of, name_of
from reid.events.keys import KEY, KEY_NUMBER, KEYS, UNIDENTIFIED
from reid.events.presses import press_numbers
from reid.events.schema import BUTTON, BUTTONS, EVENT, EVENT_COLUMNS, KEY_EVENTS

#: One row an action, as it was read. ``named`` says that a key's name was there, even if it was null;
#: ``code`` is the key where the recorder tells more than a name; ``further`` holds the further fields.
ACTION_COLUMNS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "row": pl.UInt32, "time_us": pl.Int64, "action": pl.String, "x": pl.Float64, "y": pl.Float64,
    "dx": pl.Float64, "dy": pl.Float64, "button": pl.String, "pressed": pl.Boolean, "named": pl.Boolean,
    "name": pl.String, "code": KEY, "broken": pl.Boolean, "further": pl.Object,
}  # fmt: skip

LATEST_US: Final = 10**16  #: 300 years: beyond, a time is none

_BUTTON_OF: Final = MappingProxyType({
    "left": "left", "middle": "middle", "right": "right", "x1": "back", "x2": "forward", "button8": "back",
    "button9": "forward",
})  # fmt: skip
_NAME_OF_BUTTON: Final = MappingProxyType({**{name: name for name in BUTTONS}, "back": "x1", "forward": "x2"})
_NO_BUTTON: Final = "unknown"
_MOST: Final = 2**32
_LONGEST_NAME: Final = 64


def number_of(value: object) -> float | None:
    """Return a number of JSON as a float, None for anything else and for what no float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def word_of(value: object) -> str | None:
    """Return a text of JSON that UTF-8 can hold and that is no longer than any name, else None."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and _is_text(value) else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def _is_number(value: object) -> bool:
    return number_of(value) is not None


#: Further fields, and what their values must be where they are not null.
FURTHER: Final[Mapping[str, Callable[[object], bool]]] = MappingProxyType({
    "key": lambda value: value in KEY_NUMBER, "press": _is_count, "char": _is_text, "x_px": _is_number,
    "y_px": _is_number, "button": lambda value: value in BUTTONS, "wheel_dx": _is_number,
    "wheel_dy": _is_number, "trial": _is_count, "task": _is_text,
})  # fmt: skip
_FIRST_TIME: Final = "time_us"  # further field of a recording's first action, where it is not time 0


def further_of(value: object) -> tuple[dict[str, Any] | None, bool]:
    """Return the further fields that stand in an action, and whether they are broken."""
    if value is None:
        return None, False
    if not isinstance(value, dict):
        return None, True
    for name, content in value.items():
        allowed = _is_time if name == _FIRST_TIME else FURTHER.get(name)
        if allowed is None or not (content is None or (_is_hashable(content) and allowed(content))):
            return None, True
    return value, False


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LATEST_US


def _is_hashable(value: object) -> bool:
    return not isinstance(value, dict | list)


def events_of(actions: pl.DataFrame) -> pl.DataFrame:
    """Return the events of one recording's actions, row by row, with ``press_key`` and ``fault``.

    The clock starts at the first good row. A turn of the wheel away from the hand, which the recorder counts
    up, is ``wheel_dy`` below 0, and one to the right ``wheel_dx`` above 0. A character stands at the press.

    Parameters
    ----------
    actions : DataFrame
        Columns of :data:`ACTION_COLUMNS`.

    Returns
    -------
    DataFrame
        ``row``, ``fault`` (null on good rows), ``press_key`` and the columns of the event table but for the
        names of person and session. ``press`` is null but where it stands in the further fields.
    """
    events = _with_keys(actions).select(
        "row", "broken", "named", "code", "name", "press_key", "char", "pressed", "x", "y",
        time_us="time_us",
        event=_event(),
        key="key",
        x_px=pl.col("x").cast(pl.Float32),
        y_px=pl.col("y").cast(pl.Float32),
        button=pl.col("button").replace_strict(dict(_BUTTON_OF), default=None, return_dtype=pl.String)
        .cast(BUTTON),
        wheel_dx=pl.col("dx").cast(pl.Float32),
        wheel_dy=(0.0 - pl.col("dy")).cast(pl.Float32),
        known=pl.col("action").is_in(["move", "click", "scroll", "press", "release"]),
    )  # fmt: skip
    is_key = pl.col("event").is_in(KEY_EVENTS)
    absent = {name: pl.lit(None, dtype=EVENT_COLUMNS[name]) for name in ("press", "trial", "task")}
    only = {
        "key": is_key, "press_key": is_key, "char": pl.col("event") == "key_down",
        "x_px": ~is_key, "y_px": ~is_key, "button": pl.col("event").is_in(["button_down", "button_up"]),
        "wheel_dx": pl.col("event") == "wheel", "wheel_dy": pl.col("event") == "wheel",
    }  # fmt: skip
    events = events.with_columns(
        pl.when(where).then(pl.col(name)).alias(name) for name, where in only.items()
    )
    events = _with_further(events.with_columns(**absent), actions["further"].to_list())
    events = events.with_columns(fault=_fault())
    return _from_first(events, actions["further"].to_list()).select(
        "row", "fault", "press_key", *(name for name in EVENT_COLUMNS if name in events.columns)
    )


def _event() -> pl.Expr:
    action, pressed = pl.col("action"), pl.col("pressed")
    return (
        pl.when(action == "move").then(pl.lit("move"))
        .when((action == "click") & pressed).then(pl.lit("button_down"))
        .when((action == "click") & ~pressed).then(pl.lit("button_up"))
        .when(action == "scroll").then(pl.lit("wheel"))
        .when(action == "press").then(pl.lit("key_down"))
        .when(action == "release").then(pl.lit("key_up"))
    ).cast(EVENT)  # fmt: skip


def _with_keys(actions: pl.DataFrame) -> pl.DataFrame:
    """Add key, character and the number that tells a key from those that are equally unknown."""
    names = actions["name"].unique().to_list()
    key = {name: key_of(name) for name in names}
    unknown = sorted({name.casefold() for name in names if name is not None and key[name] == UNIDENTIFIED})
    apart = {name: number for number, name in enumerate(unknown, start=len(KEYS))}
    apart_of = {name: apart.get((name or "").casefold(), KEY_NUMBER[key[name]]) for name in names}
    told = actions.with_columns(
        key=pl.coalesce("code", _mapped(key, pl.String).cast(KEY)),
        char=_mapped({name: char_of(name) for name in names}, pl.String),
        _apart=_mapped(apart_of, pl.UInt32),
    )
    number = pl.col("key").to_physical().cast(pl.UInt32)
    return told.with_columns(
        press_key=pl.when(pl.col("key") == UNIDENTIFIED).then("_apart").otherwise(number)
    ).drop("_apart")


def _mapped(values: Mapping[str | None, Any], dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    return pl.col("name").replace_strict(list(values), list(values.values()), return_dtype=dtype)


def _with_further(events: pl.DataFrame, further: Sequence[Mapping[str, Any] | None]) -> pl.DataFrame:
    """Put what the further fields say in the place of what the action says."""
    told = [(row, fields) for row, fields in enumerate(further) if fields]
    for name in FURTHER:
        rows = [(row, fields[name]) for row, fields in told if name in fields]
        if rows:
            dtype = EVENT_COLUMNS[name]
            column = events[name].cast(dtype).to_list()
            for row, value in rows:
                column[row] = value
            events = events.with_columns(pl.Series(name, column, dtype=dtype, strict=False))
    return events


def _fault() -> pl.Expr:
    is_key = pl.col("event").is_in(KEY_EVENTS)
    somewhere = pl.all_horizontal(pl.col("x", "y").is_finite().fill_null(value=False))
    return (
        pl.when("broken").then(pl.lit("unreadable_row"))
        .when(pl.col("time_us").is_null()).then(pl.lit("unreadable_time"))
        .when(~pl.col("known").fill_null(value=False)).then(pl.lit("unknown_event"))
        .when(pl.col("event").is_null()).then(pl.lit("missing_value"))
        .when(pl.when(is_key).then(~pl.col("named")).otherwise(~somewhere)).then(pl.lit("missing_value"))
    )  # fmt: skip


def _from_first(events: pl.DataFrame, further: Sequence[Mapping[str, Any] | None]) -> pl.DataFrame:
    """Count times from the first good row, or from where a row's further fields say."""
    good = events["fault"].is_null().arg_true()
    if not good.len():
        return events
    first = good[0]
    stated = (further[first] or {}).get(_FIRST_TIME)
    return events.with_columns(pl.col("time_us") - (events["time_us"][first] - (stated or 0)))


def with_presses(events: pl.DataFrame) -> pl.DataFrame:
    """Add the press numbers of recordings that state none, where others do; ``file`` tells them apart.

    Where no recording states them all stay null, and the door numbers what it lets through.
    """
    is_key = events["event"].is_in(KEY_EVENTS).fill_null(value=False).to_numpy()
    if events["press"].null_count() == events.height or not is_key.any():
        return events
    numbers = np.zeros(events.height, dtype=np.uint32)
    numbers[is_key] = _natural_presses(events.filter(pl.Series(is_key)))
    counted = pl.when(pl.Series(is_key)).then(pl.Series(numbers))
    return events.with_columns(press=pl.coalesce("press", counted))


def _natural_presses(keys: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    file = keys["file"].rle_id() if "file" in keys.columns else pl.zeros(keys.height, pl.UInt32, eager=True)
    return press_numbers(
        file.to_numpy().astype(np.int64),
        keys["press_key"].to_numpy().astype(np.int64),
        (keys["event"] == "key_up").to_numpy(),
    )


def actions_of(session: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the actions of one session's events, in order, so that :func:`events_of` gives the events.

    Times are counted from the first event. Each action holds ``time_us``, ``action`` and the fields of its
    kind, ``key`` on key events, and ``further`` where the fields do not tell all; absent turns and
    positions are written as 0, and numbers as whole ones where they are.

    Parameters
    ----------
    session : DataFrame
        Events of one session, with the columns of the event table.
    """
    start_us = int(session["time_us"][0])
    rows = session.with_columns(pl.col("time_us") - start_us, _name=_names(session))
    actions = [_action(row) for row in rows.iter_rows(named=True)]
    for action, further in zip(actions, _untold(session, actions), strict=True):
        if further:
            action["further"] = further
    if start_us:
        actions[0]["further"] = {_FIRST_TIME: start_us, **actions[0].get("further", {})}
    return actions


def _names(session: pl.DataFrame) -> pl.Series:
    """Return the name of each key event's key, null on others; a press has one name from down to up."""
    first = pl.col("char").filter(pl.col("event") == "key_down").first().over("press")
    own = pl.when(pl.col("event") == "key_down").then("char")
    of_unknown = pl.when(pl.col("key") == UNIDENTIFIED).then(pl.coalesce(own, first)).otherwise(own)
    chars = session.select(char=of_unknown).to_series()
    return pl.Series(
        [
            None if key is None else _spelled(key, char)
            for key, char in zip(session["key"].to_list(), chars.to_list(), strict=True)
        ],
        dtype=pl.String,
    )


def _spelled(key: str, char: str | None) -> str:
    return name_of(key, char)


def _action(row: Mapping[str, Any]) -> dict[str, Any]:
    event = row["event"]
    if event in KEY_EVENTS:
        action = "press" if event == "key_down" else "release"
        return {"time_us": row["time_us"], "action": action, "name": row["_name"], "key": row["key"]}
    place = {"x": _plain(row["x_px"]), "y": _plain(row["y_px"])}
    if event == "move":
        return {"time_us": row["time_us"], "action": "move", **place}
    if event == "wheel":
        turned = {"dx": _plain(row["wheel_dx"]), "dy": -_plain(row["wheel_dy"])}
        return {"time_us": row["time_us"], "action": "scroll", **place, **turned}
    button = _NAME_OF_BUTTON.get(row["button"], _NO_BUTTON)
    pressed = {"button": button, "pressed": event == "button_down"}
    return {"time_us": row["time_us"], "action": "click", **place, **pressed}


def _plain(number: float | None) -> float | int:
    """Return a number of JSON, whole where it can be, 0 for none."""
    if number is None or not math.isfinite(number):
        return 0
    return int(number) if number == int(number) else number


def _untold(session: pl.DataFrame, actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each event what its action alone does not tell."""
    read = events_of(action_frame(actions))
    keys = read.filter(pl.col("event").is_in(KEY_EVENTS))
    if keys.height:
        natural = _natural_presses(keys)
        own = session["press"].drop_nulls().to_numpy().astype(np.int64)
        if natural.size != own.size or (natural == own).all():  # one that differs: all are stated
            read = read.with_columns(press=session["press"])
    further: list[dict[str, Any]] = [{} for _ in actions]
    for name in FURTHER:
        actual = session[name]
        if actual.dtype.is_float():
            actual = pl.select(pl.when(actual.is_finite()).then(actual)).to_series()
        for row in actual.ne_missing(read[name].cast(actual.dtype)).arg_true():
            further[row][name] = actual[row]
    return further


def action_frame(actions: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return actions as the frame that :func:`events_of` reads; absent fields are null."""
    columns: dict[str, list[Any]] = {name: [] for name in ACTION_COLUMNS}
    for row, action in enumerate(actions):
        given = {"row": row, "named": "name" in action, "broken": False, **action}
        for name, values in columns.items():
            values.append(given.get(name))
    return pl.DataFrame(
        {
            name: pl.Series(values, dtype=dtype)
            for (name, dtype), values in zip(ACTION_COLUMNS.items(), columns.values(), strict=True)
        }
    )
