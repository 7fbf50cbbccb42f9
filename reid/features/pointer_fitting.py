"""Where the bins of pointer features end: learnt on people that are not tested."""

import numpy as np

from reid.errors import TooFewError
from reid.features.families import FAMILIES
from reid.features.vocabulary import quantile_edges
from reid.kernels.pointer import MOVE
from reid.samples.table import SampleTable
from reid.typing import FloatArray


def check_pointer_events(train: SampleTable) -> None:
    """Refuse people who have not moved the pointer.

    Raises
    ------
    TooFewError
        There is no pointer event.
    """
    event = train.pieces.events.frame["event"].to_physical().to_numpy()
    so_far = np.concatenate([[0], np.cumsum(event >= MOVE)])
    starts, stops = train.pieces.bounds()
    pieces = np.unique(train.membership()[1])
    if not np.any(so_far[stops[pieces]] > so_far[starts[pieces]]):
        raise TooFewError.of("the samples to learn from", must="hold pointer events", found="none")


class BinBorders:
    """Borders of bins that hold equally many observations of the people learnt from, each piece once."""

    def __init__(self, train: SampleTable, pause_us: int) -> None:
        self._train = train
        self._pause_us = pause_us
        self._pieces = np.unique(train.membership()[1])

    def of(self, family: str, column: str, n_bins: int) -> tuple[float, ...]:
        """Return the inner borders; fewer where values repeat, none of a constant."""
        return quantile_edges(self._values(family, column), n_bins)

    def _values(self, family: str, column: str) -> FloatArray:
        seen = FAMILIES[family](self._train.pieces, self._pause_us)
        return np.asarray(seen.column(column)[seen.of_pieces(self._pieces)], dtype=np.float64)
