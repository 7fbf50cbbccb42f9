"""Key releases without a time of their own, and press numbers without a past."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import BoolArray, IntArray


@kernel
def releases_after_presses(
    time_us: IntArray, press: IntArray, is_down: BoolArray, is_up: BoolArray, bounds: IntArray, lag_us: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Put each release a fixed time after the last down of its press, and say in which order rows then stand.

    Nothing of the old releases is left in times or order: at equal times releases stand first, in the
    order of their presses.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    press : int64 array of shape (n_events,)
        Number of the key press, 0 or more, unique within a session; anything of that range on other rows.
    is_down, is_up : bool arrays of shape (n_events,)
        True where a key goes down (auto-repeats included); true where it comes up.
        Every release follows a down of its press within the session.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    lag_us : int
        Time from the last down to the release, above 0.

    Returns
    -------
    order : int64 array of shape (n_events,)
        The row that now stands at each place; sessions stay where they are.
    released_us : int64 array of shape (n_events,)
        Time of the row at each place.
    beside : int64 array of shape (n_events,)
        On places of releases the row of the last down of the press, elsewhere the row itself: where the
        labels of the row come from, since a label of its own could tell when the key came up.
    """
    comes_up = _releases_of_last_downs(press, is_down, is_up, bounds)
    order = np.empty(time_us.size, dtype=np.int64)
    released_us = np.empty_like(time_us)
    beside = np.empty(time_us.size, dtype=np.int64)
    # Downs are in time order and the lag is fixed, so releases fall due in the order of their presses.
    waiting = np.empty(time_us.size, dtype=np.int64)
    due_us = np.empty(time_us.size, dtype=np.int64)
    first, last, place = 0, 0, 0
    for session in range(bounds.size - 1):
        for row in range(bounds[session], bounds[session + 1]):
            if is_up[row]:
                continue
            while first < last and due_us[first] <= time_us[row]:
                order[place], released_us[place] = comes_up[waiting[first]], due_us[first]
                beside[place] = waiting[first]
                first, place = first + 1, place + 1
            order[place], released_us[place], beside[place] = row, time_us[row], row
            place += 1
            if comes_up[row] >= 0:
                waiting[last], due_us[last] = row, time_us[row] + lag_us
                last += 1
        while first < last:
            order[place], released_us[place] = comes_up[waiting[first]], due_us[first]
            beside[place] = waiting[first]
            first, place = first + 1, place + 1
    return order, released_us, beside


@kernel
def _releases_of_last_downs(
    press: IntArray, is_down: BoolArray, is_up: BoolArray, bounds: IntArray
) -> IntArray:
    """Return, on the last down of each press, the row of its release; -1 elsewhere: int64, (n_events,)."""
    comes_up = np.full(press.size, -1, dtype=np.int64)
    last_down = np.empty(press.max() + 1, dtype=np.int64)  # written in a session before it is read there
    for session in range(bounds.size - 1):
        rows = range(bounds[session], bounds[session + 1])
        for row in rows:
            if is_down[row]:
                last_down[press[row]] = row
        for row in rows:
            if is_up[row]:
                comes_up[last_down[press[row]]] = row
    return comes_up


@kernel
def numbered_by_appearance(press: IntArray, is_key: BoolArray, bounds: IntArray) -> IntArray:
    """Give the presses of each session the numbers 0, 1, 2, ... in the order of their first rows.

    Parameters
    ----------
    press : int64 array of shape (n_events,)
        Number of the key press, 0 or more, unique within a session; anything of that range on other rows.
    is_key : bool array of shape (n_events,)
        True on key events.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.

    Returns
    -------
    int64 array of shape (n_events,)
        The new numbers; 0 on rows that are no key events.
    """
    seen_in = np.full(press.max() + 1, -1, dtype=np.int64)
    new_number = np.empty(press.max() + 1, dtype=np.int64)
    numbers = np.zeros(press.size, dtype=np.int64)
    for session in range(bounds.size - 1):
        n_seen = 0
        for row in range(bounds[session], bounds[session + 1]):
            if not is_key[row]:
                continue
            if seen_in[press[row]] != session:
                seen_in[press[row]] = session
                new_number[press[row]] = n_seen
                n_seen += 1
            numbers[row] = new_number[press[row]]
    return numbers
