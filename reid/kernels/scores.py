"""Loops over comparison scores: ranks, error rates and their resampling over people.

Places are unsigned: a signed index costs a test for counting from the end, a quarter of the time here.
"""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import BoolArray, FloatArray, IntArray, UInt32Array


@kernel
def error_crossing(genuine: FloatArray, impostor: FloatArray) -> float:
    """Find where the ROC polyline of two sorted samples crosses FMR = FNMR.

    Parameters
    ----------
    genuine : float64 array of shape (n_genuine,)
        Scores of genuine comparisons, ascending, not empty, without NaN.
    impostor : float64 array of shape (n_impostor,)
        Scores of impostor comparisons, ascending, not empty, without NaN.

    Returns
    -------
    float
        Equal error rate in ``[0, 1]``.
    """
    return error_crossing_from(0, 0, genuine.size, impostor.size, genuine, impostor)


@kernel
def error_crossing_from(
    n_rejected: int,
    n_passed_by: int,
    n_genuine: int,
    n_impostor: int,
    genuine: FloatArray,
    impostor: FloatArray,
) -> float:
    """Find where the ROC polyline crosses FMR = FNMR, of samples of which only a middle part is at hand.

    Parameters
    ----------
    n_rejected, n_passed_by : int
        Genuine and impostor scores below all that are given; up to there the line has not crossed.
    n_genuine, n_impostor : int
        Genuine and impostor scores altogether, at least 1 each.
    genuine, impostor : float64 arrays of shapes (n_near_genuine,) and (n_near_impostor,)
        Scores of the part, ascending, without NaN; the line crosses at one of them.

    Returns
    -------
    float
        Equal error rate in ``[0, 1]``.
    """
    rejected = passed_by = 0  # genuine and impostor scores of the part below the threshold
    fnmr = n_rejected / n_genuine
    gap = fnmr - (n_impostor - n_passed_by) / n_impostor
    while rejected < genuine.size or passed_by < impostor.size:
        if passed_by == impostor.size or (
            rejected < genuine.size and genuine[rejected] < impostor[passed_by]
        ):
            threshold = genuine[rejected]
        else:
            threshold = impostor[passed_by]
        while rejected < genuine.size and genuine[rejected] == threshold:
            rejected += 1
        while passed_by < impostor.size and impostor[passed_by] == threshold:
            passed_by += 1
        next_fnmr = (n_rejected + rejected) / n_genuine
        next_gap = next_fnmr - (n_impostor - n_passed_by - passed_by) / n_impostor
        if next_gap >= 0:
            return fnmr - gap / (next_gap - gap) * (next_fnmr - fnmr)
        fnmr, gap = next_fnmr, next_gap
    return fnmr


@kernel
def half_wins(genuine: FloatArray, impostor: FloatArray) -> int:
    """Count the pairs in which the genuine score is higher, twice, plus the ties, once.

    Parameters
    ----------
    genuine, impostor : float64 arrays of shapes (n_genuine,) and (n_impostor,)
        Scores, ascending, without NaN.

    Returns
    -------
    int
        Between 0 and ``2 * n_genuine * n_impostor``.
    """
    below = upto = 0  # impostor scores below, and not above, the genuine score
    total = 0
    for score in genuine:
        while below < impostor.size and impostor[below] < score:
            below += 1
        upto = max(upto, below)
        while upto < impostor.size and impostor[upto] == score:
            upto += 1
        total += below + upto
    return total


@kernel
def better_and_tied(scores: FloatArray, own: IntArray) -> tuple[IntArray, IntArray]:
    """Count the people that each probe resembles more than, and as much as, its own person.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison.
    own : int64 array of shape (n_probes,)
        Column of the person who made the probe.

    Returns
    -------
    better, tied : int64 arrays of shape (n_probes,)
        Numbers of *other* people. A NaN of another person ranks behind every score; a probe whose
        own score is NaN has ``better = n_people``, behind everyone, and ``tied = 0``.
    """
    n_probes, n_people = scores.shape
    better = np.zeros(n_probes, dtype=np.int64)
    tied = np.zeros(n_probes, dtype=np.int64)
    for probe in range(n_probes):
        mine = scores[probe, own[probe]]
        if np.isnan(mine):
            better[probe] = n_people
            continue
        for person in range(n_people):
            other = scores[probe, person]
            if other > mine:
                better[probe] += 1
            elif other == mine:
                tied[probe] += 1
        tied[probe] -= 1  # the probe's own person
    return better, tied


@kernel
def sums_without_each(
    scores: FloatArray, own: IntArray, beaten: FloatArray, tied: FloatArray, better: FloatArray
) -> FloatArray:
    """Add up what probes are worth after each person in turn is taken away, as probe and as template.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison.
    own : int64 array of shape (n_probes,)
        Column of the person who made the probe.
    beaten, tied, better : float64 arrays of shape (n_probes,)
        Worth of the probe when a person is taken away whom its own person beats, ties with, or
        loses to.

    Returns
    -------
    float64 array of shape (n_people,)
        Sum over the probes of all other people.
    """
    n_probes, n_people = scores.shape
    sums = np.zeros(n_people)
    for probe in range(n_probes):
        mine = scores[probe, own[probe]]
        for person in range(n_people):
            other = scores[probe, person]
            if person == own[probe]:
                continue
            if other > mine:
                sums[person] += better[probe]
            elif other == mine:
                sums[person] += tied[probe]
            else:
                sums[person] += beaten[probe]
    return sums


@kernel
def places_among(values: FloatArray, scores: FloatArray) -> UInt32Array:
    """Tell between, or on, which of some values each score lies.

    Parameters
    ----------
    values : float64 array of shape (n_values,)
        Ascending and distinct.
    scores : float64 array of shape (n_scores,)
        Without NaN.

    Returns
    -------
    uint32 array of shape (n_scores,)
        ``2 * r`` for a score with r values below it that equals none, ``2 * r + 1`` where it equals
        value r.
    """
    places = np.empty(scores.size, dtype=np.uint32)
    for number in range(scores.size):
        score = scores[number]
        low, high = 0, values.size
        while low < high:
            middle = (low + high) // 2
            if values[middle] < score:
                low = middle + 1
            else:
                high = middle
        on_it = low < values.size and values[low] == score
        places[number] = 2 * low + (1 if on_it else 0)
    return places


@kernel
def crossing_of_masses(genuine: IntArray, impostor: IntArray, n_values: int) -> float:
    """Find the equal error rate of weighted scores that are sorted into places.

    Parameters
    ----------
    genuine : int64 array of shape (at least n_values,)
        Weight of the genuine scores on each distinct value, ascending.
    impostor : int64 array of shape (at least 2 * n_values + 1,)
        Weight of the impostor scores in each place of :func:`places_among`.
    n_values : int
        Number of distinct genuine values.

    Returns
    -------
    float
        Equal error rate in ``[0, 1]``; NaN where either side has no weight.
    """
    n_genuine = int(genuine[:n_values].sum())
    n_impostor = int(impostor[: 2 * n_values + 1].sum())
    if n_genuine == 0 or n_impostor == 0:
        return float(np.nan)
    rejected = 0
    passed_by = 0
    fnmr, gap = 0.0, -1.0
    for place in range(2 * n_values + 1):
        passed_by += int(impostor[place])
        if place % 2:
            rejected += int(genuine[place // 2])
        next_fnmr = rejected / n_genuine
        next_gap = next_fnmr - (n_impostor - passed_by) / n_impostor
        if next_gap >= 0:
            return fnmr - gap / (next_gap - gap) * (next_fnmr - fnmr)
        fnmr, gap = next_fnmr, next_gap
    return fnmr


@kernel
def hit_rate_of_masses(genuine: IntArray, impostor: IntArray, n_values: int, fmr: float) -> float:
    """Find the true match rate at a false match rate, on the polyline of the ROC.

    Parameters
    ----------
    genuine, impostor : int64 arrays
        As in :func:`crossing_of_masses`.
    n_values : int
        Number of distinct genuine values.
    fmr : float
        In [0, 1].

    Returns
    -------
    float
        In ``[0, 1]``; NaN where either side has no weight.
    """
    n_genuine = int(genuine[:n_values].sum())
    n_impostor = int(impostor[: 2 * n_values + 1].sum())
    if n_genuine == 0 or n_impostor == 0:
        return float(np.nan)
    allowed = fmr * n_impostor
    matched = passed = 0  # genuine and impostor weight at and above the threshold
    for place in range(2 * n_values, -1, -1):
        more = int(impostor[place])
        own = int(genuine[place // 2]) if place % 2 else 0
        if passed + more > allowed:
            return (matched + own * (allowed - passed) / more) / n_genuine
        passed += more
        matched += own
    return matched / n_genuine


@kernel
def weighted_rates(
    weight: IntArray,
    genuine_starts: IntArray,
    genuine_rank: UInt32Array,
    genuine_own_rank: UInt32Array,
    n_values: int,
    n_own_values: IntArray,
    impostor_starts: IntArray,
    impostor_maker: UInt32Array,
    impostor_place: UInt32Array,
    impostor_own_place: UInt32Array,
    judged: BoolArray,
    fmr: FloatArray,
) -> tuple[float, float, FloatArray, FloatArray]:
    """Compute error rates of comparisons in which each person counts so many times.

    Comparisons are grouped by the claimed person: those of person i are
    ``starts[i] .. starts[i + 1] - 1``. A genuine comparison weighs ``weight[claimed]``, an impostor
    one ``weight[claimed] * weight[maker]``, so that copies of one person are never compared as
    impostors.

    Parameters
    ----------
    weight : int64 array of shape (n_people + 1,)
        How often each person counts; the last entry is for makers who are not known.
    genuine_starts, impostor_starts : int64 arrays of shape (n_people + 1,)
        First comparison of each claimed person.
    genuine_rank, genuine_own_rank : uint32 arrays of shape (n_genuine,)
        Rank of each score among the distinct genuine values, of all people and of the claimed one.
    n_values : int
        Number of distinct genuine values of all people.
    n_own_values : int64 array of shape (n_people,)
        Number of distinct genuine values of each claimed person.
    impostor_maker : uint32 array of shape (n_impostor,)
        Who made the sample, ``n_people`` where that is not known.
    impostor_place, impostor_own_place : uint32 arrays of shape (n_impostor,)
        Place of each score among the genuine values of all people, and of the claimed person.
    judged : bool array of shape (n_people,)
        Whose own error rate is wanted.
    fmr : float64 array of shape (n_rates,)
        False match rates at which the true match rate is wanted.

    Returns
    -------
    eer, auc : float
        With one threshold for all; NaN where either side has no weight.
    own_eer : float64 array of shape (n_people,)
        Equal error rate of each claimed person; NaN where not judged or without weight.
    tmr : float64 array of shape (n_rates,)
        True match rates with one threshold for all; NaN where either side has no weight.
    """
    n_people = weight.size - 1
    genuine_mass = np.zeros(n_values, dtype=np.int64)
    impostor_mass = np.zeros(2 * n_values + 1, dtype=np.int64)
    most = n_own_values.max() if n_people else 0
    own_genuine = np.zeros(most, dtype=np.int64)
    own_impostor = np.zeros(2 * most + 1, dtype=np.int64)
    own_eer = np.full(n_people, np.nan)
    for person in range(n_people):
        times = weight[person]
        if times == 0:
            continue
        own_impostor[:] = 0
        total = above = 0
        for row in range(impostor_starts[person], impostor_starts[person + 1]):
            mass = weight[impostor_maker[row]]
            impostor_mass[impostor_place[row]] += mass * times
            total += mass
            if impostor_own_place[row] > 0:  # most lie below: adding all of them to one place is slow
                own_impostor[impostor_own_place[row]] += mass
                above += mass
        own_impostor[0] = total - above
        own_genuine[:] = 0
        for row in range(genuine_starts[person], genuine_starts[person + 1]):
            genuine_mass[genuine_rank[row]] += times
            own_genuine[genuine_own_rank[row]] += 1
        if judged[person]:
            own_eer[person] = crossing_of_masses(own_genuine, own_impostor, n_own_values[person])
    eer = crossing_of_masses(genuine_mass, impostor_mass, n_values)
    won = 0.0
    below = 0
    for value in range(n_values):
        below += impostor_mass[2 * value]
        on_it = impostor_mass[2 * value + 1]
        won += genuine_mass[value] * (below + 0.5 * on_it)
        below += on_it
    pairs = float(genuine_mass.sum()) * float(impostor_mass.sum())
    auc = won / pairs if pairs > 0 else np.nan
    tmr = np.empty(fmr.size)
    for rate in range(fmr.size):
        tmr[rate] = hit_rate_of_masses(genuine_mass, impostor_mass, n_values, fmr[rate])
    return eer, auc, own_eer, tmr
