"""Ways to pass the gate without protecting anybody: each is refused, or makes no difference."""

from pathlib import Path
from typing import Any

import pytest

from reid.evaluation.audit import audit
from reid.events.table import EventTable
from reid.reports.gate import refusals, study_refusals
from reid.seeding import Streams
from reid.study.finished import FinishedStudy
from reid.study.run import run_study
from reid.synthetic.truth import TruthSettings, generate
from tests.reports.report_examples import estimate
from tests.reports.test_gate import GRID, released
from tests.study.studies import declared

Report = dict[str, Any]
NO_MORE = {"2": None, "10": None, "50": None}


def people(n_people: int, n_sessions: int = 6) -> EventTable:
    settings = TruthSettings(
        n_people=n_people, n_sessions=n_sessions, n_keystrokes=30, n_letters=6, identity=0.6
    )
    return generate(settings, Streams(8))


@pytest.mark.parametrize(
    ("cheat", "told"),
    [
        ({"attackers": ["manhattan"]}, "only the attackers named were run"),
        ({"probe_sessions": 1}, "each probe holds 1 session"),
        ({"gallery_sessions": 1, "probe_sessions": 5}, "only 1 of up to 6 sessions"),
        ({"without": ["hold"]}, "the channel 'hold' was withheld"),
        ({"sample": "events=20", "probe_sessions": 1}, "each probe is cut"),
        ({"strategies": ["time-jitter(bound_ms=50)"], "releases": 1}, "one release was drawn"),
        ({"regime": "population", "background": 6}, "learnt on only 6 background people"),
        ({"adequacy": "none"}, "was not checked"),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else "",
)
def test_a_weakened_audit_is_refused(cheat: dict[str, Any], told: str) -> None:
    options: dict[str, Any] = {"strategies": [GRID], "attackers": ["scaled-manhattan"], "probe_sessions": 3}
    found = audit(people(12), **{"adequacy": "none"} | options | cheat).report
    assert any(told in reason for reason in refusals(found, accepted=("scaled-manhattan",)))


def test_a_larger_gallery_makes_nothing_pass() -> None:
    found = released(0.3)
    assert found["headline"]["rank_1"]["value"] < 0.11
    found["headline"]["rank_1"] = estimate(0.0001, 1000)
    assert "risk among 50 people" in refusals(found)[0]


def test_few_people_make_nothing_pass() -> None:
    for n_people in (2, 10, 30):
        assert refusals(released(0.0, n_people=n_people, rank_1_among=NO_MORE))


def test_a_weak_threat_beside_the_headline_makes_nothing_pass() -> None:
    none = {"value": 0.0, "low": 0.0, "high": 0.004}
    among = {"2": None, "10": None, "50": none}
    risk = {"threat": "ignorant", "rank_1": none, "interval": "simultaneous", "rank_1_among": among}
    assert refusals(released(0.3, threats={"rungs": {}, "risk": risk}))


def test_a_strong_release_audited_beside_the_one_that_goes_makes_nothing_pass() -> None:
    found = released()
    found["headline"] = found["reference"]
    found["results"] = [found["headline"]]
    assert any("the headline is the raw log's" in reason for reason in refusals(found))


def test_failed_comparisons_make_nothing_pass() -> None:
    text = "12.0 % of the comparisons failed, so nobody can be named by them"
    assert refusals(released(0.0, weakened_by=[text])) == [f"weakened, and not accepted: {text}"]


def test_the_luckiest_of_many_strategies_is_not_let_through_as_if_it_were_the_only_one(
    tmp_path: Path,
) -> None:
    many = [f"time-grid(step_ms={step})" for step in (100, 200, 400, 600, 800, 1000)]
    told = {"purposes": [], "strategies": many}
    alone = run_study(declared(tmp_path, **told | {"strategies": many[-1:]}), tmp_path / "alone")
    among_many = run_study(declared(tmp_path, **told), tmp_path / "many")

    def reasons(study: FinishedStudy, risk: float) -> list[str]:
        found, _ = study_refusals(study, many[-1], risk=risk, accepted=["all"])
        return [reason for reason in found if "not checked" not in reason and "tenth" not in reason]

    _, high = study_refusals(alone, risk=0.5)
    assert high is not None
    assert reasons(alone, high) == []
    assert [("luckiest" in reason) for reason in reasons(among_many, high)] == [True]
    assert reasons(among_many, 0.99) == []
