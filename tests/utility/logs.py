"""Logs for tests of utility, and releases under the names of the raw log."""

import numpy as np
import polars as pl

from reid.anonymizers.anonymizing import anonymize
from reid.evaluation.given import named_as_raw
from reid.events.table import EventTable
from reid.utility.paired import PairedLogs

Row = dict[str, object]
WORDS = {"+": "key_down", "-": "key_up"}


def key(time_ms: float, sign: str, name: str, **more: object) -> Row:
    """Return a row of a key: ``+`` down, ``-`` up."""
    return {"time_us": round(1000 * time_ms), "event": WORDS[sign], "key": name, **more}


def point(time_ms: float, x_px: float, y_px: float, event: str = "move", **more: object) -> Row:
    """Return a row of the pointer."""
    return {"time_us": round(1000 * time_ms), "event": event, "x_px": x_px, "y_px": y_px, **more}


def click(time_ms: float, x_px: float, y_px: float, **more: object) -> Row:
    """Return the press of the left button."""
    return point(time_ms, x_px, y_px, "button_down", button="left", **more)


def lift(time_ms: float, x_px: float, y_px: float, **more: object) -> Row:
    """Return the release of the left button."""
    return point(time_ms, x_px, y_px, "button_up", button="left", **more)


def press(time_ms: float, name: str, **more: object) -> list[Row]:
    """Return a key that is held for 50 ms."""
    return [key(time_ms, "+", name, **more), key(time_ms + 50, "-", name, **more)]


def log(*sessions: list[Row], subject: str = "p") -> EventTable:
    """Return a log of one person."""
    rows = [
        {"subject_id": subject, "session_id": f"s{number}", **row}
        for number, session in enumerate(sessions)
        for row in session
    ]
    return EventTable.from_frame(pl.DataFrame(rows, infer_schema_length=None))


def pair(raw: EventTable, released: EventTable) -> PairedLogs:
    return PairedLogs.of(raw, released)


def released_as(raw: EventTable, strategy: str, seed: int = 1) -> EventTable:
    """Return a release under the names of the raw log."""
    release = anonymize(raw, strategy, seed=seed)
    assert release.key is not None
    return named_as_raw(release.events, raw, release.key)


def nothing_of(raw: EventTable) -> EventTable:
    """Return a release that holds nothing."""
    return EventTable(raw.frame.clear(), raw.sessions.clear())


def office(n_people: int = 6, *, seed: int = 0) -> EventTable:
    """Return people who fill in forms of three fields, each with a place and a rhythm of its own.

    They click into a field, type, correct and pause; each is faster or slower than the next, and is in one of
    two groups.
    """
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(n_people):
        for session in range(2):
            where = {
                "subject_id": f"source-person-{number}",
                "session_id": f"source-session-{number}-{session}",
                "group": f"source-group-{number % 2}",
            }
            time_ms, place = 0.0, np.zeros(2)
            for form in range(2):
                for field in range(3):
                    task = {"task": f"source-field-{field}", "trial": form}
                    target = np.array([200.0 * field + 50, 300.0]) + rng.normal(0, 6, 2)
                    steps = rng.uniform(0.6, 1.4, 8).cumsum()
                    for share in steps / steps[-1]:
                        time_ms += float(rng.uniform(10, 30))
                        bow = np.array([0.0, 30 * np.sin(np.pi * share) * rng.uniform(0.5, 1)])
                        spot = place + share * (target - place) + bow
                        rows.append({**where, **task, **point(time_ms, *spot.tolist())})
                    place = target
                    time_ms += float(rng.uniform(60, 600))
                    rows.append({**where, **task, **click(time_ms, *target.tolist())})
                    time_ms += 80
                    up = lift(time_ms, *target.tolist())
                    rows.append({**where, **task, **up})
                    time_ms += float(rng.uniform(300, 3000))
                    names = rng.choice(["KeyA", "KeyB", "KeyC", "Digit1", "Space", "Backspace"], 12)
                    for name in names:
                        slow = 1 + 0.3 * number + 0.8 * field + (3 if name == "Backspace" else 0)
                        hold_ms = float(rng.uniform(50, 70)) * slow
                        rows.append({**where, **task, **key(time_ms, "+", str(name))})
                        rows.append({**where, **task, **key(time_ms + hold_ms, "-", str(name))})
                        time_ms += hold_ms + float(rng.uniform(20, 90)) * slow
                    time_ms += float(rng.uniform(200, 4000))
    return EventTable.from_frame(pl.DataFrame(rows, infer_schema_length=None))
