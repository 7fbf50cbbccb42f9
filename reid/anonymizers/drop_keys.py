"""Keys without any name."""

from dataclasses import dataclass
from typing import ClassVar, Final

import polars as pl

from reid.anonymizers.composition import KEYS, Fixed
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import rewritten
from reid.events.keys import KEY, UNIDENTIFIED
from reid.events.schema import EVENT_COLUMNS
from reid.events.table import EventTable
from reid.seeding import Streams

_CLAIM: Final = Claim(
    "no-keys",
    "No key event names its key, a class of keys or a character; which release belongs to which press, and "
    "when, is left, and rhythm tells of keys.",
    survives=("times", "keys", "places"),  # no later step knows the keys
)


@dataclass(frozen=True, slots=True)
class DropKeys(Fixed):
    """Replace every key by ``Unidentified`` and drop the characters.

    Times and press numbers stay, hence how long each key was held and which presses overlapped. The text is
    not gone with the names: a press of Space is held and approached unlike one of a letter, a run of
    corrections has a rhythm of its own, and an auto-repeat shows a key that people hold.
    """

    name: ClassVar[str] = "drop-keys"
    changes: ClassVar[frozenset[str]] = frozenset({KEYS})

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part with unnamed keys."""
        unnamed = pl.when(pl.col("key").is_not_null()).then(pl.lit(UNIDENTIFIED, dtype=KEY)).alias("key")
        no_char = pl.lit(None, dtype=EVENT_COLUMNS["char"]).alias("char")
        return Release(rewritten(part, part.frame.with_columns(unnamed, no_char)), claims=(_CLAIM,))
