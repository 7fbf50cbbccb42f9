"""Where the hand goes from the pointer to the keys and back: rows of events in, a row per way out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.pointer import BUTTON_DOWN, BUTTON_UP, MOVE
from reid.typing import Array, FloatArray, IntArray

N_TO_KEYS, N_TO_POINTER = 9, 8
_US_PER_S = 1e6


@kernel
def handovers(  # noqa: C901, PLR0912, PLR0915  one walk with one state
    time_us: IntArray,
    event: Array,
    x_px: Array,
    y_px: Array,
    press: IntArray,
    hold_us: FloatArray,
    starts: IntArray,
    stops: IntArray,
) -> tuple[FloatArray, IntArray, FloatArray, IntArray]:
    """Measure each way from the last pointer event to the first press that follows, and each way back.

    A *spell* is all pointer events between two presses, or all presses between two pointer events;
    releases of keys end no spell, since a hand may leave before the key is up.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a run.
    event : uint8 array of shape (n_events,)
        Place of each event's kind in :data:`~reid.events.schema.EVENTS`.
    x_px, y_px : float arrays of shape (n_events,)
        Where the pointer is; NaN on key events.
    press : int64 array of shape (n_events,)
        Number of the press that begins on the row, -1 where none does (also on auto-repeats).
    hold_us : float64 array of shape (n_presses,)
        How long each press is held; NaN where it is not released within the run.
    starts, stops : int64 arrays of shape (n_runs,)
        First row of each run and the row past its last. Runs stand in the order of the rows.

    Returns
    -------
    to_keys : float64 array of shape (n_ways, 9)
        Of each way to the keys: seconds from the last pointer event; 1 if a button went down in the
        pointer spell before, else 0; how often; seconds from its last press or release of a button, NaN
        without; pixels and moves after that; seconds that the spell took; seconds that the first key is
        held; seconds from it to the next press of its spell, NaN if there is none.
    key_offsets : int64 array of shape (n_runs + 1,)
        Ways ``key_offsets[i] .. key_offsets[i + 1] - 1`` belong to run i.
    to_pointer : float64 array of shape (n_ways, 8)
        Of each way to the pointer: seconds from the last press; from its release, negative while it is
        down; seconds that it is held; seconds from the press before it in its spell; 1 if the first
        pointer event is a button that goes down, else 0; seconds and pixels from there to the next
        pointer event of the spell; seconds to the spell's first button that goes down. NaN where there is
        none.
    pointer_offsets : int64 array of shape (n_runs + 1,)
        As ``key_offsets``.
    """
    n_keys, n_pointer = 0, 0
    for run in range(starts.size):  # at most so many ways
        was = -1
        for row in range(starts[run], stops[run]):
            now = 1 if event[row] >= MOVE else (0 if press[row] >= 0 else -1)
            if now >= 0:
                n_keys += was == 1 and now == 0
                n_pointer += was == 0 and now == 1
                was = now
    to_keys = np.full((n_keys, N_TO_KEYS), np.nan)
    to_pointer = np.full((n_pointer, N_TO_POINTER), np.nan)
    key_offsets = np.zeros(starts.size + 1, dtype=np.int64)
    pointer_offsets = np.zeros(starts.size + 1, dtype=np.int64)
    n_keys, n_pointer = 0, 0
    for run in range(starts.size):
        was = -1
        in_spell = 0  # presses, or pointer events, of this spell so far
        spell_us, last_us, before_us, last_press = 0, 0, 0, -1
        n_clicks, button_us, moved_px, n_moves = 0, -1, 0.0, 0
        last_x, last_y = np.nan, np.nan
        arrived = False  # this spell began with a way, which is measured on
        for row in range(starts[run], stops[run]):
            if event[row] < MOVE:
                if press[row] < 0:
                    continue
                if was == 1:
                    way = to_keys[n_keys]
                    way[0] = (time_us[row] - last_us) / _US_PER_S
                    way[1] = 1.0 if n_clicks > 0 else 0.0
                    way[2] = n_clicks
                    if button_us >= 0:
                        way[3] = (time_us[row] - button_us) / _US_PER_S
                        way[4] = moved_px
                        way[5] = n_moves
                    way[6] = (last_us - spell_us) / _US_PER_S
                    way[7] = hold_us[press[row]] / _US_PER_S
                    n_keys += 1
                    arrived = True
                elif arrived and in_spell == 1:
                    to_keys[n_keys - 1, 8] = (time_us[row] - last_us) / _US_PER_S
                if was != 0:
                    in_spell = 0
                in_spell += 1
                before_us = last_us
                was, last_us, last_press = 0, time_us[row], press[row]
                continue
            goes_down = event[row] == BUTTON_DOWN
            if was == 0:
                way = to_pointer[n_pointer]
                way[0] = (time_us[row] - last_us) / _US_PER_S
                way[1] = way[0] - hold_us[last_press] / _US_PER_S
                way[2] = hold_us[last_press] / _US_PER_S
                if in_spell > 1:
                    way[3] = (last_us - before_us) / _US_PER_S
                way[4] = 1.0 if goes_down else 0.0
                n_pointer += 1
                arrived = True
            elif arrived and in_spell == 1 and was == 1:
                to_pointer[n_pointer - 1, 5] = (time_us[row] - last_us) / _US_PER_S
                to_pointer[n_pointer - 1, 6] = np.hypot(x_px[row] - last_x, y_px[row] - last_y)
            if was != 1:
                in_spell, spell_us, n_clicks = 0, time_us[row], 0
                button_us, moved_px, n_moves = -1, 0.0, 0
            if goes_down:
                if arrived and n_clicks == 0:
                    to_pointer[n_pointer - 1, 7] = (time_us[row] - spell_us) / _US_PER_S
                n_clicks += 1
            if goes_down or event[row] == BUTTON_UP:
                button_us, moved_px, n_moves = time_us[row], 0.0, 0
            elif event[row] == MOVE:
                n_moves += 1
                step_px = np.hypot(x_px[row] - last_x, y_px[row] - last_y)
                if not np.isnan(step_px):
                    moved_px += step_px
            in_spell += 1
            was, last_us = 1, time_us[row]
            last_x, last_y = x_px[row], y_px[row]
        key_offsets[run + 1] = n_keys
        pointer_offsets[run + 1] = n_pointer
    return to_keys, key_offsets, to_pointer, pointer_offsets
