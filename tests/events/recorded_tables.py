"""Event tables with everything in them that a recorder's own fields may not hold."""

from typing import Any

import polars as pl
from hypothesis import strategies as st

from reid.events.keys import KEYS
from reid.events.schema import BUTTONS, EVENT_COLUMNS, EVENTS
from reid.events.table import EventTable

CHARS = (None, "a", "A", "!", "é", " ", "\x03", "字", "7")
_places = st.floats(-(2.0**20), 2.0**20, width=32)
_turns = st.none() | st.floats(-100, 100, width=32)


@st.composite
def recorded_tables(draw: st.DrawFn, max_events: int = 25) -> EventTable:
    """Tables of a few sessions: repeats, rollover, masked keys, presses numbered by any numbers."""
    made: list[dict[str, Any]] = []
    for subject, session in draw(
        st.lists(
            st.tuples(st.sampled_from("ab"), st.sampled_from(("x", "y 2", "ü"))), min_size=1, unique=True
        )
    ):
        time_us = draw(st.integers(-5, 10**9))
        down: dict[int, str] = {}
        numbers = draw(st.permutations(range(max_events)))
        for number in numbers[: draw(st.integers(1, max_events))]:
            event = draw(st.sampled_from(EVENTS))
            row = dict.fromkeys(EVENT_COLUMNS) | {"subject_id": subject, "session_id": session}
            row |= {"time_us": time_us, "trial": draw(st.none() | st.integers(0, 3))}
            row |= {"task": draw(st.sampled_from((None, "t1", "t2")))}
            if event == "key_up" and not down:
                event = "key_down"
            if event == "key_down":
                again = draw(st.sampled_from([*down, number]))
                down.setdefault(again, draw(st.sampled_from(KEYS)))
                row |= {"press": again, "key": down[again], "char": draw(st.sampled_from(CHARS))}
            elif event == "key_up":
                press = draw(st.sampled_from(sorted(down)))
                row |= {"press": press, "key": down.pop(press), "char": draw(st.sampled_from(CHARS))}
            else:
                nowhere = event.startswith("button") and draw(st.booleans())
                row |= {
                    "x_px": None if nowhere else draw(_places),
                    "y_px": None if nowhere else draw(_places),
                }
            if event in {"move", "button_down", "button_up"}:
                row |= {"button": draw(st.sampled_from((None, *BUTTONS)))}
            if event == "wheel":
                row |= {"wheel_dx": draw(_turns), "wheel_dy": draw(_turns)}
            made.append({**row, "event": event})
            time_us += draw(st.integers(0, 10**7))
    return EventTable.from_frame(pl.DataFrame(made, schema=EVENT_COLUMNS), repeats=True)
