"""Sessions of synthetic people: bouts of typing and of pointing in turn, on the clock of each machine."""

from collections import namedtuple
from typing import Any

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.chance import exponential, normal
from reid.kernels.key_walk import (
    EVENT,
    N_HOLD_GROUPS,
    N_STEPS,
    NUMBER,
    TIME,
    KeyHabits,
    finish_keys,
    type_bout,
)
from reid.kernels.pointer import MOVE
from reid.kernels.pointer_walk import point, rows_of_stroke
from reid.typing import Array, Float32Array, FloatArray, IntArray

#: People as arrays, one row a person: traits, habits with keys, clock and screen; and, for all of them, the
#: drift of traits, and of all latencies and all holds together (a standard deviation each).
People: Any = namedtuple(  # noqa: PYI024  compiled loops take arrays of any kind in it
    "People",
    (
        "typist", "typist_drift", "tempo_drift", "habits", "capitals", "hand", "hand_drift", "clock",
        "screen",
    ),
)  # fmt: skip
#: How long sessions are and what is in them; 0 where there is no limit.
Length: Any = namedtuple(  # noqa: PYI024  as above
    "Length", ("keys", "strokes", "until_us", "typing", "pointing", "keys_a_bout")
)

# Columns of ``People.clock``: times between two reports of the keyboard and of the pointer, the clock's
# grain, how long the hand takes from the mouse to the keys (log of ms), and the mean time until a report
# is noted.
KEY_TICK, POINTER_TICK, GRAIN, HOMING, LATE = range(5)
_NEVER_US = 1e15
_US_PER_MS = 1000.0
_HOMING_SD = 0.35
_STROKES_A_BOUT = 3.0


@kernel
def _drifted(state: Array, traits: FloatArray, drift: FloatArray) -> FloatArray:
    """Return what a session's traits are."""
    now = traits.copy()
    for trait in range(now.size):
        now[trait] += drift[trait] * normal(state)
    return now


@kernel
def _in_time(rows: IntArray, places: Float32Array, first: int, n: int) -> None:
    """Sort rows by time; rows at one time keep their order."""
    order = np.argsort(rows[first:n, TIME], kind="mergesort") + first
    sorted_rows, sorted_places = rows[order], places[order]
    rows[first:n], places[first:n] = sorted_rows, sorted_places


@kernel
def _tick(state: Array, rows: IntArray, first: int, n: int, clock: FloatArray, phase: float) -> None:
    """Put events on the clock: a key is seen when the keyboard is next asked, and all is cut to the grain."""
    grain = np.int64(clock[GRAIN])
    latest_us = np.int64(0)
    for row in range(first, n):
        time_us = rows[row, TIME]
        if rows[row, EVENT] < MOVE:
            ticks = np.ceil((time_us - phase) / clock[KEY_TICK])
            time_us = np.int64(np.rint(ticks * clock[KEY_TICK] + phase + clock[LATE] * exponential(state)))
        latest_us = max(latest_us, time_us)  # noting late keeps the order
        rows[row, TIME] = latest_us // grain * grain
    start_us = rows[first, TIME]
    for row in range(first, n):
        rows[row, TIME] -= start_us


@kernel
def walk(  # noqa: C901, PLR0912, PLR0915  one walk with one state
    seeds: Array, person: IntArray, people: Any, law: Any, length: Any, n_rows: int
) -> tuple[IntArray, Float32Array, IntArray]:
    """Let people type and point, session by session.

    Parameters
    ----------
    seeds : uint64 array of shape (n_sessions,)
        Seed of each session.
    person : int64 array of shape (n_sessions,)
        Row of ``people`` for each.
    people : People
        Who they are.
    law : TypingLaw
        What is the same for everybody.
    length : Length
        When a session ends.
    n_rows : int
        Room for rows of all sessions together.

    Returns
    -------
    rows : int64 array of shape (n_found, 4)
        Time in us from the session's first event, event, number (a key, a button or -1, or the direction of
        the wheel) and press.
    places : float32 array of shape (n_found, 2)
        Where the pointer is, in px; nothing on key events.
    offsets : int64 array of shape (n_sessions + 1,)
        Rows ``offsets[i] .. offsets[i + 1] - 1`` belong to session i; the last is -1 where the room did not
        suffice.
    """
    rows = np.zeros((n_rows, 4), dtype=np.int64)
    places = np.zeros((n_rows, 2), dtype=np.float32)
    offsets = np.zeros(seeds.size + 1, dtype=np.int64)
    state = np.zeros(1, dtype=np.uint64)
    parts = np.empty((12, 5))
    n = 0
    for session in range(seeds.size):
        state[0] = seeds[session]
        who = person[session]
        typist = _drifted(state, people.typist[who], people.typist_drift)
        typist[:N_STEPS] += people.tempo_drift[0] * normal(state)
        typist[N_STEPS : N_STEPS + N_HOLD_GROUPS] += people.tempo_drift[1] * normal(state)
        hand = _drifted(state, people.hand[who], people.hand_drift)
        clock, screen = people.clock[who], people.screen[who]
        habits = KeyHabits(
            people.habits.hold[who], people.habits.hold_after[who], people.habits.dd_from[who],
            people.habits.dd_to[who], people.habits.dd_pair[who],
        )  # fmt: skip
        phase = clock[KEY_TICK] * abs(np.sin(float(seeds[session] % np.uint64(10_007))))
        until_us = length.until_us if length.until_us > 0 else _NEVER_US
        keys_left, strokes_left = length.keys, length.strokes
        first, press, time_us = n, 0, 0.0
        if length.pointing:
            if n + 1 > n_rows:
                offsets[-1] = -1
                return rows, places, offsets
            rows[n, EVENT], rows[n, NUMBER] = MOVE, -1
            places[n, 0], places[n, 1] = np.rint(screen[0] / 2), np.rint(screen[1] / 2)
            n += 1
        stands = n - 1  # row that tells where the pointer is
        while time_us < until_us:
            if length.pointing:
                bout = 1 + int(_STROKES_A_BOUT * exponential(state))
                if length.strokes and not length.typing:
                    bout = strokes_left
                while bout > 0 and time_us < until_us:
                    if n + 1 + rows_of_stroke() > n_rows:
                        offsets[-1] = -1
                        return rows, places, offsets
                    if stands != n - 1:  # typing has come between: the place is that before it
                        places[n - 1] = places[stands]
                    at = n
                    n, time_us = point(
                        state, rows, places, n, time_us, hand, clock[POINTER_TICK], screen, parts, until_us
                    )
                    stands = n - 1 if n > at else stands
                    bout, strokes_left = bout - 1, strokes_left - 1
                    if bout == 0 and not length.typing and strokes_left <= 0:
                        break
                if not length.typing:
                    if length.strokes and strokes_left <= 0:
                        break
                    continue
            if length.pointing:
                time_us += _US_PER_MS * np.exp(clock[HOMING] + _HOMING_SD * normal(state))
            bout = keys_left if length.keys else 100_000
            if length.pointing:
                bout = min(bout, 5 + int(length.keys_a_bout * exponential(state)))
            if length.keys == 0:
                bout = min(bout, 200)
            if n + 2 * bout + 64 > n_rows:
                offsets[-1] = -1
                return rows, places, offsets
            at = n
            n, press, time_us = type_bout(
                state, rows, n, press, time_us, typist, habits, people.capitals[who], law, bout, until_us
            )
            room = min(n_rows, n + bout + 64)
            n = finish_keys(state, rows, at, n, room, law)
            if length.pointing:
                time_us += _US_PER_MS * np.exp(clock[HOMING] + _HOMING_SD * normal(state))
                if n > at:
                    places[at:n] = places[stands]
                    stands = n - 1
            else:
                time_us += _US_PER_MS * 1000 * np.exp(0.5 * normal(state))
            keys_left -= bout
            if length.keys and keys_left <= 0:
                break
        _in_time(rows, places, first, n)
        _tick(state, rows, first, n, clock, phase)
        offsets[session + 1] = n
    return rows[:n], places[:n], offsets
