"""Pieces: where they begin and end, and that nothing is lost unsaid."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import ParameterError, TooFewError
from reid.events.table import EventTable
from reid.samples.cutting import cut, cut_finer, events_left_out, halves, parse_sample, runs_within
from reid.samples.table import PieceTable


def table_of(times_us: dict[tuple[str, str], list[int]], trial: list[int | None] | None = None) -> EventTable:
    """Make a table of pointer moves at these times of each session."""
    rows = [(*session, time_us) for session, times in times_us.items() for time_us in times]
    frame = pl.DataFrame(rows, schema=["subject_id", "session_id", "time_us"], orient="row")
    frame = frame.with_columns(event=pl.lit("move"), x_px=pl.int_range(pl.len()), y_px=pl.lit(0))
    if trial is not None:
        frame = frame.with_columns(trial=pl.Series(trial, dtype=pl.UInt32))
    return EventTable.from_frame(frame)


TWO_PEOPLE = {("a", "s1"): [0, 1, 2, 3, 4], ("a", "s2"): [0, 1], ("b", "s1"): [0, 5, 6]}


def bounds_of(pieces: PieceTable) -> list[tuple[int, int]]:
    return list(zip(*(side.tolist() for side in pieces.bounds()), strict=True))


def test_a_session_is_a_piece_ranked_within_its_person() -> None:
    pieces = cut(table_of(TWO_PEOPLE), "session")
    assert bounds_of(pieces) == [(0, 5), (5, 7), (7, 10)]
    assert pieces.frame["subject_id"].to_list() == ["a", "a", "b"]
    assert pieces.frame["order"].to_list() == [0, 1, 0]
    assert pieces.frame["session"].to_list() == [0, 1, 2]
    assert events_left_out(pieces) == 0


def test_events_cut_equal_runs_and_keep_a_rest_of_at_least_half() -> None:
    pieces = cut(table_of(TWO_PEOPLE), "events=3")
    assert bounds_of(pieces) == [(0, 3), (3, 5), (5, 7), (7, 10)]
    assert pieces.frame["order"].to_list() == [0, 1, 2, 0]
    shorter = cut(table_of(TWO_PEOPLE), "events=4")
    assert bounds_of(shorter) == [(0, 4), (5, 7), (7, 10)]
    assert events_left_out(shorter) == 1


def test_seconds_count_from_the_first_event_of_the_session() -> None:
    pieces = cut(table_of({("a", "s1"): [100, 900_000, 1_000_099, 1_000_100, 1_700_000]}), "seconds=1")
    assert bounds_of(pieces) == [(0, 3), (3, 5)]
    assert events_left_out(cut(table_of({("a", "s1"): [0, 999_999, 1_000_000, 1_499_999]}), "seconds=1")) == 2


def test_trials_are_pieces_and_rows_outside_trials_are_left_out() -> None:
    events = table_of({("a", "s1"): [0, 1, 2, 3, 4], ("b", "s1"): [0]}, [1, 1, None, 2, 2, 2])
    pieces = cut(events, "trial")
    assert bounds_of(pieces) == [(0, 2), (3, 5), (5, 6)]
    assert pieces.frame["trial"].to_list() == [1, 2, 2]
    assert events_left_out(pieces) == 1


def test_no_run_crosses_the_border_of_a_trial() -> None:
    events = table_of({("a", "s1"): [0, 1, 2, 3, 4], ("a", "s2"): [0, 1]}, [1, 1, None, 2, 2, 2, 2])
    starts, stops, offsets = runs_within(cut(events, "session"))
    np.testing.assert_array_equal(starts, [0, 2, 3, 5])
    np.testing.assert_array_equal(stops, [2, 3, 5, 7])
    np.testing.assert_array_equal(offsets, [0, 3, 4])


def test_halves_part_each_session_in_the_middle() -> None:
    pieces = halves(table_of({**TWO_PEOPLE, ("c", "s1"): [0]}))
    assert bounds_of(pieces) == [(0, 3), (3, 5), (5, 6), (6, 7), (7, 9), (9, 10)]
    assert pieces.frame["order"].to_list() == [0, 1, 2, 3, 0, 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sessions",
        "events",
        "events=",
        "events=-3",
        "events=1.5",
        "seconds=0",
        "seconds=0.0000001",
        "events=" + 400 * "9",
        "5",
    ],
)
def test_other_texts_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(ParameterError, match="sample") as caught:
        parse_sample(text)
    assert "\n" not in str(caught.value)


def test_sources_without_trials_say_so() -> None:
    with pytest.raises(TooFewError, match="mark trials"):
        cut(table_of(TWO_PEOPLE), "trial")


def test_sessions_that_are_all_too_short_say_so() -> None:
    with pytest.raises(TooFewError, match="half of 20 events"):
        cut(table_of(TWO_PEOPLE), "events=20")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 900_000), st.sampled_from([None, 1, 2])), min_size=1, max_size=9),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["session", "events=1", "events=4", "seconds=0.5", "seconds=2"]),
)
def test_pieces_are_disjoint_runs_of_one_session_and_runs_cover_them(
    sessions: list[list[tuple[int, int | None]]], sample: str
) -> None:
    times = {
        ("p", f"{number:02d}"): np.cumsum([step for step, _ in rows]).tolist()
        for number, rows in enumerate(sessions)
    }
    events = table_of(times, [trial for rows in sessions for _, trial in rows])
    try:
        pieces = cut(events, sample)
    except TooFewError:
        return
    starts, stops = pieces.bounds()
    assert np.all(starts < stops)
    assert np.all(stops[:-1] <= starts[1:])
    session_of_row = np.repeat(np.arange(len(events.sessions)), np.diff(events.session_bounds()))
    trial_of_row = events.frame["trial"].to_list()
    for (start, stop), session in zip(bounds_of(pieces), pieces.frame["session"], strict=True):
        assert set(session_of_row[start:stop]) == {session}
    run_starts, run_stops, offsets = runs_within(pieces)
    np.testing.assert_array_equal(run_starts[offsets[:-1]], starts)
    np.testing.assert_array_equal(run_stops[offsets[1:] - 1], stops)
    for start, stop in zip(run_starts, run_stops, strict=True):
        assert len(set(trial_of_row[start:stop])) == 1


@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    n_parts=st.integers(1, 5),
)
@settings(max_examples=40, deadline=None)
def test_finer_pieces_are_the_same_rows_in_parts_of_equal_length(sizes: list[int], n_parts: int) -> None:
    pieces = cut(table_of({("a", f"{number}"): list(range(size)) for number, size in enumerate(sizes)}))
    finer, whole = cut_finer(pieces, n_parts)
    starts, stops = finer.bounds()
    rows = [row for start, stop in zip(starts, stops, strict=True) for row in range(start, stop)]
    assert rows == list(range(sum(sizes)))
    assert finer.frame["order"].to_list() == list(range(len(finer)))
    for number, size in enumerate(sizes):
        lengths = (stops - starts)[whole == number]
        assert lengths.size == min(n_parts, size)
        assert lengths.max() - lengths.min() <= 1
        assert set(finer.frame["session"].to_numpy()[whole == number]) == {number}


def test_pieces_are_cut_into_one_part_at_least() -> None:
    with pytest.raises(ParameterError, match="n_parts must be at least 1; found 0"):
        cut_finer(cut(table_of({("a", "1"): [0, 1]})), 0)
