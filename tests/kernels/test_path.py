"""Pointer paths: by hand, and against slow and obvious oracles."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from reid.kernels.path import held_at_ticks, kept_by_douglas_peucker, leaves_its_place
from reid.typing import Array, BoolArray, Float32Array, IntArray

KEY, MOVE, CLICK = 0, 1, 2
Point = tuple[float, float]


class Path(NamedTuple):
    time_us: IntArray
    kind: Array
    x_px: Float32Array
    y_px: Float32Array
    label: IntArray
    bounds: IntArray

    @property
    def is_move(self) -> BoolArray:
        return self.kind == MOVE

    @property
    def is_pointer(self) -> BoolArray:
        return self.kind != KEY

    def sessions(self) -> list[range]:
        return [range(self.bounds[n], self.bounds[n + 1]) for n in range(self.bounds.size - 1)]

    def point(self, row: int) -> Point:
        return float(self.x_px[row]), float(self.y_px[row])

    def thinned(self, pause_us: int, tolerance_px: float) -> BoolArray:
        time_us, _, x_px, y_px, label, bounds = self
        return kept_by_douglas_peucker(
            time_us, self.is_move, self.is_pointer, x_px, y_px, label, bounds, pause_us, tolerance_px
        )

    def sampled(self, step_us: int, pause_us: int) -> list[tuple[int, ...]]:
        arrays = held_at_ticks(self.time_us, self.is_move, self.is_pointer, self.bounds, step_us, pause_us)
        return list(zip(*(array.tolist() for array in arrays), strict=True))


@st.composite
def paths(draw: DrawFn) -> Path:
    """Draw sessions of moves, clicks and keys, with repeated times and places, at quarters of a pixel."""
    n_rows = draw(st.integers(1, 40))
    of_rows = {"min_size": n_rows, "max_size": n_rows}
    steps = draw(st.lists(st.sampled_from([0, 0, 1, 3, 10, 25]), **of_rows))
    kinds = draw(st.lists(st.sampled_from([MOVE] * 6 + [CLICK, KEY]), **of_rows))
    places = st.integers(-8, 8).map(lambda quarters: quarters / 4)
    x_px, y_px = (np.array(draw(st.lists(places, **of_rows)), dtype=np.float32) for _ in range(2))
    label = np.cumsum(draw(st.lists(st.sampled_from([0] * 12 + [1]), **of_rows)))
    borders = draw(st.sets(st.integers(1, n_rows), max_size=2)) | {0, n_rows}
    kind = np.array(kinds, dtype=np.uint8)
    x_px[kind == KEY] = np.nan
    y_px[kind == KEY] = np.nan
    return Path(np.cumsum(steps), kind, x_px, y_px, label, np.array(sorted(borders)))


def path_of(points: list[Point], times: list[int] | None = None) -> Path:
    n_points = len(points)
    x_px, y_px = (np.array(values, dtype=np.float32) for values in zip(*points, strict=True))
    time_us = np.arange(n_points) if times is None else np.array(times)
    kind = np.full(n_points, MOVE, dtype=np.uint8)
    return Path(time_us, kind, x_px, y_px, np.zeros(n_points, dtype=np.int64), np.array([0, n_points]))


def distance_px(point: Point, start: Point, stop: Point) -> float:
    """Return the distance of a point from a straight piece, by its nearest point on it."""
    along = (stop[0] - start[0], stop[1] - start[1])
    length2 = along[0] ** 2 + along[1] ** 2
    share = 0.0
    if length2:
        share = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length2
    share = min(max(share, 0.0), 1.0)
    return math.dist(point, (start[0] + share * along[0], start[1] + share * along[1]))


def textbook(points: list[Point], tolerance_px: float) -> list[int]:
    """Return the points that stay, as Douglas and Peucker's rule is told in textbooks."""
    if len(points) <= 2:
        return list(range(len(points)))
    off = [distance_px(point, points[0], points[-1]) for point in points[1:-1]]
    # Of points that are equally far but for rounding, the first.
    farthest = next(place for place, far in enumerate(off) if far >= max(off) - 1e-9) + 1
    if off[farthest - 1] <= tolerance_px + 1e-9:
        return [0, len(points) - 1]
    before = textbook(points[: farthest + 1], tolerance_px)
    return before[:-1] + [farthest + place for place in textbook(points[farthest:], tolerance_px)]


def runs_of_moves(path: Path, pause_us: int) -> list[list[int]]:
    runs: list[list[int]] = []
    for session in path.sessions():
        before = -1
        for row in session:
            if path.kind[row] == KEY:
                continue
            if path.kind[row] == MOVE:
                goes_on = (
                    before >= 0
                    and path.kind[before] == MOVE
                    and path.time_us[row] - path.time_us[before] <= pause_us
                    and path.label[row] == path.label[before]
                )
                if not goes_on:
                    runs.append([])
                runs[-1].append(row)
            before = row
    return runs


def test_a_corner_stays_and_what_lies_near_the_line_goes() -> None:
    path = path_of([(0, 0), (5, 1), (10, 0), (10, 4), (11, 9), (10, 12)])
    assert path.thinned(100, 1.0).tolist() == [True, False, True, False, False, True]
    assert path.thinned(100, 0.9).tolist() == [True, True, True, False, True, True]


def test_a_path_that_turns_back_on_its_own_line_keeps_the_turning_point() -> None:
    assert path_of([(0, 0), (3, 0), (9, 0), (5, 0)]).thinned(100, 0.0).tolist() == [True, False, True, True]


def test_a_closed_path_keeps_its_farthest_point() -> None:
    assert path_of([(0, 0), (3, 0), (3, 3), (0, 0)]).thinned(100, 3.1).tolist() == [True, False, True, True]


def test_a_pause_keeps_the_points_on_both_sides() -> None:
    path = path_of([(n, 0) for n in range(6)], [0, 1, 2, 53, 54, 55])
    assert path.thinned(50, 1.0).tolist() == [True, False, True, True, False, True]
    assert path.thinned(51, 1.0).tolist() == [True, False, False, False, False, True]


@settings(max_examples=300, deadline=None)
@given(paths(), st.sampled_from([0, 3, 10, 1000]), st.sampled_from([0.0, 0.1, 0.3, 0.6, 1.3, 5.0]))
def test_thinning_agrees_with_the_recursive_textbook(path: Path, pause_us: int, tolerance_px: float) -> None:
    expected = path.kind != MOVE
    for run in runs_of_moves(path, pause_us):
        for place in textbook([path.point(row) for row in run], tolerance_px):
            expected[run[place]] = True
    np.testing.assert_array_equal(path.thinned(pause_us, tolerance_px), expected)


@settings(max_examples=100, deadline=None)
@given(paths(), st.sampled_from([0.1, 0.5, 1.0, 2.0]))
def test_no_point_left_out_lies_further_off_than_the_tolerance(path: Path, tolerance_px: float) -> None:
    keep = path.thinned(1000, tolerance_px)
    for run in runs_of_moves(path, 1000):
        for row in run:
            before = max(other for other in run if keep[other] and other <= row)
            after = min(other for other in run if keep[other] and other >= row)
            ends = path.point(before), path.point(after)
            assert distance_px(path.point(row), *ends) <= tolerance_px + 1e-9


def naive_samples(path: Path, step_us: int, pause_us: int) -> list[tuple[int, ...]]:
    """Try every tick of each session."""
    released = []
    for session in path.sessions():
        rows: list[tuple[int, bool, tuple[int, ...]]] = [
            (int(path.time_us[row]), False, (row, int(path.time_us[row]), row, row))
            for row in session
            if path.kind[row] != MOVE
        ]
        latest_us = int(path.time_us[session].max())
        for tick_us in range(0, latest_us + step_us + 1, step_us):
            so_far = [row for row in session if path.time_us[row] <= tick_us]
            moves = [row for row in so_far if path.kind[row] == MOVE]
            if not moves:
                continue
            moved_us = path.time_us[moves[-1]]
            is_first = tick_us - moved_us < step_us
            later = [path.time_us[row] for row in session if path.kind[row] == MOVE and row > moves[-1]]
            if is_first or (later and later[0] - moved_us <= pause_us):
                place = [row for row in so_far if path.kind[row] != KEY][-1]
                rows.append((tick_us, True, (moves[-1], tick_us, place, so_far[-1])))
        released += [row for _, _, row in sorted(rows, key=lambda found: found[:2])]
    return released


def test_a_place_is_held_from_tick_to_tick_until_the_pointer_rests() -> None:
    path = path_of([(n, 0) for n in range(4)], [0, 13, 47, 200])
    found = [(time_us, place) for _, time_us, place, _ in path.sampled(10, 50)]
    assert found == [(0, 0), (10, 0), (20, 1), (30, 1), (40, 1), (50, 2), (200, 3)]


def test_a_tick_after_a_click_is_where_the_click_was_and_stands_behind_it() -> None:
    path = path_of([(0, 0), (1, 0), (2, 0)], [0, 10, 15])
    path.kind[1] = CLICK
    assert path.sampled(10, 50) == [(0, 0, 0, 0), (1, 10, 1, 1), (0, 10, 1, 1), (2, 20, 2, 2)]


@settings(max_examples=300, deadline=None)
@given(paths(), st.sampled_from([1, 2, 7, 30]), st.sampled_from([0, 1, 5, 12, 1000]))
def test_sampling_agrees_with_trying_every_tick(path: Path, step_us: int, pause_us: int) -> None:
    assert path.sampled(step_us, pause_us) == naive_samples(path, step_us, pause_us)


@settings(max_examples=200, deadline=None)
@given(paths())
def test_moves_that_move_nothing_are_found(path: Path) -> None:
    expected = np.ones(path.kind.size, dtype=np.bool_)
    for session in path.sessions():
        pointer = [row for row in session if path.kind[row] != KEY]
        for before, row in pairwise(pointer):
            same = path.point(before) == path.point(row) and path.label[before] == path.label[row]
            expected[row] = not (same and path.kind[row] == MOVE)
    x_px, y_px = path.x_px.astype(np.float64), path.y_px.astype(np.float64)
    found = leaves_its_place(path.is_move, path.is_pointer, x_px, y_px, path.label, path.bounds)
    np.testing.assert_array_equal(found, expected)
