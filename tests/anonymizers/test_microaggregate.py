"""Groups of people, the laws of groups, and what a release may tell of a person."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.anonymizers import KeyClasses, Microaggregate, TimeGrid
from reid.anonymizers.acts import KINDS, Acts
from reid.anonymizers.anonymizing import anonymize
from reid.anonymizers.microaggregate import K_ANONYMOUS
from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError, TooFewError, UnknownNameError
from reid.events.reading import read_parts
from reid.events.schema import EVENT_COLUMNS, SESSION
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import made_up_log, typed
from tests.anonymizers.pointing import Row, at, lift, made_up_pointing, pointed, press, shown

PEOPLE = {f"source-person-{letter}": (50, 30) for letter in "abcdef"}
LOG = EventTable.concat(
    [made_up_log(5, PEOPLE), made_up_pointing(5, {"source-pointer": (20, 9), "source-q": (9,)})]
)
FRESH = Microaggregate(k=2)
ONE_GROUP = Microaggregate(k=len(LOG.subjects))


def otherwise_timed(table: EventTable, seed: int) -> EventTable:
    """Return a log of the same acts at other times, with other releases, repeats and moves between them."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    acts = Acts.of(table)
    for session in range(table.sessions.height):
        time_us, held = 0, list[dict[str, object]]()
        for row in acts.row[acts.session == session].tolist():
            if rows and rng.random() < 0.3 and held:
                up = held.pop(int(rng.integers(len(held))))
                rows.append(up | {"time_us": time_us, "event": "key_up", "char": None})
            time_us += int(rng.choice([0, 1, 90_000, 5_000_000]))
            act = table.frame.row(row, named=True) | {"time_us": time_us}
            rows.append(act)
            if act["event"] == "key_down":
                held.append(act)
                if rng.random() < 0.3:
                    time_us += 500_000
                    rows.append(act | {"time_us": time_us})
            elif act["event"] == "move" or rng.random() < 0.5:
                beyond = (
                    row + 1 < len(table) and acts.session[np.searchsorted(acts.row, row + 1) % acts.row.size]
                )
                more = _inside(table, acts, row) if beyond == session else 0
                rows += [_moved(act, time_us, number) for number in range(more * int(rng.integers(0, 4)))]
    frame = pl.DataFrame(rows, schema_overrides=EVENT_COLUMNS, infer_schema_length=None)
    return EventTable.from_frame(frame, table.sessions, repeats=True)


def _inside(table: EventTable, acts: Acts, row: int) -> bool:
    """Say whether moves may follow this act without being the last of a session, trial or task."""
    place = int(np.searchsorted(acts.row, row)) + 1
    if place >= acts.row.size or acts.is_first[place]:
        return False
    label = [table.frame.row(number, named=True) for number in (row, acts.row[place].item())]
    return acts.kind[place] >= KINDS.index("button_down") and all(
        label[0][name] == label[1][name] for name in ("trial", "task")
    )


def _moved(act: dict[str, object], time_us: int, number: int) -> dict[str, object]:
    nothing = dict.fromkeys(("button", "wheel_dx", "wheel_dy"))
    return act | nothing | {"time_us": time_us, "event": "move", "x_px": 3.0 * number, "y_px": 7.0}


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([FRESH, ONE_GROUP, Microaggregate(k=3, group="v-mdav")]))
def test_given_the_groups_a_fresh_release_is_a_function_of_acts_and_draws_alone(
    seed: int, strategy: Microaggregate
) -> None:
    other = otherwise_timed(LOG, seed)
    assert not other.frame["time_us"].equals(LOG.frame["time_us"])
    ready = strategy.fit([LOG])
    one, same = (ready.apply(table, Streams(seed)).events for table in (LOG, other))
    assert_frame_equal(one.frame, same.frame)


def test_the_timing_of_a_member_is_drawn_as_often_for_any_other() -> None:
    def steady(subject: str, step_us: int, n_presses: int) -> EventTable:
        times = [(step_us * number, word) for number in range(n_presses) for word in "+-"]
        return typed([(time_us, word, "KeyA") for time_us, word in times], subject=subject)

    log = EventTable.concat([steady("a", 250_000, 60), steady("b", 750_000, 200)])
    ready = FRESH.fit([log])
    for subject, n_gaps in (("a", 59), ("b", 199)):
        released = ready.apply(log.of_people([subject]), Streams(3)).events.frame
        gaps = released.filter(pl.col("event") == "key_down")["time_us"].diff().drop_nulls()
        assert set(gaps) == {250_000, 750_000}
        assert 0.35 < (gaps == 250_000).sum() / n_gaps < 0.65  # the chance is 1 / 2, whoever types more


def test_every_press_is_released_and_no_key_goes_down_twice() -> None:
    log = made_up_log(8, PEOPLE)
    found = FRESH.fit([log]).apply(log, Streams(1)).events.frame
    keys = found.filter(pl.col("key").is_not_null() & (pl.col("key") != "Unidentified"))
    down = (pl.col("event") == "key_down").cast(pl.Int8)
    steps = keys.select(down.diff().over(*SESSION, "key").drop_nulls().abs())
    assert (steps.to_series() == 1).all()
    pairs = found.filter(pl.col("key").is_not_null()).group_by(*SESSION, "press").len()
    assert (pairs["len"] == 2).all()


def test_presses_bear_the_number_of_their_place() -> None:
    found = FRESH.fit([LOG]).apply(LOG, Streams(1)).events.frame.filter(pl.col("event") == "key_down")
    ranks = found.select(pl.col("press").cast(pl.Int64), pl.int_range(pl.len()).over(SESSION).alias("rank"))
    assert ranks["press"].to_list() == ranks["rank"].to_list()


def test_what_was_typed_and_clicked_stays_in_its_order_and_place() -> None:
    found = FRESH.fit([LOG]).apply(LOG, Streams(1)).events
    kept = [
        "subject_id",
        "session_id",
        "event",
        "key",
        "char",
        "x_px",
        "y_px",
        "button",
        "wheel_dx",
        "trial",
        "task",
    ]
    source = LOG.frame[Acts.of(LOG).row].filter(~pl.col("event").is_in(["wheel", "move"])).select(kept)
    released = found.frame[Acts.of(found).row].filter(~pl.col("event").is_in(["wheel", "move"])).select(kept)
    assert_frame_equal(released, source)
    turns = [table.frame["wheel_dy"].sum() for table in (found, LOG)]
    assert turns[0] == turns[1]


def test_a_path_is_turned_and_stretched_to_the_ends_it_now_has() -> None:
    def way(*places: tuple[float, float]) -> list[Row]:
        (x, y), *between, (last_x, last_y) = places
        moves = [at(10_000 * (1 + number), *place) for number, place in enumerate(between)]
        return [press(0, x, y), lift(0, x, y), *moves, press(100_000, last_x, last_y)]

    east = pointed(way((0, 0), (5, 5), (10, 0)), subject="east")
    south = pointed(
        way((100, 100), (90, 110), (100, 120)), subject="south"
    )  # half a turn less, twice as long
    log = EventTable.concat([east, south])
    for seed in range(6):
        released = FRESH.fit([log]).apply(log, Streams(seed)).events
        assert shown(released) == shown(log)


def test_fewer_people_than_k_are_refused_in_one_line() -> None:
    with pytest.raises(TooFewError, match="at least k = 9 people; found 8") as caught:
        Microaggregate(k=9).fit([LOG])
    assert "\n" not in str(caught.value)


def test_people_without_a_group_are_left_out_and_counted_and_are_no_group_of_their_own() -> None:
    known = LOG.of_people(LOG.subjects[:5])
    ready = FRESH.fit([known])
    assert min(np.bincount(ready.group_of_person)) >= 2
    assert ready.apply(known, Streams(0)).suppressed == 0
    release = ready.apply(LOG, Streams(0))
    assert release.suppressed == 3
    assert release.events.subjects == known.subjects
    with pytest.raises(TooFewError):
        ready.apply(LOG.of_people(LOG.subjects[5:]), Streams(0))


@pytest.mark.parametrize("k", [2, 3, 5, 8])
@pytest.mark.parametrize("group", ["mdav", "v-mdav"])
def test_no_group_is_smaller_than_k_and_none_is_suppressed(k: int, group: str) -> None:
    ready = Microaggregate(k=k, group=group).fit([LOG])
    assert min(np.bincount(ready.group_of_person)) >= k
    assert anonymize(LOG, Microaggregate(k=k, group=group), seed=0).suppressed == 0


def test_like_people_are_grouped() -> None:
    def rhythm(subject: str, gap_us: int, seed: int) -> EventTable:
        rng = np.random.default_rng(seed)
        gaps = rng.normal(gap_us, gap_us / 10, 120).astype(int).cumsum()
        return typed([(int(time_us), "+-"[n % 2], "KeyA") for n, time_us in enumerate(gaps)], subject=subject)

    speeds = {"a": 90_000, "b": 300_000, "c": 95_000, "d": 290_000, "e": 88_000, "f": 310_000}
    log = EventTable.concat([rhythm(*one, seed) for seed, one in enumerate(speeds.items())])
    group = Microaggregate(k=3).fit([log]).group_of_person.tolist()
    assert group[0] == group[2] == group[4] != group[1] == group[3] == group[5]


def test_parts_and_their_order_change_no_bit_of_groups_or_draws() -> None:
    parts = [LOG.of_people([subject]) for subject in reversed(LOG.subjects)]
    for strategy in (FRESH, Microaggregate(k=3, draw="rank")):
        whole = strategy.fit([LOG]).apply(LOG, Streams(2)).events
        ready = strategy.fit(parts)
        apart = EventTable.concat([ready.apply(part, Streams(2)).events for part in parts])
        assert_frame_equal(apart.frame, whole.frame)


def test_rank_keeps_every_row_but_not_its_time() -> None:
    found = Microaggregate(k=2, draw="rank").fit([LOG]).apply(LOG, Streams(0)).events.frame
    columns = ["subject_id", "session_id", "event", "key", "press", "char", "x_px", "y_px", "button"]
    merged = pl.col("event").is_in(["wheel", "move"])  # rows that can no longer be told apart
    moved, source = (
        frame.filter(~merged | pl.col("x_px").is_null()).select(columns).sort(columns)
        for frame in (found, LOG.frame)
    )
    assert_frame_equal(moved, source)
    assert not found["time_us"].equals(LOG.frame["time_us"])


def test_rank_moves_latencies_onto_those_of_the_group() -> None:
    def pressed(subject: str, gaps_us: list[int]) -> EventTable:
        times = np.cumsum([0, *gaps_us]).tolist()
        return typed(
            [
                (time_us, "+", key)
                for time_us, key in zip(times, ("KeyA", "KeyB", "KeyC", "KeyD"), strict=True)
            ],
            subject=subject,
        )

    log = EventTable.concat([pressed("a", [300, 100, 200]), pressed("b", [1000, 3000, 2000])])
    released = Microaggregate(k=2, draw="rank").fit([log]).apply(log, Streams(0)).events.frame
    gaps = released.select(pl.col("time_us").diff().over("subject_id").drop_nulls()).to_series()
    # The pooled values 100, 200, 300, 1000, 2000, 3000 at the ranks 1/6, 3/6, 5/6.
    assert gaps.to_list() == [2000, 100, 300, 100, 2000, 300]


def test_only_fresh_makes_a_claim_and_names_one_release_and_k() -> None:
    (claim,) = FRESH.fit([LOG]).apply(LOG, Streams(0)).claims
    assert claim.kind == K_ANONYMOUS
    assert claim.statement.startswith("In one release")
    assert "at least 2 people" in claim.statement
    assert claim.statement.count(".") == 1
    assert Microaggregate(k=2, draw="rank").fit([LOG]).apply(LOG, Streams(0)).claims == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("microaggregate(k=2) | key-classes", [K_ANONYMOUS, "masked-keys"]),
        ("microaggregate(k=2) | time-grid(step_ms=10)", [K_ANONYMOUS, "grid"]),
        ("microaggregate(k=2) | time-jitter(bound_ms=10) | delay-mix", [K_ANONYMOUS]),
        (
            "microaggregate(k=2) | pixel-grid(step_px=8) | drop-release",
            [K_ANONYMOUS, "pixel-grid-except-clicks", "no-release-times"],
        ),
        ("microaggregate(k=2) | microaggregate(k=2, draw='rank')", []),
        ("time-grid(step_ms=10) | microaggregate(k=2)", []),
        ("drop-release | microaggregate(k=2, draw='rank')", []),
        ("key-classes | microaggregate(k=2, draw='rank')", ["masked-keys"]),
        ("pixel-grid(step_px=8, clicks=True) | microaggregate(k=2, draw='rank')", []),
    ],
)
def test_k_survives_where_later_steps_ignore_the_people(text: str, kinds: list[str]) -> None:
    release = parse_strategy(text).fit([LOG]).apply(LOG, Streams(0))
    assert [claim.kind for claim in release.claims] == kinds


@pytest.mark.parametrize("k", [1, 0, -3])
def test_a_group_of_one_is_refused(k: int) -> None:
    with pytest.raises(ParameterError, match="k must be at least 2"):
        Microaggregate(k=k)


@pytest.mark.parametrize(
    "text", ["microaggregate(k=2, draw='afresh')", "microaggregate(k=2, group='kmeans')"]
)
def test_unknown_ways_are_refused(text: str) -> None:
    with pytest.raises(UnknownNameError, match="Known: "):
        parse_strategy(text)


def test_a_masked_log_takes_its_times_from_coarser_laws() -> None:
    masked = KeyClasses().fit([LOG]).apply(LOG, Streams(0)).events
    release = FRESH.fit([LOG]).apply(masked, Streams(0))
    clicks = pl.col("event").is_in(["key_down", "button_down", "button_up"])
    counted = [table.frame[Acts.of(table).row].filter(clicks).height for table in (release.events, masked)]
    assert counted[0] == counted[1]
    assert TimeGrid(step_ms=1).fit([LOG]).apply(release.events, Streams(0)).claims


@pytest.mark.parametrize(
    "strategy", [Microaggregate(k=5), Microaggregate(k=5, draw="rank", group="v-mdav")], ids=str
)
def test_a_release_of_real_typing_is_valid(strategy: Microaggregate, real_data: Path) -> None:
    typing = next(iter(read_parts(real_data / "aalto" / "Keystrokes.zip")))
    found = anonymize(typing, strategy).events
    assert EventTable.from_frame(found.frame, found.sessions).quality.faults == ()
    pairs = pl.struct("subject_id", "session_id", "press").n_unique()
    assert found.frame.select(pairs).item() == typing.frame.select(pairs).item()
    assert len(found.subjects) == len(typing.subjects)
