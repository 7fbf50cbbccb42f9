"""Rank-1 carried over to another number of people, within an audit."""

from typing import Any

import numpy as np
import pytest

from reid.attackers import ScoreMatrix
from reid.errors import ParameterError, TooFewError
from reid.evaluation.audit import audit
from reid.evaluation.lineup import LineUp
from reid.evaluation.scaled import require_scalable, strongest_independent
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.splits import People
from reid.reports.page import steady_numbers
from reid.reports.scaled import scaled_points, scaled_words
from reid.reports.schema import check_report
from reid.seeding import Streams
from reid.synthetic.truth import TruthSettings, generate

PEOPLE = TruthSettings(n_people=40, n_sessions=4, n_keystrokes=60, n_letters=6, identity=0.5)
BACKGROUND, ENROLLED = tuple("abcd"), tuple(f"s{number}" for number in range(30))


def report(population: int, **settings: Any) -> dict[str, Any]:
    events = generate(PEOPLE, Streams(5))
    asked = {"regime": "population", "attackers": ["discriminant"], **settings}
    return audit(events, population=population, **asked).report


@pytest.fixture(scope="module")
def larger() -> dict[str, Any]:
    return report(150, strategies=["time-grid(step_ms=50)"])


def test_each_block_says_what_a_larger_population_would_show(larger: dict[str, Any]) -> None:
    check_report(steady_numbers(larger))
    for block in (larger["headline"], larger["reference"]):
        scaled = block["scaled"]
        assert (scaled["population"], scaled["n_measured"]) == (150, block["n_people"])
        assert scaled["attacker"] == block["attacker"]
        assert scaled["rank_1"]["low"] <= scaled["rank_1"]["value"] < block["rank_1"]["value"]
        assert set(scaled["by_law"]) == {"pitman-yor", "probit-normal", "impostor-tail"}


def test_the_curve_goes_from_two_people_through_the_measured_rate_to_the_population(
    larger: dict[str, Any],
) -> None:
    block = larger["headline"]
    points = scaled_points("raw log", block["scaled"])
    assert (points.people[0], points.people[-1]) == (2, block["n_people"])
    assert (points.beyond[0], points.beyond[-1]) == (block["n_people"], 150)
    ends = [points.rate[-1], points.beyond_rate[0]]
    assert ends == pytest.approx([block["rank_1"]["value"]] * 2)
    assert points.beyond_rate[-1] == block["scaled"]["rank_1"]["value"]
    assert np.all((points.low <= points.beyond_rate) & (points.beyond_rate <= points.high))


def test_the_page_says_it_in_words(larger: dict[str, Any]) -> None:
    words = scaled_words("raw log", larger["reference"])
    assert words.startswith("raw log, among 150 people: at least ")
    assert "carried over from 20 people measured. By law: impostor-tail" in words
    assert any("what is said of 150 people" in gap for gap in larger["not_tested"])


def test_a_population_within_the_measured_is_exact() -> None:
    block = report(10)["headline"]
    assert block["scaled"]["rank_1"] == block["rank_1_among"]["10"]
    assert block["scaled"]["by_law"] is None
    assert block["scaled"]["curve"]["extrapolated"] is None
    assert "exact for lists drawn from the 20 people measured" in scaled_words("raw log", block)


def test_what_cannot_be_carried_over_is_refused_before_anybody_is_attacked() -> None:
    people, lineup = People(BACKGROUND, ENROLLED), LineUp.of(["discriminant"])
    require_scalable(300, people, lineup, far=False)
    require_scalable(67_000, people, lineup, far=True)
    require_scalable(None, People((), ENROLLED), lineup, far=False)
    with pytest.raises(ParameterError, match="at most 10 times the 30 people"):
        require_scalable(301, people, lineup, far=False)
    with pytest.raises(ParameterError, match="--regime population"):
        require_scalable(100, People((), ENROLLED), lineup, far=False)
    with pytest.raises(ParameterError, match="does not depend on who else"):
        require_scalable(100, people, LineUp({}, fused=False), far=False)
    with pytest.raises(TooFewError, match="at least 10"):
        require_scalable(20, People(BACKGROUND, ENROLLED[:9]), lineup, far=False)


def test_where_the_chosen_attacker_is_not_independent_the_best_rehearsed_that_is_stands_in() -> None:
    def matrix(lead: float) -> ScoreMatrix:
        scores = np.random.default_rng(0).normal(size=(12, 12)) + lead * np.eye(12)
        names = tuple(f"s{number:02d}" for number in range(12))
        return ScoreMatrix(scores, names, names)

    rehearsed = [{"discriminant": matrix(1.0), "two-covariance": matrix(9.0)} for _ in range(2)]
    scores = {"discriminant": matrix(9.0), "two-covariance": matrix(1.0), "outside": matrix(20.0)}
    outcome = AttackOutcome(
        scores=scores, headline=scores["outside"], attacker="outside", chosen_on="the other people",
        independent=False, rehearsed=rehearsed,
    )  # fmt: skip
    lineup = LineUp.of(["discriminant", "two-covariance"])
    name, found = strongest_independent(outcome, lineup)
    assert name == "two-covariance"  # by the rehearsals, not by the people attacked
    assert found is scores["two-covariance"]
    with pytest.raises(ParameterError, match="none that sees it"):
        strongest_independent(outcome, LineUp({}, fused=False))
