"""Samples as groups of pieces."""

import threading

import numpy as np
import polars as pl
import pytest

from reid.events.table import EventTable
from reid.samples.cutting import cut
from reid.samples.table import PieceTable, SampleTable


@pytest.fixture(scope="module")
def pieces() -> PieceTable:
    rows = [
        {
            "subject_id": subject,
            "session_id": f"{subject}{number}",
            "time_us": 0,
            "event": "key_down",
            "key": "KeyA",
        }
        for subject, n_sessions in (("b", 3), ("a", 2))
        for number in range(n_sessions)
    ]
    return cut(EventTable.from_frame(pl.DataFrame(rows)))


def groups(samples: SampleTable) -> list[tuple[str, list[int]]]:
    return list(samples.frame.iter_rows())


def test_singly_makes_a_sample_of_every_piece(pieces: PieceTable) -> None:
    singly = SampleTable.singly(pieces)
    assert groups(singly) == [("a", [0]), ("a", [1]), ("b", [2]), ("b", [3]), ("b", [4])]
    assert singly.subjects == ("a", "b")
    assert singly.subject_numbers().tolist() == [0, 0, 1, 1, 1]


def test_membership_lists_the_pieces_of_each_sample(pieces: PieceTable) -> None:
    samples = SampleTable.of_groups(pieces, [("b", [2, 4]), ("a", [1]), ("b", [3])])
    offsets, members = samples.membership()
    assert (offsets.tolist(), members.tolist()) == ([0, 2, 3, 4], [2, 4, 1, 3])
    assert samples.subject_numbers().tolist() == [1, 0, 1]


def test_pooled_and_split_up_undo_each_other(pieces: PieceTable) -> None:
    samples = SampleTable.of_groups(pieces, [("b", [4, 2]), ("a", [1]), ("b", [3])])
    assert groups(samples.pooled()) == [("a", [1]), ("b", [2, 3, 4])]
    assert groups(samples.split_up()) == [("b", [4]), ("b", [2]), ("a", [1]), ("b", [3])]
    assert groups(samples.pooled().split_up().pooled()) == groups(samples.pooled())


def test_people_and_rows_are_taken_in_the_order_asked_for(pieces: PieceTable) -> None:
    samples = SampleTable.singly(pieces)
    assert groups(samples.of_people(["b"])) == [("b", [2]), ("b", [3]), ("b", [4])]
    assert groups(samples.take(np.array([4, 0]))) == [("b", [4]), ("a", [0])]
    assert len(samples.of_people([])) == 0


def test_no_groups_make_an_empty_table(pieces: PieceTable) -> None:
    empty = SampleTable.of_groups(pieces, [])
    assert (len(empty), empty.subjects) == (0, ())
    offsets, members = empty.membership()
    assert (offsets.tolist(), members.tolist()) == ([0], [])


def test_what_is_remembered_is_made_once_until_it_is_forgotten(pieces: PieceTable) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    threads = [threading.Thread(target=pieces.remembered, args=("key", make)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (pieces.remembered("key", make), len(made)) == (1, 1)
    pieces.forget()
    assert pieces.remembered("key", make) == 2
