"""Give a log back as recordings in a recorder's own format."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from reid.errors import EventError, OutputError, ParameterError
from reid.events.formats import FORMATS, WritingFormat
from reid.events.formats.sessions_file import SESSIONS_FILE, is_written_by_reid, write_sessions
from reid.events.quality import Quality
from reid.events.table import EventTable
from reid.registry import Registry
from reid.storage import require_free, whole_folder

#: Names that every file system takes as a folder's, and that are not hidden.
_FOLDER_NAME: Final = re.compile(
    r"[^\x00-\x1f\x7f/\\:*?\"<>|. ](?:[^\x00-\x1f\x7f/\\:*?\"<>|]{0,98}[^\x00-\x1f\x7f/\\:*?\"<>|. ])?"
)


def writing_formats(formats: Registry[Any] = FORMATS) -> tuple[str, ...]:
    """Return the names of the formats in which a log can be given back."""
    return tuple(name for name in formats if isinstance(formats[name](), WritingFormat))


def writing_format(name: str) -> WritingFormat:
    """Return the format of a name, to write in.

    Raises
    ------
    UnknownNameError
        No format has this name.
    ParameterError
        The format can be read only.
    """
    chosen = FORMATS[name]()
    if not isinstance(chosen, WritingFormat):
        must = f"be one that can be written ({', '.join(writing_formats())})"
        advice = "Choose one with --as, or write an event table with -o FILE.parquet."
        raise ParameterError.of("the format of the recordings", must=must, found=name, advice=advice)
    return chosen


def require_place(folder: Path, source: Path) -> None:
    """Refuse a place where recordings cannot be written, before the work is done.

    Raises
    ------
    OutputError
        A file or a folder with other files stands there, or the source lies within.
    """
    require_free(folder, replaces=is_written_by_reid)
    if folder.resolve() in source.resolve().parents and folder.exists():
        message = f"{folder.name} must not hold the source; found the source in it. Choose another -o."
        raise OutputError(message)


def write_recordings(
    parts: Iterable[EventTable],
    folder: Path,
    format: WritingFormat,  # noqa: A002  the name that users write
    metadata: Mapping[str, Any] | None = None,
    *,
    source: Path | None = None,
) -> Quality:
    """Write parts of whole people as recordings, one a session, readable by the owner only.

    The folder is whole or absent. ``metadata`` and the sessions table stand in
    :data:`~reid.events.formats.sessions_file.SESSIONS_FILE` beside the recordings.

    Parameters
    ----------
    parts : iterable of EventTable
        Tables that hold different people.
    folder : Path
        Where the recordings shall lie; new, empty, or written by this function.
    format : WritingFormat
        The recorder's format.
    metadata : mapping, optional
        Values that JSON can hold, added under their keys.
    source : Path, optional
        What the parts are read from: never overwritten.

    Returns
    -------
    Quality
        The record of all parts together.

    Raises
    ------
    OutputError
        The folder cannot be written, or may not be replaced.
    EventError
        A person stands in two parts, no part holds an event, or a name cannot be a folder's.
    """
    if source is not None:
        require_place(folder, source)
    quality = Quality()
    sessions: list[pl.DataFrame] = []
    seen: set[str] = set()  # as a file system sees them that does not tell upper from lower case
    with whole_folder(folder, replaces=is_written_by_reid) as partial:
        for part in parts:
            quality = quality.plus(part.quality)
            if not len(part):
                continue
            people = {subject.casefold() for subject in part.subjects}
            if seen & people or len(people) < len(part.subjects):
                found = "one in several, or names that differ in case alone"
                raise EventError.of("parts", must="hold whole people under names of their own", found=found)
            seen |= people
            _require_names(part.sessions)
            format.write(part, partial)
            sessions.append(part.sessions)
        if not seen:
            raise EventError.of("the source", must="hold at least one event", found="none")
        write_sessions(partial, format.name, pl.concat(sessions), metadata)
    return quality


def _require_names(sessions: pl.DataFrame) -> None:
    names = {*sessions["subject_id"], *sessions["session_id"]}
    bad = sum(_FOLDER_NAME.fullmatch(name) is None or name.lower() == SESSIONS_FILE for name in names)
    lower = sessions.select("subject_id", pl.col("session_id").str.to_lowercase())
    twice = int(lower.is_duplicated().sum())
    if bad or twice:
        must = "have names that folders can have"
        found = f"{bad} that cannot be, {twice} that differ in case alone"
        raise EventError.of("people and sessions", must=must, found=found, advice="Anonymize: names are new.")
