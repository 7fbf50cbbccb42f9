"""Everything about an audit that is decided before an attack is run, and the logs it looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from reid.anonymizers import Anonymizer, Claim
from reid.anonymizers.release import claims_of_parts
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
    outside: pl.DataFrame | None = None  #: scores of an outside attacker; see :mod:`reid.evaluation.outside`
    population: int | None = None  #: to which rank-1 is carried over; see :mod:`reid.evaluation.scaled`
    far: bool = False  #: also where the people measured say little about it
    leaky: bool = False  #: show beside the result what a random split would have given
    n_jobs: int = 1
    progress: Progress

    def surprisingly(self, blind: tuple[str, ...]) -> tuple[str, ...]:
        """Return the blind attackers of whom that has to be told.

        Not those of the default line-up where channels were withheld: some look at nothing else.
        """
        return blind if self.named or not self.without else ()

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

    def heading(self) -> dict[str, Any]:
        """Return the first entries of the log's block."""
        return {"strategy": self.strategy, "claims": [claim.as_dict() for claim in self.claims]}


def attacked_logs(raw: EventTable, plan: AuditPlan) -> Iterator[AttackedLog]:
    """Give the raw log, then each release, one at a time.

    Background and enrolled people are released apart, since the attacker got the former elsewhere.
    The noise is seeded: these releases are measured and thrown away.
    """
    hidden = "content" in plan.without
    yield AttackedLog(NO_STRATEGY, without_content(raw) if hidden else raw, ())
    sides = (("background", plan.people.background), ("enrolled", plan.people.enrolled))
    for release in plan.releases:
        streams = Streams(plan.settings.seed, ("release", str(release)))
        done = [
            release.fit([part]).apply(part, streams.under(side))
            for side, subjects in sides
            if subjects
            for part in [raw.of_people(subjects)]
        ]
        events = EventTable.concat(one.events for one in done)
        yield AttackedLog(str(release), without_content(events) if hidden else events, claims_of_parts(done))
