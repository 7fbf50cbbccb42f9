"""``reid gate`` as the console script runs it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.reports.test_gate import released


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(released()))
    return path


def test_a_release_that_may_go_ends_with_0(run_reid: Run, good: Path) -> None:
    outcome = run_reid("gate", good)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Passed: ")
    assert run_reid("gate", good.parent).code == 0
    assert run_reid("gate", good, "--quiet").out == ""


def test_a_release_that_is_held_ends_with_1_and_a_line_for_each_reason(run_reid: Run, good: Path) -> None:
    good.write_text(json.dumps(released(0.3, trusted=False, weakened_by=["each probe holds 1 session"])))
    outcome = run_reid("gate", good)
    assert (outcome.code, outcome.err) == (1, "")
    lines = outcome.out.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("Held: ") and line.endswith(".") for line in lines)
    record = json.loads(run_reid("gate", good, "--json", "--accept", "each probe").out)
    assert record["passed"] is False
    assert len(record["reasons"]) == 3


def test_the_risk_can_be_set(run_reid: Run, good: Path) -> None:
    assert run_reid("gate", good, "--risk", "0.01").code == 1


@pytest.mark.parametrize("content", ["{}", "no json"])
def test_what_is_no_report_ends_with_2(run_reid: Run, good: Path, content: str) -> None:
    good.write_text(content)
    outcome = run_reid("gate", good)
    assert (outcome.code, outcome.out) == (2, "")
    assert len(outcome.err.splitlines()) == 1


def test_a_file_that_is_not_there_and_a_risk_that_is_none_end_with_2(run_reid: Run, good: Path) -> None:
    assert run_reid("gate", good.parent / "absent.json").code == 2
    assert run_reid("gate", good, "--risk", "9").code == 2
