"""Timings and how they stand to each other: what stays of a rhythm when all of it gets faster."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.features.contexts import ByDigraph, of_listed_keys
from reid.features.latencies import check_listed
from reid.features.layout import MeanBlock, ReadyKeystrokes
from reid.features.table import FeatureTable
from reid.features.vocabulary import (
    frequent_digraphs,
    frequent_keys,
    frequent_trigraphs,
    presses_to_learn_from,
)
from reid.kernels import tally
from reid.samples.table import SampleTable
from reid.typing import Float32Array, FloatArray

_SHORTEST_US: Final = 1000.0  # of a timing that another is divided by
_MOST_TIMES: Final = 100.0  # between two timings that follow each other; more is a pause


@dataclass(frozen=True, slots=True)
class Proportions:
    """Mean hold, DD, UD and UU in microseconds, and relative to the sample's median and to the one before.

    Not a set among the others: a proportion of means is not the mean of proportions, so that samples do not
    pool.
    """

    name: ClassVar[str] = "proportions"
    n_keys: int = 45  #: most frequent keys to list
    n_digraphs: int = 100  #: most frequent digraphs to list
    n_trigraphs: int = 50  #: most frequent trigraphs to list

    def __post_init__(self) -> None:
        check_listed(n_keys=self.n_keys, n_digraphs=self.n_digraphs, n_trigraphs=self.n_trigraphs)

    def fit(self, train: SampleTable) -> "ReadyProportions":
        """List the keys, digraphs and trigraphs that are frequent in ``train``."""
        presses = presses_to_learn_from(train)
        by_key = of_listed_keys(frequent_keys(presses, self.n_keys))
        digraphs = frequent_digraphs(presses, self.n_digraphs)
        by_digraph = ByDigraph(digraphs)
        place = {digraph: number for number, digraph in enumerate(digraphs)}
        trigraphs = frequent_trigraphs(presses, self.n_trigraphs)
        pairs = [(trigraph[:2], trigraph[1:]) for trigraph in trigraphs]
        chains = tuple((place[one], place[two]) for one, two in pairs if one in place and two in place)
        means = (
            MeanBlock(tally.HOLD, by_key, "hold_us:{}", "hold"),
            MeanBlock(tally.DD, by_digraph, "dd_us:{}", "flight"),
            MeanBlock(tally.PRIOR_HOLD, by_digraph, "first_hold_us:{}", "hold"),
            MeanBlock(tally.HOLD, by_digraph, "second_hold_us:{}", "hold"),
        )
        timings = ReadyKeystrokes(means, (), logarithmic=False)
        return ReadyProportions(timings, by_key.labels, by_digraph.labels, chains)


@dataclass(frozen=True, slots=True)
class ReadyProportions:
    """Listed keys and digraphs, and which digraphs follow each other."""

    timings: ReadyKeystrokes  #: means of hold by key, then of DD, first and second hold by digraph
    keys: tuple[str, ...]
    digraphs: tuple[str, ...]
    chains: tuple[tuple[int, int], ...]  #: places of digraphs of which one ends with the key the other begins

    def features(self, samples: SampleTable) -> FeatureTable:
        """Return one row of features per sample."""
        return self.of_timings(self.timings.features(samples))

    def of_timings(self, timings: FeatureTable) -> FeatureTable:
        """Return the features of samples whose positive timings are known.

        Parameters
        ----------
        timings : FeatureTable
            As ``timings`` gives them: all in microseconds and none below 0.

        Returns
        -------
        FeatureTable
            Hold by key; DD, UD and UU by digraph; hold and DD over their medians within the sample; and
            the logarithms of the second hold over the first, and of one DD over that before it.
        """
        hold, dd, first, second = self._parts(timings.values)
        n_hold, n_dd, n_first, n_second = self._parts(timings.counts)
        n_ud, n_uu = np.minimum(n_dd, n_first), np.minimum(np.minimum(n_dd, n_first), n_second)
        before, after = np.array(self.chains, dtype=np.int64).reshape(-1, 2).T
        blocks = (
            ("hold_us:{}", "hold", self.keys, hold, n_hold),
            ("dd_us:{}", "flight", self.digraphs, dd, n_dd),
            ("ud_us:{}", "flight", self.digraphs, dd - first, n_ud),
            ("uu_us:{}", "flight", self.digraphs, dd - first + second, n_uu),
            ("relative_hold:{}", "hold", self.keys, _over_median(hold), n_hold),
            ("relative_dd:{}", "flight", self.digraphs, _over_median(dd), n_dd),
            ("hold_step:{}", "hold", self.digraphs, _log_ratio(second, first), np.minimum(n_first, n_second)),
            (
                "dd_step:{}",
                "flight",
                tuple(f"{self.digraphs[one]},{self.digraphs[two]}" for one, two in self.chains),
                _log_ratio(dd[:, after], dd[:, before]),
                np.minimum(n_dd[:, after], n_dd[:, before]),
            ),
        )
        counts = np.concatenate([count for *_, count in blocks], axis=1).astype(np.float32)
        values = np.concatenate([value for *_, value, _ in blocks], axis=1).astype(np.float32)
        return FeatureTable(
            np.where(counts > 0, values, np.float32(np.nan)),
            counts,
            tuple(form.format(label) for form, _, labels, *_ in blocks for label in labels),
            tuple(channel for _, channel, labels, *_ in blocks for _ in labels),
        )

    def _parts(self, values: Float32Array) -> list[FloatArray]:
        """Return hold by key, then DD, first and second hold by digraph."""
        n_keys, n_digraphs = len(self.keys), len(self.digraphs)
        borders = [n_keys, n_keys + n_digraphs, n_keys + 2 * n_digraphs]
        return np.split(values.astype(np.float64), borders, axis=1)


def _over_median(timings: FloatArray) -> FloatArray:
    """Return timings over the median of their row's known ones."""
    known = ~np.isnan(timings)
    middle = np.full((len(timings), 1), np.nan)
    some = known.any(axis=1)
    middle[some, 0] = np.nanmedian(timings[some], axis=1)
    return np.asarray(timings / np.maximum(middle, _SHORTEST_US))


def _log_ratio(timings: FloatArray, others: FloatArray) -> FloatArray:
    """Return ``log(timing / other)``, within a hundredfold either way."""
    ratio = np.maximum(timings, _SHORTEST_US) / np.maximum(others, _SHORTEST_US)
    return np.asarray(np.log(np.clip(ratio, 1 / _MOST_TIMES, _MOST_TIMES)))
