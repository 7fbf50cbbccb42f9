"""Strategies on event times: the cases one can check by hand, and the laws of their noise."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from reid.anonymizers import DelayMix, TimeGrid, TimeJitter
from reid.anonymizers.draws import uniform_draws
from reid.anonymizers.milliseconds import whole_microseconds
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import change_us, far_apart, moves, typed

N_FAR = 21_000
NEVER = 1e-8  # noise from the operating system differs in every run
SYSTEM = Streams.from_system()


def test_a_grid_floors_times_from_the_session_start() -> None:
    log = typed([(0, "+", "KeyA"), (99_999, "-", "KeyA"), (100_000, "+", "KeyB"), (250_000, "-", "KeyB")])
    assert TimeGrid(step_ms=100).apply(log, Streams(0)).events.frame["time_us"].to_list() == [
        0,
        0,
        100_000,
        200_000,
    ]


def test_a_grid_of_one_microsecond_changes_nothing() -> None:
    log = moves(np.array([0, 1, 2, 10**12]))
    assert TimeGrid(step_ms=0.001).apply(log, Streams(0)).events.frame.equals(log.frame)


def test_what_a_grid_makes_alike_is_merged_but_every_turn_of_the_wheel_counts() -> None:
    wheel = {"event": "wheel", "x_px": 1.0, "y_px": 1.0, "wheel_dx": 0.0}
    down = {"event": "key_down", "key": "KeyA", "press": 4}
    rows = [
        {**down, "time_us": 0},
        {**down, "time_us": 30},  # two auto-repeats
        {**down, "time_us": 60},
        {"event": "key_up", "key": "KeyA", "press": 4, "time_us": 70},
        *(
            {**wheel, "time_us": time_us, "wheel_dy": dy}
            for time_us, dy in ((80, 1.0), (81, 1.0), (82, 2.0), (83, -1.0))
        ),
        {**wheel, "time_us": 100, "wheel_dy": 5.0},
        {"event": "move", "x_px": 1.0, "y_px": 1.0, "time_us": 101},
        {"event": "move", "x_px": 1.0, "y_px": 1.0, "time_us": 102},
        {"event": "move", "x_px": 1.5, "y_px": 1.0, "time_us": 103},
    ]
    log = EventTable.from_frame(pl.DataFrame([{"subject_id": "s", "session_id": "1", **row} for row in rows]))
    merged = TimeGrid(step_ms=0.1).apply(log, Streams(0)).events.frame
    assert merged["event"].to_list() == ["key_down", "key_up", "wheel", "wheel", "move", "move"]
    assert merged["time_us"].to_list() == [0, 0, 0, 100, 100, 100]
    assert merged["wheel_dy"].to_list() == [None, None, 3.0, 5.0, None, None]


@pytest.mark.parametrize("streams", [Streams(3), SYSTEM], ids=["seeded", "system"])
def test_jitter_far_from_other_events_is_uniform_on_whole_microseconds_between_its_bounds(
    streams: Streams,
) -> None:
    shift = change_us(far_apart(N_FAR), TimeJitter(bound_ms=0.01), streams)
    counts = np.bincount(
        shift - shift.min()
    )  # the first event's own shift is hidden, but both ends are reached
    assert counts.size == 21
    assert stats.chisquare(counts).pvalue > NEVER


def test_jitter_of_a_first_event_is_as_any_other() -> None:
    """Differences of two uniform shifts are triangular, also where one is the session's first event."""
    pairs = moves(np.tile([0, 5_000_000], 4_000), n_sessions=4_000)
    gap_us = (
        TimeJitter(bound_ms=20).apply(pairs, Streams(5)).events.frame["time_us"].to_numpy()[1::2] - 5_000_000
    )
    right, wrong = (stats.triang(0.5, loc=-2 * bound, scale=4 * bound) for bound in (20_000, 26_000))
    assert stats.kstest(gap_us, right.cdf).pvalue > 1e-3
    assert stats.kstest(gap_us, wrong.cdf).pvalue < 1e-6


def test_jitter_is_the_running_maximum_of_shifted_times() -> None:
    log = moves(np.cumsum(np.random.default_rng(1).integers(1, 30_000, 500)))
    shift = (uniform_draws(Streams(9), ["s"], np.array([500])) * 100_001).astype(np.int64) - 50_000
    expected = np.maximum.accumulate(log.frame["time_us"].to_numpy() + shift)
    found = TimeJitter(bound_ms=50).apply(log, Streams(9)).events.frame["time_us"].to_numpy()
    np.testing.assert_array_equal(found, expected - expected[0])


@pytest.mark.parametrize("streams", [Streams(4), SYSTEM], ids=["seeded", "system"])
def test_delays_far_from_other_events_are_uniform_from_0_to_the_bound(streams: Streams) -> None:
    delay = change_us(far_apart(N_FAR), DelayMix(bound_ms=0.02), streams)
    counts = np.bincount(delay - delay.min(), minlength=21)
    assert counts.size == 21
    assert stats.chisquare(counts).pvalue > NEVER


def test_delays_and_shifts_30_percent_off_are_told_apart() -> None:
    cells = np.arange(0, 100_001, 10_000)
    for scale, must_accept in ((1.0, True), (0.7, False)):
        delay = change_us(far_apart(N_FAR), DelayMix(bound_ms=100 * scale), Streams(2))
        counts, _ = np.histogram(delay - delay.min(), cells)
        assert (stats.chisquare(counts).pvalue > 1e-4) == must_accept


@pytest.mark.parametrize("strategy", [TimeJitter(bound_ms=10), DelayMix(bound_ms=20)], ids=str)
def test_the_first_event_tells_nothing_of_its_noise(strategy: TimeJitter | DelayMix) -> None:
    log = moves(np.tile([3_000, 5_000_000], 50), n_sessions=50)
    first = strategy.apply(log, Streams(1)).events.frame["time_us"].to_list()[::2]
    assert first == [0] * 50


@pytest.mark.parametrize("strategy", [TimeJitter(bound_ms=10), DelayMix(bound_ms=20)], ids=str)
def test_a_session_of_one_event_starts_at_zero(strategy: TimeJitter | DelayMix) -> None:
    log = moves(np.array([0, 0]), n_sessions=2)
    assert strategy.apply(log, Streams(1)).events.frame["time_us"].to_list() == [0, 0]


def test_two_people_who_do_the_same_get_different_noise() -> None:
    one, other = (typed([(0, "+", "KeyA"), (90_000, "-", "KeyA")], subject=name) for name in ("one", "other"))
    both = TimeJitter(bound_ms=20).apply(EventTable.concat([one, other]), Streams(1)).events.frame
    assert both["time_us"][1] != both["time_us"][3]


def test_rounded_settings_are_refused_with_the_nearest_one() -> None:
    with pytest.raises(ParameterError, match=r"whole microseconds; found 16\.66.* Write 16\.667"):
        TimeGrid(step_ms=1000 / 60)
    for value in (float("nan"), float("inf")):
        with pytest.raises(ParameterError):
            whole_microseconds("step_ms", value)


def test_a_grid_that_rounds_takes_the_nearest_point_and_the_later_of_two() -> None:
    log = moves(np.array([0, 49_999, 50_000, 149_999, 151_000]))
    rounded = TimeGrid(step_ms=100, rounding="round").apply(log, Streams(0)).events.frame
    assert rounded["time_us"].to_list() == [0, 0, 100_000, 100_000, 200_000]


def test_a_stochastic_grid_goes_up_by_its_law_and_a_threshold_30_percent_low_is_caught() -> None:
    """Ups must be as frequent as the rest of the step is large; thresholds 0.7 times as high would show."""
    time_us = np.sort(np.random.default_rng(3).integers(0, 10_000 * N_FAR, N_FAR)) * 10  # 0.1 s apart
    log, step_us = moves(time_us), 10_000
    found = TimeGrid(step_ms=10, rounding="stochastic").apply(log, Streams(2)).events.frame["time_us"]
    ups = found.to_numpy() - (time_us - time_us % step_us) == step_us
    cell = time_us % step_us * 10 // step_us
    share = (time_us % step_us) / step_us
    for scale, must_accept in ((1.0, True), (0.7, False)):
        expected = np.bincount(cell, np.minimum(share / scale, 1.0))
        counts = np.bincount(cell)
        spread = np.bincount(cell, np.minimum(share / scale, 1.0) * (1 - np.minimum(share / scale, 1.0)))
        z = (np.bincount(cell, ups) - expected)[spread > 1] / np.sqrt(spread[spread > 1])
        off_scale = np.bincount(cell, ups)[spread <= 1] != counts[spread <= 1]
        accepted = stats.chi2.sf((z**2).sum(), z.size) > 1e-4 and not off_scale.any()
        assert accepted == must_accept


NOISE = {"gaussian": stats.norm, "laplace": stats.laplace}


@pytest.mark.parametrize("noise", list(NOISE))
@pytest.mark.parametrize("order", ["kept", "sorted"])
def test_other_noise_far_from_other_events_follows_its_law_and_30_percent_off_is_caught(
    noise: str, order: str
) -> None:
    jitter = TimeJitter(scale_ms=10, noise=noise, order=order)
    shift = change_us(far_apart(N_FAR), jitter, Streams(6)).astype(np.float64)
    shift -= np.median(shift)  # the first event's own shift is hidden
    assert stats.kstest(shift[1:], NOISE[noise](scale=10_000).cdf).pvalue > 1e-3
    for wrong in (7_000, 13_000):
        assert stats.kstest(shift[1:], NOISE[noise](scale=wrong).cdf).pvalue < 1e-6


def test_noise_per_session_is_one_draw_for_each_kind_of_event() -> None:
    """The same two keys again and again: holds are off by the same within a session, not between sessions."""
    typing = [(0, "+", "KeyA"), (300, "-", "KeyA"), (500, "+", "KeyB"), (900, "-", "KeyB")]
    session = [(1000 * (2000 * n + ms), sign, key) for n in range(3) for ms, sign, key in typing]
    log = typed(*[session] * 1500)
    jitter = TimeJitter(bound_ms=50, per="session")
    moved = jitter.apply(log, Streams(4)).events.frame["time_us"].to_numpy().reshape(1500, 3, 4)
    off = moved - log.frame["time_us"].to_numpy().reshape(1500, 3, 4)
    assert (off == off[:, :1]).all()  # a session's first event hides its own shift, which all share
    held_off = (off[:, 0, 1] - off[:, 0, 0]).astype(np.float64)
    right, wrong = (stats.triang(0.5, loc=-2 * bound, scale=4 * bound) for bound in (50_000, 35_000))
    assert stats.kstest(held_off, right.cdf).pvalue > 1e-3
    assert stats.kstest(held_off, wrong.cdf).pvalue < 1e-4


def test_sorted_jitter_puts_events_in_the_order_of_their_moved_times() -> None:
    log = moves(np.cumsum(np.random.default_rng(1).integers(1, 30_000, 500)))
    shift = (uniform_draws(Streams(9), ["s"], np.array([500])) * 100_001).astype(np.int64) - 50_000
    moved = log.frame["time_us"].to_numpy() + shift
    order = np.argsort(moved, kind="stable")
    found = TimeJitter(bound_ms=50, order="sorted").apply(log, Streams(9)).events.frame
    np.testing.assert_array_equal(found["time_us"], moved[order] - moved[order[0]])
    np.testing.assert_array_equal(found["x_px"], order)


def test_sorted_jitter_swaps_presses_but_never_a_press_and_its_release() -> None:
    session = [
        (20_000 * n + ms * 1000, sign, "Key" + "ABCD"[n % 4])
        for n in range(200)
        for ms, sign in ((0, "+"), (9, "-"))
    ]
    log = typed(session)
    found = TimeJitter(bound_ms=60, order="sorted").apply(log, Streams(2)).events.frame
    downs = found.filter(pl.col("event") == "key_down")
    assert downs["press"].to_list() != sorted(downs["press"])
    place = found.with_row_index().pivot(on="event", index="press", values="index")
    assert (place["key_up"] > place["key_down"]).all()


def test_sorted_jitter_leaves_trials_in_one_piece() -> None:
    log = moves(np.arange(100) * 1000)
    frame = log.frame.with_columns(trial=(pl.int_range(100) // 25).cast(pl.UInt32))
    found = TimeJitter(bound_ms=50, order="sorted").apply(log.with_frame(frame), Streams(2)).events.frame
    assert found["trial"].to_list() == frame["trial"].to_list()
    assert found["x_px"].to_list() != frame["x_px"].to_list()
