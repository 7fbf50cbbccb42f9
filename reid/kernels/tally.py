"""Sums and counts of keystroke timings in cells, piece by piece: flat arrays in, flat arrays out.

A *quantity* is what is timed, a *context* says under which slot (key, digraph, hand pair, ...) it is
filed, and a *cell* is one quantity in one slot of one context.
"""

from typing import NamedTuple

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, Float32Array, FloatArray, IntArray

# What is timed at a press, given the press before it in the same run.
HOLD = 0  # hold of the press
DD = 1  # from the press before to this one
UD = 2  # from the release of the press before to this one
UU = 3  # from release to release
DD2 = 4  # from the second-last press to this one
PRIOR_HOLD = 5  # hold of the press before
ROLLOVER = 6  # 1 if the press before was still down, else 0
PAUSE = 7  # DD where it is no rhythm any more
SPREAD = 8  # squared distance of the warped DD from ``spread_centre``
PRESS = 9  # 1 on every press
GAP = 10  # DD, pause or not
N_QUANTITIES = 11

_BLOCK = 256  # presses that are worked on together, so that their timings stay in the fastest cache
_GRID = 256  # steps of the table in which the search for a bin begins


class TallyPlan(NamedTuple):
    """What to add up, as flat arrays.

    Contexts are numbered: first the tables over one key, then those over two keys, then trigraphs.
    A slot of -1 stands for "not of interest".
    """

    key_slots: Array  #: int16 (n_key_contexts, n_keys), slot of each key
    key_lags: Array  #: int16 (n_key_contexts,), 0: the key of the press, 1: of the press before
    pair_slots: Array  #: int16 (n_pair_contexts, n_keys, n_keys), slot of each pair of successive keys
    first_pairs: Array  #: int16 (n_keys, n_keys), row of ``trigraph_slots`` for the first two keys, or -1
    trigraph_slots: Array  #: int16 (n_first_pairs, n_keys), slot by the third key
    longest_us: FloatArray  #: (2,), a DD or DD2 of this or more is no rhythm but a pause
    warp: FloatArray  #: (N_QUANTITIES, 3): lowest, highest, offset; log(clip(v) + offset), linear if NaN
    spread_centre: float  #: centre of SPREAD, on the scale of the warped DD
    means: IntArray  #: (n_means, 3): quantity, context, first cell; the cell of a slot is first cell + slot
    shares: IntArray  #: (n_shares, 5): quantity, context, first cell, number of bins, other cell or -1
    edge_starts: IntArray  #: (N_QUANTITIES + 1,), edges of a quantity: those of all its shares together
    edges: FloatArray  #: inner borders of bins, increasing within a quantity; a bin holds its lower border
    bins: Array  #: int16 (n_shares, most edges + 1), bin of the share by the number of edges at or below
    n_cells: int  #: number of cells


class Scratch(NamedTuple):
    """Cells of the piece that is being added up."""

    cells: FloatArray  #: (n_cells, 2): sum and count, side by side in memory
    touched: IntArray  #: (n_cells + 1,), cells whose count is not 0, in the order of first appearance


@kernel
def _fill_slots(plan: TallyPlan, key: Array, start: int, n_before: Array, slots: Array) -> None:
    """Look up the slots of ``n_before.size`` presses from ``start`` on in every context.

    ``n_before`` says how many presses of the run came before each, at most 2; ``slots`` is int16 of shape
    (n_contexts, at least n_before.size).
    """
    n_single, n_pairs = plan.key_lags.size, plan.pair_slots.shape[0]
    for context in range(n_single):
        lag, of_key = plan.key_lags[context], plan.key_slots[context]
        for place in range(n_before.size):
            slots[context, place] = of_key[key[start + place - lag]] if lag <= n_before[place] else -1
    for pair in range(n_pairs):
        of_pair = plan.pair_slots[pair]
        for place in range(n_before.size):
            now = start + place
            slots[n_single + pair, place] = of_pair[key[now - 1], key[now]] if n_before[place] >= 1 else -1
    of_three = slots[n_single + n_pairs]
    for place in range(n_before.size):
        now = start + place
        of_three[place] = -1
        if n_before[place] >= 2:  # noqa: PLR2004  a trigraph is three presses
            first = plan.first_pairs[key[now - 2], key[now - 1]]
            if first >= 0:
                of_three[place] = plan.trigraph_slots[first, key[now]]


@kernel
def _fill_values(
    longest_us: FloatArray,
    start: int,
    n_before: Array,
    hold_us: FloatArray,
    ud_us: FloatArray,
    dd_us: FloatArray,
    uu_us: FloatArray,
    values: FloatArray,
) -> None:
    """Write every quantity of the presses from ``start`` on into ``values``; NaN is missing."""
    values[:, : n_before.size] = np.nan
    for place in range(n_before.size):
        now = start + place
        values[PRESS, place] = 1.0
        values[HOLD, place] = hold_us[now]
        if n_before[place] == 0:
            continue
        values[GAP, place] = dd_us[now]
        if dd_us[now] >= longest_us[0]:
            values[PAUSE, place] = dd_us[now]
            continue
        values[DD, place] = dd_us[now]
        values[SPREAD, place] = dd_us[now]
        values[UD, place] = ud_us[now]
        values[UU, place] = uu_us[now]
        values[PRIOR_HOLD, place] = hold_us[now - 1]
        if not np.isnan(ud_us[now]):
            values[ROLLOVER, place] = 1.0 if ud_us[now] < 0 else 0.0
        if n_before[place] > 1 and dd_us[now] + dd_us[now - 1] < longest_us[1]:
            values[DD2, place] = dd_us[now] + dd_us[now - 1]


@kernel
def _warp(values: FloatArray, warp: FloatArray) -> None:
    """Replace values by the logarithm of the clipped and shifted value."""
    lowest, highest, offset = warp
    for place in range(values.size):
        value = values[place]
        if value < lowest:
            value = lowest
        elif value > highest:
            value = highest
        values[place] = np.log(value + offset)  # NaN stays NaN


@kernel
def _add_means(values: FloatArray, slots: Array, first_cell: int, scratch: Scratch, n_touched: int) -> int:
    """Add values to the cells of their slots; return how many cells the piece has touched."""
    cells, touched = scratch
    for place in range(values.size):
        value, slot = values[place], slots[place]
        if slot >= 0 and not np.isnan(value):
            cell = first_cell + slot
            touched[n_touched] = cell  # kept only if the count was 0
            n_touched += cells[cell, 1] == 0
            cells[cell, 0] += value
            cells[cell, 1] += 1
    return n_touched


@kernel
def _grid_of(edges: FloatArray, first_bins: Array) -> float:
    """Prepare the search for bins: count the edges below each step of an even grid from first to last edge.

    Returns the number of steps per microsecond.
    """
    width = edges[-1] - edges[0] if edges.size else 0.0
    scale = (_GRID - 1) / width if width > 0 else 0.0
    below = 0
    for step in range(_GRID):
        while below < edges.size and int((edges[below] - edges[0]) * scale) < step:
            below += 1
        first_bins[step] = below
    return scale


@kernel
def _find_bins(values: FloatArray, edges: FloatArray, scale: float, first_bins: Array, found: Array) -> None:
    """Write how many edges lie at or below each value, -1 for NaN."""
    for place in range(values.size):
        value = values[place]
        if np.isnan(value):
            found[place] = -1
            continue
        below = 0
        if edges.size and value >= edges[0]:
            # The same rounding as in the table, so an edge on a lower step lies below the value.
            below = first_bins[int(min((value - edges[0]) * scale, _GRID - 1.0))]
            while below < edges.size and edges[below] <= value:
                below += 1
        found[place] = below


@kernel
def _add_shares(
    found: Array,
    slots: Array,
    bins: Array,
    first_cell: int,
    n_bins: int,
    other_cell: int,
    scratch: Scratch,
    n_touched: int,
) -> int:
    """Count presses in the bins of their slots; return how many cells the piece has touched."""
    cells, touched = scratch
    for place in range(found.size):
        below, slot = found[place], slots[place]
        if below < 0 or (slot < 0 and other_cell < 0):
            continue
        cell = first_cell + slot * n_bins + bins[below] if slot >= 0 else other_cell
        touched[n_touched] = cell
        n_touched += cells[cell, 1] == 0
        cells[cell, 0] += 1
        cells[cell, 1] += 1
    return n_touched


@kernel
def _count_before(dd_us: FloatArray, before: int, n_before: Array) -> int:
    """Write how many presses of the run, at most 2, came before each press; return the last number."""
    for place in range(dd_us.size):
        before = 0 if np.isnan(dd_us[place]) else min(before + 1, 2)
        n_before[place] = before
    return before


@kernel
def _move_out(scratch: Scratch, cells: Array, sums: Float32Array, counts: Array) -> None:
    """Write the touched cells out and clear them."""
    for entry in range(cells.size):
        cell = scratch.touched[entry]
        cells[entry] = cell
        sums[entry] = scratch.cells[cell, 0]
        counts[entry] = scratch.cells[cell, 1]
        scratch.cells[cell, 0] = 0.0
        scratch.cells[cell, 1] = 0.0


@kernel
def _room_for(plan: TallyPlan, offsets: IntArray) -> int:
    """Return a number of entries that suffices."""
    n_tasks = plan.means.shape[0] + plan.shares.shape[0]
    room = 0
    for piece in range(offsets.size - 1):
        room += min(plan.n_cells, n_tasks * (offsets[piece + 1] - offsets[piece]))
    return room


@kernel
def tally_presses(
    plan: TallyPlan,
    key: Array,
    hold_us: FloatArray,
    ud_us: FloatArray,
    dd_us: FloatArray,
    uu_us: FloatArray,
    offsets: IntArray,
) -> tuple[IntArray, Array, Float32Array, Array]:
    """Add up every press of every piece into cells.

    Parameters
    ----------
    plan : TallyPlan
        Contexts, quantities and cells.
    key : integer array of shape (n_presses,)
        Number of the key of each press.
    hold_us, ud_us, dd_us, uu_us : float64 arrays of shape (n_presses,)
        Timings as in :func:`~reid.kernels.keystroke.successive_latencies`; NaN is missing. A NaN in
        ``dd_us`` parts two runs.
    offsets : int64 array of shape (n_pieces + 1,)
        Presses ``offsets[i] .. offsets[i + 1] - 1`` belong to piece i.

    Returns
    -------
    entry_offsets : int64 array of shape (n_pieces + 1,)
        Entries ``entry_offsets[i] .. entry_offsets[i + 1] - 1`` belong to piece i.
    cells : uint16 array of shape (n_entries,)
        Cell of each entry, each at most once a piece, in the order of first appearance.
    sums : float32 array of shape (n_entries,)
        Sum of the (warped) values of a mean cell, added up in double precision; the count of a share cell.
    counts : uint32 array of shape (n_entries,)
        Number of observations, 1 or more.
    """
    room = _room_for(plan, offsets)
    cells = np.empty(room, dtype=np.uint16)
    sums = np.empty(room, dtype=np.float32)
    counts = np.empty(room, dtype=np.uint32)
    entry_offsets = np.zeros(offsets.size, dtype=np.int64)
    scratch = Scratch(np.zeros((plan.n_cells, 2)), np.empty(plan.n_cells + 1, dtype=np.int64))
    n_before = np.empty(_BLOCK, dtype=np.int8)
    slots = np.empty((plan.key_lags.size + plan.pair_slots.shape[0] + 1, _BLOCK), dtype=np.int16)
    values = np.empty((N_QUANTITIES, _BLOCK))
    found = np.empty((N_QUANTITIES, _BLOCK), dtype=np.int16)
    first_bins = np.empty((N_QUANTITIES, _GRID), dtype=np.int16)
    scales = np.empty(N_QUANTITIES)
    is_shared = np.zeros(N_QUANTITIES, dtype=np.bool_)
    is_shared[plan.shares[:, 0]] = True
    for quantity in range(N_QUANTITIES):
        edges = plan.edges[plan.edge_starts[quantity] : plan.edge_starts[quantity + 1]]
        scales[quantity] = _grid_of(edges, first_bins[quantity])
    n_entries = 0
    for piece in range(offsets.size - 1):
        n_touched, before = 0, 0
        for start in range(offsets[piece], offsets[piece + 1], _BLOCK):
            size = min(_BLOCK, offsets[piece + 1] - start)
            before = _count_before(dd_us[start : start + size], before, n_before)
            _fill_slots(plan, key, start, n_before[:size], slots)
            _fill_values(plan.longest_us, start, n_before[:size], hold_us, ud_us, dd_us, uu_us, values)
            for shared in np.flatnonzero(is_shared):
                edges = plan.edges[plan.edge_starts[shared] : plan.edge_starts[shared + 1]]
                grid = scales[shared], first_bins[shared]
                _find_bins(values[shared, :size], edges, *grid, found[shared, :size])
            for task in range(plan.shares.shape[0]):
                quantity, context, first_cell, n_bins, other_cell = plan.shares[task]
                n_touched = _add_shares(
                    found[quantity, :size], slots[context, :size], plan.bins[task],
                    first_cell, n_bins, other_cell, scratch, n_touched,
                )  # fmt: skip
            for quantity in range(N_QUANTITIES):
                if not np.isnan(plan.warp[quantity, 2]):
                    _warp(values[quantity, :size], plan.warp[quantity])
            values[SPREAD, :size] = (values[SPREAD, :size] - plan.spread_centre) ** 2
            for task in range(plan.means.shape[0]):
                quantity, context, first_cell = plan.means[task]
                n_touched = _add_means(
                    values[quantity, :size], slots[context, :size], first_cell, scratch, n_touched
                )
        past = n_entries + n_touched
        _move_out(scratch, cells[n_entries:past], sums[n_entries:past], counts[n_entries:past])
        n_entries = past
        entry_offsets[piece + 1] = n_entries
    return entry_offsets, cells[:n_entries], sums[:n_entries], counts[:n_entries]
