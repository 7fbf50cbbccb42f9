"""Several releases of a random strategy, each attacked anew."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from reid.attackers import ScoreMatrix
from reid.errors import ParameterError
from reid.evaluation.audit import audit
from reid.evaluation.by_regime import _numbered
from reid.evaluation.releases import over_all_releases
from reid.evaluation.risk_of_people import RiskOfPeople
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import sidak_level
from reid.metrics.several import over_releases
from reid.reports.schema import check_report
from reid.reports.view import page_view
from reid.reports.wording import answer, percent
from tests.attackers.people import typists

LIGHT = ("manhattan", "likelihood-ratio", "fusion")
NOISY = "time-jitter(bound_ms=150)"
OF_PEOPLE = RiskOfPeople(("a", "b"), np.array([0.5, 1.0]), {})
ONCE = "one release was drawn: another draw may protect less"
Report = dict[str, Any]


@cache
def audited(*strategies: str, n: int = 3) -> Report:
    return audit(typists(24), attackers=LIGHT, strategies=strategies, releases=n).report


def test_a_random_strategy_is_measured_on_three_releases_and_the_first_is_the_one_of_one() -> None:
    report = audited(NOISY)
    drawn, block = report["headline"]["releases"], report["headline"]
    assert drawn["n"] == len(drawn["attackers"]) == len(set(drawn["auc"])) == 3
    assert set(drawn["attackers"]) == {block["attacker"]}  # releases differ by noise, not by who was chosen
    for rate in ("rank_1", "eer", "auc"):
        assert block[rate]["value"] == pytest.approx(np.mean(drawn[rate]))
        assert block[rate]["low"] <= min(drawn[rate]) <= max(drawn[rate]) <= block[rate]["high"]
    alone = audit(typists(24), attackers=["manhattan"], strategies=[NOISY], releases=1).report["headline"]
    of_three = audit(typists(24), attackers=["manhattan"], strategies=[NOISY]).report["headline"]
    assert alone["releases"] is None
    assert alone["rank_1"]["value"] == of_three["releases"]["rank_1"][0]
    check_report(report)


def test_one_draw_weakens_a_random_strategy_and_no_other() -> None:
    assert ONCE in audited(NOISY, n=1)["headline"]["weakened_by"]
    assert ONCE not in audited(NOISY)["headline"]["weakened_by"]
    steady = audited("time-grid(step_ms=100)", n=1)
    assert ONCE not in steady["headline"]["weakened_by"]
    assert steady["headline"] == audited("time-grid(step_ms=100)")["headline"]
    assert audited()["headline"]["releases"] is None


def test_several_strategies_keep_their_releases_apart() -> None:
    first, second = audited(NOISY, "time-grid(step_ms=100)")["results"]
    assert first == audited(NOISY)["headline"]
    assert second == audited("time-grid(step_ms=100)")["headline"]


def test_the_page_tells_what_each_release_showed() -> None:
    report = audited(NOISY)
    (told,) = page_view(report)["drawn"]
    assert all(f"{100 * value:.1f} %" in told for value in report["headline"]["releases"]["rank_1"])
    assert ", over 3 releases)" in answer(report)
    assert "releases)" not in answer(audited())


def test_what_stands_in_one_block_alone_is_kept_and_what_weakened_one_is_named() -> None:
    first = audited(NOISY, n=1)["headline"]
    attackers = {name: found for name, found in first["attackers"].items() if name != "manhattan"}
    second = first | {"attackers": attackers, "weakened_by": ["something else"], "eer": None}
    merged = over_all_releases([first, second], None)
    only = {"n_releases": 1}  # nothing comes of one release in silence
    of_one = {rate: found | only for rate, found in first["attackers"]["manhattan"].items()}
    assert merged["attackers"]["manhattan"] == of_one
    assert merged["weakened_by"] == [*first["weakened_by"], "something else"]
    assert merged["eer"] == first["eer"] | only
    assert "n_releases" not in merged["rank_1"]
    assert percent(merged["eer"]).endswith("; 1 release only)")
    assert merged["releases"]["eer"] == [first["eer"]["value"], None]


def test_lists_of_numbers_are_averaged_place_by_place_and_bits_stay_above_nothing() -> None:
    first = audited(NOISY, n=1)["headline"]
    bits = [{"value": value, "low": value, "high": value} for value in (0.1, 4.0)]
    sets = [{"median": {"value": value, "low": value, "high": value}} for value in (2.0, 11.0)]
    blocks = [
        first | {"places": places, "bits": of_bits, "anonymity_set": of_sets}
        for places, of_bits, of_sets in zip([[1.0, 0.5], [0.0, 0.5]], bits, sets, strict=True)
    ]
    merged = over_all_releases(blocks, None)
    n_people = first["n_people"]
    assert merged["places"] == [0.5, 0.5]
    assert merged["bits"] == {
        "value": pytest.approx(2.05),
        "low": 0.0,
        "high": pytest.approx(np.log2(n_people)),
    }
    assert merged["anonymity_set"]["median"] == {"value": 6.5, "low": 1.0, "high": n_people}


def test_sentences_are_joined_whatever_release_has_them_and_whatever_number_they_hold() -> None:
    first = audited(NOISY, n=1)["headline"]
    said = [[], ["1.2 % of the comparisons failed"], ["2 % of the comparisons failed", "x"]]
    merged = over_all_releases([first | {"weakened_by": one} for one in said], None)
    assert merged["weakened_by"] == ["1.2 % of the comparisons failed", "x"]


def test_the_largest_of_several_keeps_an_interval_for_all_at_once() -> None:
    block = audited(NOISY)["headline"]
    own = block["attackers"][block["maximum"]["attacker"]]["rank_1"]
    assert block["maximum"]["rank_1"]["low"] <= own["value"] <= block["maximum"]["rank_1"]["high"]


def test_releases_that_lost_different_people_are_joined() -> None:
    options = {"attackers": LIGHT, "regime": "closed-set", "sample": "seconds=28"}
    report = audit(typists(24, n_sessions=2), strategies=("time-jitter(bound_ms=400)",), **options).report
    check_report(report)


def of_rate(value: float, half: float = 0.1) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def test_amounts_are_joined_with_the_same_amount_and_not_by_place() -> None:
    first = audited(NOISY, n=1)["headline"]
    asked = [{10: 0.2, 20: 0.4, None: 0.8}, {10: 0.4, 20: 0.6, 50: 0.7, None: 1.0}]
    curves = [[{"amount": amount, "rank_1": of_rate(rate)} for amount, rate in one.items()] for one in asked]
    merged = over_all_releases([first | {"amounts": {"probe": points}} for points in curves], None)
    found = {point["amount"]: point["rank_1"]["value"] for point in merged["amounts"]["probe"]}
    assert found == {10: pytest.approx(0.3), 20: pytest.approx(0.5), None: pytest.approx(0.9)}


def test_groups_are_joined_by_label_and_their_intervals_hold_for_all_at_once() -> None:
    first = audited(NOISY, n=1)["headline"]

    def block(rates: dict[str | None, float]) -> dict[str, Any]:
        groups = [
            {"by": "group", "label": name, "rank_1": of_rate(rate), "apart": True}
            for name, rate in rates.items()
        ]
        who = first["further"]["who"] | {"groups": groups}
        return {**first, "further": first["further"] | {"who": who}}

    merged = over_all_releases(
        [block({"a": 0.3, "b": 0.5, None: 0.2}), block({"b": 0.7, None: 0.4, "c": 0.1})], OF_PEOPLE
    )
    found = {each["label"]: each["rank_1"] for each in merged["further"]["who"]["groups"]}
    assert {name: rate["value"] for name, rate in found.items()} == {
        "b": pytest.approx(0.6),
        None: pytest.approx(0.3),
    }
    estimates = [Estimate(rate, rate - 0.1, rate + 0.1, sidak_level(0.95, 3)) for rate in (0.5, 0.7)]
    apart = {each["label"]: each["apart"] for each in merged["further"]["who"]["groups"]}
    assert apart == {"b": False, None: False}  # 0.6 and 0.3, each for one more release
    assert found["b"]["low"] < found[None]["high"]
    assert found["b"]["high"] == over_releases(estimates, within=(0.0, 1.0)).high


def test_people_are_joined_under_their_own_number() -> None:
    first = audited(NOISY, n=1)["headline"]
    told: list[Report] = [
        {"listed": [{"person": 1, "rank_1": 1.0}, {"person": 2, "rank_1": 0.5}]},
        {"listed": [{"person": 2, "rank_1": 0.0}]},
        {"listed": [{"person": 2, "rank_1": 0.25}]},
    ]
    silent = {"by_channel": {}, "attributed_to": None, "as_much": []}
    merged = over_all_releases([first | {"channels": one | silent} for one in told], None)["channels"]
    assert merged["listed"] == [{"person": 2, "rank_1": 0.25}]


def of_channel(credit: float, *, beyond: bool, behaviour: bool = True) -> Report:
    return {"credit": credit, "beyond_chance": beyond, "behaviour": behaviour}


def test_what_the_channels_tell_is_found_anew_from_what_is_joined() -> None:
    """By the second release alone the clock would be a confound, and by most of them flight the carrier."""
    first = audited(NOISY, n=1)["headline"]
    told: list[Report] = [
        {"by_channel": {"hold": of_channel(0.4, beyond=True), "flight": of_channel(0.5, beyond=True),
                        "device": of_channel(0.0, beyond=False, behaviour=False)},
         "attributed_to": "flight", "as_much": ["hold"], "confounds": []},
        {"by_channel": {"hold": of_channel(0.6, beyond=True), "flight": of_channel(0.1, beyond=False),
                        "device": of_channel(0.2, beyond=True, behaviour=False)},
         "attributed_to": "hold", "as_much": [], "confounds": ["device"]},
        {"by_channel": {"hold": of_channel(0.2, beyond=False), "flight": of_channel(0.3, beyond=True),
                        "content": of_channel(0.6, beyond=False, behaviour=False)},
         "attributed_to": "flight", "as_much": ["content"], "confounds": []},
    ]  # fmt: skip
    merged = over_all_releases([first | {"channels": one} for one in told], None)["channels"]
    assert merged["attributed_to"] == "hold"  # 0.4 on the mean, flight 0.3; content 0.2, having shown once
    assert merged["by_channel"]["content"]["credit"] == pytest.approx(0.2)
    assert merged["as_much"] == ["flight", "content"]
    beyond = {name: each["beyond_chance"] for name, each in merged["by_channel"].items()}
    assert beyond == {"hold": True, "flight": True, "device": False, "content": False}
    assert merged["confounds"] == []
    nothing = [one | {"attributed_to": None, "as_much": []} for one in told[:2]] + told[2:]
    merged = over_all_releases([first | {"channels": one} for one in nothing], None)["channels"]
    assert merged["attributed_to"] is None
    assert merged["as_much"] == []


def test_groups_lie_apart_where_their_joined_intervals_do() -> None:
    first = audited(NOISY, n=1)["headline"]

    def block(of_a: float) -> Report:
        rates = {("group", "a"): of_a, ("group", "b"): 0.5, ("layout", "c"): 0.5}
        groups = [
            {"by": by, "label": label, "rank_1": of_rate(rate), "apart": rate == 0.5}
            for (by, label), rate in rates.items()
        ]
        return {**first, "further": first["further"] | {"who": first["further"]["who"] | {"groups": groups}}}

    for rates, apart in (((0.1, 0.1), True), ((0.1, 0.9), False)):
        merged = over_all_releases([block(rate) for rate in rates], OF_PEOPLE)
        found = {each["label"]: each["apart"] for each in merged["further"]["who"]["groups"]}
        assert found == {"a": apart, "b": apart, "c": False}  # c is alone in its column


def test_a_person_has_the_mean_of_all_releases_and_not_a_place_in_each() -> None:
    """Two people of whom each release finds another one are both found in half of them."""
    people = ("a", "b")
    found, lost = ScoreMatrix(np.eye(2), people, people), ScoreMatrix(np.eye(2)[[0, 0]], people, people)
    other = ScoreMatrix(np.eye(2)[[1, 1]], people, people)
    first = audited(NOISY, n=1)["headline"]
    assert first["further"]["who"]["rank_1_of_people"] != [0.5, 0.5]
    risk = RiskOfPeople.of([lost, other])
    assert over_all_releases([first, first], risk)["further"]["who"]["rank_1_of_people"] == [0.5, 0.5]
    risk = RiskOfPeople.of([lost, found])
    assert over_all_releases([first, first], risk)["further"]["who"]["rank_1_of_people"] == [1.0, 0.5]


def test_people_who_are_found_alike_stand_in_an_order_that_is_not_that_of_their_names() -> None:
    people = tuple("abcd")
    alike = ScoreMatrix(np.eye(4), people, people)
    assert _numbered([alike], {"a": 3, "b": 1, "c": 4, "d": 2}) == ["b", "d", "a", "c"]
    report = audit(typists(12), attackers=("manhattan",), channels=True, adequacy="none").report
    assert len(report["headline"]["channels"]["listed"]) == 12


def test_what_one_release_did_not_bear_is_of_the_others_and_says_so() -> None:
    first = audited(NOISY, n=1)["headline"]
    why = "people must be at least 2; found 1."
    failed = {"amount": 10, "why_none": why, "rank_1": None}

    def of(rate: float) -> Report:
        return {"amount": 10, "why_none": None, "rank_1": of_rate(rate)}

    def joined(*points: Report) -> Report:
        blocks = [first | {"amounts": {"probe": [point]}} for point in points]
        (point,) = over_all_releases(blocks, None)["amounts"]["probe"]
        return dict(point)

    some = joined(of(0.4), failed, of(0.6))
    assert some["why_none"] is None
    assert some["why_fewer"] == why
    assert some["rank_1"]["value"] == pytest.approx(0.5)
    assert some["rank_1"]["n_releases"] == 2
    assert joined(failed, failed, failed) == failed
    every = joined(of(0.4), of(0.5), of(0.6))
    assert "why_fewer" not in every
    assert "n_releases" not in every["rank_1"]


def test_people_have_one_number_in_all_releases() -> None:
    """Who is found most often over all of them comes first, whoever does in one."""
    wide = ScoreMatrix(
        np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.5], [0.0, 0.0, 1.0]]), ("a", "b", "c"), tuple("abc")
    )
    narrow = ScoreMatrix(np.array([[0.0, 1.0], [0.0, 2.0]]), ("b", "c"), tuple("bc"))
    assert _numbered([wide], {"a": 1, "b": 2, "c": 3})[0] == "a"
    numbers = {"a": 1, "b": 2, "c": 3}
    assert _numbered([wide, narrow], numbers) == ["c", "b", "a"]  # a is not looked for in all
    missed = ScoreMatrix(np.array([[1.0, 0.0], [1.0, 0.0]]), ("a", "c"), tuple("ac"))
    assert _numbered([wide, narrow, missed], numbers) == ["c", "a", "b"]


def test_curves_are_means() -> None:
    first = audited(NOISY, n=1)["headline"]
    second = first | {"curves": {"cmc": None, "det": None}}
    assert over_all_releases([first, second], None)["curves"]["cmc"] == first["curves"]["cmc"]
    perfect = {"fmr": [0.0, 1.0], "fnmr": [0.0, 0.0]}
    good = first | {"curves": {"cmc": None, "det": perfect}}
    poor = first | {"curves": {"cmc": None, "det": {"fmr": [0.0, 0.5, 1.0], "fnmr": [1.0, 0.5, 0.0]}}}
    assert over_all_releases([good, poor], None)["curves"]["det"] == {
        "fmr": [0.0, 0.5, 1.0],
        "fnmr": [0.5, 0.25, 0.0],
    }


def test_no_release_at_all_is_refused() -> None:
    with pytest.raises(ParameterError, match="--releases must be 1 or more; found 0"):
        audited(NOISY, n=0)
