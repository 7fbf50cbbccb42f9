"""Groups of at least k points, beside an oracle written from the definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.mdav import mdav, v_mdav
from reid.typing import FloatArray, IntArray


def squared(one: FloatArray, other: FloatArray) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(one.tolist(), other.tolist(), strict=True)))


def centre(points: FloatArray, members: list[int]) -> FloatArray:
    return np.array([sum(points[members, axis].tolist()) / len(members) for axis in range(points.shape[1])])


def farthest(points: FloatArray, members: list[int], place: FloatArray) -> int:
    return min(members, key=lambda member: (-squared(points[member], place), member))


def with_nearest(points: FloatArray, members: list[int], seed: int, k: int) -> list[int]:
    others = [member for member in members if member != seed]
    ranked = sorted(others, key=lambda member: (squared(points[member], points[seed]), member))
    return [seed, *ranked[: k - 1]]


def obvious_mdav(points: FloatArray, k: int) -> list[list[int]]:
    groups: list[list[int]] = []
    left = list(range(len(points)))

    def take(seed: int) -> None:
        groups.append(with_nearest(points, left, seed, k))
        left[:] = [member for member in left if member not in groups[-1]]

    while len(left) >= 3 * k:
        first = farthest(points, left, centre(points, left))
        second = farthest(points, left, points[first])
        take(first)
        take(second if second in left else left[0])
    if len(left) >= 2 * k:
        take(farthest(points, left, centre(points, left)))
    return [*groups, left]


def obvious_v_mdav(points: FloatArray, k: int, gamma: float) -> list[list[int]]:
    groups: list[list[int]] = []
    left = list(range(len(points)))
    middle = centre(points, left)
    while len(left) >= k:
        own = with_nearest(points, left, farthest(points, left, middle), k)
        left = [member for member in left if member not in own]
        while left and len(own) < 2 * k - 1:
            ways = {one: min(squared(points[one], points[other]) for other in own) for one in left}
            near = min(left, key=lambda one: (ways[one], one))
            out = [squared(points[near], points[other]) for other in left if other != near]
            if not (ways[near] < gamma**2 * min(out) if out else gamma > 0):
                break
            own.append(near)
            left.remove(near)
        groups.append(own)
    centres = [centre(points, own) for own in groups]
    for member in left:
        nearest = min(range(len(groups)), key=lambda one: (squared(points[member], centres[one]), one))
        groups[nearest].append(member)
    return groups


def listed(group: IntArray) -> list[list[int]]:
    return [np.flatnonzero(group == number).tolist() for number in range(int(group.max()) + 1)]


@st.composite
def clouds(draw: st.DrawFn) -> tuple[FloatArray, int]:
    """Points on a coarse lattice, so that sums are exact and ties are frequent."""
    n_points, n_dimensions = draw(st.integers(1, 25)), draw(st.integers(1, 3))
    size = n_points * n_dimensions
    places = draw(st.lists(st.integers(-4, 4), min_size=size, max_size=size))
    return np.array(places, dtype=float).reshape(n_points, n_dimensions), draw(st.integers(1, n_points))


@settings(max_examples=150, deadline=None)
@given(clouds())
def test_mdav_agrees_with_its_definition(cloud: tuple[FloatArray, int]) -> None:
    points, k = cloud
    found = listed(mdav(points, k))
    assert found == [sorted(own) for own in obvious_mdav(points, k)]
    assert all(k <= len(own) < 2 * k for own in found)


@settings(max_examples=150, deadline=None)
@given(clouds(), st.sampled_from([0.0, 0.5, 1.25, 100.0]))
def test_v_mdav_agrees_with_its_definition(cloud: tuple[FloatArray, int], gamma: float) -> None:
    points, k = cloud
    found = listed(v_mdav(points, k, gamma))
    assert found == [sorted(own) for own in obvious_v_mdav(points, k, gamma)]
    assert all(len(own) >= k for own in found)


def test_two_heaps_far_apart_are_two_groups() -> None:
    points = np.array([[0.0], [100.0], [1.0], [101.0], [2.0], [102.0]])
    assert listed(mdav(points, 3)) == [[0, 2, 4], [1, 3, 5]]


def test_a_group_of_variable_size_takes_in_the_neighbour_that_mdav_gives_away() -> None:
    points = np.array([[0.0], [1.0], [2.0], [50.0], [51.0], [52.0], [90.0], [91.0]])
    assert listed(v_mdav(points, 2, 1.1))[-1] == [3, 4, 5]
    assert [3, 4, 5] not in listed(mdav(points, 2))


@pytest.mark.parametrize("gamma", [0.0, 0.2, 2.0])
def test_everybody_in_one_place_is_grouped_all_the_same(gamma: float) -> None:
    points = np.zeros((17, 2))
    for group in (mdav(points, 4), v_mdav(points, 4, gamma)):
        assert min(np.bincount(group)) >= 4
