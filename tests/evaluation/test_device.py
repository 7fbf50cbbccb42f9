"""How much of a pointer's risk is the machine: people who move alike, on machines that do not."""

from collections.abc import Collection
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from reid.evaluation.audit import audit
from reid.evaluation.device import at_common_rate, common_step_us, device_block
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import AuditPlan
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import People
from reid.events.table import EventTable
from reid.reports.schema import check_report
from reid.typing import Progress, silent
from tests.attackers.people import pointers, typists

ATTACKER = "discriminant(features='strokes(n_bins=4, n_stroke_bins=3, n_part_bins=2)', sliding=True)"


@cache
def machines(n_people: int = 6) -> EventTable:
    """Return people who move alike, each on a machine that reports every 8, 12, 16, ... ms."""
    log = pointers(n_people, identity=0.0)
    number = pl.col("subject_id").rank("dense").cast(pl.Int64) - 1
    step_us = 8000 + 4000 * number
    times = log.frame.with_columns(time_us=pl.col("time_us") // step_us * step_us)
    of_a_tick = ["subject_id", "session_id", "event", "time_us"]
    last = pl.int_range(pl.len()).over(of_a_tick) == pl.len().over(of_a_tick) - 1
    return EventTable.from_frame(times.filter((pl.col("event") != "move") | last), log.sessions)


@cache
def device_of(log: EventTable, **options: Any) -> dict[str, Any]:
    made = audit(log, attackers=(ATTACKER,), regime="closed-set", **options).report
    check_report(made)
    return made["headline"]


def test_the_same_attack_with_less_or_more_of_the_machine_stands_beside_it() -> None:
    headline = device_of(machines())
    found = headline["device"]
    assert headline["rank_1"]["value"] > 0.9  # though all people move alike
    assert found["attacker"] == headline["attacker"] == ATTACKER
    for rate in ("rank_1", "auc"):
        assert found["as_is"][rate]["value"] == headline[rate]["value"]
    assert found["step_ms"] == 28.0


def test_people_on_like_machines_are_known_by_the_same_rates_without_the_clock() -> None:
    found = device_of(pointers(6, identity=1.4))["device"]
    assert found["as_is"]["auc"]["value"] > 0.9
    assert found["without"]["auc"]["value"] == pytest.approx(found["as_is"]["auc"]["value"], abs=0.05)


def test_the_channel_is_not_tried_without_where_the_user_withheld_it() -> None:
    assert "device" not in device_of(machines(), without=("device",))


def test_typing_has_no_such_device() -> None:
    made = audit(typists(10), attackers=("manhattan",), regime="closed-set").report
    assert "device" not in made["headline"]


def test_it_stands_beside_the_raw_log_and_the_only_release() -> None:
    log = pointers(5, n_sessions=2, n_strokes=20)
    one, two = ("pixel-grid(step_px=4)", "pixel-grid(step_px=8)")
    made = audit(log, attackers=(ATTACKER,), regime="closed-set", strategies=(one,)).report
    assert "device" in made["headline"]
    assert "device" in made["reference"]
    several = audit(log, attackers=(ATTACKER,), regime="closed-set", strategies=(one, two)).report
    assert "device" in several["headline"]
    assert not any("device" in block for block in several["results"])


def test_the_common_step_is_that_of_the_slowest_machine() -> None:
    assert common_step_us(machines()) == 28_000


def test_at_a_common_rate_every_time_lies_on_it() -> None:
    step_us = 28_000
    times = at_common_rate(machines(), step_us).frame["time_us"].to_numpy()
    np.testing.assert_array_equal(times % step_us, 0)


def test_people_on_machines_unlike_the_others_are_left_aside_and_counted() -> None:
    log = machines()
    slow = pl.col("subject_id") == log.subjects[-1]
    late = log.frame.with_columns(time_us=pl.when(slow).then(4 * pl.col("time_us")).otherwise("time_us"))
    found = device_of(EventTable.from_frame(late, log.sessions))["device"]["at_like_rates"]
    assert (found["n_people"], found["n_aside"]) == (4, 2)  # the quickest is one of them
    assert found["rates"]["rank_1"]["value"] > 0.9
    assert device_of(pointers(6, identity=1.4))["device"]["at_like_rates"] is None


def test_of_a_fusion_its_discriminant_is_repeated() -> None:
    log = pointers(5, n_sessions=2, n_strokes=20)
    lineup = LineUp.of((ATTACKER, "pooled-trees", "fusion"), modalities=("pointer",))
    plan = AuditPlan(
        settings=SplitSettings(regime="closed-set"), people=People((), log.subjects), releases=(),
        attackers=lineup, named=(), without=(), progress=silent,
    )  # fmt: skip
    asked: list[list[str]] = []

    def attack(_log: EventTable, who: LineUp, _aside: Collection[str], _progress: Progress) -> dict[str, Any]:
        asked.append(list(who.singles))
        return {"rank_1": None}

    found = device_block(log, log.subjects, plan, "fusion", "none", attack)
    assert found["attacker"] == ATTACKER
    assert [len(names) for names in asked] == [1, 1, 1, 1]
    assert asked[0] == [ATTACKER]
