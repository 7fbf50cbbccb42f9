"""A log in blocks of whole people, small enough that what is worked out for one stays in the cache."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.anonymizers.draws import uniform_draws
from reid.anonymizers.rewriting import with_times
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray

_ROWS: Final = 1 << 15  # a quarter of a megabyte for an array of 64-bit numbers


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The rows of some people."""

    names: list[str]  #: of the people, in the order of the rows
    person_bounds: IntArray  #: (n_people + 1,): first row of each person in the block, then their number
    bounds: IntArray  #: (n_sessions + 1,): first row of each session in the block, then their number
    rows: slice  #: where they stand in the log
    sessions: slice  #: where the sessions stand in the log
    time_us: IntArray  #: (n_rows,): a copy

    def uniform(self, streams: Streams) -> FloatArray:
        """Draw one number per row, uniform on ``[0, 1)``, each person's from the person's own stream.

        They are dealt out in the order of the person's sessions, so a later session never changes the noise
        of an earlier one. A stream of its own for each session would also shield later sessions from earlier
        ones, at the price of as many more streams; but a source whose past changes is another source.
        """
        return uniform_draws(streams, self.names, np.diff(self.person_bounds))


def blocks_of(part: EventTable) -> Iterator[Block]:
    """Give the blocks of a log, in the order of its rows."""
    bounds, time_us = part.session_bounds(), part.frame["time_us"].to_numpy()
    subjects = part.sessions["subject_id"]
    sessions = np.flatnonzero(np.diff(subjects.rle_id().to_numpy(), prepend=-1))  # first of each person
    names = subjects[sessions].to_list()
    sessions = np.append(sessions, subjects.len())
    starts = bounds[sessions]
    first = 0
    while first < len(names):
        stop = max(first + 1, int(np.searchsorted(starts, starts[first] + _ROWS, side="right")) - 1)
        rows = slice(int(starts[first]), int(starts[stop]))
        yield Block(
            names=names[first:stop],
            person_bounds=starts[first : stop + 1] - rows.start,
            bounds=bounds[sessions[first] : sessions[stop] + 1] - rows.start,
            rows=rows,
            sessions=slice(int(sessions[first]), int(sessions[stop])),
            time_us=time_us[rows].copy(),
        )
        first = stop


def retimed(part: EventTable, time_of_block: Callable[[Block], IntArray]) -> EventTable:
    """Return the part with other event times, worked out block by block.

    Parameters
    ----------
    part : EventTable
        Events of whole people.
    time_of_block : callable
        Takes a block and returns its times, int64 of shape (n_rows,), non-decreasing within each session.
    """
    time_us = np.empty(len(part), dtype=np.int64)
    for block in blocks_of(part):
        time_us[block.rows] = time_of_block(block)
    return with_times(part, time_us)
