import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from reid.errors import ParameterError
from reid.seeding import Streams
from reid.synthetic.key_process import MAX_LETTERS, MIN_LETTERS, SPACE_SHARE, key_law, keys_of
from reid.synthetic.truth import TruthSettings, typed_keys

LAW = np.array([0.4, 0.3, 0.2, 0.1])


def test_the_keys_are_the_most_frequent_letters_and_the_space_bar() -> None:
    keys, law = key_law(4)
    assert keys == ("KeyE", "KeyT", "KeyA", "KeyO", "Space")
    assert law[-1] == SPACE_SHARE
    np.testing.assert_allclose(law[0] / law[1], 12.5 / 9.3)
    np.testing.assert_allclose(law.sum(), 1)


@pytest.mark.parametrize("n_letters", [MIN_LETTERS - 1, MAX_LETTERS + 1])
def test_more_letters_than_there_are_or_too_few_are_refused(n_letters: int) -> None:
    with pytest.raises(ParameterError, match="n_letters must be from 4 to 26"):
        key_law(n_letters)


def test_a_uniform_number_picks_the_key_by_hand() -> None:
    # 0.65 lies in the second key's [0.4, 0.7). Then keys 0, 2, 3 are left with 0.4, 0.2, 0.1 of 0.7:
    # 0.65 * 0.7 = 0.455 is the third key's. Then 0 and 3 are left with 0.4 and 0.1 of 0.5; 0.9 is the last's.
    np.testing.assert_array_equal(keys_of(np.array([0.65, 0.65, 0.9]), LAW), [1, 2, 3])


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_key_is_one_of_the_two_before_it(uniform: list[float]) -> None:
    keys = keys_of(np.array(uniform), LAW)
    assert set(keys) <= set(range(LAW.size))
    for lag in (1, 2):
        assert not np.any(keys[lag:] == keys[:-lag])


def test_first_keys_follow_the_law() -> None:
    first = keys_of(np.random.default_rng(1).random((5000, 1)), LAW)[:, 0]
    found = np.bincount(first, minlength=LAW.size)
    assert chisquare(found, 5000 * LAW).pvalue > 0.001
    assert chisquare(found, 5000 * np.array([0.3, 0.4, 0.2, 0.1])).pvalue < 1e-6


def test_keys_say_nothing_about_the_person() -> None:
    plan = TruthSettings(n_people=60, n_sessions=4, identity=2.0)
    counts = _key_counts(plan)
    # Keys of a session are not independent of one another, so the counts are compared by permuting whole
    # sessions: people must not differ more than random groups of sessions do.
    observed = _spread_of_people(counts)
    rng = np.random.default_rng(0)
    flat = counts.reshape(-1, counts.shape[-1])
    shuffled = [_spread_of_people(rng.permutation(flat).reshape(counts.shape)) for _ in range(200)]
    assert np.mean(np.array(shuffled) >= observed) > 0.01


def test_nearest_key_counts_name_people_at_chance() -> None:
    plan = TruthSettings(n_people=200, n_sessions=2, identity=2.0)
    gallery, probes = np.swapaxes(_key_counts(plan), 0, 1)
    distance = ((probes[:, None] - gallery[None]) ** 2).sum(axis=-1)
    hits = np.sum(distance.argmin(axis=1) == np.arange(plan.n_people))
    assert hits <= 6  # one is expected; P(7 or more) is 1e-4


def test_the_test_of_keys_would_see_people_with_favourite_keys() -> None:
    biased = np.array([[30, 70], [70, 30]])
    counts = np.tile(biased[:, None], (1, 4, 1)) + np.random.default_rng(0).integers(0, 5, (2, 4, 2))
    flat = counts.reshape(-1, 2)
    shuffled = [
        _spread_of_people(np.random.default_rng(seed).permutation(flat).reshape(counts.shape))
        for seed in range(200)
    ]
    assert np.mean(np.array(shuffled) >= _spread_of_people(counts)) < 0.1


def _key_counts(plan: TruthSettings) -> np.ndarray:
    keys = typed_keys(plan, Streams(3), range(plan.n_people))
    n_keys = plan.n_letters + 1
    return (keys[..., None] == np.arange(n_keys)).sum(axis=-2)


def _spread_of_people(counts: np.ndarray) -> float:
    return float(counts.mean(axis=1).var(axis=0).sum())
