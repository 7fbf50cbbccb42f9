"""Keyboard, pointer or both: who attacks what, and what the report says of it."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from reid.attackers import ATTACKERS, DEFAULT_ATTACKERS, POINTER_ATTACKERS
from reid.errors import BlindError, TooFewError, UnknownNameError
from reid.evaluation.audit import audit
from reid.evaluation.lineup import LineUp
from reid.evaluation.modality import modalities_in, modality_of, of_modality
from reid.evaluation.splits import pointer_parts
from reid.events.schema import KEY_EVENTS
from reid.events.table import EventTable
from reid.reports.schema import check_report
from reid.samples.cutting import cut
from tests.attackers.people import pointers, typists

LIGHT = ("manhattan", "discriminant(features='strokes(n_bins=4, n_stroke_bins=3, n_part_bins=2)')")
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
        *[name for name in DEFAULT_ATTACKERS if name != "fusion"],
        *POINTER_ATTACKERS,
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
