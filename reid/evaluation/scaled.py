"""Carry what was measured over to another number of people: the block ``scaled`` of ``report.json``."""

from typing import Any, Final

import numpy as np

from reid.attackers import ScoreMatrix
from reid.attackers.fusion import Fusion
from reid.errors import ParameterError, TooFewError
from reid.evaluation.choice import chosen_by_rehearsal
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import AuditPlan
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.splits import People
from reid.metrics.estimate import Estimate
from reid.metrics.extrapolation import FEWEST_PEOPLE, Extrapolation, extrapolate, require_within_reach
from reid.metrics.identification import rank_1_curve, ranks
from reid.metrics.intervals import person_weights
from reid.metrics.measures import rank_1_in_gallery
from reid.seeding import Streams
from reid.typing import IntArray

_MEASURED_POINTS: Final = 25
_POINTS_A_DECADE: Final = 10


def require_scalable(population: int | None, people: People, lineup: LineUp, *, far: bool) -> None:
    """Refuse, before anybody is attacked, what cannot be carried over; None is no population asked for.

    Raises
    ------
    ParameterError
        The population is too large for the people measured, or nobody's scores could be carried over.
    TooFewError
        Too few people are enrolled to fit a law.
    """
    if population is None:
        return
    name, n_enrolled = "--population", len(people.enrolled)
    if not people.background:
        must = "stand with --regime population, where a score does not depend on who else is enrolled"
        advice = "Give people to learn from: --background N or --background-from SOURCE."
        raise ParameterError.of(name, must=must, found="another", advice=advice)
    if not _independent_names(lineup.fitting(people.regime) if lineup.singles else lineup):
        must = "meet an attacker whose score of a person does not depend on who else is enrolled"
        found, advice = "none", "See 'reid list attackers', and name one of them, too."
        raise ParameterError.of(name, must=must, found=found, advice=advice)
    require_within_reach(population, n_enrolled, far=far)
    if population > n_enrolled < FEWEST_PEOPLE:
        must = f"be at least {FEWEST_PEOPLE}, for laws to be fitted"
        raise TooFewError.of("the people attacked", must=must, found=n_enrolled)


def scaled_block(outcome: AttackOutcome, plan: AuditPlan) -> dict[str, Any]:
    """Return rank-1 among ``plan.population`` people, and its curve up to there."""
    population = plan.population or 0
    name, matrix = strongest_independent(outcome, plan.attackers)
    own = matrix.truth()
    scores, own = matrix.scores[own >= 0], own[own >= 0]
    n_measured = len(matrix.people)
    require_within_reach(population, n_measured, far=plan.far)
    sizes = spread_sizes(2, min(n_measured, population), _MEASURED_POINTS)
    rates = rank_1_curve(*ranks(scores, own), n_measured, sizes, person_weights(own))
    exact = rank_1_in_gallery(scores, own, population)
    found = None
    if exact is None:
        n_points = 2 + int(_POINTS_A_DECADE * np.log10(population / n_measured))
        beyond = spread_sizes(n_measured, population, n_points)[1:]
        rng = Streams(plan.settings.seed, ("bootstrap",))("scaled")
        found = extrapolate(scores, own, beyond, rng=rng)
    rank_1: Estimate = found.last() if found else exact  # type: ignore[assignment]  # one of the two is there
    return {
        "population": population,
        "attacker": name,
        "n_measured": n_measured,
        "chance": 1 / population,
        "rank_1": rank_1.as_dict(),
        "by_law": found and {law: float(rate[-1]) for law, rate in found.by_law.items()},
        "curve": {
            "measured": {"people": sizes.tolist(), "rate": rates.tolist()},
            "extrapolated": found and _beyond(found),
        },
    }


def strongest_independent(outcome: AttackOutcome, lineup: LineUp) -> tuple[str, ScoreMatrix]:
    """Return who speaks for all, or, where that one is not independent, the best in rehearsals that is."""
    if outcome.independent:
        return outcome.attacker, outcome.headline
    independent = _independent_names(lineup)
    names = [name for name in outcome.scores if name in independent]
    if not names:
        must = "be seen by an attacker whose score of a person does not depend on who else is enrolled"
        raise ParameterError.of("what is carried over to --population", must=must, found="none that sees it")
    name = chosen_by_rehearsal(names, outcome.rehearsed)
    return name, outcome.scores[name]


def _independent_names(lineup: LineUp) -> set[str]:
    """Return those whose score of a person does not depend on who else is enrolled, the fusion among them."""
    names = {name for name, one in lineup.singles.items() if one.independent}
    return names | ({Fusion.name} if lineup.fused and len(names) == len(lineup.singles) else set())


def spread_sizes(first: int, last: int, n_sizes: int) -> IntArray:
    """Return whole numbers from the first to the last, evenly spread on a logarithmic axis."""
    spread = np.geomspace(first, last, max(n_sizes, 2)).round().astype(np.int64)
    return np.asarray(np.unique(np.append(spread, [first, last])), dtype=np.int64)


def _beyond(found: Extrapolation) -> dict[str, list[float]]:
    """Return the points from the people measured on, where the interval is that of the measurement."""
    start = found.measured
    return {
        "people": [found.n_measured, *found.sizes.tolist()],
        "rate": [start.value, *found.rate.tolist()],
        "low": [start.low, *found.low.tolist()],
        "high": [start.high, *found.high.tolist()],
    }
