"""The project's own Parquet, written by ``reid convert``, ``reid anonymize`` and ``reid synthesize``."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from reid.errors import EventError, SourceError
from reid.events.archive import Member, Source
from reid.events.event_file import is_event_file, read_event_file
from reid.events.formats.protocol import with_rows
from reid.events.parts import BESIDE, SUFFIX
from reid.events.table import EventTable
from reid.typing import Progress, silent


@dataclass(frozen=True, slots=True)
class Own:
    """Event table in Parquet, one file or a folder of parts, as written by reid: nothing is lost in it."""

    name: ClassVar[str] = "events"

    def recognises(self, source: Source) -> bool:
        """Say whether the file, or the first of a folder of nothing but such files, carries the mark."""
        files = _files(source)
        return bool(files) and is_event_file(files[0])

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the file, or the files of a folder in the order of their names, as parts of whole people.

        Raises
        ------
        SourceError
            A file is damaged or is not one of the project's own.
        EventError
            A person stands in two files.
        """
        files = _files(source)
        if not files:
            must = "be a Parquet file or a folder of such files alone"
            found = f"a {source.kind}" if source.kind != "folder" else "other files"
            raise SourceError.of(source.path.name, must=must, found=found)
        progress("reading", 0, len(files))
        yield from with_rows(_tables(source, files, progress))


def _files(source: Source) -> list[Path]:
    """Return the files to read; none where anything else lies among them."""
    if source.kind == "file":
        return [source.path]
    kept: list[Member] = [member for member in source.members if member.basename not in BESIDE]
    if source.kind != "folder" or any(not member.name.endswith(SUFFIX) for member in kept):
        return []
    return [source.path / member.name for member in kept]


def _tables(source: Source, files: list[Path], progress: Progress) -> Iterator[EventTable]:
    seen: set[str] = set()
    for done, file in enumerate(files, start=1):
        people: set[str] = set()
        place = file.name if source.kind == "file" else f"part {done - 1} of {source.path.name}"
        for table in read_event_file(file, place):
            people.update(table.subjects)
            if seen & people:
                found = f"{len(seen & people)} people in several files"
                raise EventError.of(source.path.name, must="hold each person in one file", found=found)
            yield table
        seen |= people
        progress("reading", done, len(files))
