"""Logs of made-up pointing, for tests of strategies."""

import numpy as np
import polars as pl
from hypothesis import strategies as st

from reid.events.table import EventTable

Row = dict[str, object]


def at(time_us: int, x_px: float, y_px: float, event: str = "move", **more: object) -> Row:
    """Return one pointer row."""
    return {"time_us": time_us, "event": event, "x_px": x_px, "y_px": y_px, **more}


def press(time_us: int, x_px: float, y_px: float, button: str = "left") -> Row:
    """Return the press of a button."""
    return at(time_us, x_px, y_px, "button_down", button=button)


def lift(time_us: int, x_px: float, y_px: float, button: str = "left") -> Row:
    """Return the release of a button."""
    return at(time_us, x_px, y_px, "button_up", button=button)


def turn(time_us: int, x_px: float, y_px: float, dy: float) -> Row:
    """Return a turn of the wheel."""
    return at(time_us, x_px, y_px, "wheel", wheel_dx=0.0, wheel_dy=dy)


def pointed(*sessions: list[Row], subject: str = "source-person") -> EventTable:
    """Return a log of one person."""
    place = [
        {"subject_id": subject, "session_id": f"source-session-{subject}-{n}"} for n in range(len(sessions))
    ]
    rows = [{**where, **row} for where, session in zip(place, sessions, strict=True) for row in session]
    return EventTable.from_frame(pl.DataFrame(rows, infer_schema_length=None))


def shown(table: EventTable) -> list[tuple[object, ...]]:
    """Return time, event and place of every row."""
    return table.frame.select("time_us", pl.col("event").cast(pl.String), "x_px", "y_px").rows()


class Hand:
    """Somebody who points; times may repeat, and the pointer may be reported where it already was."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.time_us, self.where = rng, 0, rng.integers(0, 1000, 2).astype(float)

    def now(self) -> int:
        self.time_us += int(self.rng.choice([0, 1, 7_000, 8_000, 16_000, 110_000, 900_000, 3_000_000]))
        return self.time_us

    def stroke(self, n_moves: int, button: str | None = None) -> list[Row]:
        rows: list[Row] = []
        heading = self.rng.integers(-9, 10, 2)
        for _ in range(n_moves):
            heading = heading + self.rng.integers(-2, 3, 2)
            far = self.rng.integers(-40, 41, 2) / 2
            self.where = self.where + (0 * heading, heading, far)[self.rng.choice(3, p=(0.15, 0.65, 0.2))]
            rows.append(at(self.now(), *self.where, button=button))
        return rows

    def click(self, n_moves: int = 0) -> list[Row]:
        button = ("left", "right")[self.rng.integers(2)]
        down = press(self.now(), *self.where, button)
        return [down, *self.stroke(n_moves, button), lift(self.now(), *self.where, button)]

    def turns(self) -> list[Row]:
        return [turn(self.now(), *self.where, float(self.rng.choice([-1.0, 1.0]))) for _ in range(3)]

    def key(self, number: int) -> list[Row]:
        words = ("key_down", "key_up")
        return [{"time_us": self.now(), "event": word, "key": "KeyA", "press": number} for word in words]


def made_up_session(rng: np.random.Generator, n_steps: int) -> list[Row]:
    """Return a session of strokes, clicks, double clicks, drags, turns of the wheel and some keys."""
    hand = Hand(rng)
    rows: list[Row] = []
    for step in range(n_steps):
        size = int(rng.integers(1, 12))
        actions = (
            lambda size=size: hand.stroke(size),
            hand.click,
            lambda: [*hand.click(), *hand.click()],
            lambda size=size: hand.click(size),
            hand.turns,
            lambda step=step: hand.key(step),
        )
        labels = {"trial": 3 + step // 8, "task": f"source-task-{step // 16}"}
        rows += [row | labels for row in actions[rng.integers(len(actions))]()]
    return rows


def made_up_pointing(seed: int, people: dict[str, tuple[int, ...]]) -> EventTable:
    """Return a log of people who point; ``people`` gives the number of steps of each of their sessions."""
    rng = np.random.default_rng(seed)
    tables = [
        pointed(*(made_up_session(rng, n_steps) for n_steps in sizes), subject=subject)
        for subject, sizes in people.items()
    ]
    return EventTable.concat(tables)


@st.composite
def pointer_logs(draw: st.DrawFn) -> EventTable:
    """Logs of one or two people with one or two sessions of up to 12 steps."""
    sizes = st.lists(st.integers(1, 12), min_size=1, max_size=2).map(tuple)
    people = {f"source-person-{number}": draw(sizes) for number in range(draw(st.integers(1, 2)))}
    return made_up_pointing(draw(st.integers(0, 10**6)), people)
