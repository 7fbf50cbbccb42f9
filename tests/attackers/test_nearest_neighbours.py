"""Nearest neighbours in the three scalings."""

import numpy as np
import pytest

from reid.attackers.lookout import Lookout
from reid.attackers.nearest_neighbours import NearestNeighbours, WithinScaling
from reid.attackers.shrinkage import residuals
from reid.errors import ParameterError, UnknownNameError
from reid.metrics.identification import rank_k_hits, ranks
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import divided, pointers, typists

ENROLLED = 8


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(
    ("scaling", "features"), [("discriminant", "rhythm"), ("within", "log-latencies"), ("own", "latencies")]
)
def test_people_who_differ_grossly_are_named_in_every_scaling(
    scaling: str, features: str, order: int
) -> None:
    events = typists(24, identity=3.0)
    gallery, probes = divided(events, events.subjects[:ENROLLED], 2)
    train = SampleTable.singly(gallery.pieces).of_people(events.subjects[ENROLLED:])
    attacker = NearestNeighbours(features=features, scaling=scaling, order=order)
    for learnt_on in (train, gallery.split_up()):
        matrix = attacker.enrol(learnt_on, gallery).score(probes)
        hits = rank_k_hits(*ranks(matrix.scores, matrix.truth()), ENROLLED, 1)
        assert np.mean(hits) > 0.8


def test_it_names_people_by_their_pointer() -> None:
    events = pointers(24, identity=2.0)
    gallery, probes = divided(events, events.subjects[:ENROLLED], 2)
    train = SampleTable.singly(gallery.pieces).of_people(events.subjects[ENROLLED:])
    matrix = NearestNeighbours(features="strokes").enrol(train, gallery).score(probes)
    assert np.mean(rank_k_hits(*ranks(matrix.scores, matrix.truth()), ENROLLED, 1)) > 0.8


def test_a_probe_that_is_an_enrolled_piece_lies_at_distance_zero() -> None:
    events = typists(6)
    gallery, _ = divided(events, events.subjects, 2)
    attacker = NearestNeighbours(features="latencies", scaling="own", k=1)
    single = gallery.split_up()
    matrix = attacker.enrol(single, gallery).score(single)
    np.testing.assert_allclose(matrix.scores[np.arange(len(single)), matrix.truth()], 0, atol=1e-9)
    assert (matrix.scores <= 0).all()


def test_in_the_within_scaling_people_vary_about_alike_in_all_directions() -> None:
    events = typists(30, n_keystrokes=120)
    train = SampleTable.singly(cut(events))
    scaling = WithinScaling.learn(Lookout.on("log-latencies", (), train), train)
    spread = residuals(scaling.project(train), train.subject_numbers()).std(axis=0)
    assert spread.max() / spread.min() < 2


@pytest.mark.parametrize("setting", [{"k": 0}, {"order": 3}, {"n_nearest": 1}])
def test_settings_that_make_no_sense_are_refused(setting: dict[str, int]) -> None:
    with pytest.raises(ParameterError, match=f"{next(iter(setting))} must be"):
        NearestNeighbours(**setting)  # type: ignore[arg-type]


def test_an_unknown_scaling_is_refused_with_the_closest_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'within'"):
        NearestNeighbours(scaling="whithin")
