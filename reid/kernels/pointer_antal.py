"""The 39 features of a pointer action by Antal and Egyed-Zsigmond: points in, one row per action out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.pointer import BUTTON_DOWN, MOVE, STROKE_CLICK, STROKE_DRAG, STROKE_MOVE, write_points
from reid.kernels.pointer_angles import angle_of
from reid.typing import Array, FloatArray, IntArray

GAP_US = 10_000_000  #: a longer step ends an action
LEAST_POINTS = 5  #: "more than 4"
OFF_SCREEN_PX = 4000.0
N_FEATURES = 39

_CRITICAL_CURVATURE = 0.0005
_ZERO_STEP_S = 0.01  # what a step that took no time counts for
_US_PER_S = 1e6
_SECTOR_RAD = np.pi / 4
_N_SECTORS = 8
_N_LANES = 6
_TURNING, _VX, _VY, _V, _A, _JERK = range(_N_LANES)


@kernel
def cut_actions(  # noqa: C901  one walk with one state
    point_us: IntArray, code: Array, pressed: Array, offsets: IntArray, gap_us: int, least_points: int
) -> tuple[IntArray, IntArray, Array, IntArray]:
    """Cut the points of each run into actions: moves, moves that end in a click, drags.

    Parameters
    ----------
    point_us, code, pressed, offsets
        As :func:`~reid.kernels.pointer.pointer_points` returns them.
    gap_us : int
        A longer step, in microseconds, ends an action, whatever it is.
    least_points : int
        Actions of fewer points are left out; at least 2.

    Returns
    -------
    starts, stops : int64 arrays of shape (n_actions,)
        First point of each action and the point past its last.
    kinds : uint8 array of shape (n_actions,)
        1 move, 3 click, 4 drag.
    action_offsets : int64 array of shape (n_runs + 1,)
        Actions ``action_offsets[i] .. action_offsets[i + 1] - 1`` belong to run i.

    Notes
    -----
    A press and the next release of the same button within an action end it: as a click, if there is no
    move between, else as a drag from the press to the release, and what came before is a move. Other
    buttons meanwhile are only points. What is left at a gap or at the end is a move.
    """
    room = point_us.size // least_points + 1
    starts = np.empty(room, dtype=np.int64)
    stops = np.empty(room, dtype=np.int64)
    kinds = np.empty(room, dtype=np.uint8)
    action_offsets = np.zeros(offsets.size, dtype=np.int64)
    n = 0
    for run in range(offsets.size - 1):
        first, last = offsets[run], offsets[run + 1]
        down, moved = -1, False
        for place in range(first, last):
            if place > first and point_us[place] - point_us[place - 1] > gap_us:
                if place - first >= least_points:
                    starts[n], stops[n], kinds[n] = first, place, STROKE_MOVE
                    n += 1
                first, down, moved = place, -1, False
            kind = code[place]
            if kind == MOVE:
                moved = True
            elif kind == BUTTON_DOWN:
                if down < 0:
                    down, moved = place, False
            elif down >= 0 and pressed[place] == pressed[down]:
                border = down if moved else place + 1
                if border - first >= least_points:
                    starts[n], stops[n] = first, border
                    kinds[n] = STROKE_MOVE if moved else STROKE_CLICK
                    n += 1
                if moved and place + 1 - down >= least_points:
                    starts[n], stops[n], kinds[n] = down, place + 1, STROKE_DRAG
                    n += 1
                first, down, moved = place + 1, -1, False
        if last - first >= least_points:
            starts[n], stops[n], kinds[n] = first, last, STROKE_MOVE
            n += 1
        action_offsets[run + 1] = n
    return starts[:n].copy(), stops[:n].copy(), kinds[:n].copy(), action_offsets


@kernel
def _seen(so_far: tuple[float, float, float], value: float) -> tuple[float, float, float]:
    """Take one more value into a total, a maximum and a minimum."""
    return so_far[0] + value, max(so_far[1], value), min(so_far[2], value)


@kernel
def _series_statistics(series: FloatArray, row: FloatArray) -> None:
    """Write mean, sd, max and min of each series of an action; the numbers stay in registers."""
    n = series.shape[0]
    nothing = (0.0, 0.0, 0.0)  # each series begins with a 0
    turning, vx, vy, v, acceleration, jerk = nothing, nothing, nothing, nothing, nothing, nothing
    for place in range(1, n):
        now = series[place]
        turning, vx, vy, v = (
            _seen(turning, now[_TURNING]), _seen(vx, now[_VX]), _seen(vy, now[_VY]), _seen(v, now[_V])
        )  # fmt: skip
        if place < n - 1:
            acceleration, jerk = _seen(acceleration, now[_A]), _seen(jerk, now[_JERK])
    mean_turning, mean_vx, mean_vy, mean_v = turning[0] / n, vx[0] / n, vy[0] / n, v[0] / n
    mean_a, mean_jerk = acceleration[0] / (n - 1), jerk[0] / (n - 1)
    spread = (0.0, 0.0, 0.0, 0.0)
    spread_a, spread_jerk = 0.0, 0.0
    for place in range(1, n):  # without the first term
        now = series[place]
        spread = (
            spread[0] + (now[_TURNING] - mean_turning) ** 2, spread[1] + (now[_VX] - mean_vx) ** 2,
            spread[2] + (now[_VY] - mean_vy) ** 2, spread[3] + (now[_V] - mean_v) ** 2,
        )  # fmt: skip
        if place < n - 1:
            spread_a += (now[_A] - mean_a) ** 2
            spread_jerk += (now[_JERK] - mean_jerk) ** 2
    _write(row[11:15], mean_turning, spread[0], turning, n)
    _write(row[18:22], mean_vx, spread[1], vx, n)
    _write(row[22:26], mean_vy, spread[2], vy, n)
    _write(row[26:30], mean_v, spread[3], v, n)
    _write(row[30:34], mean_a, spread_a, acceleration, n - 1)
    _write(row[34:38], mean_jerk, spread_jerk, jerk, n - 1)


@kernel
def _write(into: FloatArray, mean: float, squares: float, seen: tuple[float, float, float], n: int) -> None:
    """Write mean, sd, max and min; the sd divides by n - 1."""
    into[0] = mean
    into[1] = np.sqrt(squares / (n - 1)) if n > 1 else np.nan
    into[2] = seen[1]
    into[3] = seen[2]


@kernel
def _curvature_statistics(curvature: FloatArray, into: FloatArray) -> None:
    """Write mean, sd, max and min, the last over the first value and all that are not 0."""
    if curvature.size == 0:
        into[:] = np.nan
        return
    total, largest, least = 0.0, curvature[0], curvature[0]
    for value in curvature:
        total += value
        largest = max(largest, value)
        if value != 0:
            least = min(least, value)
    mean = total / curvature.size
    squares = 0.0
    for value in curvature[1:]:
        squares += (value - mean) ** 2
    into[0] = mean
    into[1] = np.sqrt(squares / (curvature.size - 1)) if curvature.size > 1 else np.nan
    into[2] = largest
    into[3] = least


@kernel
def _deviation_px(x: FloatArray, y: FloatArray) -> float:
    """Return the largest distance from the line through both ends, or from them where they coincide."""
    chord_x, chord_y = x[-1] - x[0], y[-1] - y[0]
    chord_px = np.sqrt(chord_x * chord_x + chord_y * chord_y)
    largest = 0.0
    for place in range(x.size):
        off_x, off_y = x[place] - x[0], y[place] - y[0]
        if chord_px > 0:
            largest = max(largest, abs(chord_x * off_y - chord_y * off_x))
        else:
            largest = max(largest, np.sqrt(off_x * off_x + off_y * off_y))
    return largest / chord_px if chord_px > 0 else largest


@kernel
def _longest_in(starts: IntArray, stops: IntArray) -> int:
    longest = 1
    for place in range(starts.size):
        longest = max(longest, stops[place] - starts[place])
    return longest


@kernel
def antal_features(
    point_us: IntArray, x: FloatArray, y: FloatArray, starts: IntArray, stops: IntArray, kinds: Array
) -> FloatArray:
    """Measure each action.

    Parameters
    ----------
    point_us : int64 array of shape (n_points,)
        Time of each point in microseconds.
    x, y : float64 arrays of shape (n_points,)
        Position in pixels.
    starts, stops : int64 arrays of shape (n_actions,)
        First point of each action and the point past its last; at least 2 points.
    kinds : uint8 array of shape (n_actions,)
        1 move, 3 click, 4 drag.

    Returns
    -------
    float64 array of shape (n_actions, 39)
        Type, travelled distance, elapsed time, direction, straightness, number of points, sum of angles;
        mean, sd, max, min of curvature and of angular velocity; largest deviation, end-to-end distance,
        critical points; mean, sd, max, min of vx, vy, v, a and jerk; time of initial acceleration. In
        px, s and rad. NaN where undefined: straightness of an action that goes nowhere, curvature
        of one without a step, and the sd of one value.

    Notes
    -----
    As in the original [1]_: a step that takes no time counts for 0.01 s; velocity, angle, angular
    velocity, acceleration and jerk begin with a 0 that is in their mean and max; sd is around the mean
    of all, leaves the first out of its sum and divides by n - 1; angular velocity is not unwrapped;
    acceleration, and with it jerk and the initial acceleration, stop one point early; curvature skips
    steps that go nowhere and has no leading 0; a minimum is taken of the first value and all that are not 0.
    Where both ends coincide, the deviation is the distance from them.

    References
    ----------
    .. [1] Antal, Egyed-Zsigmond (2019). Intrusion detection using mouse dynamics. IET Biometrics 8(5).
    """
    features = np.empty((starts.size, N_FEATURES))
    longest = _longest_in(starts, stops)
    series, curvature = np.zeros((longest, _N_LANES)), np.empty(longest)
    for action in range(starts.size):
        first, n = starts[action], stops[action] - starts[action]
        angle, angles, travelled_px, n_curved, critical = 0.0, 0.0, 0.0, 0, 0
        initial_s, speeds_up = 0.0, True
        for place in range(1, n):
            at, before = first + place, angle
            dx, dy, step_us = x[at] - x[at - 1], y[at] - y[at - 1], point_us[at] - point_us[at - 1]
            dt_s = step_us / _US_PER_S if step_us != 0 else _ZERO_STEP_S
            angle, step_px = angle_of(dx, dy), np.sqrt(dx * dx + dy * dy)
            angles += angle
            travelled_px += step_px
            now, last = series[place], series[place - 1]
            now[_TURNING], now[_VX], now[_VY] = (angle - before) / dt_s, dx / dt_s, dy / dt_s
            now[_V] = np.sqrt(now[_VX] * now[_VX] + now[_VY] * now[_VY])
            now[_A] = (now[_V] - last[_V]) / dt_s
            now[_JERK] = (now[_A] - last[_A]) / dt_s
            if step_px != 0:
                curvature[n_curved] = (angle - before) / step_px
                critical += abs(curvature[n_curved]) < _CRITICAL_CURVATURE
                n_curved += 1
            if place < n - 1:  # acceleration stops one point early
                speeds_up = speeds_up and now[_V] > last[_V]
                initial_s += dt_s if speeds_up else 0.0
        stop = stops[action]
        chord_x, chord_y = x[stop - 1] - x[first], y[stop - 1] - y[first]
        chord_px = np.sqrt(chord_x * chord_x + chord_y * chord_y)
        row = features[action]
        row[0] = kinds[action]
        row[1] = travelled_px
        row[2] = (point_us[stop - 1] - point_us[first]) / _US_PER_S
        row[3] = np.floor(np.arctan2(chord_y, chord_x) / _SECTOR_RAD) % _N_SECTORS
        row[4] = min(chord_px / travelled_px, 1.0) if travelled_px > 0 else np.nan
        row[5] = n
        row[6] = angles
        _curvature_statistics(curvature[:n_curved], row[7:11])
        row[15] = _deviation_px(x[first:stop], y[first:stop])
        row[16] = chord_px
        row[17] = critical
        _series_statistics(series[:n], row)
        row[38] = initial_s
    return features


@kernel
def antal_actions(
    time_us: IntArray,
    event: Array,
    x_px: Array,
    y_px: Array,
    button: Array,
    starts: IntArray,
    stops: IntArray,
    gap_us: int,
    least_points: int,
) -> tuple[FloatArray, IntArray, IntArray]:
    """Cut the rows of each run into actions and measure them, run by run, so that little memory is held.

    Parameters
    ----------
    time_us, event, x_px, y_px, button, starts, stops
        As for :func:`~reid.kernels.pointer.pointer_points`.
    gap_us, least_points
        As for :func:`cut_actions`.

    Returns
    -------
    features : float64 array of shape (n_actions, 39)
        As :func:`antal_features` returns them.
    first_rows : int64 array of shape (n_actions,)
        Row on which each action begins.
    action_offsets : int64 array of shape (n_runs + 1,)
        Actions ``action_offsets[i] .. action_offsets[i + 1] - 1`` belong to run i.
    """
    room = 0
    for run in range(starts.size):
        room += (stops[run] - starts[run]) // least_points
    features = np.empty((room, N_FEATURES))
    first_rows = np.empty(room, dtype=np.int64)
    action_offsets = np.zeros(starts.size + 1, dtype=np.int64)
    n = 0
    longest = _longest_in(starts, stops)
    points = (
        np.empty(longest, dtype=np.int64),
        np.empty(longest, dtype=np.int64),
        np.empty(longest),
        np.empty(longest),
        np.empty(longest, dtype=np.uint8),
        np.empty(longest, dtype=np.uint8),
        np.zeros(2, dtype=np.int64),
    )
    for run in range(starts.size):
        this = starts[run : run + 1], stops[run : run + 1]
        row, point_us, x, y, code, pressed, offsets = write_points(
            time_us, event, x_px, y_px, button, *this, OFF_SCREEN_PX, points
        )
        first, past, kinds, _ = cut_actions(point_us, code, pressed, offsets, gap_us, least_points)
        features[n : n + first.size] = antal_features(point_us, x, y, first, past, kinds)
        first_rows[n : n + first.size] = row[first]
        n += first.size
        action_offsets[run + 1] = n
    return features[:n].copy(), first_rows[:n].copy(), action_offsets
