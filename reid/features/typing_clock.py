"""What machine features of typing are made of: the ticks of its clock and the signs on its keys."""

from typing import Final

import numpy as np
import polars as pl

from reid.events.keys import KEY_NUMBER
from reid.features.pointer import Observations
from reid.kernels.pointer import MOVE
from reid.samples.cutting import runs_within
from reid.samples.table import PieceTable
from reid.typing import FloatArray, IntArray

#: Periods of clocks in microseconds: whole milliseconds, and timers that are read in milliseconds.
_PERIODS_US: Final = {
    "1ms": 1000.0, "2ms": 2000.0, "3ms": 3000.0, "4ms": 4000.0, "5ms": 5000.0, "7ms": 7000.0, "8ms": 8000.0,
    "10ms": 10_000.0, "15.6ms": 15_625.0, "16ms": 16_000.0, "16.7ms": 50_000 / 3, "20ms": 20_000.0,
    "33.3ms": 100_000 / 3, "50ms": 50_000.0, "100ms": 100_000.0,
}  # fmt: skip
#: One row per step from key event to key event: at once, or on a clock.
CLOCK_COLUMNS: Final = ("at_once", *(f"on_{name}" for name in _PERIODS_US))
#: One row per press whose sign is known: whether it is the one of a US keyboard.
SIGN_COLUMNS: Final = ("us_sign_of_moved_letters", "us_sign_of_other_letters", "us_sign_of_other_keys")
_LONGEST_STEP_US: Final = 2_000_000  # a longer one says more of the pause than of the clock
_US_SIGNS: Final = {
    **{f"Key{letter}": letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    **{f"Digit{number}": f"{number}{shifted}" for number, shifted in enumerate(")!@#$%^&*(")},
    "Minus": "-_", "Equal": "=+", "BracketLeft": "[{", "BracketRight": "]}", "Backslash": "\\|",
    "Semicolon": ";:", "Quote": "'\"", "Comma": ",<", "Period": ".>", "Slash": "/?", "Backquote": "`~",
}  # fmt: skip
_MOVED: Final = {f"Key{letter}" for letter in "AQWZYM"}  # elsewhere on AZERTY and QWERTZ


def clock_steps(pieces: PieceTable) -> Observations:
    """Return a row per step between successive key events of up to 2 s, with :data:`CLOCK_COLUMNS`."""

    def make() -> Observations:
        frame = pieces.events.frame
        rows = np.flatnonzero(frame["event"].to_physical().to_numpy() < MOVE)
        time_us = frame["time_us"].to_numpy()[rows]
        first, last, offsets = _within(pieces, rows)
        step_us = np.diff(time_us, prepend=0)
        begins = np.zeros(rows.size + 1, dtype=np.bool_)
        begins[first] = True
        kept = ~begins[:-1] & (step_us <= _LONGEST_STEP_US)
        so_far = np.concatenate([[0], np.cumsum(kept)])
        starts = np.concatenate([so_far[first], so_far[last[-1:]]])[offsets]
        return Observations(CLOCK_COLUMNS, _on_clocks(step_us[kept]), starts.astype(np.int64))

    return pieces.remembered("steps of the typing clock", make)


def signs_of_keys(pieces: PieceTable) -> Observations:
    """Return a row per press of a key that has a sign on a US keyboard, with :data:`SIGN_COLUMNS`."""

    def make() -> Observations:
        known = pl.DataFrame(
            [
                {"number": KEY_NUMBER[key], "us": us, "column": 0 if key in _MOVED else 1 + (len(us) > 1)}
                for key, us in _US_SIGNS.items()
            ]
        ).cast({"number": pl.Int64})
        pressed = (
            pieces.events.frame.lazy()
            .select("event", "key", pl.col("char").str.to_lowercase())
            .with_row_index("row")
            .filter((pl.col("event") == "key_down") & (pl.col("char").str.len_chars() == 1))
            .with_columns(number=pl.col("key").to_physical().cast(pl.Int64))
            .join(known.lazy(), on="number", maintain_order="left")
            .select("row", "column", agrees=pl.col("us").str.contains(pl.col("char"), literal=True))
            .collect()
        )
        values = np.full((pressed.height, len(SIGN_COLUMNS)), np.nan)
        values[np.arange(pressed.height), pressed["column"].to_numpy()] = pressed["agrees"].to_numpy()
        first, last, offsets = _within(pieces, pressed["row"].to_numpy())
        return Observations(SIGN_COLUMNS, values, np.concatenate([first, last[-1:]])[offsets])

    return pieces.remembered("signs of keys", make)


def _within(pieces: PieceTable, rows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return where some rows begin and end in each run of the pieces, and each piece's runs."""
    starts, stops, offsets = runs_within(pieces)
    return np.searchsorted(rows, starts), np.searchsorted(rows, stops), offsets


def _on_clocks(step_us: IntArray) -> FloatArray:
    """Say of each step whether it takes no time, and of which periods it is a multiple."""
    values = np.full((step_us.size, len(CLOCK_COLUMNS)), np.nan)
    values[:, 0] = step_us == 0
    positive = step_us > 0
    steps = step_us[positive].astype(np.float64)
    for column, period_us in enumerate(_PERIODS_US.values(), 1):
        off_us = np.abs(steps - period_us * np.maximum(np.rint(steps / period_us), 1))
        # A period that is no whole millisecond is met within one, since that is how its times are written.
        values[positive, column] = off_us <= (0 if period_us % 1000 == 0 else 1000)
    return values
