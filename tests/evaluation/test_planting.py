"""What is planted marks each person, the same in every session, and leaves a valid log."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.evaluation.planting import planted
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.attackers.people import pointers, typists

KEPT = [name for name in typists(4).frame.columns if name not in {"time_us", "x_px", "y_px"}]


def at_one_time(events: EventTable) -> EventTable:
    return events.with_frame(events.frame.with_columns(time_us=pl.lit(0, dtype=pl.Int64)))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_only_times_and_places_change_and_no_clock_runs_back(seed: int) -> None:
    for events in (typists(4), pointers(3, n_sessions=2, n_strokes=5)):
        marked = planted(events, Streams(seed))
        assert marked.frame.select(KEPT).equals(events.frame.select(KEPT))
        assert marked.sessions.equals(events.sessions)
        steps = marked.frame.select(pl.col("time_us").diff().over(SESSION)).to_series()
        assert (steps.drop_nulls() >= 0).all()
        first = pl.col("time_us").first().over(SESSION)
        assert marked.frame.select(first).equals(events.frame.select(first))
        again = EventTable.from_frame(marked.frame, marked.sessions, repeats=True)
        assert again.quality.rows_left_out == 0


def test_a_mark_is_the_persons_own_and_the_same_in_every_session_and_company() -> None:
    events = at_one_time(typists(4))
    marked = planted(events, Streams(0)).frame.with_columns(wait=pl.col("time_us").diff().over(SESSION))
    of_kind = marked.drop_nulls("wait").group_by("subject_id", "event", "key")
    waits = of_kind.agg(pl.col("wait").min().alias("least"), pl.col("wait").max().alias("most"))
    assert (waits["most"] - waits["least"] <= 1).all()
    downs = waits.filter(pl.col("event") == "key_down").group_by("key").agg(pl.col("least").n_unique())
    assert (downs["least"] == 4).all()
    fewer = events.of_people(events.subjects[:2])
    alone = planted(fewer, Streams(0)).frame
    assert alone.equals(planted(events, Streams(0)).of_people(events.subjects[:2]).frame)


def test_where_a_release_left_no_time_the_mark_is_still_there() -> None:
    marked = planted(at_one_time(typists(4)), Streams(0))
    lengths = marked.frame.group_by("subject_id", maintain_order=True).agg(pl.col("time_us").max())["time_us"]
    assert lengths.n_unique() == 4
    assert (lengths > 0).all()


def test_the_pointer_stays_on_this_side_of_the_screen() -> None:
    events = pointers(3, n_sessions=2, n_strokes=5)
    marked = planted(events, Streams(0)).frame
    for axis in ("x_px", "y_px"):
        least = float(np.minimum(events.frame[axis].min(), 0))  # type: ignore[arg-type]  # a number
        assert marked[axis].min() >= least  # type: ignore[operator]  # a number
        assert not marked[axis].equals(events.frame[axis])
