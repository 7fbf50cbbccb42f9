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
    mean_starts: IntArray  #: (N_QUANTITIES + 1,), rows of ``means`` that belong to each quantity
    means: IntArray  #: (n_means, 2): context, first cell; the cell of a slot is first cell + slot
    shares: IntArray  #: (n_shares, 6): quantity, context, first cell, first edge, last edge + 1, other cell
    edges: FloatArray  #: inner borders of the bins of all shares, increasing within a share
    n_cells: int  #: number of cells


class Scratch(NamedTuple):
    """Cells of the piece that is being added up."""

    sums: FloatArray  #: (n_cells,)
    counts: IntArray  #: (n_cells,)
    touched: IntArray  #: (n_cells,), the cells whose count is not 0, in the order of first appearance


@kernel
def _bin(value: float, edges: FloatArray, start: int, stop: int) -> int:
    """Return how many of the edges lie at or below the value."""
    low, high = start, stop
    while low < high:
        middle = (low + high) // 2
        if edges[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low - start


@kernel
def _fill_slots(plan: TallyPlan, key: Array, now: int, n_before: int, slots: IntArray) -> None:
    """Look up the slot of the press in every context; ``n_before`` presses of the run came before it."""
    n_single, n_pairs = plan.key_lags.size, plan.pair_slots.shape[0]
    for context in range(n_single):
        lag = plan.key_lags[context]
        slots[context] = plan.key_slots[context, key[now - lag]] if lag <= n_before else -1
    for pair in range(n_pairs):
        slots[n_single + pair] = plan.pair_slots[pair, key[now - 1], key[now]] if n_before >= 1 else -1
    slots[n_single + n_pairs] = -1
    if n_before >= 2:  # noqa: PLR2004  a trigraph is three presses
        first = plan.first_pairs[key[now - 2], key[now - 1]]
        if first >= 0:
            slots[n_single + n_pairs] = plan.trigraph_slots[first, key[now]]


@kernel
def _warped(value: float, warp: FloatArray) -> float:
    """Return the logarithm of the clipped and shifted value, or the value itself."""
    if np.isnan(warp[2]):
        return value
    return float(np.log(min(max(value, warp[0]), warp[1]) + warp[2]))


@kernel
def _time_press(
    plan: TallyPlan,
    now: int,
    n_before: int,
    hold_us: FloatArray,
    ud_us: FloatArray,
    dd_us: FloatArray,
    uu_us: FloatArray,
    values: FloatArray,
) -> None:
    """Write every quantity of the press into ``values``; NaN is missing."""
    values[:] = np.nan
    values[PRESS] = 1.0
    values[HOLD] = hold_us[now]
    if n_before == 0:
        return
    values[GAP] = dd_us[now]
    if dd_us[now] >= plan.longest_us[0]:
        values[PAUSE] = dd_us[now]
        return
    values[DD] = dd_us[now]
    values[SPREAD] = dd_us[now]
    values[UD] = ud_us[now]
    values[UU] = uu_us[now]
    values[PRIOR_HOLD] = hold_us[now - 1]
    if not np.isnan(ud_us[now]):
        values[ROLLOVER] = 1.0 if ud_us[now] < 0 else 0.0
    if n_before > 1 and dd_us[now] + dd_us[now - 1] < plan.longest_us[1]:
        values[DD2] = dd_us[now] + dd_us[now - 1]


@kernel
def _add(cell: int, value: float, scratch: Scratch, n_touched: int) -> int:
    """Add one observation; return how many cells the piece has touched."""
    if scratch.counts[cell] == 0:
        scratch.touched[n_touched] = cell
        n_touched += 1
    scratch.sums[cell] += value
    scratch.counts[cell] += 1
    return n_touched


@kernel
def _add_means(plan: TallyPlan, values: FloatArray, slots: IntArray, scratch: Scratch, n_touched: int) -> int:
    """Add the (warped) quantities of one press to the mean cells."""
    for quantity in range(N_QUANTITIES):
        start, stop = plan.mean_starts[quantity], plan.mean_starts[quantity + 1]
        if start == stop or np.isnan(values[quantity]):
            continue
        value = _warped(values[quantity], plan.warp[quantity])
        if quantity == SPREAD:
            value = (value - plan.spread_centre) ** 2
        for task in range(start, stop):
            slot = slots[plan.means[task, 0]]
            if slot >= 0:
                n_touched = _add(plan.means[task, 1] + slot, value, scratch, n_touched)
    return n_touched


@kernel
def _add_shares(
    plan: TallyPlan, values: FloatArray, slots: IntArray, scratch: Scratch, n_touched: int
) -> int:
    """Count one press in its bin of every share."""
    for task in range(plan.shares.shape[0]):
        quantity, context, first_cell, start, stop, cell = plan.shares[task]
        value, slot = values[quantity], slots[context]
        if np.isnan(value):
            continue
        if slot >= 0:
            cell = first_cell + slot * (stop - start + 1) + _bin(value, plan.edges, start, stop)
        if cell >= 0:
            n_touched = _add(cell, 1.0, scratch, n_touched)
    return n_touched


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
    n_tasks = plan.means.shape[0] + plan.shares.shape[0]
    room = 0
    for piece in range(offsets.size - 1):
        room += min(plan.n_cells, n_tasks * (offsets[piece + 1] - offsets[piece]))
    cells = np.empty(room, dtype=np.uint16)
    sums = np.empty(room, dtype=np.float32)
    counts = np.empty(room, dtype=np.uint32)
    entry_offsets = np.zeros(offsets.size, dtype=np.int64)
    scratch = Scratch(
        np.zeros(plan.n_cells), np.zeros(plan.n_cells, dtype=np.int64), np.empty(plan.n_cells, dtype=np.int64)
    )
    slots = np.empty(plan.key_lags.size + plan.pair_slots.shape[0] + 1, dtype=np.int64)
    values = np.empty(N_QUANTITIES)
    n_entries = 0
    for piece in range(offsets.size - 1):
        n_touched, n_before = 0, 0
        for now in range(offsets[piece], offsets[piece + 1]):
            n_before = 0 if np.isnan(dd_us[now]) else n_before + 1
            _fill_slots(plan, key, now, n_before, slots)
            _time_press(plan, now, n_before, hold_us, ud_us, dd_us, uu_us, values)
            n_touched = _add_means(plan, values, slots, scratch, n_touched)
            n_touched = _add_shares(plan, values, slots, scratch, n_touched)
        for cell in scratch.touched[:n_touched]:
            cells[n_entries] = cell
            sums[n_entries] = scratch.sums[cell]
            counts[n_entries] = scratch.counts[cell]
            scratch.sums[cell] = 0.0
            scratch.counts[cell] = 0
            n_entries += 1
        entry_offsets[piece + 1] = n_entries
    return entry_offsets, cells[:n_entries], sums[:n_entries], counts[:n_entries]


@kernel
def pool_tallies(
    entry_offsets: IntArray,
    cells: Array,
    sums: Float32Array,
    counts: Array,
    sample_offsets: IntArray,
    members: IntArray,
    group_of_cell: IntArray,
    cell_of_feature: IntArray,
) -> tuple[Float32Array, Float32Array]:
    """Pool the cells of the pieces of each sample into one row of features.

    Parameters
    ----------
    entry_offsets, cells, sums, counts
        What :func:`tally_presses` returned.
    sample_offsets, members : int64 arrays of shape (n_samples + 1,) and (n_members,)
        Sample i is pooled from pieces ``members[sample_offsets[i]:sample_offsets[i + 1]]``.
    group_of_cell : int64 array of shape (n_cells,)
        Group of cells whose counts a share cell is divided by; -1 marks a mean cell.
    cell_of_feature : int64 array of shape (n_features,)
        Cell that each feature shows.

    Returns
    -------
    values : float32 array of shape (n_samples, n_features)
        Mean of the observations, or share of the group; NaN where there are none.
    counts : float32 array of shape (n_samples, n_features)
        Number of observations of the cell, or of its group.
    """
    n_samples, n_features = sample_offsets.size - 1, cell_of_feature.size
    values = np.empty((n_samples, n_features), dtype=np.float32)
    feature_counts = np.empty((n_samples, n_features), dtype=np.float32)
    total = np.empty(group_of_cell.size)
    observed = np.empty(group_of_cell.size, dtype=np.int64)
    in_group = np.empty(group_of_cell.max() + 2, dtype=np.int64)
    for sample in range(n_samples):
        total[:] = 0.0
        observed[:] = 0
        in_group[:] = 0
        for place in range(sample_offsets[sample], sample_offsets[sample + 1]):
            piece = members[place]
            for entry in range(entry_offsets[piece], entry_offsets[piece + 1]):
                cell = cells[entry]
                total[cell] += sums[entry]
                observed[cell] += counts[entry]
                if group_of_cell[cell] >= 0:
                    in_group[group_of_cell[cell]] += counts[entry]
        for feature in range(n_features):
            cell = cell_of_feature[feature]
            group = group_of_cell[cell]
            n = observed[cell] if group < 0 else in_group[group]
            values[sample, feature] = total[cell] / n if n > 0 else np.nan
            feature_counts[sample, feature] = n
    return values, feature_counts
