"""Movements of the pointer that end in a click."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from reid.events.schema import EVENTS
from reid.events.table import EventTable
from reid.typing import FloatArray, IntArray
from reid.utility.inputs import BUTTON, Inputs
from reid.utility.paired import PairedLogs

REST_US: Final = 500_000  #: a longer time without a move ends a movement
_MOVE: Final = EVENTS.index("move")
_LEAST_MOVES: Final = 2  # one place tells of no way


@dataclass(frozen=True, slots=True, eq=False)
class Movements:
    """Movements that end in a press of a button, in the order of the rows; arrays of shape (n_movements,).

    A movement begins with the first move after the event before it that is no move, or after the last rest
    before the click. It has two moves or more, and its ends lie apart.
    """

    click: IntArray  #: place of the press among the inputs
    person: IntArray
    distance_px: FloatArray  #: from the first move to the press, in a line
    path_px: FloatArray  #: the same way as it was gone
    duration_us: FloatArray  #: from the first move to the press, above 0
    along: FloatArray  #: (n_movements, 2): direction from the first move to the press, of length 1

    @classmethod
    def of(cls, log: EventTable, inputs: Inputs) -> "Movements":
        """Find the movements of a log."""
        time_us = log.frame["time_us"].to_numpy()
        place_px = _places(log.frame)
        moves, others, starts = _moves_and_others(log)
        found: list[tuple[int, float, float, int, float, float]] = []
        clicks = np.flatnonzero((inputs.kind == BUTTON) & np.isfinite(inputs.x_px) & np.isfinite(inputs.y_px))
        for click in clicks:
            row = inputs.row[click]
            earlier = max(_before(others, row), starts[np.searchsorted(starts, row, side="right") - 1] - 1)
            own = moves[np.searchsorted(moves, earlier, side="right") : np.searchsorted(moves, row)]
            way = np.append(own, row)
            rests = np.flatnonzero(np.diff(time_us[way[:-1]]) > REST_US)
            way = way[rests[-1] + 1 :] if rests.size else way
            if way.size <= _LEAST_MOVES:
                continue
            steps = np.diff(place_px[way], axis=0)
            across, down = (place_px[row] - place_px[way[0]]).tolist()
            distance, duration = float(np.hypot(across, down)), int(time_us[row] - time_us[way[0]])
            if distance > 0 and duration > 0:
                path = float(np.hypot(steps[:, 0], steps[:, 1]).sum())
                found.append((int(click), distance, path, duration, across / distance, down / distance))
        columns = np.array(found, dtype=np.float64).reshape(len(found), 6)
        click_of = columns[:, 0].astype(np.int64)
        return cls(
            click_of, inputs.person[click_of], columns[:, 1], columns[:, 2], columns[:, 3], columns[:, 4:6]
        )


def movements_of(logs: PairedLogs) -> tuple[Movements, Movements]:
    """Return the movements of the raw log and of the release."""
    return logs.remembered(
        "movements",
        lambda: (
            Movements.of(logs.raw, logs.raw_inputs),
            Movements.of(logs.released, logs.released_inputs),
        ),
    )


def waits_of(log: EventTable, inputs: Inputs) -> tuple[FloatArray, IntArray]:
    """Return how long the pointer rested before each click, and whose click it is.

    Returns
    -------
    wait_us : float64 array of shape (n_waits,)
        From the last move to the press of a button, where no other event stands between.
    person : int64 array of shape (n_waits,)
    """
    event = log.frame["event"].to_physical().to_numpy()
    time_us = log.frame["time_us"].to_numpy()
    starts = log.session_bounds()[:-1]
    clicks = np.flatnonzero(inputs.kind == BUTTON)
    row = inputs.row[clicks]
    clicks = clicks[~np.isin(row, starts) & (event[np.maximum(row - 1, 0)] == _MOVE)]
    row = inputs.row[clicks]
    return (time_us[row] - time_us[row - 1]).astype(np.float64), inputs.person[clicks]


def _places(frame: pl.DataFrame) -> FloatArray:
    columns = (frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("x_px", "y_px"))
    return np.column_stack(list(columns))


def _moves_and_others(log: EventTable) -> tuple[IntArray, IntArray, IntArray]:
    """Return the rows of moves, of all other events, and on which sessions start."""
    is_move = log.frame["event"].to_physical().to_numpy() == _MOVE
    return np.flatnonzero(is_move), np.flatnonzero(~is_move), log.session_bounds()[:-1]


def _before(rows: IntArray, row: int) -> int:
    """Return the last of some rows that stands before a row, or -1."""
    place = int(np.searchsorted(rows, row)) - 1
    return int(rows[place]) if place >= 0 else -1
