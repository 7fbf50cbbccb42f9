import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.events.presses import lone_releases, press_numbers
from reid.typing import BoolArray, IntArray

Steps = list[tuple[int, int, bool]]
STEPS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.booleans()), max_size=60)


def arrays(steps: Steps) -> tuple[IntArray, IntArray, BoolArray]:
    ordered = sorted(steps, key=lambda step: step[0])
    columns = np.array(ordered, dtype=np.int64).reshape(-1, 3)
    return columns[:, 0], columns[:, 1], columns[:, 2].astype(np.bool_)


def naive_numbers(session: IntArray, key: IntArray, is_up: BoolArray) -> list[int]:
    numbers: list[int] = []
    held: dict[tuple[int, int], int] = {}
    n_presses: dict[int, int] = {}
    for one, which, up in zip(session.tolist(), key.tolist(), is_up.tolist(), strict=True):
        if (one, which) not in held:
            held[one, which] = n_presses.get(one, 0)
            n_presses[one] = held[one, which] + 1
        numbers.append(held[one, which])
        if up:
            del held[one, which]
    return numbers


def naive_lone(session: IntArray, press: IntArray, is_up: BoolArray) -> list[bool]:
    lone = []
    for row in range(session.size):
        before = (session[:row] == session[row]) & (press[:row] == press[row])
        released = bool(np.any(before & is_up[:row]))
        pressed = bool(np.any(before & ~is_up[:row]))
        lone.append(bool(is_up[row]) and (released or not pressed))
    return lone


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_numbers_agree_with_a_reader_who_goes_row_by_row(steps: Steps) -> None:
    assert press_numbers(*arrays(steps)).tolist() == naive_numbers(*arrays(steps))


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_lone_releases_agree_with_the_quadratic_oracle(steps: Steps) -> None:
    assert lone_releases(*arrays(steps)).tolist() == naive_lone(*arrays(steps))


def test_rollover_keeps_presses_apart() -> None:
    session, key = np.zeros(4, dtype=np.int64), np.array([5, 9, 5, 9])
    is_up = np.array([False, False, True, True])
    assert press_numbers(session, key, is_up).tolist() == [0, 1, 0, 1]


def test_numbers_begin_anew_in_each_session() -> None:
    session, key = np.array([0, 0, 1, 1]), np.array([5, 5, 5, 5])
    is_up = np.array([False, False, False, True])
    assert press_numbers(session, key, is_up).tolist() == [0, 0, 0, 0]


def test_a_release_of_a_key_that_was_never_down_stands_alone() -> None:
    session, key = np.zeros(3, dtype=np.int64), np.array([5, 5, 5])
    is_up = np.array([True, False, True])
    numbers = press_numbers(session, key, is_up)
    assert numbers.tolist() == [0, 1, 1]
    assert lone_releases(session, numbers, is_up).tolist() == [True, False, False]
