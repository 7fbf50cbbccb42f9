"""KMT of Edge Hill University: keyboard and pointer together, filling in a payment form."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from reid.errors import ParameterError, SourceError
from reid.events.archive import Source
from reid.events.formats.kmt_cards import Card, CardRows, card_files, cards_in
from reid.events.formats.protocol import PEOPLE_A_PART, with_rows
from reid.events.quality import Note, Quality
from reid.events.table import EventTable
from reid.typing import Progress, silent

TASKS: Final = ("own", "foreign", "all")
_TYPISTS: Final = "false_data_typists.csv"
_TYPISTS_HEADING: Final = ["card_owner_file", "false_entry", "inferred_typist"]


@dataclass(frozen=True, slots=True)
class Kmt:
    """KMT: keyboard and pointer of a payment form on one clock, 10 own and 10 foreign cards a file.

    References
    ----------
    .. [1] Nnamoko, Barrowclough, Liptrott, Korkontzelos (2022). A behaviour biometrics dataset for user
       identification and authentication. Data in Brief 45, 108728.
    """

    name: ClassVar[str] = "kmt"
    task: str = "own"  #: whose cards are typed: own, foreign or all
    #: file that says who typed foreign cards; false_data_typists.csv beside the archive if absent
    typists: Path | str | None = None

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ParameterError.of("task", must=f"be one of {', '.join(TASKS)}", found=repr(self.task))
        if self.typists is not None and self.task == "own":
            must, advice = "go with the task foreign or all", "Leave it out, or choose the task."
            raise ParameterError.of("typists", must=must, found="own", advice=advice)

    def recognises(self, source: Source) -> bool:
        """Say whether the first of the files named ``raw_kmt_user_*.json`` begins as KMT's do."""
        files = card_files(source)
        head = source.head(next(iter(files.values()))) if files else b""
        return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"details"' in head

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people.

        One entry of the form is one session: its keys and its pointer share a clock, and time 0 is the
        first event of either. A person's sessions are ordered by their starts; the column ``task`` names
        the field of the form that keys went to, and ``group`` says ``own`` or ``foreign``. The number in a
        file's name is the owner of the card, who typed the own cards. A foreign card belongs to whoever
        typed it by the side file; where that is not known the entry is left out and noted. Entries of one
        person that overlap in time are noted: not all of them can be that person's.

        See :class:`~reid.events.formats.kmt_cards.CardRows` for keys, wheel and faults.

        Raises
        ------
        SourceError
            There is no such file, one cannot be read, or foreign cards alone are asked for and it is not
            known who typed them.
        """
        files = card_files(source)
        if not files:
            raise SourceError.of(source.path.name, must="hold raw_kmt_user_*.json", found="none")
        typists = {} if self.task == "own" else _typists(source, self.typists)
        if self.task == "foreign" and not typists:
            must, found = "come with who typed the foreign cards", f"no {_TYPISTS} beside it"
            advice = "Give that file with --typists FILE."
            raise SourceError.of(source.path.name, must=must, found=found, advice=advice)
        yield from with_rows(self._tables(source, typists, progress))

    def _tables(
        self, source: Source, typists: Mapping[Card, str], progress: Progress
    ) -> Iterator[EventTable]:
        """Go through the files once a part: a person's foreign cards stand in the files of others."""
        files = card_files(source)
        people = list(dict.fromkeys([*files, *sorted(typists.values())]))
        starts = range(0, len(people), PEOPLE_A_PART)
        done = 0
        progress("reading", done, len(starts) * len(files))
        for start in starts:
            chosen = set(people[start : start + PEOPLE_A_PART])
            here = {card.owner for card, who in typists.items() if who in chosen} | chosen
            rows = CardRows()
            unknown: list[int] = []
            for owner, member in files.items():
                done += 1
                if owner not in here:
                    continue
                for card, first_row, lists in cards_in(source, member, owner):
                    if self.task not in {"all", "own" if card.is_own else "foreign"}:
                        continue
                    who = owner if card.is_own else typists.get(card)
                    if who in chosen:
                        rows.add(who, card, member.ordinal, first_row, lists)
                    elif who is None and owner in chosen:
                        unknown.append(member.ordinal)
                progress("reading", done, len(starts) * len(files))
            table = rows.table()
            notes = (Note("unknown_typist", len(unknown), unknown[0], 0),) if unknown else ()
            yield EventTable(table.frame, table.sessions, table.quality.plus(Quality(notes=notes)))


def _typists(source: Source, path: Path | str | None) -> dict[Card, str]:
    """Return who typed each foreign card, as far as the side file says."""
    if path is None:
        within = [member for member in source.members if member.basename == _TYPISTS]
        if within:
            return _read_typists(source.read(within[0]), _TYPISTS)
        path = source.path.parent / _TYPISTS
        if not path.is_file():
            return {}
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError.of(path.name, must="be readable", found=error.strerror or "an error") from None
    return _read_typists(content, path.name)


def _read_typists(content: bytes, name: str) -> dict[Card, str]:
    try:
        lines = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error):
        raise SourceError.of(name, must="be a table of text", found="other content") from None
    cells = [[cell.strip() for cell in line] for line in lines if line]
    if not cells or cells[0] != _TYPISTS_HEADING:
        raise SourceError.of(name, must=f"begin with {','.join(_TYPISTS_HEADING)}", found="another heading")
    known: dict[Card, str] = {}
    for number, line in enumerate(cells[1:]):
        if len(line) != len(_TYPISTS_HEADING):
            found = f"{len(line)} cells in row {number}"
            raise SourceError.of(name, must=f"have {len(_TYPISTS_HEADING)} cells a row", found=found)
        card = Card(line[0], line[1], is_own=False)
        if card in known:
            raise SourceError.of(name, must="name each entry once", found=f"one again in row {number}")
        known[card] = line[2]
    return {card: who for card, who in known.items() if who}
