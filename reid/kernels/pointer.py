"""Pointer kernels: the rows of a log in, its points and the strokes made of them out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, FloatArray, IntArray

MOVE = 2  # physical values in the ``event`` column
BUTTON_DOWN = 3
BUTTON_UP = 4
WHEEL = 5

STROKE_MOVE = 1  # kinds of stroke, numbered as in Antal & Egyed-Zsigmond
STROKE_TO_DRAG = 2  # the way to where a drag begins, a move to them
STROKE_CLICK = 3
STROKE_DRAG = 4

DRAG_MOVES = 3  #: fewer moves with a button held are the tremor of a click

_Points = tuple[IntArray, IntArray, FloatArray, FloatArray, Array, Array, IntArray]

N_BUTTONS = 8  #: above every number of a button; an unnamed one has the last


def pointer_points(
    time_us: IntArray,
    event: Array,
    x_px: Array,
    y_px: Array,
    button: Array,
    starts: IntArray,
    stops: IntArray,
    off_screen_px: float,
) -> _Points:
    """Pick the moves, presses and releases of each run: without keys, the wheel, and repeated rows.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a run.
    event : uint8 array of shape (n_events,)
        2 move, 3 button down, 4 button up; rows of other values are passed over.
    x_px, y_px : float array of shape (n_events,)
        Position in pixels.
    button : uint8 array of shape (n_events,)
        Number of the button, below 8.
    starts, stops : int64 arrays of shape (n_runs,)
        First row of each run and the row past its last.
    off_screen_px : float
        A row whose x or y lies above it, or is NaN, gets the position of the point before; it is left
        out where there is none.

    Returns
    -------
    row : int64 array of shape (n_points,)
        Row of each point.
    point_us, x, y, code, pressed : arrays of shape (n_points,)
        Time (int64), position (float64), event and button (uint8) of each point.
    offsets : int64 array of shape (n_runs + 1,)
        Points ``offsets[i] .. offsets[i + 1] - 1`` belong to run i.
    """
    # Not in the kernel: numpy asks for large pages, of which so many points need far fewer.
    room = _room(int((stops - starts).sum()), starts.size)
    return write_points(time_us, event, x_px, y_px, button, starts, stops, off_screen_px, room)


def _room(n_points: int, n_runs: int) -> _Points:
    return (
        np.empty(n_points, dtype=np.int64),
        np.empty(n_points, dtype=np.int64),
        np.empty(n_points),
        np.empty(n_points),
        np.empty(n_points, dtype=np.uint8),
        np.empty(n_points, dtype=np.uint8),
        np.zeros(n_runs + 1, dtype=np.int64),
    )


@kernel
def write_points(
    time_us: IntArray,
    event: Array,
    x_px: Array,
    y_px: Array,
    button: Array,
    starts: IntArray,
    stops: IntArray,
    off_screen_px: float,
    room: _Points,
) -> _Points:
    """Do the work of :func:`pointer_points`, with arrays that hold as many points as the runs have rows."""
    row, point_us, x, y, code, pressed, offsets = room
    n = 0
    for run in range(starts.size):
        first = n
        for place in range(starts[run], stops[run]):
            kind = event[place]
            if kind < MOVE or kind > BUTTON_UP:
                continue
            at_x, at_y = float(x_px[place]), float(y_px[place])
            if not (at_x <= off_screen_px and at_y <= off_screen_px):
                if n == first:
                    continue
                at_x, at_y = x[n - 1], y[n - 1]
            same_time = n > first and point_us[n - 1] == time_us[place]
            if (
                same_time
                and code[n - 1] == kind
                and x[n - 1] == at_x
                and y[n - 1] == at_y
                and pressed[n - 1] == button[place]
            ):
                continue
            row[n], point_us[n], x[n], y[n] = place, time_us[place], at_x, at_y
            code[n], pressed[n] = kind, button[place]
            n += 1
        offsets[run + 1] = n
    return row[:n], point_us[:n], x[:n], y[:n], code[:n], pressed[:n], offsets


def merge_points(
    point_us: IntArray, x: FloatArray, y: FloatArray, code: Array, pressed: Array, offsets: IntArray
) -> _Points:
    """Leave out moves that go nowhere, and of successive moves at one time all but the last.

    What is left has a speed everywhere.

    Parameters
    ----------
    point_us, x, y, code, pressed, offsets
        As :func:`pointer_points` returns them.

    Returns
    -------
    kept : int64 array of shape (n_kept,)
        Place of each kept point among the given ones; the first of the moves that were merged.
    point_us, x, y, code, pressed, offsets
        The kept points.
    """
    room = _room(point_us.size, offsets.size - 1)
    return _merge(point_us, x, y, code, pressed, offsets, room)


@kernel
def _merge(
    point_us: IntArray,
    x: FloatArray,
    y: FloatArray,
    code: Array,
    pressed: Array,
    offsets: IntArray,
    room: _Points,
) -> _Points:
    """Do the work of :func:`merge_points`, with arrays that hold as many points as there are."""
    kept, new_us, new_x, new_y, new_code, new_pressed, new_offsets = room
    n = 0
    for run in range(offsets.size - 1):
        first = n
        for place in range(offsets[run], offsets[run + 1]):
            if n > first and code[place] == MOVE:
                if new_x[n - 1] == x[place] and new_y[n - 1] == y[place]:
                    continue
                if new_code[n - 1] == MOVE and new_us[n - 1] == point_us[place]:
                    new_x[n - 1], new_y[n - 1] = x[place], y[place]
                    if n - 1 > first and new_x[n - 2] == x[place] and new_y[n - 2] == y[place]:
                        n -= 1  # it went away and came back in no time
                    continue
            kept[n], new_us[n], new_x[n], new_y[n] = place, point_us[place], x[place], y[place]
            new_code[n], new_pressed[n] = code[place], pressed[place]
            n += 1
        new_offsets[run + 1] = n
    return kept[:n], new_us[:n], new_x[:n], new_y[:n], new_code[:n], new_pressed[:n], new_offsets


@kernel
def cut_strokes(  # noqa: C901, PLR0912  one walk with one state
    point_us: IntArray, code: Array, pressed: Array, offsets: IntArray, pause_us: int, least_moves: int
) -> tuple[IntArray, IntArray, Array, IntArray]:
    """Cut the points of each run into strokes: moves, clicks, drags, and moves to where a drag begins.

    A move that follows the move before by more than ``pause_us`` begins a stroke. A button's press and
    release end one, however long they take: it is a click, with the way to it. Three moves or more
    between make it a drag from the press on. A drag that pauses goes on as a move. A release without its
    press ends a stroke too, and a second press without a release between stands for the release.

    Parameters
    ----------
    point_us, code, pressed, offsets
        As :func:`merge_points` returns them.
    pause_us : int
        Longest time from move to move within a stroke, in microseconds.
    least_moves : int
        Strokes of fewer moves are left out; at least 3, as many as make a drag.

    Returns
    -------
    starts, stops : int64 arrays of shape (n_strokes,)
        First point of each stroke and the point past its last. A run that began at the start of any
        stroke would give as many strokes from there on.
    kinds : uint8 array of shape (n_strokes,)
        1 move, 2 move to a drag, 3 click, 4 drag.
    stroke_offsets : int64 array of shape (n_runs + 1,)
        Strokes ``stroke_offsets[i] .. stroke_offsets[i + 1] - 1`` belong to run i.
    """
    room = point_us.size // least_moves + 1
    starts = np.empty(room, dtype=np.int64)
    stops = np.empty(room, dtype=np.int64)
    kinds = np.empty(room, dtype=np.uint8)
    stroke_offsets = np.zeros(offsets.size, dtype=np.int64)
    n = 0
    for run in range(offsets.size - 1):
        first, last = offsets[run], offsets[run + 1]
        down, held, moves, held_moves, moved_us = -1, -1, 0, 0, np.int64(0)
        for place in range(first, last + 1):
            at_end = place == last
            kind = MOVE if at_end else code[place]
            if kind == MOVE:
                pauses = at_end or point_us[place] - moved_us > pause_us
                if pauses and moves + held_moves > 0:
                    border = down if held >= 0 else place
                    if moves >= least_moves:
                        starts[n], stops[n] = first, border
                        kinds[n] = STROKE_TO_DRAG if held >= 0 else STROKE_MOVE
                        n += 1
                    if held_moves >= least_moves:
                        starts[n], stops[n], kinds[n] = down, place, STROKE_DRAG
                        n += 1
                    if held < 0 or held_moves > 0:  # else a drag begins late after its press
                        first, down, held = place, -1, -1
                    else:
                        first = down
                    moves, held_moves = 0, 0
                if not at_end:
                    moved_us = point_us[place]
                    moves += held < 0
                    held_moves += held >= 0
                continue
            again = kind == BUTTON_DOWN and held == pressed[place]
            if again or (kind == BUTTON_UP and held < 0) or (kind == BUTTON_UP and held == pressed[place]):
                dragged = held_moves >= DRAG_MOVES
                border = down if dragged else place if again else place + 1
                if moves >= least_moves:
                    starts[n], stops[n] = first, border
                    kinds[n] = STROKE_TO_DRAG if dragged else STROKE_CLICK if held >= 0 else STROKE_MOVE
                    n += 1
                if dragged and held_moves >= least_moves:
                    starts[n], stops[n], kinds[n] = down, place if again else place + 1, STROKE_DRAG
                    n += 1
                first = place if again else place + 1
                down, held, moves, held_moves = -1, -1, 0, 0
            if kind == BUTTON_DOWN and held < 0:
                down, held, held_moves = place, pressed[place], 0
        stroke_offsets[run + 1] = n
    return starts[:n].copy(), stops[:n].copy(), kinds[:n].copy(), stroke_offsets
