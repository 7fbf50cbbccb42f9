"""Two pieces of each recording."""

import polars as pl

from reid.events.table import EventTable
from reid.samples.cutting import halves


def test_a_session_is_cut_at_its_middle_event_and_the_first_half_gets_the_odd_one() -> None:
    sizes = {("a", "x"): 5, ("b", "x"): 1, ("c", "x"): 2, ("c", "y"): 4}
    rows = [
        {"subject_id": subject, "session_id": session, "time_us": time, "event": "key_down", "key": "KeyA"}
        for (subject, session), size in sizes.items()
        for time in range(size)
    ]
    pieces = halves(EventTable.from_frame(pl.DataFrame(rows))).frame
    assert pieces["subject_id"].to_list() == ["a", "a", "c", "c", "c", "c"]
    assert pieces["order"].to_list() == [0, 1, 0, 1, 2, 3]
    assert pieces["session"].to_list() == [0, 0, 2, 2, 3, 3]
    assert pieces["start_row"].to_list() == [0, 3, 6, 7, 8, 10]
    assert pieces["stop_row"].to_list() == [3, 5, 7, 8, 10, 12]
