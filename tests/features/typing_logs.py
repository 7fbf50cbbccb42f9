"""Typing logs drawn at random, for the tests of this folder."""

import numpy as np
import polars as pl

from reid.events.table import EventTable
from reid.samples.cutting import cut
from reid.samples.table import SampleTable

KEYS = ("KeyT", "KeyH", "KeyE", "Space", "KeyJ", "Backspace", "ShiftLeft", "ShiftRight", "Enter")


def session_rows(
    rng: np.random.Generator, n_presses: int, keys: tuple[str, ...] = KEYS
) -> list[tuple[int, str, str, int]]:
    """Draw presses with rollover, pauses and a missing release now and then: time, event, key, press."""
    rows = []
    down_us = 0
    for press in range(n_presses):
        key = keys[rng.integers(len(keys))]
        rows.append((down_us, "key_down", key, press))
        if rng.random() > 0.1:
            rows.append((down_us + int(rng.integers(30_000, 160_000)), "key_up", key, press))
        down_us += int(rng.choice([rng.integers(20_000, 400_000), 3_000_000], p=[0.95, 0.05]))
    return sorted(rows, key=lambda row: row[0])


def typing_log(seed: int, n_people: int = 3, n_sessions: int = 2, n_presses: int = 30) -> EventTable:
    rng = np.random.default_rng(seed)
    rows = [
        (f"p{person}", f"s{session}", *row)
        for person in range(n_people)
        for session in range(n_sessions)
        for row in session_rows(rng, n_presses)
    ]
    return table_of(rows)


def table_of(rows: list[tuple[str, str, int, str, str, int]]) -> EventTable:
    names = ["subject_id", "session_id", "time_us", "event", "key", "press"]
    return EventTable.from_frame(pl.DataFrame(rows, schema=names, orient="row"))


def samples_of(events: EventTable, sample: str = "session") -> SampleTable:
    return SampleTable.singly(cut(events, sample))
