"""A log of any length as a folder of event files, each of whole people."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from reid.errors import EventError, OutputError, ParameterError, SourceError
from reid.events.event_file import read_metadata
from reid.events.parquet import write_events
from reid.events.quality import Quality
from reid.events.table import EventTable
from reid.storage import require_free, whole_folder
from reid.typing import IntArray

#: A part is full with so many events: read at full speed, and some 200 MB in memory.
EVENTS_A_PART: Final = 1_000_000
_MARK: Final = "part"


def part_name(number: int) -> str:
    """Return the name of the file of a part: their order is that of the numbers."""
    return f"part-{number:05d}.parquet"


def write_part_folder(
    parts: Iterable[EventTable],
    folder: Path,
    metadata: Mapping[str, Any] | None = None,
    *,
    people_per_part: int | None = None,
    source: Path | None = None,
) -> Quality:
    """Write tables of whole people as a folder of event files, readable by the owner only.

    The folder is whole or absent, memory does not grow with the number of parts, and how the tables come
    cut changes nothing but where a source names its people in no order.

    Parameters
    ----------
    parts : iterable of EventTable
        Tables that hold different people, of any size.
    folder : Path
        Where the files shall lie; new, empty, or written by this function.
    metadata : mapping, optional
        Values that JSON can hold, added under their keys in each file.
    people_per_part : int, optional
        People of each file, at least 1, the last may hold fewer; as many as make
        :data:`EVENTS_A_PART` events where absent.
    source : Path, optional
        What the tables are read from: never overwritten.

    Returns
    -------
    Quality
        The record of all parts together.

    Raises
    ------
    OutputError
        The folder cannot be written, or may not be replaced.
    EventError
        A person stands in two tables, or none holds an event.
    ParameterError
        ``people_per_part`` is below 1.
    """
    if people_per_part is not None and people_per_part < 1:
        raise ParameterError.of("people_per_part", must="be at least 1", found=people_per_part)
    if source is not None:
        require_part_folder(folder, source)
    quality = Quality()
    with whole_folder(folder, replaces=is_part_folder) as partial:
        for number, part in enumerate(_regrouped(parts, people_per_part)):
            write_events(part, partial / part_name(number), {**(metadata or {}), _MARK: number})
            quality = quality.plus(part.quality)
    return quality


def require_part_folder(folder: Path, source: Path) -> None:
    """Refuse a place where parts cannot be written, before the work is done.

    Raises
    ------
    OutputError
        A file or a folder with other files stands there, or it and the source are or hold one another.
    """
    require_free(folder, replaces=is_part_folder)
    place, taken = folder.resolve(), source.resolve()
    if place == taken or (source.is_dir() and taken in place.parents) or place in taken.parents:
        found = "the source itself" if place == taken else "one within the other"
        message = f"{folder.name} must stand apart from the source; found {found}. Choose another -o."
        raise OutputError(message)


def is_part_folder(folder: Path) -> bool:
    """Say whether a folder holds nothing but what :func:`write_part_folder` wrote."""
    names = sorted(path.name for path in folder.iterdir())
    return names == [part_name(number) for number in range(len(names))] and all(
        _is_part(folder / name, number) for number, name in enumerate(names)
    )


def _is_part(path: Path, number: int) -> bool:
    try:
        return path.is_file() and read_metadata(path).get(_MARK) == number
    except SourceError:
        return False


class _Waiting:
    """People who wait until they fill a part."""

    def __init__(self) -> None:
        self.tables: list[EventTable] = []
        self.people = 0
        self.events = 0

    def add(self, table: EventTable) -> None:
        self.tables.append(table)
        self.people += len(table.subjects)
        self.events += len(table)

    def take(self) -> EventTable:
        """Return the part and begin the next."""
        part = EventTable.concat(self.tables)
        self.tables, self.people, self.events = [], 0, 0
        return part

    def is_full(self, people_per_part: int | None) -> bool:
        if people_per_part is None:
            return self.events >= EVENTS_A_PART
        return self.people >= people_per_part

    def room(self, events: IntArray, people_per_part: int | None) -> int:
        """Return how many of the people with so many events have a place in the part, at least one."""
        if people_per_part is not None:
            return min(people_per_part - self.people, events.size)
        after = self.events + np.cumsum(events)
        return min(int(np.searchsorted(after, EVENTS_A_PART)) + 1, events.size)


def _regrouped(parts: Iterable[EventTable], people_per_part: int | None) -> Iterator[EventTable]:
    """Cut and join tables to parts of the asked size; the record of a table goes with its first person."""
    waiting = _Waiting()
    seen: set[str] = set()
    lost = Quality()
    for table in parts:
        lost = lost.plus(table.quality)
        if not len(table):
            continue
        people = set(table.subjects)
        if seen & people:
            found = f"{len(seen & people)} people in several"
            raise EventError.of("parts", must="hold whole people", found=found)
        seen |= people
        events = np.diff(table.session_bounds()[table.person_bounds()])
        first = 0
        while first < events.size:
            if waiting.is_full(people_per_part):
                yield waiting.take()
            last = first + waiting.room(events[first:], people_per_part)
            waiting.add(table.between(first, last).with_quality(lost))
            first, lost = last, Quality()
    if not seen:
        raise EventError.of("the source", must="hold at least one event", found="none")
    last_part = waiting.take()
    yield last_part.with_quality(last_part.quality.plus(lost))
