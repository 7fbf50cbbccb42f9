"""Undoing a release with what raw and released data of other people teach."""

import numpy as np
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


def test_a_log_without_keys_teaches_nothing() -> None:
    learnt, _ = halves()
    few = EventTable(learnt.frame.head(40), learnt.sessions.head(1))
    with pytest.raises(BlindError, match="200 presses"):
        Reversal.learn(few, few)
