"""Pointer features: what every set must hold, poor logs, and names."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reid
from reid.errors import ParameterError, TooFewError
from reid.events.table import EventTable
from reid.features import Antal39, Extractor, Movements, Strokes
from reid.features.pointer import ANTAL_COLUMNS, actions_of, clicks_of, strokes_of
from reid.features.table import CHANNELS, FeatureTable
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.features.typing_logs import samples_of, typing_log

#: Sets whose features of a sample are those of its pieces, pooled.
POOLED: list[Extractor] = [Strokes(), Strokes(position=True, n_bins=4, pause_ms=300), Antal39()]
NAMES = ["strokes", "strokes-position", "antal-39"]
by_pooled_set = pytest.mark.parametrize("extractor", POOLED, ids=NAMES)
by_set = pytest.mark.parametrize("extractor", [*POOLED, Movements()], ids=[*NAMES, "movements"])


def pointer_log(seed: int, n_people: int = 3, n_sessions: int = 2, n_strokes: int = 12) -> EventTable:
    """Draw curved strokes on whole pixels and milliseconds, most with a click, some with the wheel."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, str, int, str, float, float, str | None, float | None]] = []
    for person in range(n_people):
        for session in range(n_sessions):
            at_us, x, y = 0, 400.0, 300.0
            who = f"p{person}", f"s{session}"
            for _ in range(n_strokes):
                steps = rng.normal(rng.normal(0, 9, 2), 4 + person, (int(rng.integers(3, 25)), 2)).round()
                for dx, dy in steps:
                    x, y = float(np.clip(x + dx, 0, 1900)), float(np.clip(y + dy, 0, 1000))
                    at_us += 1000 * int(rng.choice([0, 8, 8, 16]))
                    rows.append((*who, at_us, "move", x, y, None, None))
                if rng.random() < 0.7:
                    rows.append((*who, at_us + 90_000, "button_down", x, y, "left", None))
                    rows.append((*who, at_us + 180_000, "button_up", x, y, "left", None))
                if rng.random() < 0.2:
                    rows.append((*who, at_us + 200_000, "wheel", x, y, None, float(rng.choice([-1, 1]))))
                at_us += int(rng.integers(200_000, 3_000_000))
    return table_of(rows)


def table_of(rows: list[tuple[str, str, int, str, float, float, str | None, float | None]]) -> EventTable:
    schema = {
        "subject_id": pl.String, "session_id": pl.String, "time_us": pl.Int64, "event": pl.String,
        "x_px": pl.Float64, "y_px": pl.Float64, "button": pl.String, "wheel_dy": pl.Float64,
    }  # fmt: skip
    return EventTable.from_frame(pl.DataFrame(rows, schema=schema, orient="row"))


def assert_same(one: FeatureTable, other: FeatureTable) -> None:
    assert one.names == other.names
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.counts, other.counts)


@by_pooled_set
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_pooling_features_equals_features_of_the_pieces_together(extractor: Extractor, seed: int) -> None:
    single = samples_of(pointer_log(seed))
    ready = extractor.fit(single)
    apart, together = ready.features(single), ready.features(single.pooled())
    pooled = apart.pooled(np.array([0, 2, 4, 6]), np.arange(6))
    np.testing.assert_array_equal(together.counts, pooled.counts)
    # Sums of squares of acceleration and jerk are large, and single precision holds 7 digits of them.
    for place, name in enumerate(together.names):
        scale = np.nanmax(np.abs(apart.values[:, place]), initial=1e-6)
        np.testing.assert_allclose(
            together.values[:, place], pooled.values[:, place], rtol=1e-5, atol=1e-5 * scale, err_msg=name
        )


@by_set
def test_neither_order_of_samples_nor_company_changes_a_bit(extractor: Extractor) -> None:
    events = pointer_log(5, n_people=4)
    samples = samples_of(events)
    ready = extractor.fit(samples)
    whole = ready.features(samples)
    backwards = ready.features(samples.take(np.arange(len(samples))[::-1]))
    np.testing.assert_array_equal(whole.values, backwards.values[::-1])
    alone = ready.features(samples_of(events.of_people(["p2"])))
    rows = np.flatnonzero(np.array(samples.subject_ids) == "p2")
    np.testing.assert_array_equal(whole.values[rows], alone.values)
    np.testing.assert_array_equal(whole.counts[rows], alone.counts)


@by_set
def test_equal_fits_are_equal_and_names_unique(extractor: Extractor) -> None:
    samples = samples_of(pointer_log(6))
    one, other = extractor.fit(samples), extractor.fit(samples)
    assert one == other
    assert hash(one) == hash(other)
    table = one.features(samples)
    assert_same(table, other.features(samples))
    assert len(set(table.names)) == len(table.names)
    assert set(table.channels) <= set(CHANNELS)
    assert table.values.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(table.values), table.counts == 0)


def test_position_is_told_only_if_asked_for() -> None:
    samples = samples_of(pointer_log(7))
    plain, placed = (
        extractor.fit(samples).features(samples) for extractor in (Strokes(), Strokes(position=True))
    )
    assert set(plain.channels) == {"path", "click", "schedule", "device"}
    assert set(placed.channels) == {"path", "click", "schedule", "device", "position"}


@by_set
def test_a_log_moved_across_the_screen_keeps_all_but_position_and_reach(extractor: Extractor) -> None:
    events = pointer_log(8)
    moved = events.with_frame(events.frame.with_columns(pl.col("x_px") + 64, pl.col("y_px") + 32))
    ready = extractor.fit(samples_of(events))
    here, there = (ready.features(samples_of(log)).without(["position"]) for log in (events, moved))
    for place, name in enumerate(here.names):
        if not name.startswith("piece_largest"):
            np.testing.assert_allclose(here.values[:, place], there.values[:, place], rtol=1e-5, err_msg=name)


def poor_logs() -> dict[str, EventTable]:
    events = pointer_log(9)
    frame = events.frame
    session = ("subject_id", "session_id")
    return {
        "no clicks": events.with_frame(frame.filter(pl.col("event") == "move")),
        "only clicks": events.with_frame(frame.filter(pl.col("event").is_in(["button_down", "button_up"]))),
        "no releases": events.with_frame(frame.filter(pl.col("event") != "button_up")),
        "no time": events.with_frame(frame.with_columns(time_us=pl.lit(0, pl.Int64))),
        "one place": events.with_frame(
            frame.with_columns(x_px=pl.lit(9, pl.Float32), y_px=pl.lit(9, pl.Float32))
        ),
        "one event": events.with_frame(frame.group_by(session, maintain_order=True).head(1)),
        "coarse": events.with_frame(
            frame.with_columns(
                pl.col("time_us") // 250_000 * 250_000,
                (pl.col("x_px") / 50).floor() * 50,
                (pl.col("y_px") / 50).floor() * 50,
            )
        ),
        "fixed rate": events.with_frame(
            frame.with_columns(time_us=pl.int_range(pl.len(), dtype=pl.Int64).over(session) * 10_000)
        ),
        "unnamed buttons": events.with_frame(frame.with_columns(button=pl.lit(None, frame.schema["button"]))),
    }


@by_set
@pytest.mark.parametrize("name", list(poor_logs()))
def test_poor_logs_give_finite_numbers_with_counts(extractor: Extractor, name: str) -> None:
    rich, poor = samples_of(pointer_log(9)), samples_of(poor_logs()[name])
    for learnt in (rich, poor):
        table = extractor.fit(learnt).features(poor)
        np.testing.assert_array_equal(np.isfinite(table.values), table.counts > 0)
        np.testing.assert_array_equal(np.isnan(table.values), table.counts == 0)
        shares = [place for place, label in enumerate(table.names) if "_share:" in label]
        seen = table.values[:, shares][table.counts[:, shares] > 0]
        assert seen.size == 0 or (seen.min() >= 0 and seen.max() <= 1)


@by_set
def test_people_who_never_move_the_pointer_cannot_teach(extractor: Extractor) -> None:
    with pytest.raises(TooFewError, match="pointer events"):
        extractor.fit(samples_of(typing_log(1)))


@by_set
def test_keys_change_nothing(extractor: Extractor) -> None:
    moves = pointer_log(10)
    typed = typing_log(10)
    late = moves.frame["time_us"].max()
    keys = typed.frame.with_columns(pl.col("time_us") % (late or 1))
    frames = [moves.frame, keys.select(moves.frame.columns)]
    both = EventTable.from_frame(
        pl.concat(frames).sort("subject_id", "session_id", "time_us", maintain_order=True)
    )
    ready = extractor.fit(samples_of(moves))
    one, other = ready.features(samples_of(moves)), ready.features(samples_of(both))
    paced = np.array(["_per_min" in name for name in one.names])  # the pace counts the time of the keys
    assert_same(one.of_columns(~paced), other.of_columns(~paced))


@by_set
def test_no_stroke_crosses_a_trial(extractor: Extractor) -> None:
    events = pointer_log(11, n_people=1, n_sessions=1)
    half = events.frame.height // 2
    parts = [events.with_frame(events.frame[rows]) for rows in (slice(0, half), slice(half, None))]
    trial = (pl.int_range(pl.len()) >= half).cast(pl.UInt32).alias("trial")
    marked = events.with_frame(events.frame.with_columns(trial))
    for observed in (strokes_of, actions_of, clicks_of):
        apart = np.concatenate([observed(cut(part)).values for part in parts])
        np.testing.assert_array_equal(observed(cut(marked)).values, apart)
    assert extractor.fit(samples_of(marked)).features(samples_of(marked)).counts.any()


def test_the_39_stand_in_their_order_and_codes_are_pooled_as_shares() -> None:
    samples = samples_of(pointer_log(12))
    table = Antal39().fit(samples).features(samples)
    assert len(ANTAL_COLUMNS) == 39
    measured = actions_of(samples.pieces)
    first = measured.values[: measured.offsets[1]]
    assert table.values[0, 0] == pytest.approx(first[:, 1].mean(), rel=1e-6)
    drags = table.names.index("action_type_of_action_share:point-click")
    assert table.values[0, drags] == pytest.approx((first[:, 0] == 3).mean(), rel=1e-6)
    assert len(table.names) == 37 + 3 + 8


@pytest.mark.parametrize("setting", [{"n_bins": 0}, {"n_part_bins": 0}, {"pause_ms": 0}, {"pause_ms": 1e9}])
def test_settings_that_make_no_sense_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="must be"):
        Strokes(**setting)  # type: ignore[arg-type]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), full=st.integers(1, 9))
def test_a_sample_of_n_strokes_holds_n_strokes(seed: int, full: int) -> None:
    events = pointer_log(seed)
    pieces = cut(events, f"strokes={full}")
    sizes = np.diff(strokes_of(pieces).offsets)
    per_session = np.diff(strokes_of(cut(events)).offsets)
    expected = [
        size
        for n in per_session.tolist()
        for size in [full] * (n // full) + [n % full] * (n % full > 0 and 2 * (n % full) >= full)
    ]
    assert sizes.tolist() == expected


def test_single_strokes_of_real_people_are_samples(real_data: Path) -> None:
    events = reid.read_events(real_data / "sapimouse" / "sapimouse.zip")
    events = events.of_people(events.subjects[:5])
    pieces = cut(events, "strokes=1")
    assert np.all(np.diff(strokes_of(pieces).offsets) == 1)
    samples = SampleTable.singly(pieces)
    table = Strokes(n_bins=4, n_stroke_bins=4, n_part_bins=3).fit(samples).features(samples)
    np.testing.assert_array_equal(np.isnan(table.values), table.counts == 0)


def test_cutting_a_log_without_strokes_says_so() -> None:
    with pytest.raises(TooFewError, match="pointer strokes"):
        cut(typing_log(2), "strokes=3")
    with pytest.raises(ParameterError, match="whole number"):
        cut(pointer_log(2), "strokes=1.5")
