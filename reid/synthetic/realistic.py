"""People who type and point as people do: for demonstrations and for load, with no truth claimed.

Unlike :mod:`reid.synthetic.truth` and :mod:`reid.synthetic.pointer_truth`, nobody knows how well the best
possible attack does on these people. Their laws are fitted to real logs
(:mod:`reid.synthetic.realistic_laws`), so that an audit of them looks like an audit of people; a protection
that is measured on them is not measured on people.

A person has traits that hang together, habits with single keys and pairs of keys, and a machine with its
clock. A session shifts the traits a little. What is typed comes from a source of letters that says nothing
about the person (:mod:`reid.synthetic.realistic_text`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import polars as pl

from reid.errors import ParameterError, UnknownNameError
from reid.events.keys import KEY
from reid.events.schema import BUTTON, BUTTONS, EVENT, EVENTS
from reid.events.table import EventTable
from reid.kernels.key_walk import EVENT as EVENT_COLUMN
from reid.kernels.key_walk import N_TYPED_KEYS, NUMBER, PRESS, TIME, KeyHabits
from reid.kernels.person_walk import Length, People, walk
from reid.seeding import Streams
from reid.synthetic import realistic_laws as laws
from reid.synthetic.population import chosen_people, in_parts, session_rows, subject_ids
from reid.typing import FloatArray, Progress, silent

MODALITIES: Final = ("keyboard", "pointer", "both")
RECORDERS: Final = ("browser", "remote-desktop")
KEYS_A_SESSION: Final = 200
STROKES_A_SESSION: Final = 60
_KEYS_A_BOUT: Final = 40.0
_US_PER_MS: Final = 1000.0
_US_PER_MINUTE: Final = 60_000_000.0
_LONGEST_MINUTES: Final = 24 * 60.0
_MOST_KEYS: Final = 10_000_000
_LARGEST_DRIFT: Final = 10.0
_LATEST_US: Final = 2000.0
_FIRST_ROOM: Final = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RealisticSettings:
    """How many people, how much of each, and at what."""

    n_people: int = 100
    n_sessions: int = 4  #: per person
    modality: str = "keyboard"  #: ``keyboard``, ``pointer`` or ``both`` in turn
    n_keys: int | None = None  #: per session; 200 where neither this nor ``minutes`` is given
    n_strokes: int | None = None  #: per session, for ``pointer`` alone; 60 likewise
    minutes: float | None = None  #: per session, instead
    #: Times the shift from session to session that was found between sentences of one sitting (typing) and
    #: between sessions (pointing); 0 makes a person's sessions alike.
    drift: float = 1.0
    recorder: str = "browser"  #: or ``remote-desktop``, which sees most pointers every 109 ms only

    def __post_init__(self) -> None:  # noqa: C901  one check after the other
        if self.modality not in MODALITIES:
            raise UnknownNameError.of("modality", self.modality, MODALITIES)
        if self.recorder not in RECORDERS:
            raise UnknownNameError.of("recorder", self.recorder, RECORDERS)
        for name in ("n_people", "n_sessions"):
            if getattr(self, name) < 1:
                raise ParameterError.of(name, must="be at least 1", found=getattr(self, name))
        for name in ("n_keys", "n_strokes"):
            value = getattr(self, name)
            if value is not None and not 1 <= value <= _MOST_KEYS:
                raise ParameterError.of(name, must=f"be from 1 to {_MOST_KEYS:,}", found=value)
        if self.minutes is not None and not 0 < self.minutes <= _LONGEST_MINUTES:
            must = f"be above 0 and at most {_LONGEST_MINUTES:g}"
            raise ParameterError.of("minutes", must=must, found=self.minutes)
        if self.n_keys is not None and self.modality == "pointer":
            advice = "Say how many minutes or strokes."
            raise ParameterError.of("n_keys", must="go with typing", found="pointer alone", advice=advice)
        if self.n_strokes is not None and self.modality != "pointer":
            advice = "Say how many keys or minutes."
            must = "go with pointer alone"
            raise ParameterError.of("n_strokes", must=must, found=self.modality, advice=advice)
        if sum(value is not None for value in (self.n_keys, self.n_strokes, self.minutes)) > 1:
            must = "be given as keys, strokes or minutes"
            raise ParameterError.of("the length of a session", must=must, found="two of them")
        if not 0 <= self.drift <= _LARGEST_DRIFT:
            raise ParameterError.of("drift", must=f"be from 0 to {_LARGEST_DRIFT:g}", found=self.drift)

    @property
    def subject_ids(self) -> tuple[str, ...]:
        """Pseudonyms of the people: s001, s002, ..."""
        return subject_ids(self.n_people)

    @property
    def length(self) -> Length:
        """When a session ends, for the kernel."""
        typing, pointing = self.modality != "pointer", self.modality != "keyboard"
        keys, strokes = self.n_keys or 0, self.n_strokes or 0
        if self.minutes is None and not keys and not strokes:
            keys, strokes = (KEYS_A_SESSION, 0) if typing else (0, STROKES_A_SESSION)
        until_us = _US_PER_MINUTE * (self.minutes or 0.0)
        return Length(keys, strokes, until_us, typing, pointing, _KEYS_A_BOUT)


@lru_cache(maxsize=1)
def _laws() -> tuple[Any, laws.TraitLaw, laws.TraitLaw]:
    return laws.typing_law(), laws.typist_law(), laws.hand_law()


def _drawn(law: laws.TraitLaw, rng: np.random.Generator) -> FloatArray:
    common = rng.standard_normal(law.loadings.shape[1])
    # A sum row by row: the bits of a matrix product may depend on how it is cut up.
    traits = law.mean + (law.loadings * common).sum(axis=1) + law.own * rng.standard_normal(law.own.size)
    return np.asarray(traits, dtype=np.float64)


def _one_of(shares: dict[Any, float], rng: np.random.Generator) -> Any:
    reach = np.cumsum(list(shares.values()))
    return list(shares)[int(np.searchsorted(reach, rng.random() * reach[-1], side="right"))]


def draw_people(settings: RealisticSettings, streams: Streams, people: Sequence[int]) -> People:
    """Draw what the people with these numbers are like; each has a stream of their own."""
    _, typist, hand = _laws()
    n, keys = len(people), N_TYPED_KEYS
    hold, after, dd_from, dd_to = (np.empty((n, keys)) for _ in range(4))
    habits = KeyHabits(hold, after, dd_from, dd_to, np.empty((n, keys, keys)))
    drawn = People(
        np.empty((n, typist.mean.size)), settings.drift * typist.drift,
        settings.drift * np.array(laws.TEMPO_DRIFT), habits, np.empty(n, dtype=np.int64),
        np.empty((n, hand.mean.size)), settings.drift * hand.drift, np.empty((n, 5)), np.empty((n, 2)),
    )  # fmt: skip
    is_remote = settings.recorder == "remote-desktop"
    pointer_ticks_ms = laws.REMOTE_TICKS_MS if is_remote else laws.POINTER_TICKS_MS
    finger = np.unique(laws.fingers(), return_inverse=True)[1]
    for place, number in enumerate(people):
        rng = streams("person", number)
        drawn.typist[place] = _drawn(typist, rng)
        drawn.hand[place] = _drawn(hand, rng)
        habits.hold[place] = laws.HOLD_KEY_SD * rng.standard_normal(keys)
        habits.hold[place] += laws.HOLD_FINGER_SD * rng.standard_normal(keys)[finger]
        habits.hold_after[place] = laws.HOLD_AFTER_SD * rng.standard_normal(keys)
        habits.dd_from[place] = laws.DD_FROM_SD * rng.standard_normal(keys)
        habits.dd_to[place] = laws.DD_TO_SD * rng.standard_normal(keys)
        habits.dd_pair[place] = laws.DD_PAIR_SD * rng.standard_normal((keys, keys))
        drawn.capitals[place] = _one_of(dict(enumerate(laws.CAPITALS_SHARES)), rng)
        key_tick_ms, pointer_tick_ms = _one_of(laws.KEY_TICKS_MS, rng), _one_of(pointer_ticks_ms, rng)
        homing = laws.HOMING.mean + laws.HOMING.sd * rng.standard_normal()
        drawn.screen[place] = _one_of(laws.SCREENS_PX, rng)
        ticks_us = (_US_PER_MS * ms for ms in (key_tick_ms, pointer_tick_ms, laws.GRAIN_MS))
        late_us = _US_PER_MS * np.exp(laws.NOTED_LATE.mean + laws.NOTED_LATE.sd * rng.standard_normal())
        drawn.clock[place] = (*ticks_us, homing, min(late_us, _LATEST_US))
    return drawn


def generate_realistic(
    settings: RealisticSettings, streams: Streams, people: Sequence[int] | None = None
) -> EventTable:
    """Make the log of realistic people; no truth about them is known.

    Parameters
    ----------
    settings : RealisticSettings
        The population.
    streams : Streams
        Where the randomness comes from; the same streams make the same people, bit by bit.
    people : sequence of int, optional
        Numbers of the people to make, each in ``0 .. n_people - 1``; all of them by default. How they are
        cut into parts changes nothing, nor do more people or more sessions change the others.

    Returns
    -------
    EventTable
        Presses and releases with rollover, auto-repeats and now and then a release that is missing; moves,
        clicks, drags and turns of the wheel; times on the clock of each person's machine. Every session is
        a sitting of its own.

    Raises
    ------
    ParameterError
        There is no person, or one with a number that the settings do not have.
    """
    chosen = chosen_people(people, settings.n_people)
    law, _, _ = _laws()
    drawn = draw_people(settings, streams, chosen)
    n_sessions = settings.n_sessions
    seeds = np.concatenate(
        [streams("sessions", number).integers(2**64, size=n_sessions, dtype=np.uint64) for number in chosen]
    )
    person = np.repeat(np.arange(len(chosen)), n_sessions)
    room = _FIRST_ROOM
    while True:  # the same numbers again with more room, where it did not suffice
        rows, places, offsets = walk(seeds, person, drawn, law, settings.length, room)
        if offsets[-1] >= 0:
            break
        room *= 3
    sessions = session_rows(settings.n_people, n_sessions, chosen)
    if settings.modality != "keyboard":
        screen = drawn.screen[person].astype(np.int32)
        sessions = sessions.with_columns(screen_w=pl.Series(screen[:, 0]), screen_h=pl.Series(screen[:, 1]))
    return EventTable.from_frame(_frame(rows, places, offsets, sessions), sessions, repeats=True)


_KEY_WORDS: Final = pl.Series(laws.TYPED_KEYS, dtype=KEY)
_EVENT_WORDS: Final = pl.Series(EVENTS, dtype=EVENT)
_BUTTON_WORDS: Final = pl.Series(BUTTONS, dtype=BUTTON)
_WHEEL_NOTCH: Final = 100.0  #: ``deltaY`` of one notch in most browsers


def _frame(rows: Any, places: Any, offsets: Any, sessions: pl.DataFrame) -> pl.DataFrame:
    session = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    event, number = rows[:, EVENT_COLUMN], rows[:, NUMBER]
    key, button = EVENTS.index("key_up"), (EVENTS.index("button_down"), EVENTS.index("button_up"))
    is_key, is_wheel = event <= key, event == EVENTS.index("wheel")
    has_button = (event == button[0]) | (event == button[1])
    is_key_series, is_pointer = pl.Series(is_key), pl.Series(~is_key)
    wheel = pl.Series(np.where(is_wheel, number * _WHEEL_NOTCH, 0.0).astype(np.float32))
    nothing = pl.Series(np.zeros(number.size, dtype=np.float32))
    columns = {
        "subject_id": sessions["subject_id"].gather(session),
        "session_id": sessions["session_id"].gather(session),
        "time_us": rows[:, TIME],
        "event": _EVENT_WORDS.gather(event),
        "key": _KEY_WORDS.gather(np.where(is_key, number, 0)),
        "press": rows[:, PRESS].astype(np.uint32),
        "x_px": places[:, 0],
        "y_px": places[:, 1],
        "button": _BUTTON_WORDS.gather(np.where(has_button, number, 0)),
        "wheel_dx": nothing,
        "wheel_dy": wheel,
    }
    frame = pl.DataFrame(columns)
    return frame.with_columns(
        *(pl.when(is_key_series).then(pl.col(name)).alias(name) for name in ("key", "press")),
        *(pl.when(is_pointer).then(pl.col(name)).alias(name) for name in ("x_px", "y_px")),
        pl.when(pl.Series(has_button)).then(pl.col("button")).alias("button"),
        *(pl.when(pl.Series(is_wheel)).then(pl.col(name)).alias(name) for name in ("wheel_dx", "wheel_dy")),
    )


def generate_realistic_parts(
    settings: RealisticSettings, streams: Streams, n_people_a_part: int, *, progress: Progress = silent
) -> Iterator[EventTable]:
    """Make the same people as :func:`generate_realistic`, so many at a time."""
    return in_parts(
        lambda people: generate_realistic(settings, streams, people),
        settings.n_people,
        n_people_a_part,
        progress,
    )
