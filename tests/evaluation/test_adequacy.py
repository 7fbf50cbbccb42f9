"""An attack that could not have succeeded is called so, and a sound one is trusted."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar

import numpy as np
import pytest

from reid.attackers import ATTACKERS, Attacker, EnrolledAttacker, ScoreMatrix
from reid.errors import UnknownNameError
from reid.evaluation.adequacy import checks_of_attack, checks_of_blocks, verdict, yardsticks
from reid.evaluation.attack import run_attack
from reid.evaluation.audit import audit
from reid.evaluation.checks import Check
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import NO_STRATEGY, AttackedLog, AuditPlan
from reid.evaluation.seeking import FEWEST
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people, make_split
from reid.metrics.intervals import proportion_over_people
from reid.reports.schema import check_report
from reid.reports.view import page_view
from reid.typing import FloatArray, silent
from tests.attackers.people import pointers, typists

GRID = "time-grid(step_ms=200)"
SOUND = ("discriminant", "two-covariance")
Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A sound attacker that says something else than it found."""

    name: ClassVar[str] = "spoilt"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    how: str

    def enrol(self, train: Any, gallery: Any) -> "EnrolledSpoilt":
        return EnrolledSpoilt(ATTACKERS.make("discriminant").enrol(train, gallery), self.how)


@dataclass(frozen=True, slots=True)
class EnrolledSpoilt:
    sound: EnrolledAttacker
    how: str

    def score(self, probes: Any) -> ScoreMatrix:
        matrix = self.sound.score(probes)
        return replace(matrix, scores=spoilt(matrix.scores, self.how))


def spoilt(scores: FloatArray, how: str) -> FloatArray:
    match how:
        case "one score":
            return np.zeros_like(scores)
        case "wrong way":
            return -scores
        case "mostly failed":
            return np.where(np.arange(scores.size).reshape(scores.shape) % 5 < 3, np.nan, scores)
        case _:
            return np.roll(scores, 1, axis=1)


@cache
def of_text(attackers: tuple[str, ...], strategies: tuple[str, ...] = (), **options: Any) -> Report:
    people = typists(80)
    report = audit(people, attackers=attackers, strategies=strategies, regime="population", **options).report
    check_report(report)
    return report


def checks(attackers: dict[str, Attacker], **changes: Any) -> dict[str, Check]:
    """Question a line-up on the raw log."""
    events, settings = typists(80), SplitSettings(regime="population")
    plan = AuditPlan(
        settings=settings,
        people=choose_people(events.subjects, settings),
        releases=(),
        attackers=LineUp(attackers, fused=False),
        named=tuple(attackers),
        without=(),
        progress=silent,
        **changes,
    )
    split = make_split(events, plan.people, settings)
    attacked = [(AttackedLog(NO_STRATEGY, events, ()), split)]
    return {
        check.name: check for check in checks_of_attack(attacked, [run_attack(split, plan.attackers)], plan)
    }


def passed(report: Report) -> dict[tuple[str, str], bool | None]:
    """Return whether each check passed: for all yardsticks together."""
    found: dict[tuple[str, str], bool | None] = {}
    for check in report["adequacy"]["checks"]:
        place = check["name"], check["strategy"]
        found[place] = False if found.get(place) is False else check["passed"]
    return found


def test_sound_attackers_are_trusted_and_every_check_is_made() -> None:
    report = of_text(SOUND, (GRID,), threat="colleague")
    assert report["adequacy"]["trustworthy"]
    assert report["adequacy"]["reasons"] == []
    assert passed(report) == dict.fromkeys(
        [
            ("known success", "none"),
            ("health", "none"),
            ("known success", GRID),
            ("health", GRID),
            ("planted signal", GRID),
            ("no more than raw", GRID),
            ("less informed attackers", GRID),
        ],
        True,
    )


def sought(report: Report) -> dict[str, bool | None]:
    """Return by channel whether what was planted was found."""
    found = [one for one in report["adequacy"]["checks"] if one["name"] == "planted signal"]
    return {one["figures"]["channel"]: one["passed"] for one in found}


@pytest.mark.parametrize(
    "strategy",
    ["time-grid(step_ms=1000) | key-classes | drop-release", "drop-keys", GRID],
)
def test_a_planted_signal_is_found_even_where_a_release_left_next_to_nothing(strategy: str) -> None:
    assert sought(of_text(("discriminant",), (strategy,))) == {"hold": True, "flight": True}


def test_too_few_people_cannot_judge_whether_a_planted_signal_is_found() -> None:
    for n_people, judged in ((3, None), (FEWEST - 1, None), (FEWEST, True)):
        report = audit(typists(n_people), attackers=("discriminant",), regime="closed-set").report
        assert set(sought(report).values()) == {judged}
        check_report(report)
    few = audit(typists(3), attackers=("discriminant",), regime="closed-set").report
    told = [one["sentence"] for one in few["adequacy"]["checks"] if one["name"] == "planted signal"]
    assert all("cannot be judged by 3 people" in sentence for sentence in told)


def test_fewest_is_from_where_on_certainty_lies_above_a_blind_guess() -> None:
    lows = {n: proportion_over_people(np.ones(n), np.arange(n)).low for n in (FEWEST - 1, FEWEST)}
    assert lows[FEWEST - 1] <= 0.5 < lows[FEWEST]


def test_it_is_said_where_the_one_who_speaks_was_not_asked() -> None:
    """The quick check asks one attacker, so a fusion is not asked what it would weigh."""
    report = of_text((*SOUND, "fusion"))
    speaks = report["headline"]["attacker"]
    told = [one["sentence"] for one in report["adequacy"]["checks"] if one["name"] == "planted signal"]
    words = f"({speaks}, which speaks for all, was not asked)"
    assert [words in sentence for sentence in told] == [speaks != "discriminant"] * 2
    assert "--adequacy full asks everybody" in page_view(report)["adequacy"]["limits"]
    of_one = [check.sentence for check in checks({"discriminant": ATTACKERS.make("discriminant")}).values()]
    assert not any("was not asked" in sentence for sentence in of_one)


def test_who_looks_away_from_a_channel_finds_nothing_that_is_planted_there() -> None:
    assert sought(of_text(("discriminant(without=('flight',))",))) == {"hold": True, "flight": False}
    assert sought(of_text(("discriminant",), without=("flight",))) == {"hold": True, "flight": None}


def test_a_signal_is_planted_on_a_pointer_too_and_found_by_who_looks_there() -> None:
    sound = "discriminant(features='strokes', ridge=0.6, sliding=True)"
    people = pointers(40)
    report = audit(people, attackers=(sound,), regime="population").report
    assert sought(report)["path"] is True
    assert sought(report)["click"] is not False
    blind = "discriminant(features='strokes', without=('path',))"
    assert sought(audit(people, attackers=(blind,), regime="population").report)["path"] is False


@pytest.mark.parametrize("attacker", ["discriminant(features='content')", "euclidean"])
def test_an_attacker_that_looks_away_or_does_not_scale_is_not_trusted(attacker: str) -> None:
    report = of_text((attacker,), (GRID,))
    assert not report["adequacy"]["trustworthy"]
    assert passed(report)["known success", "none"] is False
    assert any("yardstick" in reason for reason in report["adequacy"]["reasons"])


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("one score", "the same score"),
        ("wrong way", "worse than blind guessing"),
        ("mostly failed", "60 % of its comparisons failed"),
    ],
)
def test_a_broken_attacker_shows_in_its_scores(how: str, words: str) -> None:
    sound = {"discriminant": ATTACKERS.make("discriminant")} if how == "one score" else {}
    found = checks({"spoilt": Spoilt(how), **sound})
    if how == "one score":  # a sound one beside it speaks for all
        assert found["health"].figures["tells_nobody_apart"] == ["spoilt"]
        found = checks({"spoilt": Spoilt(how)})
        assert found["known success"].passed is False
        assert found["planted signal"].passed is False
    else:
        assert found["health"].passed is False
        assert words in found["health"].sentence


def test_who_mixes_up_the_enrolled_finds_no_planted_signal() -> None:
    found = checks({"spoilt": Spoilt("mixed up")})
    assert found["known success"].passed is False
    assert found["planted signal"].passed is False
    assert "planted in flight and not found by spoilt" in found["planted signal"].sentence


def test_in_full_everybody_looks_for_the_planted_signal() -> None:
    found = checks({name: ATTACKERS.make(name) for name in SOUND}, adequacy="full")
    assert set(found["planted signal"].figures["attackers"]) == set(SOUND)
    quick = checks({name: ATTACKERS.make(name) for name in SOUND})
    assert set(quick["planted signal"].figures["attackers"]) == {"discriminant"}


def test_a_yardstick_in_the_line_up_is_not_run_again() -> None:
    stages: list[str] = []

    def told(stage: str, _done: int, _total: int) -> None:
        stages.append(stage)

    audit(typists(40), attackers=SOUND, regime="population", progress=told)
    assert not any("yardstick" in stage for stage in stages)
    audit(typists(40), attackers=("manhattan",), regime="population", progress=told)
    assert any("yardstick" in stage for stage in stages)


def test_withheld_channels_are_withheld_from_the_yardstick_and_leave_nothing_to_plant() -> None:
    found = passed(of_text(("discriminant(features='content')",), without=("hold", "flight")))
    assert found["planted signal", "none"] is None


def test_adequacy_can_be_left_out_and_its_words_are_known() -> None:
    assert audit(typists(40), attackers=("manhattan",), adequacy="none").report["adequacy"] is None
    with pytest.raises(UnknownNameError, match="adequacy"):
        audit(typists(40), adequacy="some")


def block(value: float, strategy: str = GRID, **rungs: float) -> Report:
    def rate(middle: float) -> dict[str, float]:
        return {"value": middle, "low": middle - 0.05, "high": middle + 0.05}

    found: Report = {"strategy": strategy, "rank_1": rate(value)}
    if rungs:
        found["threats"] = {"rungs": {name: {"rank_1": rate(one)} for name, one in rungs.items()}}
    return found


def test_who_knows_more_must_not_lose_beyond_the_intervals() -> None:
    raw = block(0.8, NO_STRATEGY)
    results = {
        (ignorant, lazy): [
            one.passed for one in checks_of_blocks([raw, block(0.3, ignorant=ignorant, lazy=lazy)])
        ]
        for ignorant, lazy in ((0.1, 0.2), (0.39, 0.39), (0.41, 0.2), (0.2, 0.5))
    }
    assert results == {
        (0.1, 0.2): [True, True],
        (0.39, 0.39): [True, True],
        (0.41, 0.2): [True, False],
        (0.2, 0.5): [True, False],
    }


def test_a_release_that_reads_more_than_the_raw_log_is_named() -> None:
    assert [one.passed for one in checks_of_blocks([block(0.5, NO_STRATEGY), block(0.59)])] == [True]
    assert [one.passed for one in checks_of_blocks([block(0.5, NO_STRATEGY), block(0.61)])] == [False]


def test_without_any_success_nothing_is_trusted() -> None:
    health = Check("health", NO_STRATEGY, "no sign", {}, passed=True)
    unknown = Check("planted signal", NO_STRATEGY, "not planted", {}, passed=None)
    found = verdict([health, unknown], "quick")
    assert found["reasons"] == ["nothing shows that the attackers could have succeeded"]
    assert verdict([health, replace(unknown, passed=True)], "quick")["trustworthy"]


def test_both_devices_have_a_yardstick() -> None:
    settings = SplitSettings(regime="population")
    people = choose_people(typists(40).subjects, settings)
    plan = AuditPlan(
        settings=settings, people=people, releases=(), attackers=LineUp({}, fused=False), named=(),
        without=(), modality="both", progress=silent,
    )  # fmt: skip
    assert [name.partition("(")[0] for name in yardsticks(plan)] == [
        "discriminant",
        "two-covariance",
        "discriminant",
    ]
