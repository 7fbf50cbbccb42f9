"""Recordings in folders of their own: ``PERSON/SESSION/file``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np
import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.formats.recordings import Recording, parts_of
from reid.events.formats.sessions_file import read_sessions
from reid.events.schema import SESSION, SESSION_COLUMNS
from reid.events.table import EventTable
from reid.typing import Progress

#: Names of a person and a session where no folder names them.
ONE_PERSON: Final = "person"
ONE_SESSION: Final = "session"


def recordings_in(source: Source, members: Iterable[Member]) -> list[Recording]:
    """Return one recording a file: its folder is the session, the folder above it the person.

    A source that is one file, or the folder of one recording, holds one session of one person; folders of
    recordings without folders of people above them are sessions of one person.

    Raises
    ------
    SourceError
        Two files stand for one session.
    """
    found: list[Recording] = []
    for member in members:
        folders = PurePosixPath(member.name).parts[:-1]
        session = folders[-1] if folders else ONE_SESSION
        found.append(Recording(folders[-2] if len(folders) > 1 else ONE_PERSON, session, member))
    names = {(each.subject_id, each.session_id) for each in found}
    if len(names) < len(found):
        must, twice = "hold each session once", f"{len(found) - len(names)} that stand twice"
        raise SourceError.of(source.path.name, must=must, found=twice)
    return sorted(found, key=lambda each: (each.subject_id, each.session_id))


def parts_with_progress(recordings: Sequence[Recording], progress: Progress) -> Iterator[list[Recording]]:
    """Cut recordings into groups of whole people, and tell how many are done."""
    done = 0
    progress("reading", 0, len(recordings))
    for chosen in parts_of(recordings):
        yield chosen
        done += len(chosen)
        progress("reading", done, len(recordings))


def sessions_table(source: Source, rows: Sequence[Mapping[str, Any]], order_by: str) -> pl.DataFrame:
    """Return the sessions of some recordings, in time by ``order_by`` where it is known of all of a person's.

    What :func:`~reid.events.formats.sessions_file.read_sessions` finds beside the recordings is taken in the
    place of what ``rows`` say; it tells order and sittings too.

    Parameters
    ----------
    source : Source
        The source of the recordings.
    rows : sequence of mappings
        One a recording, by person and name: ``subject_id``, ``session_id``, columns of the sessions table,
        and the column ``order_by``, of one type or None.
    order_by : str
        What sessions are ordered by.

    Raises
    ------
    SourceError
        The file beside the recordings is damaged.
    """
    columns = {name: [row.get(name) for row in rows] for name in SESSION_COLUMNS}
    found = pl.DataFrame(columns, schema=dict(SESSION_COLUMNS)).drop("session_order")
    found = found.with_columns(pl.Series("_by", [row.get(order_by) for row in rows], strict=False))
    known = pl.col("_by").is_not_null().all().over("subject_id")
    found = found.with_columns(_by=pl.when(known).then("_by")).sort("subject_id", "_by", maintain_order=True)
    rank = pl.int_range(pl.len()).over("subject_id").cast(pl.UInt32)
    found = found.drop("_by").with_columns(session_order=rank)
    beside = read_sessions(source)
    if beside is None:
        return found
    told = [name for name in SESSION_COLUMNS if name not in SESSION and name in beside.columns]
    both = found.join(beside, on=SESSION, how="left", maintain_order="left", suffix="_beside")
    return both.select(
        *SESSION,
        *(
            pl.coalesce(f"{name}_beside", name).alias(name) if name in told else name
            for name in SESSION_COLUMNS
            if name not in SESSION
        ),
    )


def with_sessions(events: pl.DataFrame, recordings: Sequence[Recording]) -> pl.DataFrame:
    """Add the names of person and session to events with ``file``, the ordinal of their file."""
    names = pl.DataFrame({
        "file": np.array([each.member.ordinal for each in recordings], dtype=np.uint32),
        "subject_id": [each.subject_id for each in recordings],
        "session_id": [each.session_id for each in recordings],
    })  # fmt: skip
    return events.join(names, on="file", how="left", maintain_order="left")


def sessions_of(events: EventTable) -> Iterator[tuple[dict[str, Any], pl.DataFrame]]:
    """Pass on each session with its row of the sessions table, in the order of the table."""
    bounds = events.session_bounds()
    for row, start, stop in zip(events.sessions.iter_rows(named=True), bounds[:-1], bounds[1:], strict=True):
        yield row, events.frame[int(start) : int(stop)]
