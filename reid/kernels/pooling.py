"""Pool the cells of pieces into the features of samples: flat arrays in, matrices out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import Array, Float32Array, IntArray


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
        What :func:`~reid.kernels.tally.tally_presses` returned.
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
