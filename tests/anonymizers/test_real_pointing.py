"""The strategies on real pointing."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.anonymizers.anonymizing import anonymize
from reid.anonymizers.strategies import parse_strategy
from reid.events.reading import read_parts
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.seeding import Streams

STRATEGIES = (
    "pixel-grid(step_px=10)",
    "simplify(tolerance_px=5)",
    "fixed-rate(hz=8)",
    "fixed-rate(hz=60)",
    "time-grid(step_ms=100)",
    "time-jitter(bound_ms=50)",
    "delay-mix",
    "fixed-rate(hz=8) | simplify(tolerance_px=5) | pixel-grid(step_px=10) | delay-mix",
)
CLICKS = pl.col("event").is_in(["button_down", "button_up"])
PLACED = (*SESSION, "event", "button", "x_px", "y_px")


@pytest.fixture(
    scope="module", params=["balabit/Mouse-Dynamics-Challenge-master.zip", "sapimouse/sapimouse.zip"]
)
def pointing(request: pytest.FixtureRequest, real_data: Path) -> EventTable:
    """Return one person of a real log, without rows that repeat the one before them."""
    log = next(iter(read_parts(real_data / request.param)))
    return EventTable.from_frame(log.of_people(log.subjects[:1]).frame)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_release_of_real_pointing_is_valid_and_keeps_every_click_in_place(
    strategy: str, pointing: EventTable
) -> None:
    plain = parse_strategy(strategy).fit([pointing]).apply(pointing, Streams(1)).events
    assert_frame_equal(*(table.frame.filter(CLICKS).select(PLACED) for table in (plain, pointing)))
    assert plain.frame["wheel_dy"].sum() == pointing.frame["wheel_dy"].sum()
    found = anonymize(pointing, strategy).events
    assert EventTable.from_frame(found.frame, found.sessions).quality.faults == ()
    assert set(found.subjects).isdisjoint(pointing.subjects)


def test_simplifying_real_paths_leaves_out_more_the_wider_the_tolerance(pointing: EventTable) -> None:
    left = [len(anonymize(pointing, f"simplify(tolerance_px={far})").events) for far in (0, 1, 5, 50)]
    assert left == sorted(left, reverse=True)
    assert len(pointing) > left[0]
    assert left[2] < 0.6 * len(pointing)
