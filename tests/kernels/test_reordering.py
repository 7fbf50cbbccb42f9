"""Rows that change places."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.reordering import first_alike, order_by_time, raised_within

BOUNDS = np.array([0, 4, 4, 9])


def test_rows_of_a_slot_are_raised_to_the_latest_before_them_in_their_session() -> None:
    time_us = np.array([50, 10, 60, 20, 5, 90, 80, 70, 60])
    slot = np.array([0, 0, -1, 1, 0, -1, 1, 0, 1])
    raised = raised_within(time_us, slot, BOUNDS, 2)
    assert raised.tolist() == [50, 50, 60, 20, 5, 90, 80, 70, 80]


def test_rows_of_a_kind_share_the_first_of_their_session() -> None:
    slot = np.array([3, 1, 3, 1, 1, 3, 0, 3, 1])
    assert first_alike(slot, BOUNDS, 4).tolist() == [0, 1, 0, 1, 4, 5, 6, 5, 4]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(-5, 5), max_size=80), min_size=1, max_size=4),
)
def test_rows_are_sorted_stably_within_sessions(sessions: list[list[int]]) -> None:
    """Short and long ways to the right place: the second half of the sizes goes through merging."""
    parts = [np.array(session, dtype=np.int64) for session in sessions]
    bounds = np.cumsum([0, *(part.size for part in parts)])
    expected = np.concatenate(
        [start + np.argsort(part, kind="stable") for start, part in zip(bounds[:-1], parts, strict=True)]
    )
    np.testing.assert_array_equal(order_by_time(np.concatenate(parts), bounds), expected)


def test_a_session_in_reverse_is_sorted_too() -> None:
    time_us = np.concatenate([np.arange(2000)[::-1] // 2, np.arange(10)])
    order = order_by_time(time_us, np.array([0, 2000, 2010]))
    np.testing.assert_array_equal(order[:2000], np.argsort(time_us[:2000], kind="stable"))
    np.testing.assert_array_equal(order[2000:], np.arange(2000, 2010))
