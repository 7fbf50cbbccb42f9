"""Latencies of keys, by hand."""

import numpy as np

from reid.kernels.latencies import drawn_by_inversion, first_bins, press_rows, rebuilt_clock

DOWN, UP, MOVE = 0, 1, 2
#: A move, then a (repeated once) and b in rollover, a move in between, a again, a move.
EVENT = np.array([MOVE, DOWN, DOWN, MOVE, DOWN, UP, UP, DOWN, MOVE, UP], dtype=np.uint8)
PRESS = np.array([0, 5, 5, 0, 6, 5, 6, 7, 0, 7])
KEY = np.array([0, 1, 1, 0, 2, 1, 2, 1, 0, 1])
TIME_US = np.array([100, 200, 260, 300, 400, 440, 460, 600, 650, 700])
BOUNDS = np.array([0, 10])


def test_key_rows_know_their_press_and_its_repeats() -> None:
    begins, previous, repeat = press_rows(EVENT, PRESS, BOUNDS)
    assert begins.tolist() == [-1, 1, 1, -1, 4, 1, 4, 7, -1, 7]
    assert previous.tolist() == [-1, -1, -1, -1, 1, -1, -1, 4, -1, -1]
    assert repeat.tolist() == [0, 1, 1, 0, 0, 0, 0, 0, 0, 0]


def test_numbers_of_presses_may_be_used_again_in_the_next_session() -> None:
    event, press = np.array([DOWN, UP, DOWN, UP], dtype=np.uint8), np.array([3, 3, 3, 3])
    begins, previous, _ = press_rows(event, press, np.array([0, 2, 4]))
    assert begins.tolist() == [0, 0, 2, 2]
    assert previous.tolist() == [-1, -1, -1, -1]


def test_a_clock_is_rebuilt_and_what_is_no_key_keeps_its_share() -> None:
    begins, _, _ = press_rows(EVENT, PRESS, BOUNDS)
    lag = np.array([-1, 50, 30, -1, 400, 130, 10, 20, -1, 90])
    # a at 50 (100 before), b 400 after it, a again 20 after b. The move halfway from a to b stays halfway.
    # a is held for 130, b for 10, a for 90.
    rebuilt = rebuilt_clock(TIME_US, begins, KEY, lag, BOUNDS, 3)
    assert rebuilt.tolist() == [0, 50, 80, 250, 450, 180, 460, 470, 520, 560]


def test_a_key_still_comes_up_before_it_goes_down_again() -> None:
    begins, _, _ = press_rows(EVENT, PRESS, BOUNDS)
    lag = np.array([-1, 50, 30, -1, 400, 9000, 9000, 20, -1, 90])
    rebuilt = rebuilt_clock(TIME_US, begins, KEY, lag, BOUNDS, 3)
    assert rebuilt[5] == rebuilt[7]  # the first a, at the latest when the second goes down
    assert rebuilt[6] == 450 + 9000  # b goes down no more


def test_the_same_latencies_give_the_same_clock() -> None:
    begins, _, _ = press_rows(EVENT, PRESS, BOUNDS)
    lag = np.array([0, 100, 60, 0, 200, 240, 60, 200, 0, 100])
    assert rebuilt_clock(TIME_US, begins, KEY, lag, BOUNDS, 3).tolist() == (TIME_US - 100).tolist()


def test_draws_follow_the_histogram_and_spread_over_its_bins() -> None:
    up_to, edges = np.array([[0.0, 0.25, 0.25, 1.0]]), np.array([0.0, 1.0, 3.0, 10.0, 20.0])
    uniform = np.array([0.0, 0.125, 0.25, 0.999])
    drawn = drawn_by_inversion(np.zeros(4, dtype=np.int64), uniform, up_to, first_bins(up_to), edges)
    np.testing.assert_allclose(drawn, [1.0, 2.0, 10.0, 10.0 + 10 * (0.749 / 0.75)])
