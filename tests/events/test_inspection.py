import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from reid.events.clocks import clock_grid, polling_rate
from reid.events.inspection import inspect_parts
from reid.events.quality import Fault, Note, Quality
from reid.events.reading import read_parts
from reid.events.table import EventTable
from tests.events.event_tables import Row, frame_of, rows


def steps_of(times_us: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    steps = np.diff(times_us)
    values, counts = np.unique(steps[steps > 0], return_counts=True)
    return values.astype(np.int64), counts.astype(np.int64)


@pytest.mark.parametrize("period_us", [8000, 10_000, 12_000, 15_625, 16_000, 100_000])
@pytest.mark.parametrize("unit_us", [1, 100, 1000])
def test_a_timer_is_found_though_written_in_a_finer_unit(period_us: int, unit_us: int) -> None:
    rng = np.random.default_rng(3)
    ticks = np.cumsum(rng.integers(1, 40, 3000))
    written = ticks * period_us // unit_us * unit_us
    found = clock_grid(*steps_of(written))
    assert found is not None
    assert found == pytest.approx(period_us, rel=0.002)


def test_some_noise_on_a_polling_loop_does_not_hide_it() -> None:
    rng = np.random.default_rng(4)
    ticks = np.cumsum(rng.integers(1, 30, 3000)) * 12_000
    written = ticks + 1000 * (rng.random(3000) < 0.04)
    assert clock_grid(*steps_of(written)) == 12_000


@pytest.mark.parametrize("unit_us", [1, 100, 1000])
def test_a_free_clock_has_the_grid_of_its_unit(unit_us: int) -> None:
    rng = np.random.default_rng(5)
    times = np.cumsum(rng.gamma(3, 40_000, 3000)).astype(np.int64) // unit_us * unit_us
    assert clock_grid(*steps_of(times)) == unit_us


def test_a_few_steps_say_nothing() -> None:
    assert clock_grid(np.array([8000, 16_000]), np.array([20, 29])) is None


def moves(who: str, step_us: int, n_moves: int, reach_px: int) -> EventTable:
    frame = pl.DataFrame({
        "subject_id": who, "session_id": "1", "event": "move",
        "time_us": np.arange(n_moves) * step_us, "x_px": np.linspace(0, reach_px, n_moves), "y_px": 7.5,
        "screen_w": 1920, "screen_h": 1080,
    })  # fmt: skip
    return EventTable.from_frame(frame)


@pytest.mark.parametrize("hz", [10, 64, 125, 1000])
def test_a_polling_rate_is_found_though_the_pointer_rests_now_and_then(hz: int) -> None:
    rng = np.random.default_rng(6)
    steps_us = np.where(rng.random(2000) < 0.1, 300_000, 1e6 / hz + rng.integers(-60, 60, 2000))
    assert polling_rate(*steps_of(np.cumsum(steps_us).astype(np.int64))) == pytest.approx(hz, rel=0.02)
    assert polling_rate(np.array([8000]), np.array([49])) is None


def test_each_machine_is_told_by_number() -> None:
    found = inspect_parts([moves("zoe", 8000, 300, 1599), moves("adam", 100_000, 30, 640)])
    first, second = (machine.as_dict() for machine in found.machines)
    assert first.pop("grid_us") == pytest.approx(8000, rel=0.05)
    assert first == {
        "person": 1, "sessions": 1, "events": 300, "polling_hz": 125.0, "zero_steps": 0,
        "screens": ["1920 x 1080"], "reach_px": [1600, 8],
    }  # fmt: skip
    assert (second["person"], second["grid_us"], second["polling_hz"]) == (2, None, None)
    assert second["reach_px"] == [641, 8]
    assert "zoe" not in json.dumps(found.as_dict())


def test_sessions_under_a_claim_stand_apart_and_their_quirks_count_too() -> None:
    beside = moves("unknown/1", 0, 5, 10)
    quality = Quality(7, (Fault("off_screen", 2, 4, 1),), (Note("clock_wrapped", 1, 4, 0),))
    beside = EventTable(beside.frame, beside.sessions, quality)
    found = inspect_parts([moves("a", 8000, 300, 5)], [beside]).as_dict()
    assert (found["people"], found["events"]["total"], len(found["machines"])) == (1, 300, 1)
    claimed = found["claimed"]
    assert (claimed["sessions"], claimed["events"], claimed["zero_steps"]) == (1, {"total": 5, "move": 5}, 4)
    assert found["notes"] == {"zero_steps": 4, "auto_repeats": 0, "clock_wrapped": 1}
    assert (found["faults"]["rows_read"], found["faults"]["by_kind"]) == (307, {"off_screen": 2})


@given(rows(max_size=60, clean=True))
@settings(max_examples=60, deadline=None)
def test_counts_agree_with_plain_counting_however_parts_are_cut(made: list[Row]) -> None:
    table = EventTable.from_frame(frame_of(made))
    found = inspect_parts([table.of_people([person]) for person in table.subjects])
    assert found.people == len({row["subject_id"] for row in made})
    assert found.sessions == len({(row["subject_id"], row["session_id"]) for row in made})
    events = [row["event"] for row in made]
    assert found.events == {kind: events.count(kind) for kind in set(events)}
    held: set[tuple[str, str, str]] = set()
    repeats = 0
    for row in made:
        key = (row["subject_id"], row["session_id"], row["key"])
        if row["event"] == "key_down":
            repeats += key in held
            held.add(key)
        held.discard(key) if row["event"] == "key_up" else None
    assert found.auto_repeats == repeats
    whole = inspect_parts([table])
    assert found.as_dict() | {"faults": 0} == whole.as_dict() | {"faults": 0}
    assert sum(machine.zero_steps for machine in found.machines) == found.zero_steps
    assert [machine.events for machine in found.machines] == [
        sum(row["subject_id"] == person for row in made) for person in table.subjects
    ]


def test_a_description_by_hand_names_nobody() -> None:
    frame = pl.DataFrame({
        "subject_id": ["alice"] * 5 + ["bob"],
        "session_id": ["secret"] * 6,
        "time_us": [0, 500_000, 500_000, 900_000, 1_000_000, 0],
        "event": ["key_down", "key_down", "key_up", "key_down", "key_up", "key_down"],
        "key": ["KeyA", "KeyA", "KeyA", "Unidentified", "Unidentified", "letter"],
        "trial": [1, 1, 1, 2, 2, None],
        "screen_w": [1920] * 6, "screen_h": [1080] * 6, "layout": ["qwerty"] * 6,
        "start_us": [1_600_000_000_000_000] * 6,
    })  # fmt: skip
    quality = Quality(7, (Fault("clock_back", 1, 0, 3),))
    found = inspect_parts([EventTable.from_frame(frame, quality=quality)]).as_dict()
    text = json.dumps(found)
    assert "alice" not in text
    assert "secret" not in text
    assert found["people"] == 2
    assert found["sittings"] == 2
    assert found["trials"] == 2
    assert found["events"] == {"total": 6, "key_down": 4, "key_up": 2}
    assert found["span"]["recorded_s"] == 1.0
    assert found["span"]["first_start"] == "2020-09-13T12:26:40+00:00"
    assert found["events_per_person"] == {"min": 1, "median": 3.0, "max": 5}
    assert found["notes"] == {"zero_steps": 1, "auto_repeats": 1}
    assert found["keys"] == {"key_events": 6, "known_share": 1 - 2 / 6, "distinct": 1}
    assert found["screens"] == {"1920 x 1080": 2}
    assert found["layouts"] == {"qwerty": 2}
    assert found["faults"]["by_kind"] == {"clock_back": 1}
    assert found["faults"]["meaning"]["clock_back"].startswith("the time lies before")


def test_nothing_at_all_is_described_too() -> None:
    found = inspect_parts([]).as_dict()
    assert found["people"] == found["events"]["total"] == 0
    assert found["keys"]["known_share"] is None


def test_about_a_third_of_aaltos_people_sit_on_8_or_16_ms(real_data: Path) -> None:
    parts = (
        part for part, _ in zip(read_parts(real_data / "aalto" / "Keystrokes.zip"), range(8), strict=False)
    )
    found = inspect_parts(parts)
    assert found.people == 400
    coarse = sum(found.people_by_grid.get(grid, 0) for grid in ("8 ms", "16 ms"))
    assert 0.2 < coarse / 400 < 0.4
    assert found.grid_us == 1000
    assert found.keys_known is not None
    assert found.keys_known > 0.9999


def test_cmus_clock_is_its_four_decimals(real_data: Path) -> None:
    found = inspect_parts(read_parts(real_data / "cmu" / "DSL-StrongPasswordData.csv.zip"))
    assert found.people_by_grid == {"0.1 ms": 51}
    assert (found.sittings, found.trials) == (408, 20_400)
