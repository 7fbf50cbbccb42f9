"""Strategies that relay events, and those that go by the name of a real tool."""

import numpy as np
import polars as pl
from scipy import stats

from reid.anonymizers import Chrome, Firefox, IntervalMix, KeyboardPrivacy, Kloak
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import change_us, far_apart, moves, typed

N_FAR = 21_000


def test_interval_mix_starts_with_intervals_uniform_to_its_bound() -> None:
    pairs = moves(np.tile([0, 0], N_FAR), n_sessions=N_FAR)
    gap_us = IntervalMix(start_ms=0.02).apply(pairs, Streams(5)).events.frame["time_us"].to_numpy()[1::2]
    counts = np.bincount(gap_us)
    assert counts.size == 21
    assert stats.chisquare(counts).pvalue > 1e-4
    less_us = IntervalMix(start_ms=0.014).apply(pairs, Streams(5)).events.frame["time_us"].to_numpy()[1::2]
    assert np.bincount(less_us).size < 21


def test_keyboard_privacy_waits_uniformly_and_30_percent_off_is_caught() -> None:
    session = [
        (1_000_000 * n + ms * 1000, sign, "KeyA") for n in range(4000) for ms, sign in ((0, "+"), (200, "-"))
    ]
    log = typed(session)
    found = (
        KeyboardPrivacy(hold_ms=50, flight_ms=30).apply(log, Streams(1)).events.frame["time_us"].to_numpy()
    )
    off = (found - log.frame["time_us"].to_numpy()).astype(np.float64)
    for rows, longest_us in ((off[::2], 30_000), (off[1::2], 50_000)):
        waits = rows - off.min()  # of the presses the least wait is near 0, and it hides that of the first
        assert stats.kstest(waits, stats.uniform(0, longest_us).cdf).pvalue > 1e-4
        assert stats.kstest(waits, stats.uniform(0, 0.7 * longest_us).cdf).pvalue < 1e-6


def test_keyboard_privacy_leaves_the_pointer_alone() -> None:
    log = far_apart(50)
    assert KeyboardPrivacy().apply(log, Streams(0)).events.frame.equals(log.frame)


def test_kloak_delays_like_delay_mix_on_a_clock_of_milliseconds() -> None:
    log = moves(np.arange(N_FAR) * 1_000_000 + np.arange(N_FAR) % 1000)
    found = Kloak(delay_ms=20).apply(log, Streams(3)).events.frame["time_us"].to_numpy()
    delay_ms = (found - np.arange(N_FAR) * 1_000_000) // 1000
    counts = np.bincount(delay_ms - delay_ms.min())
    assert (found % 1000 == 0).all()
    assert counts.size == 21
    assert stats.chisquare(counts).pvalue > 1e-4
    less = Kloak(delay_ms=14).apply(log, Streams(3)).events.frame["time_us"].to_numpy()
    assert np.bincount((less - np.arange(N_FAR) * 1_000_000) // 1000 + 14).size < counts.size + 14


def test_kloak_makes_few_jumps_of_many_moves_and_ends_where_the_pointer_was() -> None:
    log = moves(np.arange(2000) * 8_000)
    found = Kloak().apply(log, Streams(3)).events.frame
    assert 2000 / 12.5 < len(found) < 2000 / 4  # a jump lasts 50 ms on average, as long as 6 moves
    assert found["x_px"][-1] == 1999
    assert found["x_px"].is_sorted()


def test_kloak_adds_up_turns_of_the_wheel_that_wait() -> None:
    wheel = {
        "subject_id": "s",
        "session_id": "1",
        "event": "wheel",
        "x_px": 1.0,
        "y_px": 1.0,
        "wheel_dx": 0.0,
    }
    rows = [{**wheel, "time_us": 1000 * n, "wheel_dy": 1.0 + n % 2} for n in range(100)]
    log = EventTable.from_frame(pl.DataFrame(rows))
    found = Kloak().apply(log, Streams(1)).events.frame
    assert len(found) < 20
    assert found["wheel_dy"].sum() == 150.0


def test_browsers_show_their_steps() -> None:
    log = moves(np.cumsum(np.random.default_rng(1).integers(0, 30_000, 2000)))
    for clock, step_us in (
        (Chrome(), 100),
        (Chrome(isolated=True), 5),
        (Firefox(), 1000),
        (Firefox(isolated=True), 20),
        (Firefox(resist_fingerprinting=True), 16_667),
    ):
        off = change_us(log, clock, Streams(1))
        shown = clock.apply(log, Streams(1)).events.frame["time_us"]
        assert (shown % step_us == 0).all()
        assert np.abs(off).max() < step_us
        assert (off > 0).any() == (clock != Firefox(isolated=True))
