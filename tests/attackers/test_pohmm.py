"""The hidden Markov model: what is learnt, and how much of it is a person's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.attackers.pohmm import Pohmm
from reid.attackers.pohmm_learning import (
    Levels,
    Relevance,
    counts_of,
    first_guess,
    fitted_to,
    improved,
    learn_everybody,
)
from reid.attackers.typed_runs import TypedRuns, TypingSlots
from reid.errors import BlindError, ParameterError, UnknownNameError
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import divided, pointers, typists


def slots_and_runs(n_people: int = 6, n_keys: int = 45) -> tuple[TypingSlots, TypedRuns]:
    train = SampleTable.singly(cut(typists(n_people)))
    slots = TypingSlots.on(train, (), n_keys)
    return slots, slots.runs(train.pieces)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), n_states=st.integers(1, 3), missing=st.floats(0, 0.5))
def test_learning_never_makes_the_runs_less_likely(seed: int, n_states: int, missing: float) -> None:
    rng = np.random.default_rng(seed)
    n_events, n_keys = 60, 3
    key = rng.integers(0, n_keys, n_events)
    value = np.exp(rng.normal(size=(n_events, 2))) + key[:, None]
    value[rng.random(value.shape) < missing] = np.nan
    runs = TypedRuns(key, key[:, None] + np.array([0, n_keys]), value, np.array([0, 17, 17, n_events]))
    model = first_guess(runs, np.repeat([0, 1], n_keys), n_keys, n_states)
    likelihoods = []
    for _ in range(8):
        model, counts = improved(model, runs)
        likelihoods.append(counts.log_likelihood)
    assert np.diff(likelihoods).min() > -1e-8 * max(1.0, abs(likelihoods[0]))


def test_every_law_that_is_learnt_adds_up_to_one() -> None:
    slots, runs = slots_and_runs()
    model = learn_everybody(runs, slots, 2, 10)
    np.testing.assert_allclose(model.start.sum(axis=-1), 1)
    np.testing.assert_allclose(model.transition.sum(axis=-1), 1)
    assert (model.variance > 0).all()


def test_a_person_of_whom_nothing_was_seen_is_everybody() -> None:
    slots, runs = slots_and_runs()
    everybody = learn_everybody(runs, slots, 2, 5)
    nothing = runs.of_runs(np.zeros(0, dtype=np.int64))
    own = fitted_to(everybody, nothing, Levels.of(slots), Relevance(), 3)
    for found, wanted in zip(own, everybody, strict=True):
        np.testing.assert_allclose(found, wanted)


def test_fitting_to_a_person_makes_the_person_likelier_and_moves_more_with_more_seen() -> None:
    slots, runs = slots_and_runs()
    everybody = learn_everybody(runs, slots, 2, 10)
    little, much = runs.of_runs(np.array([0])), runs.of_runs(np.array([0, 1, 2]))
    of_little, of_much = (
        fitted_to(everybody, seen, Levels.of(slots), Relevance(), 3) for seen in (little, much)
    )
    assert counts_of(of_much, much).log_likelihood > counts_of(everybody, much).log_likelihood
    far = [np.abs(model.mean - everybody.mean).sum() for model in (of_little, of_much)]
    assert 0 < far[0] < far[1]


def test_states_set_hesitation_apart_from_fluent_typing() -> None:
    rng = np.random.default_rng(3)
    slow = np.repeat(rng.integers(0, 2, 60), 20) == 1
    value = rng.normal(np.where(slow, 13.0, 12.0), 0.15)[:, None]
    n_events = value.size
    runs = TypedRuns(
        np.zeros(n_events, np.int64), np.zeros((n_events, 1), np.int64), value, np.array([0, n_events])
    )
    model = first_guess(runs, np.array([0]), 1, 2)
    for _ in range(20):
        model, _ = improved(model, runs)
    np.testing.assert_allclose(model.mean[0], [12, 13], atol=0.05)
    assert np.diag(model.transition[0, 0]).min() > 0.9


def test_keys_that_are_not_listed_are_one_and_masked_content_leaves_one_key() -> None:
    train = SampleTable.singly(cut(typists(4)))
    two = TypingSlots.on(train, (), 2)
    assert two.n_keys == 3
    assert set(np.unique(two.runs(train.pieces).key)) == {0, 1, 2}
    assert TypingSlots.on(train, ("content",), 45).n_keys == 1


def test_only_what_is_not_withheld_is_looked_at() -> None:
    train = SampleTable.singly(cut(typists(4)))
    assert not TypingSlots.on(train, ("hold",), 45).holds
    assert TypingSlots.on(train, ("flight",), 45).runs(train.pieces).value.shape[1] == 1
    with pytest.raises(UnknownNameError, match="Unknown channel"):
        TypingSlots.on(train, ("rhythm",), 45)


def test_a_log_without_keys_shows_it_nothing() -> None:
    events = pointers(4)
    gallery, _ = divided(events, events.subjects, 2)
    with pytest.raises(BlindError, match="key presses"):
        Pohmm().enrol(gallery.split_up(), gallery)


@pytest.mark.parametrize("setting", ["n_states", "n_rounds"])
def test_settings_that_make_no_sense_are_refused(setting: str) -> None:
    with pytest.raises(ParameterError, match=f"{setting} must be at least 1"):
        Pohmm(**{setting: 0})
