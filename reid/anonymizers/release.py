"""What an anonymizer hands on: events, what it claims of them, and who was left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from reid.events.table import EventTable
from reid.seeding import Streams


class Step(Protocol):
    """A step that comes after a claim was made."""

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

    def then(self, step: Step) -> "Claim | None":
        """Return the claim as it stands after a further step, or None where the step may break it."""
        return self if step.keeps(self) else None

    def as_dict(self) -> dict[str, str]:
        """Return the claim as it stands in ``report.json``."""
        return {"kind": self.kind, "statement": self.statement, "source": self.source}


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
    key: pl.DataFrame | None = None
    seeded: bool = False  #: holds noise or names drawn from a seed, so it is for measurement only


def by_subject(
    part: EventTable, streams: Streams, draw: Callable[[np.random.Generator, int], np.ndarray[Any, Any]]
) -> pl.Series:
    """Draw one number per row of the frame, each person's from the person's own stream.

    ``draw(rng, n)`` returns n numbers. They are dealt out in the order of the person's sessions, so a
    later session never changes the noise of an earlier one. A stream of its own for each session would
    also shield later sessions from earlier ones, at the price of fifteen times as many generators on
    a log of fifteen sessions a person; but a source whose past changes is another source.
    """
    runs = part.frame.select(pl.col("subject_id").rle()).unnest("subject_id")
    drawn = [draw(streams(subject), length) for length, subject in runs.iter_rows()]
    return pl.Series("drawn", np.concatenate(drawn))
