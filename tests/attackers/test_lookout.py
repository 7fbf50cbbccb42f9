"""Runs of pieces, typical sizes, and what is withheld."""

from itertools import pairwise

import numpy as np
import pytest

from reid.attackers.lookout import Lookout, opening, typical_size, windows
from reid.errors import TooFewError, UnknownNameError
from reid.features.table import CHANNELS
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import typists


def runs(person: list[int], size: int, per_person: int) -> list[tuple[int, list[int]]]:
    offsets, members, owner = windows(np.array(person), size, per_person)
    cuts = [members[start:stop].tolist() for start, stop in pairwise(offsets)]
    return list(zip(owner.tolist(), cuts, strict=True))


def test_windows_are_spread_over_the_pieces_and_go_on_at_the_first() -> None:
    assert runs([0] * 5, 3, 2) == [(0, [0, 1, 2]), (0, [2, 3, 4])]
    assert runs([0] * 3, 2, 9) == [(0, [0, 1]), (0, [1, 2]), (0, [2, 0])]


def test_a_person_with_fewer_pieces_gives_one_window_of_all() -> None:
    assert runs([0, 0, 1, 1, 1, 1], 3, 2) == [(0, [0, 1]), (1, [2, 3, 4]), (1, [4, 5, 2])]
    assert runs([0, 0], 2, 5) == [(0, [0, 1])]


def test_typical_size_is_the_median() -> None:
    pieces = cut(typists(3))
    groups = [("s001", [0]), ("s002", [4, 5]), ("s003", [8, 9, 10, 11])]
    assert typical_size(SampleTable.of_groups(pieces, groups)) == 2


def test_opening_takes_the_first_pieces_of_each_person() -> None:
    pieces = cut(typists(2))
    samples = SampleTable.of_groups(pieces, [("s001", [2, 3]), ("s002", [4]), ("s001", [0, 1])])
    opened = opening(samples, 3)
    assert list(opened.frame.iter_rows()) == [("s001", [0, 1, 2]), ("s002", [4])]


def test_withheld_channels_are_not_seen() -> None:
    samples = SampleTable.singly(cut(typists(3)))
    seen = Lookout.on("rhythm", ("hold", "schedule"), samples).features(samples)
    assert set(seen.channels) == {"flight", "content"}


def test_withholding_everything_is_an_error_that_says_so() -> None:
    samples = SampleTable.singly(cut(typists(3)))
    with pytest.raises(TooFewError, match="at least one feature; found none"):
        Lookout.on("rhythm", tuple(CHANNELS), samples).features(samples)
    with pytest.raises(UnknownNameError, match=r"Unknown channel 'holds'\. Did you mean 'hold'"):
        Lookout.on("rhythm", ("holds",), samples)


def test_pieces_of_pooled_samples_come_one_by_one_with_their_people() -> None:
    pieces = cut(typists(2))
    samples = SampleTable.of_groups(pieces, [("s002", [4, 5]), ("s001", [0])])
    seen, person = Lookout.on("latencies", (), samples).pieces(samples)
    assert (len(seen), person.tolist()) == (3, [1, 1, 0])
