"""Risk against utility: who is beaten by whom, how much can be had at all, and sweeps that turn back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

import numpy as np

from reid.errors import ParameterError
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import sidak_level
from reid.seeding import Streams
from reid.study.exposure import CellByPerson, Comparison, comparisons_of
from reid.study.finished import FinishedStudy
from reid.typing import FloatArray

_LEVEL: Final = 0.95
_REPLICATES: Final = 1000
_FEWEST_OF_SWEEP: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """One setting in the plane of risk and utility."""

    cell: CellByPerson
    risk: Estimate
    utility: Estimate
    beaten_by: tuple[str, ...]  #: strategies that beat it on the same people, beyond the interval

    @property
    def is_unbeaten(self) -> bool:
        """Whether its low risk can be trusted and no other is shown to beat it."""
        return not self.beaten_by and is_trusted(self.cell)


@dataclass(frozen=True, slots=True)
class Turn:
    """Two settings of one sweep between which risk goes against the direction of the whole sweep."""

    declared: str
    first: float  #: the smaller value
    second: float
    change: Estimate  #: of the risk from the first to the second, on the same people


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """What can be had of utility at which risk."""

    points: tuple[Point, ...]
    area: Estimate
    turns: tuple[Turn, ...]

    @property
    def unbeaten(self) -> list[Point]:
        """The Pareto set: settings that no other is shown to beat."""
        return [point for point in self.points if point.is_unbeaten]


def is_trusted(cell: CellByPerson) -> bool:
    """Tell whether no check of the attack on a cell failed; one that was not checked stays."""
    return cell.trustworthy is not False


def frontier_of(compared: Comparison, seed: int = 0) -> Frontier:
    """Return the frontier of cells that can be compared.

    Parameters
    ----------
    compared : Comparison
        With a purpose.
    seed : int
        Of the bootstrap over people.

    Returns
    -------
    Frontier
        One setting beats another where people are named less often or its release is worth more, beyond an
        interval on the same people that holds for all pairs at once, and the other of the two is no worse as
        measured. The area is that under the largest utility to be had at each risk from 0 to 1, which is
        1 where all of it can be had at no risk; the settings for it are chosen on one half of the people
        and measured on the other, whose interval it bears.

    Raises
    ------
    ParameterError
        There is no purpose, or it applies to nobody.
    """
    cells = [cell for cell in compared.cells if cell.valued.size]
    if compared.purpose is None or not cells:
        must, found = "have a purpose that applies to somebody", "none"
        raise ParameterError.of("a frontier", must=must, found=found)
    level = sidak_level(_LEVEL, max(2 * len(cells) * (len(cells) - 1), 1))
    points = []
    for cell in cells:
        utility = cell.utility()
        assert utility is not None
        beaten_by = tuple(
            other.strategy
            for other in cells
            # An attack that could not have succeeded shows no low risk.
            if other is not cell and is_trusted(other) and _beats(other, cell, level)
        )
        points.append(Point(cell, cell.measured, utility, beaten_by))
    trusted = [cell for cell in cells if is_trusted(cell)]
    return Frontier(tuple(points), _area(compared, trusted or cells, seed), tuple(turns_of(compared.cells)))


@lru_cache(maxsize=1)  # figures, documents and evidence of one study all ask for it
def looked_at(study: FinishedStudy) -> tuple[tuple[Comparison, Mapping[str, Frontier | None]], ...]:
    """Return each comparison with its frontiers by purpose; None where one half of the people has nobody.

    Parameters
    ----------
    study : FinishedStudy
        Its tables.

    Returns
    -------
    tuple of tuple
        Empty where the study ranks nobody; no frontier where it has no purpose.
    """
    utility = study.results.filter(study.results["kind"] == "utility")
    purposes = utility["of"].unique(maintain_order=True).to_list()
    try:
        compared = comparisons_of(study, purposes[0] if purposes else None)
    except ParameterError:  # declared comparisons rank nobody
        return ()
    found = [(one, dict[str, Frontier | None]()) for one in compared]
    for purpose in purposes:
        for (_, frontiers), one in zip(found, comparisons_of(study, purpose), strict=True):
            try:
                frontiers[purpose] = frontier_of(one)
            except ParameterError:
                frontiers[purpose] = None
    return tuple(found)


def _beats(one: CellByPerson, other: CellByPerson, level: float) -> bool:
    safer, better = one.less_risk_than(other, level), one.more_worth_than(other, level)
    if better is None:
        return False
    return (safer.low > 0 and better.value >= 0) or (better.low > 0 and safer.value >= 0)


def _area(compared: Comparison, cells: Sequence[CellByPerson], seed: int) -> Estimate:
    """Return the area under the settings that are efficient on one half, as the other half shows them."""
    chosen_on, shown_on = (_values(compared, cells, half) for half in (0, 1))
    efficient = _efficient(*(np.nanmean(values, axis=1) for values in chosen_on))
    risk, worth = (values[efficient] for values in shown_on)
    value = _under(np.nanmean(risk, axis=1), np.nanmean(worth, axis=1))
    rng = Streams(seed, ("frontier",))("area")
    n_people = risk.shape[1]
    draws = []
    for _ in range(_REPLICATES):
        drawn = rng.integers(0, n_people, n_people)
        attacked = ~np.isnan(risk[:, drawn]).all(axis=1)
        valued = ~np.isnan(worth[:, drawn]).all(axis=1)
        if (attacked & valued).all():
            draws.append(_under(np.nanmean(risk[:, drawn], axis=1), np.nanmean(worth[:, drawn], axis=1)))
    low, high = (float(np.quantile(draws, q)) for q in ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
    return Estimate(value, min(low, value), max(high, value), _LEVEL, n_people)


def _values(compared: Comparison, cells: Sequence[CellByPerson], half: int) -> tuple[FloatArray, FloatArray]:
    """Return risk and worth by cell and person, of one half: (n_cells, n_people); NaN where there is none."""
    everybody = np.unique(np.concatenate([[*cell.person, *cell.valued] for cell in cells])).astype(np.int64)
    people = everybody[compared.half(everybody, half)]
    risk, worth = (np.full((len(cells), people.size), np.nan) for _ in range(2))
    for row, cell in enumerate(cells):
        for table, numbers, values in ((risk, cell.person, cell.rates), (worth, cell.valued, cell.worth)):
            kept = np.isin(numbers, people)
            table[row, np.searchsorted(people, numbers[kept])] = values[kept]
    if any(np.isnan(table).all(axis=1).any() for table in (risk, worth)):
        must, found = "have people in both halves", "none in one of them"
        raise ParameterError.of("a frontier", must=must, found=found)
    return risk, worth


def _efficient(risk: FloatArray, worth: FloatArray) -> list[int]:
    """Return the places of those that no other excels in one and equals or excels in the other."""
    return [
        place
        for place in range(risk.size)
        if not np.any(
            (risk <= risk[place]) & (worth >= worth[place]) & ((risk < risk[place]) | (worth > worth[place]))
        )
    ]


def _under(risk: FloatArray, worth: FloatArray) -> float:
    """Return the area under the largest worth to be had at each risk from 0 to 1."""
    order = np.lexsort((-worth, risk))
    best = np.maximum.accumulate(worth[order])
    widths = np.diff(np.append(risk[order], 1.0))
    return float((best * widths).sum())


def turns_of(cells: Sequence[CellByPerson]) -> Iterator[Turn]:
    """Yield where sweeps turn back, beyond an interval that holds for all pairs of a sweep at once.

    Parameters
    ----------
    cells : sequence of CellByPerson
        All that can be held against each other, of any strategies.
    """
    sweeps: dict[str, list[CellByPerson]] = {}
    for cell in cells:
        if cell.swept is not None:
            sweeps.setdefault(cell.declared, []).append(cell)
    for declared, members in sweeps.items():
        if len(members) < _FEWEST_OF_SWEEP:
            continue
        ordered = sorted(members, key=lambda cell: cell.swept or 0.0)
        level = sidak_level(_LEVEL, len(members) * (len(members) - 1) // 2)
        way = float(np.sign(ordered[-1].rates.mean() - ordered[0].rates.mean()))
        for one, other in combinations(ordered, 2):
            change = one.less_risk_than(other, level)  # above 0 where risk rises from one to the other
            against = change.high < 0 if way > 0 else change.low > 0
            if against and way:
                yield Turn(declared, float(one.swept or 0.0), float(other.swept or 0.0), change)
