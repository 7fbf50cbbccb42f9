"""The shape and the speed of one pointer stroke: its moves in, the columns of one row out."""

from collections import namedtuple
from typing import Any

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.pointer_crossings import crossings
from reid.kernels.pointer_order import put_in_order, quantile
from reid.typing import Array, FloatArray

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
_TAIL_FROM, _EARLY_TO = 0.8, 0.3  # shares of the duration


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
def outline(row: FloatArray, x: FloatArray, y: FloatArray, off: FloatArray) -> None:
    """Write what follows from the ends and the outline of a stroke; ``off`` is room for n numbers."""
    n = x.size
    first_x, first_y = x[0], y[0]
    chord_x, chord_y = x[n - 1] - first_x, y[n - 1] - first_y
    chord = np.sqrt(chord_x * chord_x + chord_y * chord_y)
    mean_x, mean_y, low_x, high_x, low_y, high_y = 0.0, 0.0, first_x, first_x, first_y, first_y
    for place in range(n):
        mean_x += x[place]
        mean_y += y[place]
        low_x, high_x = min(low_x, x[place]), max(high_x, x[place])
        low_y, high_y = min(low_y, y[place]), max(high_y, y[place])
    mean_x /= n
    mean_y /= n
    scatter = 0.0
    if chord > 0:
        for place in range(n):
            off[place] = ((x[place] - first_x) * chord_y - (y[place] - first_y) * chord_x) / chord
        left, right, total, squares = 0.0, 0.0, 0.0, 0.0
        for place in range(n):
            scatter += (x[place] - mean_x) ** 2 + (y[place] - mean_y) ** 2
            left, right = max(left, off[place]), max(right, -off[place])
            total += off[place]
            squares += off[place] * off[place]
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
    else:
        for place in range(n):
            scatter += (x[place] - mean_x) ** 2 + (y[place] - mean_y) ** 2
    row[AT.chord_px] = chord
    row[AT.width_px], row[AT.height_px] = high_x - low_x, high_y - low_y
    row[AT.scatter_px] = np.sqrt(scatter / n)
    row[AT.self_intersections] = crossings(x, y)
    row[AT.start_x_px], row[AT.start_y_px], row[AT.end_x_px], row[AT.end_y_px] = (
        first_x,
        first_y,
        x[n - 1],
        y[n - 1],
    )


@kernel
def turning(
    row: FloatArray,
    turn: FloatArray,
    step: FloatArray,
    curvature: FloatArray,
    ordered: FloatArray,
    padded: FloatArray,
    ranks: Array,
) -> None:
    """Write turns and curvature; the last four are room to work in."""
    n = turn.size
    for place in range(n):
        curvature[place] = abs(turn[place]) / (0.5 * (step[place] + step[place + 1]))
    total, size, largest, squares, sign, back, mean, rate = 0.0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0.0
    for place in range(n):
        by = abs(turn[place])
        total += turn[place]
        size += by
        largest = max(largest, by)
        squares += turn[place] * turn[place]
        sign += (turn[place] > 0) - (turn[place] < 0)
        back += by > np.pi / 2
        mean += curvature[place]
    for place in range(1, n):
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
    put_in_order(curvature[:n], ordered, padded, ranks)
    row[AT.curvature_max_rad_per_px], row[AT.curvature_q50_rad_per_px] = (
        ordered[n - 1],
        quantile(ordered, n, 0.5),
    )


@kernel
def speeds(
    row: FloatArray,
    step_s: FloatArray,
    speed: FloatArray,
    change: FloatArray,
    jerk: FloatArray,
    ordered: FloatArray,
    padded: FloatArray,
    ranks: Array,
) -> None:
    """Write speed, acceleration and jerk of a stroke, and its sub-movements; the last five are room."""
    n = speed.size
    length, duration = row[AT.length_px], row[AT.duration_s]
    mean, total, squares = length / duration, 0.0, 0.0
    for place in range(n):
        squares += (speed[place] - mean) ** 2 * step_s[place]
        total += speed[place]
    put_in_order(speed, ordered, padded, ranks)
    largest = ordered[n - 1]
    row[AT.speed_px_per_s], row[AT.speed_sd_px_per_s], row[AT.speed_max_px_per_s] = (
        mean,
        np.sqrt(squares / duration),
        largest,
    )
    row[AT.speed_q25_px_per_s], row[AT.speed_q50_px_per_s], row[AT.speed_q75_px_per_s] = (
        quantile(ordered, n, 0.25),
        quantile(ordered, n, 0.5),
        quantile(ordered, n, 0.75),
    )
    row[AT.speed_first_px_per_s], row[AT.speed_last_px_per_s] = speed[0], speed[n - 1]
    _, row[AT.speed_skewness], row[AT.speed_kurtosis] = _moments(speed, total / n)
    for place in range(n - 1):
        change[place] = (speed[place + 1] - speed[place]) / (0.5 * (step_s[place] + step_s[place + 1]))
    for place in range(1, n - 1):
        jerk[place] = (change[place] - change[place - 1]) / (0.5 * (step_s[place] + step_s[place + 1]))
    jerk[0] = 0.0
    high, low, squares, jerks, jerk_high, per_px, slowing = -np.inf, np.inf, 0.0, 0.0, 0.0, 0.0, 0.0
    submovements, least = int(speed[0] >= speed[1]), _PEAK_SHARE * largest
    for place in range(n - 1):
        high, low = max(high, change[place]), min(low, change[place])
        squares += change[place] * change[place]
        per_px += abs(change[place])
        slowing += step_s[place + 1] if speed[place + 1] < speed[place] else 0.0
        jerks += jerk[place] * jerk[place]
        jerk_high = max(jerk_high, abs(jerk[place]))
        rises = (speed[place + 1] > speed[place]) & (speed[place + 1] > least)
        submovements += rises & (speed[place + 1] >= speed[min(place + 2, n - 1)])
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
    n, length, duration = speed.size, row[AT.length_px], row[AT.duration_s]
    initial = 0.0
    for place in range(n - 1):
        if not speed[place + 1] > speed[place]:
            break
        initial += step_s[place + 1]
    row[AT.initial_acceleration_s] = initial
    at, gone, tail_px, tail_s, early, centre, scatter, to_peak_s, to_peak = (
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip
    largest = -1.0
    for place in range(n):
        middle = at + 0.5 * step_s[place]
        centre += step[place] * middle
        scatter += step[place] * middle * middle
        at += step_s[place]
        gone += step[place]
        faster = speed[place] > largest
        largest = speed[place] if faster else largest
        to_peak_s, to_peak = (at if faster else to_peak_s), (gone if faster else to_peak)
        is_tail = at > _TAIL_FROM * duration
        tail_px += step[place] if is_tail else 0.0
        tail_s += step_s[place] if is_tail else 0.0
        early += step[place] if at <= _EARLY_TO * duration else 0.0
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
def steps(
    row: FloatArray,
    x: FloatArray,
    y: FloatArray,
    step: FloatArray,
    step_s: FloatArray,
    reach: FloatArray,
    ordered: FloatArray,
    padded: FloatArray,
    ranks: Array,
) -> None:
    """Write how long and how regular the steps are; the last four are room to work in."""
    n = step.size
    length, duration = row[AT.length_px], row[AT.duration_s]
    for place in range(1, n - 1):  # length of the path through the means of three successive points
        reach_x, reach_y = x[place + 2] - x[place - 1], y[place + 2] - y[place - 1]
        reach[place] = np.sqrt(reach_x * reach_x + reach_y * reach_y) / 3
    smooth = 0.0
    for place in range(1, n - 1):
        smooth += reach[place]
    mean, mean_s = length / n, duration / n
    across, down, on_axis, small, rests, squares, squares_s = 0.0, 0.0, 0, 0, 0, 0.0, 0.0
    for place in range(n):
        dx, dy = abs(x[place + 1] - x[place]), abs(y[place + 1] - y[place])
        across += dx
        down += dy
        on_axis += (dx == 0) | (dy == 0)
        small += step[place] < _SMALL_STEP_PX
        rests += step_s[place] > _REST_S
        squares += (step[place] - mean) ** 2
        squares_s += (step_s[place] - mean_s) ** 2
    put_in_order(step, ordered, padded, ranks)
    row[AT.step_q50_px], row[AT.step_q90_px], row[AT.step_max_px] = (
        quantile(ordered, n, 0.5),
        quantile(ordered, n, 0.9),
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
    row[AT.step_regularity] = mean / (mean + np.sqrt(squares / n))
    put_in_order(step_s, ordered, padded, ranks)
    row[AT.longest_step_s], row[AT.first_step_px] = ordered[n - 1], step[0]
    row[AT.points], row[AT.points_per_s] = n + 1, n / duration
    row[AT.step_q25_s], row[AT.step_q50_s], row[AT.step_q75_s] = (
        quantile(ordered, n, 0.25),
        quantile(ordered, n, 0.5),
        quantile(ordered, n, 0.75),
    )
    row[AT.step_sd_s] = np.sqrt(squares_s / n)
