"""Groups of at least k points that lie close together: MDAV and V-MDAV."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray, IntArray


@kernel
def mdav(points: FloatArray, k: int) -> IntArray:
    """Partition points into groups of k, the last two of which may hold up to 2k - 1.

    While 3k points are left: the point farthest from the centroid of what is left takes its k - 1 nearest
    with it, then the point that lies farthest from that one does the same. Of 2k to 3k - 1 that are left, the
    one farthest from their centroid takes its k - 1 nearest, and the others are the last group.

    Parameters
    ----------
    points : float64 array of shape (n_points, n_dimensions)
        Finite coordinates.
    k : int
        Least size of a group, from 1 to n_points.

    Returns
    -------
    int64 array of shape (n_points,)
        Number of each point's group, from 0 in the order in which groups were made.

    Notes
    -----
    Distances are Euclidean. Of points that are equally far the first one is taken.

    References
    ----------
    .. [1] Domingo-Ferrer, Torra (2005). Ordinal, Continuous and Heterogeneous k-Anonymity Through
       Microaggregation. Data Mining and Knowledge Discovery 11(2).
    """
    group = np.full(points.shape[0], -1, dtype=np.int64)
    left = np.arange(points.shape[0])
    far = np.empty(points.shape[0])
    n_groups = 0
    while left.size >= 3 * k:
        _write_distances(points, left, _centroid(points, left), far)
        first = left[_farthest(far, left.size)]
        _write_distances(points, left, points[first], far)
        second = left[_farthest(far, left.size)]
        left = _take_nearest(left, far, first, k, group, n_groups)
        if group[second] < 0:  # else all that are left lie in one place
            _write_distances(points, left, points[second], far)
        else:
            second = left[0]
            _write_distances(points, left, points[second], far)
        left = _take_nearest(left, far, second, k, group, n_groups + 1)
        n_groups += 2
    if left.size >= 2 * k:
        _write_distances(points, left, _centroid(points, left), far)
        first = left[_farthest(far, left.size)]
        _write_distances(points, left, points[first], far)
        left = _take_nearest(left, far, first, k, group, n_groups)
        n_groups += 1
    group[left] = n_groups
    return group


@kernel
def v_mdav(points: FloatArray, k: int, gamma: float) -> IntArray:
    """Partition points into groups of k to 2k - 1, larger where neighbours crowd.

    While k points are left, the one farthest from the centroid of all takes its k - 1 nearest with it. The
    group then takes in the point nearest to any of its own, as long as that one is nearer than ``gamma``
    times its way to the nearest other point that is left, up to 2k - 1 points. Those that are left at the
    end, fewer than k, join the group whose centroid (before they join) is nearest.

    Parameters
    ----------
    points : float64 array of shape (n_points, n_dimensions)
        Finite coordinates.
    k : int
        Least size of a group, from 1 to n_points.
    gamma : float
        How readily groups grow, from 0 (never).

    Returns
    -------
    int64 array of shape (n_points,)
        Number of each point's group, from 0 in the order in which groups were made.

    Notes
    -----
    Distances are Euclidean. Of points that are equally far the first one is taken.

    References
    ----------
    .. [1] Solanas, Martinez-Balleste (2006). V-MDAV: A Multivariate Microaggregation With Variable Group
       Size. COMPSTAT.
    """
    n_points = points.shape[0]
    group = np.full(n_points, -1, dtype=np.int64)
    left = np.arange(n_points)
    from_centre, far, to_group = np.empty((3, n_points))
    _write_distances(points, left, _centroid(points, left), from_centre)
    n_groups = 0
    while left.size >= k:
        first = left[_farthest(from_centre[left], left.size)]
        _write_distances(points, left, points[first], far)
        left = _take_nearest(left, far, first, k, group, n_groups)
        to_group[: left.size] = np.inf
        for member in np.flatnonzero(group == n_groups):
            _approach(points, left, points[member], to_group)
        size = k
        while size < 2 * k - 1 and left.size > 0:
            place = _nearest(to_group, left.size, -1)
            near = left[place]
            _write_distances(points, left, points[near], far)
            if left.size > 1:
                onward = far[_nearest(far, left.size, place)]
                if not to_group[place] < gamma * gamma * onward:  # of squares
                    break
            elif not gamma > 0:
                break
            group[near] = n_groups
            to_group[place : left.size - 1] = to_group[place + 1 : left.size].copy()
            left = np.delete(left, place)
            _approach(points, left, points[near], to_group)
            size += 1
        n_groups += 1
    if left.size:
        centroids = np.empty((n_groups, points.shape[1]))
        for number in range(n_groups):
            centroids[number] = _centroid(points, np.flatnonzero(group == number))
        every = np.arange(n_groups)
        for point in left:
            _write_distances(centroids, every, points[point], far)
            group[point] = _nearest(far, n_groups, -1)
    return group


@kernel
def _centroid(points: FloatArray, members: IntArray) -> FloatArray:
    total = np.zeros(points.shape[1])
    for member in members:
        for dimension in range(points.shape[1]):
            total[dimension] += points[member, dimension]
    return total / members.size


@kernel
def _write_distances(points: FloatArray, members: IntArray, place: FloatArray, squared: FloatArray) -> None:
    """Write the squared distance of each member from a place to the front of ``squared``."""
    for number in range(members.size):
        total = 0.0
        for dimension in range(points.shape[1]):
            way = points[members[number], dimension] - place[dimension]
            total += way * way
        squared[number] = total


@kernel
def _approach(points: FloatArray, members: IntArray, place: FloatArray, squared: FloatArray) -> None:
    """Lower the squared distances of members from a group, which a point at this place has joined."""
    for number in range(members.size):
        total = 0.0
        for dimension in range(points.shape[1]):
            way = points[members[number], dimension] - place[dimension]
            total += way * way
        squared[number] = min(squared[number], total)


@kernel
def _farthest(squared: FloatArray, size: int) -> int:
    best = 0
    for number in range(1, size):
        if squared[number] > squared[best]:
            best = number
    return best


@kernel
def _nearest(squared: FloatArray, size: int, but: int) -> int:
    """Return the first of the nearest; ``but`` is passed over."""
    best = -1
    for number in range(size):
        if number != but and (best < 0 or squared[number] < squared[best]):
            best = number
    return best


@kernel
def _take_nearest(
    left: IntArray, squared: FloatArray, seed: int, k: int, group: IntArray, number: int
) -> IntArray:
    """Put a point and its k - 1 nearest into a group; return the points that are left, in their order."""
    group[seed] = number
    near = np.empty(max(k - 1, 1), dtype=np.int64)
    near_squared = np.empty(max(k - 1, 1))
    n_near = 0
    for place in range(left.size):
        if left[place] == seed or (n_near == k - 1 and not squared[place] < near_squared[n_near - 1]):
            continue
        if k == 1:
            break
        at = n_near if n_near < k - 1 else n_near - 1
        while at > 0 and squared[place] < near_squared[at - 1]:
            near[at], near_squared[at] = near[at - 1], near_squared[at - 1]
            at -= 1
        near[at], near_squared[at] = left[place], squared[place]
        n_near = min(n_near + 1, k - 1)
    for place in range(n_near):
        group[near[place]] = number
    kept = np.empty(left.size - n_near - 1, dtype=np.int64)
    n_kept = 0
    for point in left:
        if group[point] < 0:
            kept[n_kept] = point
            n_kept += 1
    return kept
