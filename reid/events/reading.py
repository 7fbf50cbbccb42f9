"""From a path to event tables: recognise the format, read it, judge its faults."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reid.errors import ParameterError, SourceError
from reid.events.archive import Source, fingerprint
from reid.events.formats import FORMATS, DeclaringFormat, Format, Published, Table, TableMapping
from reid.events.quality import Quality
from reid.events.table import EventTable
from reid.typing import Progress, silent

MAX_FAULTS = 0.01  #: share of rows that may be left out of a source


@dataclass(frozen=True, slots=True, eq=False)
class ReadSource:
    """A source that has been read, and what a report says of it."""

    events: EventTable
    format: str  #: name in :data:`~reid.events.formats.FORMATS`
    fingerprint: str  #: ``blake2b:<hex>`` of the source's bytes
    published: Callable[[], Published | None]  #: reads the comparisons that the publisher declares, or None


def recognise(path: Path | str) -> str:
    """Return the name of the format of a source.

    Raises
    ------
    SourceError
        No format fits, or the path cannot be read.
    """
    with Source(Path(path)) as source:
        for name, kind in FORMATS.items():
            if kind().recognises(source):
                return name
        names = [member.name for member in source.members] if source.kind == "folder" else []
        missing = Table().missing_columns(source) if len(source.members) == 1 else []
    must = f"be in a known format ({', '.join(FORMATS)})"
    found = f"none that fits; a table lacks {', '.join(missing)}" if missing else "none that fits"
    advice = "Name it with --format, or say with a mapping which column is which."
    if any(name.endswith((".zip", ".gz")) for name in names):
        advice = "The folder holds archives: give the path of one of them."
    raise SourceError.of(Path(path).name or "the folder", must=must, found=found, advice=advice)


def read_parts(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002  the name that users write
    mapping: TableMapping | None = None,
    strict: bool = False,
    max_faults: float = MAX_FAULTS,
    progress: Progress = silent,
) -> Iterator[EventTable]:
    """Read a source as parts of whole people, so that memory does not grow with the number of files.

    Parameters
    ----------
    path : Path or str
        A file, a folder or an archive.
    format : str, optional
        Name of the format; recognised where absent.
    mapping : TableMapping, optional
        What the columns and words of a table mean; only for the format ``table``.
    strict : bool
        Make every fault an error.
    max_faults : float
        Share of the rows of the whole source, in ``[0, 1]``, that may be left out; judged at the end.
    progress : Progress
        Told of the files that are done.

    Raises
    ------
    SourceError
        The source cannot be read, no format fits, or too many rows are at fault.
    UnknownNameError
        ``format`` is not known.
    """
    if not 0 <= max_faults <= 1:
        raise ParameterError.of("max_faults", must="lie between 0 and 1", found=max_faults)
    path = Path(path)
    chosen = _chosen(path, format, mapping)
    quality = Quality()
    with Source(path) as source:
        for part in chosen.parts(source, progress):
            quality = quality.plus(part.quality)
            yield part
    quality.require(0.0 if strict else max_faults)


def read_events(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002  the name that users write
    mapping: TableMapping | None = None,
    strict: bool = False,
    max_faults: float = MAX_FAULTS,
    progress: Progress = silent,
) -> EventTable:
    """Read a whole source as one event table; parameters and errors as in :func:`read_parts`."""
    parts = read_parts(
        path, format=format, mapping=mapping, strict=strict, max_faults=max_faults, progress=progress
    )
    return EventTable.concat(parts)


def read_source(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002  the name that users write
    mapping: TableMapping | None = None,
    strict: bool = False,
    max_faults: float = MAX_FAULTS,
    progress: Progress = silent,
) -> ReadSource:
    """Read a whole source and say where it came from; parameters and errors as in :func:`read_parts`."""
    path = Path(path)
    chosen = _chosen(path, format, mapping)
    parts = read_parts(
        path, format=chosen.name, mapping=mapping, strict=strict, max_faults=max_faults, progress=progress
    )
    events = EventTable.concat(parts)

    def published() -> Published | None:
        if not isinstance(chosen, DeclaringFormat):
            return None
        with Source(path) as source:
            found = chosen.published(source, events, progress)
        found.events.quality.require(0.0 if strict else max_faults)
        return found

    return ReadSource(events, chosen.name, fingerprint(path), published)


def read_claimed(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002  the name that users write
    mapping: TableMapping | None = None,
    strict: bool = False,
    max_faults: float = MAX_FAULTS,
    progress: Progress = silent,
) -> Iterator[EventTable]:
    """Read the sessions recorded under a claim, as tables of whole sessions; most sources have none.

    Parameters and errors as in :func:`read_parts`.
    """
    path = Path(path)
    chosen = _chosen(path, format, mapping)
    if not isinstance(chosen, DeclaringFormat):
        return
    quality = Quality()
    with Source(path) as source:
        for part in chosen.claimed(source, progress):
            quality = quality.plus(part.quality)
            yield part
    quality.require(0.0 if strict else max_faults)


def _chosen(path: Path, name: str | None, mapping: TableMapping | None) -> Format:
    if mapping is None:
        return FORMATS[recognise(path) if name is None else name]()
    if name not in {None, Table.name}:
        advice = "Leave out the mapping or the format."
        raise ParameterError.of("a mapping", must="go with the format table", found=name, advice=advice)
    return Table(mapping)
