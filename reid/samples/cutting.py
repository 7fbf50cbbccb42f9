"""Cut an event table into the pieces that are attacked."""

import re
from typing import Final

import numpy as np
import polars as pl

from reid.errors import ParameterError, TooFewError
from reid.events.table import EventTable
from reid.samples.strokes import first_rows_of_strokes
from reid.samples.table import PIECE_COLUMNS, PieceTable
from reid.typing import IntArray

_FORM: Final = re.compile(
    r"(?P<word>session|trial)|(?P<unit>events|seconds|strokes)\s*=\s*(?P<size>[0-9]+(\.[0-9]+)?)"
)
_US_PER_S: Final = 1_000_000
_LONGEST: Final = 1_000_000_000  # of either unit, so that microseconds stay in 64 bits


def parse_sample(sample: str) -> tuple[str, float]:
    """Read how to cut: ``session``, ``trial``, ``events=N``, ``strokes=N`` or ``seconds=N``.

    Returns
    -------
    kind : str
        ``session``, ``trial``, ``events``, ``strokes`` or ``seconds``.
    size : float
        N; 0 for sessions and trials.

    Raises
    ------
    ParameterError
        The text has another form, or N is not a positive number (for events and strokes: a whole one).

    Examples
    --------
    >>> parse_sample("events=200")
    ('events', 200.0)
    >>> parse_sample("session")
    ('session', 0.0)
    """
    match = _FORM.fullmatch(sample.strip())
    if not match:
        must = "be session, trial, events=N, strokes=N or seconds=N"
        raise ParameterError.of(
            "sample", must=must, found=repr(sample), advice="Write events=200, for example."
        )
    if match["word"]:
        return match["word"], 0.0
    size = float(match["size"])
    if not 1 / _US_PER_S <= size <= _LONGEST:
        must = f"be above 0 and at most {_LONGEST:,}"
        raise ParameterError.of(f"sample {match['unit']}", must=must, found=match["size"][:20])
    if match["unit"] != "seconds" and not size.is_integer():
        raise ParameterError.of(f"sample {match['unit']}", must="be a whole number", found=match["size"])
    return match["unit"], size


def cut(events: EventTable, sample: str = "session") -> PieceTable:
    """Cut the sessions of a table into pieces.

    Parameters
    ----------
    events : EventTable
        Events of whole people.
    sample : str
        ``session``: a session is a piece. ``trial``: each trial that the source marks is one, and rows
        outside trials are left out. ``events=N``: N successive events of a session, of any kind.
        ``strokes=N``: what belongs to N successive pointer strokes of a session, up to where the next
        one begins; see :func:`~reid.kernels.pointer.cut_strokes`. ``seconds=N``: the events of N
        seconds, counted from the session's first event.
        What is left at the end of a session is a piece of its own if it is at least half as long;
        see :func:`events_left_out` for what is not.

    Returns
    -------
    PieceTable
        Pieces in the order of the rows; ``order`` ranks the pieces of a person in time from 0.

    Raises
    ------
    ParameterError
        ``sample`` cannot be read.
    TooFewError
        The source marks no trials, or no session is long enough.
    """
    kind, size = parse_sample(sample)
    bounds = events.session_bounds()
    if kind == "session":
        runs = _whole_sessions(bounds)
    elif kind == "trial":
        runs = _trials(events, bounds)
    elif kind == "strokes":
        runs = _stroke_cuts(events, bounds, int(size))
    else:
        runs = _equal_cuts(events, bounds, kind, size)
    return _numbered(events, runs)


def _whole_sessions(bounds: IntArray) -> pl.DataFrame:
    """Return one run per session."""
    columns = {"session": np.arange(bounds.size - 1), "start_row": bounds[:-1], "stop_row": bounds[1:]}
    return pl.DataFrame(columns).with_columns(trial=pl.lit(None, pl.UInt32))


def _trials(events: EventTable, bounds: IntArray) -> pl.DataFrame:
    """Return one run per trial that the source marks."""
    session = pl.Series("session", np.repeat(np.arange(bounds.size - 1), np.diff(bounds)))
    marked = pl.DataFrame([session, events.frame["trial"]])
    runs = marked.select(pl.struct("session", "trial").rle().alias("run")).unnest("run").unnest("value")
    stop_row = pl.col("len").cum_sum().cast(pl.Int64)
    runs = runs.with_columns(stop_row=stop_row, start_row=stop_row - pl.col("len"))
    runs = runs.filter(pl.col("trial").is_not_null())
    if runs.is_empty():
        advice = "Cut into sessions instead."
        raise TooFewError.of("the source", must="mark trials", found="none", advice=advice)
    return runs


def _equal_cuts(events: EventTable, bounds: IntArray, kind: str, size: float) -> pl.DataFrame:
    """Return runs of as many events or seconds; the last of a session must be at least half as long."""
    session = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
    if kind == "events":
        full = int(size)
        reached = np.arange(session.size) - bounds[session] + 1  # events of the session up to here
        part = (reached - 1) // full
    else:
        full = round(size * _US_PER_S)
        time_us = events.frame["time_us"].to_numpy()
        reached = time_us - time_us[bounds[session]]
        part = reached // full
    starts = np.flatnonzero(np.diff(session, prepend=-1) | np.diff(part, prepend=-1))
    stops = np.append(starts[1:], session.size)
    ends_session = np.isin(stops, bounds)
    length = reached[stops - 1] - part[starts] * full
    kept = ~ends_session | (2 * length >= full)
    if not kept.any():
        must, advice = f"be at least half of {size:g} {kind} long", "Ask for shorter samples."
        raise TooFewError.of("sessions", must=must, found="none that is", advice=advice)
    columns = {"session": session[starts[kept]], "start_row": starts[kept], "stop_row": stops[kept]}
    return pl.DataFrame(columns).with_columns(trial=pl.lit(None, pl.UInt32))


def _stroke_cuts(events: EventTable, bounds: IntArray, full: int) -> pl.DataFrame:
    """Return runs of as many strokes; the last of a session must hold at least half as many."""
    whole = _numbered(events, _whole_sessions(bounds))
    run_starts, run_stops, _ = runs_within(whole)
    rows, _ = first_rows_of_strokes(events, run_starts, run_stops)
    session = np.searchsorted(bounds, rows, side="right") - 1
    n_strokes = np.bincount(session, minlength=bounds.size - 1)
    if not n_strokes.any():
        must, advice = "hold pointer strokes", "Cut into sessions or events instead."
        raise TooFewError.of("the source", must=must, found="none", advice=advice)
    before = np.cumsum(n_strokes) - n_strokes
    rank = np.arange(rows.size) - before[session]  # of each stroke in its session
    begins = np.flatnonzero(rank % full == 0)
    starts = np.where(rank[begins] == 0, bounds[session[begins]], rows[begins])
    follows = np.append(session[begins[1:]] == session[begins[:-1]], False)
    stops = np.where(follows, np.append(starts[1:], 0), bounds[session[begins] + 1])
    kept = follows | (2 * (n_strokes[session[begins]] - rank[begins]) >= full)
    if not kept.any():
        must, advice = f"hold at least half of {full} strokes", "Ask for shorter samples."
        raise TooFewError.of("sessions", must=must, found="none that does", advice=advice)
    columns = {"session": session[begins][kept], "start_row": starts[kept], "stop_row": stops[kept]}
    return pl.DataFrame(columns).with_columns(trial=pl.lit(None, pl.UInt32))


def halves(events: EventTable) -> PieceTable:
    """Cut every session of at least two events into an earlier and a later half of as many events.

    An odd event goes to the earlier half.

    Raises
    ------
    TooFewError
        No session holds two events.
    """
    bounds = events.session_bounds()
    session = np.flatnonzero(np.diff(bounds) > 1)
    if not session.size:
        raise TooFewError.of("sessions", must="hold at least two events", found="none that does")
    starts, stops = bounds[:-1][session], bounds[1:][session]
    middles = (starts + stops + 1) // 2
    runs = pl.DataFrame(
        {
            "session": np.repeat(session, 2),
            "trial": pl.Series([None] * (2 * session.size), dtype=pl.UInt32),
            "start_row": np.stack([starts, middles], axis=1).ravel(),
            "stop_row": np.stack([middles, stops], axis=1).ravel(),
        }
    )
    return _numbered(events, runs)


def cut_finer(pieces: PieceTable, n_parts: int | IntArray) -> tuple[PieceTable, IntArray]:
    """Cut every piece into ``n_parts`` of as many events; a piece of fewer events into single ones.

    Parameters
    ----------
    pieces : PieceTable
        What is cut.
    n_parts : int or int64 array of shape (n_pieces,)
        Into how many; one number for all, or one for each piece.

    Returns
    -------
    PieceTable
        The parts, in the order of the rows.
    int64 array of shape (n_finer_pieces,)
        Row of the piece from which each part was cut.

    Raises
    ------
    ParameterError
        ``n_parts`` is below 1.
    """
    if np.min(n_parts, initial=1) < 1:
        raise ParameterError.of("n_parts", must="be at least 1", found=int(np.min(n_parts)))
    starts, stops = pieces.bounds()
    sizes = stops - starts
    parts = np.minimum(n_parts, np.maximum(sizes, 1))
    whole = np.repeat(np.arange(sizes.size), parts)
    part = np.arange(whole.size) - np.repeat(np.cumsum(parts) - parts, parts)
    first, after = (starts[whole] + (part + more) * sizes[whole] // parts[whole] for more in (0, 1))
    runs = pieces.frame.select("session", "trial")[whole].with_columns(
        start_row=pl.Series(first), stop_row=pl.Series(after)
    )
    return _numbered(pieces.events, runs), whole.astype(np.int64)


def _numbered(events: EventTable, runs: pl.DataFrame) -> PieceTable:
    """Return the runs with their people, ranked in time."""
    people = events.sessions.select("subject_id", "sitting")[runs["session"].to_numpy()]
    pieces = pl.concat([runs, people], how="horizontal")
    rank = pl.int_range(pl.len()).over("subject_id").alias("order")
    return PieceTable(events, pieces.with_columns(rank).select(_typed_columns()))


def _typed_columns() -> list[pl.Expr]:
    return [pl.col(name).cast(dtype) for name, dtype in PIECE_COLUMNS.items()]


def events_left_out(pieces: PieceTable) -> int:
    """Return how many rows of the event table belong to no piece."""
    starts, stops = pieces.bounds()
    return len(pieces.events) - int((stops - starts).sum())


def runs_within(pieces: PieceTable) -> tuple[IntArray, IntArray, IntArray]:
    """Split each piece where a trial begins or ends: no latency may cross that border.

    Returns
    -------
    starts, stops : int64 arrays of shape (n_runs,)
        First row of each run and the row past its last.
    offsets : int64 array of shape (n_pieces + 1,)
        Runs ``offsets[i] .. offsets[i + 1] - 1`` make up piece i.
    """
    starts, stops = pieces.bounds()
    trial = pieces.events.frame["trial"]
    if trial.null_count() == len(trial):
        return starts, stops, np.arange(starts.size + 1, dtype=np.int64)
    borders = np.flatnonzero(trial.ne_missing(trial.shift()).to_numpy())
    after = np.searchsorted(borders, starts, side="right")
    n_inside = np.searchsorted(borders, stops, side="left") - after  # borders strictly inside each piece
    offsets = np.concatenate([[0], np.cumsum(n_inside + 1)]).astype(np.int64)
    piece = np.repeat(np.arange(starts.size), n_inside)
    inside = borders[
        np.arange(piece.size) - np.repeat(np.cumsum(n_inside) - n_inside, n_inside) + after[piece]
    ]
    run_starts = np.sort(np.concatenate([starts, inside]))
    run_stops = np.sort(np.concatenate([stops, inside]))
    return run_starts, run_stops, offsets
