"""Pointer paths with fewer points, or with points at fixed times: many sessions laid end to end in."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import BoolArray, Float32Array, FloatArray, IntArray


@kernel
def kept_by_douglas_peucker(
    time_us: IntArray,
    is_move: BoolArray,
    is_pointer: BoolArray,
    x_px: Float32Array,
    y_px: Float32Array,
    label: IntArray,
    bounds: IntArray,
    pause_us: int,
    tolerance_px: float,
) -> BoolArray:
    """Mark the rows that stay when each path of moves is thinned by Douglas and Peucker's rule.

    A path is a run of moves; it ends at any other pointer row, at a pause, where the label changes and
    where the session ends. Key rows do not cut it. Both ends of a path stay. Between two points that stay,
    the farthest from the straight piece that joins them stays too, if it lies further off than the tolerance,
    the first of several; and so on within both halves.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    is_move, is_pointer : bool arrays of shape (n_events,)
        True on moves; true on every pointer row, moves included.
    x_px, y_px : float32 arrays of shape (n_events,)
        Pointer positions; anything on key rows.
    label : int64 array of shape (n_events,)
        Rows of different labels belong to different paths.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    pause_us : int
        A longer time between two moves cuts the path.
    tolerance_px : float
        Distance, at least 0.

    Returns
    -------
    bool array of shape (n_events,)
        False on the moves to leave out, true elsewhere.

    Notes
    -----
    The distance is that from the straight piece, not from the line through its ends, so that no point left
    out lies further than the tolerance from the path that stays, also where a path turns back. Time is
    proportional to n log n on paths as people draw them, to n squared at worst.

    References
    ----------
    .. [1] Douglas, Peucker (1973). Algorithms for the reduction of the number of points required to represent
       a digitized line or its caricature. Cartographica 10(2), 112-122.
    """
    keep = np.ones(time_us.size, dtype=np.bool_)
    path = np.empty(time_us.size, dtype=np.int64)  # rows of the path at hand
    open_pieces = np.empty((time_us.size + 1, 2), dtype=np.int64)
    for session in range(bounds.size - 1):
        n_points = 0
        for row in range(bounds[session], bounds[session + 1]):
            if not is_pointer[row]:
                continue
            goes_on = (
                is_move[row]
                and n_points > 0
                and time_us[row] - time_us[path[n_points - 1]] <= pause_us
                and label[row] == label[path[n_points - 1]]
            )
            if not goes_on:
                _thin(path[:n_points], x_px, y_px, tolerance_px, keep, open_pieces)
                n_points = 0
            if is_move[row]:
                path[n_points] = row
                n_points += 1
        _thin(path[:n_points], x_px, y_px, tolerance_px, keep, open_pieces)
    return keep


@kernel
def _thin(
    path: IntArray,
    x_px: Float32Array,
    y_px: Float32Array,
    tolerance_px: float,
    keep: BoolArray,
    open_pieces: IntArray,
) -> None:
    """Clear ``keep`` on the rows of one path that lie close enough to what stays."""
    if path.size <= 2:  # noqa: PLR2004  both ends stay
        return
    open_pieces[0, 0], open_pieces[0, 1], n_open = 0, path.size - 1, 1
    while n_open:
        n_open -= 1
        first, last = open_pieces[n_open, 0], open_pieces[n_open, 1]
        farthest, farthest_px2 = first, -1.0
        for point in range(first + 1, last):
            px2 = _squared_distance(path[point], path[first], path[last], x_px, y_px)
            if px2 > farthest_px2:
                farthest, farthest_px2 = point, px2
        if farthest_px2 > tolerance_px * tolerance_px:
            open_pieces[n_open, 0], open_pieces[n_open, 1] = first, farthest
            open_pieces[n_open + 1, 0], open_pieces[n_open + 1, 1] = farthest, last
            n_open += 2
        else:
            for point in range(first + 1, last):
                keep[path[point]] = False


@kernel
def _squared_distance(point: int, first: int, last: int, x_px: Float32Array, y_px: Float32Array) -> float:
    """Return the squared distance of a row's position from the straight piece between two others."""
    # Not float(): compiled, that would leave single precision as it is.
    first_x, first_y = np.float64(x_px[first]), np.float64(y_px[first])
    along_x, along_y = np.float64(x_px[last]) - first_x, np.float64(y_px[last]) - first_y
    off_x, off_y = np.float64(x_px[point]) - first_x, np.float64(y_px[point]) - first_y
    length2 = along_x * along_x + along_y * along_y
    reach = off_x * along_x + off_y * along_y
    if reach <= 0 or length2 == 0:
        return off_x * off_x + off_y * off_y
    if reach >= length2:
        past_x, past_y = off_x - along_x, off_y - along_y
        return past_x * past_x + past_y * past_y
    across = off_x * along_y - off_y * along_x  # exactly 0 on the line, for whole positions
    return across * across / length2


def held_at_ticks(
    time_us: IntArray,
    is_move: BoolArray,
    is_pointer: BoolArray,
    bounds: IntArray,
    step_us: int,
    pause_us: int,
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Sample each session's pointer path at fixed times and hold it in between.

    Ticks are the multiples of ``step_us``. Moves stand at ticks: at the first tick at or after each move, and
    at every further tick before the next move where that comes within the pause. At a tick the pointer is
    where the last pointer row at or before it put it. Rows that are no moves stay as they are, and at
    the time of a tick they stand before it.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    is_move, is_pointer : bool arrays of shape (n_events,)
        True on moves; true on every pointer row, moves included.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    step_us : int
        Time between ticks, above 0.
    pause_us : int
        After a move that is followed by no other for longer than this, the pointer counts as resting.

    Returns
    -------
    row : int64 array of shape (n_released,)
        The row that is released, and at ticks the last move.
    released_us : int64 array of shape (n_released,)
        Time of each released row, non-decreasing within a session.
    place : int64 array of shape (n_released,)
        The row whose position the released row has: at ticks the last pointer row.
    beside : int64 array of shape (n_released,)
        The row whose labels the released row takes: at ticks the last row of any kind.
    """
    until_us = time_us.copy()
    _hold(until_us, time_us, is_move, bounds, pause_us)
    log = (time_us, is_move, is_pointer, bounds, step_us, until_us)
    # Not in a kernel: numpy asks for large pages, of which so many rows need far fewer.
    released = np.empty((4, _sample_sessions(*log, None)), dtype=np.int64)
    _sample_sessions(*log, released)
    return released[0], released[1], released[2], released[3]


@kernel
def _sample_sessions(
    time_us: IntArray,
    is_move: BoolArray,
    is_pointer: BoolArray,
    bounds: IntArray,
    step_us: int,
    until_us: IntArray,
    released: IntArray | None,
) -> int:
    """Write the released rows of all sessions, if there is room for them, and return how many they are."""
    n = 0
    for session in range(bounds.size - 1):
        start, stop = bounds[session], bounds[session + 1]
        room = None if released is None else released[:, n:]
        n += _sample(time_us, is_move, is_pointer, start, stop, step_us, until_us, room)
    return n


@kernel
def _hold(until_us: IntArray, time_us: IntArray, is_move: BoolArray, bounds: IntArray, pause_us: int) -> None:
    """Write until when each move's path goes on: the next move's time, or its own before a pause."""
    for session in range(bounds.size - 1):
        last = -1
        for row in range(bounds[session], bounds[session + 1]):
            if is_move[row]:
                if last >= 0 and time_us[row] - time_us[last] <= pause_us:
                    until_us[last] = time_us[row]
                last = row


@kernel
def _sample(
    time_us: IntArray,
    is_move: BoolArray,
    is_pointer: BoolArray,
    start: int,
    stop: int,
    step_us: int,
    holds_until_us: IntArray,
    released: IntArray | None,
) -> int:
    """Write the released rows of one session, if there is room for them, and return how many they are."""
    n_released, due_us, is_due, last_move, last_pointer = 0, 0, False, -1, -1
    for row in range(start, stop + 1):
        while is_due and (row == stop or due_us < time_us[row]):
            if released is not None:
                released[0, n_released], released[1, n_released] = last_move, due_us
                released[2, n_released], released[3, n_released] = last_pointer, row - 1
            n_released += 1
            due_us += step_us
            is_due = due_us < holds_until_us[last_move]
        if row == stop:
            break
        if is_pointer[row]:
            last_pointer = row
        if is_move[row]:
            last_move, is_due = row, True
            if not due_us - step_us < time_us[row] <= due_us:  # else the tick is known, and division is slow
                due_us = -(-time_us[row] // step_us) * step_us
        else:
            if released is not None:
                released[0, n_released], released[1, n_released] = row, time_us[row]
                released[2, n_released], released[3, n_released] = row, row
            n_released += 1
    return n_released


@kernel
def leaves_its_place(
    is_move: BoolArray,
    is_pointer: BoolArray,
    x_px: FloatArray,
    y_px: FloatArray,
    label: IntArray,
    bounds: IntArray,
) -> BoolArray:
    """Mark the rows that stay when moves to the place where the pointer already is are left out.

    Parameters
    ----------
    is_move, is_pointer : bool arrays of shape (n_events,)
        True on moves; true on every pointer row, moves included.
    x_px, y_px : float arrays of shape (n_events,)
        Pointer positions; anything on key rows.
    label : int64 array of shape (n_events,)
        A session's first pointer row, and the first with another label, stays in any case.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.

    Returns
    -------
    bool array of shape (n_events,)
        False on the moves to leave out, true elsewhere.
    """
    keep = np.ones(is_move.size, dtype=np.bool_)
    for session in range(bounds.size - 1):
        last = -1
        for row in range(bounds[session], bounds[session + 1]):
            if not is_pointer[row]:
                continue
            if is_move[row] and last >= 0:
                stays = x_px[row] == x_px[last] and y_px[row] == y_px[last] and label[row] == label[last]
                keep[row] = not stays
            last = row
    return keep
