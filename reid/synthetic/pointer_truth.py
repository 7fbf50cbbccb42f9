"""People whose strokes of the pointer are jointly Gaussian, so that the best possible attack is known.

A session is a row of strokes from target to target. Each begins after a pause, takes the time that Fitts'
law says times a factor, goes off the straight line by some share of its length, and ends in a click at the
target. With ``y`` the four quantities of a stroke and ``x`` the difficulty of its target,

    m_p ~ N(mean, between),    d_ps ~ N(0, drift),    y ~ N(X(x) (m_p + d_ps), within),

where ``X`` adds ``x`` times the person's slope to the person's level of the log movement time. Targets,
screen and polling are the same for everybody. Times are rounded to whole microseconds and places to whole
pixels; the way holds nothing but the four quantities, so :mod:`reid.synthetic.pointer_oracle`, which reads
them off the log, identifies people as well as anyone can.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
import polars as pl

from reid.errors import ParameterError
from reid.events.schema import BUTTON, EVENT
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.pointer_paths import (
    POLL_US,
    SCREEN_PX,
    difficulty_of,
    n_reports,
    positions_px,
    report_progress,
    targets_of,
)
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

#: What is drawn for each stroke, in this order.
QUANTITIES: Final = ("log_pause_us", "log_movement_factor", "offset_share", "log_press_us")
#: What makes a person: level and slope (per bit of difficulty) of the movement times, and the rest.
COMPONENTS: Final = (*QUANTITIES, "log_movement_factor_per_bit")

MEDIAN_PAUSE_US: Final = 400_000
MEDIAN_PRESS_US: Final = 95_000
MEAN_OFFSET: Final = 0.01  #: people bend their ways a little to the right, as a share of the length
FITTS_INTERCEPT_US: Final = 100_000.0
FITTS_SLOPE_US: Final = 120_000.0  #: per bit
MIDDLE_DIFFICULTY: Final = 3.4  #: bits; difficulties count from here

#: Standard deviations of a stroke's quantities within a session, in the order of :data:`QUANTITIES`.
WITHIN_SD: Final = (0.5, 0.2, 0.04, 0.25)
SLOPE_SD: Final = 0.2  #: per bit; stands in for a deviation within a session where people differ in slope
_WITHIN_CORRELATION = (
    (1.0, 0.3, 0.0, 0.15),
    (0.3, 1.0, 0.2, 0.1),
    (0.0, 0.2, 1.0, 0.0),
    (0.15, 0.1, 0.0, 1.0),
)
# Loadings of the components on what a person's have in common: speed and care.
_LOADINGS = ((0.6, 0.2), (0.7, 0.3), (-0.2, -0.4), (0.5, 0.2), (0.2, 0.5))
_LARGEST = 2.0  # beyond it single movements last for minutes and fill the log
_SHORTEST_MOVE_US = 2 * POLL_US  # a movement is reported at least once


@dataclass(frozen=True, slots=True, kw_only=True)
class PointerSettings:
    """How many people, how much of each, and how much they differ."""

    n_people: int = 400
    n_sessions: int = 4  #: per person, each a sitting of its own
    n_strokes: int = 40  #: per session, each ending in a click
    #: sd between people over sd within a session, the same for each component; 0 makes people all alike
    identity: float = 0.5
    #: sd of a session's shift over the sd within it; 0 makes a person's sessions alike
    drift: float = 0.0

    def __post_init__(self) -> None:
        for name in ("n_people", "n_sessions", "n_strokes"):
            if getattr(self, name) < 1:
                raise ParameterError.of(name, must="be at least 1", found=getattr(self, name))
        for name in ("identity", "drift"):
            if not (isfinite(getattr(self, name)) and 0 <= getattr(self, name) <= _LARGEST):
                raise ParameterError.of(name, must=f"be from 0 to {_LARGEST:g}", found=getattr(self, name))

    @property
    def subject_ids(self) -> tuple[str, ...]:
        """Pseudonyms of the people: s001, s002, ..."""
        return subject_ids(self.n_people)


#: Five sizes of identity, from hardly any to plain: with half of the people enrolled from two sessions and
#: each other session a probe, the best possible rank-1 goes from a tenth to nearly all.
POINTER_SIZES: Final = tuple(PointerSettings(identity=identity) for identity in (0.2, 0.35, 0.55, 0.85, 1.4))


@dataclass(frozen=True, slots=True, eq=False)
class PointerLaw:
    """The law of the quantities of strokes."""

    mean: FloatArray  #: (n_components,), mean over people
    root: FloatArray  #: (n_components, n_traits); times its transpose it is the covariance of people
    drift: FloatArray  #: (n_components, n_traits), likewise for the shifts of sessions
    within: FloatArray  #: (n_quantities, n_quantities), covariance of a stroke within one session


def pointer_law(settings: PointerSettings) -> PointerLaw:
    """Return the law that the settings stand for; components in the order of :data:`COMPONENTS`."""
    mean = np.array([np.log(MEDIAN_PAUSE_US), 0.0, MEAN_OFFSET, np.log(MEDIAN_PRESS_US), 0.0])
    sd = np.array(WITHIN_SD)
    root = loaded_root(np.append(sd, SLOPE_SD), np.array(_LOADINGS))
    within = np.array(_WITHIN_CORRELATION) * np.outer(sd, sd)
    return PointerLaw(mean, settings.identity * root, settings.drift * root, within)


def fitts_us(difficulty: FloatArray) -> FloatArray:
    """Return the median movement time of the median person, in us, for difficulties in bits."""
    return FITTS_INTERCEPT_US + FITTS_SLOPE_US * difficulty


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Where people go and how, before it is rounded to a log."""

    targets_px: IntArray  #: (n_people, n_sessions, n_strokes + 1, 2); the first is where the session starts
    values: FloatArray  #: (n_people, n_sessions, n_strokes, n_quantities), see :data:`QUANTITIES`

    def difficulty(self) -> FloatArray:
        """Return the difficulty of each stroke in bits: (n_people, n_sessions, n_strokes)."""
        along = np.diff(self.targets_px, axis=-2).astype(np.float64)
        return difficulty_of(np.hypot(along[..., 0], along[..., 1]))


def pointer_means(settings: PointerSettings, streams: Streams, people: Sequence[int]) -> FloatArray:
    """Return what sessions are like on average: float64, (n_people, n_sessions, n_components)."""
    law = pointer_law(settings)
    own = streams.under("pointer")
    return gaussian_means(law.mean, law.root, law.drift, settings.n_sessions, own, people)


def draw_strokes(settings: PointerSettings, streams: Streams, people: Sequence[int]) -> Strokes:
    """Draw targets and quantities of the people with these numbers, not yet rounded."""
    own = streams.under("pointer")
    shape = (len(people), settings.n_sessions, settings.n_strokes)
    noise = np.empty((*shape, len(QUANTITIES)))
    uniform = np.empty((*shape[:2], settings.n_strokes + 1, 2))
    root = np.linalg.cholesky(pointer_law(settings).within)
    for place, person in enumerate(people):
        for session in range(settings.n_sessions):
            standard = own("noise", person, session).standard_normal(noise.shape[2:])
            noise[place, session] = standard @ root.T
            uniform[place, session] = own("targets", person, session).random(uniform.shape[2:])
    means = pointer_means(settings, streams, people)[:, :, None]
    strokes = Strokes(targets_of(uniform), means[..., : len(QUANTITIES)] + noise)
    slope = means[..., len(QUANTITIES)] * (strokes.difficulty() - MIDDLE_DIFFICULTY)
    strokes.values[..., QUANTITIES.index("log_movement_factor")] += slope
    return strokes


def generate_pointer(
    settings: PointerSettings, streams: Streams, people: Sequence[int] | None = None
) -> EventTable:
    """Make the pointer log of synthetic people.

    Parameters
    ----------
    settings : PointerSettings
        The population.
    streams : Streams
        Where the randomness comes from; the same streams make the same people, bit by bit.
    people : sequence of int, optional
        Numbers of the people to make, each in ``0 .. n_people - 1``; all of them by default. How they are
        cut into parts changes nothing.

    Returns
    -------
    EventTable
        A session begins with a ``move`` that tells where the pointer rests. A movement is reported every
        8 ms from its start, first 8 ms after it, until it arrives; then the left button goes down and up at
        the target. Places are whole pixels; every session is a sitting of its own.

    Raises
    ------
    ParameterError
        There is no person, or one with a number that the settings do not have.
    """
    chosen = chosen_people(people, settings.n_people)
    strokes = draw_strokes(settings, streams, chosen)
    log_pause, log_factor, offset, log_press = np.moveaxis(strokes.values, -1, 0)
    pause_us, press_us = whole_us(log_pause), whole_us(log_press)
    move_us = whole_us(log_factor + np.log(fitts_us(strokes.difficulty())))
    move_us = np.maximum(move_us, _SHORTEST_MOVE_US)
    end_us = np.cumsum(pause_us + move_us + press_us, axis=-1)
    arrival_us = end_us - press_us

    # One row per report, one each for the button going down and up, one before a session's first stroke.
    is_first = np.zeros(pause_us.shape, dtype=np.int64)
    is_first[..., 0] = 1
    reports = n_reports(move_us).ravel()
    n_rows = reports + 2 + is_first.ravel()
    stroke = np.repeat(np.arange(n_rows.size), n_rows)
    begins = np.cumsum(n_rows) - n_rows + is_first.ravel()
    number = np.arange(stroke.size) - begins[stroke] + 1  # of the report; 0 is the pointer at rest
    after = number - reports[stroke]  # 1 where the button goes down, 2 where it comes up
    start_px, target_px = (
        ends.reshape(-1, 2).astype(np.float64)[stroke]
        for ends in (strokes.targets_px[..., :-1, :], strokes.targets_px[..., 1:, :])
    )
    done = np.where(after > 0, 1.0, report_progress(move_us.ravel()[stroke], number))
    position_px = positions_px(start_px, target_px, offset.ravel()[stroke], done)
    start_us = (arrival_us - move_us).ravel()[stroke]
    time_us = np.select(
        [number == 0, after <= 0, after == 1],
        [0, start_us + number * POLL_US, arrival_us.ravel()[stroke]],
        end_us.ravel()[stroke],
    )

    sessions = session_rows(settings.n_people, settings.n_sessions, chosen).with_columns(
        screen_w=SCREEN_PX[0], screen_h=SCREEN_PX[1]
    )
    session = stroke // settings.n_strokes
    word = np.maximum(after, 0)
    frame = pl.DataFrame(
        {
            "subject_id": sessions["subject_id"].gather(session),
            "session_id": sessions["session_id"].gather(session),
            "time_us": time_us,
            "event": pl.Series(["move", "button_down", "button_up"], dtype=EVENT).gather(word),
            "x_px": position_px[:, 0].astype(np.float32),
            "y_px": position_px[:, 1].astype(np.float32),
            "button": pl.Series([None, "left", "left"], dtype=BUTTON).gather(word),
        }
    )
    return EventTable.from_frame(frame, sessions)


def generate_pointer_parts(
    settings: PointerSettings, streams: Streams, n_people_a_part: int, *, progress: Progress = silent
) -> Iterator[EventTable]:
    """Make the same people as :func:`generate_pointer`, so many at a time."""
    return in_parts(
        lambda people: generate_pointer(settings, streams, people),
        settings.n_people,
        n_people_a_part,
        progress,
    )
