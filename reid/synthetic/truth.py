"""People whose log latencies are jointly Gaussian, so that the best possible attack is known.

A person is a vector with one component per key (how long it is held) and one per pair of key classes
(down to down). The vector of person p, the shift of session s and the latencies of a keystroke are

    m_p ~ N(mean, between),    d_ps ~ N(0, drift),    log latency ~ N(m_pc + d_psc, within_c),

each independent of all else and of the keys. Times are rounded to whole microseconds, which moves a log
latency by at most half a microsecond over the latency, 1e-5 at 50 ms, beside a standard deviation of 0.25
and more. :mod:`reid.synthetic.oracle` knows these laws and identifies people as well as anyone can.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
import polars as pl

from reid.errors import ParameterError
from reid.events.keys import CLASS_OF_KEY, KEY
from reid.events.schema import EVENT, KEY_EVENTS
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.key_process import key_law, keys_of
from reid.synthetic.population import (
    chosen_people,
    gaussian_means,
    in_parts,
    loaded_root,
    session_rows,
    subject_ids,
    whole_us,
)
from reid.typing import FloatArray, IntArray, Progress, silent

LETTER: Final = "letter"
WHITESPACE: Final = "whitespace"

#: Median down-to-down latency of each pair of key classes, in us. The space bar never follows itself.
MEDIAN_DD_US: Final = {
    (LETTER, LETTER): 230_000,
    (LETTER, WHITESPACE): 200_000,
    (WHITESPACE, LETTER): 270_000,
}
#: Median hold time of each key class, in us.
MEDIAN_HOLD_US: Final = {LETTER: 85_000, WHITESPACE: 75_000}

WITHIN_SD_HOLD: Final = 0.25  #: sd of a person's log hold times of one key
WITHIN_SD_DD: Final = 0.35  #: sd of a person's log down-to-down latencies of one pair of classes

_LEFT_HAND = frozenset(f"Key{letter}" for letter in "QWERTASDFGZXCVB")
# Loadings of a component on the traits that a person's latencies have in common: speed, touch, hand. What is
# left, so that the squares sum to 1, is a trait of the component's own.
_LETTER_LOADINGS = (0.3, 0.5, 0.3)  # the last one with the sign of the hand
_WHITESPACE_LOADINGS = (0.3, 0.5, 0.0)
_DD_LOADINGS = (0.6, 0.2, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthSettings:
    """How many people, how much of each, and how much they differ."""

    n_people: int = 600
    n_sessions: int = 6  #: per person, each a sitting of its own
    n_keystrokes: int = 100  #: per session
    n_letters: int = 4  #: letters in use, the most frequent ones; the space bar comes on top
    #: sd between people over sd within a person, the same for each component; 0 makes people all alike
    identity: float = 0.3
    #: sd of a session's shift over the sd within a person; 0 makes a person's sessions alike
    drift: float = 0.0

    def __post_init__(self) -> None:
        for name, least in (("n_people", 1), ("n_sessions", 1), ("n_keystrokes", 2)):
            if getattr(self, name) < least:
                raise ParameterError.of(name, must=f"be at least {least}", found=getattr(self, name))
        for name in ("identity", "drift"):
            if not (isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                raise ParameterError.of(name, must="be 0 or more", found=getattr(self, name))
        key_law(self.n_letters)

    @property
    def subject_ids(self) -> tuple[str, ...]:
        """Pseudonyms of the people: s001, s002, ..."""
        return subject_ids(self.n_people)


#: Five sizes of identity, from hardly any to plain: with half of the people enrolled from three sessions
#: and each other session a probe, the best possible rank-1 goes from a tenth to nearly all.
TRUTH_SIZES: Final = tuple(TruthSettings(identity=identity) for identity in (0.2, 0.3, 0.45, 0.6, 0.9))


@dataclass(frozen=True, slots=True, eq=False)
class TruthLaw:
    """The law of the log latencies (latencies in us), component by component."""

    components: tuple[str, ...]  #: ``log_hold_us:KeyE``, ``log_dd_us:letter>letter``, ...
    mean: FloatArray  #: (n_components,), mean over people
    root: FloatArray  #: (n_components, n_traits); times its transpose it is the covariance of people
    drift: FloatArray  #: (n_components, n_traits), likewise for the shifts of sessions
    within: FloatArray  #: (n_components,), variance within one session of one person


def truth_law(settings: TruthSettings) -> TruthLaw:
    """Return the law that the settings stand for; holds in the order of the keys, then the class pairs."""
    keys, _ = key_law(settings.n_letters)
    classes = [CLASS_OF_KEY[key] for key in keys]
    common = np.array([_hold_loadings(key) for key in keys] + [_DD_LOADINGS] * len(MEDIAN_DD_US))
    sd = np.array([WITHIN_SD_HOLD] * len(keys) + [WITHIN_SD_DD] * len(MEDIAN_DD_US))
    root = loaded_root(sd, common)
    names = [f"log_hold_us:{key}" for key in keys]
    names += [f"log_dd_us:{first}>{second}" for first, second in MEDIAN_DD_US]
    medians_us = [*(MEDIAN_HOLD_US[word] for word in classes), *MEDIAN_DD_US.values()]
    return TruthLaw(tuple(names), np.log(medians_us), settings.identity * root, settings.drift * root, sd**2)


def _hold_loadings(key: str) -> tuple[float, float, float]:
    if CLASS_OF_KEY[key] == WHITESPACE:
        return _WHITESPACE_LOADINGS
    speed, touch, hand = _LETTER_LOADINGS
    return speed, touch, hand if key in _LEFT_HAND else -hand


def dd_component(first_key: IntArray, second_key: IntArray, n_keys: int) -> IntArray:
    """Return the component of the latency from one key to the next; keys are numbers in the key law."""
    space = n_keys - 1
    pair = np.where(second_key == space, 1, np.where(first_key == space, 2, 0))  # order of MEDIAN_DD_US
    return np.asarray(n_keys + pair, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Keystrokes:
    """What people type and how, before it is rounded to a log."""

    keys: IntArray  #: (n_people, n_sessions, n_keystrokes), numbers in the key law
    log_hold: FloatArray  #: (n_people, n_sessions, n_keystrokes), log of us
    log_dd: FloatArray  #: (n_people, n_sessions, n_keystrokes - 1), log of us


def person_means(settings: TruthSettings, streams: Streams, people: Sequence[int]) -> FloatArray:
    """Return the mean log latencies of sessions: float64, (n_people, n_sessions, n_components).

    A person's vector and a session's shift come from streams of their own, so neither the number of people
    nor the number of sessions changes what another one is like.
    """
    law = truth_law(settings)
    return gaussian_means(law.mean, law.root, law.drift, settings.n_sessions, streams, people)


def typed_keys(settings: TruthSettings, streams: Streams, people: Sequence[int]) -> IntArray:
    """Return the keys of people: int64, (n_people, n_sessions, n_keystrokes), numbers in the key law."""
    _, law = key_law(settings.n_letters)
    uniform = np.empty((len(people), settings.n_sessions, settings.n_keystrokes))
    for place, person in enumerate(people):
        for session in range(settings.n_sessions):
            uniform[place, session] = streams("keys", person, session).random(settings.n_keystrokes)
    return keys_of(uniform, law)


def draw_typing(settings: TruthSettings, streams: Streams, people: Sequence[int]) -> Keystrokes:
    """Draw keys and log latencies of the people with these numbers, not yet rounded."""
    law = truth_law(settings)
    means = person_means(settings, streams, people)
    keys = typed_keys(settings, streams, people)
    noise = np.empty((*keys.shape, 2))
    for place, person in enumerate(people):
        for session in range(settings.n_sessions):
            noise[place, session] = streams("noise", person, session).standard_normal(
                (settings.n_keystrokes, 2)
            )
    pairs = dd_component(keys[..., :-1], keys[..., 1:], settings.n_letters + 1)
    sd = np.sqrt(law.within)
    log_hold = np.take_along_axis(means, keys, axis=-1) + sd[keys] * noise[..., 0]
    log_dd = np.take_along_axis(means, pairs, axis=-1) + sd[pairs] * noise[..., 1:, 1]
    return Keystrokes(keys, log_hold, log_dd)


def generate(settings: TruthSettings, streams: Streams, people: Sequence[int] | None = None) -> EventTable:
    """Make the log of synthetic people.

    Parameters
    ----------
    settings : TruthSettings
        The population.
    streams : Streams
        Where the randomness comes from; the same streams make the same people, bit by bit.
    people : sequence of int, optional
        Numbers of the people to make, each in ``0 .. n_people - 1``; all of them by default. How they are
        cut into parts changes nothing.

    Returns
    -------
    EventTable
        Presses and releases with whole microseconds from the first press of the session. Holds may outlast
        the next press (rollover); ``press`` pairs them. Every session is a sitting of its own.

    Raises
    ------
    ParameterError
        There is no person, or one with a number that the settings do not have.
    """
    chosen = chosen_people(people, settings.n_people)
    typing = draw_typing(settings, streams, chosen)
    hold_us = whole_us(typing.log_hold)
    down_us = np.zeros_like(hold_us)
    np.cumsum(whole_us(typing.log_dd), axis=-1, out=down_us[..., 1:])
    n_sessions, n_presses = len(chosen) * settings.n_sessions, settings.n_keystrokes
    session, press = np.divmod(np.arange(n_sessions * n_presses), n_presses)
    time_us = np.concatenate([down_us.ravel(), (down_us + hold_us).ravel()])
    session, press = np.tile(session, 2), np.tile(press, 2)
    is_up = np.arange(time_us.size) >= time_us.size // 2
    order = np.lexsort((is_up, press, time_us, session))
    session = session[order]
    names, _ = key_law(settings.n_letters)
    sessions = session_rows(settings.n_people, settings.n_sessions, chosen)
    frame = pl.DataFrame(
        {
            "subject_id": sessions["subject_id"].gather(session),
            "session_id": sessions["session_id"].gather(session),
            "time_us": time_us[order],
            "event": pl.Series(KEY_EVENTS, dtype=EVENT).gather(is_up[order].astype(np.int64)),
            "key": pl.Series(names, dtype=KEY).gather(np.tile(typing.keys.ravel(), 2)[order]),
            "press": press[order].astype(np.uint32),
        }
    )
    return EventTable.from_frame(frame, sessions)


def generate_parts(
    settings: TruthSettings, streams: Streams, n_people_a_part: int, *, progress: Progress = silent
) -> Iterator[EventTable]:
    """Make the same people as :func:`generate`, so many at a time."""
    return in_parts(
        lambda people: generate(settings, streams, people), settings.n_people, n_people_a_part, progress
    )
