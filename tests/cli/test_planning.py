"""How many people a test needs, asked on the command line."""

import json

from tests.cli.conftest import Run


def test_people_needed_names_the_rule_of_three(run_reid: Run) -> None:
    outcome = run_reid("people-needed", "--risk", "0.01")
    assert (outcome.code, outcome.err) == (0, "")
    assert "95 % confidence that the risk is below 1 %" in outcome.out
    assert "299" in outcome.out


def test_people_needed_plans_for_what_is_expected(run_reid: Run) -> None:
    outcome = run_reid("people-needed", "--risk", "0.09", "--expected", "0.02", "--json")
    record = json.loads(outcome.out)
    assert record["needed"][0] == {"recognised": 0, "people": 32}
    assert (record["planned"]["people"], record["planned"]["recognised_at_most"]) == (84, 3)


def test_a_risk_that_is_none_is_refused_in_one_line(run_reid: Run) -> None:
    for arguments in (("--risk", "9"), ("--risk", "0.09", "--expected", "0.5"), ()):
        outcome = run_reid("people-needed", *arguments)
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
