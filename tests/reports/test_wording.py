import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.reports.drawings import figures
from reid.reports.wording import (
    SEPARATION,
    answer,
    chance_words,
    fraction,
    in_short,
    in_tenths,
    interval,
    of_people,
    percent,
    risk_of,
    whole,
)
from tests.reports.report_examples import EXAMPLES, STRATEGIES, block, estimate, report


def rate(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


def test_the_raw_logs_answer_says_at_least_how_many_among_whom_and_chance() -> None:
    headline = block(rank_1=0.88) | {"rank_1": rate(0.88, 0.86, 0.90)}
    assert answer(report(headline=headline)) == (
        "In the raw log, at least 88 of 100 people are named correctly among 1,000 "
        "(95 % interval 86 % to 90 %); chance: 1 in 1,000."
    )


def test_a_releases_answer_has_the_raw_log_beside_it() -> None:
    said = answer(report(STRATEGIES[1:2], raw=0.88))
    assert said.startswith(
        "After time-grid(step_ms=100), at least 48 of 100 people are named correctly among 1,000 "
    )
    assert said.endswith("; chance: 1 in 1,000; the raw log: 88 of 100 (85 % to 90 %).")


def test_of_several_releases_the_answer_names_least_and_most() -> None:
    said = answer(report(STRATEGIES[:5]))
    assert said.startswith("In the raw log, at least 87 of 100 people")
    assert "the 5 releases: from at least 12 of 100" in said
    assert said.index("time-jitter(bound_ms=125)") < said.index("time-grid(step_ms=16)")


def test_the_short_answer_and_the_one_in_numbers_take_the_same_attacker_for_each_release() -> None:
    made = report(STRATEGIES[:3])
    least = min(made["results"], key=lambda one: one["rank_1"]["value"])
    rung = {
        "rank_1": estimate(0.7),
        "eer": None,
        "auc": None,
        "attacker": "x",
        "sentence": "",
        "why_none": None,
    }
    least["threats"] = {
        "rungs": {"reversing": rung},
        "risk": {"threat": "reversing", "rank_1": estimate(0.7), "interval": "simultaneous"},
    }
    least_of_all = min(risk_of(one)["value"] for one in made["results"])
    assert f"the 3 releases: from at least {of_people(estimate(least_of_all))}" in answer(made)
    assert in_tenths(estimate(least_of_all)) in str(in_short(made))


def test_an_answer_without_the_raw_log_says_why() -> None:
    made = report(STRATEGIES[1:2], reference=None, reference_why_none="The key was not given.")
    assert answer(made).endswith("; the raw log: not measured (The key was not given).")


def test_nobody_named_is_not_said_to_be_nobody_nameable() -> None:
    said = answer(EXAMPLES["zero risk"])
    assert (
        "no one is named correctly among 1,000 by the attackers tried here (95 % interval 0.0 % to 0.4 %)"
        in said
    )


def test_everybody_named_is_said_plainly() -> None:
    assert "all people are named correctly among 44" in answer(EXAMPLES["certain"])


def test_where_nobody_was_ranked_the_answer_is_the_equal_error_rate() -> None:
    said = answer(EXAMPLES["declared"])
    assert "errs in at most 9.6 % of cases at equal error rates (mean over people)" in said
    assert "blind guessing: 50 %" in said
    assert "named" not in said


def test_where_nothing_was_measured_the_answer_says_so() -> None:
    headline = EXAMPLES["declared"]["headline"] | {"eer": None, "eer_per_person": None}
    assert "no measure could be taken" in answer(report(headline=headline))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_answer_is_one_line_and_never_a_verdict(name: str) -> None:
    said = answer(EXAMPLES[name])
    assert "\n" not in said
    assert "safe" not in said.lower()


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (0.84, 0.70, 0.92, "80 of 100"),
        (0.879, 0.858, 0.898, "87 of 100"),
        (0.0263, 0.0181, 0.0381, "2 of 100"),
        (0.042, 0.005, 0.131, "4 of 100"),
        (0.0263, 0.0223, 0.0301, "26 of 1,000"),
        (0.6418, 0.63951, 0.64409, "641 of 1,000"),
        (0.999, 0.98, 1.0, "99 of 100"),
        (0.0001, 0.0, 0.004, "fewer than 1 of 1,000"),
        (0.0, 0.0, 0.004, "none"),
        (1.0, 0.92, 1.0, "all"),
    ],
)
def test_people_are_counted_down_and_no_finer_than_the_interval_allows(
    value: float, low: float, high: float, said: str
) -> None:
    assert of_people(rate(value, low, high)) == said


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_a_printed_count_lies_within_a_step_below_the_rate_and_an_interval_never_shrinks(
    first: float, second: float, third: float
) -> None:
    low, value, high = sorted((first, second, third))
    count, out_of = whole(rate(value, low, high))
    half = (high - low) / 2
    assert 0 <= count <= out_of
    assert -1e-9 <= value - count / out_of <= (0.05 if half >= 0.0999 else 0.01) + 1e-9
    assert (count == out_of) <= (value > 1 - 1e-9)
    printed = [float(end.removesuffix(" %")) for end in interval(rate(value, low, high)).split(" to ")]
    assert printed[0] <= 100 * low + 1e-5
    assert printed[1] >= 100 * high - 1e-5


def test_tables_print_percent_and_the_spread_over_people() -> None:
    assert percent(estimate(0.0962, 51, sd=0.0694)) == "9.6 % (4.1\u201320.7, sd 6.9)"
    assert percent(rate(0.0123, 0.0119, 0.0127)) == "1.23 % (1.19\u20131.27)"
    assert percent(None) == fraction(None) == "not measured"


def test_chance_is_one_in_the_enrolled_even_after_rounding() -> None:
    assert chance_words(float(f"{1 / 168_000:.6g}")) == "1 in 168,000"
    assert chance_words(None) == "not measured"
    assert chance_words(0.0) == "0 %"


def test_every_separation_is_explained() -> None:
    assert set(SEPARATION) == {"sitting", "session", "trial", "within"}
    assert "little about next week" in SEPARATION["session"]


def test_a_log_in_which_every_comparison_failed_is_not_called_protected() -> None:
    empty = block(rank_1=0.0)
    empty["failures"] = {"comparisons": empty["n_people"] * empty["n_probes"], "people_left_out": 0}
    assert answer(report(headline=empty)) == "In the raw log, nothing can be said: every comparison failed."


def test_the_first_figure_shows_the_risk_that_the_answer_states() -> None:
    threats = {
        "rungs": {"informed": {"why_none": None}, "linking": {"why_none": None}},
        "risk": {"threat": "linking", "rank_1": rate(0.5, 0.45, 0.55), "interval": "simultaneous"},
    }
    made = report(headline=block(STRATEGIES[0], 0.3) | {"threats": threats})
    (risk, *_) = figures(made)
    assert "at least 50 of 100" in answer(made)
    assert "50.0 % (45.0\u201355.0)" in risk.alt
    assert "largest over the threat models" in risk.caption
