"""An audit that takes over the attack on the raw log says what it says alone, bit for bit."""

import json
from typing import Any

import pytest

from reid.errors import ParameterError
from reid.evaluation.audit import audit, audit_prepared
from reid.evaluation.by_regime import attack_raw
from reid.evaluation.preparing import prepare
from reid.evaluation.result import StrategyResult
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.truth import TruthSettings, generate

GRID, NOISE = "time-grid(step_ms=200)", "delay-mix(bound_ms=100)"
FEW: dict[str, Any] = {"regime": "population", "adequacy": "none"}


def people(n_people: int) -> EventTable:
    settings = TruthSettings(n_people=n_people, n_sessions=4, n_keystrokes=60, n_letters=8, identity=0.5)
    return generate(settings, Streams(4))


def taken_over(events: EventTable, strategy: str, of: str = GRID, **options: Any) -> dict[str, Any]:
    prepared = prepare(events, strategies=[of], **options)
    kept = json.loads(json.dumps(attack_raw(prepared.events, prepared.plan).as_dict(), allow_nan=False))
    return audit_prepared(
        prepare(events, strategies=[strategy], **options), lambda: StrategyResult.from_dict(kept)
    ).report


@pytest.mark.parametrize(
    ("n_people", "strategy", "options"),
    [
        (12, GRID, {"regime": "closed-set", "attackers": ["discriminant", "scaled-manhattan"]}),
        (12, NOISE, {"regime": "closed-set", "attackers": ["discriminant"], "releases": 2}),
        (24, GRID, {"regime": "population", "attackers": ["discriminant", "scaled-manhattan", "fusion"]}),
        (12, NOISE, {**FEW, "attackers": ["manhattan"], "threat": "ladder", "releases": 2}),
        (24, GRID, {"regime": "population", "attackers": ["discriminant"], "split": "random"}),
        (12, GRID, {**FEW, "attackers": ["discriminant", "manhattan"], "effort": "adaptive"}),
        (12, GRID, {**FEW, "attackers": ["manhattan"], "channels": True, "amounts": True, "games": True}),
        (
            12,
            GRID,
            {"attackers": ["scaled-manhattan"], "without": ["content"], "adequacy": "none", "seed": 3},
        ),
    ],
    ids=[
        "closed set",
        "noise",
        "population",
        "ladder",
        "random split",
        "re-tuned",
        "all that is looked at besides",
        "without content",
    ],
)
def test_taking_over_the_raw_attack_changes_no_bit(
    n_people: int, strategy: str, options: dict[str, Any]
) -> None:
    events = people(n_people)
    alone = audit(events, strategies=[strategy], **options).report
    assert json.dumps(taken_over(events, strategy, **options)) == json.dumps(alone)


def test_an_attack_on_another_log_or_with_other_settings_is_refused() -> None:
    options: dict[str, Any] = {"attackers": ["manhattan"], "adequacy": "none"}
    prepared = prepare(people(6), strategies=[GRID], **options)
    known = attack_raw(prepared.events, prepared.plan)
    other_plans: list[dict[str, Any]] = [
        {"seed": 1},
        {"without": ["hold"]},
        {"effort": "adaptive"},
        {"threat": "adaptive"},
        {"amounts": True},
        {"channels": True},
    ]
    for events, changed in ((people(7), {}), *((people(6), changed) for changed in other_plans)):
        other = prepare(events, strategies=[GRID], **options, **changed)
        with pytest.raises(ParameterError, match="of the same log"):
            audit_prepared(other, lambda: known)


def test_the_risk_of_people_makes_the_rate_of_all() -> None:
    found = audit(people(12), strategies=[NOISE], attackers=["discriminant"], adequacy="none", releases=2)
    risk = found.people["informed"]
    assert risk.people == tuple(sorted(risk.people))
    assert risk.rank_1.mean() == pytest.approx(found.report["headline"]["rank_1"]["value"])
    assert risk.among[10].mean() == pytest.approx(found.report["headline"]["rank_1_among"]["10"]["value"])
    assert 50 not in risk.among
