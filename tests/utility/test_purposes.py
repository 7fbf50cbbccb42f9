"""Purposes as users write them, and the one number of each."""

import json
from pathlib import Path

import numpy as np
import pytest

from reid.errors import ParameterError, ReidError
from reid.metrics.spread import mean_of_bounded
from reid.utility import METRICS
from reid.utility.purpose import Purpose, purpose_of
from reid.utility.report import utilities_of, utility_of
from tests.utility.logs import click, log, nothing_of, office, press, released_as


def write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text)
    return path


def test_a_purpose_of_ones_own_is_a_small_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[metrics]\ninput-speed = 2\n"pause-structure(shortest_ms=500)" = 1\n')
    purpose = purpose_of(str(path))
    assert (purpose.name, purpose.combine) == ("own", "mean")
    assert purpose.metrics == (
        (METRICS.make("input-speed"), 2.0),
        (METRICS.make("pause-structure(shortest_ms=500)"), 1.0),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[metrics]\ntyped-txt = 1", "Did you mean 'typed-text'"),
        ('[metrics]\n"click-target(box=3)" = 1', "Did you mean 'box_px'"),
        ('[metrics]\n"click-target(box_px=-3)" = 1', "box_px must lie between"),
        ("[metrics]\ntyped-text = 'much'", "give each metric a number; found str"),
        ("[metrics]\ntyped-text = 0", "be finite and above 0"),
        ("[metrics]\ntyped-text = nan", "be finite and above 0"),
        ("[metrics]\ntyped-text = 1\n\"typed-text(layout='us')\" = 1", "name each metric once"),
        ("[metric]\ntyped-text = 1", "Did you mean 'metrics'"),
        ("combine = 'mini'\n[metrics]\ntyped-text = 1", "Did you mean 'minimum'"),
        ("combine = 3\n[metrics]\ntyped-text = 1", "hold combine as text; found int"),
        ("metrics = 3", "hold metrics as a table"),
        ("about = 'nothing'", "name one or more metrics"),
        ("[metrics", "a mistake in its syntax"),
    ],
)
def test_a_slip_is_told_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ReidError) as error:
        purpose_of(write(tmp_path, text))
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert str(tmp_path) not in str(error.value)


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ReidError, match=r"absent\.toml must be a TOML file that can be read"):
        purpose_of(tmp_path / "absent.toml")


def test_the_mean_weighs_what_applies() -> None:
    metrics = ((METRICS.make("typed-text"), 1.0), (METRICS.make("step-duration"), 3.0))
    raw = office()
    report = utility_of(raw, released_as(raw, "drop-keys | time-grid(step_ms=400)"), Purpose("own", metrics))
    text, duration = (each.values for each in report.metrics)
    np.testing.assert_allclose(report.values, (text + 3 * duration) / 4)
    assert report.estimate == mean_of_bounded(report.values, 0, 1)
    assert report.weakest == "typed-text"


def test_what_never_was_in_the_log_is_no_part_of_the_number() -> None:
    raw = log([*press(0, "KeyA"), *press(400, "KeyB"), *press(700, "Backspace")])
    report = utility_of(raw, raw, "agent-training")
    assert report.estimate is not None
    assert report.estimate.value == 1
    assert [each.metric.name for each in report.metrics if each.estimate is None] == [
        "click-target",
        "next-action-delay",
    ]
    assert all(each.reason.startswith("not applicable") for each in report.metrics if each.estimate is None)


def test_a_log_without_anything_that_the_purpose_needs_has_no_number() -> None:
    raw = log([click(0, 5, 5)])
    metrics = ((METRICS.make("typed-text"), 1.0),)
    for combine in ("mean", "minimum"):
        report = utility_of(raw, raw, Purpose("own", metrics, combine=combine))
        assert report.estimate is None
        assert report.weakest is None
        assert report.as_dict()["value"] is None


def test_the_minimum_is_that_of_the_weakest_metric_and_its_interval_allows_for_the_choice() -> None:
    raw = office()
    metrics = tuple((METRICS.make(name), 1.0) for name in ("input-speed", "step-duration", "pause-structure"))
    report = utility_of(
        raw, released_as(raw, "time-grid(step_ms=1000)"), Purpose("own", metrics, combine="minimum")
    )
    found = [each.estimate for each in report.metrics if each.estimate is not None]
    least = min(found, key=lambda estimate: estimate.value)
    assert report.estimate is not None
    assert report.estimate.value == least.value
    assert report.estimate.low <= least.low
    assert report.estimate.high > least.high
    np.testing.assert_array_equal(report.values, np.min([each.values for each in report.metrics], axis=0))


def test_an_empty_release_has_no_utility_for_any_purpose() -> None:
    raw = office()
    for report in utilities_of(raw, nothing_of(raw), ("agent-training", "ux-research", "productivity")):
        assert report.estimate is not None
        assert report.estimate.value == 0


def test_reduced_to_actions_a_log_trains_agents_and_tells_nothing_of_pointing() -> None:
    raw = office()
    agent, ux = utilities_of(raw, released_as(raw, "action-reduction"), ("agent-training", "ux-research"))
    assert agent.estimate is not None
    assert ux.estimate is not None
    assert agent.estimate.value > 0.8
    assert ux.estimate.value < 0.25


def test_a_report_names_nobody_and_tells_what_it_means() -> None:
    raw = office()
    record = utility_of(raw, released_as(raw, "time-grid(step_ms=100)"), "productivity").as_dict()
    text = json.dumps(record, allow_nan=False)
    assert "source-" not in text
    assert {"definition", "better", "source", "needs", "value", "low", "high"} <= set(record["metrics"][0])


def test_same_logs_give_the_same_bits() -> None:
    raw = office()
    released = released_as(raw, "time-jitter(bound_ms=50)")
    one, other = (utility_of(raw, released, "process-mining").as_dict() for _ in range(2))
    assert one == other


def test_weights_must_be_numbers_above_0() -> None:
    with pytest.raises(ParameterError, match="above 0"):
        Purpose("own", ((METRICS.make("typed-text"), float("inf")),))
