"""Named numbers of samples, with the number of observations behind each."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Protocol

import numpy as np

from reid.errors import ParameterError
from reid.samples.table import SampleTable
from reid.typing import Float32Array, IntArray

#: Through which channel a feature can give a person away.
CHANNELS = {
    "hold": "how long keys are held",
    "flight": "the time from key to key",
    "content": "which keys are used, and how often",
    "path": "how the pointer moves: shape, speed and turns of its way",
    "click": "how buttons are pressed, dragged and the wheel turned",
    "homing": "how the hand goes from the pointer to the keys and back",
    "schedule": "when and how long a person works, and pauses",
    "device": "the clock, the mouse and the screen, which can name a machine instead of a person",
    "layout": "which signs stand on which keys, which is the keyboard's and not the person's",
    "position": "where on the screen the pointer is",
}


@dataclass(frozen=True, slots=True, eq=False)
class FeatureTable:
    """Features of samples.

    ``values`` are means over the observations of a sample; ``counts`` says over how many, so that a
    matcher can trust a mean of 50 more than a mean of 2, and samples pool by weighted mean.
    """

    values: Float32Array  #: (n_samples, n_features), NaN where the count is 0
    counts: Float32Array  #: (n_samples, n_features), 0 or more
    names: tuple[str, ...]  #: with the unit, as in ``hold_us:KeyA``
    channels: tuple[str, ...]  #: one of :data:`CHANNELS` for each feature

    def __post_init__(self) -> None:
        shape = (len(self.values), len(self.names))
        if self.values.shape != shape or self.counts.shape != shape or len(self.channels) != shape[1]:
            found = (self.values.shape, self.counts.shape, len(self.names), len(self.channels))
            raise ParameterError.of("feature arrays", must="agree in shape", found=found)

    def __len__(self) -> int:
        return len(self.values)

    def pooled(self, offsets: IntArray, members: IntArray) -> "FeatureTable":
        """Return one row per group of rows: means weighted by their counts, and summed counts.

        Group i holds rows ``members[offsets[i]:offsets[i + 1]]``.
        """
        sizes = np.diff(offsets)
        if np.all(sizes == 1):
            return FeatureTable(self.values[members], self.counts[members], self.names, self.channels)
        sums = np.empty((sizes.size, len(self.names)), dtype=np.float32)
        counts = np.empty_like(sums)
        for group, (start, stop) in enumerate(pairwise(offsets)):
            rows = members[start:stop]
            weight = self.counts[rows]
            counts[group] = weight.sum(axis=0)
            sums[group] = np.where(weight > 0, self.values[rows] * weight, 0).sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return FeatureTable(sums / counts, counts, self.names, self.channels)

    def without(self, channels: Iterable[str]) -> "FeatureTable":
        """Return the features that belong to none of these channels."""
        dropped = set(channels)
        return self.of_columns(np.array([channel not in dropped for channel in self.channels], dtype=bool))

    def of_columns(self, wanted: np.ndarray) -> "FeatureTable":
        """Return the features where ``wanted``, a boolean array of shape (n_features,), is true."""
        places = np.flatnonzero(wanted)
        names = tuple(self.names[place] for place in places)
        channels = tuple(self.channels[place] for place in places)
        return FeatureTable(self.values[:, places], self.counts[:, places], names, channels)


class ReadyExtractor(Protocol):
    """An extractor that knows which features there are. Hashable, so that features are made once."""

    def features(self, samples: SampleTable) -> FeatureTable:
        """Return one row of features per sample."""
        ...


class Extractor(Protocol):
    """A set of features: settings only."""

    name: ClassVar[str]

    def fit(self, train: SampleTable) -> ReadyExtractor:
        """Choose the features, such as the frequent digraphs, on people that are not tested."""
        ...
