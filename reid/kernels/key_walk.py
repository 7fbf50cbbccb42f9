"""One typist at a keyboard: words, corrections and capitals key by key, with a hold and a flight each."""

from collections import namedtuple
from typing import Any

import numpy as np

from reid.kernels._jit import kernel
from reid.kernels.chance import choice, exponential, normal, uniform
from reid.typing import Array, FloatArray, IntArray

N_LETTERS = 26
SPACE, PERIOD, COMMA, BACKSPACE, SHIFT_LEFT, SHIFT_RIGHT, CAPS_LOCK = range(N_LETTERS, N_LETTERS + 7)
N_TYPED_KEYS = N_LETTERS + 7  #: letters in their order, then the keys above

#: Kinds of step from key to key, each with a latency of its own.
STEPS = (
    "double", "same_finger", "same_hand", "other_hand", "to_space", "from_space", "backspace_again",
    "to_backspace", "from_backspace", "to_punctuation", "to_shift", "from_shift",
)  # fmt: skip
N_STEPS = len(STEPS)
#: What makes a typist, in the order of the columns that the kernel reads: log medians of the down-to-down
#: latency (ms) of each step and of the hold by group of keys (against the key's own); logs of spreads, of the
#: share of keys that are corrected and of the time (ms) that a shift outlasts its letter's press; logits of
#: shares; logs of the powers that bend the sides of a law; coefficients of what hangs together.
TYPIST_TRAITS = (
    *STEPS, "hold_left", "hold_right", "hold_space", "hold_backspace", "hold_punctuation", "dd_spread",
    "hold_spread", "corrections", "shift_tail", "go_on", "hesitations", "dd_short", "dd_long", "hold_short",
    "hold_long", "to_space_spread", "from_space_spread", "from_space_long", "hold_with_dd", "dd_with_hold",
    "hold_memory", "second_letter", "late_letters",
)  # fmt: skip
_AT: Any = namedtuple("_AT", TYPIST_TRAITS)(*range(len(TYPIST_TRAITS)))  # noqa: PYI024  made of the names above
N_HOLD_GROUPS = 5
_TO_SPACE, _FROM_SPACE = STEPS.index("to_space"), STEPS.index("from_space")

#: What is the same for everybody: text, keys and the shape of the noise.
TypingLaw: Any = namedtuple(  # noqa: PYI024  compiled loops take arrays of any kind in it
    "TypingLaw",
    ("next_letter", "word_length", "step", "step_sd", "hold_group", "key_hold", "from_key", "to_key", "odds"),
)
#: What a typist does with each key, beside the traits.
KeyHabits: Any = namedtuple(  # noqa: PYI024  as above
    "KeyHabits", ("hold", "hold_after", "dd_from", "dd_to", "dd_pair")
)
#: Columns of a logged row.
TIME, EVENT, NUMBER, PRESS = range(4)

KEY_DOWN = 0  # physical values in the ``event`` column
KEY_UP = 1

_US_PER_MS = 1000.0
_SHORTEST_DD_MS = 8.0
_LONGEST_MS = 60_000.0
_SHORTEST_HOLD_MS = 8.0
_REPEAT_AFTER_US = 500_000  # a key held longer repeats, as keyboards come set
_REPEAT_EVERY_US = 33_000
_LONGEST_CORRECTION = 12
_SHIFT_OUTLASTS = 0.96  # share of capitals whose shift comes up after the letter goes down
_SHIFT_TAIL_SD = 0.58
_WIDE_DD, _WIDE_HOLD = 0.2, 0.12  # share of each that comes from a wider law
_QUARTILE = 0.67  # of a standard normal
_FARTHEST = 6.5  # quartiles
_FELT = 2.5  # spreads: a hesitation says no more of the hold that follows
HOLD_SD = 0.18  #: within a person, beside the habits with single keys
# Which of the odds stands where.
COMMA_ODDS, PERIOD_ODDS, LOST_RELEASE_ODDS = range(3)


@kernel
def _odds(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


@kernel
def _bent(off: float, log_power: float) -> float:
    """Make a side of a law longer or shorter, with its quartile where it is."""
    size = abs(off) / _QUARTILE
    bent = _QUARTILE * min(size ** np.exp(log_power), _FARTHEST)
    return float(bent if off > 0 else -bent)


@kernel
def _off_dd(state: Array, typist: FloatArray, step: int) -> float:
    """Draw how far a latency is off, in spreads: heavy on both sides, with hesitations on the right."""
    off = normal(state) * (1.75 if uniform(state) < _WIDE_DD else 0.86)
    if uniform(state) < _odds(typist[_AT.hesitations]):
        off += 1.3 + 0.7 * exponential(state)
    if off < 0:
        return _bent(off, typist[_AT.dd_short])
    return _bent(off, typist[_AT.dd_long] + (typist[_AT.from_space_long] if step == _FROM_SPACE else 0.0))


@kernel
def _off_hold(state: Array, typist: FloatArray) -> float:
    """Draw how far a hold is off, in spreads: one in eight comes from a wider law."""
    off = normal(state) * (2.0 if uniform(state) < _WIDE_HOLD else 0.93)
    return _bent(off, typist[_AT.hold_short] if off < 0 else typist[_AT.hold_long])


@kernel
def _dd_spread(typist: FloatArray, step: int) -> float:
    log_spread = typist[_AT.dd_spread]
    if step == _TO_SPACE:
        log_spread += typist[_AT.to_space_spread]
    elif step == _FROM_SPACE:
        log_spread += typist[_AT.from_space_spread]
    return float(np.exp(log_spread))


@kernel
def _shift_for(letter: int, habit: int, hand_of: IntArray) -> int:
    """Return the key that makes a capital: always the left shift, the one of the other hand, or the lock."""
    if habit == 2:  # noqa: PLR2004  the lock
        return CAPS_LOCK
    return SHIFT_RIGHT if habit == 1 and hand_of[letter] == 0 else SHIFT_LEFT


@kernel
def type_bout(  # noqa: C901, PLR0912, PLR0915  one walk with one state
    state: Array,
    rows: IntArray,
    n: int,
    press: int,
    start_us: float,
    typist: FloatArray,
    habits: Any,
    capitals: int,
    law: Any,
    n_keys: int,
    until_us: float,
) -> tuple[int, int, float]:
    """Type some sentences; write their rows, press by press, in true time.

    Parameters
    ----------
    state : uint64 array of shape (1,)
        State of the session's generator, see :mod:`reid.kernels.chance`.
    rows : int64 array of shape (n_rows, 4)
        Time in us, event, key, and number of the press are written from row ``n`` on; the rows of a press
        stand together. A bout of k keys takes at most 2 k rows and those of auto-repeats.
    n, press : int
        Rows and presses of the session so far.
    start_us : float
        When the first key goes down.
    typist : float64 array of shape (n_traits,)
        See :data:`TYPIST_TRAITS`.
    habits : KeyHabits
        Log factors by key (n_typed_keys,), of latencies also by pair (n_typed_keys, n_typed_keys).
    capitals : int
        0 left shift, 1 the shift of the other hand, 2 caps lock.
    law : TypingLaw
        What is the same for everybody.
    n_keys : int
        Most keys of the bout.
    until_us : float
        No key goes down from here on.

    Returns
    -------
    n, press : int
        Rows and presses now.
    end_us : float
        When the last key has come up.
    """
    context, left, capital, ending = N_LETTERS, 0, True, False
    pending, locked = 0, False
    before = -1
    down_us, end_us = start_us, start_us
    shift_at = -1  # row of a shift that waits for its release
    released_at = np.full(N_TYPED_KEYS, -1, dtype=np.int64)
    off_dd, off_hold, in_word = 0.0, 0.0, 0
    n_left = n_keys
    while n_left > 0:
        if left == 0 and (before < 0 or before == SPACE) and pending == 0:
            left = 1 + choice(state, law.word_length)
        # Which key?
        if pending > 0:
            key, pending = BACKSPACE, pending - 1
        elif before >= 0 and before <= SPACE and uniform(state) < np.exp(typist[_AT.corrections]):
            while pending < _LONGEST_CORRECTION and uniform(state) < _odds(typist[_AT.go_on]):
                pending += 1
            key = BACKSPACE
            if before != SPACE or pending > 0:
                left += 1 + pending
        elif locked and not capital:
            key, locked = CAPS_LOCK, False
        elif PERIOD <= before <= COMMA:
            key = SPACE
            capital = ending
            ending = False
        elif left > 0:
            letter = choice(state, law.next_letter[context])
            if capital and not locked and not SHIFT_LEFT <= before <= SHIFT_RIGHT:
                key = _shift_for(letter, capitals, law.hold_group)
                locked = key == CAPS_LOCK
            else:
                key, context, capital, left = letter, letter, False, left - 1
        else:
            aim = uniform(state)
            ending = aim < law.odds[PERIOD_ODDS]
            key = PERIOD if ending else COMMA if aim < law.odds[COMMA_ODDS] else SPACE
        if key == SPACE:
            context, left = N_LETTERS, 0
        # When?
        if before >= 0:
            step = law.step[before, key]
            off_dd = _off_dd(state, typist, step) + typist[_AT.dd_with_hold] * off_hold
            log_ms = (
                typist[step]
                + law.from_key[before] + law.to_key[key]
                + habits.dd_from[before] + habits.dd_to[key] + habits.dd_pair[before, key]
                + law.step_sd[step] * _dd_spread(typist, step) * off_dd
            )  # fmt: skip
            if step < _TO_SPACE:
                log_ms += typist[_AT.second_letter if in_word == 1 else _AT.late_letters]
            down_us += _US_PER_MS * min(max(np.exp(log_ms), _SHORTEST_DD_MS), _LONGEST_MS)
        if down_us >= until_us:
            break
        # For how long?
        log_ms = law.key_hold[key] + typist[N_STEPS + law.hold_group[key]] + habits.hold[key]
        if before >= 0:
            log_ms += habits.hold_after[before]
        in_word = in_word + 1 if key < N_LETTERS else 0
        off_hold = (
            _off_hold(state, typist) + typist[_AT.hold_memory] * off_hold
            + typist[_AT.hold_with_dd] * min(max(off_dd, -_FELT), _FELT)
        )  # fmt: skip
        log_ms += HOLD_SD * np.exp(typist[_AT.hold_spread]) * off_hold
        up_us = down_us + _US_PER_MS * min(max(np.exp(log_ms), _SHORTEST_HOLD_MS), _LONGEST_MS)
        if shift_at >= 0:  # the shift before comes up now that its letter is down
            tail_ms = np.exp(typist[_AT.shift_tail] + _SHIFT_TAIL_SD * normal(state))
            if uniform(state) < _SHIFT_OUTLASTS:
                rows[shift_at, TIME] = np.int64(down_us + _US_PER_MS * min(tail_ms, _LONGEST_MS))
            shift_at = -1
        last = released_at[key]
        if last >= 0 and rows[last, TIME] > 0.9 * down_us + 0.1 * rows[last - 1, TIME]:
            # A key has to come up before it can go down again.
            rows[last, TIME] = np.int64(0.9 * down_us + 0.1 * rows[last - 1, TIME])
        rows[n, TIME], rows[n, EVENT], rows[n, NUMBER] = np.int64(down_us), KEY_DOWN, key
        rows[n, PRESS] = press
        rows[n + 1, TIME], rows[n + 1, EVENT], rows[n + 1, NUMBER] = np.int64(up_us), KEY_UP, key
        rows[n + 1, PRESS] = press
        released_at[key] = n + 1
        if SHIFT_LEFT <= key <= SHIFT_RIGHT:
            shift_at = n + 1
            rows[n + 1, TIME] = max(rows[n + 1, TIME], np.int64(down_us) + 1)
        n, press, before, n_left = n + 2, press + 1, key, n_left - 1
        end_us = max(end_us, up_us)
    return n, press, end_us


@kernel
def finish_keys(state: Array, rows: IntArray, first: int, n: int, room: int, law: Any) -> int:
    """Add auto-repeats to the presses in rows ``first .. n - 1`` and lose some releases; return the new n.

    Repeats are written past the rows, up to ``room``; the rows are no longer in order.
    """
    kept = n
    last = n
    for row in range(first, n, 2):
        lost = uniform(state) < law.odds[LOST_RELEASE_ODDS]
        at_us = rows[row, TIME] + _REPEAT_AFTER_US
        while at_us < rows[row + 1, TIME] and last < room:
            rows[last] = rows[row]
            rows[last, TIME] = at_us
            last += 1
            at_us += _REPEAT_EVERY_US
        if lost:
            rows[row + 1, EVENT] = -1
            kept -= 1
    if kept == n:
        return last
    to = first
    for row in range(first, last):
        if rows[row, EVENT] >= 0:
            rows[to] = rows[row]
            to += 1
    return to
