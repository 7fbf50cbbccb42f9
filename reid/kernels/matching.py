"""One pass over a block of raw scores: normalise each, tell what ranks and error rates need, keep none."""

import numpy as np

from reid.kernels._jit import row_kernel
from reid.typing import Float32Array, FloatArray, Int32Array, IntArray, UInt32Array

FAILED = 0  #: bin of failed comparisons
UNDER = 1  #: bin of all scores below the lowest edge; the one after the last holds all above


@row_kernel
def _place(score: float, low: float, per_unit: float, over: float) -> float:
    """Return the number of the bin as a float that is still to be cut; that of a NaN is ``UNDER``."""
    place = (score - low) * per_unit + 2.0
    place = place if place > 1.0 else 1.0  # noqa: FURB136  min and max treat a NaN otherwise
    return place if place < over else over  # noqa: FURB136


@row_kernel
def _tally_span(
    raw: Float32Array,
    probe: tuple[float, float, float],
    template_mean: FloatArray,
    template_spread: FloatArray,
    low: float,
    per_unit: float,
    over: float,
    places: Int32Array,
    tile: UInt32Array,
) -> tuple[int, int, int, int]:
    """Tally some columns of a probe, given its mean, spread and own score.

    Returns how many score better, tie and have a score at all, and the highest bin. Counters of 32 bits keep
    the loop four times faster.
    """
    mean, spread, mine = probe
    better = tied = present = np.int32(0)
    highest = np.int32(0)
    for column in range(raw.size):
        value = np.float64(raw[column])
        by_template = (value - template_mean[column]) / template_spread[column]
        score = 0.5 * ((value - mean) / spread + by_template)
        better += np.int32(score > mine)
        tied += np.int32(score == mine)
        present += np.int32(score > -np.inf)
        place = np.int32(_place(score, low, per_unit, over))
        highest = max(highest, place)
        places[column] = place
    for column in range(raw.size):
        tile[np.uint32(places[column])] += np.uint32(1)
    return int(better), int(tied), int(present), int(highest)


@row_kernel
def _highest_of_span(
    raw: Float32Array, mean: float, spread: float, template_mean: FloatArray, template_spread: FloatArray
) -> tuple[float, int, int, int]:
    """Return the highest score of some columns, the first that has it, how many do, and how many are NaN."""
    highest, who, count, failed = -np.inf, -1, 0, 0
    for column in range(raw.size):
        value = np.float64(raw[column])
        by_template = (value - template_mean[column]) / template_spread[column]
        score = 0.5 * ((value - mean) / spread + by_template)
        if score > highest:
            highest, who, count = score, column, 1
        elif score == highest and score > -np.inf:
            count += 1
        elif np.isnan(score):
            failed += 1
    return highest, who, count, failed


@row_kernel
def tally_block(  # noqa: C901, PLR0912  one pass: what is kept between tiles stays in the cache
    raw: Float32Array,
    probe_mean: FloatArray,
    probe_spread: FloatArray,
    template_mean: FloatArray,
    template_spread: FloatArray,
    own_score: FloatArray,
    own_column: IntArray,
    maker_group: IntArray,
    first_column: int,
    starts: IntArray,
    low: float,
    per_unit: float,
    better: UInt32Array,
    tied: UInt32Array,
    highest: FloatArray,
    highest_group: IntArray,
    nearest: IntArray,
    first_maker: int,
    by_maker: IntArray,
    by_claimed: IntArray,
    in_both: IntArray,
) -> int:
    """Normalise a block of raw scores and add what is told of them to the arrays given.

    Parameters
    ----------
    raw : float32 array of shape (at least n_rows, at least n_columns)
        Products of probes and templates.
    probe_mean, probe_spread : float64 arrays of shape (n_rows,)
        Of the score of each probe with the cohort.
    template_mean, template_spread : float64 arrays of shape (n_columns,)
        Of the score of each template with the cohort.
    own_score : float64 array of shape (n_rows,)
        Normalised score of each probe with its own person; NaN where that failed.
    own_column : int64 array of shape (n_rows,)
        Column of that person among all, skipped here.
    maker_group : int64 array of shape (n_rows,)
        Group of that person, non-decreasing.
    first_column : int
        Of this block among all columns.
    starts : int64 array of shape (n_groups + 1,)
        First column of each group of people, among all columns.
    low, per_unit : float
        Lowest edge of the bins and how many there are in one unit of the score.
    better, tied : uint32 arrays of shape (n_rows, n_groups)
        Added to: others of each group who score above, and as, the own person.
    highest : float64 array of shape (n_rows, 2)
        Raised: highest score of another person, and the highest of those of other groups than that one's.
    highest_group : int64 array of shape (n_rows, 2)
        Whose group they are of; -1 where there is none.
    nearest : int64 array of shape (n_rows, 2)
        Column of the highest score, the first of several, and how many have it.
    first_maker : int
        Group that the first row of ``by_maker`` and ``in_both`` stands for.
    by_maker, in_both : int64 arrays of shape (n_makers, n_bins)
        Added to: scores with others by group of the maker and bin, of everybody and of that group alone. Bin
        0 holds failures, 1 what lies below the lowest edge, the last what lies above the highest.
    by_claimed : int64 array of shape (n_groups, n_bins)
        Added to: the same scores by group of those others.

    Returns
    -------
    int
        Scores of other people that are NaN.

    Notes
    -----
    A score is the mean of what it is above its probe's mean, in spreads of the probe, and above its
    template's, operation by operation as in :func:`reid.attackers.normalisation.s_norm`.
    """
    n_rows, n_columns = own_score.size, template_mean.size
    n_bins = by_maker.shape[1]
    n_failed = 0
    places = np.empty(max(n_columns, 1), dtype=np.int32)
    tile = np.zeros(n_bins, dtype=np.uint32)
    over = np.float64(n_bins - 1)
    row = 0
    while row < n_rows:
        maker = maker_group[row]
        after = row
        while after < n_rows and maker_group[after] == maker:
            after += 1
        for claimed in range(starts.size - 1):
            first = max(starts[claimed] - first_column, 0)
            stop = min(starts[claimed + 1] - first_column, n_columns)
            if first >= stop:
                continue
            for probe in range(row, after):
                own = own_column[probe] - first_column
                mean, spread, mine = probe_mean[probe], probe_spread[probe], own_score[probe]
                rival = _place(highest[probe, 1], low, per_unit, over)
                for part in range(2):  # before and after the own person
                    if part == 0:
                        start = first
                        end = own if first <= own < stop else stop
                    elif first <= own < stop:
                        start, end = own + 1, stop
                    else:
                        break
                    if start >= end:
                        continue
                    scores = raw[probe, start:end]
                    means, spreads = template_mean[start:end], template_spread[start:end]
                    n_better, n_tied, n_present, top = _tally_span(
                        scores, (mean, spread, mine), means, spreads, low, per_unit, over, places, tile
                    )
                    better[probe, claimed] += np.uint32(n_better)
                    tied[probe, claimed] += np.uint32(n_tied)
                    absent = end - start - n_present
                    if absent == 0 and top < np.int32(rival):
                        continue  # nobody here comes near the highest two: the usual case
                    score, who, count, failed = _highest_of_span(scores, mean, spread, means, spreads)
                    tile[UNDER] -= np.uint32(absent)
                    tile[FAILED] += np.uint32(absent)
                    n_failed += failed
                    _raise(highest[probe], highest_group[probe], nearest[probe], score, claimed,
                           start + who + first_column, count)  # fmt: skip
            for number in range(n_bins):
                held = np.int64(tile[number])
                by_maker[maker - first_maker, number] += held
                by_claimed[claimed, number] += held
            if maker == claimed:
                for number in range(n_bins):
                    in_both[maker - first_maker, number] += np.int64(tile[number])
            tile[:] = 0
        row = after
    return n_failed


@row_kernel
def _raise(
    highest: FloatArray, group: IntArray, nearest: IntArray, score: float, of_group: int, who: int, count: int
) -> None:
    """Keep the highest score, who has it, and the highest among the other groups."""
    if count == 0:
        return
    if score > highest[0]:
        if group[0] != of_group:
            highest[1], group[1] = highest[0], group[0]
        highest[0], group[0] = score, of_group
        nearest[0], nearest[1] = who, count
        return
    if score == highest[0]:
        nearest[1] += count
    if group[0] != of_group and score > highest[1]:
        highest[1], group[1] = score, of_group
