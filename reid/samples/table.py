"""The pieces of an event table that are attacked, and samples pooled from them."""

import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
import polars as pl

from reid.events.table import EventTable
from reid.typing import IntArray

ResultT = TypeVar("ResultT")

#: Columns of :attr:`PieceTable.frame`.
PIECE_COLUMNS = {
    "subject_id": pl.String,
    "session": pl.UInt32,  # row in the sessions table
    "trial": pl.UInt32,  # null where the source marks none
    "sitting": pl.UInt32,
    "order": pl.UInt32,  # rank in time among the pieces of the person
    "start_row": pl.Int64,
    "stop_row": pl.Int64,
}


@dataclass(frozen=True, slots=True, eq=False)
class PieceTable:
    """Runs of rows of an event table: sessions, trials, or equal cuts of them. No latency crosses pieces."""

    events: EventTable
    frame: pl.DataFrame  #: one row per piece, in the order of the event table; see :data:`PIECE_COLUMNS`
    _memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def __len__(self) -> int:
        return self.frame.height

    def bounds(self) -> tuple[IntArray, IntArray]:
        """Return first row and row past the last of each piece: int64 arrays of shape (n_pieces,)."""
        return self.frame["start_row"].to_numpy(), self.frame["stop_row"].to_numpy()

    def remembered(self, key: Hashable, make: Callable[[], ResultT]) -> ResultT:
        """Return what ``make`` gave the first time it was asked for under ``key``.

        Only for values that follow from the pieces and ``key`` alone, such as their features.
        """
        with self._lock:  # two attackers that want the same features at once make them once
            if key not in self._memo:
                self._memo[key] = make()
            return cast("ResultT", self._memo[key])

    def forget(self) -> None:
        """Free everything remembered."""
        self._memo.clear()


@dataclass(frozen=True, slots=True, eq=False)
class SampleTable:
    """Samples of people: one row = one sample of one person, pooled from one piece or several.

    ``frame`` has the columns ``subject_id`` (String) and ``pieces`` (list of rows in ``pieces.frame``).
    """

    pieces: PieceTable
    frame: pl.DataFrame

    @classmethod
    def of_groups(cls, pieces: PieceTable, groups: Iterable[tuple[str, Sequence[int]]]) -> "SampleTable":
        """Make a table of one sample per ``(subject_id, rows of pieces)``."""
        rows = list(groups)
        frame = pl.DataFrame(
            {
                "subject_id": [subject for subject, _ in rows],
                "pieces": [list(members) for _, members in rows],
            },
            schema={"subject_id": pl.String, "pieces": pl.List(pl.UInt32)},
        )
        return cls(pieces, frame)

    @classmethod
    def singly(cls, pieces: PieceTable) -> "SampleTable":
        """Make a table in which every piece is a sample of its own."""
        numbers = pl.int_range(pl.len(), dtype=pl.UInt32)
        return cls(pieces, pieces.frame.select("subject_id", pl.concat_list(numbers).alias("pieces")))

    def __len__(self) -> int:
        return self.frame.height

    @property
    def subject_ids(self) -> list[str]:
        """Person of each sample, shape (n_samples,)."""
        return self.frame["subject_id"].to_list()

    @property
    def subjects(self) -> tuple[str, ...]:
        """The people, sorted."""
        return tuple(self.frame["subject_id"].unique().sort())

    def subject_numbers(self) -> IntArray:
        """Return the place of each sample's person in :attr:`subjects`: int64, (n_samples,)."""
        return np.unique(np.array(self.subject_ids, dtype=object), return_inverse=True)[1].astype(np.int64)

    def membership(self) -> tuple[IntArray, IntArray]:
        """Return ``(offsets, members)``, int64 arrays of shapes (n_samples + 1,) and (n_members,).

        Sample i is pooled from pieces ``members[offsets[i]:offsets[i + 1]]``.
        """
        sizes = self.frame["pieces"].list.len().to_numpy()
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        members = self.frame["pieces"].explode().drop_nulls().to_numpy().astype(np.int64)
        return offsets, members

    def of_people(self, subjects: Iterable[str]) -> "SampleTable":
        """Return the samples of these people, in the same order."""
        return SampleTable(self.pieces, self.frame.filter(pl.col("subject_id").is_in(list(subjects))))

    def take(self, rows: IntArray) -> "SampleTable":
        """Return the samples at ``rows``, in that order."""
        return SampleTable(self.pieces, self.frame[rows])

    def split_up(self) -> "SampleTable":
        """Return a table in which every piece of every sample is a sample of its own."""
        single = self.frame.explode("pieces").select("subject_id", pl.concat_list("pieces").alias("pieces"))
        return SampleTable(self.pieces, single)

    def pooled(self) -> "SampleTable":
        """Return one sample per person, holding all pieces of the person's samples, sorted by person."""
        together = self.frame.explode("pieces").group_by("subject_id").agg(pl.col("pieces").sort())
        return SampleTable(self.pieces, together.sort("subject_id"))
