"""Plain timings in microseconds: the features of the classical fixed-text detectors."""

from dataclasses import dataclass
from typing import ClassVar

from reid.errors import ParameterError
from reid.features.contexts import ByDigraph, of_listed_keys
from reid.features.layout import MeanBlock, ReadyKeystrokes
from reid.features.vocabulary import frequent_digraphs, frequent_keys, presses_to_learn_from
from reid.kernels import tally
from reid.samples.table import SampleTable


def check_listed(**numbers: int) -> None:
    """Refuse a negative number of keys or digraphs to list."""
    for name, number in numbers.items():
        if number < 0:
            raise ParameterError.of(name, must="be 0 or more", found=number)


@dataclass(frozen=True, slots=True)
class Latencies:
    """Mean hold per key, DD and UD per digraph, in microseconds and however long."""

    name: ClassVar[str] = "latencies"
    n_keys: int = 60  #: most frequent keys to list
    n_digraphs: int = 400  #: most frequent digraphs to list

    def __post_init__(self) -> None:
        check_listed(n_keys=self.n_keys, n_digraphs=self.n_digraphs)

    def fit(self, train: SampleTable) -> ReadyKeystrokes:
        """List the keys and digraphs that are frequent in ``train``."""
        presses = presses_to_learn_from(train)
        by_key = of_listed_keys(frequent_keys(presses, self.n_keys))
        by_digraph = ByDigraph(frequent_digraphs(presses, self.n_digraphs))
        means = (
            MeanBlock(tally.HOLD, by_key, "hold_us:{}", "hold"),
            MeanBlock(tally.DD, by_digraph, "dd_us:{}", "flight"),
            MeanBlock(tally.UD, by_digraph, "ud_us:{}", "flight"),
        )
        return ReadyKeystrokes(means, (), logarithmic=False)
