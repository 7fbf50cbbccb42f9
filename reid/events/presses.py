"""Number key presses: one number for a key's down, its auto-repeats and its up."""

import numpy as np

from reid.typing import BoolArray, IntArray


def press_numbers(session: IntArray, key: IntArray, is_up: BoolArray) -> IntArray:
    """Return a number for each press of each session: 0, 1, 2, ... by its first event.

    A further down of a key that is already down is an auto-repeat and keeps its press. A release of a
    key that is not down gets a number of its own, which :func:`lone_releases` then finds.

    Parameters
    ----------
    session : int64 array of shape (n_events,)
        Number of each key event's session, non-decreasing; events of a session in time order.
    key : int64 array of shape (n_events,)
        Number of the key, from 0: events of one key share it.
    is_up : bool array of shape (n_events,)
        True where the key comes up.

    Returns
    -------
    int64 array of shape (n_events,)
        Number of the press within its session.

    Examples
    --------
    Rollover of two keys, the first with one auto-repeat:

    >>> up = np.array([False, False, False, True, True])
    >>> press_numbers(np.zeros(5, dtype=np.int64), np.array([7, 7, 9, 7, 9]), up).tolist()
    [0, 0, 1, 0, 1]
    """
    if not session.size:
        return np.empty(0, dtype=np.int64)
    pair = session * (int(key.max()) + 1) + key
    order = np.argsort(pair, kind="stable")  # events of one key in one session, in time order
    pair, up = pair[order], is_up[order]
    begins = np.ones(pair.size, dtype=np.bool_)
    begins[1:] = (pair[1:] != pair[:-1]) | up[:-1]
    first = order[begins]  # row of the first event of each press
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(first.size)
    number = np.empty(pair.size, dtype=np.int64)
    number[order] = rank[np.cumsum(begins) - 1]
    starts = np.flatnonzero(np.diff(session, prepend=session[0] - 1))
    sizes = np.diff(starts, append=session.size)
    return number - np.repeat(number[starts], sizes)  # a session's first event begins its first press


def lone_releases(session: IntArray, press: IntArray, is_up: BoolArray) -> BoolArray:
    """Mark releases that follow no press of their number within the session, or a release of it.

    Parameters
    ----------
    session, press : int64 arrays of shape (n_events,)
        Numbers of each key event's session and press, from 0; events of a session in time order.
    is_up : bool array of shape (n_events,)
        True where the key comes up.

    Returns
    -------
    bool array of shape (n_events,)
    """
    if not session.size:
        return np.empty(0, dtype=np.bool_)
    order = np.lexsort((press, session))
    begins = np.ones(order.size, dtype=np.bool_)
    begins[1:] = (np.diff(session[order]) != 0) | (np.diff(press[order]) != 0)
    starts = np.flatnonzero(begins)
    sizes = np.diff(starts, append=order.size)
    up = is_up[order]
    downs, ups = np.cumsum(~up), np.cumsum(up)
    downs_before: IntArray = downs - np.repeat(downs[starts] - ~up[starts], sizes)
    ups_so_far: IntArray = ups - np.repeat(ups[starts] - up[starts], sizes)
    lone = np.empty(order.size, dtype=np.bool_)
    lone[order] = up & ((downs_before == 0) | (ups_so_far > 1))
    return lone
