"""What every metric of utility and every packaged purpose must keep to, whoever writes it."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.anonymizers import ANONYMIZERS
from reid.errors import UnknownNameError
from reid.events.schema import KEY_EVENTS, POINTER_EVENTS
from reid.events.table import EventTable
from reid.registry import written
from reid.utility import METRICS
from reid.utility.paired import PairedLogs
from reid.utility.purpose import PURPOSES, purpose_of
from reid.utility.report import utilities_of
from tests.anonymizers.logs import logs
from tests.anonymizers.pointing import pointer_logs
from tests.contracts.test_anonymizers import EXAMPLES as STRATEGIES
from tests.utility.logs import nothing_of, office, released_as

#: For each metric a release that destroys what it measures, and how much at most may be left.
DESTROYED = {
    "typed-text": ("drop-keys", 0.0),
    "click-target": ("pixel-grid(step_px=1000, clicks=True)", 0.3),
    "action-order": ("drop-keys", 0.6),
    "next-action-delay": ("time-grid(step_ms=1000000)", 0.0),
    "fitts-throughput": ("endpoints-only", 0.0),
    "path-efficiency": ("endpoints-only", 0.0),
    "hesitation": ("endpoints-only", 0.3),
    "pause-structure": ("time-grid(step_ms=1000000)", 0.0),
    "input-speed": ("time-grid(step_ms=1000000)", 0.0),
    "speed-order": ("time-grid(step_ms=1000000)", 0.0),
    "group-speed": ("time-grid(step_ms=1000000)", 0.0),
    "corrections": ("drop-keys", 0.0),
    "active-time": ("time-grid(step_ms=1000000)", 0.0),
    "step-order": ("", 0.8),
    "step-duration": ("time-grid(step_ms=1000000)", 0.0),
    "activity-recognition": ("", 0.5),
}
every = pytest.mark.parametrize("name", METRICS)


@pytest.fixture(scope="module")
def raw() -> EventTable:
    return office()


@pytest.fixture(scope="module")
def same(raw: EventTable) -> PairedLogs:
    return PairedLogs.of(raw, raw)


def test_every_registered_metric_is_under_contract() -> None:
    assert set(DESTROYED) == set(METRICS)


@every
def test_a_metric_says_what_it_is(name: str) -> None:
    metric = METRICS[name]
    assert metric.better == "higher"
    for text in (metric.definition, metric.source, metric.needs):
        assert len(text) > 10
        assert "\n" not in text
    assert METRICS.make(written(METRICS.make(name), whole=True)) == METRICS.make(name)


@every
def test_the_raw_log_is_worth_1(name: str, same: PairedLogs) -> None:
    np.testing.assert_array_equal(METRICS.make(name).values(same), np.ones(6))


@every
def test_new_names_cost_nothing(name: str, raw: EventTable) -> None:
    values = METRICS.make(name).values(PairedLogs.of(raw, released_as(raw, "none")))
    np.testing.assert_array_equal(values, np.ones(6))


@every
def test_an_empty_release_is_worth_nothing(name: str, raw: EventTable) -> None:
    values = METRICS.make(name).values(PairedLogs.of(raw, nothing_of(raw)))
    assert np.clip(values.mean(), 0, 1) == pytest.approx(0, abs=1e-9)


@every
def test_what_is_destroyed_is_worth_less(name: str, raw: EventTable) -> None:
    strategy, most = DESTROYED[name]
    if strategy:
        released = released_as(raw, strategy)
    else:
        released = raw.with_frame(raw.frame.with_columns(task=pl.lit("all")))
    assert np.clip(METRICS.make(name).values(PairedLogs.of(raw, released)).mean(), 0, 1) <= most


@every
@pytest.mark.parametrize("left_out", [KEY_EVENTS, POINTER_EVENTS, ("key_up", "button_up"), ("move",)])
def test_a_release_without_a_kind_of_event_is_judged(
    name: str, left_out: tuple[str, ...], raw: EventTable
) -> None:
    fewer = raw.with_frame(raw.frame.filter(~pl.col("event").is_in(left_out)))
    values = METRICS.make(name).values(PairedLogs.of(raw, fewer))
    assert np.isfinite(values).all()
    assert 0 <= np.clip(values.mean(), 0, 1) <= 1
    np.testing.assert_array_equal(  # what was never there is not missed
        np.nan_to_num(METRICS.make(name).values(PairedLogs.of(fewer, fewer)), nan=1.0), np.ones(6)
    )


@every
def test_a_person_who_is_not_in_the_release_is_lost(name: str, raw: EventTable) -> None:
    values = METRICS.make(name).values(PairedLogs.of(raw, raw.of_people(raw.subjects[:-1])))
    if name == "group-speed":  # the loss is the group's
        np.testing.assert_array_equal(values[::2], np.ones(3))
        assert values[1] == values[3] == values[5] < 0.8
    elif name != "activity-recognition":  # one person less to learn from may be enough
        assert values[-1] == 0
        assert values[:-1].min() > 0.7


@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
def test_every_strategy_can_be_judged(strategy: object, raw: EventTable) -> None:
    for report in utilities_of(raw, released_as(raw, str(strategy)), PURPOSES):
        for result in (report.estimate, *(each.estimate for each in report.metrics)):
            assert result is not None
            assert 0 <= result.low <= result.value <= result.high <= 1


def test_every_strategy_is_judged() -> None:
    assert {strategy.name for strategy in STRATEGIES} == set(ANONYMIZERS)


@settings(max_examples=12, deadline=None)
@given(
    st.one_of(logs(), pointer_logs()),
    st.sampled_from(["none", "drop-keys", "endpoints-only", "action-reduction"]),
)
def test_any_log_can_be_judged(raw: EventTable, strategy: str) -> None:
    for report in utilities_of(raw, released_as(raw, strategy), PURPOSES):
        for result in report.metrics:
            values = result.values[~np.isnan(result.values)]
            assert values.size == 0 or 0 <= values.min() <= values.max() <= 1
            assert strategy != "none" or (values == 1).all()
            assert (result.estimate is None) == (result.reason != "")


@pytest.mark.parametrize("name", PURPOSES)
def test_a_packaged_purpose_can_be_read(name: str) -> None:
    purpose = purpose_of(name)
    assert purpose.name == name
    assert purpose.about.endswith(".")
    assert len(purpose.metrics) >= 3


def test_every_metric_serves_a_packaged_purpose() -> None:
    used = {metric.name for name in PURPOSES for metric, _ in purpose_of(name).metrics}
    assert used == set(METRICS)


def test_an_unknown_purpose_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'ux-research'"):
        purpose_of("ux-reserch")
