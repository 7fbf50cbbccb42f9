"""Groups of the sessions table, from the log to the report."""

import numpy as np
import polars as pl

from reid.attackers import ScoreMatrix
from reid.evaluation.audit import audit
from reid.evaluation.groups import groups_of
from reid.events.table import EventTable
from reid.reports.schema import check_report
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import typists


def grouped(log: EventTable, column: str, label: pl.Expr) -> EventTable:
    """Return the log with what its sessions table is to tell of groups."""
    sessions = log.sessions.with_columns(label.cast(pl.String).alias(column))
    return EventTable.from_frame(log.frame, sessions)


def sessions_of(log: EventTable, *, per_probe: int) -> SampleTable:
    """Return probes of as many sessions in a row."""
    pieces = cut(log)
    rows = pieces.frame["subject_id"].to_list()
    starts = range(0, len(rows), per_probe)
    return SampleTable.of_groups(pieces, [(rows[one], range(one, one + per_probe)) for one in starts])


def matrix_of(probes: SampleTable, hit: list[bool]) -> ScoreMatrix:
    """Return scores by which the given probes are named right."""
    people = probes.subjects
    column = np.array([people.index(person) for person in probes.subject_ids])
    named = np.where(hit, column, (column + 1) % len(people))
    return ScoreMatrix(np.eye(len(people))[named], people, tuple(probes.subject_ids))


NUMBERS = {f"s{number:03}": 13 - number for number in range(1, 13)}  # against the order of names
FIRST_HALF = pl.when(pl.col("subject_id") <= "s006").then(pl.lit("one")).otherwise(pl.lit("two"))


def test_groups_of_people_have_their_own_rates() -> None:
    probes = sessions_of(grouped(typists(12), "group", FIRST_HALF), per_probe=1)
    found = groups_of(matrix_of(probes, [person <= "s006" for person in probes.subject_ids]), probes, NUMBERS)
    assert [(each["by"], each["label"], each["rank_1"]["value"]) for each in found] == [
        ("group", "one", 1.0),
        ("group", "two", 0.0),
    ]
    assert all(each["n_people"] == 6 and each["n_probes"] == 24 for each in found)
    assert all(each["is_small"] for each in found)


def test_groups_may_divide_what_one_person_did_and_a_mixed_probe_is_in_none() -> None:
    first_two = pl.when(pl.col("session_order") < 2).then(pl.lit("a")).otherwise(pl.lit("b"))
    log = grouped(typists(12), "layout", first_two)
    singly = sessions_of(log, per_probe=1)
    assert [each["n_people"] for each in groups_of(matrix_of(singly, [True] * 48), singly, NUMBERS)] == [
        12,
        12,
    ]
    mixed = sessions_of(log, per_probe=4)
    assert groups_of(matrix_of(mixed, [True] * 12), mixed, NUMBERS) == []


def test_one_group_or_none_tells_nothing() -> None:
    for log in (typists(12), grouped(typists(12), "group", pl.lit("all"))):
        probes = sessions_of(log, per_probe=1)
        assert groups_of(matrix_of(probes, [True] * 48), probes, NUMBERS) == []


def test_a_label_that_is_a_pseudonym_is_not_told_by_its_place_either() -> None:
    label = pl.when(pl.col("subject_id") <= "s006").then(pl.lit("s003")).otherwise(pl.lit("s009"))
    probes = sessions_of(grouped(typists(12), "group", label), per_probe=1)
    matrix = matrix_of(probes, [person <= "s006" for person in probes.subject_ids])
    found = groups_of(matrix, probes, NUMBERS)
    assert [each["label"] for each in found] == [None, None]
    assert [each["rank_1"]["value"] for each in found] == [0.0, 1.0]  # s009 has the lower number
    mixed = pl.when(pl.col("subject_id") <= "s006").then(pl.lit("s003")).otherwise(pl.lit("two"))
    probes = sessions_of(grouped(typists(12), "group", mixed), per_probe=1)
    assert [each["label"] for each in groups_of(matrix, probes, NUMBERS)] == ["two", None]


def test_groups_stand_in_the_report() -> None:
    made = audit(grouped(typists(12), "group", FIRST_HALF), attackers=("manhattan",)).report
    check_report(made)
    groups = made["headline"]["further"]["who"]["groups"]
    assert [each["label"] for each in groups] == ["one", "two"]
    mean = np.mean([each["rank_1"]["value"] for each in groups])  # as many people in each
    assert np.isclose(mean, made["headline"]["rank_1"]["value"])
    assert "groups" not in audit(typists(12), attackers=("manhattan",)).report["headline"]["further"]["who"]
