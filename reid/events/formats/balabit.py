"""The Balabit Mouse Dynamics Challenge: sessions of known people, and sessions under a claimed account."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.formats.protocol import Published, with_rows
from reid.events.formats.recordings import Recorder, Recording, parts_of
from reid.events.quality import Note, Quality
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.typing import Progress, silent

_RECORDER: Final = Recorder("record timestamp,client timestamp,button,state,x,y", unit_us=1e6)
_PATH: Final = re.compile(r"(?:^|/)(training|test)_files/([^/]+)/(session_[^/]+)$")
_LABELS: Final = "public_labels.csv"
_LABELS_HEADING: Final = ("filename", "is_illegal")
#: Before the session's name where nobody knows who sat there: no folder's name holds a ``/``.
_UNKNOWN: Final = "unknown/"


@dataclass(frozen=True, slots=True)
class Balabit:
    """Balabit mouse challenge: remote desktop, sessions of 10 people, others labelled true or false claims.

    References
    ----------
    .. [1] Fülöp, Kovács, Kurics, Windhager-Pokol (2016). Balabit Mouse Dynamics Challenge data set.
    """

    name: ClassVar[str] = "balabit"

    def recognises(self, source: Source) -> bool:
        """Say whether the first of the files ``training_files/*/session_*`` has Balabit's heading."""
        training = _recordings(source, "training")
        return bool(training) and _RECORDER.wrote(source, training[0].member)

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the training sessions as parts of whole people.

        The folder names the person. Sessions carry no date and are ordered by name; the clock is
        ``client timestamp``. See :meth:`Recorder.read <reid.events.formats.recordings.Recorder.read>`.

        Raises
        ------
        SourceError
            There are no training sessions, or a file has another heading.
        """
        recordings = _recordings(source, "training")
        if not recordings:
            must = "hold training_files/PERSON/session_*"
            raise SourceError.of(source.path.name, must=must, found="none")
        yield from with_rows(_tables(source, recordings, progress))

    def claimed(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the test sessions, also those without a label, as parts of whole sessions.

        Where the claim is true the session is its account's; else it stands under a name of its own, as
        nobody knows who made it.

        Raises
        ------
        SourceError
            The labels cannot be read, or a file has another heading.
        """
        illegal = _labels(source)
        recordings = _recordings(source, "test")
        if not recordings:
            return
        unlabelled = [each for each in recordings if each.session_id not in illegal]
        quality = Quality()
        if unlabelled:
            first = unlabelled[0].member.ordinal
            quality = Quality(notes=(Note("unlabelled_session", len(unlabelled), first, 0),))
        made = [_by_maker(each, illegal) for each in recordings]
        for table in with_rows(_tables(source, made, progress)):
            yield EventTable(table.frame, table.sessions, table.quality.plus(quality))
            quality = Quality()

    def published(self, source: Source, events: EventTable, progress: Progress = silent) -> Published:
        """Return the labelled test sessions, each against the account that it claims.

        Gallery: all training sessions. Probes: the test sessions with a label.

        Raises
        ------
        SourceError
            There are no labels, or they name no test session, or one in two folders.
        """
        illegal = _labels(source)
        test = [each for each in _recordings(source, "test") if each.session_id in illegal]
        found = {each.session_id for each in test}
        if not illegal or found != illegal.keys() or len(found) < len(test):
            lost, twice = len(illegal.keys() - found), len(test) - len(found)
            must = "be one line for each of some test sessions"
            what = f"{len(illegal)} lines, {lost} without a session, {twice} sessions in two folders"
            raise SourceError.of(_LABELS, must=must, found=what)
        made = [_by_maker(each, illegal) for each in test]
        tables = [table for table in _tables(source, made, progress) if len(table)]
        together = EventTable.joined([events, *tables])
        gallery = events.sessions.select(
            *SESSION, role=pl.lit("gallery"), claimed_id=pl.lit(None, dtype=pl.String),
            genuine=pl.lit(None, dtype=pl.Boolean), maker_known=pl.lit(value=True),
        )  # fmt: skip
        probes = pl.DataFrame({
            "subject_id": [each.subject_id for each in made],
            "session_id": [each.session_id for each in made],
            "role": "probe",
            "claimed_id": [each.subject_id for each in test],
            "genuine": [not illegal[each.session_id] for each in test],
            "maker_known": [not illegal[each.session_id] for each in test],
        })  # fmt: skip
        held = probes.join(together.sessions, on=SESSION, how="semi", maintain_order="left")
        order = ("role", *SESSION, "claimed_id", "genuine", "maker_known")
        return Published(together, pl.concat([gallery.select(order), held.select(order)]))


def _recordings(source: Source, kind: str) -> list[Recording]:
    """Return the files of one kind by folder and name; the folder is a person, or a claimed account."""
    found: list[Recording] = []
    for member in source.members:
        match = _PATH.search(member.name)
        if match and match[1] == kind:
            found.append(Recording(match[2], match[3], member))
    return sorted(found, key=lambda each: (each.subject_id, each.session_id))


def _tables(source: Source, recordings: list[Recording], progress: Progress) -> Iterator[EventTable]:
    done = 0
    progress("reading", 0, len(recordings))
    for chosen in parts_of(recordings):
        yield _RECORDER.read(source, chosen)
        done += len(chosen)
        progress("reading", done, len(recordings))


def _by_maker(claimed: Recording, illegal: dict[str, bool]) -> Recording:
    """Name a test session for who made it: known to be its account's, or not known."""
    if illegal.get(claimed.session_id, True):
        return Recording(_UNKNOWN + claimed.session_id, claimed.session_id, claimed.member)
    return claimed


def _labels(source: Source) -> dict[str, bool]:
    """Return for each labelled session whether somebody else than its account made it."""
    members = [member for member in source.members if member.basename == _LABELS]
    if not members:
        return {}
    return _read_labels(source, members[0])


def _read_labels(source: Source, member: Member) -> dict[str, bool]:
    lines = source.read(member).decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    cells = [tuple(cell.strip().strip('"') for cell in line.split(",")) for line in lines if line.strip()]
    labels = {cell[0]: cell[1] == "1" for cell in cells[1:] if len(cell) == 2 and cell[1] in {"0", "1"}}  # noqa: PLR2004
    if not cells or cells[0] != _LABELS_HEADING or len(labels) < len(cells) - 1:
        must = f"have the columns {' and '.join(_LABELS_HEADING)} (0 or 1) and each session once"
        found = f"{len(cells) - 1 - len(labels)} other lines" if cells and cells[0] == _LABELS_HEADING else ""
        raise SourceError.of(source.place(member), must=must, found=found or "another heading")
    return labels
