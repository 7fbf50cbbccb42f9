"""Trees that know how people will type after more practice."""

import numpy as np

from reid.attackers.practised_trees import _after, _growth, _practice
from reid.features.table import FeatureTable


def timings(values: np.ndarray) -> FeatureTable:
    names = tuple(f"dd_us:{number}" for number in range(values.shape[1]))
    return FeatureTable(values.astype(np.float32), np.ones_like(values), names, ("flight",) * len(names))


def test_practice_is_the_number_of_the_session_among_a_persons_own() -> None:
    person, session = np.array([0, 0, 0, 1, 1]), np.array([4, 4, 9, 10, 12])
    np.testing.assert_allclose(np.exp(_practice(person, session)), [1, 1, 2, 1, 2])


def test_the_law_of_practice_is_found_and_people_do_not_blur_it() -> None:
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(6), 8)
    number = np.tile(np.arange(1, 9), 6)
    power = np.array([-0.3, 0.0, 0.1])
    own = rng.uniform(5e4, 5e5, size=(6, 3))
    values = own[person] * number[:, None] ** power
    found = _growth(values, person, np.log(number))
    np.testing.assert_allclose(found, power, atol=1e-6)
    values[::5, 1] = np.nan  # what is not seen is passed over
    np.testing.assert_allclose(_growth(values, person, np.log(number)), power, atol=1e-6)
    np.testing.assert_allclose(_after(timings(own), power, 2.0).values, own * 2.0**power, rtol=1e-5)


def test_without_a_second_session_nothing_grows() -> None:
    values = np.random.default_rng(1).uniform(5e4, 5e5, size=(10, 2))
    person = np.repeat([0, 1], 5)
    assert not _growth(values, person, _practice(person, person)).any()
