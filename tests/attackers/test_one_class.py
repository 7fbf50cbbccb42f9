"""Detectors that know one person only."""

from collections.abc import Callable

import numpy as np
import pytest

from reid.attackers.one_class import AutoAssociative, KMeans, OneClassSvm, OwnPieces
from reid.errors import ParameterError

SPREAD = np.array([1.0, 2.0])


def own(*rows: tuple[float, float]) -> OwnPieces:
    return OwnPieces(np.array(rows), SPREAD)


def test_a_piece_at_one_of_the_centres_is_not_novel() -> None:
    rows = ((0.0, 0.0), (10.0, 0.0), (0.0, 10.0))
    novelty = KMeans(k=3).novelty(own(*rows))
    np.testing.assert_allclose(novelty(np.array([*rows, (10.0, 3.0)])), [0, 0, 0, 9], atol=1e-12)


def test_one_centre_is_the_mean() -> None:
    novelty = KMeans(k=1).novelty(own((0.0, 0.0), (4.0, 2.0)))
    np.testing.assert_allclose(novelty(np.array([(2.0, 1.0), (2.0, 3.0)])), [0, 4], atol=1e-12)


def test_pieces_that_are_all_alike_have_one_centre() -> None:
    novelty = KMeans(k=3).novelty(own((1.0, 1.0), (1.0, 1.0)))
    np.testing.assert_allclose(novelty(np.array([(1.0, 1.0), (1.0, 3.0)])), [0, 4], atol=1e-12)


def test_the_machine_sees_each_feature_in_the_persons_own_spread() -> None:
    rng = np.random.default_rng(0)
    pieces = OwnPieces(rng.normal(size=(200, 2)) * SPREAD, SPREAD)
    near, far, far_in_the_narrow = OneClassSvm().novelty(pieces)(
        np.array([(0.0, 0.0), (0.0, 3.0), (3.0, 0.0)])
    )
    assert near < far < far_in_the_narrow


def test_the_network_learns_the_direction_in_which_a_person_varies() -> None:
    us = 1e6
    rng = np.random.default_rng(1)
    along = rng.normal(size=200)
    pieces = OwnPieces(us * np.stack([along, along], axis=1), SPREAD)
    novelty = AutoAssociative(n_rounds=3000).novelty(pieces)
    known, strange = novelty(us * np.array([(0.5, 0.5), (0.5, -0.5)]))
    assert known < 0.2 * strange


@pytest.mark.parametrize("seed", [0, 5])
def test_the_network_begins_as_its_seed_says(seed: int) -> None:
    pieces = own((1e5, 2e5), (-1e5, 1e5))
    probe = np.array([(3e5, 1e5)])
    once, again = (AutoAssociative(seed=seed).novelty(pieces)(probe) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert AutoAssociative(seed=seed + 1).novelty(pieces)(probe) != once


@pytest.mark.parametrize(
    "make",
    [
        lambda: OneClassSvm(nu=0),
        lambda: OneClassSvm(nu=1.5),
        lambda: KMeans(k=0),
        lambda: KMeans(seed=-1),
        lambda: AutoAssociative(n_hidden=0),
        lambda: AutoAssociative(n_rounds=0),
    ],
)
def test_settings_without_sense_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ParameterError):
        make()
