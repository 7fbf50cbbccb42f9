"""One hand at a pointer: strokes made of overlapping sub-movements, clicks, drags and turns of the wheel.

A sub-movement covers its way with a log-normal profile of speed (the kinematic theory of rapid movements), in
the time that Fitts' law says, along a bent line; the ones after the first make good for its error.

References
----------
.. [1] Plamondon (1995). A kinematic theory of rapid human movements. Biological Cybernetics 72.
.. [2] Meyer, Abrams, Kornblum, Wright, Smith (1988). Optimality in human motor performance: ideal control of
   rapid aimed movements. Psychological Review 95(3).
"""

from collections import namedtuple
from math import erf
from typing import Any

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.chance import exponential, normal, uniform
from reid.kernels.key_walk import EVENT, NUMBER, TIME
from reid.kernels.pointer import BUTTON_DOWN, BUTTON_UP, MOVE, WHEEL
from reid.typing import Array, Float32Array, FloatArray, IntArray

#: What makes a hand, in the order of the columns that the kernel reads. Times are logs of ms, lengths logs
#: of px, shares logits.
HAND_TRAITS = (
    "pause", "reach", "fitts_intercept", "fitts_slope", "submovements", "primary", "aim", "bend",
    "bend_spread", "skew", "overlap", "rest_share", "rest", "detour_share", "tremor", "press_delay", "hold",
    "click_share", "drag_share", "double_share", "double_gap", "wheel_share", "pause_spread",
)  # fmt: skip
_AT: Any = namedtuple("_AT", HAND_TRAITS)(*range(len(HAND_TRAITS)))  # noqa: PYI024  made of the names above
N_HAND_TRAITS = len(HAND_TRAITS)

LEFT, RIGHT = 0, 2  # physical values in the ``button`` column
_US_PER_MS = 1000.0
_TARGET_PX = 16.0
_SHAKE_US = 40_000.0  # for so long a hand shakes to one side
_MOST_PARTS = 12
_MOST_TICKS = 3000  # in one movement
_REACH_SD = 1.25  # of log distances from target to target, within a person
_DURATION_SD = 0.50
_HOLD_SD = 0.30
_LONGEST_PAUSE_MS = 60_000.0
_LEAST_DETOUR_PX = 25.0
_RIGHT_SHARE = 0.03
_PEAK_AT = 0.45  # of a sub-movement's time lies the median of its speed


@kernel
def _odds(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


@kernel
def _done(share: float, skew: float) -> float:
    """Return how much of a sub-movement is done after a share of its time."""
    if share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    whole = 1 + erf(-np.log(_PEAK_AT) / (skew * np.sqrt(2.0)))
    return float((1 + erf(np.log(share / _PEAK_AT) / (skew * np.sqrt(2.0)))) / whole)


@kernel
def _write(rows: IntArray, places: Float32Array, n: int, time_us: float, event: int, number: int) -> int:
    """Write an event at the place of the row before."""
    rows[n, TIME], rows[n, EVENT], rows[n, NUMBER] = np.int64(time_us), event, number
    places[n, 0], places[n, 1] = places[n - 1, 0], places[n - 1, 1]
    return n + 1


@kernel
def _plan(
    state: Array, hand: FloatArray, along_x: float, along_y: float, parts: FloatArray
) -> tuple[int, float]:
    """Lay out the sub-movements of a way: start, time, x, y, bend; return how many, and when they end."""
    wanted = 1 + int(exponential(state) * np.exp(hand[_AT.submovements]))
    n_parts = min(wanted, _MOST_PARTS)
    left_x, left_y, start_ms, end_ms = along_x, along_y, 0.0, 0.0
    for part in range(n_parts):
        way_x, way_y = left_x, left_y
        distance = np.hypot(left_x, left_y)
        if part < n_parts - 1:
            share = hand[_AT.primary] + 0.15 * normal(state)
            off = np.exp(hand[_AT.aim]) * normal(state)
            if uniform(state) < _odds(hand[_AT.detour_share]):
                off += 1.3 * normal(state)
                distance = max(distance, _LEAST_DETOUR_PX) * np.exp(0.5 * normal(state))
                heading = np.arctan2(left_y, left_x) + off
                way_x, way_y = distance * np.cos(heading), distance * np.sin(heading)
            else:
                cos, sin = share * np.cos(off), share * np.sin(off)
                way_x, way_y = left_x * cos - left_y * sin, left_x * sin + left_y * cos
            distance = np.hypot(way_x, way_y)
        bits = np.log2(distance / _TARGET_PX + 1)
        time_ms = np.exp(hand[_AT.fitts_intercept]) + np.exp(hand[_AT.fitts_slope]) * bits
        time_ms *= np.exp(_DURATION_SD * normal(state))
        bend = hand[_AT.bend] + np.exp(hand[_AT.bend_spread]) * normal(state)
        parts[part, 0], parts[part, 1], parts[part, 2] = start_ms, time_ms, way_x
        parts[part, 3], parts[part, 4] = way_y, bend
        left_x, left_y = left_x - way_x, left_y - way_y
        end_ms = max(end_ms, start_ms + time_ms)
        start_ms += time_ms * hand[_AT.overlap]
        if uniform(state) < _odds(hand[_AT.rest_share]):
            start_ms = max(start_ms, end_ms) + np.exp(hand[_AT.rest]) * exponential(state)
    return n_parts, end_ms


@kernel
def _move(
    state: Array, rows: IntArray, places: Float32Array, n: int, start_us: float, hand: FloatArray,
    tick_us: float, screen: FloatArray, parts: FloatArray, button: int,
) -> tuple[int, float]:  # fmt: skip
    """Move to a new target; report the place at every tick at which it has changed."""
    from_x, from_y = float(places[n - 1, 0]), float(places[n - 1, 1])
    reach = min(np.exp(hand[_AT.reach] + _REACH_SD * normal(state)), 0.8 * screen[0])
    heading = 2 * np.pi * uniform(state)
    along_x, along_y = reach * np.cos(heading), 0.8 * reach * np.sin(heading)
    if not 0 <= from_x + along_x < screen[0]:
        along_x = -along_x
    if not 0 <= from_y + along_y < screen[1]:
        along_y = -along_y
    target_x = np.rint(min(max(from_x + along_x, 2.0), screen[0] - 3))
    target_y = np.rint(min(max(from_y + along_y, 2.0), screen[1] - 3))
    if target_x == from_x and target_y == from_y:
        target_x = from_x + 1 if from_x < screen[0] / 2 else from_x - 1
    n_parts, end_ms = _plan(state, hand, target_x - from_x, target_y - from_y, parts)
    end_us = start_us + _US_PER_MS * end_ms
    skew = hand[_AT.skew]
    kept = np.exp(-tick_us / _SHAKE_US)
    tremor = np.exp(hand[_AT.tremor]) * np.sqrt(1 - kept * kept)
    shake_x, shake_y = 0.0, 0.0
    last_x, last_y = from_x, from_y
    time_us = np.ceil(start_us / tick_us) * tick_us
    if time_us <= start_us:
        time_us += tick_us
    stride = max(1.0, np.ceil((end_us - time_us) / tick_us / _MOST_TICKS)) * tick_us
    while time_us < end_us:
        at_ms = (time_us - start_us) / _US_PER_MS
        x, y, going = from_x, from_y, False
        for part in range(n_parts):
            done = _done((at_ms - parts[part, 0]) / parts[part, 1], skew)
            aside = parts[part, 4] * 4 * done * (1 - done)
            x += done * parts[part, 2] - aside * parts[part, 3]
            y += done * parts[part, 3] + aside * parts[part, 2]
            going = going or 0.002 < done < 0.998  # noqa: PLR2004  else the hand rests
        if going:
            shake_x = kept * shake_x + tremor * normal(state)
            shake_y = kept * shake_y + tremor * normal(state)
        x = np.rint(min(max(x + shake_x, 0.0), screen[0] - 1))
        y = np.rint(min(max(y + shake_y, 0.0), screen[1] - 1))
        if x != last_x or y != last_y:
            rows[n, TIME], rows[n, EVENT], rows[n, NUMBER] = np.int64(time_us), MOVE, button
            places[n, 0], places[n, 1] = x, y
            last_x, last_y = x, y
            n += 1
        time_us += stride
    if last_x != target_x or last_y != target_y:
        rows[n, TIME], rows[n, EVENT], rows[n, NUMBER] = np.int64(time_us), MOVE, button
        places[n, 0], places[n, 1] = target_x, target_y
        n += 1
    return n, time_us


@kernel
def _click(
    state: Array, rows: IntArray, places: Float32Array, n: int, at_us: float, hand: FloatArray, button: int
) -> tuple[int, float]:
    up_us = at_us + _US_PER_MS * np.exp(hand[_AT.hold] + _HOLD_SD * normal(state))
    n = _write(rows, places, n, at_us, BUTTON_DOWN, button)
    return _write(rows, places, n, up_us, BUTTON_UP, button), up_us


@kernel
def rows_of_stroke() -> int:
    """Return how many rows a stroke takes at most: two movements, two clicks, the wheel."""
    return 2 * (_MOST_TICKS + 2) + 60


@kernel
def point(
    state: Array, rows: IntArray, places: Float32Array, n: int, start_us: float, hand: FloatArray,
    tick_us: float, screen: FloatArray, parts: FloatArray, until_us: float,
) -> tuple[int, float]:  # fmt: skip
    """Pause, move to a target, and click there, drag on from there, or neither.

    Parameters
    ----------
    state : uint64 array of shape (1,)
        State of the session's generator, see :mod:`reid.kernels.chance`.
    rows : int64 array of shape (n_rows, 4)
        Time in us, event, button and nothing are written from row ``n`` on, in order of time.
    places : float32 array of shape (n_rows, 2)
        x and y in px; row ``n - 1`` holds where the pointer is.
    n : int
        Rows of the session so far.
    start_us : float
        When whatever came before has ended.
    hand : float64 array of shape (n_hand_traits,)
        See :data:`HAND_TRAITS`.
    tick_us : float
        Time between two reports.
    screen : float64 array of shape (2,)
        Width and height in px.
    parts : float64 array of shape (12, 5)
        Scratch.
    until_us : float
        No movement begins from here on; one that has begun is ended.

    Returns
    -------
    n : int
        Rows now.
    end_us : float
        When the hand is done.
    """
    pause_ms = np.exp(hand[_AT.pause] + np.exp(hand[_AT.pause_spread]) * normal(state))
    time_us = start_us + _US_PER_MS * min(max(pause_ms, 20.0), _LONGEST_PAUSE_MS)
    if time_us >= until_us:
        return n, time_us
    no_button = -1
    n, time_us = _move(state, rows, places, n, time_us, hand, tick_us, screen, parts, no_button)
    if uniform(state) < _odds(hand[_AT.wheel_share]):
        down = uniform(state) < 0.7  # noqa: PLR2004  pages are read downwards
        for _ in range(1 + min(int(4 * exponential(state)), 40)):
            time_us += _US_PER_MS * (40 + 60 * exponential(state))
            n = _write(rows, places, n, time_us, WHEEL, 1 if down else -1)
    if uniform(state) >= _odds(hand[_AT.click_share]):
        return n, time_us
    time_us += _US_PER_MS * np.exp(hand[_AT.press_delay]) * exponential(state)
    if uniform(state) < _odds(hand[_AT.drag_share]):
        n = _write(rows, places, n, time_us, BUTTON_DOWN, LEFT)
        time_us += _US_PER_MS * np.exp(hand[_AT.press_delay]) * exponential(state)
        n, time_us = _move(state, rows, places, n, time_us, hand, tick_us, screen, parts, LEFT)
        time_us += _US_PER_MS * np.exp(hand[_AT.press_delay]) * exponential(state)
        return _write(rows, places, n, time_us, BUTTON_UP, LEFT), time_us
    button = RIGHT if uniform(state) < _RIGHT_SHARE else LEFT
    n, time_us = _click(state, rows, places, n, time_us, hand, button)
    if button == LEFT and uniform(state) < _odds(hand[_AT.double_share]):
        time_us += _US_PER_MS * np.exp(hand[_AT.double_gap] + 0.2 * normal(state))
        n, time_us = _click(state, rows, places, n, time_us, hand, button)
    return n, time_us
