"""What every strategy must keep to, whoever writes it."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.anonymizers import (
    ANONYMIZERS,
    ActionReduction,
    Anonymizer,
    BucketLatencies,
    Chain,
    Chrome,
    DelayMix,
    DpTimes,
    DropKeys,
    DropRelease,
    EndpointsOnly,
    Firefox,
    FixedRate,
    Identity,
    IntervalMix,
    KeyboardPrivacy,
    KeyClasses,
    Kloak,
    Microaggregate,
    PixelGrid,
    Redact,
    ResampleLatencies,
    Simplify,
    TimeGrid,
    TimeJitter,
)
from reid.anonymizers.anonymizing import anonymize
from reid.anonymizers.dp_times import UNITS
from reid.anonymizers.publishing import release_metadata
from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError, TooFewError
from reid.events.schema import EVENT_COLUMNS, SESSION
from reid.events.table import EventTable
from reid.registry import Registry
from reid.seeding import Streams
from tests.anonymizers.logs import logs, made_up_log
from tests.anonymizers.pointing import made_up_pointing, pointer_logs
from tests.anonymizers.writing import written

EXAMPLES: tuple[Anonymizer, ...] = (
    Identity(),
    TimeGrid(step_ms=100),
    TimeJitter(bound_ms=20),
    DelayMix(bound_ms=50),
    DpTimes(epsilon=1, unit="event"),
    DropRelease(),
    KeyClasses(),
    DropKeys(),
    Redact(),
    ActionReduction(),
    Microaggregate(k=2),
    PixelGrid(step_px=16),
    Simplify(tolerance_px=3),
    FixedRate(hz=60),
    EndpointsOnly(),
    IntervalMix(),
    BucketLatencies(step_ms=100),
    ResampleLatencies(),
    Kloak(),
    KeyboardPrivacy(),
    Chrome(),
    Firefox(),
)
#: The same kinds at the ends of their ranges, and chains: under the same contract.
FURTHER: tuple[Anonymizer, ...] = (
    *(TimeGrid(step_ms=step) for step in (0.001, 1e7)),
    *(TimeGrid(step_ms=step, rounding="round") for step in (0.002, 1e7)),
    *(TimeGrid(step_ms=step, rounding="stochastic") for step in (0.002, 1e7)),
    *(TimeJitter(bound_ms=bound) for bound in (0.001, 1e7)),
    *(TimeJitter(bound_ms=bound, order="sorted") for bound in (0.001, 300, 1e7)),
    *(TimeJitter(bound_ms=bound, per="session") for bound in (1, 1e7)),
    *(
        TimeJitter(scale_ms=scale, noise=noise, per=per, order=order)
        for scale, noise, per, order in (
            (0.01, "gaussian", "event", "kept"),
            (1e7, "laplace", "event", "kept"),
            (1e7, "gaussian", "session", "sorted"),
            (20, "laplace", "session", "sorted"),
        )
    ),
    *(IntervalMix(rate=rate, start_ms=start) for rate, start in ((0.1, 1e7), (2, 0.001))),
    *(BucketLatencies(step_ms=step) for step in (0.002, 1e7)),
    *(Kloak(delay_ms=delay) for delay in (1, 10_000_000)),
    KeyboardPrivacy(hold_ms=0.001, flight_ms=1e7),
    Chrome(isolated=True),
    Firefox(isolated=True),
    Firefox(resist_fingerprinting=True),
    parse_strategy("kloak | resample-latencies | bucket-latencies(step_ms=10) | interval-mix"),
    parse_strategy("key-classes | resample-latencies | time-jitter(bound_ms=400, order='sorted') | firefox"),
    *(DelayMix(bound_ms=bound) for bound in (0.001, 1e7)),
    *(
        DpTimes(epsilon=epsilon, unit=unit, clamp_ms=clamp)
        for unit in UNITS
        for epsilon, clamp in ((0.001, 1e6), (1e6, 0.001))
    ),
    *(PixelGrid(step_px=step, clicks=True) for step in (1, 2**24)),
    *(Simplify(tolerance_px=tolerance, pause_ms=pause) for tolerance, pause in ((0, 50), (2**24, 1e7))),
    *(FixedRate(hz=hz, pause_ms=pause) for hz, pause in ((0.1, 1e4), (1000, 0.001), (9.1, 300))),
    *(EndpointsOnly(pause_ms=pause) for pause in (0.001, 1e7)),
    *(ActionReduction(step_ms=step, drag_px=drag) for step, drag in ((0.001, 0), (86_400_000, 2**24))),
    *(Redact(layout=layout, classes=True, shortest=shortest) for layout, shortest in (("de", 4), ("fr", 32))),
    *(Microaggregate(k=k, draw="rank", group=group) for k, group in ((2, "v-mdav"), (3, "mdav"))),
    Microaggregate(k=3, group="v-mdav"),
    parse_strategy("microaggregate(k=3) | key-classes | delay-mix | pixel-grid(step_px=8)"),
    parse_strategy("redact | drop-keys | endpoints-only | time-jitter(bound_ms=20)"),
    parse_strategy("endpoints-only | action-reduction | key-classes | time-grid(step_ms=10)"),
    parse_strategy("fixed-rate(hz=9) | simplify(tolerance_px=2) | pixel-grid(step_px=8) | delay-mix"),
    parse_strategy("pixel-grid(step_px=8, clicks=True) | fixed-rate(hz=100) | time-grid(step_ms=10)"),
    parse_strategy("time-grid(step_ms=100) | time-jitter(bound_ms=20) | drop-release | key-classes"),
    parse_strategy(
        "key-classes | drop-release | delay-mix | time-jitter(bound_ms=5) | time-grid(step_ms=16)"
    ),
)
ALL = (*EXAMPLES, *FURTHER)
PEOPLE = {
    f"source-person-{name}": sizes
    for name, sizes in {"c": (80, 40), "a": (60, 1, 90), "d": (2,), "b": (50,)}.items()
}

#: Strategies on times that leave the order of events alone.
KEEP_ORDER = {
    "time-grid", "time-jitter", "delay-mix", "dp-times", "interval-mix", "kloak", "keyboard-privacy",
    "chrome", "firefox",
}  # fmt: skip
#: What is written of strategies for which a person's later sessions decide, too.
LOOK_AHEAD = ("'person'", "draw='rank'")
#: What is written of strategies that draw enough for two releases of the logs here to differ.
DRAW = (
    "jitter(bound_ms=20)", "mix(bound_ms=50)", "dp-times(epsilon=1,", "interval-mix(", "resample-latencies",
    "kloak(delay_ms=100)", "keyboard-privacy(", "noise='gaussian'", "noise='laplace'",
    "draw='fresh'",
)  # fmt: skip

every = pytest.mark.parametrize("strategy", ALL, ids=str)


@pytest.fixture(scope="module", params=["typing and pointing", "strokes"])
def events(request: pytest.FixtureRequest) -> EventTable:
    if request.param == "strokes":
        return made_up_pointing(3, {name: tuple(size // 3 or 1 for size in PEOPLE[name]) for name in PEOPLE})
    return made_up_log(3, PEOPLE)


def released(
    strategy: Anonymizer, part: EventTable, seed: int = 7, fitted_on: EventTable | None = None
) -> EventTable:
    return strategy.fit([fitted_on or part]).apply(part, Streams(seed, ("test",))).events


def assert_same(one: EventTable, other: EventTable) -> None:
    assert_frame_equal(one.frame, other.frame)
    assert_frame_equal(one.sessions, other.sessions)


def left_alone(one: EventTable, other: EventTable) -> bool:
    return one.frame.equals(other.frame)


def not_under_contract(registry: Registry[Anonymizer], examples: tuple[Anonymizer, ...]) -> set[str]:
    return set(registry) ^ {example.name for example in examples}


def test_every_registered_strategy_is_under_contract() -> None:
    assert not_under_contract(ANONYMIZERS, EXAMPLES) == set()


def test_a_registered_name_without_contract_is_found() -> None:
    class Unheard(Identity):
        name = "unheard"

    grown: Registry[Anonymizer] = Registry("strategy", (*ANONYMIZERS.values(), Unheard))
    assert not_under_contract(grown, EXAMPLES) == {"unheard"}


@every
def test_a_strategy_is_written_as_it_is_read(strategy: Anonymizer) -> None:
    assert parse_strategy(str(strategy)) == strategy


@every
def test_same_seed_gives_the_same_bits(strategy: Anonymizer, events: EventTable) -> None:
    assert_same(released(strategy, events), released(strategy, events))
    once, again = (anonymize(events, strategy, seed=5) for _ in range(2))
    assert_same(once.events, again.events)
    assert once.key is not None
    assert again.key is not None
    assert_frame_equal(once.key, again.key)


@every
def test_how_people_are_cut_into_parts_and_ordered_changes_nothing(
    strategy: Anonymizer, events: EventTable
) -> None:
    whole = released(strategy, events)
    for part in (events.subjects[:1], events.subjects[2:]):
        of_part = released(strategy, events.of_people(part), fitted_on=events)
        assert_same(of_part, whole.of_people(part))
    parts = [events.of_people([subject]) for subject in reversed(events.subjects)]
    assert_same(anonymize(iter(parts), strategy, seed=5).events, anonymize(events, strategy, seed=5).events)


@pytest.mark.parametrize(
    "strategy", [one for one in ALL if not any(word in str(one) for word in LOOK_AHEAD)], ids=str
)
def test_later_sessions_do_not_change_earlier_ones(strategy: Anonymizer, events: EventTable) -> None:
    early = pl.col("session_id").str.ends_with("-0")
    earlier = EventTable(events.frame.filter(early), events.sessions.filter(early))
    of_earlier = released(strategy, earlier, fitted_on=events).frame
    assert_frame_equal(of_earlier, released(strategy, events).frame.filter(early))


@every
def test_the_input_stays_as_it_was(strategy: Anonymizer, events: EventTable) -> None:
    frame, sessions = events.frame.clone(), events.sessions.clone()
    time_us = np.array(events.frame["time_us"])
    released(strategy, events)
    anonymize(events, strategy, seed=1)
    assert_frame_equal(events.frame, frame)
    assert_frame_equal(events.sessions, sessions)
    np.testing.assert_array_equal(events.frame["time_us"], time_us)


@pytest.mark.parametrize("strategy", [one for one in ALL if "(step_ms=0.001)" not in str(one)], ids=str)
def test_every_strategy_but_none_changes_its_input(strategy: Anonymizer) -> None:
    secret = written("mine is somebody@example.org", subject="writer")
    typing = made_up_log(3, {"typist": (90,), "typist-2": (50,)})
    logs = [typing, made_up_pointing(3, {"pointer": (30,), "pointer-2": (20,)}), secret]
    events = EventTable.concat(logs)
    assert left_alone(released(strategy, events), events) == (strategy.name == "none")


def assert_valid(strategy: Anonymizer, table: EventTable, source: EventTable) -> None:
    """Hold what every release promises of its rows."""
    again = EventTable.from_frame(table.frame, table.sessions)
    assert again.quality.faults == ()
    assert_same(again, table)
    assert table.frame["time_us"].min() >= 0  # type: ignore[operator]
    assert table.frame.schema == pl.Schema(EVENT_COLUMNS)
    presses = pl.col("key").is_not_null()
    span = (
        table.frame.filter(presses)
        .group_by(*SESSION, "press")
        .agg(
            down=pl.col("time_us").filter(pl.col("event") == "key_down").min(),
            up=pl.col("time_us").filter(pl.col("event") == "key_up").min(),
        )
    )
    assert (span["up"].is_null() | (span["up"] >= span["down"])).all()
    makes_up_releases = "draw='fresh'" in str(strategy)
    for kind in ("key_up", "button_down", "button_up")[makes_up_releases:]:
        assert (table.frame["event"] == kind).sum() == (source.frame["event"] == kind).sum()
    counted = [
        frame.filter(presses).select(pl.struct(*SESSION, "press").n_unique()).item()
        for frame in (table.frame, source.frame)
    ]
    assert counted[0] == counted[1]
    turns = [frame["wheel_dy"].sum() for frame in (table.frame, source.frame)]
    assert turns[0] == turns[1]
    rests = ~pl.col("event").is_in(["move", "key_up"] if makes_up_releases else ["move"])
    kept = [frame.filter(rests).height for frame in (table.frame, source.frame)]
    assert kept[0] <= kept[1]  # repeats of a key, and turns of the wheel, may be merged
    assert len(table) <= len(source) or "fixed-rate" in str(strategy) or makes_up_releases


@every
def test_a_release_is_a_valid_log_and_holds_what_was_promised(
    strategy: Anonymizer, events: EventTable
) -> None:
    assert_valid(strategy, released(strategy, events), events)
    assert_valid(strategy, anonymize(events, strategy, seed=5).events, events)


def fewest_people(strategy: Anonymizer) -> int:
    """Return how many people a strategy needs."""
    steps = strategy.steps if isinstance(strategy, Chain) else (strategy,)
    return max(step.k if isinstance(step, Microaggregate) else 1 for step in steps)


@settings(max_examples=100, deadline=None)
@given(st.one_of(logs(), pointer_logs()), st.sampled_from(ALL))
def test_any_log_gives_a_valid_release(log: EventTable, strategy: Anonymizer) -> None:
    if len(log.subjects) < fewest_people(strategy):
        with pytest.raises(TooFewError, match="at least k"):
            released(strategy, log)
        return
    assert_valid(strategy, released(strategy, log), log)
    assert_valid(strategy, anonymize(log, strategy, seed=2).events, log)


@pytest.mark.parametrize(
    "strategy",
    [one for one in ALL if one.name in KEEP_ORDER and "sorted" not in str(one)],
    ids=str,
)
def test_strategies_on_times_keep_the_order_of_what_happened(
    strategy: Anonymizer, events: EventTable
) -> None:
    happened = pl.col("event").is_in(["key_up", "button_down", "button_up"])
    columns = [name for name in EVENT_COLUMNS if name != "time_us"]
    kept = [table.frame.filter(happened).select(columns) for table in (released(strategy, events), events)]
    assert_frame_equal(*kept)


BUTTON_EVENTS = ("button_down", "button_up")
PLACED = ("subject_id", "session_id", "event", "button", "x_px", "y_px")


@every
def test_every_click_stays_where_it_was_unless_the_strategy_says_otherwise(
    strategy: Anonymizer, events: EventTable
) -> None:
    clicks = [
        table.frame.filter(pl.col("event").is_in(BUTTON_EVENTS)).select(PLACED)
        for table in (released(strategy, events), events)
    ]
    if "action-reduction" in str(strategy):  # where nothing was dragged, the release joins the press
        presses = [of.filter(pl.col("event") == "button_down") for of in clicks]
        assert_frame_equal(*presses)
    elif "clicks=True" in str(strategy):
        assert_frame_equal(clicks[0].drop("x_px", "y_px"), clicks[1].drop("x_px", "y_px"))
    else:
        assert_frame_equal(*clicks)


def alternates(table: EventTable) -> bool:
    """Say whether each button of each session goes down, up, down, up, ..."""
    clicks = table.frame.filter(pl.col("event").is_in(BUTTON_EVENTS))
    down = (pl.col("event") == "button_down").cast(pl.Int8)
    steps = clicks.select(down.diff().over(*SESSION, "button").drop_nulls().abs() == 1)
    firsts = clicks.group_by(*SESSION, "button", maintain_order=True).agg(pl.col("event").first())
    return bool(steps.to_series().all()) and set(firsts["event"]) <= {"button_down"}


@every
def test_buttons_go_down_and_up_by_turns_as_they_did(strategy: Anonymizer) -> None:
    log = made_up_pointing(6, {f"source-person-{letter}": (80, 120) for letter in "abc"})
    assert alternates(log)
    assert alternates(released(strategy, log))


@every
def test_what_another_seed_would_change_is_called_seeded(strategy: Anonymizer, events: EventTable) -> None:
    ready = strategy.fit([events])
    one, other = (ready.apply(events, Streams(seed, ("test",))) for seed in (1, 2))
    differ = not one.events.frame.equals(other.events.frame)
    assert one.seeded or not differ
    assert one.seeded or not any(name in str(strategy) for name in DRAW)
    assert not ready.apply(events, Streams.from_system()).seeded


@every
def test_two_releases_without_seed_differ(strategy: Anonymizer, events: EventTable) -> None:
    one, other = (anonymize(events, strategy) for _ in range(2))
    assert set(one.events.subjects).isdisjoint(other.events.subjects)
    assert set(one.events.sessions["session_id"]).isdisjoint(other.events.sessions["session_id"])
    assert set(one.events.frame["task"].drop_nulls()).isdisjoint(other.events.frame["task"].drop_nulls())
    assert not one.seeded
    if any(name in str(strategy) for name in DRAW):
        times = [_by_source(release.events, release.key)["time_us"].to_list() for release in (one, other)]
        assert times[0] != times[1]


def _by_source(events: EventTable, key: pl.DataFrame | None) -> pl.DataFrame:
    assert key is not None
    renamed = {"released_subject_id": "subject_id", "released_session_id": "session_id"}
    old = key.rename({"subject_id": "old_subject", "session_id": "old_session"}).rename(renamed)
    return events.frame.join(old, on=SESSION, maintain_order="left").sort(
        "old_subject", "old_session", maintain_order=True
    )


@every
def test_a_published_release_differs_from_the_release_in_names_alone(
    strategy: Anonymizer, events: EventTable
) -> None:
    published = anonymize(events, strategy, seed=5)
    plain = strategy.fit([events]).apply(events, Streams(5).under("strategy")).events.frame
    plain = plain.sort(SESSION, maintain_order=True)
    found = _by_source(published.events, published.key)
    same = ["event", "key", "time_us", "x_px", "y_px", "button", "wheel_dx", "wheel_dy"]
    assert_frame_equal(found.select(same), plain.select(same))


SEED = 918_273_645_546_372


@every
@pytest.mark.parametrize("seed", [None, SEED])
def test_no_byte_of_a_release_names_a_source_or_a_seed(
    strategy: Anonymizer, seed: int | None, events: EventTable, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from reid.events.parquet import write_events

    release = anonymize(events, strategy, seed=seed)
    metadata = release_metadata(release, strategy)
    assert metadata["for_measurement_only"] is (seed is not None)
    path = tmp_path_factory.mktemp("release") / "released.parquet"
    write_events(release.events, path, metadata=metadata)
    loose = path.with_name("loose.parquet")
    release.events.frame.write_parquet(loose, compression="uncompressed")
    held = path.read_bytes() + loose.read_bytes() + release.events.sessions.write_json().encode()
    assert b"source-" not in held
    for trace in (str(SEED).encode(), SEED.to_bytes(8, "little"), f"{SEED:x}".encode()):
        assert trace not in held
    names = {*release.events.subjects, *release.events.sessions["session_id"]}
    assert all(name.encode() in held for name in names)  # the search would have found them


@every
def test_claims_hold_of_the_release(strategy: Anonymizer, events: EventTable) -> None:
    release = strategy.fit([events]).apply(events, Streams(1))
    for claim in release.claims:
        CHECKS[claim.kind](release.events, claim.step_us or claim.step_px)
    assert len({claim.statement for claim in release.claims}) == len(release.claims)


def _check_grid(table: EventTable, step_us: int | None) -> None:
    assert (table.frame["time_us"] % step_us == 0).all()


def _check_masked(table: EventTable, step_us: int | None) -> None:
    assert step_us is None
    assert table.frame["char"].null_count() == len(table)
    assert not table.frame["key"].cast(pl.String).drop_nulls().str.contains("^(Key|Digit|Space)").any()


def _check_releases(table: EventTable, step_us: int | None) -> None:
    assert step_us is None
    assert (table.frame["event"] == "key_up").any()  # that they tell nothing is tested on the kernel


def _check_rate(table: EventTable, step_us: int | None) -> None:
    moves = table.frame.filter(pl.col("event") == "move")
    assert moves.height
    assert (moves["time_us"] % step_us == 0).all()
    assert not moves.select(*SESSION, "time_us").is_duplicated().any()


def _check_pixels(table: EventTable, step_px: int | None) -> None:
    assert step_px is not None
    places = table.frame.select(pl.col("x_px", "y_px").drop_nulls().cast(pl.Float64))
    assert places.height
    assert places.select(pl.all_horizontal((pl.all() / step_px).round() * step_px == pl.all()).all()).item()


def _check_pixels_but_clicks(table: EventTable, step_px: int | None) -> None:
    clicks = pl.col("event").is_in(BUTTON_EVENTS)
    _check_pixels(EventTable(table.frame.filter(~clicks), table.sessions), step_px)


def _check_no_keys(table: EventTable, step_us: int | None) -> None:
    assert step_us is None
    assert set(table.frame["key"].drop_nulls()) == {"Unidentified"}
    assert table.frame["char"].null_count() == len(table)


def _check_actions(table: EventTable, step_us: int | None) -> None:
    assert step_us is None
    assert (table.frame["event"] == "button_down").any()  # what is left out is tested on actions and paths


def _check_private(table: EventTable, step_us: int | None) -> None:
    assert step_us is None
    assert (table.frame.group_by(SESSION).agg(pl.col("time_us").first())["time_us"] == 0).all()
    assert table.sessions["start_us"].null_count() == table.sessions.height  # laws are tested elsewhere


def _check_key_grid(table: EventTable, step_us: int | None) -> None:
    keys = table.frame.filter(pl.col("key").is_not_null())
    assert keys.height
    assert (keys["time_us"] % step_us == 0).all()


def _check_population(table: EventTable, step_us: int | None) -> None:
    assert step_us is None
    assert (table.frame["event"] == "key_down").any()  # that they tell nothing is tested on the laws


def _check_k_anonymous(table: EventTable, step_us: int | None) -> None:
    assert step_us is None
    firsts = table.frame.group_by(SESSION).agg(pl.col("time_us").first())
    assert (firsts["time_us"] == 0).all()  # that groups alone decide is tested elsewhere


CHECKS = {
    "k-anonymous timing": _check_k_anonymous,
    "differential-privacy": _check_private,
    "grid": _check_grid,
    "key-grid": _check_key_grid,
    "population-latencies": _check_population,
    "masked-keys": _check_masked,
    "no-keys": _check_no_keys,
    "ends-of-paths": _check_actions,
    "actions": _check_actions,
    "no-release-times": _check_releases,
    "fixed-rate": _check_rate,
    "pixel-grid": _check_pixels,
    "pixel-grid-except-clicks": _check_pixels_but_clicks,
}


@pytest.mark.parametrize(
    "name",
    [
        "time-grid(step_ms={})",
        "time-jitter(bound_ms={})",
        "delay-mix(bound_ms={})",
        "pixel-grid(step_px={})",
        "simplify(tolerance_px=1, pause_ms={})",
        "fixed-rate(hz=10, pause_ms={})",
        "fixed-rate(hz={})",
        "endpoints-only(pause_ms={})",
        "action-reduction(step_ms={})",
        "time-grid(step_ms={}, rounding='stochastic')",
        "time-jitter(scale_ms={}, noise='gaussian')",
        "time-jitter(scale_ms={}, noise='laplace', per='session', order='sorted')",
        "interval-mix(start_ms={})",
        "interval-mix(rate={})",
        "bucket-latencies(step_ms={})",
        "kloak(delay_ms={})",
        "keyboard-privacy(hold_ms={})",
        "keyboard-privacy(flight_ms={})",
        "dp-times(epsilon=1, unit='event', clamp_ms={})",
    ],
)
@pytest.mark.parametrize("value", ["0", "-1", "1e-4", "1e11", "0.0015", "'x'", "True"])
def test_settings_that_make_no_sense_are_refused_in_one_line(name: str, value: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_strategy(name.format(value))
    assert "must" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "simplify(tolerance_px=-1)",
        "simplify(tolerance_px=1e400)",
        "simplify(tolerance_px=2e7)",
        "simplify(tolerance_px=True)",
        "pixel-grid(step_px=1.5)",
        "action-reduction(drag_px=-1)",
        "action-reduction(step_ms=86400001)",
        "redact(layout='xx')",
        "redact(shortest=3)",
        "redact(shortest=33)",
        "redact(classes=1)",
        "pixel-grid(step_px=1, clicks=1)",
        "pixel-grid",
        "time-grid(step_ms=1, rounding='up')",
        "time-jitter",
        "time-jitter(scale_ms=1)",
        "time-jitter(bound_ms=1, scale_ms=1)",
        "time-jitter(bound_ms=1, noise='laplace')",
        "time-jitter(bound_ms=1, noise='normal')",
        "time-jitter(bound_ms=1, per='person')",
        "time-jitter(bound_ms=1, order='random')",
        "interval-mix(rate=2.1)",
        "kloak(delay_ms=1.5)",
        "chrome(isolated=1)",
        "firefox(resist_fingerprinting='yes')",
        *(
            f"dp-times(unit='event', epsilon={value})"
            for value in ("0", "-1", "1e-9", "1e400", "True", "'x'")
        ),
        "dp-times(epsilon=1, unit='day')",
        "dp-times(epsilon=1, unit=1)",
        "dp-times(epsilon=1, unit='event', clamp_ms=1e7)",
        "dp-times(epsilon=1)",
        *(f"microaggregate(k={value})" for value in ("0", "1", "-2", "2.5", "True", "'x'")),
        "microaggregate",
    ],
)
def test_values_that_make_no_sense_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_strategy(text)
    assert "must" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_chains_of_two_agree_with_one_after_the_other(events: EventTable) -> None:
    for first, second in pairwise(EXAMPLES):
        chain = Streams(7, ("test",))
        one = first.fit([events]).apply(events, chain.under(0, first.name)).events
        both = second.fit([events]).apply(one, chain.under(1, second.name)).events
        assert_same(released(first | second, events), both)  # type: ignore[operator]
