"""What a streamed attack on one log comes to: a block of ``report.json``."""

from typing import Any

from reid.evaluation.blocks import POINTS_PER_CURVE, cmc_points
from reid.evaluation.scaled import spread_sizes
from reid.evaluation.streamed.plan import StreamedPlan
from reid.metrics.identification import rank_1_curve, rank_k_hits
from reid.metrics.intervals import maximum_over_attackers, person_weights
from reid.metrics.tallied import ScoreTally
from reid.metrics.tallied_measures import measure_tally, rank_1_of_tally, rates_of

_MEASURED_POINTS = 25


def streamed_block(tally: ScoreTally, plan: StreamedPlan) -> dict[str, Any]:
    """Measure the one attacker: what can be told of ranks and counts, and null for what takes all scores."""
    measured = measure_tally(tally).as_dict()
    better, tied = tally.ranks()
    hits = rank_k_hits(better, tied, tally.n_people, 1)
    _, maximum = maximum_over_attackers([hits], tally.own, chance=1 / tally.n_people)
    det = rates_of(tally).det_curve().thinned(POINTS_PER_CURVE)
    block = measured | {
        "attacker": plan.name,
        "chosen_on": "background people",
        "independent": True,
        "n_probes": tally.n_probes,
        "attackers": {plan.name: {rate: measured[rate] for rate in ("rank_1", "eer", "auc")}},
        "maximum": {"attacker": plan.name, "rank_1": maximum.as_dict(), "interval": "simultaneous"},
        "further": None,
        "curves": {
            "cmc": cmc_points(better, tied, tally.n_people, tally.own),
            "det": {"fmr": det.fmr.tolist(), "fnmr": det.fnmr.tolist()},
        },
    }
    if plan.audit.population is not None:
        block["scaled"] = _scaled(tally, plan, plan.audit.population)
    return block


def _scaled(tally: ScoreTally, plan: StreamedPlan, population: int) -> dict[str, Any]:
    """Return rank-1 among fewer people than were attacked, and its curve up to there: exact expectations."""
    sizes = spread_sizes(2, population, _MEASURED_POINTS)
    rates = rank_1_curve(*tally.ranks(), tally.n_people, sizes, person_weights(tally.own))
    rank_1 = rank_1_of_tally(tally, population)
    return {
        "population": population,
        "attacker": plan.name,
        "n_measured": tally.n_people,
        "chance": 1 / population,
        "rank_1": rank_1 and rank_1.as_dict(),
        "by_law": None,
        "curve": {"measured": {"people": sizes.tolist(), "rate": rates.tolist()}, "extrapolated": None},
    }
