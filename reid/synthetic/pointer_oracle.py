"""The best possible attack on :mod:`reid.synthetic.pointer_truth`: it knows the laws, not the people.

How strokes name a person is told in :mod:`reid.synthetic.evidence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.evidence import (
    BestRate,
    Evidence,
    best_rate,
    evidence_about,
    log_likelihood_ratios,
)
from reid.synthetic.pointer_paths import POLL_US, difficulty_of, fitted_offsets, report_progress
from reid.synthetic.pointer_truth import (
    COMPONENTS,
    MIDDLE_DIFFICULTY,
    QUANTITIES,
    PointerLaw,
    PointerSettings,
    draw_strokes,
    fitts_us,
    pointer_law,
)
from reid.typing import FloatArray, IntArray, Progress, silent

_FACTOR = QUANTITIES.index("log_movement_factor")
_SLOPE = COMPONENTS.index("log_movement_factor_per_bit")


@dataclass(frozen=True, slots=True, eq=False)
class StrokeTable:
    """The quantities of strokes, in the order of the log."""

    session: IntArray  #: (n_strokes,), row in the sessions table
    difficulty: FloatArray  #: (n_strokes,), bits
    values: FloatArray  #: (n_strokes, n_quantities), see :data:`~reid.synthetic.pointer_truth.QUANTITIES`


def read_strokes(events: EventTable) -> StrokeTable:
    """Read the quantities off a log that :func:`~reid.synthetic.pointer_truth.generate_pointer` made.

    Times come back up to the rounding to whole microseconds, offsets up to that of places to whole pixels:
    0.07 pixels (root mean square) over the length of the way, where strokes of one person differ by 3 and
    more.

    Raises
    ------
    ParameterError
        The log is not a raw one of this generator: its events do not stand in the order of its strokes, or
        a pause, a movement or a press takes no time.
    """
    rows = _stroke_rows(events)
    time_us = events.frame["time_us"].to_numpy()
    place_px = events.frame.select(pl.col("x_px", "y_px").cast(pl.Float64)).to_numpy()
    first_us = time_us[rows.rest + 1] - POLL_US  # a movement starts one poll before its first report
    pause_us = first_us - time_us[rows.rest]
    move_us = time_us[rows.down] - first_us
    press_us = time_us[rows.down + 1] - time_us[rows.down]
    stroke = np.repeat(np.arange(len(rows.down)), rows.down - rows.rest - 1)
    begins = np.cumsum(rows.down - rows.rest - 1) - (rows.down - rows.rest - 1)
    number = np.arange(stroke.size) - begins[stroke] + 1
    report = rows.rest[stroke] + number
    start_px, target_px = place_px[rows.rest], place_px[rows.down]
    distance_px = np.hypot(*(target_px - start_px).T)
    polled = bool(np.all(time_us[report] == first_us[stroke] + number * POLL_US))
    if not (polled and min(pause_us.min(), press_us.min()) > 0 and distance_px.min() > 0):
        raise _not_raw("reports that are not 8 ms apart, or a pause, press or way of nothing")
    done = report_progress(move_us[stroke], number)
    offset = fitted_offsets(place_px[report], done, stroke, start_px, target_px)
    difficulty = difficulty_of(distance_px)
    factor = np.log(move_us / fitts_us(difficulty))
    values = np.stack([np.log(pause_us), factor, offset, np.log(press_us)], axis=1)
    return StrokeTable(rows.session, difficulty, values)


@dataclass(frozen=True, slots=True, eq=False)
class _StrokeRows:
    session: IntArray  # (n_strokes,), row in the sessions table
    rest: IntArray  # row of the event at which the pointer rests before the stroke
    down: IntArray  # row at which the button goes down; the next one is its release


def _stroke_rows(events: EventTable) -> _StrokeRows:
    """Find the strokes of a log: a pointer at rest, reports, button down, button up, and again."""
    bounds, event = events.session_bounds(), events.frame["event"]
    down, up = (np.flatnonzero((event == word).to_numpy()) for word in ("button_down", "button_up"))
    session = np.searchsorted(bounds, down, side="right") - 1
    rest = bounds[session]
    follows = np.flatnonzero(session[1:] == session[:-1]) + 1
    if len(down) != len(up) or not len(down) or np.any(up != down + 1):
        raise _not_raw(f"{len(down)} presses and {len(up)} releases of a button, or some apart")
    rest[follows] = up[follows - 1]
    reports = down - rest - 1
    n_rows = int(reports.sum()) + 2 * len(down) + len(bounds) - 1
    if reports.min() < 1 or n_rows != len(events) or (event == "move").sum() != n_rows - 2 * len(down):
        raise _not_raw("a click without a movement before it, or other events")
    return _StrokeRows(session.astype(np.int64), rest, down)


def _not_raw(found: str) -> ParameterError:
    must = "be a raw one of this generator"
    return ParameterError.of("the log", must=must, found=found, advice="Pass it before it is protected.")


def drawn_strokes(settings: PointerSettings, streams: Streams, people: Sequence[int]) -> StrokeTable:
    """Draw strokes without a log in between: those of ``generate_pointer``, not rounded."""
    strokes = draw_strokes(settings, streams, people)
    n_sessions = len(people) * settings.n_sessions
    session = np.repeat(np.arange(n_sessions), settings.n_strokes)
    return StrokeTable(session, strokes.difficulty().ravel(), strokes.values.reshape(-1, len(QUANTITIES)))


def evidence_of_strokes(strokes: StrokeTable, n_sessions: int, law: PointerLaw) -> Evidence:
    """Turn the strokes of each session into what they say about the person.

    The session's own shift is integrated out; a session without strokes says nothing.
    """
    n_components = len(COMPONENTS)
    design = np.zeros((len(strokes.session), len(QUANTITIES), n_components))
    design[:, : len(QUANTITIES), : len(QUANTITIES)] = np.eye(len(QUANTITIES))
    design[:, _FACTOR, _SLOPE] = strokes.difficulty - MIDDLE_DIFFICULTY
    weighed = np.swapaxes(design, -1, -2) @ np.linalg.inv(law.within)  # X' W^-1
    excess = strokes.values - design @ law.mean
    precision = np.zeros((n_sessions, n_components, n_components))
    vector = np.zeros((n_sessions, n_components))
    np.add.at(precision, strokes.session, weighed @ design)
    np.add.at(vector, strokes.session, (weighed @ excess[..., None])[..., 0])
    return evidence_about(precision, vector, law.root, law.drift)


def best_pointer_scores(
    events: EventTable,
    settings: PointerSettings,
    gallery: Sequence[Sequence[int]],
    probes: Sequence[Sequence[int]],
) -> FloatArray:
    """Return the exact log likelihood ratios on a log: float64, (n_probes, n_people).

    Parameters
    ----------
    events : EventTable
        What :func:`~reid.synthetic.pointer_truth.generate_pointer` made under ``settings``.
    settings : PointerSettings
        The population; only its laws are used.
    gallery, probes : sequences of sequences of int
        Sessions of each enrolled person and of each probe, as rows of ``events.sessions``.

    Raises
    ------
    ParameterError
        The log is not a raw one of the generator.
    """
    evidence = evidence_of_strokes(read_strokes(events), events.sessions.height, pointer_law(settings))
    return log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))


def best_pointer_rank_1(
    settings: PointerSettings,
    streams: Streams,
    *,
    n_enrolled: int,
    n_gallery_sessions: int,
    n_probe_sessions: int = 1,
    n_populations: int = 20,
    progress: Progress = silent,
) -> BestRate:
    """Estimate the best possible rank-1 under these laws; ``n_people`` is not used.

    Parameters and errors as in :func:`~reid.synthetic.evidence.best_rate`.
    """
    law = pointer_law(settings)

    def draw(population: Streams) -> Evidence:
        strokes = drawn_strokes(settings, population, range(n_enrolled))
        return evidence_of_strokes(strokes, n_enrolled * settings.n_sessions, law)

    return best_rate(
        draw,
        streams,
        n_sessions=settings.n_sessions,
        n_enrolled=n_enrolled,
        n_gallery_sessions=n_gallery_sessions,
        n_probe_sessions=n_probe_sessions,
        n_populations=n_populations,
        progress=progress,
    )
