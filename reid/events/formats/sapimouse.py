"""SapiMouse of Sapientia University: a web page of click and drag tasks, 3 minutes and 1 minute a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from reid.errors import SourceError
from reid.events.archive import Source
from reid.events.formats.protocol import with_rows
from reid.events.formats.recordings import Recorder, Recording, parts_of
from reid.events.quality import Note, Quality
from reid.events.table import EventTable
from reid.typing import Progress, silent

_RECORDER: Final = Recorder("client timestamp,button,state,x,y", unit_us=1000)
_PATH: Final = re.compile(r"(?:^|/)([^/]+)/session_((?:[^/]*_)?0*([0-9]{1,3})min)\.csv$")
_AGAIN: Final = re.compile(r"^(.+)\.([0-9]{1,3})$")


@dataclass(frozen=True, slots=True)
class SapiMouse:
    """SapiMouse: click and drag tasks on a web page, a 3-minute and a 1-minute session a person, 1 ms clock.

    References
    ----------
    .. [1] Antal, Fejér, Buza (2021). SapiMouse: Mouse Dynamics-based User Authentication Using Deep
       Feature Learning. SACI 2021.
    """

    name: ClassVar[str] = "sapimouse"

    def recognises(self, source: Source) -> bool:
        """Say whether the first of the files ``*/session_*min.csv`` has SapiMouse's heading."""
        recordings = _recordings(source)
        return bool(recordings) and _RECORDER.wrote(source, recordings[0].member)

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people.

        The folder names the person. Folders ``NAME.1`` and ``NAME.2`` are two recordings of the person
        ``NAME``, who therefore has four sessions and is never an impostor to himself; this is noted.
        Sessions carry no date: the longer ones come first, as the publisher enrols the 3 minutes and probes
        the 1 minute, and among equally long ones the first recording. See
        :meth:`Recorder.read <reid.events.formats.recordings.Recorder.read>`.

        Raises
        ------
        SourceError
            There is no such file, or one has another heading.
        """
        recordings = _recordings(source)
        if not recordings:
            must = "hold PERSON/session_3min.csv and the like"
            raise SourceError.of(source.path.name, must=must, found="none")
        yield from with_rows(_tables(source, recordings, progress))


def _recordings(source: Source) -> list[Recording]:
    """Return the files by person, longer sessions first, of equally long ones by recording."""
    found: list[tuple[str, int, int, str, Recording]] = []
    for member in source.members:
        match = _PATH.search(member.name)
        if match is None:
            continue
        again = _AGAIN.match(match[1])
        subject, recording = (again[1], int(again[2])) if again else (match[1], 0)
        session = f"{match[2]}.{recording}" if again else match[2]
        found.append((subject, -int(match[3]), recording, session, Recording(subject, session, member)))
    return [each[-1] for each in sorted(found, key=lambda each: each[:-1])]


def _tables(source: Source, recordings: list[Recording], progress: Progress) -> Iterator[EventTable]:
    done = 0
    progress("reading", 0, len(recordings))
    for chosen in parts_of(recordings):
        table = _RECORDER.read(source, chosen)
        yield EventTable(table.frame, table.sessions, table.quality.plus(Quality(notes=_further(chosen))))
        done += len(chosen)
        progress("reading", done, len(recordings))


def _further(recordings: list[Recording]) -> tuple[Note, ...]:
    """Note how many folders hold a person who has another folder too, beyond the first of each."""
    folders: dict[str, dict[str, int]] = {}  # person -> folder -> ordinal of its first file
    for each in recordings:
        folder = each.member.name.rpartition("/")[0]
        own = folders.setdefault(each.subject_id, {})
        own[folder] = min(each.member.ordinal, own.get(folder, each.member.ordinal))
    further = [ordinal for own in folders.values() for ordinal in list(own.values())[1:]]
    return (Note("further_recording", len(further), min(further), 0),) if further else ()
