"""Which channel gives people away: what is planted is found, and named for what it is."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from experiments.planted_leak import PLANTS, judged, planted
from reid.attackers import ScoreMatrix
from reid.errors import ParameterError
from reid.evaluation.audit import audit
from reid.evaluation.channels import coarsest_clock_us, credited
from reid.events.table import EventTable
from reid.reports.schema import check_report
from reid.reports.view import page_view
from tests.attackers.people import typists

MATRIX = ScoreMatrix(np.eye(4), ("a", "b", "c", "d"), ("a", "b", "c", "d"))
CLOCK = "clock of the keys"


def hits(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@cache
def report(**options: Any) -> dict[str, Any]:
    made = audit(planted(CLOCK, 1, leaks=True), attackers=("manhattan",), channels=True, **options).report
    check_report(made)
    return made


def test_shares_of_people_and_credit_by_hand() -> None:
    found = credited(
        {
            "all channels": hits(1, 1, 1, 0),
            "hold alone": hits(1, 1, 0, 0),
            "without hold": hits(0, 1, 1, 0),
            "flight alone": hits(0, 1, 0, 0),
            "without flight": hits(1, 1, 0, 0),
        },
        ("hold", "flight"),
        MATRIX,
    )
    of_hold, of_flight = (found["by_channel"][name] for name in ("hold", "flight"))
    assert of_hold["credit"] == pytest.approx((0.5 - 0.25 + 0.25) / 2)
    assert of_flight["credit"] == pytest.approx((0.25 - 0.25 + 0.25) / 2)
    people = found["people"]
    assert people["named"]["value"] == 0.75
    assert people["whatever_is_left_out"]["value"] == pytest.approx(1 / 3)  # b
    assert people["by_no_channel_alone"]["value"] == pytest.approx(1 / 3)  # c
    assert of_hold["people"]["alone_suffices"]["value"] == pytest.approx(2 / 3)
    assert of_hold["people"]["lost_without"]["value"] == pytest.approx(1 / 3)  # a
    assert of_hold["people"]["most_credit"]["value"] == pytest.approx((1 + 1 / 2) / 3)  # b is shared
    assert of_flight["people"]["most_credit"]["value"] == pytest.approx((1 + 1 / 2) / 3)


def test_of_each_person_it_is_told_by_number_what_gives_them_away() -> None:
    found = credited(
        {
            "all channels": hits(1, 1, 1, 0),
            "hold alone": hits(1, 1, 0, 0),
            "without hold": hits(0, 1, 1, 0),
            "flight alone": hits(0, 1, 0, 0),
            "without flight": hits(1, 1, 0, 0),
        },
        ("hold", "flight"),
        MATRIX,
        ("c", "a", "b", "d"),
    )
    first, second, third, last = found["listed"]
    assert first == {
        "person": 1, "rank_1": 1.0,
        "most_credit": ["flight"], "alone_suffices": [], "lost_without": ["flight"],
    }  # fmt: skip
    assert (second["most_credit"], second["lost_without"]) == (["hold"], ["hold"])
    assert third["most_credit"] == third["alone_suffices"] == ["hold", "flight"]
    assert last == {"person": 4, "rank_1": 0.0, "most_credit": [], "alone_suffices": [], "lost_without": []}


def test_a_channel_with_surely_less_credit_is_not_named_beside_the_first() -> None:
    n_people = 40
    names = tuple(f"p{number:02}" for number in range(n_people))
    matrix = ScoreMatrix(np.eye(n_people), names, names)
    every, none, half = np.ones(n_people), np.zeros(n_people), (np.arange(n_people) % 2).astype(np.float64)
    found = credited(
        {
            "all channels": every,
            "hold alone": every, "without hold": half,
            "flight alone": half, "without flight": none,
            "content alone": none, "without content": every,
        },
        ("hold", "flight", "content"),
        matrix,
    )  # fmt: skip
    assert found["attributed_to"] == "hold"  # both have 1.5 less chance, and the first stands first
    assert found["as_much"] == ["flight"]


def test_nothing_beyond_chance_is_attributed_to_nothing() -> None:
    nobody = {name: hits(0.25, 0.25, 0.25, 0.25) for name in ("all channels", "hold alone", "without hold")}
    found = credited(nobody, ("hold",), MATRIX)
    assert found["attributed_to"] is None
    assert not found["by_channel"]["hold"]["beyond_chance"]
    assert found["people"]["whatever_is_left_out"] is None


def test_a_clock_is_named_as_a_confound_and_gone_on_a_common_clock() -> None:
    found = report(background=36)["headline"]["channels"]
    assert found["attributed_to"] == "device"
    assert found["confounds"] == ["device"]
    assert found["by_channel"]["device"]["alone"]["rank_1"]["value"] > 0.5
    assert not found["by_channel"]["device"]["behaviour"]
    assert found["by_channel"]["hold"]["behaviour"]
    clock = found["at_common_clock"]
    assert clock["device"] is None or clock["device"]["rank_1"]["low"] <= found["chance"]
    shaken = clock["device_on_no_clock"]
    assert shaken is None or shaken["rank_1"]["low"] <= found["chance"]
    lost = found["by_channel"]["device"]["lost_differences"]["rank_1"]["value"]
    alone = found["by_channel"]["device"]["alone"]["rank_1"]["value"]
    assert found["by_channel"]["device"]["credit"] == pytest.approx((alone - found["chance"] + lost) / 2)


def test_it_stands_beside_the_raw_log_and_the_only_release() -> None:
    log = typists(10)
    chosen = {"attackers": ("manhattan",), "channels": True}
    made = audit(log, strategies=("drop-release",), **chosen).report  # type: ignore[arg-type]
    check_report(made)
    assert set(made["reference"]["channels"]["by_channel"]) > {"hold", "flight", "content"}
    hold = made["headline"]["channels"]["by_channel"]["hold"]
    assert not hold["beyond_chance"]  # everybody's is one constant
    several = audit(log, strategies=("drop-release", "key-classes"), **chosen).report  # type: ignore[arg-type]
    assert "channels" in several["headline"]
    assert not any("channels" in block for block in several["results"])


def test_where_nothing_varies_there_is_nothing_to_see_and_no_rate_of_none() -> None:
    log = typists(10)
    kind = pl.col("event").cast(pl.String)
    one_key = log.frame.with_columns(key=pl.lit("KeyA").cast(log.frame.schema["key"])).filter(
        kind.is_not_null()
    )
    same = EventTable.from_frame(one_key.with_columns(char=pl.lit(None, pl.String)), log.sessions)
    made = audit(same, attackers=("manhattan",), channels=True, adequacy="none").report
    check_report(made)
    found = made["headline"]["channels"]["by_channel"]
    assert found["hold"]["alone"]["rank_1"]["value"] > 0
    assert found["hold"]["why_none_alone"] is None
    assert found["content"]["alone"] is None  # one letter: what is typed is the same for everybody
    assert found["content"]["why_none_alone"].startswith("nothing in it varies")
    assert not found["content"]["beyond_chance"]
    (table,) = page_view(made)["channels"]
    shown = {row["name"]: row["alone"] for row in table["rows"]}
    assert shown["content"].startswith("nothing to see: nothing in it varies")


def test_a_random_split_says_whether_it_leaks_and_what_chance_gives() -> None:
    options: dict[str, Any] = {"attackers": ("manhattan",), "channels": True, "adequacy": "none"}
    whole = audit(typists(16), regime="population", **options).report
    cut = audit(typists(16), regime="population", sample="events=12", **options).report
    for made, leaks in ((whole, False), (cut, True)):
        check_report(made)
        assert (made["headline"]["channels"]["random_split_shares"] > 0) == leaks
        (table,) = page_view(made)["channels"]
        assert ("which cannot leak" in table["random_split"]) != leaks
        assert ("sessions on both sides" in table["random_split"]) == leaks
        assert "(chance: 1 in 8)" in table["random_split"]


def test_a_withheld_channel_stays_withheld() -> None:
    made = audit(typists(10), attackers=("manhattan",), channels=True, without=("device", "hold")).report
    found = made["headline"]["channels"]
    assert {"device", "hold"}.isdisjoint(found["by_channel"])
    assert found["at_common_clock"]["device"] is found["at_common_clock"]["device_on_no_clock"] is None
    assert found["at_common_clock"]["all"] is not None


def test_people_are_listed_under_the_numbers_of_who_is_found() -> None:
    found = report(background=36)["headline"]
    listed = found["channels"]["listed"]
    assert [each["person"] for each in listed] == list(range(1, 13))
    assert len(found["further"]["who"]["rank_1_of_people"]) == 12
    assert any(each["alone_suffices"] == ["device"] for each in listed)


def test_it_is_not_shown_unasked_and_not_for_a_declared_list() -> None:
    assert "channels" not in audit(typists(10), attackers=("manhattan",)).report["headline"]
    with pytest.raises(ParameterError, match="--comparisons must stand alone"):
        audit(typists(10), comparisons="list.csv", channels=True)


def test_the_coarsest_clock_is_that_of_the_coarsest_person() -> None:
    log = typists(4, n_keystrokes=200)
    grid_us = pl.when(pl.col("subject_id") == "s002").then(16_000).otherwise(1000)
    on_grids = log.frame.with_columns(time_us=pl.col("time_us") // grid_us * grid_us)
    assert coarsest_clock_us(EventTable.from_frame(on_grids, log.sessions)) == 16_000
    assert coarsest_clock_us(log) == 1000  # finer clocks count as that


@pytest.mark.parametrize("name", ["hold of a letter", "sign on a key"])
def test_a_planted_leak_is_found_and_attributed(name: str) -> None:
    assert judged(name, 0, leaks=True)["attributed_to"] == PLANTS[name][1]


def test_nothing_is_attributed_where_nothing_is_planted() -> None:
    assert judged("hold of a letter", 0, leaks=False)["attributed_to"] is None


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_every_plant_is_found_and_attributed(name: str) -> None:
    named = [judged(name, seed, leaks=True)["attributed_to"] for seed in range(9)]
    assert named == [PLANTS[name][1]] * 9
