"""Discriminant directions, against the generalised eigenproblem written out."""

import numpy as np
import pytest
from scipy.linalg import eig, eigh

from reid.attackers.discriminant import Discriminant, discriminant_directions
from reid.errors import ParameterError
from reid.typing import FloatArray, IntArray


def drawn(seed: int) -> tuple[FloatArray, IntArray, FloatArray]:
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(9), rng.integers(2, 6, 9))
    spread = rng.normal(size=(4, 4))
    deviations = (
        rng.normal(size=(9, 4))[person] * [3, 1, 0.5, 0.1] + rng.normal(size=(person.size, 4)) @ spread
    )
    return deviations, person, rng.choice([0.3, 1.0], person.size)


def brute_force(
    deviations: FloatArray, person: IntArray, weights: FloatArray, ridge: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return ratios, falling, and their directions, and the within-person covariance they refer to."""
    mean = (weights[:, None] * deviations).sum(axis=0) / weights.sum()
    within, between = np.zeros((4, 4)), np.zeros((4, 4))
    for number in range(9):
        own = person == number
        centre = np.average(deviations[own], axis=0, weights=weights[own])
        between += np.outer(centre - mean, centre - mean) / 9
        for row in np.flatnonzero(own):
            offset = deviations[row] - centre
            within += weights[row] * np.outer(offset, offset) / weights.sum()
    regular = (1 - ridge) * within + ridge * np.diag(np.diag(within))
    ratios, vectors = eig(between, regular)
    order = np.argsort(-ratios.real)
    return ratios.real[order], vectors.real[:, order], regular


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ridge", [0.2, 1.0])
def test_directions_solve_the_generalised_eigenproblem(seed: int, ridge: float) -> None:
    deviations, person, weights = drawn(seed)
    mean, directions = discriminant_directions(deviations.astype(np.float32), person, weights, 3, ridge)
    ratios, vectors, regular = brute_force(deviations, person, weights, ridge)
    np.testing.assert_allclose(mean, np.average(deviations, axis=0, weights=weights), atol=1e-5)
    assert directions.shape == (4, 3)
    for column, place in zip(directions[:, ::-1].T, range(3), strict=True):  # strongest first
        wanted = vectors[:, place] / np.sqrt(vectors[:, place] @ regular @ vectors[:, place])
        wanted = wanted * ratios[place] / (1 + ratios[place])
        sign = np.sign(column @ wanted)
        np.testing.assert_allclose(sign * column, wanted, atol=2e-3 * np.abs(wanted).max())


@pytest.mark.parametrize(("n_people", "n_features"), [(5, 12), (5, 30), (9, 7)])
def test_directions_are_the_same_whichever_way_is_the_cheaper(n_people: int, n_features: int) -> None:
    rng = np.random.default_rng(
        n_features
    )  # people, samples and features: each is the fewest and the most once
    person = np.repeat(np.arange(n_people), 4)
    seen = rng.normal(size=(n_people, n_features))[person] + rng.normal(size=(person.size, n_features))
    _, directions = discriminant_directions(seen.astype(np.float32), person, np.ones(person.size), 3, 0.4)
    centres = np.array([seen[person == number].mean(axis=0) for number in range(n_people)])
    residuals = seen - centres[person]
    within = residuals.T @ residuals / person.size
    regular = 0.6 * within + 0.4 * np.diag(np.diag(within))
    centred = centres - seen.mean(axis=0)
    ratios, vectors = eigh(centred.T @ centred / n_people, regular)
    wanted = vectors[:, -3:] * ratios[-3:] / (1 + ratios[-3:])
    sign = np.sign((wanted * directions).sum(axis=0))
    np.testing.assert_allclose(sign * directions, wanted, atol=1e-3 * np.abs(wanted).max())


def test_no_more_directions_are_kept_than_there_are_people_less_one() -> None:
    deviations, person, weights = drawn(0)
    few = person < 3
    _, directions = discriminant_directions(
        deviations[few].astype(np.float32), person[few], weights[few], 150, 0.7
    )
    assert directions.shape == (4, 2)


@pytest.mark.parametrize("settings", [{"ridge": 0.0}, {"ridge": 1.1}, {"n_dims": 0}, {"n_nearest": 1}])
def test_settings_that_make_no_sense_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=f"{next(iter(settings))} must .*; found"):
        Discriminant(**settings)  # type: ignore[arg-type]
