"""What an anonymizer hands on: events, what it claims of them, and who was left out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import polars as pl

from reid.anonymizers.privacy_ledger import PrivacyLedger
from reid.events.table import EventTable


class Step(Protocol):
    """A step of a chain, before or after one that makes a claim."""

    @property
    def changes(self) -> frozenset[str]:
        """What the step may change: of ``times``, ``keys``, ``places``; empty where it changes nothing."""
        ...

    @property
    def learns(self) -> bool:
        """Say whether the step looks at the people of the source before it is applied."""
        ...

    def keeps(self, claim: "Claim") -> bool:
        """Say whether the claim is still proven after this step."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """What a mechanism proves of its release, in one sentence."""

    kind: str  #: ``grid``, ``masked-keys``, ...
    statement: str
    source: str = ""  #: paper or standard
    #: What later steps may change without breaking it: ``times``, ``keys``, ``places``.
    survives: tuple[str, ...] = ()
    step_us: int | None = None  #: of a grid of times
    step_px: int | None = None  #: of a grid of positions
    #: The claim is about what a release tells of the source, not about the release alone. So it falls
    #: where an earlier step changed anything, or where a later one looks at the source once more.
    of_source: bool = False
    ledger: PrivacyLedger | None = None  #: of differential privacy

    def then(self, step: Step) -> "Claim | None":
        """Return the claim as it stands after a further step, or None where the step may break it."""
        if self.of_source and step.learns:
            return None
        return self if step.keeps(self) else None

    def after(self, steps: Iterable[Step]) -> "Claim | None":
        """Return the claim as it stands where these steps came first, or None where they may break it.

        A step that looks at times may spread a change of one event over many, and one that groups people
        a change of one person over others; so what was proven for one unit no longer is.
        """
        return None if self.of_source and any(step.changes for step in steps) else self

    def as_dict(self) -> dict[str, Any]:
        """Return the claim as it stands in ``report.json``."""
        if self.ledger is None:
            return {"kind": self.kind, "statement": self.statement, "source": self.source}
        statement = f"{self.statement} {self.ledger.sentence()}"
        ledger = self.ledger.as_dict()
        return {"kind": self.kind, "statement": statement, "source": self.source, "epsilon": ledger}


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """A released log.

    ``key`` tells, for the owner only, which released person and session is which of the source; it is
    null while pseudonyms are still those of the source. Its columns are ``released_subject_id``,
    ``released_session_id``, ``subject_id`` and ``session_id``.
    """

    events: EventTable
    claims: tuple[Claim, ...] = ()
    suppressed: int = 0  #: people left out
    redacted: int = 0  #: secrets taken out of what was typed
    key: pl.DataFrame | None = None
    seeded: bool = False  #: holds noise or names drawn from a seed, so it is for measurement only


def claims_of_parts(releases: Iterable[Release]) -> tuple[Claim, ...]:
    """Return what is claimed of releases of different people by one strategy: what is claimed of each.

    The ledger of a claim shows the largest epsilons of all.
    """
    first, *others = (
        {replace(claim, ledger=None): claim for claim in release.claims} for release in releases
    )
    return tuple(
        _with_largest(claim, [claims[bare] for claims in others])
        for bare, claim in first.items()
        if all(bare in claims for claims in others)
    )


def _with_largest(claim: Claim, others: Iterable[Claim]) -> Claim:
    ledger = claim.ledger
    for other in others:
        if ledger is not None and other.ledger is not None:
            ledger = ledger.beside(other.ledger)
    return replace(claim, ledger=ledger)
