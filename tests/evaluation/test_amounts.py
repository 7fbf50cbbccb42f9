"""How much has to be seen of a person."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from reid.errors import ParameterError
from reid.evaluation.amounts import held_by, scale_of_amounts
from reid.evaluation.audit import audit
from reid.reports.schema import check_report
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import pointers, typists

LIGHT = ("discriminant", "manhattan", "fusion")


@cache
def amounts(**options: Any) -> dict[str, Any]:
    log = typists(40, n_keystrokes=120)
    made = audit(log, attackers=LIGHT, amounts=True, adequacy="none", background=20, **options).report
    check_report(made)
    return dict(made["headline"])


def test_what_is_seen_grows_by_ones_twos_and_fives() -> None:
    assert scale_of_amounts(1000, 5) == (5, 10, 20, 50, 100, 200, 500, 1000)
    assert scale_of_amounts(9, 10) == ()


def test_each_point_says_how_much_is_held_and_by_how_many() -> None:
    found = amounts()["amounts"]
    assert found["unit"] == "keystrokes"
    assert found["chance"] == 1 / 20
    for side, n_probes, every in (("probe", 40, 120.0), ("gallery", 40, 240.0)):
        *cut_off, whole = found[side]
        assert [point["held"]["keystrokes"] for point in cut_off] == [point["amount"] for point in cut_off]
        assert whole["amount"] is None
        assert whole["held"]["keystrokes"] == every
        assert whole["held"]["strokes"] is None
        minutes = [point["held"]["minutes"] for point in found[side]]
        assert minutes == sorted(minutes)
        assert {point["same_people"] for point in found[side]} == {20}
        assert {point["probes"] for point in found[side]} == {n_probes}
        assert {point["why_none"] for point in found[side]} == {None}


def test_with_all_to_see_the_rate_is_that_of_the_attacker_in_the_attack() -> None:
    block = amounts()
    found = block["amounts"]
    assert found["attacker"] in {"discriminant", "manhattan"}  # a fusion would have to rehearse anew
    for side in ("probe", "gallery"):
        assert found[side][-1]["rank_1"] == block["attackers"][found["attacker"]]["rank_1"]


def test_more_to_see_names_more_people() -> None:
    found = amounts()["amounts"]
    for side in ("probe", "gallery"):
        first, last = found[side][0]["rank_1_of_same"], found[side][-1]["rank_1_of_same"]
        assert first["high"] < last["value"]


def test_people_who_hold_less_stay_enrolled_and_do_not_count() -> None:
    long, short = typists(30, n_keystrokes=120), typists(36, n_keystrokes=40, seed=2)
    later = [person for person in short.subjects if person not in long.subjects]
    mixed = type(long).concat([long, short.of_people(later)])
    chosen = {"attackers": ("manhattan",), "adequacy": "none", "regime": "closed-set"}
    found = audit(mixed, amounts=True, **chosen).report["headline"]["amounts"]  # type: ignore[arg-type]
    by_amount = {point["amount"]: point for point in found["probe"]}
    assert by_amount[20]["people"] == 36
    assert by_amount[100]["people"] == by_amount[20]["same_people"] == 30
    assert by_amount[None]["people"] == 36
    assert found["chance"] == 1 / 36


def test_a_pointer_is_counted_in_strokes() -> None:
    chosen = {"attackers": ("full-covariance",), "adequacy": "none", "regime": "closed-set"}
    made = audit(pointers(8, n_strokes=30), amounts=True, **chosen).report  # type: ignore[arg-type]
    check_report(made)
    found = made["headline"]["amounts"]
    assert found["unit"] == "strokes"
    assert [point["amount"] for point in found["probe"]] == [5, 10, 20, None]
    assert found["probe"][0]["held"]["strokes"] == 5
    assert found["probe"][0]["held"]["keystrokes"] is None


def test_medians_over_pieces_by_hand() -> None:
    log = typists(1, n_sessions=3, n_keystrokes=20)
    whole = SampleTable.singly(cut(log)).pooled()
    lasts = pl.col("time_us").max() - pl.col("time_us").min()
    lasting_us = log.frame.group_by("session_id").agg(lasts)["time_us"].sum()
    ((keys, strokes, minutes, sessions),) = held_by(whole).tolist()
    assert (keys, sessions) == (60, 3)
    assert np.isnan(strokes)
    assert minutes == pytest.approx(int(lasting_us) / 60e6)


def test_it_stands_beside_the_only_release_and_not_unasked() -> None:
    log = typists(10)
    chosen = {"attackers": ("manhattan",), "amounts": True, "adequacy": "none"}
    made = audit(log, strategies=("time-jitter(bound_ms=50)",), releases=2, **chosen).report  # type: ignore[arg-type]
    check_report(made)
    assert (
        made["reference"]["amounts"]["probe"][0]["amount"]
        == made["headline"]["amounts"]["probe"][0]["amount"]
    )
    assert "amounts" not in audit(log, attackers=("manhattan",)).report["headline"]
    with pytest.raises(ParameterError, match="--comparisons must stand alone"):
        audit(log, comparisons="list.csv", amounts=True)
