"""The logs that a streamed audit attacks, the raw one and releases, each a part at a time."""

from dataclasses import dataclass, replace
from typing import Final

from reid.anonymizers import Anonymizer, Claim
from reid.anonymizers.protocol import ReadyAnonymizer
from reid.attackers import KEYBOARD
from reid.errors import TooFewError
from reid.evaluation.masking import without_content
from reid.evaluation.modality import modalities_in, of_modality
from reid.evaluation.plan import NO_STRATEGY, streams_of_release
from reid.evaluation.splits import People
from reid.evaluation.streamed.plan import StreamedPlan
from reid.events.parts import Part, PartFolder
from reid.events.table import EventTable
from reid.parallel import parallel_map
from reid.seeding import Streams, hashed_order

#: Enrolled people, and as many of the background, whom every attacker attacks.
SAMPLED: Final = 500


@dataclass(frozen=True, slots=True, eq=False)
class KnownPeople:
    """People whose events are few enough to be held: the background, and a sample of the enrolled."""

    background: EventTable
    sample: EventTable  #: of people of both kinds
    people: People  #: of the sample

    @classmethod
    def read(cls, plan: StreamedPlan) -> "KnownPeople":
        """Read them in one pass over the parts; the sample is drawn by a seeded hash of each id."""
        audit = plan.audit
        seed = audit.settings.seed
        drawn = People(_drawn(audit.people.background, seed), _drawn(audit.people.enrolled, seed))
        wanted = frozenset((*audit.people.background, *drawn.enrolled))
        tables = parallel_map(
            _read, [(part, wanted) for part in plan.folder.parts], n_jobs=audit.n_jobs,
            stage="reading the background", progress=audit.progress,
        )  # fmt: skip
        found = [table for table in tables if len(table)]
        if not found:
            raise TooFewError.of("the source", must="hold keyboard events", found="none")
        events = EventTable.concat(found)
        sample = events.of_people((*drawn.background, *drawn.enrolled))
        return cls(events.of_people(audit.people.background), sample, drawn)


@dataclass(frozen=True, slots=True, eq=False)
class SeenPart:
    """What the attackers see of the enrolled people of one part."""

    events: EventTable
    claims: tuple[Claim, ...] = ()
    seeded: bool = False  #: noise was drawn: the next release would be another
    withheld: frozenset[str] = frozenset()  #: modalities that the part holds besides


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How enrolled people are released: what a worker needs beside the address of a part."""

    background: frozenset[str]  #: everybody else is enrolled
    ready: ReadyAnonymizer | None  #: None for the raw log
    streams: Streams
    hides_content: bool

    def read(self, part: Part) -> EventTable:
        """Return what a part holds of them, as it was recorded."""
        events = part.read()
        return events.of_people([one for one in events.subjects if one not in self.background])

    def seen_in(self, part: Part) -> SeenPart:
        """Read a part, release it, and return what the attackers see of it."""
        events = self.read(part)
        held = frozenset(modalities_in(events))
        if self.ready is None or not len(events):
            return SeenPart(_shown(events, hides_content=self.hides_content), withheld=held - {KEYBOARD})
        release = self.ready.apply(events, self.streams)
        shown = _shown(release.events, hides_content=self.hides_content)
        return SeenPart(shown, release.claims, release.seeded, held - {KEYBOARD})


@dataclass(frozen=True, slots=True, eq=False)
class StreamedLog:
    """One log as the attackers see it."""

    strategy: str  #: as written; ``none`` for the raw log
    background: EventTable
    enrolled: Enrolled


def streamed_log(plan: StreamedPlan, known: KnownPeople, place: int = 0, number: int = 0) -> StreamedLog:
    """Make ready the raw log, or release ``number`` of the strategy at ``place``, counted from 1.

    Background and enrolled people are released apart, as in any audit. A strategy that learns of the people
    reads the enrolled once more.
    """
    audit = plan.audit
    hides_content = "content" in audit.without
    strategy = audit.releases[place - 1] if place else None
    enrolled = Enrolled(frozenset(audit.people.background), None, Streams(0), hides_content)
    background = known.background
    if strategy is not None:
        streams = streams_of_release(strategy, number, audit)
        ready = _fitted(strategy, plan.folder, enrolled)
        enrolled = replace(enrolled, ready=ready, streams=streams.under("enrolled"))
        background = strategy.fit([background]).apply(background, streams.under("background")).events
    shown = _shown(background, hides_content=hides_content)
    return StreamedLog(str(strategy or NO_STRATEGY), shown, enrolled)


def _fitted(strategy: Anonymizer, folder: PartFolder, enrolled: Enrolled) -> ReadyAnonymizer:
    """Let a strategy learn of the enrolled people, if it does."""
    tables = (enrolled.read(part) for part in folder.parts)
    return strategy.fit((table for table in tables if len(table)) if strategy.learns else ())


def _drawn(people: tuple[str, ...], seed: int) -> tuple[str, ...]:
    return tuple(sorted(people[place] for place in hashed_order(people, seed, "sample")[:SAMPLED]))


def _read(task: tuple[Part, frozenset[str]]) -> EventTable:
    part, people = task
    return part.read(people)


def _shown(events: EventTable, *, hides_content: bool) -> EventTable:
    """Return the keyboard's events, of which there may be none, as far as the attackers may look at them."""
    if not len(events):
        return events
    held = modalities_in(events)
    events = of_modality(events, KEYBOARD) if KEYBOARD in held else events.of_people([])
    return without_content(events) if hides_content and len(events) else events
