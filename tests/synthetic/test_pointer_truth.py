from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.pointer_paths import SCREEN_PX
from reid.synthetic.pointer_truth import (
    MEDIAN_PAUSE_US,
    MEDIAN_PRESS_US,
    MIDDLE_DIFFICULTY,
    POINTER_SIZES,
    PointerSettings,
    Strokes,
    draw_strokes,
    fitts_us,
    generate_pointer,
    generate_pointer_parts,
    pointer_law,
    pointer_means,
)

SMALL = PointerSettings(n_people=7, n_sessions=3, n_strokes=10)
STREAMS = Streams(11)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_people", 0),
        ("n_sessions", 0),
        ("n_strokes", 0),
        ("identity", -0.1),
        ("identity", float("nan")),
        ("identity", 2.1),
        ("drift", float("inf")),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"^{name} must"):
        PointerSettings(**{name: value})


@pytest.mark.parametrize("people", [[], [7], [-1]])
def test_people_that_do_not_exist_are_refused(people: list[int]) -> None:
    with pytest.raises(ParameterError, match="people must hold numbers from 0 to 6"):
        generate_pointer(SMALL, STREAMS, people)


def test_the_log_is_what_was_drawn_rounded_to_whole_microseconds() -> None:
    strokes = draw_strokes(SMALL, STREAMS, range(7))
    frame = generate_pointer(SMALL, STREAMS).frame
    down, up = (frame.filter(pl.col("event") == word) for word in ("button_down", "button_up"))
    shape = (7, 3, 10)
    down_us, up_us = (side["time_us"].to_numpy().reshape(shape) for side in (down, up))
    np.testing.assert_allclose(up_us - down_us, np.exp(strokes.values[..., 3]), atol=0.5)
    move_us = fitts_us(strokes.difficulty()) * np.exp(strokes.values[..., 1])
    rest_us = np.concatenate([np.zeros((7, 3, 1), dtype=np.int64), up_us[..., :-1]], axis=-1)
    np.testing.assert_allclose(down_us - rest_us, np.exp(strokes.values[..., 0]) + move_us, atol=1)
    for side in (down, up):
        places = side.select("x_px", "y_px").to_numpy().reshape(*shape, 2)
        np.testing.assert_array_equal(places, strokes.targets_px[..., 1:, :])


def test_a_session_begins_at_rest_and_reports_each_movement_on_the_same_grid() -> None:
    table = generate_pointer(SMALL, STREAMS)
    first_places = draw_strokes(SMALL, STREAMS, range(7)).targets_px[..., 0, :].reshape(-1, 2)
    for number, (start, stop) in enumerate(
        zip(table.session_bounds()[:-1], table.session_bounds()[1:], strict=True)
    ):
        rows = table.frame[int(start) : int(stop)]
        events, time_us = rows["event"].to_list(), rows["time_us"].to_numpy()
        assert (events[0], time_us[0]) == ("move", 0)
        np.testing.assert_array_equal(rows.select("x_px", "y_px").to_numpy()[0], first_places[number])
        n_clicks = 0
        for row in range(1, len(events)):
            before, here = events[row - 1], events[row]
            if before == here == "move" and row > 1:
                assert time_us[row] - time_us[row - 1] == 8000
            elif before == "move" and here == "button_down":
                assert 0 < time_us[row] - time_us[row - 1] <= 8000
            elif here == "button_up":
                assert before == "button_down"
                n_clicks += 1
        assert n_clicks == SMALL.n_strokes


@given(st.integers(0, 2**32), st.floats(0, 2), st.floats(0, 1))
@settings(max_examples=10, deadline=None)
def test_the_log_passes_the_door_without_faults(seed: int, identity: float, drift: float) -> None:
    plan = PointerSettings(n_people=2, n_sessions=2, n_strokes=6, identity=identity, drift=drift)
    table = generate_pointer(plan, Streams(seed))
    assert not table.quality.rows_left_out
    again = EventTable.from_frame(table.frame, table.sessions)
    assert not again.quality.rows_left_out
    assert_frame_equal(again.frame, table.frame)
    is_click = pl.col("event") != "move"
    assert table.frame.filter(is_click)["button"].to_list() == ["left"] * (2 * 2 * 2 * 6)
    assert table.frame.filter(~is_click)["button"].null_count() == table.frame.filter(~is_click).height
    assert table.frame["key"].null_count() == table.frame.height


def test_the_pointer_stays_on_the_screen_even_where_people_differ_most() -> None:
    frame = generate_pointer(replace(POINTER_SIZES[-1], n_people=60), STREAMS).frame
    for name, size in zip(("x_px", "y_px"), SCREEN_PX, strict=True):
        assert frame[name].min() >= 0
        assert frame[name].max() < size


def test_everybody_has_the_same_screen_and_each_session_is_a_sitting_of_its_own() -> None:
    sessions = generate_pointer(SMALL, STREAMS).sessions
    assert set(sessions.select("screen_w", "screen_h").rows()) == {SCREEN_PX}
    assert sessions["session_order"].to_list() == [0, 1, 2] * 7
    assert sessions["sitting"].to_list() == [0, 1, 2] * 7
    assert tuple(sessions["subject_id"].unique(maintain_order=True)) == SMALL.subject_ids


@pytest.mark.parametrize("n_people_a_part", [1, 3, 7, 50])
def test_parts_change_no_bit(n_people_a_part: int) -> None:
    whole = generate_pointer(SMALL, STREAMS)
    parts = EventTable.concat(generate_pointer_parts(SMALL, STREAMS, n_people_a_part))
    assert_frame_equal(parts.frame, whole.frame)
    assert_frame_equal(parts.sessions, whole.sessions)


def test_more_people_and_more_sessions_leave_the_others_as_they_are() -> None:
    more = replace(SMALL, n_people=9, n_sessions=5)
    again = generate_pointer(more, STREAMS).of_people(SMALL.subject_ids)
    first = pl.col("session_id").str.ends_with("-1")
    assert_frame_equal(again.frame.filter(first), generate_pointer(SMALL, STREAMS).frame.filter(first))


def test_another_seed_gives_other_people_and_other_targets() -> None:
    here, there = (draw_strokes(SMALL, Streams(seed), range(7)) for seed in (1, 2))
    assert np.all(here.values != there.values)
    assert np.mean(here.targets_px != there.targets_px) > 0.9
    assert np.all(pointer_means(SMALL, Streams(1), range(7)) != pointer_means(SMALL, Streams(2), range(7)))


def test_targets_do_not_depend_on_who_people_are() -> None:
    alike, apart = (draw_strokes(replace(SMALL, identity=size), STREAMS, range(7)) for size in (0.0, 2.0))
    np.testing.assert_array_equal(alike.targets_px, apart.targets_px)
    assert np.all(alike.values != apart.values)


def test_no_two_sessions_have_the_same_targets() -> None:
    targets = draw_strokes(PointerSettings(n_people=200), STREAMS, range(200)).targets_px
    assert len(np.unique(targets.reshape(800, -1), axis=0)) == 800


def test_what_targets_are_like_names_people_at_chance() -> None:
    strokes = draw_strokes(PointerSettings(n_people=200, n_sessions=2, identity=2.0), STREAMS, range(200))
    difficulty = strokes.difficulty()
    places = strokes.targets_px.mean(axis=2)
    traits = [difficulty.mean(axis=-1), difficulty.std(axis=-1), places[..., 0], places[..., 1]]
    described = np.stack(traits, axis=-1)
    assert _n_named(described) <= 6  # one is expected; P(7 or more) is 1e-4
    assert _n_named(strokes.values.mean(axis=2)) > 40  # what people do on the way does name them


def test_without_drift_a_person_is_the_same_in_each_session_and_with_it_not() -> None:
    calm = pointer_means(SMALL, STREAMS, range(7))
    np.testing.assert_array_equal(calm, np.broadcast_to(calm[:, :1], calm.shape))
    drifting = PointerSettings(n_people=400, n_sessions=2, identity=0.3, drift=0.2)
    shift = np.diff(pointer_means(drifting, STREAMS, range(400)), axis=1)[:, 0]
    expected = 0.2 * np.sqrt(2) * _unit_sd()
    assert np.all(_fit(shift.var(axis=0), expected**2, 400))
    assert not np.any(_fit(shift.var(axis=0), (1.3 * 1.3 * expected) ** 2, 400))


def test_quantities_have_the_moments_of_the_law_within_a_session() -> None:
    plan = PointerSettings(n_people=400, n_sessions=1, n_strokes=40, identity=0.5)
    law = pointer_law(plan)
    strokes = draw_strokes(plan, STREAMS, range(400))
    residual = _residuals(plan, strokes)
    n = len(residual)
    found = residual.T @ residual / n
    scale = np.sqrt(np.outer(np.diag(law.within), np.diag(law.within)))
    tolerance = 5 * np.sqrt(2 / n)
    np.testing.assert_array_less(np.abs(residual.mean(axis=0)), 5 * np.sqrt(np.diag(law.within) / n))
    np.testing.assert_allclose(found / scale, law.within / scale, atol=tolerance)
    assert np.all(np.abs(np.diag(found) / np.diag(law.within) - 1.3) > tolerance)
    for first, second in ((0, 1), (1, 2), (0, 3)):  # each part that quantities share is really there
        assert abs(found[first, second] / law.within[first, second] - 1) < 0.3
    standard = residual / np.sqrt(np.diag(law.within))
    assert np.all(np.abs((standard**3).mean(axis=0)) < 5 * np.sqrt(15 / n))  # Gaussian: 0 and 3
    assert np.all(np.abs((standard**4).mean(axis=0) - 3) < 5 * np.sqrt(96 / n))


def test_people_have_the_joint_covariance_of_the_law() -> None:
    plan = PointerSettings(n_people=3000, n_sessions=1, identity=0.5)
    law = pointer_law(plan)
    scale = 0.5 * _unit_sd()
    deviation = (pointer_means(plan, STREAMS, range(3000))[:, 0] - law.mean) / scale
    between = law.root @ law.root.T / np.outer(scale, scale)
    np.testing.assert_allclose(np.diag(between), 1)
    assert np.all(between[~np.eye(len(between), dtype=bool)] != 0)  # components of a person hang together
    found = deviation.T @ deviation / 3000
    np.testing.assert_allclose(found, between, atol=5 * np.sqrt(2 / 3000))
    assert not np.allclose(found, 1.3 * between, atol=5 * np.sqrt(2 / 3000))
    assert not np.allclose(found, np.eye(len(found)), atol=5 * np.sqrt(2 / 3000))


def test_movement_times_follow_fitts_law_with_a_slope_of_each_person() -> None:
    plan = PointerSettings(n_people=60, n_sessions=1, n_strokes=400, identity=1.0)
    strokes = draw_strokes(plan, STREAMS, range(60))
    means = pointer_means(plan, STREAMS, range(60))[:, 0]
    bits = strokes.difficulty()[:, 0]
    for person in range(60):
        slope, level = np.polyfit(bits[person] - MIDDLE_DIFFICULTY, strokes.values[person, 0, :, 1], 1)
        error = 0.2 / np.sqrt(400)
        assert abs(level - means[person, 1]) < 5 * error
        assert abs(slope - means[person, 4]) < 5 * error / bits[person].std()
    assert means[:, 4].std() > 0.1  # slopes differ by far more than the fit is off


def test_medians_are_those_of_human_pointing() -> None:
    law = pointer_law(PointerSettings())
    np.testing.assert_allclose(np.exp(law.mean[[0, 3]]), [MEDIAN_PAUSE_US, MEDIAN_PRESS_US])
    np.testing.assert_allclose(fitts_us(np.array([2.0, 4.0])), [340_000, 580_000])
    # Even with people all alike, the median stroke of a log takes as long as the law says.
    strokes = draw_strokes(PointerSettings(n_people=100, identity=0.0), STREAMS, range(100))
    assert abs(np.median(strokes.values[..., 1])) < 0.01


def test_there_are_five_sizes_of_identity_and_nothing_else_differs() -> None:
    sizes = [size.identity for size in POINTER_SIZES]
    assert len(set(sizes)) == 5
    assert sizes == sorted(sizes)
    assert len({replace(size, identity=0.0) for size in POINTER_SIZES}) == 1


def _unit_sd() -> np.ndarray:
    root = pointer_law(PointerSettings(identity=1.0)).root
    return np.sqrt(np.diag(root @ root.T))


def _residuals(plan: PointerSettings, strokes: Strokes) -> np.ndarray:
    """Return what is left of each stroke beside its session's mean, written out quantity by quantity."""
    means = pointer_means(plan, STREAMS, range(plan.n_people))[:, :, None]
    left = strokes.values - means[..., :4]
    left[..., 1] -= means[..., 4] * (strokes.difficulty() - MIDDLE_DIFFICULTY)
    return left.reshape(-1, 4)


def _fit(variance: np.ndarray, expected: np.ndarray, n: int) -> np.ndarray:
    return np.abs(variance / expected - 1) < 5 * np.sqrt(2 / n)


def _n_named(described: np.ndarray) -> int:
    standard = described / described.std(axis=(0, 1))
    gallery, probes = np.swapaxes(standard, 0, 1)
    distance = ((probes[:, None] - gallery[None]) ** 2).sum(axis=-1)
    return int(np.sum(distance.argmin(axis=1) == np.arange(len(described))))
