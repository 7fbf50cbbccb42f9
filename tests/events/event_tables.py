"""Hypothesis strategies for event tables, and the slow obvious ways to judge them."""

from typing import Any

import polars as pl
from hypothesis import strategies as st

from reid.events.keys import KEY
from reid.events.schema import BUTTON, EVENT

PEOPLE = ("a", "b", "c", '=cmd|"x"', "<b>&</b>", "ü 10,000")
KEYS = ("KeyA", "KeyB", "Space", "letter", "Unidentified")

Row = dict[str, Any]


@st.composite
def rows(draw: st.DrawFn, max_size: int = 40, *, clean: bool = False) -> list[Row]:
    """Rows of several people in any order; with ``clean``, only such as the door lets through."""
    made: list[Row] = []
    clock: dict[tuple[str, str], int] = {}
    down: dict[tuple[str, str], set[str]] = {}
    for _ in range(draw(st.integers(1, max_size))):
        session = (draw(st.sampled_from(PEOPLE[:4])), draw(st.sampled_from(("1", "2"))))
        event = draw(st.sampled_from(("key_down", "key_up", "move", "button_down")))
        key = draw(st.sampled_from(KEYS)) if event.startswith("key") else None
        held = down.setdefault(session, set())
        if clean and event == "key_up":
            if not held:
                event = "key_down"
            else:
                key = draw(st.sampled_from(sorted(held)))
        step = draw(st.integers(1 if clean else -2, 5))
        time_us = clock.get(session, 0) + step
        if clean:
            clock[session] = time_us
        else:
            clock[session] = max(time_us, clock.get(session, 0))
        if key is not None:
            (held.discard if event == "key_up" else held.add)(key)
        on_screen = None if key is not None else float(draw(st.integers(0, 3)))
        made.append({
            "subject_id": session[0],
            "session_id": session[1],
            "time_us": time_us,
            "event": event,
            "key": key,
            "x_px": on_screen,
            "y_px": on_screen,
            "button": "left" if event == "button_down" else None,
        })  # fmt: skip
    return made


def frame_of(made: list[Row]) -> pl.DataFrame:
    """Return the rows as a frame of the door's own types."""
    schema = {
        "subject_id": pl.String, "session_id": pl.String, "time_us": pl.Int64, "event": EVENT, "key": KEY,
        "x_px": pl.Float32, "y_px": pl.Float32, "button": BUTTON,
    }  # fmt: skip
    return pl.DataFrame(made, schema=schema)


def judged(made: list[Row]) -> tuple[dict[tuple[str, str], list[Row]], dict[str, int]]:
    """Return the rows that a patient reader would keep in each session, and the faults counted."""
    sessions: dict[tuple[str, str], list[Row]] = {}
    for row in made:
        sessions.setdefault((row["subject_id"], row["session_id"]), []).append(row)
    faults = {"duplicate_row": 0, "clock_back": 0, "release_without_press": 0}
    kept: dict[tuple[str, str], list[Row]] = {}
    for session, members in sessions.items():
        unlike = [row for before, row in zip([None, *members], members, strict=False) if row != before]
        faults["duplicate_row"] += len(members) - len(unlike)
        latest = -(10**9)
        forward = []
        for row in unlike:
            if row["time_us"] < latest:
                faults["clock_back"] += 1
            else:
                forward.append(row)
            latest = max(latest, row["time_us"])
        held: dict[str, int] = {}
        number = 0
        for row in forward:
            press = None
            if row["event"] == "key_down":
                if row["key"] not in held:
                    held[row["key"]] = number
                    number += 1
                press = held[row["key"]]
            elif row["event"] == "key_up":
                if row["key"] not in held:
                    faults["release_without_press"] += 1
                    number += 1
                    continue
                press = held.pop(row["key"])
            kept.setdefault(session, []).append({**row, "press": press})
    return kept, {kind: count for kind, count in faults.items() if count}
