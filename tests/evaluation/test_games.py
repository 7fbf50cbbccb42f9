"""Four games against a release."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from reid.attackers.tool_detector import ToolDetector
from reid.errors import ParameterError
from reid.evaluation.audit import audit
from reid.evaluation.games import GAMES, dealt, told_apart
from reid.reports.schema import check_report
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import typists

GRID = "time-grid(step_ms=200)"


@cache
def games(strategy: str, regime: str = "population", n_people: int = 40) -> dict[str, Any]:
    made = audit(
        typists(n_people), attackers=("manhattan", "likelihood-ratio"), strategies=(strategy,), regime=regime,
        games=True, adequacy="none", releases=2,
    ).report  # fmt: skip
    check_report(made)
    assert "games" not in made["reference"]
    return dict(made["headline"])


@pytest.mark.parametrize("regime", ["population", "closed-set"])
def test_a_tool_that_changes_nothing_is_not_detected_and_hides_nobody(regime: str) -> None:
    block = games("none", regime)
    found = block["games"]
    assert list(found) == list(GAMES)
    tool = found["tool against none"]
    assert tool["value"]["low"] <= 0.5 <= tool["value"]["high"]
    assert tool["auc"]["low"] <= 0.5 <= tool["auc"]["high"]
    own = block["attackers"][found["protected twice"]["attacker"]]
    assert found["protected twice"]["value"] == own["rank_1"]
    assert found["protected twice"]["auc"] == found["two protected people"]["auc"] == own["auc"]
    assert found["protected against true"]["value"]["value"] == pytest.approx(
        own["rank_1"]["value"], abs=0.06
    )


@pytest.mark.parametrize("regime", ["population", "closed-set"])
def test_a_coarse_clock_is_a_mark_of_its_own_and_hides_people(regime: str) -> None:
    found = games(GRID, regime)["games"]
    assert found["tool against none"]["value"]["low"] > 0.8
    assert found["tool against none"]["chance"] == 0.5
    bare = games("none", regime)["games"]
    for game in ("protected against true", "protected twice"):
        assert found[game]["value"]["value"] < bare[game]["value"]["value"]
    assert found["two protected people"]["value"]["value"] < bare["two protected people"]["value"]["value"]
    assert found["protected against true"]["chance"] == (1 / 20 if regime == "population" else 1 / 40)


def test_a_random_strategy_is_played_against_in_each_release() -> None:
    found = games("time-jitter(bound_ms=150)", "closed-set", 16)["games"]
    assert {game["why_none"] for game in found.values()} == {None}


def test_a_session_is_shown_once_and_half_of_a_persons_are_protected() -> None:
    log = typists(6, n_sessions=5)
    marked = dealt(log, 0)
    assert marked.select("subject_id", "session_id").equals(log.sessions.select("subject_id", "session_id"))
    of_each = marked.group_by("subject_id").agg(pl.col("protected").sum())["protected"].to_list()
    assert set(of_each) <= {2, 3}
    fewer = log.of_people(log.subjects[2:])
    assert dealt(fewer, 0).equals(marked.filter(pl.col("subject_id").is_in(list(fewer.subjects))))
    assert not dealt(log, 1).equals(marked)


def test_accuracy_is_balanced_within_people_by_hand() -> None:
    odds = np.array([2.0, 1.0, -1.0, 1.0, 0.0, -3.0])
    protected = np.array([True, True, True, False, True, False])
    person = np.array(["a", "a", "a", "a", "b", "b"], dtype=object)
    found = told_apart(odds, protected, person, 0)
    of_a, of_b = (2 / 3 + 0) / 2, (1 / 2 + 1) / 2
    assert found["value"]["value"] == pytest.approx((of_a + of_b) / 2)
    assert found["auc"]["value"] == 5.5 / 8


def test_the_detector_wants_both_kinds() -> None:
    samples = SampleTable.singly(cut(typists(4)))
    with pytest.raises(ParameterError, match="of both kinds"):
        ToolDetector().learn(samples, [True] * len(samples))


def test_games_are_not_played_unasked_nor_on_a_declared_list() -> None:
    made = audit(typists(10), attackers=("manhattan",), strategies=(GRID,), adequacy="none").report
    assert "games" not in made["headline"]
    with pytest.raises(ParameterError, match="--comparisons must stand alone"):
        audit(typists(10), comparisons="list.csv", games=True)


def test_without_a_release_there_is_nothing_to_play_against() -> None:
    with pytest.raises(ParameterError, match="--games must meet a release; found the raw log alone"):
        audit(typists(10), attackers=("manhattan",), games=True)
