"""Undoing a release with what raw and released data of other people teach."""

import numpy as np
import polars as pl
import pytest

from reid.anonymizers.strategies import parse_strategy
from reid.attackers.reversal import Reversal
from reid.errors import BlindError
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.attackers.people import typists


def released(events: EventTable, strategy: str, name: str) -> EventTable:
    return parse_strategy(strategy).fit([events]).apply(events, Streams(0, (name,))).events


def halves() -> tuple[EventTable, EventTable]:
    events = typists(24)
    return events.of_people(events.subjects[:12]), events.of_people(events.subjects[12:])


def with_moves_before(events: EventTable) -> EventTable:
    """Return the log with two seconds of moves before the first press of each session."""
    later = events.frame.select(
        "subject_id", "session_id", "event", "key", "press", time_us=pl.col("time_us") + 2_000_000
    )
    moves = events.sessions.select("subject_id", "session_id").join(
        pl.DataFrame({"time_us": [200_000 * number for number in range(10)]}), how="cross"
    )
    moves = moves.with_columns(event=pl.lit("move"), x_px=pl.col("time_us") / 10_000, y_px=pl.lit(5.0))
    rows = [frame.with_columns(pl.col("event").cast(pl.String)) for frame in (moves, later)]
    return EventTable.from_frame(
        pl.concat(rows, how="diagonal_relaxed").sort(
            "subject_id", "session_id", "time_us", maintain_order=True
        )
    )


def press_times(events: EventTable) -> np.ndarray:
    """Return latencies between presses and holds, in log microseconds, by person, session and press."""
    frame = events.frame.sort("subject_id", "session_id", "press", "event")
    downs = frame.filter(frame["event"] == "key_down")
    return downs["time_us"].to_numpy()


def error(one: EventTable, other: EventTable) -> float:
    gaps = [np.log(np.clip(np.abs(np.diff(press_times(events))), 1000, 2e6)) for events in (one, other)]
    return float(np.sqrt(np.mean((gaps[0] - gaps[1]) ** 2)))


@pytest.mark.parametrize("strategy", ["time-jitter(bound_ms=60)", "time-grid(step_ms=150)"])
def test_what_is_undone_lies_nearer_to_the_raw_log_of_people_never_seen(strategy: str) -> None:
    learnt, met = halves()
    seen = released(met, strategy, "met")
    undone = Reversal.learn(released(learnt, strategy, "learnt"), learnt).undone(seen)
    assert error(undone, met) < 0.8 * error(seen, met)
    assert len(undone) == len(seen)
    assert undone.sessions.equals(seen.sessions)


def test_what_was_not_changed_is_left_as_it_is() -> None:
    learnt, met = halves()
    assert Reversal.learn(learnt, learnt).undone(met).frame.equals(met.frame)


def test_an_undone_log_is_a_valid_log() -> None:
    learnt, met = halves()
    strategy = "time-jitter(bound_ms=60)"
    undone = Reversal.learn(released(learnt, strategy, "a"), learnt).undone(released(met, strategy, "b"))
    again = EventTable.from_frame(undone.frame, undone.sessions, repeats=True)
    assert len(again) == len(undone)
    assert again.frame["time_us"].equals(undone.frame["time_us"])


def test_what_stands_before_the_first_press_moves_no_release() -> None:
    """Keys come up after they went down, also where the pointer moves before anything is typed."""
    learnt, met = (with_moves_before(half) for half in halves())
    strategy = "time-jitter(bound_ms=60)"
    undone = Reversal.learn(released(learnt, strategy, "a"), learnt).undone(released(met, strategy, "b"))
    frame = undone.frame.filter(undone.frame["press"].is_not_null())
    held = frame.group_by("subject_id", "session_id", "press").agg(
        (pl.col("time_us").filter(pl.col("event") == "key_up").first() - pl.col("time_us").first()).alias(
            "us"
        )
    )
    assert (held["us"].drop_nulls() >= 0).all()


def test_a_few_lost_releases_do_not_switch_off_the_comparison() -> None:
    learnt, _ = halves()
    ups = (learnt.frame["event"] == "key_up").cum_sum()
    lost = (learnt.frame["event"] == "key_up") & (ups % 40 == 0)
    assert Reversal.learn(learnt.with_frame(learnt.frame.filter(~lost)), learnt).of_holds is None


def test_a_log_without_keys_teaches_nothing() -> None:
    learnt, _ = halves()
    few = EventTable(learnt.frame.head(40), learnt.sessions.head(1))
    with pytest.raises(BlindError, match="200 presses"):
        Reversal.learn(few, few)
