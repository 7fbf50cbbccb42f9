"""Rates of groups: by hand, and who is not told apart."""

import numpy as np
import pytest

from reid.metrics.groups import rates_of_groups
from reid.metrics.intervals import clopper_pearson, sidak_level
from reid.typing import IntArray


def people(*sizes: int) -> tuple[IntArray, IntArray]:
    """Return as many people, of one probe each, in group 0, 1, ..."""
    group = np.repeat(np.arange(len(sizes)), sizes).astype(np.int64)
    return np.arange(group.size, dtype=np.int64), group


def test_each_group_has_its_rate_and_intervals_hold_for_all_at_once() -> None:
    person, group = people(10, 30)
    hits = np.where(np.isin(person, [0, 1, 2, *range(10, 34)]), 1.0, 0.0)
    few, many = rates_of_groups(hits, person, group, chance=0.1)
    assert (few.n_people, few.n_probes, few.rank_1.value) == (10, 10, 0.3)
    assert (many.n_people, many.n_probes, many.rank_1.value) == (30, 30, 0.8)
    low, high = clopper_pearson(3, 10, sidak_level(0.95, 2))
    assert (few.rank_1.low, few.rank_1.high) == pytest.approx((low, high))
    assert few.is_small
    assert not many.is_small


def test_groups_are_apart_where_their_intervals_do_not_meet() -> None:
    person, group = people(30, 30, 30)
    hits = np.where(group == 0, 1.0, np.where(group == 1, 0.0, person % 2))
    assert [rate.apart for rate in rates_of_groups(hits, person, group, chance=0.0)] == [True, True, True]
    alike = rates_of_groups((person % 2).astype(np.float64), person, group, chance=0.0)
    assert not any(rate.apart for rate in alike)


def test_a_group_of_few_people_and_the_unknown_are_not_told() -> None:
    person, group = people(4, 5, 6)
    told = rates_of_groups(np.ones(15), person, np.where(group == 2, -1, group), chance=0.0)
    assert [(rate.group, rate.n_people) for rate in told] == [(1, 5)]
    assert rates_of_groups(np.ones(8), np.repeat(0, 8), np.repeat(0, 8), chance=0.0) == []  # one person's


def test_a_person_may_have_probes_in_two_groups() -> None:
    person, group = np.tile(np.arange(6), 2), np.repeat([0, 1], 6)
    own, foreign = rates_of_groups(np.where(group == 0, 1.0, 0.0), person, group, chance=0.0)
    assert (own.rank_1.value, foreign.rank_1.value) == (1.0, 0.0)
    assert own.n_people == foreign.n_people == 6
