"""Relays that hold events back and hand them on in order: many sessions laid end to end in, times out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, BoolArray, FloatArray, IntArray

_LEAST_US = 1.0  #: bound below which intervals do not shrink


@kernel
def interval_mix(
    time_us: IntArray, uniform: FloatArray, bounds: IntArray, start_us: float, rate: float
) -> IntArray:
    """Hand events on at random intervals whose bound follows how fast events come in.

    Event i, coming in at ``t_i``, is wanted at ``w_i = t'_{i-1} + tau_i`` with ``tau_i`` uniform on the whole
    microseconds from 0 to u, and leaves at ``t'_i = max(w_i, t_i)``; then u becomes
    ``max(u + rate (t_i - w_i), 1)`` microseconds. A session's first event leaves as it comes in.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    uniform : float64 array of shape (n_events,)
        Independent draws, uniform on ``[0, 1)``.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    start_us : float
        First u of each session, at least 1.
    rate : float
        How fast u follows, above 0.

    Returns
    -------
    int64 array of shape (n_events,)
        Times of leaving, non-decreasing within a session and never before an event came in.

    References
    ----------
    .. [1] Monaco, Tappert (2016). Obfuscating Keystroke Time Intervals to Avoid Identification and
       Impersonation. arXiv 1609.07612.
    """
    left_us = time_us.copy()
    for session in range(bounds.size - 1):
        # Whole numbers as floats, exact for 285 years: turning them to and fro would take half of the time.
        bound_us, now_us = start_us, 0.0
        for row in range(bounds[session], bounds[session + 1]):
            came_us = float(time_us[row])
            if row == bounds[session]:
                now_us = came_us
                continue
            wait_us = np.floor(uniform[row] * (np.floor(bound_us) + 1.0))
            early_us = (came_us - now_us) - wait_us
            now_us = max(now_us + wait_us, came_us)
            left_us[row] = int(now_us)
            bound_us = max(bound_us + rate * early_us, _LEAST_US)
    return left_us


@kernel
def one_after_another(
    time_us: IntArray, uniform: FloatArray, longest_us: IntArray, bounds: IntArray
) -> IntArray:
    """Hold each event back for a random time that begins when the one before it has left.

    Event i leaves at ``t'_i = max(t_i, t'_{i-1}) + d_i`` with ``d_i`` uniform on the whole microseconds from
    0 to ``longest_us[i]``.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    uniform : float64 array of shape (n_events,)
        Independent draws, uniform on ``[0, 1)``.
    longest_us : int64 array of shape (n_events,)
        Longest time for which each event is held back, at least 0.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.

    Returns
    -------
    int64 array of shape (n_events,)
        Times of leaving, non-decreasing within a session.
    """
    left_us = np.empty_like(time_us)
    for session in range(bounds.size - 1):
        for row in range(bounds[session], bounds[session + 1]):
            free_us = time_us[row] if row == bounds[session] else max(time_us[row], left_us[row - 1])
            left_us[row] = free_us + int(uniform[row] * (longest_us[row] + 1))
    return left_us


@kernel
def delay_and_merge(
    tick: IntArray, uniform: FloatArray, merges: Array, bounds: IntArray, most_ticks: int
) -> tuple[IntArray, BoolArray]:
    """Delay each event at random, or merge it with the last one waiting, if both are of a kind that merges.

    An event that comes in while the last one of the queue is of its kind and still waits takes that one's
    place: it leaves when that one would have left. Any other leaves after a delay of whole ticks of the
    relay's clock, uniform from ``max(t' - t, 0)`` to the longest, t' being when the last one of the queue
    leaves.

    Parameters
    ----------
    tick : int64 array of shape (n_events,)
        When events come in on the relay's clock, non-decreasing within a session.
    uniform : float64 array of shape (n_events,)
        Independent draws, uniform on ``[0, 1)``.
    merges : integer array of shape (n_events,)
        Kind of event, from 1, of those that merge with the same kind; 0 on those that never do.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    most_ticks : int
        Longest delay.

    Returns
    -------
    left : int64 array of shape (n_events,)
        Ticks of leaving, non-decreasing within a session.
    stays : bool array of shape (n_events,)
        False on events whose place a later one took.
    """
    left = np.empty_like(tick)
    stays = np.ones(tick.size, dtype=np.bool_)
    for session in range(bounds.size - 1):
        start = bounds[session]
        for row in range(start, bounds[session + 1]):
            least = 0
            if row > start and left[row - 1] > tick[row]:
                if merges[row] > 0 and merges[row] == merges[row - 1]:
                    left[row], stays[row - 1] = left[row - 1], False
                    continue
                least = left[row - 1] - tick[row]
            left[row] = tick[row] + least + int(uniform[row] * (most_ticks - least + 1))
    return left, stays
