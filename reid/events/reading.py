"""From a path to event tables: recognise the format, read it, judge its faults."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

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
    format: str  #: name in :data:`~reid.events.formats.FORMATS`, and what it was told, as ``kmt(task='all')``
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
    **settings: Any,
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
    **settings
        What else the format is told, such as ``task`` of ``kmt``: see ``reid list formats NAME``.

    Raises
    ------
    SourceError
        The source cannot be read, no format fits, or too many rows are at fault.
    ParameterError
        A setting is none of the format's, or makes no sense.
    UnknownNameError
        ``format`` is not known.
    """
    path = Path(path)
    yield from _parts(path, _chosen(path, format, mapping, settings), 0.0 if strict else max_faults, progress)


def read_events(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002  the name that users write
    mapping: TableMapping | None = None,
    strict: bool = False,
    max_faults: float = MAX_FAULTS,
    progress: Progress = silent,
    **settings: Any,
) -> EventTable:
    """Read a whole source as one event table; parameters and errors as in :func:`read_parts`."""
    parts = read_parts(
        path,
        format=format,
        mapping=mapping,
        strict=strict,
        max_faults=max_faults,
        progress=progress,
        **settings,
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
    **settings: Any,
) -> ReadSource:
    """Read a whole source and say where it came from; parameters and errors as in :func:`read_parts`."""
    path = Path(path)
    chosen = _chosen(path, format, mapping, settings)
    events = EventTable.concat(_parts(path, chosen, 0.0 if strict else max_faults, progress))

    def published() -> Published | None:
        if not isinstance(chosen, DeclaringFormat):
            return None
        with Source(path) as source:
            found = chosen.published(source, events, progress)
        found.events.quality.require(0.0 if strict else max_faults)
        return found

    return ReadSource(events, _described(chosen), fingerprint(path), published)


def read_claimed(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002  the name that users write
    mapping: TableMapping | None = None,
    strict: bool = False,
    max_faults: float = MAX_FAULTS,
    progress: Progress = silent,
    **settings: Any,
) -> Iterator[EventTable]:
    """Read the sessions recorded under a claim, as tables of whole sessions; most sources have none.

    Parameters and errors as in :func:`read_parts`.
    """
    path = Path(path)
    chosen = _chosen(path, format, mapping, settings)
    if not isinstance(chosen, DeclaringFormat):
        return
    quality = Quality()
    with Source(path) as source:
        for part in chosen.claimed(source, progress):
            quality = quality.plus(part.quality)
            yield part
    quality.require(0.0 if strict else max_faults)


def _parts(path: Path, chosen: Format, max_faults: float, progress: Progress) -> Iterator[EventTable]:
    """Read the parts of a source and judge its faults at the end."""
    if not 0 <= max_faults <= 1:
        raise ParameterError.of("max_faults", must="lie between 0 and 1", found=max_faults)
    quality = Quality()
    with Source(path) as source:
        for part in chosen.parts(source, progress):
            quality = quality.plus(part.quality)
            yield part
    quality.require(max_faults)


def _chosen(
    path: Path, name: str | None, mapping: TableMapping | None, settings: Mapping[str, Any]
) -> Format:
    """Return the format of a source, told its settings."""
    if mapping is not None:
        if name not in {None, Table.name}:
            advice = "Leave out the mapping or the format."
            raise ParameterError.of("a mapping", must="go with the format table", found=name, advice=advice)
        name, settings = Table.name, {"mapping": mapping, **settings}
    kind = FORMATS[recognise(path) if name is None else name]
    for setting in settings:
        if setting not in _settings_of(kind):
            having = [other for other, other_kind in FORMATS.items() if setting in _settings_of(other_kind)]
            must = f"be a setting of the format {kind.name}"
            found = f"one of {', '.join(having)} only" if having else "one of no format"
            raise ParameterError.of(setting, must=must, found=found, advice="Leave it out.")
    return kind(**settings)


def _settings_of(kind: type[Format]) -> tuple[str, ...]:
    """Return the names of the fields of a format: every one is a dataclass, which a protocol cannot say."""
    return tuple(each.name for each in fields(kind))  # type: ignore[arg-type]


def _described(chosen: Format) -> str:
    """Return the name of a format, with the words and files that it was told."""
    told: list[str] = []
    for name in _settings_of(type(chosen)):
        value = getattr(chosen, name)
        if isinstance(value, (str, Path)) and value != getattr(type(chosen)(), name):
            told.append(f"{name}={Path(value).name!r}")  # of a file, not where it lies
    return f"{chosen.name}({', '.join(told)})" if told else chosen.name
