"""Where the recordings of people lie: ``PERSON/SESSION.json``, ``PERSON/SESSION/...``, or a single file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.formats.protocol import PEOPLE_A_PART
from reid.events.formats.session_folders import ONE_PERSON, ONE_SESSION
from reid.events.formats.sessions_file import SESSIONS_FILE
from reid.typing import Progress

_BYTES_A_PART: Final = 2**26
_DEPTH: Final = 2  # folders that can name something: the person and the session


@dataclass(frozen=True, slots=True)
class SessionFiles:
    """The files of one session, in the order of their names."""

    subject_id: str
    session_id: str
    members: tuple[Member, ...]


def session_files(source: Source, suffixes: Collection[str]) -> list[SessionFiles]:
    """Return the sessions of a source by person and session.

    A file in a person's folder is a session named like the file without its suffix; a folder within it is a
    session of one or more files. A single file is one session of one person. In an archive, folders that
    everything lies in are passed over as long as two levels are left.

    Parameters
    ----------
    source : Source
        A file, a folder or an archive.
    suffixes : collection of str
        How names of recordings end, in small letters; other files are passed over. A single file may end
        in any way.

    Raises
    ------
    SourceError
        A session stands both as a file and as a folder, or in two files.
    """
    if source.kind in {"file", "gz"}:
        return [SessionFiles(ONE_PERSON, ONE_SESSION, source.members)]
    found: dict[tuple[str, str], list[tuple[bool, Member]]] = {}
    for member, parts in _paths(source, suffixes):
        is_folder = len(parts) > _DEPTH
        session = parts[1] if is_folder else PurePosixPath(parts[1]).stem
        found.setdefault((parts[0], session), []).append((is_folder, member))
    twice = sum(len(files) > 1 and not all(is_folder for is_folder, _ in files) for files in found.values())
    if twice:
        must = "hold each session once"
        raise SourceError.of(source.path.name, must=must, found=f"{twice} that stand twice")
    return [
        SessionFiles(*names, tuple(member for _, member in sorted(files, key=lambda file: file[1].name)))
        for names, files in sorted(found.items())
    ]


def required(sessions: list[SessionFiles], source: Source, example: str) -> list[SessionFiles]:
    """Return the sessions, or say that there are none.

    Raises
    ------
    SourceError
        There are none.
    """
    if not sessions:
        advice = "Put each person's recordings into a folder of their own."
        raise SourceError.of(source.path.name, must=f"hold {example}", found="none", advice=advice)
    return sessions


def in_parts(sessions: list[SessionFiles], progress: Progress) -> Iterator[list[SessionFiles]]:
    """Cut sessions that stand by person into groups of whole people, and tell how many are done."""
    done = 0
    progress("reading", 0, len(sessions))
    for chosen in _groups(sessions):
        yield chosen
        done += len(chosen)
        progress("reading", done, len(sessions))


def _groups(sessions: list[SessionFiles]) -> Iterator[list[SessionFiles]]:
    """Cut sessions into groups of people, neither too many nor too long."""
    by_person: dict[str, list[SessionFiles]] = {}
    for each in sessions:
        by_person.setdefault(each.subject_id, []).append(each)
    waiting: list[SessionFiles] = []
    n_people = n_bytes = 0
    for own in by_person.values():
        size = sum(member.size for each in own for member in each.members)
        if waiting and (n_people == PEOPLE_A_PART or n_bytes + size > _BYTES_A_PART):
            yield waiting
            waiting, n_people, n_bytes = [], 0, 0
        waiting, n_people, n_bytes = waiting + own, n_people + 1, n_bytes + size
    if waiting:
        yield waiting


def _paths(source: Source, suffixes: Collection[str]) -> list[tuple[Member, tuple[str, ...]]]:
    """Return the recordings that lie in a folder of a person, with the parts of their paths from there."""
    paths = [
        (member, PurePosixPath(member.name).parts)
        for member in source.members
        if member.basename != SESSIONS_FILE and PurePosixPath(member.name).suffix.lower() in suffixes
    ]
    while source.kind == "zip" and paths:
        within = {parts[0] for _, parts in paths}
        if len(within) > 1 or min(len(parts) for _, parts in paths) <= _DEPTH:
            break
        paths = [(member, parts[1:]) for member, parts in paths]
    return [(member, parts) for member, parts in paths if len(parts) >= _DEPTH]
