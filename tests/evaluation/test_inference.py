"""What is inferred of a person: the group of the best match, against that of the best other person."""

from typing import Any

import polars as pl
import pytest

from reid.evaluation.audit import audit
from reid.evaluation.groups import secret_of
from reid.events.table import EventTable
from reid.reports.schema import check_report
from tests.attackers.people import typists

LOG = typists(50, n_keystrokes=100)


def grouped(groups: list[str | None]) -> EventTable:
    """Return the log with a group for each person, given in turn."""
    number = {person: place for place, person in enumerate(LOG.subjects)}
    column = [groups[number[person] % len(groups)] for person in LOG.sessions["subject_id"]]
    return EventTable.from_frame(
        LOG.frame, LOG.sessions.with_columns(group=pl.Series(column, dtype=pl.String))
    )


def criteria(log: EventTable) -> dict[str, Any]:
    made = audit(log, attackers=("likelihood-ratio",), adequacy="none").report
    check_report(made)
    return dict(made["headline"]["further"]["criteria"])


def test_a_group_is_inferred_as_far_as_people_are_found_and_not_from_others() -> None:
    found = criteria(grouped(["north", "south"]))
    assert found["inference"]["control"]["value"] == pytest.approx(0.5, abs=0.2)  # groups type alike
    assert found["inference"]["risk"]["low"] > 0
    assert found["inference"]["attack"]["value"] >= found["singling_out"]["attack"]["value"]


@pytest.mark.parametrize("groups", [["one"], [None], ["north", None]])
def test_nothing_is_inferred_where_groups_tell_nothing(groups: list[str | None]) -> None:
    assert criteria(grouped(groups))["inference"] is None


def test_people_with_several_groups_have_none() -> None:
    parity = pl.when(pl.col("session_order") % 2 == 0).then(pl.lit("a")).otherwise(pl.lit("b"))
    mixed = EventTable.from_frame(LOG.frame, LOG.sessions.with_columns(group=parity))
    assert secret_of(mixed, LOG.subjects) is None
    two = secret_of(grouped(["x", "y"]), LOG.subjects)
    assert two is not None
    assert two.tolist() == ["x", "y"] * 25
