"""Realistic people: a possible log, the same bits whatever the parts, statistics like those of people."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.errors import ParameterError, ReidError, UnknownNameError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic import realistic_laws as laws
from reid.synthetic.realistic import (
    MODALITIES,
    RealisticSettings,
    generate_realistic,
    generate_realistic_parts,
)
from reid.synthetic.realistic_text import next_letter_law, word_length_law

STREAMS = Streams(5)
SHORT = {
    "keyboard": RealisticSettings(n_people=5, n_sessions=3, n_keys=60),
    "pointer": RealisticSettings(n_people=5, n_sessions=3, modality="pointer", n_strokes=8),
    "both": RealisticSettings(n_people=5, n_sessions=3, modality="both", n_keys=60),
}
SESSION = ("subject_id", "session_id")


@lru_cache
def typing_log() -> EventTable:
    return generate_realistic(RealisticSettings(n_people=200, n_sessions=4, n_keys=150), Streams(3))


@lru_cache
def presses() -> pl.DataFrame:
    """Return a row per press with hold, flight and latency in ms."""
    frame = typing_log().frame
    names = [*SESSION, "press"]
    down = frame.filter(pl.col("event") == "key_down").unique(names, keep="first", maintain_order=True)
    up = frame.filter(pl.col("event") == "key_up").select(*names, up_us="time_us")
    rows = down.join(up, on=names, how="left", maintain_order="left")
    return rows.with_columns(
        hold_ms=(pl.col("up_us") - pl.col("time_us")) / 1000,
        dd_ms=pl.col("time_us").diff().over(SESSION) / 1000,
        ud_ms=(pl.col("time_us") - pl.col("up_us").shift().over(SESSION)) / 1000,
    )


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"n_people": 0}, "n_people must"),
        ({"n_sessions": 0}, "n_sessions must"),
        ({"n_keys": 0}, "n_keys must"),
        ({"minutes": 0.0}, "minutes must"),
        ({"minutes": float("nan")}, "minutes must"),
        ({"minutes": 1e9}, "minutes must"),
        ({"drift": -0.1}, "drift must"),
        ({"drift": float("nan")}, "drift must"),
        ({"n_keys": 5, "minutes": 1.0}, "length of a session must"),
        ({"n_keys": 5, "modality": "pointer"}, "n_keys must"),
        ({"n_strokes": 5}, "n_strokes must"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(settings_: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        RealisticSettings(**settings_)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["modality", "recorder"])
def test_unknown_words_are_refused(name: str) -> None:
    with pytest.raises(UnknownNameError, match=f"Unknown {name}"):
        RealisticSettings(**{name: "mous"})  # type: ignore[arg-type]


@pytest.mark.parametrize("people", [[], [5], [-1]])
def test_people_that_do_not_exist_are_refused(people: list[int]) -> None:
    with pytest.raises(ReidError, match="people must hold numbers from 0 to 4"):
        generate_realistic(SHORT["keyboard"], STREAMS, people)


@pytest.mark.parametrize("modality", MODALITIES)
@pytest.mark.parametrize("n_people_a_part", [1, 2, 50])
def test_parts_change_no_bit(modality: str, n_people_a_part: int) -> None:
    whole = generate_realistic(SHORT[modality], STREAMS)
    parts = EventTable.concat(generate_realistic_parts(SHORT[modality], STREAMS, n_people_a_part))
    assert_frame_equal(parts.frame, whole.frame)
    assert_frame_equal(parts.sessions, whole.sessions)


@pytest.mark.parametrize("modality", MODALITIES)
def test_more_people_and_more_sessions_leave_the_others_as_they_are(modality: str) -> None:
    plan = SHORT[modality]
    more = generate_realistic(replace(plan, n_people=7, n_sessions=5), STREAMS).of_people(plan.subject_ids)
    first = pl.col("session_id").str.ends_with("-1")
    assert_frame_equal(more.frame.filter(first), generate_realistic(plan, STREAMS).frame.filter(first))


def test_another_seed_gives_other_people() -> None:
    here, there = (generate_realistic(SHORT["keyboard"], Streams(seed)).frame for seed in (1, 2))
    assert here["time_us"].to_list() != there["time_us"].to_list()
    assert here["key"].to_list() != there["key"].to_list()


@given(st.integers(0, 2**32), st.sampled_from(MODALITIES), st.floats(0.0, 3.0), st.floats(0.05, 0.6))
@settings(max_examples=12, deadline=None)
def test_the_log_passes_the_door_without_faults(
    seed: int, modality: str, drift: float, minutes: float
) -> None:
    plan = RealisticSettings(n_people=2, n_sessions=2, modality=modality, minutes=minutes, drift=drift)
    table = generate_realistic(plan, Streams(seed))
    assert not table.quality.rows_left_out
    again = EventTable.from_frame(table.frame, table.sessions, repeats=True)
    assert not again.quality.rows_left_out
    assert_frame_equal(again.frame, table.frame)
    downs = table.frame.filter(pl.col("event").is_in(["key_down", "button_down"]))
    assert (downs["time_us"] <= 60e6 * minutes + 60e6).all()  # a stroke that has begun is ended


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_log_holds_what_people_do_and_nothing_else(modality: str) -> None:
    frame = generate_realistic(SHORT[modality], STREAMS).frame
    events = set(frame["event"].cast(pl.String))
    assert ({"key_down", "key_up"} <= events) == (modality != "pointer")
    assert ({"move", "button_down", "button_up"} <= events) == (modality != "keyboard")
    is_key = pl.col("event").is_in(["key_down", "key_up"])
    assert frame.filter(is_key).select("x_px", "button", "wheel_dy").null_count().sum_horizontal()[0] == (
        3 * frame.filter(is_key).height
    )
    assert frame.filter(~is_key).select("key", "press").null_count().sum_horizontal()[0] == (
        2 * frame.filter(~is_key).height
    )
    assert (frame.filter(pl.col("event") == "wheel")["wheel_dy"].abs() == 100).all()


def test_the_pointer_stays_on_the_persons_screen() -> None:
    table = generate_realistic(SHORT["pointer"], STREAMS)
    rows = table.frame.join(table.sessions.select(*SESSION, "screen_w", "screen_h"), on=SESSION)
    assert rows.select(pl.min_horizontal("x_px", "y_px").min()).item() >= 0
    assert (rows["x_px"] < rows["screen_w"]).all()
    assert (rows["y_px"] < rows["screen_h"]).all()


def test_every_button_that_goes_down_comes_up() -> None:
    frame = generate_realistic(SHORT["both"], STREAMS).frame
    clicks = frame.filter(pl.col("event").is_in(["button_down", "button_up"]))
    assert clicks.height > 20
    words = clicks["event"].cast(pl.String).to_list()
    assert words == ["button_down", "button_up"] * (clicks.height // 2)


def test_each_session_has_as_many_presses_as_were_asked_for() -> None:
    counts = presses().group_by(SESSION).len()["len"]
    assert set(counts) == {150}


def test_no_key_goes_down_again_before_it_has_come_up() -> None:
    rows = presses().filter(pl.col("up_us").is_not_null())
    before = rows.with_columns(last_us=pl.col("up_us").shift().over(*SESSION, "key"))
    late = before.filter(pl.col("last_us") > pl.col("time_us"))
    assert late.height == 0


def test_holds_and_flights_are_those_of_people() -> None:
    rows = presses()
    # Aalto: medians of all people together, with bounds a tenth to either side or more.
    assert 90 < float(rows["hold_ms"].median()) < 115  # type: ignore[arg-type]
    assert 150 < float(rows["dd_ms"].median()) < 190  # type: ignore[arg-type]
    of_people = rows.group_by("subject_id").agg(
        hold=pl.col("hold_ms").clip(5).log().mean(),
        dd=pl.col("dd_ms").clip(5).log().mean(),
        rollover=(pl.col("ud_ms") < 0).mean(),
        corrections=(pl.col("key") == "Backspace").mean(),
    )
    assert 0.15 < of_people["hold"].std() < 0.25  # type: ignore[operator]
    assert 0.27 < of_people["dd"].std() < 0.43  # type: ignore[operator]
    assert 0.17 < of_people["rollover"].mean() < 0.26  # type: ignore[operator]
    assert 0.035 < of_people["corrections"].mean() < 0.075  # type: ignore[operator]


def test_a_person_is_more_like_oneself_than_like_others() -> None:
    means = presses().group_by(SESSION).agg(pl.col("hold_ms").clip(5).log().mean())
    within = means.group_by("subject_id").agg(pl.col("hold_ms").var())["hold_ms"].mean()
    between = means.group_by("subject_id").agg(pl.col("hold_ms").mean())["hold_ms"].var()
    assert between > 5 * within  # type: ignore[operator]


def test_drift_moves_sessions_apart() -> None:
    def within(drift: float) -> float:
        plan = RealisticSettings(n_people=60, n_sessions=4, n_keys=100, drift=drift)
        frame = generate_realistic(plan, Streams(9)).frame.filter(pl.col("event") == "key_down")
        dd = pl.col("time_us").diff().over(SESSION).clip(5000).log()
        means = frame.with_columns(dd=dd).group_by(SESSION).agg(pl.col("dd").mean())
        return float(means.group_by("subject_id").agg(pl.col("dd").var())["dd"].mean())  # type: ignore[arg-type]

    assert within(4.0) > 2 * within(0.0)


def test_some_releases_are_lost_and_no_other() -> None:
    lost = presses()["up_us"].null_count() / presses().height
    assert 0 < lost < 3 * laws.LOST_RELEASES


def test_a_keyboard_that_is_asked_every_8_ms_shows_it() -> None:
    on_grid = []
    for _, rows in presses().group_by("subject_id"):
        dd_ms = rows["dd_ms"].drop_nulls().to_numpy()
        on_grid.append(abs(np.mean(np.exp(2j * np.pi * dd_ms / 8))) > 0.5)
    assert 0.25 < np.mean(on_grid) < 0.55  # Aalto: 0.38


def test_movements_take_longer_the_farther_they_go() -> None:
    plan = RealisticSettings(n_people=20, n_sessions=1, modality="pointer", n_strokes=60, drift=0.0)
    frame = generate_realistic(plan, Streams(4)).frame.filter(pl.col("event").is_in(["move", "button_down"]))
    begins = pl.col("time_us").diff().over(SESSION).fill_null(0) > 300_000
    strokes = (
        frame.with_columns(stroke=begins.cum_sum().over(SESSION))
        .group_by(*SESSION, "stroke")
        .agg(
            ms=(pl.col("time_us").last() - pl.col("time_us").first()) / 1000,
            px=(pl.col("x_px").last() - pl.col("x_px").first()).abs(),
        )
        .filter((pl.col("ms") > 50) & (pl.col("px") > 0))
    )
    assert strokes.select(pl.corr(pl.col("px").log(), pl.col("ms").log())).item() > 0.15


def test_the_text_has_the_letters_of_english_and_quotes_no_one() -> None:
    law, lengths = next_letter_law(), word_length_law()
    np.testing.assert_allclose(law[:, -1], 1)
    assert np.all(np.diff(law, axis=1) >= 0)
    assert lengths[-1] == 1
    typed = presses()["key"].cast(pl.String)
    letters = typed.filter(typed.str.starts_with("Key"))
    share = {key: count / len(letters) for key, count in letters.value_counts().rows()}
    assert max(share, key=lambda key: share[key]) == "KeyE"
    assert abs(share["KeyE"] - 0.125) < 0.03
    assert abs(float((typed == "Space").mean()) - 0.15) < 0.04  # type: ignore[arg-type]


def test_typing_follows_clicking_where_both_are_done() -> None:
    frame = generate_realistic(SHORT["both"], STREAMS).frame
    is_key = frame["event"].is_in(["key_down", "key_up"])
    same = (frame["session_id"] == frame["session_id"].shift()).fill_null(value=False)
    to_keys = is_key & ~is_key.shift().fill_null(value=False) & same
    assert to_keys.sum() >= 15  # each of the 15 sessions at least once
    gap_us = (frame["time_us"] - frame["time_us"].shift()).filter(to_keys)
    assert gap_us.median() > 250_000  # type: ignore[operator]  the hand has to come over
