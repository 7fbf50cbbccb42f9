"""Keys without their letters."""

from dataclasses import dataclass
from typing import ClassVar, Final

import polars as pl

from reid.anonymizers.composition import KEYS, Fixed
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import rewritten
from reid.events import keys
from reid.events.table import EventTable
from reid.seeding import Streams

#: Class of each word of the ``key`` column, by its number; a class and ``Unidentified`` stand for themselves.
_CLASSES: Final = pl.Series("key", [keys.CLASS_OF_KEY.get(key, key) for key in keys.KEYS], dtype=keys.KEY)

_CLAIM: Final = Claim(
    "masked-keys",
    f"Every key is told by its class alone ({', '.join(keys.KEY_CLASSES)}); no character is left.",
    survives=("times", "keys", "places"),
)


@dataclass(frozen=True, slots=True)
class KeyClasses(Fixed):
    """Replace each key by its class, such as letter or digit, and drop the characters.

    ``Unidentified`` stays; so do press numbers, hence which release belongs to which press.
    """

    name: ClassVar[str] = "key-classes"
    changes: ClassVar[frozenset[str]] = frozenset({KEYS})

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part with masked keys."""
        masked = class_of_each(part.frame["key"])
        no_char = pl.lit(None, dtype=pl.String).alias("char")
        return Release(rewritten(part, part.frame.with_columns(masked, no_char)), claims=(_CLAIM,))


def class_of_each(key: pl.Series) -> pl.Series:
    """Return the class of each key; classes, ``Unidentified`` and null stay."""
    return _CLASSES[key.to_physical().cast(pl.UInt32)].alias("key")
