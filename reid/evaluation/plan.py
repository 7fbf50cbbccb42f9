"""Everything about an audit that is decided before an attack is run, and the logs it looks at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from reid.anonymizers import Anonymizer, Claim
from reid.anonymizers.release import claims_of_parts
from reid.errors import BlindError, ParameterError
from reid.evaluation.given import GIVEN
from reid.evaluation.lineup import LineUp
from reid.evaluation.masking import without_content
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import People
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import Progress

NO_STRATEGY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlan:
    """What is attacked, by whom, and what is kept from them."""

    settings: SplitSettings
    people: People
    releases: tuple[Anonymizer, ...]
    attackers: LineUp
    named: tuple[str, ...]  #: attackers that the user asked for, as written; empty for all
    without: tuple[str, ...]  #: channels withheld from the attackers
    caveats: tuple[str, ...] = ()  #: what the source itself lacks
    modality: str = "keyboard"  #: what the attackers look at: ``keyboard``, ``pointer`` or ``both``
    given: EventTable | None = None  #: a release made elsewhere, under the names of the raw log
    outside: pl.DataFrame | None = None  #: scores of an outside attacker; see :mod:`reid.evaluation.outside`
    threat: str = "informed"  #: whose risk is asked for, see :mod:`reid.evaluation.threats`
    rungs: tuple[str, ...] = ("informed",)  #: what such an attacker may do
    adequacy: str = "quick"  #: how much is asked of the attackers, see :mod:`reid.evaluation.adequacy`
    n_releases: int = 3  #: of a strategy that draws noise
    population: int | None = None  #: to which rank-1 is carried over; see :mod:`reid.evaluation.scaled`
    far: bool = False  #: also where the people measured say little about it
    leaky: bool = False  #: show beside the result what a random split would have given
    channels: bool = False  #: show what each channel gives alone, and all but each
    amounts: bool = False  #: show how much has to be seen of a person
    games: bool = False  #: play four games against each release
    n_jobs: int = 1
    progress: Progress

    @property
    def effort(self) -> str:
        """Whether the attackers are ``fixed`` or ``adaptive``: re-tuned for every log that they attack."""
        return "adaptive" if self.attackers.variants else "fixed"

    def __post_init__(self) -> None:
        if self.n_releases < 1:
            raise ParameterError.of("--releases", must="be 1 or more", found=self.n_releases)

    def surprisingly(self, blind: tuple[str, ...]) -> tuple[str, ...]:
        """Return the blind attackers of whom that has to be told.

        Not those of the default line-up where channels were withheld: some look at nothing else.
        """
        return blind if self.named or not self.without else ()

    def stands_alone(self, strategy: str) -> bool:
        """Say whether a log is the raw one or the only release, of which more is shown."""
        return len(self.releases) <= 1 or strategy == NO_STRATEGY

    def told(self, strategy: str) -> Progress:
        """Return the progress of the attack on one release."""
        prefix = "" if strategy == NO_STRATEGY else f"{strategy}: "

        def progress(stage: str, done: int, total: int) -> None:
            self.progress(prefix + stage, done, total)

        return progress


@dataclass(frozen=True, slots=True, eq=False)
class AttackedLog:
    """One log as the attackers see it."""

    strategy: str  #: as written; ``none`` for the raw log
    events: EventTable
    claims: tuple[Claim, ...]
    place: int = 0  #: of its strategy among those asked for, from 1; 0 for the raw log
    number: int = 0  #: of the release among those of its strategy
    seeded: bool = False  #: noise was drawn: the next release would be another

    def heading(self) -> dict[str, Any]:
        """Return the first entries of the log's block."""
        claims = [claim.as_dict() for claim in self.claims]
        return {"strategy": self.strategy, "claims": claims, "releases": None}


def attacked_logs(raw: EventTable, plan: AuditPlan) -> Iterator[AttackedLog]:
    """Give the raw log, then each release, one at a time; of a strategy that draws noise several, in a row.

    Background and enrolled people are released apart, since the attacker got the former elsewhere.
    The noise is seeded: these releases are measured and thrown away.
    """
    hidden = "content" in plan.without
    yield AttackedLog(NO_STRATEGY, without_content(raw) if hidden else raw, ())
    if plan.given is not None:
        yield AttackedLog(GIVEN, without_content(plan.given) if hidden else plan.given, (), place=1)
    for place, release in enumerate(plan.releases, 1):
        for number in range(plan.n_releases):
            sides = (
                raw.of_people(subjects)
                for subjects in (plan.people.background, plan.people.enrolled)
                if subjects
            )
            names = ("background", "enrolled") if plan.people.background else ("enrolled",)
            streams = streams_of_release(release, number, plan)
            done = [
                release.fit([part]).apply(part, streams.under(name))
                for name, part in zip(names, sides, strict=True)
            ]
            events = EventTable.concat(one.events for one in done)
            seeded = any(one.seeded for one in done)
            shown = without_content(events) if hidden else events
            yield AttackedLog(str(release), shown, claims_of_parts(done), place, number, seeded)
            if not seeded:
                break


def released_apart(
    raw: EventTable, log: AttackedLog, sessions: Sequence[pl.DataFrame], plan: AuditPlan
) -> EventTable:
    """Release the enrolled people's sessions in several releases, each made without the others.

    Parameters
    ----------
    raw : EventTable
        The raw log.
    log : AttackedLog
        A release of it; what it released of background people stays.
    sessions : sequence of DataFrame
        Which sessions go into each release, by ``subject_id`` and ``session_id``.
    plan : AuditPlan
        Of the audit.

    Raises
    ------
    BlindError
        It is not known how to make the release.
    """
    if plan.given is not None:
        must, found = "be made by a strategy that can be repeated", "one made elsewhere"
        raise BlindError.of("two releases", must=must, found=found)
    strategy = plan.releases[log.place - 1]
    streams = streams_of_release(strategy, log.number, plan)
    parts = []
    for number, of_release in enumerate(sessions):
        part = raw.of_sessions(of_release)
        parts.append(strategy.fit([part]).apply(part, streams.under("apart", number)).events)
    enrolled = EventTable.joined(parts)
    if "content" in plan.without:
        enrolled = without_content(enrolled)
    return EventTable.concat([log.events.of_people(plan.people.background), enrolled])


def streams_of_release(strategy: Anonymizer, number: int, plan: AuditPlan) -> Streams:
    """Return the noise of a release; the first draws the same however many follow."""
    return Streams(plan.settings.seed, ("release", str(strategy), *([number] if number else [])))
