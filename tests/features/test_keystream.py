"""What was pressed, as a text."""

import polars as pl

from reid.events.table import EventTable
from reid.features.keystream import keystreams
from reid.samples.cutting import cut

Press = tuple[str, str | None]


def typed(*sessions: list[Press]) -> EventTable:
    """Return one person's log of presses, each a key and what it produced."""
    rows = [
        {
            "subject_id": "a",
            "session_id": str(number),
            "time_us": 100_000 * place + 50_000 * (event == "key_up"),
            "event": event,
            "key": key,
            "press": place,
            "char": char if event == "key_down" else None,
        }
        for number, presses in enumerate(sessions)
        for place, (key, char) in enumerate(presses)
        for event in ("key_down", "key_up")
    ]
    return EventTable.from_frame(pl.DataFrame(rows, schema_overrides={"char": pl.String}))


def test_a_press_is_what_it_produced() -> None:
    events = typed([("ShiftLeft", None), ("KeyA", "A"), ("Space", " "), ("Slash", "?")], [("KeyQ", "a")])
    first, second = keystreams(cut(events))
    assert (first[1:], second) == ("A ?", "a")


def test_a_correction_stays_where_it_was_made() -> None:
    events = typed([("KeyA", "a"), ("Backspace", None), ("KeyB", "b"), ("Backspace", None)])
    (text,) = keystreams(cut(events))
    assert (text[0], text[2], len(text)) == ("a", "b", 4)
    assert text[1] == text[3]
    assert 0xE000 <= ord(text[1]) < 0xF8FF


def test_either_shift_key_is_seen() -> None:
    events = typed([("ShiftLeft", None), ("KeyA", "A")], [("ShiftRight", None), ("KeyA", "A")])
    left, right = keystreams(cut(events))
    assert left[0] != right[0]


def test_keys_stand_for_characters_that_nobody_knows() -> None:
    events = typed([("ShiftLeft", None), ("KeyA", None), ("Space", None), ("Digit7", None)])
    (text,) = keystreams(cut(events))
    assert text[1:] == "a 7"
    assert ord(text[0]) >= 0xE000


def test_pieces_hold_their_own_presses_only() -> None:
    events = typed([("KeyA", "a"), ("KeyB", "b"), ("KeyC", "c"), ("KeyD", "d")])
    assert keystreams(cut(events, "events=4")) == ["ab", "cd"]
