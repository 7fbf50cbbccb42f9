"""A signal of identity put into a log on purpose: who misses it would have missed people too."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray

_SPREAD: Final = 0.7  # standard deviation over people of the logarithm of each factor
_USUAL_PAUSE_US: Final = 40_000.0  # that the middle person adds before a key event
_LEAST_SCALE: Final = 0.4  # of a pointer's positions, so that they stay on the screen
_LEAST_TREMOR_PX, _MOST_TREMOR_PX = 1.0, 30.0
_LONGEST_PERIOD: Final = 8.0  # events more than two, to a period of the tremor


def planted(log: EventTable, streams: Streams) -> EventTable:
    """Return a log in which every person has a rhythm, and a reach of the pointer, of their own.

    Before each event of a kind, and of a key where the log names keys, a person waits a multiple of the
    time waited in the log, and before key events a pause of their own besides, so that a release that left
    no time at all shows it too. Positions of the pointer are shrunk by a factor for each axis. Nothing
    depends on the session: a person's gallery and probes, and those of background people, bear one mark.

    Parameters
    ----------
    log : EventTable
        As the attackers see it.
    streams : Streams
        Of the marks, drawn for each person apart.

    Returns
    -------
    EventTable
        The same rows in the same order, at other times and places.
    """
    frame = log.frame
    kinds = frame.select(pl.struct("event", "key").rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    people = {subject: number for number, subject in enumerate(log.subjects)}
    person = np.repeat(
        log.sessions["subject_id"].replace_strict(people, return_dtype=pl.Int64).to_numpy(),
        np.diff(log.session_bounds()),
    )
    n_kinds = int(kinds.max()) + 1
    marks = [streams(subject).standard_normal((2, n_kinds)) for subject in log.subjects]
    factor, pause = np.exp(_SPREAD * np.stack(marks, axis=1))
    moves = (frame["event"] == "move").to_numpy()
    pause_us = np.where(moves, 0.0, _USUAL_PAUSE_US * pause[person, kinds])
    time_us = _waited(log, factor[person, kinds], pause_us)
    places = [_place(frame, name, person, log.subjects, streams) for name in ("x_px", "y_px")]
    return log.with_frame(frame.with_columns(pl.Series("time_us", time_us), *places))


def _place(
    frame: pl.DataFrame, name: str, person: IntArray, subjects: Sequence[str], streams: Streams
) -> pl.Expr:
    """Return an axis of the pointer's way, shrunk and with a tremor of each person's own width and pace."""
    drawn = [streams(subject, name).uniform(size=3) for subject in subjects]
    scale, width, pace = np.stack(drawn, axis=1)[:, person]
    tremor_px = _LEAST_TREMOR_PX * (_MOST_TREMOR_PX / _LEAST_TREMOR_PX) ** width
    turns = 1 / (2 + _LONGEST_PERIOD * pace)  # of the tremor, from event to event
    moved = tremor_px * (1 + np.sin(2 * np.pi * turns * np.arange(frame.height)))
    shrunk = pl.col(name) * pl.Series(_LEAST_SCALE + (1 - _LEAST_SCALE) * scale)
    return (shrunk + pl.Series(moved)).cast(pl.Float32)


def _waited(log: EventTable, factor: FloatArray, pause_us: FloatArray) -> IntArray:
    """Return the times after every wait within a session was stretched; sessions begin as they did."""
    time_us = log.frame["time_us"].to_numpy()
    starts = log.session_bounds()[:-1]
    waits = np.diff(time_us, prepend=time_us[0]) * factor + pause_us
    waits[starts] = 0
    total = np.cumsum(np.rint(waits).astype(np.int64))
    first = np.repeat(time_us[starts] - total[starts], np.diff(log.session_bounds()))
    return np.asarray(total + first, dtype=np.int64)
