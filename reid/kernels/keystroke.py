"""Keystroke timing kernels: flat arrays of events in, flat arrays of presses out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, FloatArray, IntArray

KEY_DOWN = 0  # physical value of ``key_down`` in the ``event`` column
KEY_UP = 1  # physical value of ``key_up``


@kernel
def pair_presses(
    time_us: IntArray, event: Array, press: Array, starts: IntArray, stops: IntArray, n_presses: int
) -> tuple[IntArray, FloatArray, IntArray]:
    """Pair each press with its release and time the hold, run by run, under rollover and auto-repeat.

    Parameters
    ----------
    time_us : int64 array of shape (n_events,)
        Event times in microseconds, non-decreasing within a run.
    event : uint8 array of shape (n_events,)
        0 where a key goes down, 1 where it comes up; rows of other values are passed over.
    press : unsigned or signed integer array of shape (n_events,)
        Number of the key press in ``0 .. n_presses - 1``, unique within a run; a down, its repeats and
        its up share it. Runs may use the same numbers.
    starts, stops : int64 arrays of shape (n_runs,)
        First row of each run and the row past its last. Runs stand in the order of the rows.
    n_presses : int
        A number above every press number.

    Returns
    -------
    rows : int64 array of shape (n_found,)
        Row on which each press begins, in the order of the rows.
    hold_us : float64 array of shape (n_found,)
        Hold (dwell) time in microseconds up to the first release in the same run; NaN where there is none.
    offsets : int64 array of shape (n_runs + 1,)
        Presses ``offsets[i] .. offsets[i + 1] - 1`` belong to run i.

    Notes
    -----
    A further down of the same press is an auto-repeat and adds nothing. A release whose press lies
    outside the run is passed over.
    """
    n_downs = 0
    for row in range(event.size):
        if event[row] == KEY_DOWN:
            n_downs += 1
    rows = np.empty(n_downs, dtype=np.int64)
    hold_us = np.empty(n_downs)
    offsets = np.zeros(starts.size + 1, dtype=np.int64)
    found_at = np.full(n_presses, -1, dtype=np.int64)
    n_found = 0
    for run in range(starts.size):
        first = n_found
        for row in range(starts[run], stops[run]):
            kind = event[row]
            if kind > KEY_UP:
                continue
            found = found_at[press[row]]
            known = found >= first  # else the number was used by an earlier run, or never
            if kind == KEY_DOWN:
                if not known:
                    found_at[press[row]] = n_found
                    rows[n_found] = row
                    hold_us[n_found] = np.nan
                    n_found += 1
            elif known and np.isnan(hold_us[found]):
                hold_us[found] = time_us[row] - time_us[rows[found]]
        offsets[run + 1] = n_found
    return rows[:n_found].copy(), hold_us[:n_found].copy(), offsets


@kernel
def successive_latencies(
    down_us: IntArray, hold_us: FloatArray, offsets: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Time the way from each press to the next one of the same run.

    Parameters
    ----------
    down_us : int64 array of shape (n_presses,)
        When each press begins, in microseconds, non-decreasing within a run.
    hold_us : float64 array of shape (n_presses,)
        How long it is held; NaN where it is never released.
    offsets : int64 array of shape (n_runs + 1,)
        Presses ``offsets[i] .. offsets[i + 1] - 1`` belong to run i.

    Returns
    -------
    ud_us, dd_us, uu_us : float64 arrays of shape (n_presses,)
        On the later press of each two: from the earlier one's release to this press (flight, negative
        under rollover), from press to press, from release to release. NaN on the first press of a run
        and where a release is missing. ``dd = hold of the earlier + ud`` holds exactly.
    """
    ud_us = np.full(down_us.size, np.nan)
    dd_us = np.full(down_us.size, np.nan)
    uu_us = np.full(down_us.size, np.nan)
    for run in range(offsets.size - 1):
        for later in range(offsets[run] + 1, offsets[run + 1]):
            dd_us[later] = down_us[later] - down_us[later - 1]
            ud_us[later] = dd_us[later] - hold_us[later - 1]
            uu_us[later] = ud_us[later] + hold_us[later]
    return ud_us, dd_us, uu_us
