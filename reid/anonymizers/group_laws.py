"""What the members of a group did in like places, each member with the same weight."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from reid.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class GroupLaw:
    """Observations by cell and person, from which any member of a group can be drawn with the same chance.

    An *entry* is all that one person did in one cell. Entries stand by cell, then by group.
    """

    groups: IntArray  #: (n_entries,): cell and group of each entry as one number, non-decreasing
    n_groups: int
    starts: IntArray  #: (n_entries,): first of an entry's observations
    counts: IntArray  #: (n_entries,): how many there are, from 1
    rows: IntArray  #: (n_observations,): numbers of the observations, entry by entry

    @classmethod
    def of(cls, cell: IntArray, person: IntArray, group_of_person: IntArray) -> Self:
        """Sort observations by cell, group and person.

        Parameters
        ----------
        cell : int64 array of shape (n_levels, n_observations)
            The cells in which each observation counts, from 0; those of different levels differ.
        person : int64 array of shape (n_observations,)
            Whose it is.
        group_of_person : int64 array of shape (n_people,)
            Group of each person, from 0.
        """
        n_groups, n_people = int(group_of_person.max()) + 1, group_of_person.size
        place = np.empty(n_people, dtype=np.int64)  # of each person when sorted by group
        place[np.argsort(group_of_person, kind="stable")] = np.arange(n_people)
        entry = (cell * n_people + place[person]).ravel()
        order = np.argsort(entry, kind="stable")
        begins = np.flatnonzero(np.diff(entry[order], prepend=-1))
        rows = order % max(person.size, 1)
        return cls(
            groups=cell.ravel()[order[begins]] * n_groups + group_of_person[person[rows[begins]]],
            n_groups=n_groups,
            starts=begins,
            counts=np.diff(begins, append=order.size),
            rows=rows,
        )

    def members(self, cell: IntArray, group: IntArray) -> tuple[IntArray, IntArray]:
        """Return the range of entries of a cell in a group; a group below 0 stands for everybody.

        Returns
        -------
        first, stop : int64 arrays of the shape of ``cell``
            Entries ``first .. stop - 1``, one for each person who did anything there.
        """
        everybody = group < 0
        low = cell * self.n_groups + np.where(everybody, 0, group)
        high = low + np.where(everybody, self.n_groups, 1)
        return np.searchsorted(self.groups, low), np.searchsorted(self.groups, high)

    def backed_off(
        self, cells: IntArray, group: IntArray, fewest: int, *, everybody: bool
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Return the finest range of entries that holds enough people.

        Parameters
        ----------
        cells : int64 array of shape (n_levels, n)
            From fine to coarse.
        group : int64 array of shape (n,)
            The group in which to look first.
        fewest : int
            How many people it takes.
        everybody : bool
            Look among all people, from fine to coarse again, where the group has too few.

        Returns
        -------
        level : int64 array of shape (n,)
            -1 where there are too few at every level.
        first, stop : int64 arrays of shape (n,)
            Entries ``first .. stop - 1``.
        """
        level, first, stop = np.full((3, group.size), -1, dtype=np.int64)
        for nobody in (np.zeros_like(group), np.ones_like(group))[: 1 + everybody]:
            for number, cell in enumerate(cells):
                open_ = np.flatnonzero(level < 0)
                found = self.members(cell[open_], np.where(nobody[open_], -1, group[open_]))
                enough = found[1] - found[0] >= fewest
                first[open_[enough]], stop[open_[enough]] = found[0][enough], found[1][enough]
                level[open_[enough]] = number
        return level, first, stop

    def draw(self, first: IntArray, stop: IntArray, who: FloatArray, what: FloatArray) -> IntArray:
        """Return observations of members who are drawn with the same chance each.

        Parameters
        ----------
        first, stop : int64 arrays of shape (n,)
            Ranges of entries, none empty, as from :meth:`members`.
        who, what : float64 arrays of shape (n,)
            Uniform on ``[0, 1)``: for the member, and for the member's observation.
        """
        entry = first + (who * (stop - first)).astype(np.int64)
        return self.rows[self.starts[entry] + (what * self.counts[entry]).astype(np.int64)]

    def entry_of_rows(self) -> IntArray:
        """Return the entry of each of :attr:`rows`."""
        return np.repeat(np.arange(self.counts.size), self.counts)


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """The pooled values of each cell and group of a law, each member with the same weight."""

    law: GroupLaw
    value: FloatArray  #: sorted within each cell and group
    reached: FloatArray  #: number of the cell and group, plus the share of its weight up to each value
    last: IntArray  #: (n_pools,): place of the largest value of each cell and group
    pools: IntArray  #: (n_pools,): cell and group as one number, increasing

    @classmethod
    def of(cls, law: GroupLaw, values: FloatArray) -> Self:
        """Pool the values of the observations of a law, shape (n_observations,)."""
        entry = law.entry_of_rows()
        pools, pool_of_entry, n_members = np.unique(law.groups, return_inverse=True, return_counts=True)
        pool = pool_of_entry[entry]
        value = values[law.rows]
        order = np.lexsort((value, pool))
        weight = (1 / (law.counts * n_members[pool_of_entry]))[entry][order]
        pool, so_far = pool[order], np.cumsum(weight)
        last = np.flatnonzero(np.diff(pool, append=-1))
        before = np.concatenate([[0.0], so_far[last[:-1]]])
        share = np.clip((so_far - before[pool]) / (so_far[last] - before)[pool], 0, 1)
        return cls(law, value[order], pool + share, last, pools)

    def at(self, cell: IntArray, group: IntArray, share: FloatArray) -> FloatArray:
        """Return the value up to which a share, within 0 and 1, of the weight of a cell and group reaches.

        Every cell and group must hold something.
        """
        pool = np.searchsorted(self.pools, cell * self.law.n_groups + group)
        place = np.searchsorted(self.reached, pool + share)
        first = np.concatenate([[0], self.last[:-1] + 1])
        return self.value[np.clip(place, first[pool], self.last[pool])]


def ranks(cell: IntArray, person: IntArray, values: FloatArray) -> FloatArray:
    """Return the mid-rank, within 0 and 1, of each value among those of the same person and cell.

    Equal values stand in the order in which they come: a clock's ticks are spread over the law.

    Examples
    --------
    >>> ranks(np.array([0, 0, 1]), np.array([4, 4, 4]), np.array([30.0, 10.0, 99.0])).tolist()
    [0.75, 0.25, 0.5]
    """
    order = np.lexsort((values, person, cell))
    begins: BoolArray = np.ones(order.size, dtype=np.bool_)
    begins[1:] = (np.diff(cell[order]) != 0) | (np.diff(person[order]) != 0)
    starts = np.flatnonzero(begins)
    sizes = np.diff(starts, append=order.size)
    within = np.arange(order.size) - np.repeat(starts, sizes)
    share = np.empty(order.size)
    share[order] = (within + 0.5) / np.repeat(sizes, sizes)
    return share
