"""Rows that change places because their times did: many sessions laid end to end in, arrays out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import IntArray

_STEPS_PER_ROW = 16  #: after more than so many the rows of a session are far from their order


@kernel
def raised_within(time_us: IntArray, slot: IntArray, bounds: IntArray, n_slots: int) -> IntArray:
    """Raise each time to the latest time before it among the rows of its session and slot.

    So what must keep its order keeps it: with one slot for each press of a key, no release comes to lie
    before its press.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, in any order.
    slot : int64 array of shape (n_events,)
        From 0 to ``n_slots - 1``; -1 on rows that no other row holds back.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    n_slots : int
        A number above every slot.

    Returns
    -------
    int64 array of shape (n_events,)
        Times, non-decreasing within each session and slot.
    """
    raised_us = time_us.copy()
    seen_in = np.full(n_slots, -1, dtype=np.int64)
    latest_us = np.empty(n_slots, dtype=np.int64)
    for session in range(bounds.size - 1):
        for row in range(bounds[session], bounds[session + 1]):
            at = slot[row]
            if at < 0:
                continue
            if seen_in[at] == session:
                raised_us[row] = max(raised_us[row], latest_us[at])
            seen_in[at], latest_us[at] = session, raised_us[row]
    return raised_us


@kernel
def first_alike(slot: IntArray, bounds: IntArray, n_slots: int) -> IntArray:
    """Return for each row the first row of its session that has its slot.

    Parameters
    ----------
    slot : int64 array of shape (n_events,)
        From 0 to ``n_slots - 1``.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    n_slots : int
        A number above every slot.

    Returns
    -------
    int64 array of shape (n_events,)
    """
    first = np.empty(slot.size, dtype=np.int64)
    first_of = np.full(n_slots, -1, dtype=np.int64)
    for session in range(bounds.size - 1):
        for row in range(bounds[session], bounds[session + 1]):
            at = slot[row]
            if first_of[at] < bounds[session]:
                first_of[at] = row
            first[row] = first_of[at]
    return first


@kernel
def order_by_time(time_us: IntArray, bounds: IntArray) -> IntArray:
    """Sort the rows of each session by time; rows of one time stay in their order.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, in any order.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.

    Returns
    -------
    int64 array of shape (n_events,)
        The row that now stands at each place; sessions stay where they are.

    Notes
    -----
    Rows mostly move a few places, which sorting by insertion does in a step each. A session in which they
    move further is merge-sorted instead, so that time is never worse than proportional to n log n.
    """
    order = np.arange(time_us.size)
    for session in range(bounds.size - 1):
        start, stop = bounds[session], bounds[session + 1]
        steps_left = _STEPS_PER_ROW * (stop - start)
        for place in range(start + 1, stop):
            row, to = order[place], place
            while to > start and time_us[order[to - 1]] > time_us[row]:
                order[to] = order[to - 1]
                to -= 1
            order[to] = row
            steps_left -= place - to
            if steps_left < 0:
                order[start:stop] = start + np.argsort(time_us[start:stop], kind="mergesort")
                break
    return order
