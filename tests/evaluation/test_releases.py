"""Several releases of a random strategy, each attacked anew."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from reid.errors import ParameterError
from reid.evaluation.audit import audit
from reid.evaluation.releases import over_all_releases
from reid.reports.schema import check_report
from reid.reports.view import page_view
from reid.reports.wording import answer
from tests.attackers.people import typists

LIGHT = ("manhattan", "likelihood-ratio", "fusion")
NOISY = "time-jitter(bound_ms=150)"
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
    merged = over_all_releases([first, second])
    assert merged["attackers"]["manhattan"] == first["attackers"]["manhattan"]
    assert merged["weakened_by"] == [*first["weakened_by"], "something else"]
    assert merged["eer"] == first["eer"]
    assert merged["releases"]["eer"] == [first["eer"]["value"], None]


def test_lists_of_numbers_are_averaged_place_by_place_and_bits_stay_above_nothing() -> None:
    first = audited(NOISY, n=1)["headline"]
    bits = [{"value": value, "low": value, "high": value} for value in (0.1, 4.0)]
    sets = [{"median": {"value": value, "low": value, "high": value}} for value in (2.0, 11.0)]
    blocks = [
        first | {"places": places, "bits": of_bits, "anonymity_set": of_sets}
        for places, of_bits, of_sets in zip([[1.0, 0.5], [0.0, 0.5]], bits, sets, strict=True)
    ]
    merged = over_all_releases(blocks)
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
    merged = over_all_releases([first | {"weakened_by": one} for one in said])
    assert merged["weakened_by"] == ["1.2 % of the comparisons failed", "x"]


def test_the_largest_of_several_keeps_an_interval_for_all_at_once() -> None:
    block = audited(NOISY)["headline"]
    own = block["attackers"][block["maximum"]["attacker"]]["rank_1"]
    assert block["maximum"]["rank_1"]["low"] <= own["value"] <= block["maximum"]["rank_1"]["high"]


def test_releases_that_lost_different_people_are_joined() -> None:
    options = {"attackers": LIGHT, "regime": "closed-set", "sample": "seconds=28"}
    report = audit(typists(24, n_sessions=2), strategies=("time-jitter(bound_ms=400)",), **options).report
    check_report(report)


def test_curves_are_means() -> None:
    first = audited(NOISY, n=1)["headline"]
    second = first | {"curves": {"cmc": None, "det": None}}
    assert over_all_releases([first, second])["curves"]["cmc"] == first["curves"]["cmc"]
    perfect = {"fmr": [0.0, 1.0], "fnmr": [0.0, 0.0]}
    good = first | {"curves": {"cmc": None, "det": perfect}}
    poor = first | {"curves": {"cmc": None, "det": {"fmr": [0.0, 0.5, 1.0], "fnmr": [1.0, 0.5, 0.0]}}}
    assert over_all_releases([good, poor])["curves"]["det"] == {
        "fmr": [0.0, 0.5, 1.0],
        "fnmr": [0.5, 0.25, 0.0],
    }


def test_no_release_at_all_is_refused() -> None:
    with pytest.raises(ParameterError, match="--releases must be 1 or more; found 0"):
        audited(NOISY, n=0)
