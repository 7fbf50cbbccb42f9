"""The broad strokes of typing: few features, each seen often."""

from dataclasses import dataclass
from typing import ClassVar, Final

from reid.events.keys import CLASS_OF_KEY, KEY_CLASSES
from reid.features.contexts import ByPair, of_groups, of_listed_keys
from reid.features.latencies import check_listed
from reid.features.layout import MeanBlock, ReadyKeystrokes
from reid.features.vocabulary import frequent_keys, presses_to_learn_from
from reid.kernels import tally
from reid.samples.table import SampleTable

_US_PER_MS: Final = 1000
#: A key counts in its class whether it is named or masked.
_BY_CLASS: Final = of_groups(
    {name: (*(key for key, own in CLASS_OF_KEY.items() if own == name), name) for name in KEY_CLASSES}
    | {"unidentified": ("Unidentified",)}
)


@dataclass(frozen=True, slots=True)
class Outline:
    """Mean hold per key and DD per pair of key classes: few enough to learn how they go together."""

    name: ClassVar[str] = "outline"
    n_keys: int = 30  #: most frequent keys to list
    pause_ms: float = 2000  #: a DD from here on is a pause, not rhythm
    logarithmic: bool = True  #: else plain means, which a coarse clock blurs but does not shift

    def __post_init__(self) -> None:
        check_listed(n_keys=self.n_keys)

    def fit(self, train: SampleTable) -> ReadyKeystrokes:
        """List the keys that are frequent in ``train``."""
        keys = frequent_keys(presses_to_learn_from(train), self.n_keys)
        unit = "log_us" if self.logarithmic else "us"
        means = (
            MeanBlock(tally.HOLD, of_listed_keys(keys), f"hold_{unit}:{{}}", "hold"),
            MeanBlock(tally.DD, ByPair(_BY_CLASS, _BY_CLASS), f"dd_{unit}:{{}}", "flight"),
        )
        pause_us = _US_PER_MS * self.pause_ms
        return ReadyKeystrokes(means, (), longest_us=(pause_us, 1.5 * pause_us), logarithmic=self.logarithmic)
