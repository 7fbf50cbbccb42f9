"""Measure every pointer stroke: points in, a row of columns per stroke and per step out."""

from collections import namedtuple
from typing import Any

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.pointer import BUTTON_DOWN, MOVE, STROKE_CLICK, STROKE_DRAG
from reid.kernels.pointer_angles import angle_of, wrapped
from reid.kernels.pointer_order import ROOM
from reid.kernels.pointer_shape import AT, STROKE_COLUMNS, outline, phases, speeds, steps, turning
from reid.typing import Array, Float32Array, FloatArray, IntArray

#: Columns of a step from move to move, in the order of :func:`stroke_columns`.
STEP_COLUMNS = (
    "kind", "sector", "sector_of_8", "length_px", "length_px2", "duration_s", "turn_rad", "turn_size_rad",
    "speed_px_per_s", "speed_ratio_log",
)  # fmt: skip
_IN_STEP: Any = namedtuple("_IN_STEP", STEP_COLUMNS)(*range(len(STEP_COLUMNS)))  # noqa: PYI024  made of them
N_STROKE_COLUMNS = len(STROKE_COLUMNS)
N_STEP_COLUMNS = len(STEP_COLUMNS)

_US_PER_S = 1e6
_LONGEST_PAUSE_S = 60.0
_LARGEST_PX2 = 40.0  # squared lengths tell pixel-sized steps apart, up to here
_TARGET_PX = 16.0  # width taken for a target, whose real one no log holds
_LEAST_TURNING = 3  # moves that make a turn


@kernel
def _write_steps(
    into: Float32Array,
    kind: int,
    step: FloatArray,
    step_s: FloatArray,
    heading: FloatArray,
    turn: FloatArray,
    speed: FloatArray,
) -> int:
    """Write a row per step after the first; return how many."""
    is_drag = 1.0 if kind == STROKE_DRAG else 0.0
    for place in range(1, step.size):
        row = into[place - 1]
        sixteenth = np.floor(heading[place] / (np.pi / 8) + 0.5)
        eighth = np.floor(heading[place] / (np.pi / 4))
        row[_IN_STEP.kind] = is_drag
        row[_IN_STEP.sector] = sixteenth + 16 if sixteenth < 0 else sixteenth
        row[_IN_STEP.sector_of_8] = eighth + 8 if eighth < 0 else eighth
        row[_IN_STEP.length_px] = step[place]
        row[_IN_STEP.length_px2] = min(step[place] * step[place], _LARGEST_PX2)
        row[_IN_STEP.duration_s] = step_s[place]
        row[_IN_STEP.turn_rad] = turn[place - 1]
        row[_IN_STEP.turn_size_rad] = abs(turn[place - 1])
        row[_IN_STEP.speed_px_per_s] = speed[place]
        row[_IN_STEP.speed_ratio_log] = np.log(speed[place] / speed[place - 1])
    return max(step.size - 1, 0)


@kernel
def _gather(
    point_us: IntArray, x: FloatArray, y: FloatArray, code: Array, start: int, stop: int, path: FloatArray
) -> int:
    """Write x, y and time of the moves of a stroke, each at a time and place of its own; return how many."""
    n = 0
    for place in range(start, stop):
        if code[place] != MOVE:
            continue
        if n > 0 and path[2, n - 1] == point_us[place]:  # a press stood between
            n -= 1
        if n == 0 or path[0, n - 1] != x[place] or path[1, n - 1] != y[place]:
            path[0, n], path[1, n], path[2, n] = x[place], y[place], point_us[place]
            n += 1
    return n


@kernel
def _aim(row: FloatArray, heading: FloatArray, last_heading: float) -> float:
    """Write how a stroke keeps to its line, and Fitts' throughput; return its heading for the next one."""
    row[AT.throughput_bit_per_s] = np.log2(row[AT.chord_px] / _TARGET_PX + 1) / row[AT.duration_s]
    if not row[AT.chord_px] > 0:
        return last_heading
    chord_heading = np.arctan2(row[AT.heading_sin], row[AT.heading_cos])
    row[AT.first_heading_off_rad] = wrapped(heading[0] - chord_heading)
    row[AT.last_heading_off_rad] = wrapped(heading[-1] - chord_heading)
    if not np.isnan(last_heading):
        row[AT.turn_from_last_rad] = wrapped(chord_heading - last_heading)
    return float(chord_heading)


def stroke_columns(
    point_us: IntArray,
    x: FloatArray,
    y: FloatArray,
    code: Array,
    offsets: IntArray,
    starts: IntArray,
    stops: IntArray,
    kinds: Array,
    stroke_offsets: IntArray,
) -> tuple[FloatArray, Float32Array, IntArray]:
    """Measure each stroke, and each of its steps from the second on.

    Parameters
    ----------
    point_us, x, y, code, offsets
        As :func:`~reid.kernels.pointer.merge_points` returns them.
    starts, stops, kinds, stroke_offsets
        As :func:`~reid.kernels.pointer.cut_strokes` returns them, of at least 3 moves each.

    Returns
    -------
    strokes : float64 array of shape (n_strokes, 91)
        :data:`~reid.kernels.pointer_shape.STROKE_COLUMNS`; NaN where undefined. Pauses are counted within
        the run, and up to 60 s.
    steps : float32 array of shape (n_steps, 10)
        :data:`STEP_COLUMNS`.
    step_offsets : int64 array of shape (n_runs + 1,)
        Steps ``step_offsets[i] .. step_offsets[i + 1] - 1`` belong to run i.

    Notes
    -----
    ``deviation``, ``offset``: of points from the line through both ends (left is negative turn on a screen
    whose y points down). ``submovements``: peaks of speed above a tenth of the largest. ``tail``: the
    last fifth of the time, ``early``: the first three tenths. ``path_centre``, ``path_scatter``: mean and
    sd of the time at which the path is covered. ``jitter_ratio``: path through means of three points over
    the path. ``step_regularity``: mean / (mean + sd) of step lengths. ``throughput``:
    log2(chord / 16 px + 1) / duration, after Fitts. ``turn_from_last``: from the heading of the stroke
    before.
    """
    longest = int((stops - starts).max(initial=0))
    # Not in the kernel: numpy asks for large pages, of which so many columns need far fewer.
    strokes = np.full((starts.size, N_STROKE_COLUMNS), np.nan)
    steps_of_strokes = np.empty((int((stops - starts).sum()), N_STEP_COLUMNS), dtype=np.float32)
    path = (point_us, x, y, code, offsets)
    step_offsets = _measure(*path, starts, stops, kinds, stroke_offsets, longest, strokes, steps_of_strokes)
    return strokes, steps_of_strokes[: step_offsets[-1]], step_offsets


@kernel
def _measure(
    point_us: IntArray,
    x: FloatArray,
    y: FloatArray,
    code: Array,
    offsets: IntArray,
    starts: IntArray,
    stops: IntArray,
    kinds: Array,
    stroke_offsets: IntArray,
    longest: int,
    strokes: FloatArray,
    step_rows: Float32Array,
) -> IntArray:
    """Write strokes and steps; return how many steps there are up to each run."""
    step_offsets = np.zeros(offsets.size, dtype=np.int64)
    scratch = np.empty((11, longest + 1))
    padded, ranks = np.empty(ROOM), np.empty(ROOM, dtype=np.int32)
    n_steps = 0
    for run in range(offsets.size - 1):
        last_heading = np.nan
        clicked_at = offsets[run]  # point up to which presses have been looked for
        click_us = np.int64(-1)
        for number in range(stroke_offsets[run], stroke_offsets[run + 1]):
            n = _gather(point_us, x, y, code, starts[number], stops[number], scratch)
            if n < _LEAST_TURNING:
                continue
            at_x, at_y, at_us = scratch[0, :n], scratch[1, :n], scratch[2, :n]
            step, step_s = scratch[3, : n - 1], scratch[4, : n - 1]
            heading, speed = scratch[5, : n - 1], scratch[6, : n - 1]
            turn, ordered = scratch[7, : n - 2], scratch[8]
            for place in range(n - 1):
                dx, dy = at_x[place + 1] - at_x[place], at_y[place + 1] - at_y[place]
                step[place] = np.sqrt(dx * dx + dy * dy)
                step_s[place] = (at_us[place + 1] - at_us[place]) / _US_PER_S
                speed[place] = step[place] / step_s[place]
            length = 0.0
            for place in range(n - 1):
                heading[place] = angle_of(at_x[place + 1] - at_x[place], at_y[place + 1] - at_y[place])
                length += step[place]
            for place in range(n - 2):
                turn[place] = wrapped(heading[place + 1] - heading[place])
            row = strokes[number]
            row[AT.kind] = kinds[number]
            row[AT.duration_s] = (at_us[n - 1] - at_us[0]) / _US_PER_S
            row[AT.length_px] = length
            outline(row, at_x, at_y, scratch[9])
            row[AT.straightness] = min(row[AT.chord_px] / length, 1.0)
            turning(row, turn, step, scratch[9], ordered, padded, ranks)
            speeds(row, step_s, speed, scratch[9], scratch[10], ordered, padded, ranks)
            phases(row, step, step_s, speed)
            steps(row, at_x, at_y, step, step_s, scratch[9], ordered, padded, ranks)
            last_heading = _aim(row, heading, last_heading)
            _surroundings(row, point_us, code, offsets[run : run + 2], starts[number], stops[number])
            while clicked_at < starts[number]:
                if code[clicked_at] == BUTTON_DOWN:
                    click_us = point_us[clicked_at]
                clicked_at += 1
            if click_us >= 0:
                row[AT.since_click_s] = min(
                    (point_us[starts[number]] - click_us) / _US_PER_S, _LONGEST_PAUSE_S
                )
            n_steps += _write_steps(step_rows[n_steps:], kinds[number], step, step_s, heading, turn, speed)
        step_offsets[run + 1] = n_steps
    return step_offsets


@kernel
def _surroundings(
    row: FloatArray, point_us: IntArray, code: Array, run: IntArray, start: int, stop: int
) -> None:
    """Write pauses before and after, and rest and hold of the press that ends a click."""
    if start > run[0]:
        row[AT.pause_before_s] = min((point_us[start] - point_us[start - 1]) / _US_PER_S, _LONGEST_PAUSE_S)
    if stop < run[1]:
        row[AT.pause_after_s] = min((point_us[stop] - point_us[stop - 1]) / _US_PER_S, _LONGEST_PAUSE_S)
    if row[AT.kind] == STROKE_CLICK:
        moved_us = point_us[start]
        for place in range(start, stop):
            if code[place] == MOVE:
                moved_us = point_us[place]
            elif code[place] == BUTTON_DOWN:
                row[AT.rest_at_press_s] = min((point_us[place] - moved_us) / _US_PER_S, _LONGEST_PAUSE_S)
                row[AT.hold_s] = min((point_us[stop - 1] - point_us[place]) / _US_PER_S, _LONGEST_PAUSE_S)
                break
