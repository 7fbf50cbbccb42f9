"""What an anonymizer is: settings, then one that has seen the people, then a release."""

from collections.abc import Iterable
from typing import ClassVar, Protocol

from reid.anonymizers.release import Claim, Release
from reid.events.table import EventTable
from reid.seeding import Streams


class ReadyAnonymizer(Protocol):
    """An anonymizer that has learnt what it needs of all people."""

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the release of these people, at least one. How people are cut into parts changes nothing."""
        ...


class Anonymizer(Protocol):
    """Settings of a strategy. ``str`` gives the text from which it can be made again."""

    name: ClassVar[str]

    @property
    def changes(self) -> frozenset[str]:
        """What it may change: of ``times``, ``keys``, ``places``; empty where it changes nothing."""
        ...

    @property
    def learns(self) -> bool:
        """Say whether ``fit`` may look at the people."""
        ...

    def fit(self, people: Iterable[EventTable]) -> ReadyAnonymizer:
        """Learn what the strategy needs of all people."""
        ...

    def keeps(self, claim: Claim) -> bool:
        """Say whether a claim of an earlier step is still proven after this one."""
        ...
