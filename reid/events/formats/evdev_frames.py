"""Linux input events to events of the table: frames of motion, wheel, buttons and keys."""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from reid.events.evdev_codes import (
    ABS_X,
    ABS_Y,
    BTN_TOUCH,
    BUTTON_OF_NUMBER,
    EV_ABS,
    EV_KEY,
    EV_REL,
    EV_SYN,
    HI_RES_A_NOTCH,
    KEY_OF_NUMBER,
    REL_HWHEEL,
    REL_HWHEEL_HI_RES,
    REL_WHEEL,
    REL_WHEEL_HI_RES,
    REL_X,
    REL_Y,
    SYN_DROPPED,
    SYN_REPORT,
)
from reid.events.formats.actions import FURTHER, further_of
from reid.events.formats.protocol import counted
from reid.events.keys import KEY, UNIDENTIFIED
from reid.events.presses import press_numbers
from reid.events.quality import Note, Quality
from reid.events.schema import BUTTON, EVENT, EVENT_COLUMNS, KEY_EVENTS

#: One input event a row, as it was read. ``device`` counts the devices of a session, ``hidden`` says that the
#: recorder hid which key it was, ``further`` is JSON that says what the kernel has no word for, ``broken``
#: that the line cannot be read. A row that is not of interest has its place in the frame only.
INPUT_COLUMNS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "file": pl.UInt32, "row": pl.UInt32, "device": pl.UInt32, "time_us": pl.Int64, "kind": pl.Int64,
    "code": pl.Int64, "value": pl.Int64, "hidden": pl.Boolean, "further": pl.String, "broken": pl.Boolean,
}  # fmt: skip

_MOTION: Final = {EV_REL: (REL_X, REL_Y), EV_ABS: (ABS_X, ABS_Y)}
_WHEEL: Final = (REL_WHEEL, REL_HWHEEL, REL_WHEEL_HI_RES, REL_HWHEEL_HI_RES)
_FIRST_BUTTON: Final = 256  # of mice, tools and gamepads; keys go on after them
_FIRST_LATE_KEY: Final = 352
_NO_KEYS: Final = ((544, 547), (704, 743))  # pads and triggers of gamepads
_MOST_CODES: Final = 768
_MOST_VALUE: Final = 2**31
_REPEAT: Final = 2
_HIDDEN_FROM: Final = 2**20  # ids of presses whose key is hidden, beyond all codes
_STATED_FROM: Final = 2**40  # ids of presses that further fields number


@dataclass(frozen=True, slots=True)
class Devices:
    """What the head of a recording says of its devices."""

    origin: tuple[int, int] = (0, 0)  #: where an absolute axis stood before its first event
    touched: frozenset[int] = frozenset()  #: devices whose touch is a press: screens and tablets


def events_of(inputs: pl.DataFrame, devices: Devices) -> tuple[pl.DataFrame, Quality]:
    """Return the events of one session's inputs, and what was at fault.

    All that a device reports at once is a *frame*. Motion alone is a ``move`` to where the frame ends;
    relative motion is added up from 0, 0. A frame with buttons or the wheel gives those, at where the frame
    ends. A notch of the wheel towards the hand, which the kernel counts down, is ``wheel_dy`` 1, one to the
    right ``wheel_dx`` 1; high-resolution units are taken where a frame has them. Value 2 of a key is an
    auto-repeat. Absolute axes are in the device's own units; fingers and tools are no buttons, but for a
    touch on a screen.

    A key that the recorder hid is ``Unidentified``. Which of several hidden keys comes up is not known: the
    one that was pressed first, and this is noted.

    Parameters
    ----------
    inputs : DataFrame
        Columns of :data:`INPUT_COLUMNS`, devices in the order of their files.
    devices : Devices
        What the head of the recording says.

    Returns
    -------
    DataFrame
        ``file``, ``row`` and columns of the event table but for the names of person and session; times as
        in the recording.
    Quality
        Lines of keys, buttons and axes, and the faults among them.
    """
    told = [_told(text) for text in inputs["further"]]
    unreadable = pl.Series([fields is None for fields in told], dtype=pl.Boolean)
    rows, quality = _sound(_sorted_out(inputs, unreadable, devices))
    rows = _located(rows, devices)
    wheel = _wheel_rows(rows)
    buttons = _button_rows(rows)
    busy = pl.concat([wheel["frame"], buttons["frame"]]).unique()
    moves = rows.filter("is_motion", ~pl.col("frame").is_in(busy.implode())).group_by("frame").last()
    moves = moves.with_columns(event=pl.lit("move"))
    keys, at_fault, notes = _key_rows(rows, told)
    events = pl.concat([moves, wheel, buttons, keys], how="diagonal_relaxed").sort("place")
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in EVENT_COLUMNS.items()]
    events = events.with_columns(
        column for column in absent if column.meta.output_name() not in events.columns
    )
    is_key = pl.col("event").is_in(KEY_EVENTS)
    events = events.with_columns(
        pl.col("event").cast(EVENT),
        pl.col("button").cast(BUTTON),
        pl.col("key").cast(KEY),
        pl.when(~is_key).then("x_px").cast(pl.Float32),
        pl.when(~is_key).then("y_px").cast(pl.Float32),
    )
    events = _with_further(events, [told[line] or {} for line in events["line"]])
    names = [name for name in EVENT_COLUMNS if name not in {"subject_id", "session_id"}]
    return events.select("file", "row", *names), quality.plus(at_fault).plus(Quality(notes=notes))


def _sorted_out(inputs: pl.DataFrame, unreadable: pl.Series, devices: Devices) -> pl.DataFrame:
    """Say what each input is, and what is wrong with it."""
    kind, code, value = pl.col("kind"), pl.col("code"), pl.col("value")
    pads = pl.any_horizontal(code.is_between(low, high) for low, high in _NO_KEYS)
    is_touch = (code == BTN_TOUCH) & pl.col("device").is_in(list(devices.touched))
    inputs = inputs.with_columns(
        is_motion=pl.any_horizontal((kind == axes) & code.is_in(codes) for axes, codes in _MOTION.items()),
        is_wheel=(kind == EV_REL) & code.is_in(_WHEEL),
        is_button=(kind == EV_KEY) & (code.is_in(list(BUTTON_OF_NUMBER)) | is_touch),
        is_key=(kind == EV_KEY)
        & ((code < _FIRST_BUTTON) | code.is_between(_FIRST_LATE_KEY, _MOST_CODES - 1))
        & ~pads,
        line=pl.int_range(pl.len(), dtype=pl.UInt32),
    )
    pressed = pl.col("is_key") & ~value.is_between(0, _REPEAT) | pl.col("is_button") & ~value.is_between(0, 1)
    latest = pl.col("time_us").cum_max().over("file", "device")
    return inputs.with_columns(
        fault=pl.when(pl.col("broken") | unreadable).then(pl.lit("unreadable_row"))
        .when(pl.col("time_us").is_null()).then(pl.lit("unreadable_time"))
        .when(pl.col("value").is_null() | (value.abs() >= _MOST_VALUE)).then(pl.lit("missing_value"))
        .when(pressed).then(pl.lit("unknown_event"))
        .when(pl.col("time_us") < latest).then(pl.lit("clock_back"))
    )  # fmt: skip


def _told(text: str | None) -> dict[str, Any] | None:
    """Return the further fields of a line, none where there are none, None where they are broken."""
    if text is None:
        return {}
    try:
        further, broken = further_of(json.loads(text))
    except (ValueError, RecursionError):
        return None
    return None if broken or further is None else further


def _sound(inputs: pl.DataFrame) -> tuple[pl.DataFrame, Quality]:
    """Return the sound inputs with the number of their frame, in time; count the others."""
    counts = pl.any_horizontal("broken", "is_motion", "is_wheel", "is_button", "is_key")
    quality = counted(inputs.filter(counts))
    dropped = inputs.filter((pl.col("kind") == EV_SYN) & (pl.col("code") == SYN_DROPPED))
    if dropped.height:
        note = Note("events_dropped", dropped.height, *dropped.select("file", "row").row(0))
        quality = quality.plus(Quality(notes=(note,)))
    ends = (pl.col("kind") == EV_SYN) & (pl.col("code") == SYN_REPORT)
    device = ("file", "device")
    inputs = inputs.with_columns(
        _after=ends.cum_sum().shift(fill_value=0).over(device),
        _device=pl.struct(device).rle_id().cast(pl.Int64),
    )
    frame = (pl.col("_device") * inputs.height + pl.col("_after")).alias("frame")
    rows = inputs.with_columns(frame).filter(pl.col("fault").is_null() & counts)
    if inputs["_device"].n_unique() > 1:
        rows = rows.sort("time_us", maintain_order=True)
    return rows.with_row_index("place"), quality


def _located(rows: pl.DataFrame, devices: Devices) -> pl.DataFrame:
    """Add ``x_px`` and ``y_px``, where the pointer stands when the frame of a row ends."""
    for name, rel, absolute, start in (
        ("x_px", REL_X, ABS_X, devices.origin[0]),
        ("y_px", REL_Y, ABS_Y, devices.origin[1]),
    ):
        moved = pl.when((pl.col("kind") == EV_REL) & (pl.col("code") == rel)).then("value").otherwise(0)
        placed = pl.when((pl.col("kind") == EV_ABS) & (pl.col("code") == absolute)).then("value")
        base = (placed - moved.cum_sum()).forward_fill().fill_null(start)
        rows = rows.with_columns((moved.cum_sum() + base).alias(name))
        rows = rows.with_columns(pl.col(name).last().over("frame"))
    return rows


def _wheel_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row a frame in which the wheel turned."""
    turned = rows.filter("is_wheel")

    def turns(notch: int, fine: int) -> pl.Expr:
        code, value = pl.col("code"), pl.col("value")
        is_fine, is_notch = code == fine, code == notch
        exact = value.filter(is_fine).sum() / HI_RES_A_NOTCH
        coarse = value.filter(is_notch).sum().cast(pl.Float64)
        return pl.when(is_fine.any()).then(exact).when(is_notch.any()).then(coarse)

    by_frame = turned.group_by("frame").agg(
        _up=turns(REL_WHEEL, REL_WHEEL_HI_RES), _right=turns(REL_HWHEEL, REL_HWHEEL_HI_RES)
    )
    first = turned.group_by("frame", maintain_order=True).first()
    return first.join(by_frame, on="frame", maintain_order="left").with_columns(
        event=pl.lit("wheel"),
        wheel_dy=(0.0 - pl.col("_up")).cast(pl.Float32),
        wheel_dx=pl.col("_right").cast(pl.Float32),
    )


def _button_rows(rows: pl.DataFrame) -> pl.DataFrame:
    names = pl.col("code").replace_strict(dict(BUTTON_OF_NUMBER), default=None, return_dtype=pl.String)
    went = pl.when(pl.col("value") == 1).then(pl.lit("button_down")).otherwise(pl.lit("button_up"))
    return rows.filter("is_button").with_columns(event=went, button=names)


def _key_rows(
    rows: pl.DataFrame, told: Sequence[dict[str, Any] | None]
) -> tuple[pl.DataFrame, Quality, tuple[Note, ...]]:
    """Return the rows of keys with their presses numbered; leave out repeats of keys that are not down."""
    keys = rows.filter("is_key")
    hidden = keys.filter("hidden")
    notes: tuple[Note, ...] = ()
    if hidden.height:
        notes = (Note("hidden_key", hidden.height, *hidden.select("file", "row").row(0)),)
    ids = keys["code"].to_numpy(writable=True)
    concealed = keys["hidden"].to_numpy()
    ids[concealed] = _first_in_first_out(hidden["value"].to_list())
    for place, line in enumerate(keys["line"]):
        press = (told[line] or {}).get("press")
        if press is not None:
            ids[place] = _STATED_FROM + press
    keys = keys.with_columns(pl.Series("id", ids))
    state = pl.when(pl.col("value") < _REPEAT).then("value").forward_fill().over("id").fill_null(0)
    lone = keys.select((pl.col("value") == _REPEAT) & (state != 1)).to_series()
    at_fault = counted(keys.filter(lone).with_columns(fault=pl.lit("repeat_without_press")))
    keys = keys.filter(~lone)
    is_up = (keys["value"] == 0).to_numpy()
    dense = keys["id"].rank("dense").to_numpy().astype(np.int64)
    number = press_numbers(np.zeros(keys.height, dtype=np.int64), dense, is_up)
    named = pl.col("code").replace_strict(dict(KEY_OF_NUMBER), default=UNIDENTIFIED, return_dtype=pl.String)
    keys = keys.with_columns(
        event=pl.when(pl.col("value") == 0).then(pl.lit("key_up")).otherwise(pl.lit("key_down")),
        key=pl.when("hidden").then(pl.lit(UNIDENTIFIED)).otherwise(named),
        press=pl.Series(number).cast(pl.UInt32),
    )
    return keys, Quality(0, at_fault.faults), notes


def _first_in_first_out(values: Sequence[int]) -> list[int]:
    """Return an id for each event of keys that look alike: the first that went down comes up first."""
    down: deque[int] = deque()
    ids: list[int] = []
    newest = _HIDDEN_FROM
    for value in values:
        if value == 1 or not down:
            newest += 1
            ids.append(newest)
            if value == 1:
                down.append(newest)
        elif value == 0:
            ids.append(down.popleft())
        else:
            ids.append(down[-1])  # the kernel repeats the key that was pressed last
    return ids


def _with_further(events: pl.DataFrame, told: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Put what the further fields of each row say in the place of what the input says."""
    for name in FURTHER:
        stated = [(place, fields[name]) for place, fields in enumerate(told) if name in fields]
        if stated:
            column = events[name].to_list()
            for place, value in stated:
                column[place] = value
            events = events.with_columns(pl.Series(name, column, dtype=events.schema[name], strict=False))
    return events
