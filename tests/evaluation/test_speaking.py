"""Who attacks where the fusion that speaks for all would cost too much."""

import numpy as np
import pytest

from reid.attackers import ScoreMatrix
from reid.errors import BlindError
from reid.evaluation.audit import audit
from reid.evaluation.outside import alone
from reid.evaluation.speaking import REHEARSED, SPEAKS, UNREHEARSED, AttackOutcome, Scores, best_alone
from reid.reports.schema import check_report
from reid.reports.view import page_view
from tests.attackers.people import typists

PEOPLE = tuple("abcdef")
GOOD = ScoreMatrix(np.eye(6), PEOPLE, PEOPLE)
POOR = ScoreMatrix(np.roll(np.eye(6), 1, axis=1), PEOPLE, PEOPLE)


def outcome(speaks: str, *rehearsed: Scores) -> AttackOutcome:
    """Return an outcome in which the poor one comes first and would do better on those who are tested."""
    return AttackOutcome(
        scores={"poor": GOOD, "good": POOR, "fusion": GOOD},
        headline=GOOD,
        attacker=speaks,
        chosen_on="background people",
        independent=True,
        rehearsed=rehearsed,
    )


def test_who_speaks_attacks_and_else_the_best_in_the_rehearsals() -> None:
    scene = {"poor": POOR, "good": GOOD, "fusion": GOOD}
    assert best_alone(outcome("poor", scene), ("poor", "good")) == ("poor", SPEAKS)
    assert best_alone(outcome("fusion", scene), ("poor", "good")) == ("good", REHEARSED)


def test_where_nothing_was_rehearsed_it_is_said_that_another_may_do_better() -> None:
    assert best_alone(outcome("fusion"), ("good", "poor")) == ("good", UNREHEARSED)
    assert best_alone(outcome("fusion"), ("good",)) == ("good", REHEARSED)  # there is no other


def test_nobody_of_ours_is_one_line() -> None:
    with pytest.raises(BlindError, match="must be one of ours, who can be run again; found only"):
        best_alone(alone(GOOD), ())


def test_a_page_says_how_the_attacker_of_the_amounts_was_chosen() -> None:
    report = audit(
        typists(8, n_sessions=4), attackers=("manhattan", "likelihood-ratio"), regime="closed-set",
        amounts=True, adequacy="none",
    ).report  # fmt: skip
    check_report(report)
    (table,) = page_view(report)["amounts"]
    assert table["chosen_on"] == report["headline"]["amounts"]["chosen_on"] == SPEAKS
