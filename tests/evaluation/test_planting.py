"""What is planted is all that tells people apart, lies in one channel, and leaves a valid log."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.evaluation.planting import planted
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.attackers.people import pointers, typists

KEYS, POINTER = typists(4), pointers(4, n_sessions=2, n_strokes=60)
LOGS = {"flight": KEYS, "hold": KEYS, "path": POINTER, "click": POINTER}
WHAT = pl.struct("event", "key", "press", "button").hash()  # what no mark changes
WAIT = pl.col("time_us").diff().over(SESSION)


def marked(channel: str, log: EventTable | None = None, *, seed: int = 0) -> EventTable:
    found = planted(LOGS[channel] if log is None else log, channel, Streams(seed), 1)
    assert found is not None
    return found


def by_session(log: EventTable, *columns: pl.Expr) -> list[Sequence[object]]:
    """Return what the sessions hold, in an order that does not tell whose they are."""
    rows = log.frame.with_columns(columns).group_by(SESSION).agg(one.meta.output_name() for one in columns)
    return sorted(rows.drop(SESSION).rows(), key=repr)


def at_one_time(events: EventTable) -> EventTable:
    return events.with_frame(events.frame.with_columns(time_us=pl.lit(0, dtype=pl.Int64)))


@pytest.mark.parametrize("channel", LOGS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_every_session_gets_what_another_one_held_and_stays_valid(channel: str, seed: int) -> None:
    log, found = LOGS[channel], marked(channel, seed=seed)
    assert found.sessions.equals(log.sessions)
    assert not found.frame.select(WHAT).equals(log.frame.select(WHAT)) or channel == "path"
    assert by_session(found, WHAT.alias("what")) == by_session(log, WHAT.alias("what"))
    assert (found.frame.select(WAIT).to_series().drop_nulls() >= 0).all()
    again = EventTable.from_frame(found.frame, found.sessions, repeats=True)
    assert again.quality.rows_left_out == 0


def test_a_signal_in_flights_leaves_every_hold_as_it_was() -> None:
    hold = (pl.col("time_us").last() - pl.col("time_us").first()).over(*SESSION, "press").alias("hold")
    assert by_session(marked("flight"), hold) == by_session(KEYS, hold)


def test_a_signal_in_holds_tells_nothing_by_the_times_from_press_to_press() -> None:
    def times(log: EventTable) -> list[list[int]]:
        downs = log.frame.filter(pl.col("event") == "key_down")
        waits = downs.with_columns(WAIT.alias("wait")).group_by(SESSION).agg("wait")["wait"].to_list()
        return sorted([wait for wait in of_one if wait is not None] for of_one in waits)

    longer = {
        round((after - before) / 1000)
        for ours, theirs in zip(times(marked("hold")), times(KEYS), strict=True)
        for after, before in zip(ours, theirs, strict=True)
    }
    assert longer <= {0, 150}


def test_a_signal_in_the_path_leaves_times_and_one_in_clicks_leaves_places() -> None:
    time, places = pl.col("time_us").alias("time"), pl.struct("x_px", "y_px").hash().alias("place")
    assert by_session(marked("path"), time) == by_session(POINTER, time)
    assert by_session(marked("path"), places) != by_session(POINTER, places)
    assert by_session(marked("click"), places) == by_session(POINTER, places)
    assert by_session(marked("click"), time) != by_session(POINTER, time)


def test_a_way_goes_as_far_as_before_in_each_session() -> None:
    def furthest(log: EventTable) -> list[float]:
        return sorted(log.frame.group_by(SESSION).agg(pl.col("x_px").max())["x_px"].to_list())

    np.testing.assert_allclose(furthest(marked("path")), furthest(POINTER), rtol=1e-5)


@pytest.mark.parametrize(("channel", "event"), [("flight", "key_down"), ("hold", "key_up")])
def test_where_a_release_left_no_time_the_mark_is_the_persons_own_in_every_session_and_company(
    channel: str, event: str
) -> None:
    found = marked(channel, at_one_time(KEYS)).frame.with_columns(wait=WAIT)
    waits = found.filter(pl.col("event") == event, pl.col("wait") > 0)
    spread = waits.group_by("subject_id", "key").agg(
        pl.col("wait").min().alias("least"), pl.col("wait").max().alias("most")
    )
    assert (spread["most"] - spread["least"] <= 1).all()
    assert (spread.group_by("key").agg(pl.col("least").n_unique())["least"] == len(KEYS.subjects)).all()
    fewer = marked(channel, at_one_time(KEYS.of_people(KEYS.subjects[:2]))).frame.with_columns(wait=WAIT)
    alone = fewer.filter(pl.col("event") == event, pl.col("wait") > 0).group_by("subject_id", "key")
    both = alone.agg(pl.col("wait").min().alias("alone")).join(spread, on=["subject_id", "key"])
    assert (both["alone"] - both["least"] <= 1).all()


@pytest.mark.parametrize("channel", LOGS)
def test_where_too_little_can_bear_a_mark_none_is_planted(channel: str) -> None:
    log = LOGS[channel]
    assert planted(log, channel, Streams(0), len(log)) is None
    other = POINTER if log is KEYS else KEYS
    assert planted(other, channel, Streams(0), 1) is None


def test_on_a_way_of_which_no_speed_is_known_none_is_planted() -> None:
    assert planted(at_one_time(POINTER), "path", Streams(0), 1) is None
