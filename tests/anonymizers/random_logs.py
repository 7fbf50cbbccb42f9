"""Random logs of all that a log may hold, for tests that nothing breaks a strategy."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from reid.events.schema import BUTTONS
from reid.events.table import EventTable

_KEYS = (
    "KeyA",
    "KeyB",
    "KeyZ",
    "Space",
    "Backspace",
    "Digit1",
    "Enter",
    "ShiftLeft",
    "Unidentified",
    "letter",
)
_MOST_PEOPLE = 20
_STEPS_US = {
    "all at once": (0,),
    "as people do": (0, 1_000, 8_000, 16_000, 90_000, 150_000, 800_000),
    "by the microsecond": (0, 1, 2, 3),
    "with long pauses": (0, 30_000, 10**9, 10**12),
}
_HUGE_US = 10**15  # thirty years


def random_logs(seed: int, n_logs: int) -> Iterator[EventTable]:
    """Give logs of one to twenty people until there were ``n_logs`` people.

    There are sessions of one event and of many, events at one time, keys that never come up, auto-repeats,
    press numbers from anywhere, clocks that begin late or are huge, trials and tasks, typing, pointing and
    both, and clicks at no place.
    """
    rng = np.random.default_rng(seed)
    n_made = 0
    while n_made < n_logs:
        n_people = int(rng.integers(1, _MOST_PEOPLE + 1))
        rows = [row for number in range(n_people) for row in _person(rng, f"source-person-{number:02d}")]
        yield EventTable.from_frame(pl.DataFrame(rows, schema=_COLUMNS))
        n_made += n_people


_COLUMNS = {
    "subject_id": pl.String, "session_id": pl.String, "time_us": pl.Int64, "event": pl.String,
    "key": pl.String, "press": pl.UInt32, "char": pl.String, "x_px": pl.Float32, "y_px": pl.Float32,
    "button": pl.String, "wheel_dx": pl.Float32, "wheel_dy": pl.Float32, "trial": pl.UInt32,
    "task": pl.String,
}  # fmt: skip


def _person(rng: np.random.Generator, subject: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for order in range(int(rng.integers(1, 4))):
        place = {"subject_id": subject, "session_id": f"source-session-{order}"}
        n_events = int(rng.choice([1, 2, 5, 20, 60]))
        rows += [{**place, **row} for row in _session(rng, n_events)]
    return rows


def _session(rng: np.random.Generator, n_events: int) -> list[dict[str, object]]:
    steps_us = _STEPS_US[str(rng.choice(list(_STEPS_US)))]
    time_us = int(rng.choice([0, 0, 777, _HUGE_US]))
    share_of_keys = float(rng.choice([0.0, 0.5, 1.0]))
    share_of_releases = float(rng.choice([0.0, 0.4, 0.9]))
    press = int(rng.choice([0, 1000, 2**32 - 200]))
    labels = bool(rng.random() < 0.5)
    down: dict[str, int] = {}
    held: set[str] = set()
    rows: list[dict[str, object]] = []
    for step in range(n_events):
        row: dict[str, object] = {"time_us": time_us}
        if labels:
            row |= {"trial": 3 + step // 7, "task": f"source-task-{step // 11}"}
        if step == 0 and share_of_keys == 0.0:
            row |= {"event": "move", "x_px": 0.0, "y_px": 0.0}
        elif rng.random() < share_of_keys or step == 0:
            key = str(rng.choice(_KEYS))
            if key in down and rng.random() < share_of_releases:
                row |= {"event": "key_up", "key": key, "press": down.pop(key)}
            else:
                press += key not in down
                row |= {"event": "key_down", "key": key, "press": down.setdefault(key, press), "char": "q"}
        else:
            row |= _pointer(rng, held)
        rows.append(row)
        time_us += int(rng.choice(steps_us))
    return rows


def _pointer(rng: np.random.Generator, held: set[str]) -> dict[str, object]:
    at = {"x_px": float(rng.integers(-50, 2000)), "y_px": float(rng.normal(0.0, 500.0))}
    kind = rng.random()
    if kind < 0.6:
        return {"event": "move", **at}
    if kind < 0.75:
        return {"event": "wheel", **at, "wheel_dx": 0.0, "wheel_dy": float(rng.integers(-2, 3))}
    button = str(rng.choice(BUTTONS))
    event = "button_up" if button in held else "button_down"
    held ^= {button}
    return {"event": event, "button": button, **(at if rng.random() < 0.8 else {})}
