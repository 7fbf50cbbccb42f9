import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from reid.synthetic.pointer_paths import (
    LEAST_STEP_PX,
    SCREEN_PX,
    TARGET_AREA_PX,
    difficulty_of,
    fitted_offsets,
    n_reports,
    positions_px,
    progress_of,
    report_progress,
    targets_of,
)

unit = st.floats(0, 1, exclude_max=True)


@given(st.lists(st.tuples(unit, unit), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_targets_lie_in_the_middle_of_the_screen_and_never_on_the_one_before(
    uniform: list[tuple[float, float]],
) -> None:
    targets = targets_of(np.array(uniform))
    corner = (np.array(SCREEN_PX) - TARGET_AREA_PX) // 2
    assert np.all(targets >= corner)
    assert np.all(targets < corner + TARGET_AREA_PX)
    assert np.abs(np.diff(targets[:, 0])).min() >= LEAST_STEP_PX


def test_every_place_is_as_likely_at_the_last_target_as_at_the_first() -> None:
    targets = targets_of(np.random.default_rng(2).random((8000, 5, 2)))
    for place in (0, 4):
        for axis in (0, 1):
            corner = (SCREEN_PX[axis] - TARGET_AREA_PX[axis]) // 2
            bins = (targets[:, place, axis] - corner) * 10 // TARGET_AREA_PX[axis]
            assert chisquare(np.bincount(bins, minlength=10)).pvalue > 0.001


def test_difficulty_by_hand() -> None:
    np.testing.assert_allclose(difficulty_of(np.array([40.0, 120.0, 280.0])), [1, 2, 3])


def test_a_movement_starts_and_ends_at_rest_and_never_turns_back() -> None:
    share = np.linspace(0, 1, 1001)
    done = progress_of(share)
    assert (done[0], done[-1]) == (0, 1)
    assert np.all(np.diff(done) > 0)
    np.testing.assert_allclose(done + done[::-1], 1)
    speed = np.gradient(done, share)
    assert max(speed[0], speed[-1]) < 1e-4
    np.testing.assert_allclose(speed.max(), 1.875, rtol=1e-3)  # 15/8 of the mean, as is known of least jerk


def test_reports_by_hand() -> None:
    # One at 8 ms and one at 16 ms; what would fall on the arrival itself is the click's.
    duration_us = np.array([8_001, 16_000, 16_001, 24_000])
    np.testing.assert_array_equal(n_reports(duration_us), [1, 1, 2, 2])
    np.testing.assert_allclose(report_progress(np.array([16_000]), np.array([1])), [0.5])


def test_places_by_hand() -> None:
    start, target = np.zeros((3, 2)), np.tile([100.0, 0.0], (3, 1))
    found = positions_px(start, target, np.full(3, 0.1), np.array([0.0, 0.5, 1.0]))
    np.testing.assert_array_equal(found, [[0, 0], [50, 10], [100, 0]])  # right of "to the right" is down
    back = positions_px(target[:1], start[:1], np.array([0.1]), np.array([0.5]))
    np.testing.assert_array_equal(back, [[50, -10]])


@given(
    st.floats(-0.3, 0.3),
    st.integers(60_000, 2_000_000),
    st.tuples(st.integers(80, 700), st.integers(-500, 500)),
)
@settings(max_examples=100, deadline=None)
def test_an_offset_is_found_again_within_a_pixel(
    offset: float, duration_us: int, along: tuple[int, int]
) -> None:
    number = np.arange(1, n_reports(np.array([duration_us]))[0] + 1)
    done = report_progress(np.full(number.size, duration_us), number)
    start, target = np.array([[600.0, 500.0]]), np.array([[600.0 + along[0], 500.0 + along[1]]])
    every = np.zeros(number.size, dtype=np.int64)
    places = positions_px(start[every], target[every], np.full(number.size, offset), done)
    found = fitted_offsets(places.astype(float), done, every, start, target)
    assert abs(found[0] - offset) * np.hypot(*along) < 1


def test_fitted_offsets_are_those_of_a_least_squares_solver() -> None:
    rng = np.random.default_rng(3)
    start, target = rng.integers(0, 500, (6, 2)) * 1.0, rng.integers(600, 900, (6, 2)) * 1.0
    stroke = np.repeat(np.arange(6), [30, 1, 12, 50, 44, 9])
    done = rng.random(stroke.size)
    places = rng.random((stroke.size, 2)) * 900
    found = fitted_offsets(places, done, stroke, start, target)
    for one in range(6):
        here, along = stroke == one, target[one] - start[one]
        right = np.array([-along[1], along[0]])
        shape = (4 * done[here] * (1 - done[here]))[:, None] * right
        straight = start[one] + done[here][:, None] * along
        slow = np.linalg.lstsq(shape.reshape(-1, 1), (places[here] - straight).ravel())[0]
        np.testing.assert_allclose(found[one], slow[0])


def test_a_way_without_reports_has_offset_zero() -> None:
    nothing = np.empty(0)
    ends = np.array([[0.0, 0.0]]), np.array([[100.0, 0.0]])
    found = fitted_offsets(np.empty((0, 2)), nothing, nothing.astype(np.int64), *ends)
    np.testing.assert_array_equal(found, [0.0])
