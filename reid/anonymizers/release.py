"""What an anonymizer hands on: events, what it claims of them, and who was left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from reid.events.table import EventTable
from reid.seeding import Streams


@dataclass(frozen=True, slots=True)
class Claim:
    """What a mechanism proves of its release, in one sentence."""

    kind: str  #: ``grid``, ``masked-keys``, ...
    statement: str
    source: str = ""  #: paper or standard
    survives: tuple[str, ...] = ()  #: what later steps may change without breaking it: ``times``, ``keys``

    def as_dict(self) -> dict[str, str]:
        """Return the claim as it stands in ``report.json``."""
        return {"kind": self.kind, "statement": self.statement, "source": self.source}


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """A released log.

    ``key`` tells, for the owner only, which released person and session is which of the source;
    it is null while pseudonyms are still those of the source.
    """

    events: EventTable
    claims: tuple[Claim, ...] = ()
    suppressed: int = 0  #: people left out
    key: pl.DataFrame | None = None


def by_subject(
    part: EventTable, streams: Streams, draw: Callable[[np.random.Generator, int], np.ndarray[Any, Any]]
) -> pl.Series:
    """Draw one number per row of the frame, each person's from the person's own stream.

    ``draw(rng, n)`` returns n numbers.
    """
    runs = part.frame.select(pl.col("subject_id").rle()).unnest("subject_id")
    drawn = [draw(streams(subject), length) for length, subject in runs.iter_rows()]
    return pl.Series("drawn", np.concatenate(drawn))
