"""The cheapest setting whose risk is shown to lie under a line, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.errors import ParameterError
from reid.metrics.estimate import Estimate
from reid.metrics.people_needed import people_needed
from reid.study.exposure import CellByPerson, Comparison

#: Threshold for publishing clinical data (EMA Policy 0070, Health Canada's guidance on PRCI).
USUAL_RISK: Final = 0.09
_SURE: Final = 0.975  # one side of an interval of 95 %


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """One setting as the people on whom it was not chosen show it."""

    strategy: str
    risk: Estimate
    utility: Estimate
    claims: str
    weakened_by: str


@dataclass(frozen=True, slots=True, eq=False)
class Recommendation:
    """What to release with, of what was compared."""

    compared: Comparison
    max_risk: float
    best: Setting | None  #: None where nothing is shown to lie under the line
    runner_up: Setting | None
    why: str  #: the best before the runner-up; or why there is no best
    lowest: Setting | None  #: of the lowest upper end, chosen like the others
    left_out: tuple[str, ...]  #: strategies whose attacks cannot be trusted, or found nothing
    n_needed: int  #: people who must be attacked, if nobody is named, to show anything under the line


def recommend(compared: Comparison, max_risk: float = USUAL_RISK) -> Recommendation:
    """Choose on one half of the people, and report what the other half shows.

    Parameters
    ----------
    compared : Comparison
        With a purpose.
    max_risk : float
        The line, above 0 and below 1, under which the upper end of the risk's 95 % interval must lie.

    Returns
    -------
    Recommendation
        Of the settings whose upper end lies under the line on the first half, the one of the largest utility
        there; it is recommended if its upper end lies under the line on the second half too.

    Raises
    ------
    ParameterError
        The line makes no sense, or there is no purpose.
    """
    if not 0 < max_risk < 1:
        raise ParameterError.of("--max-risk", must="lie between 0 and 1", found=max_risk)
    if compared.purpose is None:
        must, advice = "say what the release is for", "Name it with --purpose."
        raise ParameterError.of("a recommendation", must=must, found="no purpose", advice=advice)
    judged = [cell for cell in compared.cells if cell.trustworthy and cell.valued.size]
    shown = [(cell, _on(compared, cell, 0), _on(compared, cell, 1)) for cell in judged]
    both = [_Halves(cell, one, two) for cell, one, two in shown if one is not None and two is not None]
    needed = 2 * people_needed(max_risk, confidence=_SURE)
    under = [each for each in both if each.chosen_by.risk.high <= max_risk]
    under.sort(key=lambda each: (-each.chosen_by.utility.value, each.chosen_by.risk.high))
    why_none = _why_none(compared, both, under, max_risk, needed)
    runner_up, why = (None, why_none) if why_none else _runner_up(both, under)
    return Recommendation(
        compared=compared,
        max_risk=max_risk,
        best=None if why_none else under[0].shown,
        runner_up=runner_up,
        why=why,
        lowest=min(both, key=_Halves.height).shown if both else None,
        left_out=tuple(cell.strategy for cell in compared.cells if cell not in judged),
        n_needed=needed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Halves:
    """One setting as each half of the people shows it."""

    cell: CellByPerson
    chosen_by: Setting
    shown: Setting

    def height(self) -> tuple[float, float]:
        """Order by the risk that was seen in choosing, its upper end first."""
        return self.chosen_by.risk.high, self.chosen_by.risk.value


def _why_none(
    compared: Comparison, both: Sequence[_Halves], under: Sequence[_Halves], max_risk: float, needed: int
) -> str:
    """Say why nothing can be recommended; empty where something can."""
    if compared.chance >= max_risk:
        by_luck = f"blind guessing among {compared.among} people names {compared.chance:.1%} of them"
        return f"{by_luck}, which is not below the line"
    if not both:
        return "no attack can be trusted, or the purpose applies to nobody in one half of the people"
    too_few = f"not showable with {compared.n_enrolled} people"
    if not under and compared.n_enrolled < needed:
        return f"{too_few}: it takes {needed}, half of them to choose by, even if nobody is named"
    if not under:
        return f"{too_few}: no setting lies under the line on the half by which they are chosen"
    if under[0].shown.risk.high > max_risk:
        held = f"{under[0].cell.strategy} lies under the line on the half by which it was chosen"
        return f"{held}, and the other half does not bear it out: up to {under[0].shown.risk.high:.1%}"
    return ""


def _runner_up(both: Sequence[_Halves], under: Sequence[_Halves]) -> tuple[Setting | None, str]:
    """Return the second best, and what puts the best before it."""
    if len(under) > 1:
        return under[1].shown, _why(under[0].cell, under[1].cell)
    others = [each for each in both if each is not under[0]]
    if not others:
        return None, "nothing else was compared"
    return min(others, key=_Halves.height).shown, "no other lies under the line; the runner-up comes closest"


def _why(best: CellByPerson, second: CellByPerson) -> str:
    """Say what puts the best before the runner-up."""
    more = best.more_worth_than(second)
    if more is None:
        return "its release is worth more than the runner-up's"
    by = f"by {more.value:.3f}, 95 % interval {more.low:.3f} to {more.high:.3f} on the same people"
    certain = "" if more.low > 0 else "; that may be chance"
    return f"its release is worth more than the runner-up's ({by}{certain})"


def _on(compared: Comparison, cell: CellByPerson, half: int) -> Setting | None:
    """Return a cell as one half of the people shows it; None where that half has nobody."""
    attacked, valued = compared.half(cell.person, half), compared.half(cell.valued, half)
    utility = cell.utility(valued)
    if utility is None or not np.any(attacked):
        return None
    return Setting(cell.strategy, cell.risk(attacked), utility, cell.claims, cell.weakened_by)
