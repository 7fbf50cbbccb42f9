"""Logs of somebody who writes a given text, for tests of strategies on content."""

import polars as pl

from reid.anonymizers.keyboard_layouts import characters
from reid.events.keys import KEYS
from reid.events.table import EventTable

BACK, ENTER, LEFT, CLICK = "\b", "\n", "\x11", "\x12"  #: what else than characters a text may hold
_CONTROL = {BACK: "Backspace", ENTER: "Enter", LEFT: "ArrowLeft", "\t": "Tab"}
_MODIFIER = ("", "ShiftLeft", "AltRight")


def key_of(letter: str, layout: str = "us") -> tuple[str, str]:
    """Return the key that gives a character, and the modifier it takes."""
    if letter in _CONTROL:
        return _CONTROL[letter], ""
    for modifier, level in zip(_MODIFIER, characters(layout), strict=True):
        if letter in level:
            return KEYS[level.index(letter)], modifier
    raise AssertionError(letter)


def written(
    *texts: str,
    subject: str = "source-person",
    layout: str = "us",
    with_char: bool = True,
    gap_us: int = 90_000,
) -> EventTable:
    """Return a log of one person who types each text in a session of its own, with modifiers."""
    rows: list[dict[str, object]] = []
    for number, text in enumerate(texts):
        time_us, press = 0, 0
        session = {"subject_id": subject, "session_id": f"source-session-{subject}-{number}"}
        for letter in text:
            if letter == CLICK:
                for event in ("button_down", "button_up"):
                    rows.append(
                        session
                        | {"time_us": time_us, "event": event, "x_px": 5.0, "y_px": 5.0, "button": "left"}
                    )
                    time_us += gap_us
                continue
            key, modifier = key_of(letter, layout)
            char = letter if with_char and letter not in _CONTROL else None
            strokes = [("key_down", key, press, char), ("key_up", key, press, None)]
            if modifier:
                press += 1
                held = [(event, modifier, press, None) for event in ("key_down", "key_up")]
                strokes = [held[0], *strokes, held[1]]
            press += 1
            for event, name, of_press, gives in strokes:
                rows.append(
                    session
                    | {"time_us": time_us, "event": event, "key": name, "press": of_press, "char": gives}
                )
                time_us += gap_us // 2
    return EventTable.from_frame(pl.DataFrame(rows, infer_schema_length=None))


def presses_left(table: EventTable) -> list[str]:
    """Return the key of every press, in order."""
    downs = table.frame.filter(pl.col("event") == "key_down")
    return downs["key"].cast(pl.String).to_list()


def text_of(table: EventTable) -> str:
    """Return every character in the order of the presses, with a dot for a key without one."""
    downs = table.frame.filter(pl.col("event") == "key_down")
    return "".join(char or "." for char in downs["char"])
