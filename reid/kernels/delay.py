"""Sequential changes of event times: many sessions laid end to end in, one array out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray, IntArray


@kernel
def delay_mix(time_us: IntArray, uniform: FloatArray, bounds: IntArray, bound_us: int) -> IntArray:
    """Delay each event at random, up to a bound, without letting one overtake another.

    Event i at ``t_i`` leaves at ``t'_i = t_i + d_i`` with ``d_i`` uniform on the whole microseconds
    from ``max(t'_{i-1} - t_i, 0)`` to ``bound_us``, both included; a session's first event draws from 0.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    uniform : float64 array of shape (n_events,)
        Independent draws, uniform on ``[0, 1)``.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    bound_us : int
        Longest delay, at least 0.

    Returns
    -------
    int64 array of shape (n_events,)
        Times of leaving, non-decreasing within a session.

    Notes
    -----
    The range is never empty: ``t'_{i-1} <= t_{i-1} + bound <= t_i + bound``, so its lower end is at
    most the bound.

    References
    ----------
    .. [1] Monaco, Tappert (2016). Obfuscating Keystroke Time Intervals to Avoid Identification and
       Impersonation. arXiv 1609.07612.
    """
    released_us = np.empty_like(time_us)
    for session in range(bounds.size - 1):
        before_us = time_us[bounds[session]]
        for row in range(bounds[session], bounds[session + 1]):
            least_us = before_us - time_us[row]
            delay_us = int(uniform[row] * (bound_us + 1))
            if least_us > 0:  # apart, since most events need not wait for what became of the one before
                delay_us = least_us + int(uniform[row] * (bound_us - least_us + 1))
            before_us = time_us[row] + delay_us
            released_us[row] = before_us
    return released_us


@kernel
def running_maximum(time_us: IntArray, bounds: IntArray) -> IntArray:
    """Raise each time to the latest time before it in its session, so that no event overtakes another.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, in any order.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.

    Returns
    -------
    int64 array of shape (n_events,)
        Times, non-decreasing within a session.
    """
    raised_us = time_us.copy()
    for session in range(bounds.size - 1):
        for row in range(bounds[session] + 1, bounds[session + 1]):
            raised_us[row] = max(raised_us[row], raised_us[row - 1])
    return raised_us


@kernel
def from_first_event(time_us: IntArray, bounds: IntArray) -> IntArray:
    """Count each session's times from its first event.

    Noise on times needs a new origin: everyone knows that a session starts at 0, so a first event that
    is released at 3 ms would tell its noise. No time can become negative, and no noise is cut off.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.

    Returns
    -------
    int64 array of shape (n_events,)
    """
    since_us = np.empty_like(time_us)
    for session in range(bounds.size - 1):
        start, stop = bounds[session], bounds[session + 1]
        if start < stop:
            first_us = time_us[start]
            for row in range(start, stop):
                since_us[row] = time_us[row] - first_us
    return since_us


@kernel
def noisy_clock(time_us: IntArray, noise_us: IntArray, bounds: IntArray, longest_us: int) -> IntArray:
    """Cut each latency, add noise to it, bring it back into its range, and add latencies up to times.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a session.
    noise_us : int64 array of shape (n_events,)
        Noise of the latency up to each event, at most ``2 ** 62`` either way; that of a session's first
        event is not used.
    bounds : int64 array of shape (n_sessions + 1,)
        First row of each session, then the number of rows.
    longest_us : int
        Latencies are brought to ``0 .. longest_us`` before and after the noise.

    Returns
    -------
    int64 array of shape (n_events,)
        Times from the session's first event, non-decreasing within a session.
    """
    released_us = np.empty_like(time_us)
    for row in range(1, time_us.size):  # of all rows first, which can be done for several at once
        latency_us = min(time_us[row] - time_us[row - 1], longest_us) + noise_us[row]
        released_us[row] = min(max(latency_us, 0), longest_us)
    for session in range(bounds.size - 1):
        now_us = 0
        for row in range(bounds[session], bounds[session + 1]):
            now_us = now_us + released_us[row] if row > bounds[session] else 0
            released_us[row] = now_us
    return released_us
