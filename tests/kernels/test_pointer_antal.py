"""The 39 features of Antal and Egyed-Zsigmond, against plain Python written from the published rules."""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import reid
from reid.events.reading import read_claimed
from reid.events.table import EventTable
from reid.kernels.pointer import BUTTON_DOWN, BUTTON_UP, MOVE, WHEEL
from reid.kernels.pointer_antal import GAP_US, LEAST_POINTS, antal_actions
from reid.samples.cutting import cut
from reid.samples.strokes import pointer_rows as rows_of_table
from reid.typing import FloatArray, IntArray
from tests.kernels.pointer_paths import LEFT, RIGHT, Rows, pointer_rows, rows_of, whole

Point = tuple[int, int, float, float, int]  # time, event, x, y, button
NAN = float("nan")


def usable(rows: list[Point]) -> list[Point]:
    """Drop keys, the wheel and duplicates; off the screen, the pointer is where it was before."""
    points: list[Point] = []
    for time_us, event, x, y, button in rows:
        if event not in (MOVE, BUTTON_DOWN, BUTTON_UP):
            continue
        point = (time_us, event, x, y, button)
        if x > 4000 or y > 4000:
            if not points:
                continue
            point = (time_us, event, points[-1][2], points[-1][3], button)
        if not points or point != points[-1]:
            points.append(point)
    return points


def segments(points: list[Point]) -> list[list[Point]]:
    """Cut where a step takes more than ten seconds."""
    parts: list[list[Point]] = []
    for point in points:
        if not parts or point[0] - parts[-1][-1][0] > 10_000_000:
            parts.append([])
        parts[-1].append(point)
    return parts


def actions(segment: list[Point]) -> list[tuple[int, list[Point]]]:
    """Cut one segment at each press and release of one button; what has up to four points is dropped."""
    found: list[tuple[int, list[Point]]] = []
    rest = list(segment)
    while True:
        downs = [place for place, point in enumerate(rest) if point[1] == BUTTON_DOWN]
        if not downs:
            break
        down = downs[0]
        ups = [
            place
            for place, point in enumerate(rest)
            if place > down and point[1] == BUTTON_UP and point[4] == rest[down][4]
        ]
        if not ups:
            break
        up = ups[0]
        if any(point[1] == MOVE for point in rest[down:up]):
            found += [(1, rest[:down]), (4, rest[down : up + 1])]
        else:
            found.append((3, rest[: up + 1]))
        rest = rest[up + 1 :]
    found.append((1, rest))
    return [(kind, action) for kind, action in found if len(action) > 4]


def four_statistics(series: list[float]) -> list[float]:
    if not series:
        return [NAN] * 4
    mean = sum(series) / len(series)
    squares = [(value - mean) ** 2 for value in series[1:]]
    sd = math.sqrt(sum(squares) / (len(series) - 1)) if len(series) > 1 else NAN
    return [mean, sd, max(series), min([series[0]] + [value for value in series if value != 0])]


def the_39(kind: int, action: list[Point]) -> list[float]:
    """Compute the features of one action, list by list."""
    t = [point[0] / 1e6 for point in action]
    x, y = [point[2] for point in action], [point[3] for point in action]
    n = len(action)
    dt = [0.0] + [(b[0] - a[0]) / 1e6 or 0.01 for a, b in pairwise(action)]
    dx, dy = ([0.0] + [b - a for a, b in pairwise(axis)] for axis in (x, y))
    path = [math.sqrt(dx[i] ** 2 + dy[i] ** 2) for i in range(n)]
    vx, vy = ([0.0] + [step[i] / dt[i] for i in range(1, n)] for step in (dx, dy))
    v = [math.sqrt(vx[i] ** 2 + vy[i] ** 2) for i in range(n)]
    angle = [0.0] + [math.atan2(dy[i], dx[i]) for i in range(1, n)]
    omega = [0.0] + [(angle[i] - angle[i - 1]) / dt[i] for i in range(1, n)]
    a = [0.0] + [(v[i] - v[i - 1]) / dt[i] for i in range(1, n - 1)]
    jerk = [0.0] + [(a[i] - a[i - 1]) / dt[i] for i in range(1, len(a))]
    curvature = [(angle[i] - angle[i - 1]) / path[i] for i in range(1, n) if path[i] != 0]
    travelled = sum(path)
    end_x, end_y = x[-1] - x[0], y[-1] - y[0]
    chord = math.sqrt(end_x**2 + end_y**2)
    if chord:
        deviation = max(abs(end_x * (y[i] - y[0]) - end_y * (x[i] - x[0])) / chord for i in range(n))
    else:
        deviation = max(math.sqrt((x[i] - x[0]) ** 2 + (y[i] - y[0]) ** 2) for i in range(n))
    initial = 0.0
    for i in range(1, len(a)):
        if v[i] - v[i - 1] <= 0:
            break
        initial += dt[i]
    return [
        kind, travelled, t[-1] - t[0], math.floor(math.atan2(end_y, end_x) / (math.pi / 4)) % 8,
        min(chord / travelled, 1.0) if travelled else NAN, n, sum(angle),
        *four_statistics(curvature), *four_statistics(omega),
        deviation, chord, sum(abs(c) < 0.0005 for c in curvature),
        *(value for series in (vx, vy, v, a, jerk) for value in four_statistics(series)),
        initial,
    ]  # fmt: skip


def naive_features(rows: list[Point]) -> FloatArray:
    found = [the_39(*action) for segment in segments(usable(rows)) for action in actions(segment)]
    return np.array(found, dtype=np.float64).reshape(-1, 39)


def features(rows: Rows, starts: IntArray, stops: IntArray) -> tuple[FloatArray, IntArray, IntArray]:
    return antal_actions(*rows, starts, stops, GAP_US, LEAST_POINTS)


def assert_equal_features(found: FloatArray, expected: FloatArray) -> None:
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-7)


def corner() -> list[Point]:
    """Two steps right, one that takes no time, two down: 10 ms each, 3 and 4 pixels."""
    places = [(0, 0.0, 0.0), (10, 3.0, 0.0), (20, 6.0, 0.0), (20, 9.0, 0.0), (30, 9.0, 4.0), (40, 9.0, 8.0)]
    return [(1000 * time_ms, MOVE, x, y, 7) for time_ms, x, y in places]


def test_a_corner_by_hand() -> None:
    rows = rows_of(corner())
    (row,), first_rows, offsets = features(rows, *whole(rows))
    assert first_rows.tolist() == [0]
    assert offsets.tolist() == [0, 1]
    chord, right_angle = math.hypot(9, 8), math.pi / 2
    np.testing.assert_allclose(row[:7], [1, 17, 0.04, 0, chord / 17, 6, 2 * right_angle])
    curved = right_angle / 4  # the one turn, over the 4 px of the step after it; 5 values
    np.testing.assert_allclose(row[7:11], [curved / 5, math.sqrt((3 + 16) / 25 * curved**2 / 4), curved, 0])
    assert row[11] == pytest.approx(right_angle / 0.01 / 6)
    np.testing.assert_allclose(row[15:18], [9 * 8 / chord, chord, 4])
    np.testing.assert_allclose(row[18:22], [900 / 6, math.sqrt((3 * 150**2 + 2 * 150**2) / 5), 300, 0])
    assert row[26] == pytest.approx((3 * 300 + 2 * 400) / 6)
    assert row[29] == 0  # the least speed is that of the first point
    assert row[30] == pytest.approx((30_000 + 10_000) / 5)  # rises at once, and at the corner
    assert row[38] == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("end", "sector"),
    [
        ((9, 0), 0),
        ((9, 8), 0),
        ((9, 9), 1),
        ((0, 9), 2),
        ((-9, 9), 3),
        ((-9, 0), 4),
        ((-9, -9), 5),
        ((9, -1), 7),
    ],
)
def test_direction_counts_sectors_of_45_degrees_from_rightwards(end: tuple[int, int], sector: int) -> None:
    places = [(100.0 + end[0] * step, 100.0 + end[1] * step) for step in range(5)]
    rows = rows_of([(10_000 * number, MOVE, *place, 7) for number, place in enumerate(places)])
    assert features(rows, *whole(rows))[0][0, 3] == sector


def test_press_and_release_make_a_click_and_moves_between_a_drag() -> None:
    way = [(10_000 * number, MOVE, 2.0 * number, 0.0, 7) for number in range(4)]
    click = [(40_000, BUTTON_DOWN, 8.0, 0.0, LEFT), (50_000, BUTTON_UP, 8.0, 0.0, LEFT)]
    pulled = [(100_000 + 10_000 * number, MOVE, 2.0, 3.0 * number, 7) for number in range(5)]
    drag = [(99_000, BUTTON_DOWN, 2.0, 0.0, RIGHT), *pulled, (150_000, BUTTON_UP, 2.0, 12.0, RIGHT)]
    for rows, kinds in ((way + click, [3]), (way + drag, [4]), (way + click + drag, [3, 4])):
        arrays = rows_of(rows)
        assert features(arrays, *whole(arrays))[0][:, 0].tolist() == kinds
    turned = rows_of([*way, (35_000, WHEEL, 6.0, 0.0, 7), *click])
    assert features(turned, *whole(turned))[0][:, 5].tolist() == [6]


def test_a_gap_ends_an_action_and_exactly_ten_seconds_do_not() -> None:
    for gap_us, sizes in ((10_000_000, [10]), (10_000_001, [5, 5])):
        late = [(time_us + 40_000 + gap_us, *rest) for time_us, *rest in corner()[1:]]
        rows = rows_of(corner()[:-1] + [(time_us - 20_000, *rest) for time_us, *rest in late])
        assert features(rows, *whole(rows))[0][:, 5].tolist() == sizes


def test_runs_are_measured_apart() -> None:
    rows = rows_of(corner() + corner())
    found, first_rows, offsets = features(rows, np.array([0, 6, 6]), np.array([6, 6, 12]))
    assert offsets.tolist() == [0, 1, 1, 2]
    assert first_rows.tolist() == [0, 6]
    np.testing.assert_array_equal(found[0], found[1])


def test_an_action_that_stays_where_it_is_has_no_curvature_and_no_straightness() -> None:
    rows = rows_of([(10_000 * number, MOVE, 5.0, 5.0, 7) for number in range(6)])
    (row,), _, _ = features(rows, *whole(rows))
    assert np.flatnonzero(np.isnan(row)).tolist() == [4, 7, 8, 9, 10]


@settings(max_examples=300, deadline=None)
@given(pointer_rows())
def test_features_agree_with_plain_python_on_any_log(rows: list[Point]) -> None:
    arrays = rows_of(rows)
    assert_equal_features(features(arrays, *whole(arrays))[0], naive_features(rows))


def assert_agree_on(events: EventTable) -> int:
    """Compare session by session; return the number of actions."""
    starts, stops = cut(events).bounds()
    arrays = rows_of_table(events)
    found, _, offsets = features(Rows(*arrays), starts, stops)
    columns = [array.tolist() for array in arrays]
    for session, (start, stop) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
        rows = list(zip(*(column[start:stop] for column in columns), strict=True))
        assert_equal_features(found[offsets[session] : offsets[session + 1]], naive_features(rows))
    return len(found)


def test_features_agree_on_real_people_who_click_and_drag(real_data: Path) -> None:
    events = reid.read_events(real_data / "sapimouse" / "sapimouse.zip")
    assert assert_agree_on(events.of_people(events.subjects[:6])) > 1000


@pytest.mark.slow
def test_features_agree_on_every_balabit_action(real_data: Path) -> None:
    archive = real_data / "balabit" / "Mouse-Dynamics-Challenge-master.zip"
    assert assert_agree_on(reid.read_events(archive)) > 50_000
    assert sum(assert_agree_on(part) for part in read_claimed(archive)) > 50_000
