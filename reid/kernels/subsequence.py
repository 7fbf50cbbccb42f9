"""What two sequences have in common, in order: places in, matched places out."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import IntArray


@kernel
def _alike_at_ends(one: IntArray, other: IntArray) -> tuple[int, int]:
    """Return how many places are alike from the start, and from the end among the others."""
    shorter = min(one.size, other.size)
    head = 0
    while head < shorter and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < shorter - head and one[one.size - 1 - tail] == other[other.size - 1 - tail]:
        tail += 1
    return head, tail


@kernel
def common_length(one: IntArray, other: IntArray) -> int:
    """Return the length of the longest common subsequence of two sequences [1]_.

    Parameters
    ----------
    one, other : int64 arrays of shapes (n_one,) and (n_other,)
        Symbols.

    Returns
    -------
    int
        From 0 to the length of the shorter one.

    References
    ----------
    .. [1] Myers (1986). An O(ND) difference algorithm and its variations. Algorithmica 1, 251-266.

    Examples
    --------
    >>> common_length(np.array([1, 2, 3, 4]), np.array([2, 9, 3, 4]))
    3
    """
    head, tail = _alike_at_ends(one, other)
    n, m = one.size - head - tail, other.size - head - tail
    most = n + m
    reach = np.zeros(2 * most + 3, dtype=np.int64)  # furthest place in `one` on each diagonal
    for cost in range(most + 1):
        for diagonal in range(-cost, cost + 1, 2):
            at = diagonal + most + 1
            if diagonal == -cost or (diagonal != cost and reach[at - 1] < reach[at + 1]):
                x = reach[at + 1]
            else:
                x = reach[at - 1] + 1
            y = x - diagonal
            while x < n and y < m and one[head + x] == other[head + y]:
                x += 1
                y += 1
            reach[at] = x
            if x >= n and y >= m:
                return head + tail + (most - cost) // 2
    return head + tail


@kernel
def _traced(one: IntArray, other: IntArray, most: int) -> tuple[int, IntArray]:
    """Return the fewest insertions and deletions, -1 if above ``most``, and how far each diagonal went.

    Diagonal ``2 * number - cost`` of a cost stands at ``cost * (cost + 1) / 2 + number``.
    """
    n, m = one.size, other.size
    limit = min(n + m, most)
    reach = np.zeros(2 * limit + 3, dtype=np.int64)
    trace = np.empty((limit + 1) * (limit + 2) // 2, dtype=np.int64)
    for cost in range(limit + 1):
        for number in range(cost + 1):
            diagonal = 2 * number - cost
            at = diagonal + limit + 1
            if number == 0 or (number != cost and reach[at - 1] < reach[at + 1]):
                x = reach[at + 1]
            else:
                x = reach[at - 1] + 1
            while x < n and x - diagonal < m and one[x] == other[x - diagonal]:
                x += 1
            reach[at] = x
            trace[cost * (cost + 1) // 2 + number] = x
            if x >= n and x - diagonal >= m:
                return cost, trace
    return -1, trace


@kernel
def matched_places(one: IntArray, other: IntArray, most: int) -> tuple[IntArray, IntArray]:
    """Return the places of a longest common subsequence in both sequences.

    Parameters
    ----------
    one, other : int64 arrays of shapes (n_one,) and (n_other,)
        Symbols.
    most : int
        Insertions and deletions up to which the middle is looked at, since memory grows with their
        square. Beyond, only what is alike from both ends is matched.

    Returns
    -------
    in_one, in_other : int64 arrays of shape (n_matched,)
        Increasing.

    Notes
    -----
    The way is that of :func:`common_length`, and is gone back along.

    Examples
    --------
    >>> found = matched_places(np.array([1, 2, 3, 4]), np.array([2, 9, 3, 4]), 10)
    >>> [places.tolist() for places in found]
    [[1, 2, 3], [0, 2, 3]]
    """
    head, tail = _alike_at_ends(one, other)
    x, y = one.size - head - tail, other.size - head - tail
    cost, trace = _traced(one[head : head + x], other[head : head + y], most)
    written = head + (0 if cost < 0 else (x + y - cost) // 2)
    in_one = np.empty(written + tail, dtype=np.int64)
    in_other = np.empty(written + tail, dtype=np.int64)
    for place in range(tail):
        in_one[written + place] = one.size - tail + place
        in_other[written + place] = other.size - tail + place
    while cost >= 0:
        before_x, before_y = 0, 0
        if cost > 0:
            number = (x - y + cost) // 2
            start = (cost - 1) * cost // 2  # of the costs one lower, whose diagonals lie between ours
            down = number == 0 or (number != cost and trace[start + number - 1] < trace[start + number])
            before_x = trace[start + number] if down else trace[start + number - 1]
            before_y = before_x - (x - y) - (1 if down else -1)
        while x > before_x and y > before_y:  # what is alike comes after the one step aside
            x, y, written = x - 1, y - 1, written - 1
            in_one[written], in_other[written] = head + x, head + y
        x, y, cost = before_x, before_y, cost - 1
    for place in range(head):
        in_one[place], in_other[place] = place, place
    return in_one, in_other
