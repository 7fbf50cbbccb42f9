"""What a format is: how its sources are recognised and read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Protocol, runtime_checkable

import polars as pl

from reid.events.archive import Source
from reid.events.quality import Fault, Quality
from reid.events.table import EventTable
from reid.typing import Progress, silent

#: People in a part: enough that a part is read at full speed, few enough that memory stays flat.
PEOPLE_A_PART: Final = 50


class Format(Protocol):
    """A way in which recordings are handed out. The first line of its docstring is what users see of it."""

    name: ClassVar[str]

    def recognises(self, source: Source) -> bool:
        """Say whether the source looks like this format, from names and first bytes."""
        ...

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people, in the order of the source.

        Raises
        ------
        SourceError
            The source cannot be read as this format at all; single rows at fault are counted instead.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """A publisher's own list of comparisons, and the sessions that it speaks of."""

    #: The people of the source and whatever other sessions the list needs. A session of a person who is not
    #: known stands under a ``subject_id`` of its own, which is nobody's name.
    events: EventTable
    #: Columns ``role`` (``gallery`` or ``probe``), ``subject_id``, ``session_id``, perhaps ``trial``,
    #: ``claimed_id`` and ``genuine`` (both null in the gallery), and perhaps ``maker_known``: false where
    #: ``subject_id`` only stands for whoever made the session.
    listed: pl.DataFrame


@runtime_checkable
class DeclaringFormat(Protocol):
    """A format whose publisher declares comparisons."""

    def claimed(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the sessions beside those of the people: each was recorded under a claim, true or not.

        They come as tables of whole sessions; one person's may stand in several.
        """
        ...

    def published(self, source: Source, events: EventTable, progress: Progress = silent) -> Published:
        """Return the declared comparisons; ``events`` is what :meth:`Format.parts` gave, together.

        Raises
        ------
        SourceError
            The source does not hold what the list needs.
        """
        ...


@runtime_checkable
class WritingFormat(Protocol):
    """A format in which a log can be given back, so that whatever reads recordings reads a release too.

    Reading what was written gives the same rows and the same sessions. Where the recorder's own fields do not
    tell all of an event (which press a masked key belongs to, that a character was dropped), the rest stands
    in further fields, which other programs pass over.
    """

    name: ClassVar[str]
    #: What the recorder keeps beside its events and no release holds, in a few words for users.
    left_behind: ClassVar[str]

    def write(self, events: EventTable, folder: Path) -> None:
        """Write each session as one recording at ``folder/SUBJECT/SESSION``, or files that begin so.

        Called by :func:`~reid.events.writing.write_recordings`, once for each part of whole people: the
        folder exists, is private and renamed to its place when all parts are written; names of people and
        sessions are such as folders can have; the sessions table is kept beside the recordings, see
        :func:`~reid.events.formats.sessions_file.read_sessions`.

        Raises
        ------
        EventError
            The events cannot be said in this format.
        """
        ...


def counted(rows: pl.DataFrame) -> Quality:
    """Count rows by ``fault``, null where there is none; their place stands in ``file`` and ``row``."""
    bad = rows.filter(pl.col("fault").is_not_null()).group_by("fault", maintain_order=True)
    quality = Quality(rows.height)
    for kind, count, file, row in bad.agg(pl.len(), pl.col("file", "row").first()).iter_rows():
        quality = quality.plus(Quality(0, (Fault(kind, count, file, row),)))
    return quality


def with_rows(tables: Iterable[EventTable]) -> Iterator[EventTable]:
    """Pass on the tables that hold rows; faults of the others are added to a neighbour's.

    When no table holds rows, the last is passed on, so that its faults are not lost.
    """
    waiting: EventTable | None = None
    lost = Quality()
    for table in tables:
        if not len(table):
            lost = lost.plus(table.quality)
            waiting = waiting or table
            continue
        if waiting is not None and len(waiting):
            yield waiting
        waiting = EventTable(table.frame, table.sessions, lost.plus(table.quality))
        lost = Quality()
    if waiting is not None:
        yield EventTable(
            waiting.frame, waiting.sessions, waiting.quality.plus(lost) if len(waiting) else lost
        )
