"""The log as it is."""

from dataclasses import dataclass
from typing import ClassVar

from reid.anonymizers.composition import Fixed
from reid.anonymizers.release import Release
from reid.events.table import EventTable
from reid.seeding import Streams


@dataclass(frozen=True, slots=True)
class Identity(Fixed):
    """Change nothing: the log that every strategy is measured against."""

    name: ClassVar[str] = "none"

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part as it is."""
        return Release(part)
