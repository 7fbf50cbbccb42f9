"""The file beside recordings that were written back: their sessions in order, and what a release claims."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import polars as pl

from reid.errors import SourceError
from reid.events.archive import Source
from reid.events.schema import SESSION, SESSION_COLUMNS

#: Name of the file; it lies in the folder of all recordings.
SESSIONS_FILE: Final = "reid.json"
_MARK: Final = "recordings of reid"
_VERSION: Final = 1


def write_sessions(
    folder: Path, format_name: str, sessions: pl.DataFrame, metadata: Mapping[str, Any] | None = None
) -> None:
    """Write the sessions table and ``metadata`` beside the recordings in ``folder``.

    What no session tells is left out. A digest of the files' names is kept, so that a folder into which
    somebody put files of their own is told apart.
    """
    held = [name for name in SESSION_COLUMNS if sessions[name].null_count() < sessions.height]
    record = {
        **(metadata or {}),
        "kind": _MARK,
        "version": _VERSION,
        "format": format_name,
        "files": _names_digest(folder),
        "sessions": sessions.select(held).to_dict(as_series=False),
    }
    text = json.dumps(record, indent=1, ensure_ascii=True, allow_nan=False)
    (folder / SESSIONS_FILE).write_text(text + "\n", encoding="utf-8")


def is_written_by_reid(folder: Path) -> bool:
    """Say whether a folder holds what :func:`write_sessions` was called for, and nothing else."""
    try:
        record = _marked((folder / SESSIONS_FILE).read_bytes())
    except OSError:
        return False
    return record is not None and record.get("files") == _names_digest(folder)


def read_sessions(source: Source) -> pl.DataFrame | None:
    """Return the sessions table that lies beside recordings, for ``EventTable.from_frame``; None without.

    Raises
    ------
    SourceError
        The file is damaged or of a newer version.
    """
    found = [member for member in source.members if member.basename == SESSIONS_FILE]
    if not found:
        return None
    member = min(found, key=lambda each: (each.name.count("/"), each.ordinal))
    record = _marked(source.read(member))
    if record is None:
        return None
    try:
        schema = {name: SESSION_COLUMNS[name] for name in record["sessions"]}
        sessions = pl.DataFrame(record["sessions"], schema=schema)
    except (KeyError, TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        sessions = None
    if record.get("version") != _VERSION or sessions is None or not set(SESSION) <= set(sessions.columns):
        must = f"hold a sessions table of version {_VERSION}"
        raise SourceError.of(source.place(member), must=must, found="none")
    return sessions


def _marked(content: bytes) -> dict[str, Any] | None:
    """Return what the file holds, None where it is somebody else's."""
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and record.get("kind") == _MARK else None


def _names_digest(folder: Path) -> str:
    """Return a digest of the names of all files and links in a folder but for the sessions file."""
    digest = blake2b(digest_size=16)
    paths = (each for each in folder.rglob("*") if each.is_symlink() or not each.is_dir())
    names = {each.relative_to(folder).as_posix() for each in paths} - {SESSIONS_FILE}
    for name in sorted(names):
        digest.update(name.encode(errors="surrogateescape") + b"\0")
    return digest.hexdigest()
