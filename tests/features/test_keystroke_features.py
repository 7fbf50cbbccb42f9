"""Keystroke features: by hand, against one timing at a time, and what must not change them."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reid
from reid.errors import ParameterError, TooFewError
from reid.events.hands import FINGER_OF_KEY, FINGERS, HAND_OF_FINGER, HANDS
from reid.events.keys import CLASS_OF_KEY, KEY
from reid.events.table import EventTable
from reid.features import FEATURES, Content, Extractor, Latencies, Rhythm
from reid.features.layout import WARP_US
from reid.features.table import CHANNELS, FeatureTable
from reid.kernels import tally
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.features.typing_logs import samples_of, table_of, typing_log

POOLED_OTHERWISE = ("strokes", "antal-39", "movements", "homing", "machine", "every-channel")
OF_KEYS = [name for name in FEATURES if name not in POOLED_OTHERWISE]
by_name = pytest.mark.parametrize("extractor", [FEATURES.make(name) for name in OF_KEYS], ids=OF_KEYS)


def column(table: FeatureTable, name: str) -> tuple[float, float]:
    """Return value and count of a feature of the only sample."""
    place = table.names.index(name)
    return float(table.values[0, place]), float(table.counts[0, place])


def assert_same(one: FeatureTable, other: FeatureTable) -> None:
    """Assert equality to the last bit."""
    assert one.names == other.names
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.counts, other.counts)


def two_letters(*, released: bool = True) -> SampleTable:
    """T, H under rollover, then T again: holds 100, 120, 80 ms; DD 60 and 240 ms."""
    downs = [(0, "KeyT"), (60_000, "KeyH"), (300_000, "KeyT")]
    ups = [(100_000, "KeyT", 0), (180_000, "KeyH", 1), (380_000, "KeyT", 2)]
    rows = [("p", "s", time_us, "key_down", key, press) for press, (time_us, key) in enumerate(downs)]
    rows += [("p", "s", time_us, "key_up", key, press) for time_us, key, press in ups if released]
    return samples_of(table_of(sorted(rows, key=lambda row: row[2])))


def test_latencies_by_hand() -> None:
    samples = two_letters()
    table = Latencies().fit(samples).features(samples)
    assert column(table, "hold_us:KeyT") == (90_000, 2)
    assert column(table, "hold_us:KeyH") == (120_000, 1)
    assert column(table, "dd_us:KeyT>KeyH") == (60_000, 1)
    assert column(table, "ud_us:KeyT>KeyH") == (-40_000, 1)
    assert column(table, "ud_us:KeyH>KeyT") == (120_000, 1)
    assert len(table.names) == 2 + 2 * 2


def test_rhythm_by_hand() -> None:
    samples = two_letters()
    table = Rhythm().fit(samples).features(samples)
    hold = (np.log(115_000) + np.log(95_000)) / 2
    assert column(table, "hold_log_us:KeyT") == (pytest.approx(hold, rel=1e-6), 2)
    assert column(table, "ud_log_us:KeyT>KeyH") == (pytest.approx(np.log(260_000), rel=1e-6), 1)
    assert column(table, "dd_log_us:left_index>right_index") == (pytest.approx(np.log(90_000), rel=1e-6), 1)
    assert column(table, "dd2_log_us:KeyT>KeyH>KeyT") == (pytest.approx(np.log(360_000), rel=1e-6), 1)
    assert column(table, "uu_log_us:all") == (
        pytest.approx((np.log(330_000) + np.log(450_000)) / 2, rel=1e-6),
        2,
    )
    assert column(table, "rollover_share:all") == (0.5, 2)


def test_shares_of_gaps_up_to_a_pause_are_speed_and_beyond_it_schedule() -> None:
    samples = two_letters()
    table = Rhythm(pause_ms=1000).fit(samples).features(samples)
    of_gaps = {
        channel: [name for name, own in zip(table.names, table.channels, strict=True) if own == channel]
        for channel in ("flight", "schedule")
    }
    n_bins = {
        channel: sum(name.startswith("pause_share:all") for name in names)
        for channel, names in of_gaps.items()
    }
    assert n_bins == {"flight": 3, "schedule": 4}  # borders at 0.3, 0.5, 1, 2, 5 and 10 s


def test_content_shares_are_of_all_presses_listed_or_not() -> None:
    samples = two_letters()
    table = Content(n_keys=1, n_digraphs=1).fit(samples).features(samples)
    assert column(table, "key_share:KeyT") == (pytest.approx(2 / 3), 3)
    assert column(table, "digraph_share:KeyH>KeyT") == (0.5, 2)
    assert len(table.names) == 2


def test_shift_habit_tells_the_shifting_hand_for_each_hand() -> None:
    keys = ["ShiftLeft", "KeyJ", "ShiftLeft", "KeyE", "ShiftRight", "KeyE", "KeyE", "KeyE"]
    rows = [("p", "s", 100_000 * press, "key_down", key, press) for press, key in enumerate(keys)]
    samples = samples_of(table_of(rows))
    table = Rhythm().fit(samples).features(samples)
    assert column(table, "shift_share:left>right") == (pytest.approx(1 / 3), 3)
    assert column(table, "shift_share:right>left") == (pytest.approx(1 / 3), 3)
    assert column(table, "shift_share:caps>left") == (0, 3)


def test_no_latency_crosses_a_trial() -> None:
    frame = two_letters().pieces.events.frame.with_columns(trial=(pl.col("press") > 1).cast(pl.UInt32))
    samples = samples_of(EventTable.from_frame(frame))
    table = Latencies().fit(samples).features(samples)
    assert [name for name in table.names if name.startswith("dd_us")] == ["dd_us:KeyT>KeyH"]
    assert column(table, "hold_us:KeyT") == (90_000, 2)


def naive_means(frame: pl.DataFrame) -> dict[str, list[float]]:
    """List holds per key and DD per digraph in log microseconds, press by press in plain Python."""
    found: dict[str, list[float]] = defaultdict(list)
    for (_, _), rows in frame.group_by("subject_id", "session_id", maintain_order=True):
        down: dict[int, tuple[int, str]] = {}
        for time_us, event, key, press in rows.select("time_us", "event", "key", "press").iter_rows():
            if event == "key_down":
                down[press] = (time_us, key)
            else:
                low, high, offset = WARP_US[tally.HOLD]
                found[f"hold_log_us:{key}"].append(
                    np.log(np.clip(time_us - down[press][0], low, high) + offset)
                )
        for (first_us, first), (second_us, second) in pairwise(down.values()):
            if second_us - first_us < 2_000_000:
                low, high, offset = WARP_US[tally.DD]
                found[f"dd_log_us:{first}>{second}"].append(
                    np.log(np.clip(second_us - first_us, low, high) + offset)
                )
    return found


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_rhythm_of_a_person_agrees_with_one_timing_at_a_time(seed: int) -> None:
    events = typing_log(seed)
    together = samples_of(events).pooled()
    table = Rhythm().fit(together).features(together)
    for row, subject in enumerate(together.subject_ids):
        expected = naive_means(events.of_people([subject]).frame)
        for name, values in expected.items():
            place = table.names.index(name)
            assert table.counts[row, place] == len(values)
            np.testing.assert_allclose(table.values[row, place], np.mean(values), rtol=1e-6)


@by_name
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_pooling_features_equals_features_of_the_pieces_together(extractor: Extractor, seed: int) -> None:
    single = samples_of(typing_log(seed))
    ready = extractor.fit(single)
    apart, together = ready.features(single), ready.features(single.pooled())
    pooled = apart.pooled(np.array([0, 2, 4, 6]), np.arange(6))
    np.testing.assert_array_equal(together.counts, pooled.counts)
    np.testing.assert_allclose(together.values, pooled.values, rtol=1e-5, atol=1e-6)


@by_name
def test_neither_order_of_samples_nor_company_changes_a_bit(extractor: Extractor) -> None:
    events = typing_log(5, n_people=4)
    samples = samples_of(events)
    ready = extractor.fit(samples)
    whole = ready.features(samples)
    backwards = ready.features(samples.take(np.arange(len(samples))[::-1]))
    np.testing.assert_array_equal(whole.values, backwards.values[::-1])
    alone = ready.features(samples_of(events.of_people(["p2"])))
    rows = np.flatnonzero(np.array(samples.subject_ids) == "p2")
    np.testing.assert_array_equal(whole.values[rows], alone.values)
    np.testing.assert_array_equal(whole.counts[rows], alone.counts)


@by_name
def test_equal_fits_are_equal_and_count_pieces_once(extractor: Extractor) -> None:
    samples = samples_of(typing_log(6))
    one, other = extractor.fit(samples), extractor.fit(samples)
    assert one == other
    assert hash(one) == hash(other)
    assert_same(one.features(samples), other.features(samples))
    assert one.cells(samples.pieces) is other.cells(samples.pieces)  # type: ignore[attr-defined]


@by_name
def test_names_are_unique_and_channels_known(extractor: Extractor) -> None:
    samples = samples_of(typing_log(7))
    table = extractor.fit(samples).features(samples)
    assert len(set(table.names)) == len(table.names)
    assert set(table.channels) <= set(CHANNELS)
    assert table.values.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(table.values), table.counts == 0)


def masked(events: EventTable, key: pl.Expr) -> EventTable:
    return events.with_frame(events.frame.with_columns(key.cast(KEY).alias("key")))


@by_name
@pytest.mark.parametrize("mask", ["classes", "one key", "no releases", "constant"])
def test_impoverished_logs_still_give_features(extractor: Extractor, mask: str) -> None:
    events = typing_log(8)
    to_class = pl.col("key").cast(pl.String).replace_strict(CLASS_OF_KEY)
    no_release = events.frame.filter(pl.col("event") == "key_down")
    poor = {
        "classes": lambda: masked(events, to_class),
        "one key": lambda: masked(events, pl.lit("Unidentified")),
        "no releases": lambda: events.with_frame(no_release),
        "constant": lambda: events.with_frame(
            no_release.with_columns(time_us=pl.int_range(pl.len()).over("subject_id", "session_id") * 100_000)
        ),
    }[mask]()
    samples = samples_of(poor)
    table = extractor.fit(samples).features(samples)
    held = [name for name in table.names if name.startswith("hold")]
    of_downs = [
        place for place, name in enumerate(table.names) if not name.startswith(("hold", "ud", "uu", "roll"))
    ]
    assert not of_downs or np.any(table.counts[:, of_downs] > 0)
    if mask in ("no releases", "constant"):
        assert not table.counts[:, [table.names.index(name) for name in held]].any()
    if mask == "constant":
        flights = np.array(table.channels) == "flight"
        spread = np.nanmax(table.values[:, flights], axis=0, initial=-np.inf) - np.nanmin(
            table.values[:, flights], axis=0, initial=np.inf
        )
        assert not np.any(spread > 1e-6)


@by_name
def test_people_who_press_no_key_cannot_teach(extractor: Extractor) -> None:
    frame = pl.DataFrame({"subject_id": ["a"], "session_id": ["s"], "time_us": [0], "event": ["move"]})
    with pytest.raises(TooFewError, match="key presses"):
        extractor.fit(samples_of(EventTable.from_frame(frame.with_columns(x_px=0, y_px=0))))


@by_name
def test_pointer_events_change_nothing(extractor: Extractor) -> None:
    events = typing_log(9)
    moves = events.frame.with_columns(
        event=pl.lit("move"), key=pl.lit(None), press=pl.lit(None), x_px=pl.lit(1), y_px=pl.lit(2)
    ).with_columns(pl.col("event").cast(events.frame.schema["event"]))
    both = EventTable.from_frame(
        pl.concat([events.frame, moves.cast(dict(events.frame.schema))]).sort(
            "subject_id", "session_id", "time_us", maintain_order=True
        )
    )
    ready = extractor.fit(samples_of(events))
    assert_same(ready.features(samples_of(events)), ready.features(samples_of(both)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Latencies(n_keys=-1),
        lambda: Rhythm(n_bins=0),
        lambda: Rhythm(pause_ms=0),
        lambda: Content(n_digraphs=-2),
    ],
)
def test_settings_that_make_no_sense_are_refused(make: type[Extractor]) -> None:
    with pytest.raises(ParameterError, match="must be"):
        make()


def test_every_finger_belongs_to_a_hand() -> None:
    assert set(FINGER_OF_KEY.values()) | {"other"} == set(FINGERS) == set(HAND_OF_FINGER)
    assert set(HAND_OF_FINGER.values()) == set(HANDS)


def test_latencies_of_the_cmu_password_are_its_31_columns(real_data: Path) -> None:
    events = reid.read_events(real_data / "cmu" / "DSL-StrongPasswordData.csv.zip")
    samples = SampleTable.singly(cut(events, "trial"))
    table = Latencies().fit(samples).features(samples)
    assert len(table.names) == 31
    assert np.all(table.counts == 1)
    first = {"hold_us:Period": 149_100, "dd_us:Period>KeyT": 397_900, "ud_us:Period>KeyT": 248_800}
    for name, value_us in first.items():
        assert table.values[0, table.names.index(name)] == value_us
