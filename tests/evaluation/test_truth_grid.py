"""Audits beside the best possible attack, on people whose law is known."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from experiments.truth_grid import ABOVE, COVERED, NEAR, SHORT, Best, Cell, blur_of, grid, laws_of
from reid.errors import ParameterError

NOISES: Final = ("none", "time-grid(step_ms=40)", "time-jitter(bound_ms=25)")
CELL: Final = Cell(
    people=60,
    enrolled=30,
    identity=0.4,
    keystrokes=50,
    noise="none",
    headline=0.5,
    low=0.45,
    high=0.52,
    attacker="two-covariance",
    here=0.5,
    of_law=Best(0.5, 0.01, 0.0),
)


@pytest.mark.parametrize(
    ("possible", "verdict"), [(0.45, COVERED), (0.52, COVERED), (0.525, NEAR), (0.54, SHORT), (0.44, ABOVE)]
)
def test_verdicts_by_hand(possible: float, verdict: str) -> None:
    assert CELL.verdict(possible) == verdict


def test_a_headline_without_an_interval_is_near_from_three_hundredths_on() -> None:
    cell = replace(CELL, low=0.5, high=0.5)
    assert [cell.verdict(possible) for possible in (0.529, 0.531)] == [NEAR, SHORT]


def test_audits_of_a_few_cells_reach_what_is_possible_and_no_more() -> None:
    laws = laws_of((60,), (0.15, 1.0), (50,))
    cells = grid(laws, NOISES, "population", attackers=("two-covariance",), n_drawn=200)
    assert [(cell.identity, cell.noise) for cell in cells] == [
        (size, noise) for size in (0.15, 1.0) for noise in NOISES
    ]
    assert {cell.verdict(cell.here) for cell in cells} <= {COVERED, NEAR}
    for weak, strong in zip(cells[:3], cells[3:], strict=True):
        assert weak.of_law.rank_1 < 0.3
        assert strong.of_law.rank_1 > 0.6
        assert strong.here > weak.here + 0.3
    for raw, grained, jittered in (cells[:3], cells[3:]):
        assert raw.of_law.rank_1 > max(grained.of_law.rank_1, jittered.of_law.rank_1) - 0.02
    assert np.abs([cell.of_law.calibration for cell in cells]).max() < 0.12


@pytest.mark.parametrize(
    "noise", ["time-grid(step_ms=40, rounding='round')", "time-jitter(scale_ms=5, noise='gaussian')", "kloak"]
)
def test_noise_of_which_the_best_attack_is_not_known_is_refused(noise: str) -> None:
    with pytest.raises(ParameterError, match="noise"):
        blur_of(noise)
