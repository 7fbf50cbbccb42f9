"""Cut an event table into the pieces that are attacked."""

import re
from typing import Final

import numpy as np
import polars as pl

from reid.errors import ParameterError, TooFewError
from reid.events.table import EventTable
from reid.samples.table import PIECE_COLUMNS, PieceTable
from reid.typing import IntArray

_FORM: Final = re.compile(
    r"(?P<word>session|trial)|(?P<unit>events|seconds)\s*=\s*(?P<size>[0-9]+(\.[0-9]+)?)"
)
_US_PER_S: Final = 1_000_000


def parse_sample(sample: str) -> tuple[str, float]:
    """Read how to cut: ``session``, ``trial``, ``events=N`` or ``seconds=N``.

    Returns
    -------
    kind : str
        ``session``, ``trial``, ``events`` or ``seconds``.
    size : float
        N; 0 for sessions and trials.

    Raises
    ------
    ParameterError
        The text has another form, or N is not a positive number (for events: a whole one).

    Examples
    --------
    >>> parse_sample("events=200")
    ('events', 200.0)
    >>> parse_sample("session")
    ('session', 0.0)
    """
    match = _FORM.fullmatch(sample.strip())
    if not match:
        must = "be session, trial, events=N or seconds=N"
        raise ParameterError.of(
            "sample", must=must, found=repr(sample), advice="Write events=200, for example."
        )
    if match["word"]:
        return match["word"], 0.0
    size = float(match["size"])
    if size <= 0:
        raise ParameterError.of(f"sample {match['unit']}", must="be above 0", found=match["size"])
    if match["unit"] == "events" and not size.is_integer():
        raise ParameterError.of("sample events", must="be a whole number", found=match["size"])
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
        ``seconds=N``: the events of N seconds, counted from the session's first event.
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
    session = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
    rows = pl.DataFrame({"session": pl.Series(session, dtype=pl.UInt32)})
    rows = rows.with_columns(
        events.frame["trial"] if kind == "trial" else pl.lit(None, pl.UInt32).alias("trial")
    )
    part: IntArray | None = None
    if kind == "events":
        part = (np.arange(session.size) - bounds[session]) // int(size)
    elif kind == "seconds":
        time_us = events.frame["time_us"].to_numpy()
        part = (time_us - time_us[bounds[session]]) // round(size * _US_PER_S)
    rows = rows.with_columns(part=pl.lit(0) if part is None else pl.Series(part))
    runs = rows.select(pl.struct("session", "trial", "part").rle().alias("run")).unnest("run").unnest("value")
    runs = runs.with_columns(stop_row=pl.col("len").cum_sum().cast(pl.Int64))
    runs = runs.with_columns(start_row=pl.col("stop_row") - pl.col("len"))
    runs = runs.filter(_long_enough(runs, events, kind, size))
    if runs.is_empty():
        if kind == "trial":
            advice = "Cut into sessions instead."
            raise TooFewError.of("the source", must="mark trials", found="none", advice=advice)
        must, found = f"be at least half of {sample.strip()} long", "none that is"
        raise TooFewError.of("sessions", must=must, found=found, advice="Ask for shorter samples.")
    return _numbered(events, runs)


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


def _numbered(events: EventTable, runs: pl.DataFrame) -> PieceTable:
    """Return the runs with their people, ranked in time."""
    people = events.sessions.select("subject_id", "sitting")[runs["session"].to_numpy()]
    pieces = pl.concat([runs, people], how="horizontal")
    rank = pl.int_range(pl.len()).over("subject_id").alias("order")
    return PieceTable(events, pieces.with_columns(rank).select(_typed_columns()))


def _typed_columns() -> list[pl.Expr]:
    return [pl.col(name).cast(dtype) for name, dtype in PIECE_COLUMNS.items()]


def _long_enough(runs: pl.DataFrame, events: EventTable, kind: str, size: float) -> pl.Series:
    """Say of each run whether it is a piece: a marked trial, or at least half as long as asked for."""
    if kind == "trial":
        return runs["trial"].is_not_null()
    last_of_session = (runs["session"] != runs["session"].shift(-1)).fill_null(value=True)
    if kind == "events":
        return ~last_of_session | (runs["len"] >= size / 2)
    if kind == "seconds":
        time_us = events.frame["time_us"].to_numpy()
        first_us = time_us[events.session_bounds()[runs["session"].to_numpy()]]
        window_us = round(size * _US_PER_S)
        opens_us = first_us + runs["part"].to_numpy() * window_us
        lasts_us = time_us[runs["stop_row"].to_numpy() - 1] - opens_us
        return ~last_of_session | pl.Series(2 * lasts_us >= window_us)
    return pl.repeat(value=True, n=runs.height, eager=True)


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
