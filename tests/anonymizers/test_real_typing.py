"""The strategies on real typing."""

from pathlib import Path

import polars as pl
import pytest

from reid.anonymizers.anonymizing import anonymize
from reid.events.reading import read_parts
from reid.events.table import EventTable

STRATEGIES = (
    "time-grid(step_ms=100)",
    "time-jitter(bound_ms=50)",
    "delay-mix",
    "drop-release",
    "key-classes",
    "time-grid(step_ms=100) | drop-release | key-classes",
)


@pytest.fixture(scope="module")
def typing(real_data: Path) -> EventTable:
    parts = read_parts(real_data / "aalto" / "Keystrokes.zip")
    return next(iter(parts))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_release_of_real_typing_is_valid_and_keeps_every_press(strategy: str, typing: EventTable) -> None:
    release = anonymize(typing, strategy)
    found = release.events
    assert EventTable.from_frame(found.frame, found.sessions).quality.faults == ()
    pairs = pl.struct("subject_id", "session_id", "press").n_unique()
    assert found.frame.select(pairs).item() == typing.frame.select(pairs).item()
    ups = pl.col("event") == "key_up"
    assert found.frame.select(ups.sum()).item() == typing.frame.select(ups.sum()).item()
    assert set(found.subjects).isdisjoint(typing.subjects)
