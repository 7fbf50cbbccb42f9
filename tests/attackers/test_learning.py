"""Runs of pieces that attackers learn from, and pairs of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.attackers.learning import LearningRuns, sliding_windows
from reid.attackers.lookout import Lookout
from reid.attackers.pairs import PairBoosting, PairTrees, pairs, sides
from reid.errors import ParameterError
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from reid.typing import IntArray
from tests.attackers.people import pointers, typists


def runs_of(person: list[int], session: list[int], size: int) -> list[list[int]]:
    offsets, members, _ = sliding_windows(np.array(person), np.array(session), size)
    return [part.tolist() for part in np.split(members, offsets[1:-1])]


def test_runs_overlap_by_half_and_stay_in_one_session() -> None:
    assert runs_of([0] * 7, [3] * 5 + [4] * 2, 4) == [[0, 1, 2, 3], [5, 6]]
    assert runs_of([0] * 6, [3] * 6, 4) == [[0, 1, 2, 3], [2, 3, 4, 5]]
    assert runs_of([0, 0, 1], [3, 3, 3], 2) == [[0, 1], [2]]


@st.composite
def owned_pieces(draw: st.DrawFn) -> tuple[IntArray, IntArray]:
    """Return person and session of pieces that stand together."""
    sizes = draw(st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=3), min_size=2, max_size=5))
    person = [number for number, own in enumerate(sizes) for _ in range(sum(own))]
    flat = [size for own in sizes for size in own]
    return np.array(person), np.repeat(np.arange(len(flat)), flat)


@given(owned_pieces(), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_every_run_is_of_one_session_and_every_session_has_one(
    pieces: tuple[IntArray, IntArray], size: int
) -> None:
    person, session = pieces
    offsets, members, owner = sliding_windows(person, session, size)
    runs = np.split(members, offsets[1:-1])
    assert len(runs) == owner.size
    for run, number in zip(runs, owner, strict=True):
        assert np.unique(session[run]).size == 1
        assert (person[run] == number).all()
        assert run.size == min(size, np.count_nonzero(session == session[run[0]]))
        assert (np.diff(run) == 1).all()
    assert {int(session[run[0]]) for run in runs} == set(session.tolist())


@given(owned_pieces())
@settings(max_examples=60, deadline=None)
def test_a_pair_never_shares_a_piece_and_says_truly_whose_it_is(pieces: tuple[IntArray, IntArray]) -> None:
    probes, templates = sides(*pieces)
    left, right, same = pairs(probes, templates, np.random.default_rng(0))
    np.testing.assert_array_equal(probes.owner[left] == templates.owner[right], same)
    several = np.unique(templates.unit).size > 1 or templates.unit[0] >= 0
    for row, other in zip(left, right, strict=True):
        own = set(probes.members[probes.offsets[row] : probes.offsets[row + 1]].tolist())
        rest = set(templates.members[templates.offsets[other] : templates.offsets[other + 1]].tolist())
        assert not several or own.isdisjoint(rest)
    assert np.count_nonzero(same) >= np.count_nonzero(~same) or not several


def test_everybody_counts_the_same_in_sliding_runs() -> None:
    events = typists(6, n_sessions=3)
    singly = SampleTable.singly(cut(events, "events=20"))
    uneven = singly.take(np.flatnonzero((singly.subject_numbers() > 0) | (np.arange(len(singly)) < 3)))
    runs = LearningRuns.sliding(Lookout.on("rhythm", (), uneven), uneven)
    shares = np.bincount(runs.owner, runs.weights)
    np.testing.assert_allclose(shares, shares[0])


@pytest.mark.parametrize("attacker", [PairTrees(n_trees=60), PairBoosting(n_rounds=60)])
def test_pairs_of_other_people_teach_who_is_who(attacker: PairTrees | PairBoosting) -> None:
    events = pointers(36, identity=2.0)
    singly = SampleTable.singly(cut(events))
    known = events.subjects[:24]
    place = np.arange(len(singly)) % 4
    new = ~np.isin(singly.subject_ids, known)
    gallery = singly.take(np.flatnonzero(new & (place < 2))).pooled()
    probes = singly.take(np.flatnonzero(new & (place >= 2)))
    matrix = attacker.enrol(singly.of_people(known), gallery).score(probes)
    assert np.mean(matrix.scores.argmax(axis=1) == matrix.truth()) > 0.5  # by chance 1 in 12


@pytest.mark.parametrize("wrong", [{"n_features": 0}, {"n_trees": 0}, {"seed": -1}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ParameterError, match="must be at least"):
        PairTrees(**wrong)
