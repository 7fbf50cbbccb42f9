"""A folder of event files, read part by part, here or at an address.

What stands in the files' metadata is read when the folder is opened, and no row: who is in which part, their
sessions, what was found in the source. A part goes to a worker process as an address and a number.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import polars as pl

from reid.errors import EventError, SourceError
from reid.events.addresses import Place
from reid.events.event_file import EventFile
from reid.events.quality import Quality
from reid.events.schema import SESSION_COLUMNS
from reid.events.table import EventTable

SUFFIX: Final = ".parquet"
BESIDE: Final = frozenset({"README.md"})  #: may lie among the parts


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a folder: whole people. It holds no rows and no open file, so it is cheap to send."""

    number: int  #: from 0, in the order of names
    n_events: int
    n_people: int
    place: Place = field(repr=False)
    name: str = field(repr=False)  #: in the folder; it may be a pseudonym

    def read(self, people: Collection[str] | None = None) -> EventTable:
        """Read the events, all of them checked again; with ``people``, of those alone.

        Row groups that hold none of the people, by the file's own statistics, are passed over. The record of
        what was found in the source comes whole, whoever is read.

        Raises
        ------
        SourceError
            The file is damaged, of another version, not there any more, or is not one of the project's own.
        EventError
            A person's rows do not stand together.
        """
        with _opened(self.place, self.name, self.number) as file:
            return file.table(people)


@dataclass(frozen=True, slots=True, eq=False)
class PartFolder:
    """A folder of event files, each of whole people, as ``convert --parts`` and ``synthesize`` write it.

    Make one with :meth:`open`.
    """

    parts: tuple[Part, ...]  #: in the order of their names
    quality: Quality  #: of all parts together
    _place: Place = field(repr=False)
    _sessions: pl.DataFrame = field(repr=False)

    @classmethod
    def open(cls, address: Path | str) -> Self:
        """Look at every file's metadata.

        Parameters
        ----------
        address : Path or str
            A folder, or an address that fsspec knows, such as ``s3://bucket/folder``.

        Raises
        ------
        SourceError
            There is no such folder, it holds other files, or a file is damaged, of another version or not one
            of the project's own; an address is given and what reads it is not installed.
        EventError
            A person stands in two parts.
        """
        place = Place.of(address)
        names = [name for name, _ in place.files() if name not in BESIDE]
        if not names or not all(name.endswith(SUFFIX) for name in names):
            found = "other files" if names else "none"
            must = "be a folder of Parquet files of reid alone"
            advice = "Write one with reid convert --parts."
            raise SourceError.of(place.name, must=must, found=found, advice=advice)
        parts: list[Part] = []
        sessions: list[pl.DataFrame] = []
        quality = Quality()
        seen: set[str] = set()
        for number, name in enumerate(names):
            with _opened(place, name, number) as file:
                people = set(file.sessions["subject_id"].unique())
                if seen & people:
                    found = f"{len(seen & people)} people in several files"
                    raise EventError.of(place.name, must="hold each person in one file", found=found)
                seen |= people
                parts.append(Part(number, file.n_events, len(people), place, name))
                sessions.append(file.sessions.with_columns(part=pl.lit(number, dtype=pl.UInt32)))
                quality = quality.plus(file.quality)
        return cls(tuple(parts), quality, place, pl.concat(sessions))

    @property
    def n_events(self) -> int:
        """Number of events of all parts."""
        return sum(part.n_events for part in self.parts)

    @property
    def fingerprint(self) -> str:
        """``blake2b:<hex>`` of the names and bytes of all files: all bytes are read for it.

        That of :func:`reid.events.archive.fingerprint`, wherever the folder lies.
        """
        return self._place.fingerprint()

    def subjects(self) -> tuple[str, ...]:
        """Return the pseudonyms of the people of all parts, sorted."""
        return tuple(self._sessions["subject_id"].unique().sort())

    def sessions(self) -> pl.DataFrame:
        """Return one row per session of all parts, in their order.

        Returns
        -------
        DataFrame
            The columns of :data:`~reid.events.schema.SESSION_COLUMNS`, and ``part``, the UInt32 number of the
            part. No row of events is read for it.
        """
        return self._sessions.select(*SESSION_COLUMNS, "part")


@contextmanager
def _opened(place: Place, name: str, number: int) -> Iterator[EventFile]:
    told = f"part {number} of {place.name}"
    with place.open(name, told) as found, EventFile(found, told) as file:
        yield file
