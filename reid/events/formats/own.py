"""The project's own Parquet, written by ``reid convert`` and ``reid anonymize``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from reid.errors import SourceError
from reid.events.archive import Source
from reid.events.formats.protocol import with_rows
from reid.events.parquet import is_event_file, read_event_file
from reid.events.table import EventTable
from reid.typing import Progress, silent


@dataclass(frozen=True, slots=True)
class Own:
    """Event table in Parquet, as written by reid convert and reid anonymize: nothing is lost in it."""

    name: ClassVar[str] = "events"

    def recognises(self, source: Source) -> bool:
        """Say whether the file carries the project's mark."""
        return source.kind == "file" and is_event_file(source.path)

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the file as parts of whole people.

        Raises
        ------
        SourceError
            The file is damaged or is not one of the project's own.
        """
        if source.kind != "file":
            must = "be a single Parquet file"
            raise SourceError.of(source.path.name, must=must, found=f"a {source.kind}")
        progress("reading", 0, 1)
        yield from with_rows(read_event_file(source.path))
        progress("reading", 1, 1)
