"""From blocks of features to the cells that the kernels add up, and back to named features."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reid.errors import ParameterError
from reid.events.keys import KEYS
from reid.features.contexts import ByDigraph, ByKey, ByPair, ByTrigraph, Context
from reid.features.presses import presses_of
from reid.features.table import FeatureTable
from reid.kernels import tally
from reid.kernels.pooling import pool_tallies
from reid.samples.table import PieceTable, SampleTable
from reid.typing import Array, Float32Array, FloatArray, IntArray

_MOST_CELLS = 65_535  # the kernel numbers cells by 16 bits

#: Timings in microseconds are clipped to the first two numbers, and the third is added before the
#: logarithm is taken. The offset makes flights, which are negative under rollover, positive.
WARP_US = {
    tally.HOLD: (0, 600_000, 15_000),
    tally.PRIOR_HOLD: (0, 600_000, 15_000),
    tally.DD: (0, 1_500_000, 30_000),
    tally.SPREAD: (0, 1_500_000, 30_000),
    tally.DD2: (0, 2_500_000, 60_000),
    tally.UD: (-200_000, 1_500_000, 300_000),
    tally.UU: (-150_000, 1_500_000, 250_000),
    tally.PAUSE: (0, 60_000_000, 0),
}


@dataclass(frozen=True, slots=True)
class MeanBlock:
    """The mean of one quantity in each slot of a context."""

    quantity: int
    context: Context
    form: str  #: name of a feature, with ``{}`` for the slot
    channel: str


@dataclass(frozen=True, slots=True)
class ShareBlock:
    """How the observations of a quantity spread over bins, in each slot of a context.

    Without edges the shares are those of the slots, among all observations or those in some slot.
    """

    quantity: int
    context: Context
    form: str  #: name of a feature, with ``{}`` for the slot and, where there are edges, ``{}`` for the bin
    channel: str
    edges_us: tuple[float, ...] = ()  #: increasing inner borders; a bin holds its lower border
    among_listed: bool = False  #: without edges: leave observations in no slot out of the whole
    beyond_us: float = np.inf  #: bins from this border on belong to the channel ``beyond``
    beyond: str = ""

    def channels(self) -> list[str]:
        """Return the channel of each bin: one more than there are edges."""
        lowest = (-np.inf, *self.edges_us)
        return [self.beyond if border >= self.beyond_us else self.channel for border in lowest]


@dataclass(frozen=True, slots=True)
class Cells:
    """Entries of the pieces, as :func:`~reid.kernels.tally.tally_presses` gives them."""

    entry_offsets: IntArray
    cells: Array
    sums: Float32Array
    counts: Array


@dataclass(frozen=True, slots=True)
class ReadyKeystrokes:
    """Keystroke features that are settled; equal ones share what was made of the same pieces."""

    means: tuple[MeanBlock, ...]
    shares: tuple[ShareBlock, ...]
    longest_us: tuple[float, float] = (np.inf, np.inf)  #: a DD, and two in a row, from here on is a pause
    logarithmic: bool = True  #: means of logarithms (see :data:`WARP_US`), else of microseconds
    spread_centre: float = 0.0

    def features(self, samples: SampleTable) -> FeatureTable:
        """Return one row of features per sample; the pieces are counted only once."""
        layout = layout_of(self)
        cells = self.cells(samples.pieces)
        pooled = pool_tallies(
            cells.entry_offsets, cells.cells, cells.sums, cells.counts, *samples.membership(),
            layout.group_of_cell, layout.cell_of_feature,
        )  # fmt: skip
        return FeatureTable(*pooled, layout.names, layout.channels)

    def cells(self, pieces: PieceTable) -> Cells:
        """Return the cells of each piece, made the first time they are asked for."""
        return pieces.remembered(self, lambda: self._cells(pieces))

    def _cells(self, pieces: PieceTable) -> Cells:
        presses = presses_of(pieces)
        plan = layout_of(self).plan
        timings = presses.hold_us, presses.ud_us, presses.dd_us, presses.uu_us
        return Cells(*tally.tally_presses(plan, presses.key, *timings, presses.offsets))


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where each feature comes from."""

    plan: tally.TallyPlan
    group_of_cell: IntArray
    cell_of_feature: IntArray
    names: tuple[str, ...]
    channels: tuple[str, ...]


class _LayoutMaker:
    """Deals out contexts, cells and groups, block by block."""

    def __init__(self, ready: ReadyKeystrokes) -> None:
        self.ready = ready
        contexts = list(
            dict.fromkeys(
                [*(block.context for block in ready.means), *(block.context for block in ready.shares)]
            )
        )
        self.by_key = [context for context in contexts if isinstance(context, ByKey)]
        self.by_pair = [context for context in contexts if isinstance(context, ByPair | ByDigraph)]
        self.by_trigraph = [context for context in contexts if isinstance(context, ByTrigraph)]
        if len(self.by_trigraph) > 1:
            raise ParameterError.of(
                "a set of features", must="list trigraphs once", found=len(self.by_trigraph)
            )
        ordered = [*self.by_key, *self.by_pair, *(self.by_trigraph or [ByTrigraph(())])]
        self.number = {context: number for number, context in enumerate(ordered)}
        self.groups: list[int] = []
        self.cells: list[int] = []
        self.names: list[str] = []
        self.channels: list[str] = []
        self.n_groups = 0

    def add(self, labels: list[str], group: int, channels: list[str]) -> int:
        """Give each label, whose channel stands beside it, a cell and a feature; return the first cell."""
        first = len(self.groups)
        self.cells.extend(range(first, first + len(labels)))
        self.groups.extend([group] * len(labels))
        self.names.extend(labels)
        self.channels.extend(channels)
        return first

    def mean_rows(self) -> IntArray:
        """Deal out the cells of the means."""
        rows = []
        for block in self.ready.means:
            labels = [block.form.format(label) for label in block.context.labels]
            first_cell = self.add(labels, -1, [block.channel] * len(labels))
            rows.append((block.quantity, self.number[block.context], first_cell))
        return np.array(rows, dtype=np.int64).reshape(-1, 3)

    def share_rows(self) -> IntArray:
        """Deal out the cells and groups of the shares."""
        rows: list[tuple[int, ...]] = []
        for block in self.ready.shares:
            first_cell, other = len(self.groups), -1
            if block.edges_us:
                bins = bin_labels(block.edges_us)
                for label in block.context.labels:
                    names = [block.form.format(label, part) for part in bins]
                    self.add(names, self.n_groups, block.channels())
                    self.n_groups += 1
            else:
                names = [block.form.format(label) for label in block.context.labels]
                self.add(names, self.n_groups, [block.channel] * len(names))
                if not block.among_listed:
                    other = len(self.groups)
                    self.groups.append(self.n_groups)  # a cell that no feature shows
                self.n_groups += 1
            number, n_bins = self.number[block.context], len(block.edges_us) + 1
            rows.append((block.quantity, number, first_cell, n_bins, other))
        return np.array(rows, dtype=np.int64).reshape(-1, 5)

    def edges(self) -> tuple[IntArray, FloatArray, NDArray[np.int16]]:
        """Merge the edges of each quantity, so that a value is looked up once for all its shares."""
        merged = [
            np.unique(
                [edge for block in self.ready.shares if block.quantity == quantity for edge in block.edges_us]
            )
            for quantity in range(tally.N_QUANTITIES)
        ]
        starts = np.concatenate([[0], np.cumsum([edges.size for edges in merged])]).astype(np.int64)
        bins = np.zeros((len(self.ready.shares), 1 + max(edges.size for edges in merged)), dtype=np.int16)
        for row, block in enumerate(self.ready.shares):
            own = np.searchsorted(np.array(block.edges_us), merged[block.quantity], side="right")
            bins[row, 1 : own.size + 1] = own
        return starts, np.concatenate(merged).astype(np.float64), bins

    def warp(self) -> FloatArray:
        """Return the warp of every quantity, NaN where its mean is not used."""
        warp = np.full((tally.N_QUANTITIES, 3), np.nan)
        for quantity in {block.quantity for block in self.ready.means}:
            if self.ready.logarithmic and quantity in WARP_US:
                warp[quantity] = WARP_US[quantity]
        return warp

    def made(self) -> Layout:
        """Return the layout of all blocks."""
        n = len(KEYS)
        means = self.mean_rows()
        shares = self.share_rows()
        edge_starts, edges, bins = self.edges()
        if len(self.groups) > _MOST_CELLS:
            must, advice = f"be at most {_MOST_CELLS}", "List fewer digraphs."
            raise ParameterError.of("number of features", must=must, found=len(self.groups), advice=advice)
        trigraphs = self.by_trigraph[0] if self.by_trigraph else ByTrigraph(())
        first_pairs, trigraph_slots = trigraphs.tables()
        plan = tally.TallyPlan(
            key_slots=np.array([context.table() for context in self.by_key], np.int16).reshape(-1, n),
            key_lags=np.array([context.lag for context in self.by_key], np.int16),
            pair_slots=np.array([context.table() for context in self.by_pair], np.int16).reshape(-1, n, n),
            first_pairs=first_pairs,
            trigraph_slots=trigraph_slots,
            longest_us=np.array(self.ready.longest_us, dtype=np.float64),
            warp=self.warp(),
            spread_centre=float(self.ready.spread_centre),
            means=means,
            shares=shares,
            edge_starts=edge_starts,
            edges=edges,
            bins=bins,
            n_cells=len(self.groups),
        )
        groups, cells = np.array(self.groups, np.int64), np.array(self.cells, np.int64)
        return Layout(plan, groups, cells, tuple(self.names), tuple(self.channels))


@lru_cache(maxsize=16)
def layout_of(ready: ReadyKeystrokes) -> Layout:
    """Deal out cells to the blocks: means first, then shares."""
    return _LayoutMaker(ready).made()


def bin_labels(edges_us: tuple[float, ...]) -> tuple[str, ...]:
    """Name the bins between edges.

    Examples
    --------
    >>> bin_labels((80_000, 95_500))
    ('..80000us', '80000..95500us', '95500us..')
    """
    if not edges_us:
        return ("all",)
    inner = [f"{low:.10g}..{high:.10g}us" for low, high in pairwise(edges_us)]
    return (f"..{edges_us[0]:.10g}us", *inner, f"{edges_us[-1]:.10g}us..")
