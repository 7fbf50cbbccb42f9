"""Rehearsals look like the attack and touch nobody who is tested."""

import numpy as np
import pytest

from reid.attackers.rehearsal import Rehearsal, rehearsals
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import divided, typists

EVENTS = typists(14, n_sessions=5)
ENROLLED = EVENTS.subjects[:6]
BACKGROUND = EVENTS.subjects[6:]


def population(n_gallery: int = 3) -> tuple[Rehearsal, ...]:
    gallery, _ = divided(EVENTS, ENROLLED, n_gallery)
    return rehearsals(SampleTable.singly(gallery.pieces).of_people(BACKGROUND), gallery)


def drawn_on(samples: SampleTable, column: str) -> set[tuple[str, int]]:
    single = samples.frame.explode("pieces")
    values = samples.pieces.frame[column].gather(single["pieces"])
    return set(zip(single["subject_id"], values, strict=True))


def test_population_rehearsals_attack_each_half_after_learning_on_the_other() -> None:
    first, second = population()
    for one in (first, second):
        assert not set(one.train.subjects) & set(one.gallery.subjects)
        assert set(one.probes.subjects) <= set(one.gallery.subjects)
        assert not {*one.train.subjects, *one.gallery.subjects} & set(ENROLLED)
    assert first.train.subjects == second.gallery.subjects
    assert set(first.train.subjects) | set(second.train.subjects) == set(BACKGROUND)


@pytest.mark.parametrize("n_gallery", [1, 2, 3, 4])
def test_population_rehearsals_enrol_as_much_as_the_attack_and_before_the_probes(n_gallery: int) -> None:
    for one in population(n_gallery):
        assert one.gallery.frame["pieces"].list.len().to_list() == [n_gallery] * len(one.gallery)
        latest = {subject: max(pieces) for subject, pieces in one.gallery.frame.iter_rows()}
        assert all(min(pieces) > latest[subject] for subject, pieces in one.probes.frame.iter_rows())
        assert not drawn_on(one.gallery, "session") & drawn_on(one.probes, "session")


def test_at_least_one_probe_is_left_where_the_attack_enrols_more_than_there_is() -> None:
    gallery, _ = divided(EVENTS, ENROLLED, 5)
    train = SampleTable.singly(gallery.pieces).of_people(BACKGROUND)
    for one in rehearsals(train, gallery):
        assert np.all(np.bincount(one.probes.subject_numbers()) == 1)


def test_too_few_background_people_give_no_rehearsal() -> None:
    gallery, _ = divided(EVENTS, ENROLLED, 2)
    train = SampleTable.singly(gallery.pieces).of_people(BACKGROUND[:2])
    assert rehearsals(train, gallery) == ()


@pytest.mark.parametrize(("n_gallery", "n_back"), [(2, 1), (3, 1), (4, 1), (5, 1)])
def test_closed_set_rehearsals_hold_back_the_last_whole_sessions(n_gallery: int, n_back: int) -> None:
    gallery, _ = divided(EVENTS, ENROLLED, n_gallery)
    (held_back,) = rehearsals(gallery.split_up(), gallery)
    assert held_back.gallery.subjects == held_back.train.subjects == ENROLLED
    for subject, pieces in gallery.frame.iter_rows():
        known = held_back.gallery.of_people([subject]).frame["pieces"].to_list()
        probed = held_back.probes.of_people([subject]).frame["pieces"].to_list()
        assert known == [pieces[:-n_back]]
        assert probed == [[piece] for piece in pieces[-n_back:]]


def test_closed_set_rehearsals_share_no_session_where_pieces_are_cuts_of_sessions() -> None:
    pieces = cut(EVENTS, "events=30")
    gallery = SampleTable.singly(pieces).of_people(ENROLLED).pooled()
    (held_back,) = rehearsals(gallery.split_up(), gallery)
    assert len(held_back.probes) > len(ENROLLED)
    assert not drawn_on(held_back.gallery, "session") & drawn_on(held_back.probes, "session")


def test_population_rehearsals_share_no_session_where_pieces_are_cuts_of_sessions() -> None:
    pieces = cut(EVENTS, "events=30")
    gallery = opening_of(pieces.frame["session"].to_numpy(), SampleTable.singly(pieces))
    train = SampleTable.singly(pieces).of_people(BACKGROUND)
    for one in rehearsals(train, gallery):
        assert not drawn_on(one.gallery, "session") & drawn_on(one.probes, "session")


def opening_of(session: np.ndarray, singly: SampleTable) -> SampleTable:
    """Return the enrolled people's first six pieces: one session and a half."""
    rows = [
        (subject, np.flatnonzero(np.array(singly.subject_ids) == subject)[:6].tolist())
        for subject in ENROLLED
    ]
    assert np.unique(session[rows[0][1]]).size == 2
    return SampleTable.of_groups(singly.pieces, rows)


def test_a_single_piece_cannot_be_rehearsed() -> None:
    gallery, _ = divided(EVENTS, ENROLLED, 1)
    assert rehearsals(gallery.split_up(), gallery) == ()


def test_closed_set_rehearsals_probe_with_samples_as_long_as_those_to_learn_from() -> None:
    pieces = cut(EVENTS, "events=30")
    session = pieces.frame["session"].to_list()
    whole: dict[tuple[str, int], list[int]] = {}
    for piece, subject in enumerate(pieces.frame["subject_id"]):
        whole.setdefault((subject, session[piece]), []).append(piece)
    train = SampleTable.of_groups(pieces, [(subject, members) for (subject, _), members in whole.items()])
    train = train.of_people(ENROLLED)
    (held_back,) = rehearsals(train, train.pooled())
    known, last = (side.frame["pieces"].to_list() for side in (held_back.train, held_back.probes))
    assert sorted(known + last) == sorted(train.frame["pieces"].to_list())
    assert len(last) == len(ENROLLED)


def test_one_sample_cut_into_pieces_is_rehearsed_by_its_last_pieces() -> None:
    pieces = cut(EVENTS, "events=30")
    first = pieces.frame.with_row_index("piece").group_by("subject_id", "session", maintain_order=True)
    groups = {subject: members for subject, _, members in reversed(first.agg("piece").rows())}
    gallery = SampleTable.of_groups(pieces, sorted(groups.items())).of_people(ENROLLED)
    (held_back,) = rehearsals(gallery, gallery)
    for subject, members in gallery.frame.iter_rows():
        assert held_back.gallery.of_people([subject]).frame["pieces"].to_list() == [members[:-1]]
        assert held_back.probes.of_people([subject]).frame["pieces"].to_list() == [members[-1:]]
