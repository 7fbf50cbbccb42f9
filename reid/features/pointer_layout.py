"""From blocks of pointer features to the means and shares of samples."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final

import numpy as np

from reid.features.families import FAMILIES
from reid.features.pointer_cells import CellTable, cells_of
from reid.features.table import FeatureTable
from reid.kernels.pointer_pooling import pool_cells, pool_values
from reid.samples.strokes import PAUSE_US
from reid.samples.table import PieceTable, SampleTable
from reid.typing import Array, FloatArray, IntArray

#: Quantities of these units are drawn together, by arsinh of so many of them: near 0 linear, far off a
#: logarithm with a sign. Others stand as they are.
SCALES: Final = {
    "_px_per_s3": 1e5,
    "_px_per_s2": 1e3,
    "_px_per_s": 10.0,
    "_rad_per_px2": 0.01,
    "_rad_per_px": 0.01,
    "_bit_per_s": 1.0,
    "_per_min": 1.0,
    "_per_s": 1.0,
    "_per_px": 1.0,
    "_kurtosis": 1.0,
    "_skewness": 1.0,
    "_px": 1.0,
    "_s": 0.01,
    "points": 1.0,
    "submovements": 1.0,
}

_ROWS_AT_ONCE: Final = 512  # as many as stay in the fast memory of a processor


@dataclass(frozen=True, slots=True)
class PointerMean:
    """The mean of a column over the observations of one family."""

    family: str
    column: str
    channel: str
    drawn_together: bool = True  #: by :data:`SCALES`

    def scale(self) -> float:
        """Return the divisor under the arsinh, 0 where the column stands as it is."""
        if not self.drawn_together:
            return 0.0
        return next((scale for ending, scale in SCALES.items() if self.column.endswith(ending)), 0.0)

    def label(self) -> str:
        """Return the name of the feature."""
        form = "arsinh" if self.scale() else "mean"
        return f"{self.family}_{self.column}_{form}"


@dataclass(frozen=True, slots=True)
class PointerShare:
    """How a column spreads over bins, among all observations or in each bin of another column."""

    family: str
    column: str
    channel: str
    edges: tuple[float, ...]  #: increasing inner borders; a bin holds its lower border
    given: str = ""  #: the other column
    given_edges: tuple[float, ...] = ()
    words: tuple[str, ...] = ()  #: names of the bins, where they are kinds of something

    def labels(self) -> list[str]:
        """Return the names of the features, slot by slot."""
        slots = [f"{self.given}{part}," for part in _bins(self.given_edges)] if self.given else [""]
        bins = self.words or _bins(self.edges)
        return [f"{self.family}_{self.column}_share:{slot}{part}" for slot in slots for part in bins]


def _bins(edges: tuple[float, ...]) -> tuple[str, ...]:
    """Name the bins between edges.

    Examples
    --------
    >>> _bins((0.5, 2.0))
    ('<0.5', '0.5..2', '>=2')
    """
    if not edges:
        return ("=any",)
    inner = [f"{low:.6g}..{high:.6g}" for low, high in pairwise(edges)]
    return (f"<{edges[0]:.6g}", *inner, f">={edges[-1]:.6g}")


@dataclass(frozen=True, slots=True)
class ReadyPointer:
    """Pointer features that are settled; equal ones share what was made of the same pieces."""

    means: tuple[PointerMean, ...]  #: blocks of a family stand together
    shares: tuple[PointerShare, ...]
    pause_us: int = PAUSE_US  #: between strokes

    def features(self, samples: SampleTable) -> FeatureTable:
        """Return one row of features per sample; pieces are measured only once."""
        layout, membership = layout_of(self), samples.membership()
        values, counts = np.zeros((2, len(samples), len(layout.names)), dtype=np.float32)
        at = 0
        for family, means in groupby(self.means, lambda block: block.family):
            warped, offsets = self._warped(samples.pieces, family, tuple(means))
            sums, seen = pool_values(warped, offsets, *membership)
            past = at + sums.shape[1]
            values[:, at:past] = np.divide(sums, seen, out=np.full(sums.shape, np.nan), where=seen > 0)
            counts[:, at:past] = seen
            at = past
        for family, blocks in groupby(self.shares, lambda block: block.family):
            cells, offsets, groups = self._cells(samples.pieces, family, tuple(blocks))
            found = pool_cells(cells, offsets, *membership, groups.size)
            firsts = np.flatnonzero(np.diff(groups, prepend=-1))
            whole = np.add.reduceat(found, firsts, axis=1)[:, groups]
            past = at + groups.size
            values[:, at:past] = np.divide(found, whole, out=np.full(found.shape, np.nan), where=whole > 0)
            counts[:, at:past] = whole
            at = past
        return FeatureTable(values, counts, layout.names, layout.channels)

    def _warped(
        self, pieces: PieceTable, family: str, means: tuple[PointerMean, ...]
    ) -> tuple[FloatArray, IntArray]:
        """Return the columns of the means, drawn together, made the first time they are asked for."""

        def make() -> tuple[FloatArray, IntArray]:
            seen = FAMILIES[family](pieces, self.pause_us)
            columns = np.array([seen.columns.index(block.column) for block in means])
            scales = np.array([block.scale() for block in means])
            is_drawn = scales > 0
            warped = np.empty((len(seen.values), len(means)))
            for first in range(0, len(warped), _ROWS_AT_ONCE):
                rows = warped[first : first + _ROWS_AT_ONCE]
                np.take(seen.values[first : first + _ROWS_AT_ONCE], columns, axis=1, out=rows)
                as_they_stand = rows[:, ~is_drawn]
                np.arcsinh(np.divide(rows, np.where(is_drawn, scales, np.inf), out=rows), out=rows)
                rows[:, ~is_drawn] = as_they_stand
            return warped, seen.offsets

        return pieces.remembered(("pointer means", means, self.pause_us), make)

    def _cells(
        self, pieces: PieceTable, family: str, blocks: tuple[PointerShare, ...]
    ) -> tuple[Array, IntArray, IntArray]:
        """Return the cell of each observation in each block, where pieces begin, and each cell's group."""

        def make() -> tuple[Array, IntArray, IntArray]:
            seen = FAMILIES[family](pieces, self.pause_us)
            tables = [
                CellTable(block.column, block.edges, block.given, block.given_edges) for block in blocks
            ]
            return cells_of(seen.values, seen.columns, tables), seen.offsets, _groups(blocks)

        return pieces.remembered(("pointer shares", blocks, self.pause_us), make)


def _groups(blocks: tuple[PointerShare, ...]) -> IntArray:
    """Give the cells that share a whole, those of one slot of a block, one number."""
    sizes = [len(block.edges) + 1 for block in blocks for _ in range(len(block.given_edges) + 1)]
    return np.repeat(np.arange(len(sizes)), sizes).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class PointerLayout:
    """Names and channels of all features."""

    names: tuple[str, ...]
    channels: tuple[str, ...]


@lru_cache(maxsize=16)
def layout_of(ready: ReadyPointer) -> PointerLayout:
    """Name the features: means first, then shares."""
    names = [block.label() for block in ready.means]
    channels = [block.channel for block in ready.means]
    for block in ready.shares:
        labels = block.labels()
        names += labels
        channels += [block.channel] * len(labels)
    return PointerLayout(tuple(names), tuple(channels))
