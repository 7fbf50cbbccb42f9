"""Random numbers of many people at once: fast for measurement, secret for a release."""

from typing import Any, Never

import numpy as np
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from reid.anonymizers import Anonymizer, blocks, dp_times, draws
from reid.anonymizers.anonymizing import anonymize
from reid.anonymizers.draws import uniform_draws
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import made_up_log
from tests.anonymizers.pointing import made_up_pointing
from tests.contracts.test_anonymizers import EXAMPLES

NEVER = 1e-8  # what comes from the operating system differs in every run
every = pytest.mark.parametrize("strategy", EXAMPLES, ids=str)


@pytest.fixture(scope="module")
def people() -> EventTable:
    return EventTable.concat(
        [
            made_up_log(5, {f"typist-{letter}": (60, 40) for letter in "abc"}),
            made_up_pointing(5, {f"pointer-{letter}": (30, 20) for letter in "abc"}),
        ]
    )


@pytest.mark.parametrize("streams", [Streams(4), Streams.from_system()], ids=["seeded", "system"])
def test_numbers_are_uniform_within_streams_and_over_streams(streams: Streams) -> None:
    names = [f"person {number}" for number in range(2_000)]
    drawn = uniform_draws(streams, names, np.full(2_000, 20)).reshape(2_000, 20)
    for numbers in (drawn.ravel(), drawn[:, 0]):
        assert stats.kstest(numbers, "uniform").pvalue > NEVER
    assert stats.kstest(0.7 * drawn.ravel(), "uniform").pvalue < NEVER
    assert abs(np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]) < 6 / np.sqrt(2_000)


@pytest.mark.parametrize("streams", [Streams(4), Streams.from_system()], ids=["seeded", "system"])
def test_what_a_stream_gives_depends_neither_on_others_nor_on_how_much_is_drawn(streams: Streams) -> None:
    drawn = uniform_draws(streams, ["a", "b", "c"], np.array([3, 0, 5]))
    alone = uniform_draws(streams, ["c"], np.array([2]))
    np.testing.assert_array_equal(drawn[3:5], alone)
    others = uniform_draws(streams.under("else"), ["c"], np.array([2]))
    assert not np.isin(others, alone).any()


def test_streams_of_other_roots_steps_and_names_begin_elsewhere() -> None:
    steps = (Streams(0), Streams(1), Streams(0, ("a",)), Streams(0, ("a", "b")), Streams(0, ("a, b",)))
    states = np.concatenate([step.states(["a", "b", "a, b", 'a", "b']) for step in steps])
    assert np.unique(states).size == states.size


def test_secret_streams_have_no_small_generators() -> None:
    with pytest.raises(ParameterError, match="must be seeded; found secret ones"):
        Streams.from_system().states(["a"])


@every
def test_a_release_for_use_never_takes_what_is_fast_but_not_secret_or_exact(
    strategy: Anonymizer, people: EventTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*_: Any) -> Never:
        message = "a release for use takes a sampler that is for measurement"
        raise AssertionError(message)

    monkeypatch.setattr(draws, "uniform_streams", taken)
    monkeypatch.setattr(dp_times, "discrete_laplace_noise", taken)
    assert not anonymize(people, strategy).seeded
    if anonymize_draws(strategy):
        with pytest.raises(AssertionError, match="for measurement"):
            anonymize(people, strategy, seed=1)


def anonymize_draws(strategy: Anonymizer) -> bool:
    """Say whether a strategy draws random numbers."""
    drawing = (
        "jitter",
        "-mix",
        "stochastic",
        "resample",
        "dp-times",
        "fresh",
        "kloak",
        "keyboard-",
        "chrome",
        "firefox",
    )
    return any(name in str(strategy) for name in drawing)


@every
def test_how_people_are_cut_into_blocks_changes_nothing(
    strategy: Anonymizer, people: EventTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = strategy.fit([people])
    whole = ready.apply(people, Streams(3)).events
    monkeypatch.setattr(blocks, "_ROWS", 1)  # so that each person is a block
    assert len(list(blocks.blocks_of(people))) == len(people.subjects)
    cut = ready.apply(people, Streams(3)).events
    assert_frame_equal(cut.frame, whole.frame)
    assert_frame_equal(cut.sessions, whole.sessions)
