"""Latencies of keys, and a clock rebuilt from other latencies: many sessions laid end to end in."""

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.keystroke import KEY_DOWN, KEY_UP
from reid.typing import Array, BoolArray, FloatArray, IntArray

_PARTS = 256  #: of the numbers from 0 to 1


@kernel
def press_rows(event: Array, press: IntArray, bounds: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Say which row each key event counts its time from, and which auto-repeat it is.

    Parameters
    ----------
    event : uint8 array of shape (n_events,)
        0 where a key goes down, 1 where it comes up, other values elsewhere.
    press : int64 array of shape (n_events,)
        Number of the key press, 0 or more, unique within a session; anything of that range on other rows.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.

    Returns
    -------
    begins : int64 array of shape (n_events,)
        On key rows the row on which their press begins, which is the row itself where it does; -1 elsewhere.
    previous : int64 array of shape (n_events,)
        On rows on which a press begins, the row on which the one before it began; -1 on the first of a
        session and elsewhere.
    repeat : int64 array of shape (n_events,)
        1, 2, ... on the auto-repeats of a press, and their number on the row on which it begins; 0 elsewhere.
    """
    begins = np.full(event.size, -1, dtype=np.int64)
    previous = np.full(event.size, -1, dtype=np.int64)
    repeat = np.zeros(event.size, dtype=np.int64)
    began_at = np.full(press.max() + 1, -1, dtype=np.int64)
    for session in range(bounds.size - 1):
        last = -1
        for row in range(bounds[session], bounds[session + 1]):
            if event[row] != KEY_DOWN and event[row] != KEY_UP:
                continue
            if began_at[press[row]] < bounds[session]:
                began_at[press[row]] = row
                previous[row], last = last, row
            begins[row] = began_at[press[row]]
            if begins[row] != row and event[row] == KEY_DOWN:
                repeat[begins[row]] += 1
                repeat[row] = repeat[begins[row]]
    return begins, previous, repeat


@kernel
def key_lags(time_us: IntArray, begins: IntArray, previous: IntArray, bounds: IntArray) -> IntArray:
    """Say how long each key event comes after what it counts its time from.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    begins, previous : int64 arrays of shape (n_events,)
        As in :func:`press_rows`.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.

    Returns
    -------
    int64 array of shape (n_events,)
        Where a press begins, the time since the one before it began, or since the session's first event;
        on other key rows that since their press began; 0 elsewhere.
    """
    lag_us = np.zeros_like(time_us)
    for session in range(bounds.size - 1):
        for row in range(bounds[session], bounds[session + 1]):
            since = begins[row]
            if since == row:
                since = previous[row] if previous[row] >= 0 else bounds[session]
            lag_us[row] = time_us[row] - time_us[since] if since >= 0 else 0
    return lag_us


@kernel
def rebuilt_clock(
    time_us: IntArray, begins: IntArray, key: IntArray, lag_us: IntArray, bounds: IntArray, n_keys: int
) -> IntArray:
    """Give each key event a time by its latency, and other rows their share of the time in between.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    begins : int64 array of shape (n_events,)
        As in :func:`press_rows`.
    key : int64 array of shape (n_events,)
        Number of the key of each key event, below ``n_keys``; anything elsewhere.
    lag_us : int64 array of shape (n_events,)
        On rows on which a press begins, the new time since the one before it began, and on the first of a
        session that since the session's first event; on other key rows the new time since their press began.
        0 or more; anything elsewhere.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    n_keys : int
        A number above that of every key.

    Returns
    -------
    int64 array of shape (n_events,)
        Times from the session's first event, not in order where a release now comes after a later press or
        before an earlier one; but a key that came up before it went down again still does. A row that is no
        key event lies between the same two presses as before, at the same share of the time between them;
        after the last press it keeps its distance from that.
    """
    new_us = np.empty_like(time_us)
    next_press = np.full(n_keys, -1, dtype=np.int64)
    for session in range(bounds.size - 1):
        start, stop = bounds[session], bounds[session + 1]
        if start < stop:
            _presses_and_others(new_us, time_us, begins, lag_us, start, stop)
        for row in range(stop - 1, start - 1, -1):
            if begins[row] == row:
                next_press[key[row]] = row
            elif begins[row] >= 0:
                new_us[row] = new_us[begins[row]] + lag_us[row]
                if start <= next_press[key[row]] < stop:
                    new_us[row] = min(new_us[row], new_us[next_press[key[row]]])
    return new_us


@kernel
def _presses_and_others(
    new_us: IntArray, time_us: IntArray, begins: IntArray, lag_us: IntArray, start: int, stop: int
) -> None:
    """Write the times of one session's presses and of its rows that are no key events."""
    from_us, to_us, waiting = time_us[start], 0, start
    for row in range(start, stop):
        if begins[row] != row:
            continue
        span_us = time_us[row] - from_us
        stretch = lag_us[row] / span_us if span_us > 0 else 0.0
        for other in range(waiting, row):
            if begins[other] < 0:
                share_us = int(stretch * (time_us[other] - from_us))
                new_us[other] = to_us + min(share_us, lag_us[row])
        from_us, to_us, waiting = time_us[row], to_us + lag_us[row], row + 1
        new_us[row] = to_us
    for other in range(waiting, stop):
        if begins[other] < 0:
            new_us[other] = to_us + time_us[other] - from_us


@kernel
def first_bins(up_to: FloatArray) -> IntArray:
    """Say for each law where the search for the bin of a number begins, by the number's first eight bits.

    Parameters
    ----------
    up_to : float64 array of shape (n_laws, n_bins)
        Probability of all bins up to each, the last 1.

    Returns
    -------
    int64 array of shape (n_laws, 256)
        First bin up to which there is more than so many parts of 256.
    """
    first = np.empty((up_to.shape[0], _PARTS), dtype=np.int64)
    for law in range(up_to.shape[0]):
        place = 0
        for part in range(_PARTS):
            while up_to[law, place] <= part / _PARTS:
                place += 1
            first[law, part] = place
    return first


@kernel
def first_known(slots: IntArray, is_known: BoolArray) -> IntArray:
    """Return the first slot of each row that is known, or else its last.

    Parameters
    ----------
    slots : int64 array of shape (n_levels, n)
        Slots of each row.
    is_known : bool array of shape (n_slots,)
        Which of all slots are known.

    Returns
    -------
    int64 array of shape (n,)
    """
    chosen: IntArray = slots[-1].copy()
    for level in range(slots.shape[0] - 2, -1, -1):
        for row in range(chosen.size):
            chosen[row] = slots[level, row] if is_known[slots[level, row]] else chosen[row]
    return chosen


@kernel
def drawn_by_inversion(
    law: IntArray, uniform: FloatArray, up_to: FloatArray, first_bin: IntArray, edges: FloatArray
) -> FloatArray:
    """Draw a number for each row from the histogram of its law.

    Parameters
    ----------
    law : int64 array of shape (n_rows,)
        Row of ``up_to`` for each row.
    uniform : float64 array of shape (n_rows,)
        Independent draws, uniform on ``[0, 1)``.
    up_to : float64 array of shape (n_laws, n_bins)
        Probability of all bins up to each, the last 1.
    first_bin : int64 array of shape (n_laws, 256)
        As :func:`first_bins` returns it.
    edges : float64 array of shape (n_bins + 1,)
        Ends of the bins, rising.

    Returns
    -------
    float64 array of shape (n_rows,)
        Spread evenly over the bin that was drawn.
    """
    drawn = np.empty(law.size)
    for row in range(law.size):
        shares = up_to[law[row]]
        place = first_bin[law[row], int(uniform[row] * _PARTS)]
        while shares[place] <= uniform[row]:
            place += 1
        below = shares[place - 1] if place > 0 else 0.0
        within = (uniform[row] - below) / (shares[place] - below)
        drawn[row] = edges[place] + within * (edges[place + 1] - edges[place])
    return drawn
