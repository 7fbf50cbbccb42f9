import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.truth import (
    MEDIAN_DD_US,
    TRUTH_SIZES,
    TruthSettings,
    dd_component,
    draw_typing,
    generate,
    generate_parts,
    person_means,
    truth_law,
)

SMALL = TruthSettings(n_people=7, n_sessions=3, n_keystrokes=40)
STREAMS = Streams(11)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_people", 0),
        ("n_sessions", 0),
        ("n_keystrokes", 1),
        ("n_letters", 3),
        ("identity", -0.1),
        ("identity", float("nan")),
        ("drift", float("inf")),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"^{name} must"):
        TruthSettings(**{name: value})


@pytest.mark.parametrize("people", [[], [7], [-1]])
def test_people_that_do_not_exist_are_refused(people: list[int]) -> None:
    with pytest.raises(ParameterError, match="people must hold numbers from 0 to 6"):
        generate(SMALL, STREAMS, people)


def test_a_latency_belongs_to_the_classes_of_its_two_keys() -> None:
    # Keys 0 and 1 are letters, 4 is the space bar; five holds come first.
    first, second = np.array([0, 1, 4]), np.array([1, 4, 0])
    component = dd_component(first, second, 5)
    np.testing.assert_array_equal(component, [5, 6, 7])
    names = truth_law(TruthSettings(n_letters=4)).components
    assert [names[place] for place in component] == [
        "log_dd_us:letter>letter",
        "log_dd_us:letter>whitespace",
        "log_dd_us:whitespace>letter",
    ]


def test_identity_is_the_ratio_of_spread_between_to_spread_within() -> None:
    law = truth_law(TruthSettings(identity=0.3, drift=0.1))
    between, drift = law.root @ law.root.T, law.drift @ law.drift.T
    np.testing.assert_allclose(np.sqrt(np.diag(between) / law.within), 0.3)
    np.testing.assert_allclose(np.sqrt(np.diag(drift) / law.within), 0.1)
    off_diagonal = between[~np.eye(len(between), dtype=bool)]
    assert np.all(off_diagonal != 0)  # components of a person hang together


def test_the_log_is_what_was_typed_rounded_to_whole_microseconds() -> None:
    typing = draw_typing(SMALL, STREAMS, range(SMALL.n_people))
    table = generate(SMALL, STREAMS)
    by_press = table.frame.with_columns(pl.col("session_id").rle_id().alias("session")).sort(
        "session", "press", "event", maintain_order=True
    )
    shape = (SMALL.n_people, SMALL.n_sessions, SMALL.n_keystrokes)
    down_us, up_us = (
        by_press.filter(pl.col("event") == event)["time_us"].to_numpy().reshape(shape)
        for event in ("key_down", "key_up")
    )
    assert np.all(down_us[..., 0] == 0)
    np.testing.assert_allclose(up_us - down_us, np.exp(typing.log_hold), atol=0.5)
    np.testing.assert_allclose(np.diff(down_us), np.exp(typing.log_dd), atol=0.5)
    names = [name.removeprefix("log_hold_us:") for name in truth_law(SMALL).components[: SMALL.n_letters + 1]]
    keys = by_press.filter(pl.col("event") == "key_down")["key"].to_list()
    assert keys == [names[number] for number in typing.keys.ravel()]


@given(st.integers(0, 2**32), st.floats(0, 1.5))
@settings(max_examples=10, deadline=None)
def test_every_press_is_released_and_numbered_as_a_reader_would(seed: int, identity: float) -> None:
    plan = TruthSettings(n_people=2, n_sessions=2, n_keystrokes=60, identity=identity)
    table = generate(plan, Streams(seed))
    assert not table.quality.rows_left_out
    assert table.frame["time_us"].dtype == pl.Int64
    per_press = table.frame.group_by("subject_id", "session_id", "press").agg(
        pl.len(), pl.col("key").n_unique(), downs=(pl.col("event") == "key_down").sum()
    )
    assert per_press.height == 2 * 2 * 60
    assert (
        per_press.select((pl.col("len") == 2) & (pl.col("key") == 1) & (pl.col("downs") == 1))
        .to_series()
        .all()
    )
    numbered_anew = EventTable.from_frame(table.frame.drop("press"), table.sessions)
    assert numbered_anew.frame["press"].to_list() == table.frame["press"].to_list()


def test_rollover_occurs_and_is_paired() -> None:
    table = generate(TruthSettings(n_people=20, n_sessions=2), STREAMS)
    before = pl.col("event").shift().over("subject_id", "session_id")
    both_down = table.frame.filter((pl.col("event") == "key_down") & (before == "key_down"))
    assert both_down.height > 10


def test_every_session_is_a_sitting_of_its_own() -> None:
    sessions = generate(SMALL, STREAMS).sessions
    assert sessions.height == SMALL.n_people * SMALL.n_sessions
    assert sessions["session_order"].to_list() == [0, 1, 2] * SMALL.n_people
    assert sessions["sitting"].to_list() == [0, 1, 2] * SMALL.n_people
    assert sessions["subject_id"].unique(maintain_order=True).to_list()[:2] == ["s001", "s002"]


@pytest.mark.parametrize("n_people_a_part", [1, 3, 7, 50])
def test_parts_change_no_bit(n_people_a_part: int) -> None:
    whole = generate(SMALL, STREAMS)
    parts = EventTable.concat(generate_parts(SMALL, STREAMS, n_people_a_part))
    assert_frame_equal(parts.frame, whole.frame)
    assert_frame_equal(parts.sessions, whole.sessions)


def test_more_people_and_more_sessions_leave_the_others_as_they_are() -> None:
    more = TruthSettings(n_people=9, n_sessions=5, n_keystrokes=40)
    again = generate(more, STREAMS).of_people(SMALL.subject_ids)
    kept = again.frame.filter(pl.col("session_id").str.ends_with("-1"))
    first = generate(SMALL, STREAMS).frame.filter(pl.col("session_id").str.ends_with("-1"))
    assert_frame_equal(kept, first)


def test_another_seed_gives_other_people() -> None:
    here, there = (person_means(SMALL, Streams(seed), range(7)) for seed in (1, 2))
    assert np.all(here != there)


def test_without_drift_a_person_is_the_same_in_each_session_and_with_it_not() -> None:
    calm = person_means(SMALL, STREAMS, range(7))
    np.testing.assert_array_equal(calm, np.broadcast_to(calm[:, :1], calm.shape))
    drifting = TruthSettings(n_people=400, n_sessions=2, identity=0.3, drift=0.2)
    means = person_means(drifting, STREAMS, range(400))
    shift = np.diff(means, axis=1)[:, 0] / np.sqrt(truth_law(drifting).within)
    np.testing.assert_allclose(shift.std(axis=0), 0.2 * np.sqrt(2), rtol=0.15)


def test_log_latencies_have_the_moments_of_the_law() -> None:
    plan = TruthSettings(n_people=1500, n_sessions=1, n_keystrokes=60, identity=0.5)
    law = truth_law(plan)
    typing = draw_typing(plan, STREAMS, range(plan.n_people))
    means = person_means(plan, STREAMS, range(plan.n_people))[:, 0]
    n_keys = plan.n_letters + 1
    pairs = dd_component(typing.keys[..., :-1], typing.keys[..., 1:], n_keys)
    for component in range(law.mean.size):
        where, values = (typing.keys, typing.log_hold) if component < n_keys else (pairs, typing.log_dd)
        person = np.nonzero(where == component)[0]
        residual = values[where == component] - means[person, component]
        assert abs(residual.mean()) < 5 * np.sqrt(law.within[component] / residual.size)
        assert _fits(residual.var(), law.within[component], residual.size)
        assert not _fits(residual.var(), 1.3 * law.within[component], residual.size)
        # Gaussian: a third and a fourth moment of 0 and 3
        standard = residual / np.sqrt(law.within[component])
        assert abs((standard**3).mean()) < 5 * np.sqrt(15 / residual.size)
        assert abs((standard**4).mean() - 3) < 5 * np.sqrt(96 / residual.size)


def test_people_have_the_joint_covariance_of_the_law() -> None:
    plan = TruthSettings(n_people=3000, n_sessions=1, identity=0.5)
    law = truth_law(plan)
    deviation = (person_means(plan, STREAMS, range(3000))[:, 0] - law.mean) / (0.5 * np.sqrt(law.within))
    between = law.root @ law.root.T / (0.25 * np.sqrt(np.outer(law.within, law.within)))
    found = deviation.T @ deviation / 3000
    np.testing.assert_allclose(found, between, atol=5 * np.sqrt(2 / 3000))
    assert not np.allclose(found, 1.3 * between, atol=5 * np.sqrt(2 / 3000))
    assert not np.allclose(found, np.eye(len(found)), atol=5 * np.sqrt(2 / 3000))


def test_medians_are_those_of_human_typing() -> None:
    law = truth_law(TruthSettings())
    medians_us = np.exp(law.mean)
    assert medians_us[0] == pytest.approx(85_000)
    assert medians_us[-3:] == pytest.approx(list(MEDIAN_DD_US.values()))


def test_there_are_five_sizes_of_identity_and_nothing_else_differs() -> None:
    assert len({size.identity for size in TRUTH_SIZES}) == 5
    assert [size.identity for size in TRUTH_SIZES] == sorted(size.identity for size in TRUTH_SIZES)
    others = {(s.n_people, s.n_sessions, s.n_keystrokes, s.n_letters, s.drift) for s in TRUTH_SIZES}
    assert len(others) == 1


def _fits(variance: float, expected: float, n: int) -> bool:
    return abs(variance / expected - 1) < 5 * np.sqrt(2 / n)
