"""Who the attacker is taken to be, and what each achieves."""

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest

from reid.errors import ParameterError, UnknownNameError
from reid.evaluation.audit import audit
from reid.evaluation.threats import PRESETS, RUNGS, rungs_of
from reid.reports.schema import check_report
from reid.reports.view import page_view
from reid.reports.wording import answer
from tests.attackers.people import typists

LIGHT = ("manhattan", "likelihood-ratio")
GRID = "time-grid(step_ms=200)"
Report = dict[str, Any]


@cache
def ladder(strategy: str, regime: str = "population", threat: str = "ladder", **options: Any) -> Report:
    people = typists(40)
    return audit(
        people, attackers=LIGHT, strategies=(strategy,), regime=regime, threat=threat, **options
    ).report


def values(report: Report, name: str = "rank_1") -> dict[str, float | None]:
    rungs = report["headline"]["threats"]["rungs"]
    return {rung: found[name] and found[name]["value"] for rung, found in rungs.items()}


@pytest.mark.parametrize("regime", ["population", "closed-set"])
def test_where_nothing_is_changed_every_rung_has_the_raw_risk(regime: str) -> None:
    report = ladder("none", regime)
    raw = report["reference"]
    for measure in ("rank_1", "eer", "auc"):
        shown = {rung: value for rung, value in values(report, measure).items() if value is not None}
        expected = dict.fromkeys(shown, raw[measure]["value"])
        tried_harder = raw["threats"]["rungs"]["adaptive"]  # the raw log, attacked with the same effort
        assert shown == expected | {"adaptive": tried_harder[measure]["value"]}
    missing = set(RUNGS) - {rung for rung, value in values(report).items() if value is not None}
    assert missing <= ({"lazy", "reversing", "reversing, with raw data"} if regime == "closed-set" else set())
    check_report(report)


def test_an_informed_attacker_is_the_headline_and_the_risk_is_the_largest_of_all() -> None:
    report = ladder(GRID)
    block, threats = report["headline"], report["headline"]["threats"]
    assert threats["rungs"]["informed"]["rank_1"] == block["attackers"][block["attacker"]]["rank_1"]
    top = threats["risk"]["threat"]
    assert threats["risk"]["rank_1"]["value"] == values(report)[top] == max(values(report).values())
    assert (
        threats["risk"]["rank_1"]["low"] <= max(values(report).values()) <= threats["risk"]["rank_1"]["high"]
    )
    assert values(report, "auc")["ignorant"] < values(report, "auc")["informed"]


def test_the_answer_is_the_strongest_threat_and_says_so() -> None:
    report = ladder(GRID)
    assert f"the strongest of {len(RUNGS)} threat models" in answer(report)
    tables = {
        table["label"]: [row["name"] for row in table["rows"]] for table in page_view(report)["threats"]
    }
    assert list(RUNGS) in tables.values()
    assert ["informed", "adaptive"] in tables.values()  # of the raw log
    assert not any("--threat ladder" in text for text in report["not_tested"])


def test_a_weaker_attacker_is_never_the_headline() -> None:
    report = ladder(GRID, threat="public")
    plain = audit(typists(40), attackers=LIGHT, strategies=(GRID,), regime="population").report
    assert {name: part for name, part in report["headline"].items() if name != "threats"} == plain["headline"]
    assert list(report["headline"]["threats"]["rungs"]) == ["ignorant"]
    assert "threat models" not in answer(report)
    assert any("--threat ladder" in text for text in report["not_tested"])


def test_a_random_strategy_is_met_in_several_releases_on_every_rung() -> None:
    report = ladder("time-jitter(bound_ms=150)", releases=2)
    assert report["headline"]["releases"]["n"] == 2
    assert all(found["why_none"] is None for found in report["headline"]["threats"]["rungs"].values())
    check_report(report)


def test_in_the_closed_set_the_lazy_attacker_says_that_it_is_the_informed_one() -> None:
    lazy = ladder(GRID, "closed-set")["headline"]["threats"]["rungs"]["lazy"]
    assert lazy["rank_1"] is None
    assert "it is the informed one" in lazy["why_none"]


def test_without_content_no_rung_sees_a_key() -> None:
    """Keys that differ by person would name everybody, were one of them left in any log."""
    events = typists(40)
    number = {person: place for place, person in enumerate(events.subjects)}
    keys = np.array(["KeyA", "KeyB", "KeyC", "KeyD"])[[number[who] % 4 for who in events.frame["subject_id"]]]
    planted = events.with_frame(
        events.frame.with_columns(pl.Series("key", keys).cast(events.frame.schema["key"]))
    )
    options: dict[str, Any] = {"regime": "population", "without": ["content"], "threat": "ladder"}
    both = [
        audit(log, attackers=LIGHT, strategies=(GRID,), **options).report["headline"]["threats"]
        for log in (events, planted)
    ]
    assert both[0] == both[1]


@pytest.mark.parametrize("options", [{"probe_sessions": 2}, {"held_out_sessions": 3, "probe_sessions": 2}])
def test_two_releases_are_linked_across_sessions_whatever_is_pooled(options: dict[str, int]) -> None:
    people = typists(24, n_sessions=7)
    report = audit(
        people, attackers=["manhattan"], strategies=(GRID,), regime="closed-set", threat="linking", **options
    ).report
    linked = report["headline"]["threats"]["rungs"]["linking"]
    assert linked["why_none"] is None or "another division" in linked["why_none"]


def test_a_rung_that_could_not_be_tried_is_not_said_to_be_tested() -> None:
    report = ladder(GRID, "closed-set")
    assert any("--threat ladder" in text for text in report["not_tested"])  # lazy is none here


def test_presets_grow_and_names_that_are_none_are_refused() -> None:
    sizes = [set(PRESETS[name]) for name in ("public", "colleague", "model-vendor", "employer")]
    assert all(less < more for less, more in pairwise(sizes))
    assert sizes[-1] == set(RUNGS) == set(rungs_of("ladder"))
    with pytest.raises(UnknownNameError, match="threat"):
        rungs_of("nobody")


def test_a_declared_list_knows_one_threat() -> None:
    with pytest.raises(ParameterError, match="--comparisons must stand alone"):
        audit(typists(6), comparisons="published", threat="ladder")
