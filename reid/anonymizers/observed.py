"""What people did between their acts, gathered part by part, and the cells in which it is alike."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np

from reid.anonymizers.acts import KINDS, N_KEY_KINDS, N_WAYS, Acts
from reid.anonymizers.group_laws import GroupLaw
from reid.anonymizers.rewriting import times_of
from reid.events.table import EventTable
from reid.typing import Float32Array, FloatArray, IntArray

_MOST_OF_A_CELL: Final = 256  # of one person: more tell nothing new, and memory is kept in bounds
_MOST_MOVES: Final = 512  # of one gap
_N: Final = len(KINDS)
_SECOND: Final = _N * _N * N_WAYS
_THIRD: Final = _SECOND + _N * N_WAYS

#: Level at which a gap and the hold before it come from acts of the very same kinds.
SAME_KINDS: Final = 0


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """In which cells what lies between acts is alike, from fine to coarse."""

    told_apart: IntArray  #: (n_kinds,): kinds that share a number share their laws

    def of_gaps(self, before: IntArray, kind: IntArray, way: IntArray) -> IntArray:
        """Return the cells of gaps: int64, (3, n_gaps).

        By the kinds of both acts and the way between them; by the kind of the later one and the way; by
        whether the later one is a key.
        """
        own = self.told_apart[kind]
        of_both = (self.told_apart[before] * _N + own) * N_WAYS + way
        return np.stack([of_both, _SECOND + own * N_WAYS + way, _THIRD + (kind < N_KEY_KINDS)])

    def of_holds(self, kind: IntArray) -> IntArray:
        """Return the cells of holds: by the kind of the key, and all in one: int64, (2, n_holds)."""
        return np.stack([self.told_apart[kind], np.full_like(kind, _N)])


#: Every class of keys has laws of its own.
BY_CLASS: Final = Cells(np.arange(_N))
#: White space and all other keys have. How often somebody corrects, or reaches for a modifier, is a habit:
#: times that differ by such classes show it to whoever sees no keys.
BY_SPACE: Final = Cells(
    np.array(
        [0 if place < N_KEY_KINDS and kind != "whitespace" else place for place, kind in enumerate(KINDS)]
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Gaps and holds of people, at most 256 of one person in one cell, spread over the person's log."""

    person: IntArray  #: (n_gaps,): whose gap
    before: IntArray  #: kind of the act before the gap, place in :data:`~reid.anonymizers.acts.KINDS`
    kind: IntArray  #: of the act after it
    way: IntArray  #: class of the way of the pointer
    gap_us: IntArray
    hold_before_us: FloatArray  #: of the key before the gap; NaN where there is none or no release
    from_px: FloatArray  #: (n_gaps, 2): where the pointer came from
    to_px: FloatArray  #: (n_gaps, 2): and where it went
    n_moves: IntArray  #: of the pointer in the gap, before a pointer act
    since_us: IntArray  #: (n_all_moves,): of each move of each gap, from the gap's begin
    move_px: Float32Array  #: (n_all_moves, 2)
    held_by: IntArray  #: (n_holds,): whose hold
    held_kind: IntArray  #: kind of the key
    held_us: FloatArray

    @classmethod
    def of(cls, part: EventTable, acts: Acts, person: IntArray) -> Self:
        """Gather the gaps and holds of a part; ``person`` is a number for each act."""
        gaps = np.flatnonzero(~acts.is_first)
        fine = BY_CLASS.of_gaps(acts.before[gaps], acts.kind[gaps], acts.way[gaps])[SAME_KINDS]
        gaps = gaps[_spread(fine, person[gaps], _MOST_OF_A_CELL)]
        holds = np.flatnonzero(acts.is_key & ~np.isnan(acts.hold_us))
        holds = holds[_spread(acts.kind[holds], person[holds], _MOST_OF_A_CELL)]
        n_moves = np.where(acts.is_key[gaps], 0, acts.move_stops[gaps] - acts.move_starts[gaps])
        kept = np.minimum(n_moves, _MOST_MOVES)
        gap, within = _ranges(kept)
        rows = acts.moves[acts.move_starts[gaps][gap] + within * n_moves[gap] // np.maximum(kept[gap], 1)]
        time_us, frame = times_of(part.frame), part.frame
        place_px = np.column_stack([frame[name].to_numpy()[rows] for name in ("x_px", "y_px")])
        return cls(
            person=person[gaps],
            before=acts.before[gaps],
            kind=acts.kind[gaps],
            way=acts.way[gaps],
            gap_us=acts.gap_us[gaps],
            hold_before_us=np.where(acts.is_key[gaps - 1], acts.hold_us[gaps - 1], np.nan),
            from_px=acts.from_px[gaps],
            to_px=acts.to_px[gaps],
            n_moves=kept,
            since_us=time_us[rows] - time_us[acts.row[gaps - 1]][gap],
            move_px=place_px.astype(np.float32),
            held_by=person[holds],
            held_kind=acts.kind[holds],
            held_us=acts.hold_us[holds],
        )

    @classmethod
    def together(cls, parts: Sequence["Observed"], number: IntArray) -> Self:
        """Return the gaps and holds of several parts, at least one, whose people are numbered apart.

        Person i is called ``number[i]`` from then on.
        """
        names = [field.name for field in fields(cls)]
        joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        return cls(**joined | {name: number[joined[name]] for name in ("person", "held_by")})

    def gap_law(self, cells: Cells, group_of_person: IntArray) -> GroupLaw:
        """Return the law of gaps; its observations are places in :attr:`gap_us`."""
        return GroupLaw.of(cells.of_gaps(self.before, self.kind, self.way), self.person, group_of_person)

    def hold_law(self, cells: Cells, group_of_person: IntArray) -> GroupLaw:
        """Return the law of holds; its observations are places in :attr:`held_us`."""
        return GroupLaw.of(cells.of_holds(self.held_kind), self.held_by, group_of_person)

    def moves_of(self, gaps: IntArray) -> tuple[IntArray, IntArray]:
        """Return the moves of gaps, which may repeat.

        Returns
        -------
        which : int64 array of shape (n_moves,)
            Place in ``gaps`` of each move.
        moves : int64 array of shape (n_moves,)
            Place of each in :attr:`since_us`.
        """
        starts = np.cumsum(self.n_moves) - self.n_moves
        which, within = _ranges(self.n_moves[gaps])
        return which, starts[gaps][which] + within


def _ranges(counts: IntArray) -> tuple[IntArray, IntArray]:
    """Return the number of the range and the place within it for ranges of these lengths, end to end."""
    number = np.repeat(np.arange(counts.size), counts)
    return number, np.arange(number.size) - np.repeat(np.cumsum(counts) - counts, counts)


def _spread(cell: IntArray, person: IntArray, most: int) -> IntArray:
    """Return which observations to keep, in their order: of each cell and person evenly many of all."""
    pair = person * (int(cell.max(initial=0)) + 1) + cell
    order = np.argsort(pair, kind="stable")
    begins = np.flatnonzero(np.diff(pair[order], prepend=-1))
    sizes = np.diff(begins, append=order.size)
    size = np.repeat(sizes, sizes)
    rank = np.arange(order.size) - np.repeat(begins, sizes)
    chosen = (size <= most) | (rank * most // size != (rank + 1) * most // size)
    return np.sort(order[chosen])
