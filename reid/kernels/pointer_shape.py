"""The shape and the speed of one pointer stroke: its moves in, the columns of one row out."""

from collections import namedtuple
from typing import Any

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray

#: Columns of a stroke, in the order of :func:`~reid.kernels.pointer_strokes.stroke_columns`.
STROKE_COLUMNS = (
    "kind", "sector", "duration_s", "length_px", "chord_px", "straightness", "heading_cos", "heading_sin",
    "speed_px_per_s", "speed_sd_px_per_s", "speed_max_px_per_s", "speed_q25_px_per_s", "speed_q50_px_per_s",
    "speed_q75_px_per_s", "speed_first_px_per_s", "speed_last_px_per_s", "speed_skewness", "speed_kurtosis",
    "acceleration_max_px_per_s2", "acceleration_min_px_per_s2", "acceleration_rms_px_per_s2",
    "acceleration_per_px", "jerk_rms_px_per_s3", "jerk_max_px_per_s3", "turn_sum_rad", "turn_total_rad",
    "turn_max_rad", "turn_mean_rad", "turn_rms_rad", "turn_sign_mean", "turnback_share",
    "curvature_mean_rad_per_px", "curvature_max_rad_per_px", "curvature_q50_rad_per_px",
    "curvature_sd_rad_per_px", "curvature_skewness", "curvature_kurtosis", "curvature_rate_rad_per_px2",
    "deviation_left_px", "deviation_right_px", "deviation_share", "offset_mean_px", "offset_sd_px",
    "peak_time_share", "peak_path_share", "slowing_time_share", "initial_acceleration_s", "submovements",
    "submovements_per_s", "step_q50_px", "step_q90_px", "step_max_px", "axis_step_share", "small_step_share",
    "width_px", "height_px", "horizontal_share", "vertical_share", "speed_x_px_per_s", "speed_y_px_per_s",
    "tail_speed_px_per_s", "tail_path_share", "early_path_share", "first_heading_off_rad",
    "last_heading_off_rad", "path_centre_share", "path_scatter_share", "scatter_px", "rests", "jitter_ratio",
    "step_regularity", "self_intersections", "throughput_bit_per_s", "longest_step_s", "first_step_px",
    "pause_before_s", "pause_after_s", "since_click_s", "turn_from_last_rad", "rest_at_press_s", "hold_s",
    "points", "points_per_s", "step_q25_s", "step_q50_s", "step_q75_s", "step_sd_s",
    "start_x_px", "start_y_px", "end_x_px", "end_y_px",
)  # fmt: skip
#: Place of each column in a row.
AT: Any = namedtuple("AT", STROKE_COLUMNS)(*range(len(STROKE_COLUMNS)))  # noqa: PYI024  made of the names above

_REST_S = 0.2
_SMALL_STEP_PX = 2.5
_PEAK_SHARE = 0.1  # of the largest speed, that a sub-movement reaches
_CROSSING_REACH = 24  # a step is checked for crossings with so many before it
_TAIL_FROM, _EARLY_TO = 0.8, 0.3  # shares of the duration


@kernel
def wrapped(angle: float) -> float:
    """Bring an angle, off by less than two turns, into (-pi, pi]."""
    if angle > np.pi:
        return angle - 2 * np.pi
    if angle <= -np.pi:
        return angle + 2 * np.pi
    return angle


@kernel
def _quantile(ordered: FloatArray, share: float) -> float:
    place = (ordered.size - 1) * share
    below = int(place)
    above = min(below + 1, ordered.size - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


@kernel
def _moments(values: FloatArray, mean: float) -> tuple[float, float, float]:
    """Return sd, skewness and kurtosis (3 for a normal law); NaN for the last two of a constant."""
    second, third, fourth = 0.0, 0.0, 0.0
    for value in values:
        off = value - mean
        second += off * off
        third += off * off * off
        fourth += off * off * off * off
    second /= values.size
    if second <= 1e-18 * (mean * mean + 1e-18):
        return np.sqrt(second), np.nan, np.nan
    return np.sqrt(second), third / values.size / second**1.5, fourth / values.size / (second * second)


@kernel
def _crossings(x: FloatArray, y: FloatArray) -> int:
    """Count crossings of steps with one of the 24 steps before them, neighbours aside."""
    n = 0
    for late in range(2, x.size - 1):
        low_x, high_x = min(x[late], x[late + 1]), max(x[late], x[late + 1])
        low_y, high_y = min(y[late], y[late + 1]), max(y[late], y[late + 1])
        for early in range(max(0, late - _CROSSING_REACH), late - 1):
            if max(x[early], x[early + 1]) < low_x or min(x[early], x[early + 1]) > high_x:
                continue
            if max(y[early], y[early + 1]) < low_y or min(y[early], y[early + 1]) > high_y:
                continue
            dx, dy = x[early + 1] - x[early], y[early + 1] - y[early]
            side_a = dx * (y[late] - y[early]) - dy * (x[late] - x[early])
            side_b = dx * (y[late + 1] - y[early]) - dy * (x[late + 1] - x[early])
            ex, ey = x[late + 1] - x[late], y[late + 1] - y[late]
            side_c = ex * (y[early] - y[late]) - ey * (x[early] - x[late])
            side_d = ex * (y[early + 1] - y[late]) - ey * (x[early + 1] - x[late])
            n += side_a * side_b < 0 and side_c * side_d < 0
    return n


@kernel
def outline(row: FloatArray, x: FloatArray, y: FloatArray) -> None:
    """Write what follows from the ends and the outline of a stroke."""
    n = x.size
    chord_x, chord_y = x[n - 1] - x[0], y[n - 1] - y[0]
    chord = np.sqrt(chord_x * chord_x + chord_y * chord_y)
    left, right, total, squares = 0.0, 0.0, 0.0, 0.0
    mean_x, mean_y = x.mean(), y.mean()
    scatter = 0.0
    for place in range(n):
        scatter += (x[place] - mean_x) ** 2 + (y[place] - mean_y) ** 2
        if chord > 0:
            off = ((x[place] - x[0]) * chord_y - (y[place] - y[0]) * chord_x) / chord
            left, right = max(left, off), max(right, -off)
            total += off
            squares += off * off
    row[AT.chord_px] = chord
    if chord > 0:
        heading = np.arctan2(chord_y, chord_x)
        row[AT.sector] = np.floor(heading / (np.pi / 4) + 0.5) % 8
        row[AT.heading_cos], row[AT.heading_sin] = chord_x / chord, chord_y / chord
        row[AT.deviation_left_px], row[AT.deviation_right_px], row[AT.deviation_share] = (
            left,
            right,
            (left + right) / chord,
        )
        row[AT.offset_mean_px] = total / n
        row[AT.offset_sd_px] = np.sqrt(max(squares / n - (total / n) ** 2, 0.0))
    row[AT.width_px], row[AT.height_px] = x.max() - x.min(), y.max() - y.min()
    row[AT.scatter_px] = np.sqrt(scatter / n)
    row[AT.self_intersections] = _crossings(x, y)
    row[AT.start_x_px], row[AT.start_y_px], row[AT.end_x_px], row[AT.end_y_px] = (
        x[0],
        y[0],
        x[n - 1],
        y[n - 1],
    )


@kernel
def turning(row: FloatArray, heading: FloatArray, step: FloatArray, curvature: FloatArray) -> None:
    """Write turns and curvature."""
    n = heading.size - 1
    total, size, largest, squares, sign, back, mean, rate = 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0
    for place in range(n):
        turn = wrapped(heading[place + 1] - heading[place])
        total += turn
        size += abs(turn)
        largest = max(largest, abs(turn))
        squares += turn * turn
        sign += np.sign(turn)
        back += abs(turn) > np.pi / 2
        curvature[place] = abs(turn) / (0.5 * (step[place] + step[place + 1]))
        mean += curvature[place]
        if place > 0:
            rate += abs(curvature[place] - curvature[place - 1]) / step[place]
    mean /= n
    (
        row[AT.turn_sum_rad],
        row[AT.turn_total_rad],
        row[AT.turn_max_rad],
        row[AT.turn_mean_rad],
        row[AT.turn_rms_rad],
    ) = total, size, largest, size / n, np.sqrt(squares / n)
    row[AT.turn_sign_mean], row[AT.turnback_share] = sign / n, back / n
    row[AT.curvature_mean_rad_per_px] = mean
    row[AT.curvature_sd_rad_per_px], row[AT.curvature_skewness], row[AT.curvature_kurtosis] = _moments(
        curvature[:n], mean
    )
    row[AT.curvature_rate_rad_per_px2] = rate / (n - 1) if n > 1 else np.nan
    ordered = np.sort(curvature[:n])
    row[AT.curvature_max_rad_per_px], row[AT.curvature_q50_rad_per_px] = (
        ordered[n - 1],
        _quantile(ordered, 0.5),
    )


@kernel
def speeds(row: FloatArray, step_s: FloatArray, speed: FloatArray) -> None:
    """Write speed, acceleration and jerk of a stroke, and its sub-movements."""
    n = speed.size
    length, duration = row[AT.length_px], row[AT.duration_s]
    mean, peak, squares = length / duration, 0, 0.0
    for place in range(n):
        squares += (speed[place] - mean) ** 2 * step_s[place]
        if speed[place] > speed[peak]:
            peak = place
    row[AT.speed_px_per_s], row[AT.speed_sd_px_per_s], row[AT.speed_max_px_per_s] = (
        mean,
        np.sqrt(squares / duration),
        speed[peak],
    )
    ordered = np.sort(speed)
    row[AT.speed_q25_px_per_s], row[AT.speed_q50_px_per_s], row[AT.speed_q75_px_per_s] = (
        _quantile(ordered, 0.25),
        _quantile(ordered, 0.5),
        _quantile(ordered, 0.75),
    )
    row[AT.speed_first_px_per_s], row[AT.speed_last_px_per_s] = speed[0], speed[n - 1]
    _, row[AT.speed_skewness], row[AT.speed_kurtosis] = _moments(speed, speed.mean())
    high, low, squares, jerks, jerk_high, per_px, slowing = -np.inf, np.inf, 0.0, 0.0, 0.0, 0.0, 0.0
    before, submovements = 0.0, int(speed[0] >= speed[1])
    for place in range(n - 1):
        apart_s = 0.5 * (step_s[place] + step_s[place + 1])
        change = (speed[place + 1] - speed[place]) / apart_s
        high, low = max(high, change), min(low, change)
        squares += change * change
        per_px += abs(change)
        if speed[place + 1] < speed[place]:
            slowing += step_s[place + 1]
        if place > 0:
            jerk = (change - before) / apart_s
            jerks += jerk * jerk
            jerk_high = max(jerk_high, abs(jerk))
        before = change
        rises = speed[place + 1] > speed[place] and speed[place + 1] > _PEAK_SHARE * speed[peak]
        submovements += rises and (place + 2 == n or speed[place + 1] >= speed[place + 2])
    (
        row[AT.acceleration_max_px_per_s2],
        row[AT.acceleration_min_px_per_s2],
        row[AT.acceleration_rms_px_per_s2],
    ) = high, low, np.sqrt(squares / (n - 1))
    row[AT.acceleration_per_px] = per_px / (n - 1) / length
    row[AT.slowing_time_share] = slowing / duration
    row[AT.submovements], row[AT.submovements_per_s] = submovements, submovements / duration
    if n > 2:  # noqa: PLR2004  a change of acceleration needs three speeds
        row[AT.jerk_rms_px_per_s3], row[AT.jerk_max_px_per_s3] = np.sqrt(jerks / (n - 2)), jerk_high


@kernel
def phases(row: FloatArray, step: FloatArray, step_s: FloatArray, speed: FloatArray) -> None:
    """Write when in a stroke its path is covered, and when it is fastest."""
    n, peak, length, duration = speed.size, 0, row[AT.length_px], row[AT.duration_s]
    for place in range(n):
        if speed[place] > speed[peak]:
            peak = place
    initial = 0.0
    for place in range(n - 1):
        if not speed[place + 1] > speed[place]:
            break
        initial += step_s[place + 1]
    row[AT.initial_acceleration_s] = initial
    at, gone, tail_px, tail_s, early, centre, scatter, to_peak_s, to_peak = (
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip
    for place in range(n):
        middle = at + 0.5 * step_s[place]
        centre += step[place] * middle
        scatter += step[place] * middle * middle
        at += step_s[place]
        gone += step[place]
        if place == peak:
            to_peak_s, to_peak = at, gone
        if at > _TAIL_FROM * duration:
            tail_px += step[place]
            tail_s += step_s[place]
        if at <= _EARLY_TO * duration:
            early += step[place]
    row[AT.peak_time_share], row[AT.peak_path_share] = to_peak_s / duration, to_peak / length
    row[AT.tail_speed_px_per_s], row[AT.tail_path_share], row[AT.early_path_share] = (
        tail_px / tail_s,
        tail_px / length,
        early / length,
    )
    centre /= length
    row[AT.path_centre_share] = centre / duration
    row[AT.path_scatter_share] = np.sqrt(max(scatter / length - centre * centre, 0.0)) / duration


@kernel
def steps(row: FloatArray, x: FloatArray, y: FloatArray, step: FloatArray, step_s: FloatArray) -> None:
    """Write how long and how regular the steps are."""
    n = step.size
    across, down, on_axis, small, rests, smooth = 0.0, 0.0, 0, 0, 0, 0.0
    for place in range(n):
        dx, dy = abs(x[place + 1] - x[place]), abs(y[place + 1] - y[place])
        across += dx
        down += dy
        on_axis += dx == 0 or dy == 0
        small += step[place] < _SMALL_STEP_PX
        rests += step_s[place] > _REST_S
        if 1 <= place < n - 1:  # length of the path through the means of three successive points
            smooth += np.hypot(x[place + 2] - x[place - 1], y[place + 2] - y[place - 1]) / 3
    length, duration = row[AT.length_px], row[AT.duration_s]
    ordered = np.sort(step)
    row[AT.step_q50_px], row[AT.step_q90_px], row[AT.step_max_px] = (
        _quantile(ordered, 0.5),
        _quantile(ordered, 0.9),
        ordered[n - 1],
    )
    row[AT.axis_step_share], row[AT.small_step_share] = on_axis / n, small / n
    row[AT.horizontal_share], row[AT.vertical_share], row[AT.speed_x_px_per_s], row[AT.speed_y_px_per_s] = (
        across / length,
        down / length,
        across / duration,
        down / duration,
    )
    row[AT.rests] = rests
    inner = length - step[0] - step[n - 1]
    row[AT.jitter_ratio] = smooth / inner if n > 2 and inner > 0 else np.nan  # noqa: PLR2004
    mean = length / n
    row[AT.step_regularity] = mean / (mean + np.sqrt(((step - mean) ** 2).sum() / n))
    ordered = np.sort(step_s)
    row[AT.longest_step_s], row[AT.first_step_px] = ordered[n - 1], step[0]
    row[AT.points], row[AT.points_per_s] = n + 1, n / duration
    row[AT.step_q25_s], row[AT.step_q50_s], row[AT.step_q75_s] = (
        _quantile(ordered, 0.25),
        _quantile(ordered, 0.5),
        _quantile(ordered, 0.75),
    )
    row[AT.step_sd_s] = np.sqrt(((step_s - duration / n) ** 2).sum() / n)
