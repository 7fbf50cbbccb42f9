"""A release goes only if its report can be trusted and its risk is low enough."""

from typing import Any

import pytest

from reid.errors import ParameterError
from reid.reports.adequacy import adequacy_table, warning
from reid.reports.gate import refusals, upper_end
from reid.reports.page import render_page, summary
from reid.reports.schema import check_report
from tests.reports.report_examples import block, estimate, report

Report = dict[str, Any]
GRID = "time-grid(step_ms=1000)"
REASON = "a planted signal was not found"


def adequacy(*reasons: str) -> Report:
    found = {"name": "planted signal", "strategy": GRID, "passed": not reasons, "figures": {}}
    checks = [found | {"sentence": "; ".join(reasons) or "it is found"}]
    return {"trustworthy": not reasons, "reasons": list(reasons), "effort": "quick", "checks": checks}


def released(risk: float = 0.03, *, trusted: bool = True, **changes: Any) -> Report:
    """Return a report of 1,000 people, of whom this share is named among 50, and fewer among all."""
    headline = block(GRID, risk / 3, **changes)
    if "rank_1_among" not in changes and headline["n_people"] >= 50:
        headline["rank_1_among"] = headline["rank_1_among"] | {"50": estimate(risk, headline["n_people"])}
    made = report((GRID,), headline=headline)
    made["adequacy"] = adequacy() if trusted else adequacy(REASON)
    check_report(made)
    return made


def test_a_trusted_report_of_little_risk_passes() -> None:
    assert refusals(released()) == []


def test_the_upper_end_decides_and_at_the_limit_it_passes() -> None:
    found = released(0.08)
    high = found["headline"]["rank_1_among"]["50"]["high"]
    assert 0.09 < high < 0.1
    assert found["headline"]["rank_1"]["high"] < 0.09
    (reason,) = refusals(found)
    assert "upper end" in reason
    assert refusals(found, risk=high) == []
    assert refusals(found, risk=high - 1e-6) != []
    assert refusals(found, among=10) != []


def test_the_strongest_threat_decides_where_it_is_larger() -> None:
    rate = {"value": 0.2, "low": 0.1, "high": 0.3}
    risk = {"threat": "lazy", "rank_1": rate, "interval": "simultaneous"}
    among = {"2": None, "10": None, "50": rate}
    found = released(threats={"rungs": {}, "risk": risk | {"rank_1_among": among}})
    assert upper_end(found["headline"]) == 0.3
    (reason,) = refusals(found)
    assert "30.0 %" in reason
    (untold,) = refusals(released(threats={"rungs": {}, "risk": risk}))
    assert "not told" in untold


def test_fewer_people_than_asked_for_are_judged_among_all_of_them() -> None:
    found = released(0.0, n_people=45, rank_1_among={"2": None, "10": None, "50": None})
    assert refusals(found) == []
    (reason,) = refusals(released(0.0, n_people=30, rank_1_among={"2": None, "10": None, "50": None}))
    assert "takes 40 people, even if none is named, and 30 were attacked" in reason
    (by_luck,) = refusals(released(0.0, n_people=10, rank_1_among={"2": None, "10": None, "50": None}))
    assert by_luck == "blind guessing among 10 people names 10.0 %, which is not below 9.0 %"


def test_a_tenth_of_the_people_may_not_be_named_more_often() -> None:
    worst = {"value": 0.5, "low": 0.2, "high": 0.9}
    (reason,) = refusals(released(), worst=worst)
    assert "a tenth of the people" in reason


def test_how_many_people_would_show_it_is_told() -> None:
    (reason,) = refusals(released(0.06, n_people=60))
    assert "it takes about 365 people, and 60 were attacked" in reason
    assert "would not show less" in refusals(released(0.5))[0]


@pytest.mark.parametrize("among", [0, 3, 100])
def test_a_number_of_people_that_reports_do_not_tell_of_is_refused(among: int) -> None:
    with pytest.raises(ParameterError, match="--among"):
        refusals(released(), among=among)


def test_nothing_is_ever_called_safe() -> None:
    for found in (released(), released(0.5), released(trusted=False)):
        assert "safe" not in " ".join(refusals(found)).casefold()


def test_what_was_not_checked_or_not_trusted_is_held() -> None:
    assert refusals({**released(), "adequacy": None}) == refusals(
        {name: part for name, part in released().items() if name != "adequacy"}
    )
    assert "not checked" in refusals({**released(), "adequacy": None})[0]
    assert refusals(released(trusted=False)) == [f"not trustworthy: {REASON}"]


def test_each_weakness_must_be_accepted() -> None:
    found = released(weakened_by=["each probe holds 1 session", "the attackers learnt on only 40 people"])
    assert len(refusals(found)) == 2
    assert len(refusals(found, accepted=("Each probe",))) == 1
    assert refusals(found, accepted=("each probe", "only 40")) == refusals(found, accepted=("all",)) == []


def test_a_raw_headline_speaks_for_no_release() -> None:
    found = report((GRID, "drop-release"), raw=0.01)
    found["adequacy"] = adequacy()
    assert "the headline is the raw log's" in refusals(found)[0]


def test_where_nobody_is_ranked_or_compared_nothing_passes() -> None:
    declared = released()
    declared["headline"]["rank_1"] = None
    assert len(refusals(declared)) == 1
    failed = released(0.0, failures={"comparisons": 10**6, "people_left_out": 0})
    assert refusals(failed) == ["every comparison failed, so nothing is known of the risk"]


@pytest.mark.parametrize("risk", [0.0, 1.0, -1.0, float("nan")])
def test_a_risk_that_is_none_is_refused(risk: float) -> None:
    with pytest.raises(ParameterError, match="--risk"):
        refusals(released(), risk=risk)


def test_an_empty_acceptance_is_refused() -> None:
    with pytest.raises(ParameterError, match="--accept"):
        refusals(released(), accepted=(" ",))


def test_the_page_and_the_terminal_warn_before_the_answer() -> None:
    found = released(trusted=False)
    assert summary(found).startswith(f"Not trustworthy: {REASON}. After time-grid")
    page = render_page(found, [])
    assert page.index("Do not rely on what follows.") < page.index('class="answer"')
    assert REASON in page
    sound = released()
    assert warning(sound) is None
    assert "Do not rely" not in render_page(sound, [])
    assert "Could the attackers have succeeded?" in render_page(sound, [])
    table = adequacy_table(found)
    assert table is not None
    assert [row["outcome"] for row in table["rows"]] == ["failed"]


def test_a_report_that_was_not_checked_has_no_table() -> None:
    assert adequacy_table(report()) is None
    assert "Could the attackers" not in render_page(report(), [])
