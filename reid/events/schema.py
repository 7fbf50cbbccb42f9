"""Columns of the event table and of the sessions table, with their types."""

from typing import Final

import polars as pl

from reid.events.keys import KEY

KEY_EVENTS: Final = ("key_down", "key_up")
POINTER_EVENTS: Final = ("move", "button_down", "button_up", "wheel")
#: A keystroke logger tells that a button went down or up, not where.
BUTTON_EVENTS: Final = ("button_down", "button_up")
EVENTS: Final = (*KEY_EVENTS, *POINTER_EVENTS)
BUTTONS: Final = ("left", "middle", "right", "back", "forward")

EVENT: Final = pl.Enum(EVENTS)
BUTTON: Final = pl.Enum(BUTTONS)

#: One row per event; times in microseconds from the start of the session.
EVENT_COLUMNS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "subject_id": pl.String,
    "session_id": pl.String,
    "time_us": pl.Int64,
    "event": EVENT,
    "key": KEY,
    "press": pl.UInt32,
    "char": pl.String,
    "x_px": pl.Float32,
    "y_px": pl.Float32,
    "button": BUTTON,
    "wheel_dx": pl.Float32,
    "wheel_dy": pl.Float32,
    "trial": pl.UInt32,
    "task": pl.String,
}

#: One row per session. ``session_order`` ranks a person's sessions in time from 0; sessions with the
#: same ``sitting`` were recorded in one go; null where the source does not say.
SESSION_COLUMNS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "subject_id": pl.String,
    "session_id": pl.String,
    "session_order": pl.UInt32,
    "sitting": pl.UInt32,
    "start_us": pl.Int64,
    "screen_w": pl.Int32,
    "screen_h": pl.Int32,
    "layout": pl.String,
    "group": pl.String,
}

#: Columns that name a session, in both tables.
SESSION: Final = ("subject_id", "session_id")

#: Where a row stood in its source, on frames that readers hand to the door: file ordinal and row, from 0.
PLACE: Final = ("file", "row")

#: Number of the key a press belongs to, on frames that readers hand to the door, where ``key`` says less.
PRESS_KEY: Final = "press_key"
