"""What a person put in: presses of keys and buttons, and runs of turns of the wheel."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from reid.anonymizers.rewriting import press_numbers, times_of
from reid.events.keys import CLASS_OF_KEY, KEY_CLASSES, KEYS, UNIDENTIFIED
from reid.events.schema import BUTTONS, EVENTS
from reid.events.table import EventTable
from reid.kernels.keystroke import pair_presses
from reid.typing import BoolArray, FloatArray, IntArray

KEY, BUTTON, WHEEL = range(3)  #: kinds of inputs
#: What of an input is left after masking: the class of a key, the button, the direction of a turn.
SYMBOLS: Final = (
    UNIDENTIFIED, *KEY_CLASSES, *(f"{button} button" for button in BUTTONS), "some button",
    "wheel down", "wheel up", "wheel right", "wheel left", "wheel",
)  # fmt: skip
SYMBOL: Final = {name: number for number, name in enumerate(SYMBOLS)}
#: Symbols of keys that write, or may.
WRITING: Final = tuple(
    SYMBOL[name] for name in (UNIDENTIFIED, "letter", "digit", "punctuation", "whitespace", "numpad")
)

_DOWN, _BUTTON_DOWN, _WHEEL = (EVENTS.index(name) for name in ("key_down", "button_down", "wheel"))
_SYMBOL_OF_KEY: Final = np.array([SYMBOL[CLASS_OF_KEY.get(key, key)] for key in KEYS])
_FIRST_BUTTON: Final = SYMBOL[f"{BUTTONS[0]} button"]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The inputs of a log in the order of its rows; every array has shape (n_inputs,).

    An auto-repeat is no input of its own, and neither is a further turn of the wheel in one direction.
    """

    row: IntArray  #: in the table
    session: IntArray  #: number among the sessions of the raw log
    person: IntArray  #: number among the people of the raw log
    kind: IntArray  #: :data:`KEY`, :data:`BUTTON` or :data:`WHEEL`
    symbol: IntArray  #: place in :data:`SYMBOLS`
    time_us: IntArray
    hold_us: FloatArray  #: of a key; NaN where it is not released, and on others
    x_px: FloatArray  #: NaN where a row has no place
    y_px: FloatArray

    @classmethod
    def of(cls, log: EventTable, session: IntArray, person: IntArray) -> Self:
        """Find the inputs of a log.

        Parameters
        ----------
        log : EventTable
            The log.
        session, person : int64 arrays of shape (n_sessions,)
            Numbers of each of its sessions, and of the person, in the raw log.
        """
        frame, bounds = log.frame, log.session_bounds()
        time_us = times_of(frame)
        event = frame["event"].to_physical().to_numpy().astype(np.int64)
        press = press_numbers(frame)
        n_presses = int(press.max(initial=0)) + 1
        presses, hold_of_press, _ = pair_presses(time_us, event, press, bounds[:-1], bounds[1:], n_presses)
        hold_us = np.full(frame.height, np.nan)
        hold_us[presses] = hold_of_press
        is_input = (event == _BUTTON_DOWN) | (event == _WHEEL)
        is_input[presses] = True
        row = np.flatnonzero(is_input)
        of_session = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))[row]
        kind = np.select([event[row] == _DOWN, event[row] == _BUTTON_DOWN], [KEY, BUTTON], WHEEL)
        symbol = _symbols(frame, row, kind)
        turns_on = (kind[1:] == WHEEL) & (symbol[1:] == symbol[:-1]) & (of_session[1:] == of_session[:-1])
        stays = np.ones(row.size, dtype=np.bool_)
        stays[1:] = ~turns_on
        row, of_session, kind, symbol = (each[stays] for each in (row, of_session, kind, symbol))
        x_px, y_px = (
            frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()[row] for name in ("x_px", "y_px")
        )
        return cls(
            row=row,
            session=session[of_session],
            person=person[of_session],
            kind=kind,
            symbol=symbol,
            time_us=time_us[row],
            hold_us=hold_us[row],
            x_px=x_px,
            y_px=y_px,
        )

    @property
    def is_first(self) -> BoolArray:
        """Whether each is the first of its session."""
        found: BoolArray = np.diff(self.session, prepend=-1) != 0
        return found

    @property
    def gap_us(self) -> FloatArray:
        """Time since the input before it in the session; NaN on the first."""
        gap_us = np.diff(self.time_us, prepend=0).astype(np.float64)
        gap_us[self.is_first] = np.nan
        return gap_us

    def of_session(self, session: int) -> slice:
        """Return where the inputs of a session stand."""
        first, stop = np.searchsorted(self.session, [session, session + 1])
        return slice(int(first), int(stop))


def _symbols(frame: pl.DataFrame, row: IntArray, kind: IntArray) -> IntArray:
    key = frame["key"].to_physical().fill_null(0).to_numpy().astype(np.int64)[row]
    button = frame["button"].to_physical().cast(pl.Int64).fill_null(len(BUTTONS)).to_numpy()[row]
    dx, dy = (frame[name].fill_null(0).to_numpy()[row] for name in ("wheel_dx", "wheel_dy"))
    turned = np.select(
        [dy > 0, dy < 0, dx > 0, dx < 0],
        [SYMBOL[f"wheel {side}"] for side in ("down", "up", "right", "left")],
        SYMBOL["wheel"],
    )
    found = np.select([kind == KEY, kind == BUTTON], [_SYMBOL_OF_KEY[key], _FIRST_BUTTON + button], turned)
    return found.astype(np.int64)
