"""All sets of features side by side, so that each channel is some of the columns of one table."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.errors import TooFewError
from reid.features.content import Content
from reid.features.homing import Homing
from reid.features.machine import Machine
from reid.features.pointer_strokes import Strokes
from reid.features.rhythm import Rhythm
from reid.features.table import Extractor, FeatureTable, ReadyExtractor
from reid.samples.table import SampleTable

_SETS: Final[tuple[Extractor, ...]] = (Rhythm(), Content(), Machine(), Strokes(), Homing())


@dataclass(frozen=True, slots=True)
class ReadyEveryChannel:
    """Settled sets, those that have something to measure; their features stand side by side."""

    sets: tuple[ReadyExtractor, ...]

    def features(self, samples: SampleTable) -> FeatureTable:
        """Return one row per sample; a feature that two sets share stands once."""
        tables = [ready.features(samples) for ready in self.sets]
        names = [name for table in tables for name in table.names]
        first = np.sort(np.unique(names, return_index=True)[1])
        together = FeatureTable(
            np.concatenate([table.values for table in tables], axis=1),
            np.concatenate([table.counts for table in tables], axis=1),
            tuple(names),
            tuple(channel for table in tables for channel in table.channels),
        )
        wanted = np.zeros(len(names), dtype=np.bool_)
        wanted[first] = True
        return together.of_columns(wanted)


@dataclass(frozen=True, slots=True)
class EveryChannel:
    """Rhythm, content and machine of typing, strokes of the pointer, and the hand's ways between them.

    What is withheld from it is withheld from all, so one attacker can be asked what each channel gives alone.
    """

    name: ClassVar[str] = "every-channel"

    def fit(self, train: SampleTable) -> ReadyEveryChannel:
        """Settle each set that has something to measure.

        Raises
        ------
        TooFewError
            None has.
        """
        ready = []
        for features in _SETS:
            try:
                ready.append(features.fit(train))
            except TooFewError:
                continue
        if not ready:
            must, found = "hold key presses or pointer events", "none"
            raise TooFewError.of("the samples to learn from", must=must, found=found)
        return ReadyEveryChannel(tuple(ready))
