"""Which claims a chain may still make."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import pytest

from reid.anonymizers import ANONYMIZERS, Chain, Claim, DpTimes, Identity, KeyClasses, TimeGrid, TimeJitter
from reid.anonymizers.composition import KEYS, TIMES, Strategy
from reid.anonymizers.protocol import ReadyAnonymizer
from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError, UnknownNameError
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import made_up_log

LOG = made_up_log(1, {"a": (60,)})
DP = "dp-times(epsilon=1, unit='session')"


def claims(text: str) -> list[str]:
    found = parse_strategy(text).fit([LOG]).apply(LOG, Streams(0)).claims
    kinds = {
        "differential-privacy": "dp",
        "fixed-rate": "rate",
        "pixel-grid": "pixels",
        "pixel-grid-except-clicks": "pixels but clicks",
    }
    told = []
    for claim in found:
        word, *but = kinds.get(claim.kind, claim.kind).split(" ", maxsplit=1)
        step = claim.step_us or claim.step_px
        told.append(" ".join([word, *([str(step)] if step else []), *but]))
    return told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", []),
        ("time-grid(step_ms=100)", ["grid 100000"]),
        ("time-grid(step_ms=100) | none", ["grid 100000"]),
        *(
            case
            for rounding in ("floor", "round", "stochastic")
            for grid in ((f"time-grid(step_ms=50, rounding='{rounding}')"),)
            for case in (
                (grid, ["grid 50000"]),
                (f"{grid} | time-jitter(bound_ms=5, order='sorted')", []),
                (f"{grid} | bucket-latencies(step_ms=50)", ["key-grid 50000"]),
                (f"time-grid(step_ms=100) | {grid}", ["grid 100000", "grid 50000"]),
                (f"time-grid(step_ms=25) | {grid}", ["grid 25000", "grid 50000"]),
                (f"time-grid(step_ms=75) | {grid}", ["grid 50000"]),
                (f"bucket-latencies(step_ms=100) | {grid}", ["key-grid 100000", "grid 50000"]),
            )
        ),
        ("bucket-latencies(step_ms=100) | drop-release", ["no-release-times"]),
        ("bucket-latencies(step_ms=100) | key-classes", ["key-grid 100000", "masked-keys"]),
        ("bucket-latencies(step_ms=100) | delay-mix", []),
        ("time-grid(step_ms=100) | resample-latencies", []),  # a law is of the source, not of a grid of it
        (
            "resample-latencies | time-grid(step_ms=10) | key-classes",
            ["population-latencies", "grid 10000", "masked-keys"],
        ),
        ("resample-latencies | resample-latencies", []),  # the second has looked at the source again
        ("kloak", ["grid 1000"]),
        ("time-grid(step_ms=0.5) | kloak", ["grid 500", "grid 1000"]),
        ("time-grid(step_ms=100) | kloak", ["grid 1000"]),
        ("fixed-rate(hz=10) | kloak", ["grid 1000"]),
        ("pixel-grid(step_px=8) | kloak", ["pixels 8 but clicks", "grid 1000"]),
        ("kloak | interval-mix", []),
        ("kloak | firefox", ["grid 1000"]),
        ("chrome | firefox", ["grid 100", "grid 1000"]),
        ("firefox | keyboard-privacy", []),
        ("time-grid(step_ms=100) | key-classes", ["grid 100000", "masked-keys"]),
        ("time-grid(step_ms=100) | time-jitter(bound_ms=5)", []),
        ("time-grid(step_ms=100) | delay-mix", []),
        ("time-jitter(bound_ms=5) | time-grid(step_ms=100)", ["grid 100000"]),
        ("time-grid(step_ms=100) | drop-release", ["no-release-times"]),  # 1 ms after a point is none
        ("time-grid(step_ms=1) | drop-release", ["grid 1000", "no-release-times"]),
        ("time-grid(step_ms=0.5) | drop-release", ["grid 500", "no-release-times"]),
        ("time-grid(step_ms=100) | time-grid(step_ms=100)", ["grid 100000"]),
        ("time-grid(step_ms=100) | time-grid(step_ms=50)", ["grid 100000", "grid 50000"]),
        ("time-grid(step_ms=100) | time-grid(step_ms=200)", ["grid 100000", "grid 200000"]),
        ("time-grid(step_ms=100) | time-grid(step_ms=150)", ["grid 150000"]),
        ("key-classes | time-jitter(bound_ms=5) | time-grid(step_ms=16)", ["masked-keys", "grid 16000"]),
        ("key-classes | key-classes", ["masked-keys"]),
        ("key-classes | drop-keys | delay-mix | redact", ["masked-keys", "no-keys"]),
        ("time-grid(step_ms=100) | redact | drop-keys", ["grid 100000", "no-keys"]),
        (
            "drop-keys | pixel-grid(step_px=8) | endpoints-only",
            ["no-keys", "pixels 8 but clicks", "ends-of-paths"],
        ),
        ("endpoints-only | fixed-rate(hz=10) | delay-mix", ["ends-of-paths"]),
        ("time-grid(step_ms=100) | action-reduction", ["actions"]),  # 1 ms after a point is none
        ("time-grid(step_ms=1) | action-reduction", ["grid 1000", "actions"]),
        ("time-grid(step_ms=1) | action-reduction(step_ms=0.25)", ["actions"]),
        ("pixel-grid(step_px=8, clicks=True) | action-reduction | delay-mix", ["pixels 8", "actions"]),
        ("drop-release | fixed-rate(hz=10) | action-reduction", ["no-release-times", "actions"]),
        ("drop-release | time-grid(step_ms=100)", ["no-release-times", "grid 100000"]),
        ("drop-release | delay-mix", ["no-release-times"]),
        ("pixel-grid(step_px=8)", ["pixels 8 but clicks"]),
        ("pixel-grid(step_px=8, clicks=True)", ["pixels 8"]),
        (
            "pixel-grid(step_px=8) | time-jitter(bound_ms=5) | key-classes",
            ["pixels 8 but clicks", "masked-keys"],
        ),
        ("pixel-grid(step_px=8) | simplify(tolerance_px=2)", ["pixels 8 but clicks"]),
        ("pixel-grid(step_px=8) | fixed-rate(hz=10)", ["rate 100000"]),  # a move takes the place of a click
        ("pixel-grid(step_px=8, clicks=True) | fixed-rate(hz=10)", ["pixels 8", "rate 100000"]),
        ("pixel-grid(step_px=8) | pixel-grid(step_px=4)", ["pixels 8 but clicks", "pixels 4 but clicks"]),
        ("pixel-grid(step_px=8) | pixel-grid(step_px=16)", ["pixels 8 but clicks", "pixels 16 but clicks"]),
        ("pixel-grid(step_px=8, clicks=True) | pixel-grid(step_px=12)", ["pixels 12 but clicks"]),
        (
            "fixed-rate(hz=10) | pixel-grid(step_px=8) | simplify(tolerance_px=2)",
            ["rate 100000", "pixels 8 but clicks"],
        ),
        ("fixed-rate(hz=10) | drop-release", ["rate 100000", "no-release-times"]),
        ("fixed-rate(hz=10) | delay-mix", []),
        ("fixed-rate(hz=10) | fixed-rate(hz=5)", ["rate 100000", "rate 200000"]),
        ("fixed-rate(hz=10) | fixed-rate(hz=8)", ["rate 125000"]),
        ("fixed-rate(hz=10) | time-grid(step_ms=50)", ["rate 100000", "grid 50000"]),
        ("fixed-rate(hz=10) | time-grid(step_ms=30)", ["grid 30000"]),
        ("time-grid(step_ms=50) | fixed-rate(hz=10)", ["grid 50000", "rate 100000"]),
        ("time-grid(step_ms=30) | fixed-rate(hz=10)", ["rate 100000"]),
        (
            "time-grid(step_ms=30) | simplify(tolerance_px=2) | pixel-grid(step_px=8)",
            ["grid 30000", "pixels 8 but clicks"],
        ),
        (f"{DP}", ["dp"]),
        (f"none | {DP}", ["dp"]),
        (f"{DP} | time-grid(step_ms=100) | drop-release", ["dp", "no-release-times"]),
        (f"{DP} | time-jitter(bound_ms=5) | key-classes | delay-mix", ["dp", "masked-keys"]),
        (
            f"{DP} | pixel-grid(step_px=8) | simplify(tolerance_px=2) | fixed-rate(hz=10)",
            ["dp", "rate 100000"],
        ),
        (f"time-grid(step_ms=100) | {DP}", []),  # rows that the grid merged tell of times
        (f"time-jitter(bound_ms=5) | {DP}", []),  # a late event pushes all that come after it
        (f"drop-release | {DP}", ["no-release-times"]),
        (f"key-classes | {DP}", ["masked-keys"]),
        (f"fixed-rate(hz=10) | {DP}", []),  # as many moves as time has passed
        (f"{DP} | dp-times(epsilon=9, unit='event')", ["dp"]),
        (
            "key-classes | drop-release | fixed-rate(hz=10)",
            ["masked-keys", "no-release-times", "rate 100000"],
        ),
    ],
)
def test_claims_of_a_chain(text: str, expected: list[str]) -> None:
    assert claims(text) == expected


def test_a_claim_of_unknown_endurance_outlives_only_steps_that_change_nothing() -> None:
    frail = Claim("some", "Something holds.")
    assert frail.then(Identity()) is frail
    assert [name for name in ANONYMIZERS if name != "none" and frail.then(_example(name)) is not None] == []


def _example(name: str) -> object:
    settings = {
        "time-grid": "(step_ms=1)",
        "time-jitter": "(bound_ms=1)",
        "pixel-grid": "(step_px=1)",
        "simplify": "(tolerance_px=1)",
        "fixed-rate": "(hz=10)",
        "microaggregate": "(k=2)",
        "bucket-latencies": "(step_ms=1)",
        "dp-times": "(epsilon=1, unit='event')",
    }
    return parse_strategy(name + settings.get(name, ""))


def test_a_claim_passes_a_chain_only_where_it_passes_each_step() -> None:
    grid = Claim("grid", "On a grid.", survives=("keys",), step_us=1000)
    assert grid.then(KeyClasses() | TimeGrid(step_ms=2)) is grid
    assert grid.then(KeyClasses() | TimeGrid(step_ms=1.5)) is None


@dataclass(frozen=True, slots=True)
class Learning(Strategy):
    """Looks at all people before it changes the times of each, or their keys."""

    name: ClassVar[str] = "learning"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})

    def fit(self, people: Iterable[EventTable]) -> ReadyAnonymizer:
        assert list(people)
        return TimeJitter(bound_ms=5)


class LearningKeys(Learning):
    changes: ClassVar[frozenset[str]] = frozenset({KEYS})


def test_privacy_is_claimed_neither_after_nor_before_a_step_that_looks_at_the_people() -> None:
    private = DpTimes(epsilon=1, unit="person")
    for learning in (Learning(), LearningKeys()):
        for chain in (private | learning, learning | private, learning | (Identity() | private)):
            assert chain.fit([LOG]).apply(LOG, Streams(0)).claims == ()
    assert (private | TimeGrid(step_ms=1)).fit([LOG]).apply(LOG, Streams(0)).claims[0].of_source


def test_a_claim_of_the_source_holds_only_where_nothing_was_changed_before() -> None:
    of_release = Claim("some", "Something holds.", survives=(TIMES, KEYS))
    of_source = Claim("some", "Something holds.", survives=(TIMES, KEYS), of_source=True)
    for before in ([KeyClasses()], [Identity(), TimeGrid(step_ms=1)], [Learning()]):
        assert of_source.after(before) is None
        assert of_release.after(before) is of_release
    assert of_source.after([]) is of_source
    assert of_source.after([Identity(), Identity()]) is of_source
    assert of_source.then(Learning()) is None
    assert of_release.then(Learning()) is of_release
    assert of_source.then(KeyClasses() | TimeGrid(step_ms=2)) is of_source
    assert of_source.then(KeyClasses() | Learning()) is None


def test_chains_within_chains_are_flat_and_written_with_bars() -> None:
    nested = (Identity() | KeyClasses()) | (TimeGrid(step_ms=16) | Identity())
    assert str(nested) == "none | key-classes | time-grid(step_ms=16) | none"
    assert nested == parse_strategy(str(nested))


def test_the_same_strategy_twice_draws_twice() -> None:
    once = (
        parse_strategy("time-jitter(bound_ms=5) | none")
        .fit([LOG])
        .apply(LOG, Streams(0))
        .events.frame["time_us"]
    )
    first_twice = parse_strategy("time-jitter(bound_ms=5) | time-jitter(bound_ms=5)").fit([LOG])
    assert first_twice.apply(LOG, Streams(0)).events.frame["time_us"].to_list() != once.to_list()


def test_texts_that_are_no_strategy_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'time-grid'"):
        parse_strategy("time-gird(step_ms=1)")
    with pytest.raises(UnknownNameError):
        parse_strategy("none | ")
    with pytest.raises(ParameterError):
        parse_strategy("time-grid")
    with pytest.raises(ParameterError):
        Chain(())
