"""Find recordings that two logs, or the two sides of a split, share, whatever they are called in each."""

from collections import defaultdict
from typing import Final

import numpy as np
import polars as pl

from reid.errors import LeakError
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.samples.table import SampleTable

_FEWEST_EVENTS: Final = 10  # a few presses can agree by chance
_WHAT_HAPPENED: Final = ("event", "key", "x_px", "y_px")  # not who, and not what it is called

Mark = tuple[int, int]


def shared_recordings(first: EventTable, second: EventTable) -> int:
    """Return how many sessions of ``second`` stand in ``first`` too, event by event and time by time.

    Sessions of fewer than 10 events are passed over.
    """
    known = {mark for mark in _marks(first) if mark[0] >= _FEWEST_EVENTS}
    return sum(mark in known for mark in _marks(second))


def require_other_recordings(gallery: SampleTable, probes: SampleTable) -> None:
    """Refuse gallery and probes of one person that hold one recording under two names of sessions.

    Passed over are recordings at fewer than 10 different times, and those that several people have: these
    agree because they hold little, as where a release took the times away.

    Raises
    ------
    LeakError
        They hold one.
    """
    events = gallery.pieces.events
    marks = _marks(events)
    n_times = events.frame.group_by(SESSION, maintain_order=True).agg(pl.col("time_us").n_unique())
    people = events.sessions["subject_id"].to_list()
    owners = defaultdict(set)
    for mark, person in zip(marks, people, strict=True):
        owners[mark].add(person)
    tells = [
        len(owners[mark]) == 1 and times >= _FEWEST_EVENTS
        for mark, times in zip(marks, n_times["time_us"], strict=True)
    ]
    known, probed = (
        {(people[row], marks[row]) for row in _sessions_of(side) if tells[row]} for side in (gallery, probes)
    )
    # One session on both sides is another fault, and is allowed where its halves or trials are compared.
    both = set(_sessions_of(gallery)) & set(_sessions_of(probes))
    copies = (known & probed) - {(people[row], marks[row]) for row in both}
    if copies:
        found = f"{len(copies)} that stand under two session names"
        advice = "Leave the copies out of the source."
        raise LeakError(f"Gallery and probes must hold different recordings; found {found}. {advice}")


def _sessions_of(side: SampleTable) -> list[int]:
    """Return the rows of the sessions on which samples draw, each once."""
    rows = side.frame.select(pl.col("pieces").explode()).to_series().drop_nulls()
    sessions: list[int] = side.pieces.frame["session"].gather(rows).unique().sort().to_list()
    return sessions


def _marks(events: EventTable) -> list[Mark]:
    """Return for each session how many events it has, and a sum over what happened when."""
    bounds = events.session_bounds()
    since_us = pl.col("time_us") - pl.col("time_us").first().over(SESSION)
    row = events.frame.select(since_us, *_WHAT_HAPPENED).hash_rows(seed=0).to_numpy()
    reached = np.concatenate([np.zeros(1, np.uint64), np.cumsum(row, dtype=np.uint64)])
    sums = reached[bounds[1:]] - reached[bounds[:-1]]  # modulo 2 ** 64
    return list(zip(np.diff(bounds).tolist(), sums.tolist(), strict=True))
