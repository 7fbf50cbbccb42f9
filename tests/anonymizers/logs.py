"""Logs of made-up typing and pointing, for tests of strategies."""

import numpy as np
import polars as pl
from hypothesis import strategies as st

from reid.anonymizers import Anonymizer
from reid.events.table import EventTable
from reid.seeding import Streams

KEYS = ("KeyA", "KeyB", "Space", "Backspace", "Digit1", "Unidentified")


def made_up_log(seed: int, people: dict[str, tuple[int, ...]], *, pointer_only: bool = False) -> EventTable:
    """Return a log with rollover, auto-repeat, equal times and every kind of event.

    ``people`` gives the number of steps of each session of each person.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    sessions: list[dict[str, object]] = []
    for subject, sizes in people.items():
        for order, n_steps in enumerate(sizes):
            place = {"subject_id": subject, "session_id": f"source-session-{subject}-{order}"}
            sessions.append(
                {
                    **place,
                    "start_us": 1_600_000_000_000_000 + order * 10_000_000_000,
                    "sitting": 40 + order // 2,
                    "screen_w": 1919,
                    "layout": "source-layout",
                    "group": "source-group",
                }
            )
            rows += [{**place, **event} for event in _session(rng, n_steps, pointer_only=pointer_only)]
    return EventTable.from_frame(pl.DataFrame(rows, infer_schema_length=None), pl.DataFrame(sessions))


def _session(rng: np.random.Generator, n_steps: int, *, pointer_only: bool) -> list[dict[str, object]]:
    time_us, press, x, held = 0, 100, 0.0, False  # a source may number its presses from anywhere
    down: dict[str, int] = {}
    rows: list[dict[str, object]] = []
    for step in range(n_steps):
        key = KEYS[rng.integers(len(KEYS))]
        event = "pointer" if pointer_only or rng.random() < 0.3 else "key"
        row: dict[str, object] = {
            "time_us": time_us,
            "trial": 7 + 2 * (step // 20),
            "task": f"source-task-{step // 30}",
        }
        if event == "key" and key in down and rng.random() < 0.7:
            row |= {"event": "key_up", "key": key, "press": down.pop(key)}
        elif event == "key":
            press += key not in down
            row |= {"event": "key_down", "key": key, "press": down.setdefault(key, press), "char": "q"}
        else:
            x += float(rng.integers(0, 3))
            clicked = "button_up" if held else "button_down"
            kind = ("move", clicked, "wheel")[rng.integers(3)]
            held ^= kind == clicked
            row |= {"event": kind, "x_px": x, "y_px": 5.0}
            if kind == "wheel":
                row |= {"wheel_dx": 0.0, "wheel_dy": float(rng.integers(1, 3))}
            elif kind != "move":
                row |= {"button": "left"}
        rows.append(row)
        time_us += int(rng.choice([0, 1, 400, 1000, 33_000, 120_000, 2_000_000]))
    return rows


@st.composite
def logs(draw: st.DrawFn) -> EventTable:
    """Logs of one to three people with one to three sessions of up to 60 events."""
    sizes = st.lists(st.integers(1, 60), min_size=1, max_size=3).map(tuple)
    people = {f"source-person-{number}": draw(sizes) for number in range(draw(st.integers(1, 3)))}
    return made_up_log(draw(st.integers(0, 10**6)), people, pointer_only=draw(st.booleans()))


def typed(*sessions: list[tuple[int, str, str]], subject: str = "source-person") -> EventTable:
    """Return a log of one person from ``(time_us, "+" for down or "-" for up, key)``."""
    words = {"+": "key_down", "-": "key_up"}
    rows = [
        {
            "subject_id": subject,
            "session_id": f"s{number}",
            "time_us": time_us,
            "event": words[sign],
            "key": key,
        }
        for number, session in enumerate(sessions)
        for time_us, sign, key in session
    ]
    return EventTable.from_frame(pl.DataFrame(rows))


def moves(time_us: np.ndarray, n_sessions: int = 1) -> EventTable:
    """Return pointer moves, each to another place, in sessions of equal length."""
    session = np.repeat(np.arange(n_sessions), time_us.size // n_sessions)
    x_px = np.arange(time_us.size, dtype=np.float32)
    columns = {"subject_id": "s", "time_us": time_us, "event": "move", "x_px": x_px, "y_px": x_px}
    return EventTable.from_frame(
        pl.DataFrame(columns).with_columns(session_id=pl.Series(session).cast(pl.String))
    )


def far_apart(n: int) -> EventTable:
    return moves(np.arange(n) * 1_000_000)


def change_us(table: EventTable, strategy: Anonymizer, streams: Streams) -> np.ndarray:
    """Return by how much a strategy that keeps all rows moves each."""
    return (
        strategy.fit([table]).apply(table, streams).events.frame["time_us"] - table.frame["time_us"]
    ).to_numpy()
