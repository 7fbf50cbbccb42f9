"""Log timings by key and digraph: nearly Gaussian, each seen in one place only."""

from dataclasses import dataclass
from typing import ClassVar

from reid.features.contexts import ByDigraph, of_listed_keys
from reid.features.latencies import check_listed
from reid.features.layout import MeanBlock, ReadyKeystrokes
from reid.features.vocabulary import frequent_digraphs, frequent_keys, presses_to_learn_from
from reid.kernels import tally
from reid.samples.table import SampleTable

_US_PER_MS = 1000


@dataclass(frozen=True, slots=True)
class LogLatencies:
    """Mean log hold per key and log UD per digraph: what is least dependent, for sums over features."""

    name: ClassVar[str] = "log-latencies"
    n_keys: int = 45  #: most frequent keys to list
    n_digraphs: int = 250  #: most frequent digraphs to list
    pause_ms: float = 2000  #: a DD from here on is a pause, not rhythm

    def __post_init__(self) -> None:
        check_listed(n_keys=self.n_keys, n_digraphs=self.n_digraphs)

    def fit(self, train: SampleTable) -> ReadyKeystrokes:
        """List the keys and digraphs that are frequent in ``train``."""
        presses = presses_to_learn_from(train)
        by_digraph = ByDigraph(frequent_digraphs(presses, self.n_digraphs))
        means = (
            MeanBlock(
                tally.HOLD, of_listed_keys(frequent_keys(presses, self.n_keys)), "hold_log_us:{}", "hold"
            ),
            MeanBlock(tally.UD, by_digraph, "ud_log_us:{}", "flight"),
        )
        pause_us = _US_PER_MS * self.pause_ms
        return ReadyKeystrokes(means, (), longest_us=(pause_us, 1.5 * pause_us))
