"""The strokes of a pointer log: where they begin, for whoever cuts or measures them."""

from typing import Final, NamedTuple

import numpy as np

from reid.events.table import EventTable
from reid.kernels.pointer import N_BUTTONS, cut_strokes, merge_points, pointer_points
from reid.typing import Array, FloatArray, IntArray

PAUSE_US: Final = 1_000_000  #: a longer time from move to move begins a stroke
LEAST_MOVES: Final = 5  #: shorter ones tell nothing of how somebody moves
OFF_SCREEN_PX: Final = 30_000.0  #: a position above it is a sentinel, whatever the screen


class PointerRows(NamedTuple):
    """What pointer kernels read of an event table; every array has shape (n_events,)."""

    time_us: IntArray
    event: Array  #: uint8, place in :data:`~reid.events.schema.EVENTS`
    x_px: Array  #: float32, NaN on key events
    y_px: Array
    button: Array  #: uint8, place in :data:`~reid.events.schema.BUTTONS`, 7 where there is none


class Points(NamedTuple):
    """Points of runs, as :func:`~reid.kernels.pointer.pointer_points` and ``merge_points`` return them."""

    point_us: IntArray
    x: FloatArray
    y: FloatArray
    code: Array
    pressed: Array
    offsets: IntArray


def pointer_rows(events: EventTable) -> PointerRows:
    """Return the columns of a table as arrays."""
    frame = events.frame
    return PointerRows(
        frame["time_us"].to_numpy(),
        frame["event"].to_physical().to_numpy(),
        frame["x_px"].to_numpy(),
        frame["y_px"].to_numpy(),
        frame["button"].to_physical().fill_null(N_BUTTONS - 1).to_numpy(),
    )


def points_of(
    rows: PointerRows, starts: IntArray, stops: IntArray, off_screen_px: float = OFF_SCREEN_PX
) -> tuple[IntArray, Points]:
    """Return the row of each point of the runs, and the points."""
    found = pointer_points(*rows, starts, stops, off_screen_px)
    return found[0], Points(*found[1:])


def merged(points: Points) -> tuple[IntArray, Points]:
    """Return the points at which the pointer has moved, each at a time of its own, and their places."""
    left = merge_points(*points)
    return left[0], Points(*left[1:])


class StrokeRows(NamedTuple):
    """Where strokes lie in an event table; the first three arrays have shape (n_strokes,)."""

    before: IntArray  #: row of the point before the stroke, -1 where it opens its run
    first: IntArray  #: row of its first point, increasing
    last: IntArray  #: row of its last point
    offsets: IntArray  #: (n_runs + 1,): strokes ``offsets[i] .. offsets[i + 1] - 1`` belong to run i


def rows_of_strokes(events: EventTable, starts: IntArray, stops: IntArray) -> StrokeRows:
    """Find where the strokes of each run of rows lie."""
    row, points = points_of(pointer_rows(events), starts, stops)
    kept, left = merged(points)
    first, past, _, offsets = cut_strokes(
        left.point_us, left.code, left.pressed, left.offsets, PAUSE_US, LEAST_MOVES
    )
    row_of_point = np.asarray(row[kept], dtype=np.int64)
    opens = np.isin(first, left.offsets)
    before = np.where(opens, -1, row_of_point[first - 1]) if first.size else first
    return StrokeRows(before, row_of_point[first], row_of_point[past - 1], offsets)


def first_rows_of_strokes(events: EventTable, starts: IntArray, stops: IntArray) -> tuple[IntArray, IntArray]:
    """Find where the strokes of each run of rows begin.

    Returns
    -------
    rows : int64 array of shape (n_strokes,)
        First row of each stroke, increasing.
    offsets : int64 array of shape (n_runs + 1,)
        Strokes ``offsets[i] .. offsets[i + 1] - 1`` belong to run i.
    """
    strokes = rows_of_strokes(events, starts, stops)
    return strokes.first, strokes.offsets
