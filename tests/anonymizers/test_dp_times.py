"""Differentially private times: the proof on pairs of neighbours, the ledger, and attacks on epsilon."""

import json
from importlib.resources import files

import jsonschema
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import binom

from experiments.dp_lower_bound import TooLittleNoise, bound_on_epsilon, worst_log
from reid.anonymizers import Anonymizer, Claim, DpTimes, TimeGrid
from reid.anonymizers.anonymizing import anonymize
from reid.anonymizers.dp_times import UNITS
from reid.anonymizers.privacy_ledger import DELTA, PrivacyLedger, at_most
from reid.anonymizers.publishing import release_metadata
from reid.anonymizers.release import Release, claims_of_parts
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.logs import made_up_log
from tests.contracts.test_anonymizers import EXAMPLES

CLAMP_US = 500_000


def timed(sessions: list[tuple[str, list[int]]]) -> EventTable:
    """Return pointer moves, each to another place, at these times of these people's sessions."""
    rows = [
        {"subject_id": person, "session_id": f"{number:03}", "time_us": time_us, "x_px": place}
        for number, (person, times) in enumerate(sessions)
        for place, time_us in enumerate(times)
    ]
    frame = pl.DataFrame(rows).with_columns(pl.col("x_px").cast(pl.Float32), event=pl.lit("move"))
    return EventTable.from_frame(frame.with_columns(y_px="x_px"))


def latencies(table: EventTable) -> np.ndarray:
    """Return the latencies of a log, session by session."""
    bounds = table.session_bounds()
    return np.delete(np.diff(table.frame["time_us"].to_numpy()), bounds[1:-1] - 1)


def ledger_of(release: Release) -> PrivacyLedger:
    (claim,) = release.claims
    assert claim.ledger is not None
    return claim.ledger


# ---- the proof, on pairs of neighbours ----

gaps_us = st.integers(0, 2 * CLAMP_US) | st.sampled_from([0, CLAMP_US])
people_of_sessions = st.lists(st.tuples(st.sampled_from("ab"), st.lists(gaps_us, max_size=6)), min_size=1)


@st.composite
def neighbours(draw: st.DrawFn, unit: str) -> tuple[list[tuple[str, list[int]]], list[tuple[str, list[int]]]]:
    """Return the times of two logs that differ in one unit alone; gaps are from event to event."""
    sessions = sorted(draw(people_of_sessions), key=lambda session: session[0])
    one = [(person, np.cumsum([0, *gaps]).tolist()) for person, gaps in sessions]
    other = [(person, list(times)) for person, times in one]
    chosen = draw(st.integers(0, len(one) - 1))
    person, times = one[chosen]
    if unit == "event":
        row = draw(st.integers(0, len(times) - 1))
        least = times[row - 1] if row else times[0] - CLAMP_US
        most = times[row + 1] if row + 1 < len(times) else times[-1] + 2 * CLAMP_US
        other[chosen][1][row] = draw(st.integers(least, most))
        return one, other
    for number, (whose, own) in enumerate(one):
        if number == chosen or (unit == "person" and whose == person):
            again = draw(st.lists(gaps_us, min_size=len(own) - 1, max_size=len(own) - 1))
            other[number] = (whose, np.cumsum([0, *again]).tolist())
    return one, other


@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([0.001, 0.3, 1, 7, 1e6]))
def test_the_exponents_of_neighbours_never_add_up_to_more_than_epsilon(
    unit: str, data: st.DataObject, epsilon: float
) -> None:
    """Sum, over latencies, how far neighbours lie apart in scales of the noise: the proof in numbers."""
    one, other = data.draw(neighbours(unit))
    strategy = DpTimes(epsilon=epsilon, unit=unit)
    n_latencies = np.array([len(times) - 1 for _, times in one])
    person = np.unique([whose for whose, _ in one], return_inverse=True)[1]
    changed = strategy._changed(n_latencies, person)
    scale_us = strategy._scale_us(changed)
    spent = sum(
        np.abs(np.minimum(np.diff(times), CLAMP_US) - np.minimum(np.diff(moved), CLAMP_US)).sum() / scale
        for (_, times), (_, moved), scale in zip(one, other, scale_us, strict=True)
    )
    assert spent <= epsilon * (1 + 1e-12)


def test_epsilon_is_spent_to_the_last_bit_by_the_worst_neighbours() -> None:
    """One event moved from one clamp to the other; all latencies of a session moved from 0 to the clamp."""
    for unit, n_latencies, moved_us in (("event", 5, 2 * CLAMP_US), ("session", 5, 5 * CLAMP_US)):
        strategy = DpTimes(epsilon=2, unit=unit)
        counts = np.array([n_latencies])
        (scale,) = strategy._scale_us(strategy._changed(counts, np.array([0])))
        assert moved_us / scale == 2


def test_scales_are_those_of_epsilon_as_it_is_written_rounded_up() -> None:
    cases = [("event", 0.1, 10_000_000), ("session", 0.3, 8_333_334), ("person", 7, 500_000)]
    for unit, epsilon, expected in cases:
        strategy = DpTimes(epsilon=epsilon, unit=unit)
        scale_us = strategy._scale_us(strategy._changed(np.array([5, 2]), np.array([0, 0])))
        assert scale_us[0] == expected
    (short,) = DpTimes(epsilon=1, unit="event")._scale_us(np.array([1]))  # two events have one latency
    assert short == CLAMP_US


def test_noise_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ParameterError, match="fit into 64 bits; found 10000000 latencies in one session"):
        DpTimes(epsilon=0.001, unit="session", clamp_ms=1e6)._scale_us(np.array([1, 10**7]))


# ---- the release ----


def test_without_noise_worth_speaking_of_long_latencies_are_cut_and_short_ones_stay() -> None:
    log = timed([("a", [7, 7, 200_007, 900_007_000, 900_008_000]), ("b", [5])])
    released = DpTimes(epsilon=1e6, unit="event").apply(log, Streams(1)).events
    expected = [0, 200_000, CLAMP_US, 1_000]
    assert np.abs(latencies(released) - expected).max() < 50  # scale 1
    assert released.frame["time_us"][0] == released.frame["time_us"][-1] == 0


def test_noise_is_that_of_the_chosen_unit() -> None:
    """Middle latencies in sessions of 3 and 6, with the noise far within the clamp: its law is seen whole."""
    lengths = np.array([4, 7] * 2000)
    log = timed([(f"p{i:05}", (np.arange(n) * 250_000).tolist()) for i, n in enumerate(lengths)])
    for unit, shares in (("event", (2, 2)), ("session", (3, 6)), ("person", (3, 6))):
        released = DpTimes(epsilon=200, unit=unit).apply(log, Streams(2)).events
        noise = latencies(released) - 250_000
        first = np.repeat(lengths == 4, lengths - 1)
        for chosen, share in ((first, shares[0]), (~first, shares[1])):
            law = stats.laplace(scale=share * CLAMP_US / 200)
            assert stats.kstest(noise[chosen], law.cdf).pvalue > 1e-3
            assert (
                stats.kstest(noise[chosen], stats.laplace(scale=0.7 * law.std() / 2**0.5).cdf).pvalue < 1e-8
            )


def test_the_clock_of_a_session_is_left_out() -> None:
    log = made_up_log(1, {"a": (20, 20)})
    assert log.sessions["start_us"].null_count() == 0
    released = DpTimes(epsilon=1, unit="event").apply(log, Streams(1)).events
    assert released.sessions["start_us"].null_count() == 2
    assert released.sessions["session_order"].to_list() == log.sessions["session_order"].to_list()


# ---- claims and ledger ----


def test_the_claim_names_its_neighbours_and_fits_a_report() -> None:
    for unit in UNITS:
        log = made_up_log(2, dict.fromkeys("abc", (300, 200, 100)))
        (claim,) = anonymize(log, DpTimes(epsilon=0.001, unit=unit, clamp_ms=0.5)).claims
        told = claim.as_dict()
        assert f"epsilon 0.001: of two logs that differ in the times of one {unit}" in told["statement"]
        assert "number, order, keys and places of events are public" in told["statement"]
        assert len(told["statement"]) <= 400
        assert told["epsilon"][unit] == pytest.approx(0.001)


def test_the_ledger_of_each_unit_by_hand() -> None:
    sessions = [
        ("a", [0] * 11),
        ("a", [0] * 4),
        ("b", [0] * 7),
        ("b", [0] * 2),
        ("b", [0]),
    ]  # 10 + 3, 6 + 1 + 0
    expected = {
        "event": (1, 5, 6.5),  # 1/2 for each of 10, of 13; a session of one latency has all for it
        "session": (1, 1, 2),
        "person": (2 / 7, 6 / 7, 1),
    }
    for unit, (event, session, person) in expected.items():
        ledger = ledger_of(DpTimes(epsilon=1, unit=unit).apply(timed(sessions), Streams(0)))
        assert (ledger.event, ledger.session, ledger.person) == pytest.approx((event, session, person))


def test_the_ledger_of_parts_is_the_ledger_of_all() -> None:
    log = made_up_log(3, {"a": (30, 9), "b": (80,), "c": (10, 20, 30)})
    for unit in UNITS:
        whole = anonymize(log, DpTimes(epsilon=0.7, unit=unit), seed=1)
        parts = (log.of_people([name]) for name in "cab")
        apart = anonymize(parts, DpTimes(epsilon=0.7, unit=unit), seed=1)
        assert ledger_of(whole).as_dict() == pytest.approx(ledger_of(apart).as_dict())


def test_the_ledger_stands_beside_the_release_and_in_a_report() -> None:
    log, strategy = made_up_log(3, {"a": (30, 9)}), DpTimes(epsilon=0.7, unit="event")
    (told,) = release_metadata(anonymize(log, strategy), strategy)["claims"]
    assert "epsilon is at most 0.7 per event" in told["statement"]
    schema = json.loads((files("reid.reports") / "schema.json").read_text())
    jsonschema.validate(told, {"$ref": "#/$defs/claim", "$defs": schema["$defs"]})
    assert set(schema["$defs"]["claim"]["properties"]["epsilon"]["required"]) == set(told["epsilon"])


@pytest.mark.parametrize("strategy", EXAMPLES, ids=str)
def test_only_steps_that_need_nobody_say_that_they_learn_nothing(strategy: Anonymizer) -> None:
    """A claim of privacy passes such a step, so the step must not have looked at the source."""
    if not strategy.learns:
        assert strategy.fit(iter(())) is strategy
    assert bool(strategy.changes) == (strategy.name != "none")


def test_of_parts_only_what_is_claimed_of_each_is_claimed() -> None:
    log = made_up_log(1, {"a": (5,)})
    both, one = Claim("some", "Something holds."), Claim("other", "Something else holds.")
    releases = [Release(log, (both, one)), Release(log, (both,))]
    assert claims_of_parts(releases) == (both,)


def exact_delta(epsilon: float, each: float, n: int) -> float:
    """Return the least delta of n randomised responses (Kairouz, Oh, Viswanath 2015), summed up plainly."""
    told = np.arange(n + 1)
    weight = binom(n, told) / (1 + np.exp(each)) ** n
    surplus = np.exp(each * (n - told)) - np.exp(epsilon + each * told)
    return float((weight * np.maximum(surplus, 0)).sum())


@pytest.mark.parametrize(("each", "n"), [(0.01, 100), (0.1, 30), (0.5, 200), (0.5, 3), (2, 40), (1e-4, 1000)])
def test_epsilon_at_delta_is_valid_and_close_to_the_least(each: float, n: int) -> None:
    ledger = PrivacyLedger.of(np.array([each]), np.array([n]), np.array([0]))
    assert ledger.person_at_delta <= ledger.person
    assert exact_delta(ledger.person_at_delta, each, n) <= DELTA
    if ledger.person_at_delta < ledger.person:
        assert exact_delta(0.85 * ledger.person_at_delta, each, n) > DELTA


def test_sessions_of_unlike_noise_add_up_within_a_person_alone() -> None:
    epsilon, n_latencies = np.array([0.1, 0.2, 0.3]), np.array([10, 5, 2])
    ledger = PrivacyLedger.of(epsilon, n_latencies, np.array([0, 0, 1]))
    assert (ledger.event, ledger.session, ledger.person) == pytest.approx((0.6, 1, 2))
    alike = PrivacyLedger.of(np.full(3, 0.2), np.full(3, 10), np.array([0, 0, 0]))
    together = PrivacyLedger.of(np.array([0.2]), np.array([30]), np.array([0]))
    assert alike.person_at_delta == pytest.approx(together.person_at_delta)
    nothing = PrivacyLedger.of(np.array([1.0]), np.array([0]), np.array([0]))
    assert set(nothing.as_dict().values()) == {0}


def test_figures_are_rounded_up() -> None:
    assert [at_most(value) for value in (1, 62.5, 1e-3, 0.123401, 99999.0, 0.0)] == [
        "1",
        "62.5",
        "0.001",
        "0.1235",
        "100000",
        "0",
    ]


# ---- attacks on epsilon ----


N_ATTACKED = {"event": 100_000, "session": 40_000, "person": 12_000}


samplers = pytest.mark.parametrize(
    "streams", [Streams(0, ("attack",)), Streams.from_system()], ids=["seeded", "system"]
)


@samplers
@pytest.mark.parametrize("chained", [False, True])
@pytest.mark.parametrize("unit", UNITS)
def test_no_attack_finds_more_than_the_claimed_epsilon(unit: str, chained: bool, streams: Streams) -> None:
    strategy = DpTimes(epsilon=1, unit=unit)
    attacked = strategy | TimeGrid(step_ms=0.001) if chained else strategy
    bound = bound_on_epsilon(attacked, unit, N_ATTACKED[unit], 12, streams)
    assert 0.6 < bound <= 1  # and it finds most of it


@samplers
@pytest.mark.parametrize("unit", UNITS)
def test_noise_30_percent_too_small_is_caught(unit: str, streams: Streams) -> None:
    strategy = TooLittleNoise(epsilon=1, unit=unit)
    assert bound_on_epsilon(strategy, unit, N_ATTACKED[unit], 12, streams) > 1


def test_attacked_logs_are_neighbours_of_each_unit_at_once() -> None:
    for unit, changed in (("event", 2), ("session", 2), ("person", 2)):
        first, second = (worst_log(unit, 5, second=second) for second in (False, True))
        apart = np.abs(latencies(first) - latencies(second))
        assert apart.tolist() == [CLAMP_US] * (5 * changed)
        assert first.frame.drop("time_us").equals(second.frame.drop("time_us"))
