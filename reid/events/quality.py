"""What was wrong with a source: counted by kind, with the first place of each, never silently repaired."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Self, TypeVar

from reid.errors import EventError

#: Every kind of fault, and what it means. A row at fault is left out of the table and counted once.
FAULTS: Final[dict[str, str]] = {
    "unreadable_row": "the row does not have the columns of its format",
    "unreadable_time": "a time is absent or is not a number in the range of its clock",
    "missing_value": "a person, session, event, key or position is absent",
    "unknown_event": "the event is none of the known words",
    "duplicate_row": "the row repeats an earlier row of its session in every column",
    "clock_back": "the time lies before an earlier row of its session",
    "release_before_press": "the release lies before its own press",
    "release_without_press": "a key comes up that was not down",
    "repeat_without_press": "a key repeats itself that was not down",
    "off_screen": "the position is a sentinel, not a place on a screen",
}

#: What a reader did or saw that cost no row, and what it means.
NOTES: Final[dict[str, str]] = {
    "clock_wrapped": "a 32-bit clock of milliseconds began again, by a second clock: 2^32 ms were added",
    "further_recording": "a person was recorded again under another name: more sessions of the same person",
    "recording_paused": "somebody paused the recorder: what was done meanwhile is not told",
    "unlabelled_session": "a session under a claim of which the publisher does not say if it is true",
    "unknown_typist": "an entry under a claim of which nobody says who typed it: it was not read",
    "overlapping_session": "a session begins before an earlier one of its person has ended",
    "tally": "a count that stands among the events of its list and is none",
    "wheel_release": "the second half of one turn of the wheel, which is one event",
    "text_change": "text was pasted, moved or replaced: a change of the text, no event of a key",
    "no_release": "a key whose release has the very time of its press: the release is not known",
    "other_encoding": "a file in Windows-1252 instead of UTF-8",
    "events_dropped": "the kernel dropped events, since the recorder did not keep up",
    "hidden_key": "the recorder hid which key it was; of several that are down the first comes up first",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: how many rows it cost and where the first of them stands."""

    kind: str  #: one of :data:`FAULTS`
    count: int
    file: int  #: ordinal of the file in the source, from 0 (its name could be a pseudonym)
    row: int  #: row in this file, from 0, headings not counted


@dataclass(frozen=True, slots=True)
class Note:
    """One kind of remark: how often it was made and where first."""

    kind: str  #: one of :data:`NOTES`
    count: int
    file: int  #: ordinal of the file in the source, from 0
    row: int  #: row in this file, from 0, headings not counted


_RemarkT = TypeVar("_RemarkT", Fault, Note)


@dataclass(frozen=True, slots=True)
class Quality:
    """Rows read from a source, the faults among them, and remarks that cost no row."""

    rows_read: int = 0
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def rows_left_out(self) -> int:
        """Number of rows that are not in the table."""
        return sum(fault.count for fault in self.faults)

    @property
    def share_left_out(self) -> float:
        """Rows left out as a share of the rows read, in ``[0, 1]``."""
        return self.rows_left_out / self.rows_read if self.rows_read else 0.0

    def plus(self, other: Self) -> "Quality":
        """Return the record of both sources together; the first place of a kind is this one's."""
        return Quality(
            self.rows_read + other.rows_read,
            _merged(self.faults, other.faults, FAULTS),
            _merged(self.notes, other.notes, NOTES),
        )

    def require(self, max_share: float) -> None:
        """Refuse a source of which more than ``max_share`` (0 to 1) of the rows had to be left out.

        Raises
        ------
        EventError
            Too many rows are at fault; the message lists every kind.
        """
        if not self.rows_left_out or self.share_left_out <= max_share:
            return
        kinds = ", ".join(
            f"{fault.count} {fault.kind} (first: file {fault.file}, row {fault.row})" for fault in self.faults
        )
        found = f"{self.rows_left_out} of {self.rows_read} rows left out: {kinds}"
        advice = "Mend the source, or allow more with --max-faults SHARE."
        if max_share == 0:
            raise EventError.of("the source", must="hold no fault under --strict", found=found, advice=advice)
        must = f"have at most {max_share:.2%} of its rows at fault"
        raise EventError.of("the source", must=must, found=found, advice=advice)

    def as_dict(self) -> dict[str, Any]:
        """Return the record as it stands in ``report.json``."""
        record: dict[str, Any] = {
            "rows_read": self.rows_read,
            "rows_left_out": self.rows_left_out,
            "by_kind": {fault.kind: fault.count for fault in self.faults},
            "first": {fault.kind: {"file": fault.file, "row": fault.row} for fault in self.faults},
        }
        if self.notes:
            record["notes"] = {
                note.kind: {"count": note.count, "file": note.file, "row": note.row} for note in self.notes
            }
        return record

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Self:
        """Return the record that :meth:`as_dict` wrote."""
        faults = tuple(
            Fault(kind, count, **record["first"][kind]) for kind, count in record["by_kind"].items()
        )
        notes = tuple(Note(kind, **places) for kind, places in record.get("notes", {}).items())
        return cls(record["rows_read"], faults, notes)


def _merged(
    ours: tuple[_RemarkT, ...], others: tuple[_RemarkT, ...], order: Iterable[str]
) -> tuple[_RemarkT, ...]:
    """Add up remarks of a kind; the first place is that of the first tuple that has one."""
    merged = {remark.kind: remark for remark in ours}
    for remark in others:
        known = merged.get(remark.kind)
        merged[remark.kind] = replace(known, count=known.count + remark.count) if known else remark
    return tuple(merged[kind] for kind in order if kind in merged)
