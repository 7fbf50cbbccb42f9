"""Strategies that give keys other latencies: rounded ones, or ones drawn from the law of all people."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from reid.anonymizers import BucketLatencies, ResampleLatencies
from reid.anonymizers.latency_laws import FEWEST_PEOPLE, LatencyLaws
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import made_up_log, moves, typed

MS = 1000


def test_latencies_are_rounded_and_added_up() -> None:
    log = typed(
        [
            *((0, "+", "KeyA"), (140_000, "+", "KeyB"), (150_000, "-", "KeyA")),
            *((290_000, "+", "KeyC"), (340_000, "-", "KeyB"), (341_000, "-", "KeyC")),
        ]
    )
    found = BucketLatencies(step_ms=100).apply(log, Streams(0)).events.frame
    # Presses after 140 and 150 ms, each as 100 and 200; holds of 150, 200 and 51 ms as 200, 200 and 100
    assert found["time_us"].to_list() == [0, 100_000, 200_000, 300_000, 300_000, 400_000]
    assert found["key"].to_list() == ["KeyA", "KeyB", "KeyA", "KeyC", "KeyB", "KeyC"]


def test_the_same_latency_always_becomes_the_same_which_a_grid_of_times_does_not_do() -> None:
    log = typed([(140_000 * n, "+", f"Key{'AB'[n % 2]}") for n in range(50)])
    frame = log.frame.with_columns(press=pl.int_range(50, dtype=pl.UInt32))
    found = BucketLatencies(step_ms=100).apply(log.with_frame(frame), Streams(0)).events.frame
    assert set(found["time_us"].diff().drop_nulls()) == {100_000}


def test_the_pointer_keeps_its_share_of_the_time_between_presses() -> None:
    keys = typed([(0, "+", "KeyA"), (10_000, "-", "KeyA"), (260_000, "+", "KeyB"), (270_000, "-", "KeyB")])
    pointer = pl.DataFrame({"time_us": [130_000, 300_000], "event": "move", "x_px": [1.0, 2.0], "y_px": 1.0})
    both = pl.concat(
        [
            keys.frame.select("time_us", "event", "key"),
            pointer.with_columns(pl.col("event").cast(keys.frame.schema["event"])),
        ],
        how="diagonal",
    )
    named = both.sort("time_us").with_columns(subject_id=pl.lit("s"), session_id=pl.lit("1"))
    found = BucketLatencies(step_ms=100).apply(EventTable.from_frame(named), Streams(0)).events.frame
    at = dict(found.filter(pl.col("event") == "move").select("x_px", "time_us").iter_rows())
    assert at == {1.0: 150_000, 2.0: 340_000}  # halfway to 300 ms; 40 ms after it


def test_a_log_of_the_pointer_alone_stays_as_it_is() -> None:
    log = moves(np.array([0, 10, 500_000]))
    for strategy in (BucketLatencies(step_ms=50), ResampleLatencies().fit([log])):
        assert strategy.apply(log, Streams(0)).events.frame.equals(log.frame)


def typists(seed: int, n_people: int, n_keys: int, scale: float = 1.0) -> list[EventTable]:
    """Return people of whom each types a and b at an own speed, whose holds are Gaussian."""
    rng = np.random.default_rng(seed)
    people = []
    for number in range(n_people):
        speed = scale * rng.uniform(0.7, 1.4)
        dd = rng.gamma(8.0, 20.0 * speed, n_keys) + 60.0
        press = np.cumsum(np.round(dd * MS)).astype(int) - round(dd[0] * MS)
        hold = np.clip(rng.normal(35.0 * speed, 2.0, n_keys), 5.0, 59.0)
        keys = [f"Key{'AB'[n % 2]}" for n in range(n_keys)]
        rows = [
            event
            for at, held, key in zip(press.tolist(), hold.tolist(), keys, strict=True)
            for event in ((at, "+", key), (at + round(held * MS), "-", key))
        ]
        people.append(typed(sorted(rows), subject=f"source-{number:03d}"))
    return people


def timings_ms(table: EventTable) -> tuple[np.ndarray, np.ndarray]:
    """Return the holds and the times from press to press."""
    span = table.frame.group_by("subject_id", "press", maintain_order=True).agg(
        down=pl.col("time_us").filter(pl.col("event") == "key_down").first(),
        up=pl.col("time_us").filter(pl.col("event") == "key_up").first(),
    )
    span = span.sort("subject_id", "press").with_columns(dd=pl.col("down").diff().over("subject_id"))
    hold = (span["up"] - span["down"]).to_numpy() / MS
    return hold, span["dd"].drop_nulls().to_numpy() / MS


def test_everybody_gets_latencies_of_the_law_of_all_and_one_30_percent_off_is_caught() -> None:
    people = typists(1, 60, 200)
    ready = ResampleLatencies().fit(people)
    pooled = timings_ms(EventTable.concat(people))
    slow = timings_ms(EventTable.concat(typists(1, 60, 200, scale=0.7)))
    for person in people[:3]:
        drawn = timings_ms(ready.apply(person, Streams(3)).events)
        own = timings_ms(person)
        for found, right, wrong, before in zip(drawn, pooled, slow, own, strict=True):
            assert stats.ks_2samp(found, right).pvalue > 1e-3
            assert stats.ks_2samp(found, wrong).pvalue < 1e-4
            assert abs(np.corrcoef(found, before)[0, 1]) < 0.3


def test_people_count_alike_however_much_they_typed() -> None:
    slow, fast = typists(1, 20, 10, scale=4.0), typists(2, 1, 4000, scale=0.5)
    renamed = [table.renamed(lambda name: f"source-fast-{name}") for table in fast]
    ready = ResampleLatencies().fit([*slow, *renamed])
    _, drawn = timings_ms(ready.apply(renamed[0], Streams(3)).events)
    assert np.mean(drawn > 300.0) > 0.75  # the one fast person has 1 of 21 shares, not 4000 of 4200 presses


def test_the_law_is_the_same_in_whatever_parts_people_come() -> None:
    people = typists(5, 6, 30)
    one = LatencyLaws.of([EventTable.concat(people)])
    other = LatencyLaws.of(reversed(people))
    for law, again in ((one.hold, other.hold), (one.gap, other.gap)):
        np.testing.assert_array_equal(law.weight, again.weight)
        np.testing.assert_array_equal(law.n_people, again.n_people)


@pytest.mark.parametrize(("n_with_q", "is_shown"), [(FEWEST_PEOPLE - 1, False), (FEWEST_PEOPLE, True)])
def test_a_key_that_few_people_typed_is_held_as_its_class_is(n_with_q: int, is_shown: bool) -> None:
    people = typists(7, 20, 30)
    long_hold = [
        EventTable.concat([typed([(0, "+", "KeyQ"), (2_000_000, "-", "KeyQ")], subject=f"source-q{n}")])
        for n in range(n_with_q)
    ]
    ready = ResampleLatencies().fit([*people, *long_hold])
    log = typed(*[[(0, "+", "KeyQ"), (1_000, "-", "KeyQ")]] * 200)
    hold, _ = timings_ms_of_sessions(ready.apply(log, Streams(1)).events)
    assert (np.mean(hold > 1500.0) > 0.99) == is_shown


def timings_ms_of_sessions(table: EventTable) -> tuple[np.ndarray, int]:
    times = table.frame["time_us"].to_numpy().reshape(-1, 2)
    return (times[:, 1] - times[:, 0]) / MS, len(times)


def test_given_the_keys_the_times_of_keys_say_nothing_of_the_times_that_were() -> None:
    """The same keys at other times, pauses and overlaps get the very same times."""
    keys = [("+", "KeyA"), ("-", "KeyA"), ("+", "KeyB"), ("+", "KeyC"), ("-", "KeyC"), ("-", "KeyB")]
    one, other = (typed([(n * gap, *key) for n, key in enumerate(keys)]) for gap in (90_000, 400_000))
    ready = ResampleLatencies().fit(typists(2, 12, 40))
    released = [ready.apply(log, Streams(8)).events.frame for log in (one, other)]
    assert released[0].equals(released[1])


def test_auto_repeats_are_spread_over_the_hold() -> None:
    log = typed([(0, "+", "KeyA"), (500_000, "+", "KeyA"), (530_000, "+", "KeyA"), (560_000, "-", "KeyA")])
    ready = ResampleLatencies().fit([log, *typists(2, 12, 40)])
    time_us = ready.apply(log, Streams(1)).events.frame["time_us"].to_list()
    assert time_us[:3] == [0, time_us[3] // 3, time_us[3] // 3 * 2]


def test_where_nobody_did_the_like_nothing_of_a_person_is_shown() -> None:
    log = made_up_log(4, {"a": (60,)})
    ready = ResampleLatencies().fit([moves(np.array([0, 5]))])
    found = ready.apply(log, Streams(1)).events.frame.filter(pl.col("event") == "key_down")
    gaps = found.unique(["session_id", "press"], keep="first", maintain_order=True)["time_us"].diff()
    assert set(gaps.drop_nulls()) == {200_000}
