"""What is typed, not how: frequencies of keys and digraphs."""

from dataclasses import dataclass
from typing import ClassVar

from reid.features.contexts import ByDigraph, of_listed_keys
from reid.features.latencies import check_listed
from reid.features.layout import ReadyKeystrokes, ShareBlock
from reid.features.vocabulary import frequent_digraphs, frequent_keys, presses_to_learn_from
from reid.kernels import tally
from reid.samples.table import SampleTable


@dataclass(frozen=True, slots=True)
class Content:
    """Share of each key among all presses and of each digraph among all digraphs."""

    name: ClassVar[str] = "content"
    n_keys: int = 60  #: most frequent keys to list
    n_digraphs: int = 300  #: most frequent digraphs to list

    def __post_init__(self) -> None:
        check_listed(n_keys=self.n_keys, n_digraphs=self.n_digraphs)

    def fit(self, train: SampleTable) -> ReadyKeystrokes:
        """List the keys and digraphs that are frequent in ``train``."""
        presses = presses_to_learn_from(train)
        by_key = of_listed_keys(frequent_keys(presses, self.n_keys))
        by_digraph = ByDigraph(frequent_digraphs(presses, self.n_digraphs))
        shares = (
            ShareBlock(tally.PRESS, by_key, "key_share:{}", "content"),
            ShareBlock(tally.GAP, by_digraph, "digraph_share:{}", "content"),
        )
        return ReadyKeystrokes((), shares)
