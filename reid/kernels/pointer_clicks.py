"""Clicks and turns of the wheel: points and rows in, one row of columns per click and per turn out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.pointer import BUTTON_DOWN, MOVE, N_BUTTONS, WHEEL
from reid.typing import Array, FloatArray, IntArray

_US_PER_S = 1e6
_LONGEST_PAUSE_AT_CLICK_S = 5.0  # a rest before or after a click from here on has nothing to do with it
_DOUBLE_CLICK_S = 0.6
_DOUBLE_CLICK_PX = 8.0


@kernel
def click_columns(  # noqa: C901, PLR0912  one walk with one state
    point_us: IntArray, x: FloatArray, y: FloatArray, code: Array, pressed: Array, offsets: IntArray
) -> tuple[FloatArray, IntArray]:
    """Measure each press of a button.

    Parameters
    ----------
    point_us, x, y, code, pressed, offsets
        As :func:`pointer_points` returns them.

    Returns
    -------
    clicks : float64 array of shape (n_clicks, 11)
        Seconds held; seconds from the move before to the press, and from the release to the next point, if
        below 5; seconds from the press before of the same button, if at most 0.6 and 8 px away; pixels
        from press to release; 1 if moved between, else 0; 1 if the second of a double click, else 0;
        button; seconds since the press before; x and y. NaN where there is none.
    click_offsets : int64 array of shape (n_runs + 1,)
        Clicks ``click_offsets[i] .. click_offsets[i + 1] - 1`` belong to run i.
    """
    n_downs = 0
    for place in range(code.size):
        n_downs += code[place] == BUTTON_DOWN
    clicks = np.full((n_downs, 11), np.nan)
    click_offsets = np.zeros(offsets.size, dtype=np.int64)
    last_of_button = np.empty(N_BUTTONS, dtype=np.int64)
    down_at = np.empty(n_downs, dtype=np.int64)
    is_open = np.zeros(n_downs, dtype=np.bool_)
    n = 0
    for run in range(offsets.size - 1):
        last_of_button[:] = -1
        first_click = n
        moved_at = -1
        for place in range(offsets[run], offsets[run + 1]):
            kind, button = code[place], min(pressed[place], N_BUTTONS - 1)
            before = last_of_button[button]
            if kind == MOVE:
                moved_at = place
            elif kind == BUTTON_DOWN:
                down_at[n] = place
                is_open[n] = True
                clicks[n, 5] = 0.0
                clicks[n, 6] = 0.0
                clicks[n, 7] = button
                clicks[n, 9] = x[place]
                clicks[n, 10] = y[place]
                if moved_at >= 0 and moved_at == place - 1:
                    rest_s = (point_us[place] - point_us[moved_at]) / _US_PER_S
                    if rest_s <= _LONGEST_PAUSE_AT_CLICK_S:
                        clicks[n, 1] = rest_s
                if n > first_click:
                    clicks[n, 8] = (point_us[place] - point_us[down_at[n - 1]]) / _US_PER_S
                if before >= 0:
                    other = down_at[before]
                    gap_s = (point_us[place] - point_us[other]) / _US_PER_S
                    off_px = np.hypot(x[place] - x[other], y[place] - y[other])
                    if gap_s <= _DOUBLE_CLICK_S and off_px <= _DOUBLE_CLICK_PX:
                        clicks[n, 3] = gap_s
                        clicks[n, 6] = 1.0
                last_of_button[button] = n
                n += 1
            elif before >= 0 and is_open[before]:
                is_open[before] = False
                other = down_at[before]
                clicks[before, 0] = (point_us[place] - point_us[other]) / _US_PER_S
                clicks[before, 4] = np.hypot(x[place] - x[other], y[place] - y[other])
                clicks[before, 5] = 1.0 if moved_at > other else 0.0
                if place + 1 < offsets[run + 1]:
                    rest_s = (point_us[place + 1] - point_us[place]) / _US_PER_S
                    if rest_s <= _LONGEST_PAUSE_AT_CLICK_S:
                        clicks[before, 2] = rest_s
        click_offsets[run + 1] = n
    return clicks, click_offsets


@kernel
def wheel_columns(
    time_us: IntArray, event: Array, delta: Array, starts: IntArray, stops: IntArray
) -> tuple[FloatArray, IntArray]:
    """Measure each turn of the wheel.

    Parameters
    ----------
    time_us, event, starts, stops
        As for :func:`pointer_points`.
    delta : float array of shape (n_events,)
        How far the wheel turned downwards, in the unit of the source; NaN where unknown.

    Returns
    -------
    turns : float64 array of shape (n_turns, 4)
        How far, without the sign; 1 if downwards, 0 if upwards; seconds since the turn before; 1 if the other
        way than the turn before, else 0. NaN where there is none.
    turn_offsets : int64 array of shape (n_runs + 1,)
        Turns ``turn_offsets[i] .. turn_offsets[i + 1] - 1`` belong to run i.
    """
    n_turns = 0
    for run in range(starts.size):
        for place in range(starts[run], stops[run]):
            n_turns += event[place] == WHEEL
    turns = np.full((n_turns, 4), np.nan)
    turn_offsets = np.zeros(starts.size + 1, dtype=np.int64)
    n = 0
    for run in range(starts.size):
        before = -1
        for place in range(starts[run], stops[run]):
            if event[place] != WHEEL:
                continue
            turns[n, 0] = abs(delta[place])
            if delta[place] != 0 and not np.isnan(delta[place]):
                turns[n, 1] = 1.0 if delta[place] > 0 else 0.0
            if before >= 0:
                turns[n, 2] = (time_us[place] - time_us[before]) / _US_PER_S
                if not (np.isnan(turns[n, 1]) or np.isnan(turns[n - 1, 1])):
                    turns[n, 3] = 1.0 if turns[n, 1] != turns[n - 1, 1] else 0.0
            before = place
            n += 1
        turn_offsets[run + 1] = n
    return turns, turn_offsets
