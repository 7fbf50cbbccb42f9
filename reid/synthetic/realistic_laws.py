"""How people differ: numbers taken from real logs as aggregates, never from a single person.

Typing: 1,200 of the 1,500 people of the Aalto archive at hand, those whose place in it is not a multiple
of five (the others are what the result is compared with). Medians over people of each person's median; the
spread between people and their correlations from products of a person's odd and even sentences, whose noise
is independent, so that what is within a person adds nothing. Five factors carry the correlations. Pointing:
the ten people of Balabit's training sessions, and rounder numbers, since ten people tell little of a spread.
What no aggregate gave (habits with single keys, the bend of a law's sides, drift, the blur of clocks, most of
pointing) was set by hand until spreads and rates of attack agreed with those of the compared people, so that
agreement in them is a fit, not a forecast.
``experiments/realistic_people.py`` draws real and realistic people side by side.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.events.hands import FINGER_OF_KEY, hand_of_key
from reid.kernels.key_walk import (
    BACKSPACE,
    CAPS_LOCK,
    COMMA,
    N_LETTERS,
    N_TYPED_KEYS,
    PERIOD,
    SHIFT_LEFT,
    SHIFT_RIGHT,
    SPACE,
    STEPS,
    TYPIST_TRAITS,
    TypingLaw,
)
from reid.kernels.pointer_walk import HAND_TRAITS
from reid.synthetic.realistic_text import (
    COMMA_AFTER_WORD,
    PERIOD_AFTER_WORD,
    next_letter_law,
    word_length_law,
)
from reid.typing import FloatArray, IntArray

_LETTERS: Final = tuple(f"Key{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
#: W3C codes of the keys in use, in the order of their numbers.
TYPED_KEYS: Final = (
    *_LETTERS, "Space", "Period", "Comma", "Backspace", "ShiftLeft", "ShiftRight", "CapsLock",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trait:
    """How a number that makes a person lies among people."""

    mean: float
    sd: float  #: between people
    drift: float  #: sd from session to session of one person
    loadings: tuple[float, ...] = ()  #: on what traits have in common; the rest is the trait's own


#: Factors: speed, touch (long holds negative), care (corrections negative), and two without a name.
TYPING_TRAITS: Final = {
    "double": Trait(5.05, 0.128, 0.03, (0.67, -0.36, 0.07, 0.26, -0.30)),
    "same_finger": Trait(5.30, 0.213, 0.03, (0.87, -0.06, 0.00, 0.04, -0.28)),
    "same_hand": Trait(5.10, 0.323, 0.03, (0.92, 0.17, 0.02, 0.16, -0.04)),
    "other_hand": Trait(4.97, 0.344, 0.03, (0.94, 0.19, -0.01, -0.01, -0.07)),
    "to_space": Trait(4.96, 0.337, 0.03, (0.85, 0.20, 0.04, 0.11, -0.02)),
    "from_space": Trait(5.43, 0.558, 0.05, (0.89, 0.26, -0.16, -0.10, 0.06)),
    "backspace_again": Trait(5.07, 0.162, 0.03, (0.78, -0.09, 0.29, 0.10, -0.04)),
    "to_backspace": Trait(6.15, 0.320, 0.05, (0.84, 0.18, 0.23, -0.23, -0.10)),
    "from_backspace": Trait(5.52, 0.493, 0.05, (0.80, 0.27, 0.12, -0.13, 0.09)),
    "to_punctuation": Trait(5.81, 0.620, 0.05, (0.87, 0.26, -0.14, -0.10, 0.11)),
    "to_shift": Trait(5.52, 0.569, 0.05, (0.87, 0.15, -0.17, -0.06, 0.02)),
    "from_shift": Trait(5.10, 0.457, 0.05, (0.65, 0.16, -0.10, 0.06, 0.17)),
    "hold_left": Trait(0.0, 0.222, 0.04, (0.35, -0.74, -0.13, -0.07, -0.04)),
    "hold_right": Trait(0.0, 0.218, 0.04, (0.24, -0.91, -0.08, -0.17, -0.02)),
    "hold_space": Trait(0.0, 0.239, 0.04, (0.29, -0.74, -0.04, -0.17, 0.01)),
    "hold_backspace": Trait(0.0, 0.215, 0.04, (0.60, -0.52, 0.17, 0.10, 0.37)),
    "hold_punctuation": Trait(0.0, 0.247, 0.04, (0.14, -0.75, 0.00, 0.10, 0.00)),
    "dd_spread": Trait(0.0, 0.225, 0.05, (0.21, 0.07, -0.45, -0.37, -0.01)),
    "hold_spread": Trait(-0.02, 0.300, 0.05, (-0.23, 0.02, -0.33, -0.18, -0.21)),
    "corrections": Trait(-3.74, 0.572, 0.30, (0.13, 0.00, -0.87, 0.34, 0.05)),
    "shift_tail": Trait(4.40, 0.314, 0.06, (0.48, -0.21, -0.04, -0.01, 0.13)),
    "go_on": Trait(-0.15, 0.45, 0.10),
    "hesitations": Trait(-2.75, 0.60, 0.10),
    "dd_short": Trait(-0.10, 0.30, 0.03),
    "dd_long": Trait(-0.02, 0.26, 0.03),
    "hold_short": Trait(0.0, 0.48, 0.03),
    "hold_long": Trait(0.0, 0.32, 0.03),
    "to_space_spread": Trait(0.0, 0.20, 0.03),
    "from_space_spread": Trait(0.0, 0.22, 0.03),
    "from_space_long": Trait(0.0, 0.25, 0.03),
    "hold_with_dd": Trait(-0.08, 0.15, 0.02),
    "dd_with_hold": Trait(0.02, 0.15, 0.02),
    "second_letter": Trait(0.0, 0.10, 0.02),
    "late_letters": Trait(0.0, 0.06, 0.02),
    "hold_memory": Trait(0.15, 0.10, 0.02),
}

#: Drift of all latencies together and of all holds together, from session to session: logs.
TEMPO_DRIFT: Final = (0.06, 0.04)

#: Spread of log latencies within a person by step, beside habits with single keys; medians over people.
STEP_SD: Final = (0.12, 0.20, 0.32, 0.34, 0.29, 0.41, 0.11, 0.28, 0.55, 0.41, 0.36, 0.38)

#: Between people, how far a habit with a single key lies from what the traits say: log factors.
HOLD_FINGER_SD: Final = 0.057
HOLD_KEY_SD: Final = 0.050
HOLD_AFTER_SD: Final = 0.045
DD_FROM_SD: Final = 0.06
DD_TO_SD: Final = 0.05
DD_PAIR_SD: Final = 0.08

#: Log of the mean hold of each key, in ms, letters A to Z first.
_KEY_HOLD: Final = (
    4.80, 4.52, 4.67, 4.65, 4.66, 4.59, 4.56, 4.54, 4.58, 4.51, 4.56, 4.53, 4.59, 4.59, 4.64, 4.60, 4.70,
    4.65, 4.71, 4.58, 4.55, 4.60, 4.71, 4.67, 4.52, 4.60, 4.63, 4.48, 4.54, 4.36, 5.46, 5.46, 4.78,
)  # fmt: skip
#: By how much the way to each letter, and the way on from it, takes longer than the median: logs.
_TO_LETTER: Final = (
    -0.08, 0.39, 0.29, 0.07, -0.12, 0.20, 0.09, -0.18, -0.01, 0.38, 0.04, 0.11, 0.12, -0.01, -0.13, 0.22,
    0.64, -0.01, 0.07, 0.10, -0.02, 0.26, 0.15, 0.59, 0.13, 0.77,
)  # fmt: skip
_FROM_LETTER: Final = (
    -0.03, 0.06, 0.04, 0.06, -0.02, 0.01, 0.04, -0.10, -0.05, 0.13, 0.02, 0.05, 0.04, 0.00, -0.07, 0.17,
    0.24, 0.06, 0.11, -0.03, 0.04, 0.01, 0.06, 0.21, -0.01, 0.53,
)  # fmt: skip

#: Share of people who make capitals with the left shift, with the shift of the other hand, with the lock.
#: Aalto's key codes do not tell the shifts apart; the second share is a guess.
CAPITALS_SHARES: Final = (0.70, 0.21, 0.09)
#: Keyboards by the time between two reports, in ms, and their share: a third of Aalto's people keep to 8 ms.
KEY_TICKS_MS: Final = {
    8.0: 0.33, 1.0: 0.43, 2.0: 0.06, 4.0: 0.03, 10.0: 0.03, 15.625: 0.04, 16.0: 0.06, 20.0: 0.02,
}  # fmt: skip
#: Log of the mean time, in ms, until a report is noted: it blurs the grid, on some machines more.
NOTED_LATE: Final = Trait(-1.2, 1.0, 0.0)
#: Mice by the time between two reports, in ms: 1000, 500 and 125 Hz, and frames of a browser.
POINTER_TICKS_MS: Final = {1.0: 0.05, 2.0: 0.05, 8.0: 0.50, 16.0: 0.40}
GRAIN_MS: Final = 1.0  #: of the clock in a browser
#: Pointers as the recorder of a remote desktop sees them: mostly in seven ticks of its clock at a time.
REMOTE_TICKS_MS: Final = {109.375: 0.7, 15.625: 0.3}
SCREENS_PX: Final = {(1920, 1080): 0.6, (1366, 768): 0.25, (2560, 1440): 0.15}
#: Share of presses whose release no log holds.
LOST_RELEASES: Final = 0.0005
HOMING: Final = Trait(6.4, 0.25, 0.0)  #: log of ms from the mouse to the keys and back

#: Loadings on speed and care.
POINTING_TRAITS: Final = {
    "pause": Trait(5.6, 0.35, 0.36, (0.5, 0.2)),
    "reach": Trait(5.6, 0.20, 0.18, (0.0, 0.0)),
    "fitts_intercept": Trait(4.65, 0.25, 0.108, (0.7, 0.2)),
    "fitts_slope": Trait(4.25, 0.22, 0.108, (0.7, 0.3)),
    "submovements": Trait(0.65, 0.35, 0.18, (0.4, 0.4)),
    "primary": Trait(0.88, 0.05, 0.027, (0.0, -0.5)),
    "aim": Trait(-1.6, 0.30, 0.144, (-0.2, -0.4)),
    "bend": Trait(0.0, 0.02, 0.014, (0.0, 0.0)),
    "bend_spread": Trait(-2.3, 0.30, 0.144, (-0.2, -0.4)),
    "skew": Trait(0.45, 0.06, 0.027, (0.0, 0.2)),
    "overlap": Trait(0.85, 0.10, 0.036, (0.2, 0.3)),
    "rest_share": Trait(0.7, 0.50, 0.27, (0.3, 0.3)),
    "rest": Trait(5.95, 0.30, 0.144, (0.4, 0.2)),
    "detour_share": Trait(-1.4, 0.50, 0.27, (0.1, -0.2)),
    "tremor": Trait(-0.6, 0.35, 0.144, (0.0, 0.0)),
    "press_delay": Trait(3.6, 0.40, 0.18, (0.4, 0.4)),
    "hold": Trait(4.56, 0.15, 0.09, (0.4, 0.1)),
    "click_share": Trait(0.9, 0.35, 0.27, (0.0, 0.0)),
    "drag_share": Trait(-2.6, 0.50, 0.36, (0.0, 0.0)),
    "double_share": Trait(-1.8, 0.40, 0.27, (-0.2, 0.0)),
    "double_gap": Trait(4.6, 0.18, 0.09, (0.4, 0.0)),
    "wheel_share": Trait(-2.8, 0.80, 0.54, (0.0, 0.0)),
    "pause_spread": Trait(0.45, 0.10, 0.054, (0.0, 0.0)),
}


def typing_law() -> TypingLaw:
    """Return what is the same for all typists."""
    step = np.empty((N_TYPED_KEYS, N_TYPED_KEYS), dtype=np.int64)
    for first in range(N_TYPED_KEYS):
        for second in range(N_TYPED_KEYS):
            step[first, second] = STEPS.index(_step(first, second))
    zeros = (0.0,) * (N_TYPED_KEYS - N_LETTERS)
    period = PERIOD_AFTER_WORD
    return TypingLaw(
        next_letter=next_letter_law(),
        word_length=word_length_law(),
        step=step,
        step_sd=np.array(STEP_SD),
        hold_group=hold_groups(),
        key_hold=np.array(_KEY_HOLD),
        from_key=np.array([*_FROM_LETTER, *zeros]),
        to_key=np.array([*_TO_LETTER, *zeros]),
        odds=np.array([period + COMMA_AFTER_WORD, period, LOST_RELEASES]),
    )


def _step(first: int, second: int) -> str:  # noqa: PLR0911  one answer per kind
    shifts = (SHIFT_LEFT, SHIFT_RIGHT, CAPS_LOCK)
    if second == BACKSPACE:
        return "backspace_again" if first == BACKSPACE else "to_backspace"
    if first == BACKSPACE:
        return "from_backspace"
    if second in shifts:
        return "to_shift"
    if first in shifts:
        return "from_shift"
    if second == SPACE:
        return "to_space"
    if second in {PERIOD, COMMA}:
        return "to_punctuation"
    if first >= N_LETTERS:
        return "from_space"
    if first == second:
        return "double"
    one, other = TYPED_KEYS[first], TYPED_KEYS[second]
    if FINGER_OF_KEY[one] == FINGER_OF_KEY[other]:
        return "same_finger"
    return "same_hand" if hand_of_key(one) == hand_of_key(other) else "other_hand"


def hold_groups() -> IntArray:
    """Return which hold trait each key goes with: left, right, space, backspace and shifts, punctuation."""
    groups = [0 if hand_of_key(key) == "left" else 1 for key in _LETTERS]
    return np.array([*groups, 2, 4, 4, 3, 3, 3, 3], dtype=np.int64)


def fingers() -> tuple[str, ...]:
    """Return the finger of each key."""
    return tuple(FINGER_OF_KEY[key] for key in TYPED_KEYS)


@dataclass(frozen=True, slots=True, eq=False)
class TraitLaw:
    """The traits of a kind as arrays, in the order that a kernel reads."""

    mean: FloatArray  #: (n_traits,)
    loadings: FloatArray  #: (n_traits, n_factors), in units of the trait
    own: FloatArray  #: (n_traits,), sd of what is the trait's own
    drift: FloatArray  #: (n_traits,)


def trait_law(traits: dict[str, Trait], order: tuple[str, ...]) -> TraitLaw:
    """Return the traits in an order."""
    chosen = [traits[name] for name in order]
    sd = np.array([trait.sd for trait in chosen])
    n_factors = max(len(trait.loadings) for trait in chosen)
    loadings = np.array([(*trait.loadings, *(0.0,) * n_factors)[:n_factors] for trait in chosen])
    own = np.sqrt(1 - (loadings**2).sum(axis=1))
    return TraitLaw(
        np.array([trait.mean for trait in chosen]),
        sd[:, None] * loadings,
        sd * own,
        np.array([trait.drift for trait in chosen]),
    )


def typist_law() -> TraitLaw:
    """Return how typists differ."""
    return trait_law(TYPING_TRAITS, TYPIST_TRAITS)


def hand_law() -> TraitLaw:
    """Return how hands at a pointer differ."""
    return trait_law(POINTING_TRAITS, HAND_TRAITS)
