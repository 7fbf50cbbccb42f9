"""People who fill in a form: a click into a field, a few keys, and back to the mouse."""

import numpy as np
import polars as pl

from reid.events.table import EventTable

MS = 1000


def form_log(seed: int, n_people: int = 4, n_sessions: int = 3) -> EventTable:
    """Draw people who click into a field, type, and take the mouse again, each with a pace of their own."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, str, int, str, int | None, float | None, str | None]] = []
    for person in range(n_people):
        for session in range(n_sessions):
            who, at_us = (f"p{person}", f"s{session}"), 0
            for field in range(4):
                for step in range(5):
                    at_us += 12 * MS
                    rows.append((*who, at_us, "move", None, 10.0 * step, None))
                for event in ("button_down", "button_up"):
                    at_us += 90 * MS
                    rows.append((*who, at_us, event, None, 40.0, "left"))
                at_us += round(MS * (200 + 100 * person) * rng.lognormal(0, 0.1))
                for press in range(3):
                    rows.append((*who, at_us, "key_down", 3 * field + press, None, None))
                    rows.append((*who, at_us + 70 * MS, "key_up", 3 * field + press, None, None))
                    at_us += round(MS * rng.integers(120, 180))
                at_us += round(MS * (300 + 50 * person) * rng.lognormal(0, 0.1))
    frame = pl.DataFrame(
        rows, schema=["subject_id", "session_id", "time_us", "event", "press", "x_px", "button"], orient="row"
    )
    key = pl.when(pl.col("press").is_not_null()).then(pl.lit("KeyA"))
    y_px = pl.when(pl.col("x_px").is_not_null()).then(0.0)
    return EventTable.from_frame(
        frame.with_columns(key=key, y_px=y_px, press_key=pl.col("press")).drop("press")
    )
