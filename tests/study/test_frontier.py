"""Frontiers and recommendations of people whose risk and worth are known."""

from typing import Any

import numpy as np
import pytest

from reid.errors import ParameterError
from reid.metrics.estimate import Estimate
from reid.seeding import Streams
from reid.study.exposure import CellByPerson, Comparison
from reid.study.frontier import frontier_of
from reid.study.recommend import recommend
from reid.typing import FloatArray


def cell(strategy: str, risk: FloatArray, worth: FloatArray | float = 1.0, **changes: Any) -> CellByPerson:
    number = np.arange(1, risk.size + 1)
    told: dict[str, Any] = {
        "cell": 1, "strategy": strategy, "declared": strategy, "swept": None, "claims": "",
        "weakened_by": "", "measured": Estimate(float(risk.mean()), 0.0, 1.0), "trustworthy": True,
        "person": number, "rungs": {"informed": risk}, "valued": number,
        "worth": np.broadcast_to(np.asarray(worth, dtype=np.float64), risk.shape).copy(),
    }  # fmt: skip
    return CellByPerson(**told | changes)


def among(*cells: CellByPerson, listed: int = 50, purpose: str | None = "productivity") -> Comparison:
    return Comparison("log", "informed", 0, purpose, listed, cells[0].person.size, cells)


def share(named: float, n: int = 400) -> FloatArray:
    """Everybody is named as often as everybody else, in each half of the people too."""
    return np.full(n, named)


def test_a_setting_is_beaten_where_another_is_safer_and_worth_no_less() -> None:
    found = frontier_of(
        among(cell("raw", share(0.9)), cell("good", share(0.2), 0.9), cell("bad", share(0.6), 0.5))
    )
    assert [point.cell.strategy for point in found.unbeaten] == ["raw", "good"]
    assert found.points[2].beaten_by == ("good",)


def test_what_cannot_be_trusted_beats_nothing_and_is_not_on_the_frontier() -> None:
    blind = cell("blind", share(0.0), 1.0, trustworthy=False)
    found = frontier_of(among(cell("raw", share(0.8)), cell("half", share(0.4), 0.6), blind))
    assert [point.cell.strategy for point in found.unbeaten] == ["raw", "half"]
    assert found.area.value == pytest.approx(0.4 * 0.6 + 0.2 * 1.0)


def test_nobody_is_beaten_by_what_may_be_chance() -> None:
    rng = Streams(3, ("test",))("chance")
    risks = [rng.integers(0, 2, 60).astype(np.float64) for _ in range(2)]
    found = frontier_of(among(*(cell(str(place), risk, 0.7) for place, risk in enumerate(risks))))
    assert risks[0].mean() != risks[1].mean()
    assert len(found.unbeaten) == 2


def test_the_area_under_known_points_is_that_of_the_steps() -> None:
    found = frontier_of(
        among(cell("raw", share(0.8)), cell("half", share(0.4), 0.6), cell("worse", share(0.5), 0.5))
    )
    assert found.area.value == pytest.approx(0.4 * 0.6 + 0.2 * 1.0)
    assert found.area.low <= found.area.value <= found.area.high
    free = frontier_of(among(cell("free", share(0.0), 1.0)))
    assert free.area.value == pytest.approx(1.0)
    assert frontier_of(among(cell("useless", share(0.0), 0.0))).area.value == 0.0


def test_a_sweep_that_turns_back_is_told_and_one_that_does_not_is_not() -> None:
    def sweep(*risks: float) -> Comparison:
        cells = (
            cell(f"grid({step})", share(risk), declared="grid", swept=float(step))
            for step, risk in enumerate(risks, 1)
        )
        return among(*cells)

    assert frontier_of(sweep(0.8, 0.5, 0.2)).turns == ()
    (turn,) = frontier_of(sweep(0.8, 0.2, 0.5)).turns
    assert (turn.declared, turn.first, turn.second) == ("grid", 2.0, 3.0)
    assert turn.change.low > 0
    (rising,) = frontier_of(sweep(0.2, 0.5, 0.4, 0.9)).turns[:1]
    assert (rising.first, rising.second) == (2.0, 3.0)
    assert frontier_of(sweep(0.8, 0.2)).turns == ()


def test_a_frontier_needs_a_purpose() -> None:
    with pytest.raises(ParameterError, match="purpose"):
        frontier_of(among(cell("raw", share(0.5)), purpose=None))


def test_the_setting_of_most_use_under_the_line_is_recommended() -> None:
    found = recommend(
        among(
            cell("raw", share(0.9)),
            cell("safest", share(0.0), 0.3),
            cell("best", share(0.01), 0.8),
            cell("too risky", share(0.3), 0.95),
        )
    )
    assert found.best is not None
    assert found.runner_up is not None
    assert (found.best.strategy, found.runner_up.strategy) == ("best", "safest")
    assert found.best.risk.high <= 0.09
    assert found.best.risk.n_people == 200
    assert "0.500" in found.why


def test_too_few_people_show_nothing_and_the_lowest_upper_end_is_told() -> None:
    found = recommend(among(cell("raw", share(1.0, 70)), cell("quiet", share(0.0, 70))))
    assert found.best is None
    assert found.lowest is not None
    assert found.lowest.strategy == "quiet"
    assert 0.09 < found.lowest.risk.high < 0.11
    assert "not showable with 70 people: it takes 80" in found.why
    assert recommend(among(cell("quiet", share(0.0, 80)))).best is not None


def test_where_guessing_reaches_the_line_nothing_is_recommended() -> None:
    found = recommend(among(cell("quiet", share(0.0)), listed=10))
    assert found.best is None
    assert "10.0%" in found.why


def test_an_attack_that_cannot_be_trusted_recommends_nothing() -> None:
    for trustworthy in (False, None):
        found = recommend(among(cell("quiet", share(0.0), trustworthy=trustworthy)))
        assert found.best is None
        assert found.left_out == ("quiet",)


def test_the_strongest_rung_decides() -> None:
    rungs = {"informed": share(0.0), "lazy": share(0.5)}
    found = recommend(among(cell("quiet", share(0.0), rungs=rungs)))
    assert found.best is None
    assert found.lowest is not None
    assert found.lowest.risk.value == 0.5


def test_the_best_of_many_noisy_settings_is_seldom_its_own_witness() -> None:
    """Of settings that all lie above the line, hardly one is ever recommended."""
    n_wrong = 0
    for draw in range(100):
        rng = Streams(draw, ("test",))("noisy")
        cells = [cell(str(n), (rng.random(200) < 0.1).astype(np.float64), rng.random()) for n in range(20)]
        n_wrong += recommend(among(*cells)).best is not None
    assert n_wrong <= 8


@pytest.mark.parametrize("line", [0.0, 1.0, float("nan")])
def test_a_line_without_sense_is_refused(line: float) -> None:
    with pytest.raises(ParameterError, match="--max-risk"):
        recommend(among(cell("raw", share(0.5))), line)
    with pytest.raises(ParameterError, match="--purpose"):
        recommend(among(cell("raw", share(0.5)), purpose=None))
