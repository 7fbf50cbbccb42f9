"""Keyboard, pointer or both: who attacks what, and what the report says of it."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from reid.attackers import ATTACKERS, DEFAULT_ATTACKERS, JOINT_ATTACKERS, POINTER_ATTACKERS
from reid.errors import BlindError, TooFewError, UnknownNameError
from reid.evaluation.audit import audit
from reid.evaluation.dividing import pointer_parts
from reid.evaluation.lineup import LineUp
from reid.evaluation.modality import modalities_in, modality_of, of_modality
from reid.events.schema import KEY_EVENTS
from reid.events.table import EventTable
from reid.reports.modalities import modalities
from reid.reports.schema import check_report
from reid.samples.cutting import cut
from tests.attackers.people import pointers, typists
from tests.features.form_logs import form_log

LIGHT = ("manhattan", "discriminant(features='strokes(n_bins=4, n_stroke_bins=3, n_part_bins=2)')")
JOINT = "discriminant(features='homing', sliding=True)"
WITHHELD = "the {} events of the log were withheld from the attackers"


@cache
def both(n_people: int = 12) -> EventTable:
    """Return a log of people whose sessions hold what one log says they typed and another how they moved."""
    typed, moved = typists(n_people), pointers(n_people)
    frame = pl.concat([typed.frame, moved.frame]).sort(
        "subject_id", "session_id", "time_us", maintain_order=True
    )
    return EventTable.from_frame(frame, typed.sessions)


@cache
def report(**options: Any) -> dict[str, Any]:
    return audit(both(), attackers=LIGHT, regime="closed-set", **options).report


def test_a_log_of_both_is_attacked_through_both() -> None:
    made = report()
    check_report(made)
    assert made["settings"]["modality"] == "both"
    assert set(made["headline"]["attackers"]) == set(LIGHT)
    assert not [text for text in made["headline"]["weakened_by"] if "withheld" in text]


@pytest.mark.parametrize(
    ("modality", "seeing", "blind"),
    [("keyboard", LIGHT[0], LIGHT[1]), ("pointer", LIGHT[1], LIGHT[0])],
)
def test_what_the_user_withholds_is_not_seen_and_is_named(modality: str, seeing: str, blind: str) -> None:
    made = report(modality=modality)
    other = {"keyboard": "pointer", "pointer": "keyboard"}[modality]
    assert made["settings"]["modality"] == modality
    assert set(made["headline"]["attackers"]) == {seeing}
    assert WITHHELD.format(other) in made["headline"]["weakened_by"]
    assert any(blind in text and "saw nothing" in text for text in made["headline"]["weakened_by"])


@pytest.mark.parametrize(("make", "modality"), [(typists, "keyboard"), (pointers, "pointer")])
def test_a_log_of_one_kind_is_not_weakened_by_lacking_the_other(make: Any, modality: str) -> None:
    attacker = LIGHT[0] if modality == "keyboard" else LIGHT[1]
    asked, default = (
        audit(make(12), attackers=(attacker,), regime="closed-set", **options).report
        for options in ({"modality": modality}, {})
    )
    assert asked == default
    assert asked["settings"]["modality"] == modality
    assert not [text for text in asked["headline"]["weakened_by"] if "withheld" in text]


def test_only_what_the_log_holds_is_attacked_unless_it_is_named() -> None:
    by_modality = {
        one: [modality_of(attacker) for attacker in LineUp.of((), modalities=(one,)).singles.values()]
        for one in ("keyboard", "pointer")
    }
    for modality, seen in by_modality.items():
        assert seen
        assert set(seen) == {modality}
    everybody = LineUp.of((), modalities=("keyboard", "pointer"))
    assert [*everybody.singles, "fusion"] == [
        *[name for name in (*DEFAULT_ATTACKERS, *POINTER_ATTACKERS) if name != "fusion"],
        *JOINT_ATTACKERS,
        "fusion",
    ]
    assert everybody.fused


def test_fusion_alone_fuses_those_of_the_log() -> None:
    singles = LineUp.of(("fusion",), modalities=("pointer",)).singles
    assert list(singles) == list(POINTER_ATTACKERS[:-1])


def test_a_set_of_features_with_settings_of_its_own_tells_its_modality_too() -> None:
    attacker = ATTACKERS.make("discriminant(features='strokes(pause_ms=1000)')")
    assert modality_of(attacker) == "pointer"


def test_events_are_those_of_the_modality_and_nothing_else_changes() -> None:
    log = both()
    keys = of_modality(log, "keyboard")
    assert modalities_in(log) == ("keyboard", "pointer")
    assert modalities_in(keys) == ("keyboard",)
    assert keys.frame.equals(log.frame.filter(pl.col("event").is_in(KEY_EVENTS)))
    assert of_modality(log, "both") is log


def test_nothing_to_look_at_is_one_clear_line() -> None:
    with pytest.raises(TooFewError, match="must hold pointer events; found only those of the keyboard"):
        audit(typists(12), modality="pointer")
    with pytest.raises(UnknownNameError, match="Did you mean 'pointer'"):
        audit(typists(12), modality="pointers")
    with pytest.raises(BlindError):
        audit(typists(12), attackers=(LIGHT[1],))


def test_long_sessions_of_a_pointer_are_cut_by_their_own_length() -> None:
    log = pointers(3, n_sessions=2)
    pieces = cut(log)
    sizes = np.subtract(*pieces.bounds()[::-1])
    np.testing.assert_array_equal(pointer_parts(pieces), np.maximum(np.rint(sizes / 400), 1))
    assert pointer_parts(cut(typists(3))).max() == 1


def of_both(**options: Any) -> dict[str, Any]:
    found: dict[str, Any] = report(**options)["headline"]["modalities"]
    return found


def test_each_device_alone_and_both_stand_beside_each_other() -> None:
    headline, found = report()["headline"], of_both()
    assert [found[device]["attacker"] for device in ("keyboard", "pointer")] == list(LIGHT)
    for device, attacker in zip(("keyboard", "pointer"), LIGHT, strict=True):
        for rate in ("rank_1", "eer", "auc"):
            assert found[device][rate] == headline["attackers"][attacker][rate]
    assert found["both"]["attacker"] == headline["attacker"]
    assert found["both"]["rank_1"]["value"] == headline["rank_1"]["value"]


def test_the_difference_is_that_of_the_rates_and_lies_in_its_interval() -> None:
    found = of_both()
    for device, more in found["more_by_both"].items():
        gap = found["both"]["rank_1"]["value"] - found[device]["rank_1"]["value"]
        assert more["rank_1"]["value"] == pytest.approx(gap, abs=1e-5)
        assert more["rank_1"]["low"] <= more["rank_1"]["value"] <= more["rank_1"]["high"]
    alone = {device: found[device]["rank_1"]["value"] for device in ("keyboard", "pointer")}
    assert alone[found["better_alone"]] == max(alone.values())


def test_several_attackers_of_one_device_are_fused_for_it() -> None:
    made = audit(both(), attackers=(*LIGHT, "euclidean", "fusion"), regime="closed-set").report
    check_report(made)
    found = made["headline"]["modalities"]
    assert found["keyboard"]["attacker"] in {"manhattan", "euclidean", "fusion"}
    assert found["pointer"]["attacker"] == LIGHT[1]


def test_one_device_has_no_such_block() -> None:
    assert "modalities" not in report(modality="keyboard")["headline"]
    made = audit(typists(10), attackers=("manhattan", "euclidean"), regime="closed-set").report
    assert "modalities" not in made["headline"]


def test_the_hands_way_is_watched_only_where_the_log_holds_both() -> None:
    for only in ("keyboard", "pointer"):
        assert not set(JOINT_ATTACKERS) & set(LineUp.of((), modalities=(only,)).singles)
    for texts in ((), ("fusion",)):
        assert set(JOINT_ATTACKERS) <= set(LineUp.of(texts, modalities=("keyboard", "pointer")).singles)


def test_people_who_differ_in_homing_alone_are_told_apart_by_it() -> None:
    made = audit(form_log(5, n_people=6, n_sessions=6), attackers=(JOINT,), regime="closed-set").report
    check_report(made)
    assert made["headline"]["rank_1"]["value"] > 0.8
    blind = audit(
        form_log(5, n_people=6, n_sessions=6),
        attackers=(JOINT,),
        regime="closed-set",
        without=("homing",),
    ).report
    assert blind["headline"]["rank_1"]["value"] < made["headline"]["rank_1"]["value"] - 0.2


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.02, 0.2, "more often than"), (-0.05, 0.2, "not surely"), (-0.3, -0.1, "less often than")],
)
def test_the_page_says_what_the_interval_allows(low: float, high: float, words: str) -> None:
    found = of_both()
    rank_1 = {"value": float(np.mean([low, high])), "low": low, "high": high}
    better = found["better_alone"]
    changed = found | {"more_by_both": found["more_by_both"] | {better: {"rank_1": rank_1}}}
    shown = modalities("raw", {"modalities": changed})
    assert shown is not None
    assert f"{words}" in shown["verdict"]
    assert better in shown["verdict"]
