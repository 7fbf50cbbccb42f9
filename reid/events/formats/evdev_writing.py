"""Events of the table to Linux input events, and those to the lines of ``evtest`` and ``libinput record``."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from reid.errors import EventError
from reid.events.evdev_codes import (
    BUTTON_OF_NUMBER,
    EV_KEY,
    EV_REL,
    EV_SYN,
    HI_RES_A_NOTCH,
    KEY_OF_NUMBER,
    KEY_UNKNOWN,
    NUMBER_OF_BUTTON,
    NUMBER_OF_KEY,
    REL_HWHEEL,
    REL_HWHEEL_HI_RES,
    REL_WHEEL,
    REL_WHEEL_HI_RES,
    REL_X,
    REL_Y,
    event_name,
)
from reid.events.formats.actions import FURTHER, further_of
from reid.events.keys import UNIDENTIFIED
from reid.events.presses import press_numbers
from reid.events.schema import KEY_EVENTS

_US_PER_S: Final = 1_000_000
_MOST: Final = 2**31 - 1
_KINDS: Final = {EV_SYN: "EV_SYN", EV_KEY: "EV_KEY", EV_REL: "EV_REL"}
_EVTEST_HEAD: Final = "Testing ... (interrupt to exit)\n"


@dataclass(frozen=True, slots=True)
class Input:
    """One input event; ``further`` says as JSON what it does not tell of a row of the table."""

    kind: int
    code: int
    value: int
    further: str | None = None


def evtest_lines(session: pl.DataFrame, start_us: int | None) -> Iterator[str]:
    """Pass on the lines of a session as evtest prints them, in Unix time where the start is known.

    Raises
    ------
    EventError
        A position or a time is beyond what the format can say.
    """
    yield _EVTEST_HEAD
    first_us = int(session["time_us"][0])
    begin_us = -first_us if start_us is None else start_us
    for time_us, inputs in _frames(session):
        _require(time_us + begin_us >= 0, "lie after 1970", "times before it")
        seconds, us = divmod(begin_us + time_us, _US_PER_S)
        when = f"Event: time {seconds}.{us:06d},"
        for each in inputs:
            name = event_name(each.kind, each.code)
            behind = f" # reid {each.further}" if each.further else ""
            what = f"type {each.kind} ({_KINDS[each.kind]}), code {each.code} ({name})"
            yield f"{when} {what}, value {each.value}{behind}\n"
        yield f"{when} -------------- SYN_REPORT ------------\n"


def libinput_lines(session: pl.DataFrame) -> Iterator[str]:
    """Pass on the lines of a session as libinput record writes them: one device that has all it needs.

    Raises
    ------
    EventError
        A position or a time is beyond what the format can say.
    """
    frames = list(_frames(session))
    yield from _libinput_head({(each.kind, each.code) for _, inputs in frames for each in inputs})
    latest_ms, first_us = 0, frames[0][0]
    for time_us, inputs in frames:
        seconds, us = divmod(time_us - first_us, _US_PER_S)
        yield "  - evdev:\n"
        for each in inputs:
            name = f"{_KINDS[each.kind]} / {event_name(each.kind, each.code):<20} {each.value:6d}"
            behind = f" reid {each.further}" if each.further else ""
            numbers = f"{each.kind:3d}, {each.code:3d}, {each.value:7d}"
            yield f"    - [{seconds:3d}, {us:6d}, {numbers}] # {name}{behind}\n"
        now_ms = (time_us - first_us) // 1000
        step = f"------------ SYN_REPORT (0) ---------- {now_ms - latest_ms:+d}ms"
        yield f"    - [{seconds:3d}, {us:6d},   0,   0,       0] # {step}\n"
        latest_ms = now_ms


def _libinput_head(used: set[tuple[int, int]]) -> Iterator[str]:
    """Pass on the head of a recording: a device that nobody owns, with the codes that are used."""
    codes = {kind: sorted(code for each, code in used if each == kind) for kind in (EV_KEY, EV_REL)}
    yield "# libinput record\nversion: 1\nndevices: 1\n"
    yield 'libinput:\n  version: "unknown"\nsystem:\n  os: "unknown"\n  kernel: "unknown"\n  dmi: "unknown"\n'
    yield "devices:\n- node: /dev/input/event0\n  evdev:\n"
    yield '    name: "reid"\n    id: [6, 0, 0, 0]\n    codes:\n'
    yield f"      0: {list(range(16))} # EV_SYN\n"
    for kind, numbers in codes.items():
        if numbers:
            yield f"      {kind}: {numbers} # {_KINDS[kind]}\n"
    yield "    properties: []\n  udev:\n    properties:\n    - ID_INPUT=1\n"
    if any(code < NUMBER_OF_BUTTON[None] for code in codes[EV_KEY]):
        yield "    - ID_INPUT_KEYBOARD=1\n"
    if codes[EV_REL]:
        yield "    - ID_INPUT_MOUSE=1\n"
    yield "  quirks:\n  events:\n"


def _frames(session: pl.DataFrame) -> Iterator[tuple[int, list[Input]]]:
    """Pass on each row of a session as a frame of inputs; the first tells its time where that is not 0."""
    rows = session.with_columns(_natural=_natural_presses(session))
    x_px = y_px = 0
    pressed: set[int] = set()
    late: dict[str, Any] = {"time_us": int(session["time_us"][0])} if session["time_us"][0] else {}
    for row in rows.iter_rows(named=True):
        inputs: list[Input] = []
        said: dict[str, Any] = {}
        if row["event"] in KEY_EVENTS:
            inputs.append(_key(row, pressed, said))
            said["press"] = row["_natural"]
        else:
            told = row["x_px"] is not None and row["y_px"] is not None
            towards = (round(row["x_px"]), round(row["y_px"])) if told else (x_px, y_px)
            steps = (towards[0] - x_px, towards[1] - y_px)
            far = max(map(abs, (*towards, *steps)))
            _require(far <= _MOST, "lie within 2^31 pixels", "positions beyond", what="Positions")
            x_px, y_px = towards
            said |= {"x_px": float(x_px), "y_px": float(y_px)}
            inputs += [
                Input(EV_REL, code, step) for code, step in zip((REL_X, REL_Y), steps, strict=True) if step
            ]
            if row["event"] == "move":
                inputs = inputs or [Input(EV_REL, REL_X, 0)]
            else:
                inputs += _wheel(row, said) if row["event"] == "wheel" else [_button(row, said)]
        untold = {name: row[name] for name in FURTHER if row[name] != said.get(name)}
        yield row["time_us"], _with_further(inputs, row, late | untold)
        late = {}


def _with_further(inputs: list[Input], row: Mapping[str, Any], untold: Mapping[str, Any]) -> list[Input]:
    """Return the inputs with what they do not say behind the one that the reader takes for the row."""
    if not untold:
        return inputs
    _require(not further_of(untold)[1], "hold short labels", "others", what="Characters and tasks")
    place = len(inputs) - 1
    if row["event"] == "wheel":
        place = next(number for number, each in enumerate(inputs) if each.code not in {REL_X, REL_Y})
    bearer = inputs[place]
    further = json.dumps(untold, allow_nan=False)
    return [*inputs[:place], Input(bearer.kind, bearer.code, bearer.value, further), *inputs[place + 1 :]]


def _key(row: Mapping[str, Any], pressed: set[int], said: dict[str, Any]) -> Input:
    code = NUMBER_OF_KEY.get(row["key"], KEY_UNKNOWN)
    said["key"] = KEY_OF_NUMBER.get(code, UNIDENTIFIED)
    if row["event"] == "key_up":
        pressed.discard(row["press"])
        return Input(EV_KEY, code, 0)
    value = 2 if row["press"] in pressed else 1
    pressed.add(row["press"])
    return Input(EV_KEY, code, value)


def _button(row: Mapping[str, Any], said: dict[str, Any]) -> Input:
    code = NUMBER_OF_BUTTON[row["button"]]
    said["button"] = BUTTON_OF_NUMBER[code]
    return Input(EV_KEY, code, int(row["event"] == "button_down"))


def _wheel(row: Mapping[str, Any], said: dict[str, Any]) -> list[Input]:
    inputs: list[Input] = []
    axes = (("wheel_dy", REL_WHEEL, REL_WHEEL_HI_RES, -1), ("wheel_dx", REL_HWHEEL, REL_HWHEEL_HI_RES, 1))
    for name, notch, fine, sign in axes:
        turn = row[name]
        if turn is None:
            continue
        units = round(sign * turn * HI_RES_A_NOTCH) if np.isfinite(turn) else 0
        _require(abs(units) <= _MOST, "lie within 2^24 notches", "some beyond", what="Turns of the wheel")
        said[name] = float(np.float32(sign * units / HI_RES_A_NOTCH)) + 0.0
        notches, rest = divmod(units, HI_RES_A_NOTCH)
        inputs += [] if rest else [Input(EV_REL, notch, notches)]
        inputs.append(Input(EV_REL, fine, units))
    if not inputs:
        said["wheel_dy"] = 0.0
        inputs.append(Input(EV_REL, REL_WHEEL, 0))
    return inputs


def _natural_presses(session: pl.DataFrame) -> pl.Series:
    """Return the number of each key event's press where codes alone tell all of them, else nulls."""
    is_key = session["event"].is_in(KEY_EVENTS)
    keys = session.filter(is_key)
    codes = np.array([NUMBER_OF_KEY.get(key, KEY_UNKNOWN) for key in keys["key"]], dtype=np.int64)
    is_up = (keys["event"] == "key_up").to_numpy()
    numbers = press_numbers(np.zeros(keys.height, dtype=np.int64), codes, is_up)
    column: list[int | None] = [None] * session.height
    if keys["press"].to_list() == numbers.tolist():
        for place, number in zip(is_key.arg_true(), numbers.tolist(), strict=True):
            column[place] = number
    return pl.Series(column, dtype=pl.Int64)


def _require(holds: bool, must: str, found: str, *, what: str = "Times") -> None:
    if not holds:
        raise EventError.of(what, must=must, found=found, advice="Write an event table with -o FILE.parquet.")
