"""The risk and the worth of each cell by person, for some of the people or all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import polars as pl

from reid.errors import ParameterError, UnknownNameError
from reid.evaluation.plan import NO_STRATEGY
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import maximum_over_attackers, paired_difference
from reid.metrics.measures import GALLERY_SIZES
from reid.metrics.spread import mean_of_bounded
from reid.study.finished import FinishedStudy
from reid.study.plan import threat_on_raw
from reid.typing import BoolArray, FloatArray, IntArray

AMONG: Final = 50  #: people on the list, unless told otherwise


@dataclass(frozen=True, slots=True, eq=False)
class CellByPerson:
    """One cell: how often each person is named, and what the release of each is worth."""

    cell: int
    strategy: str
    declared: str
    swept: float | None
    claims: str
    weakened_by: str
    trustworthy: bool | None
    person: IntArray  #: (n_people,), numbers of those attacked, increasing
    rungs: Mapping[str, FloatArray]  #: (n_people,) in [0, 1], by what the attacker knew and did
    measured: Estimate  #: the risk of all, as the report of the cell has it
    valued: IntArray  #: (n_valued,), numbers of those to whom the purpose applies, increasing
    worth: FloatArray  #: (n_valued,) in [0, 1]

    def risk(self, kept: BoolArray, level: float = 0.95) -> Estimate:
        """Return the largest risk over the rungs, of some of the people attacked: (n_people,)."""
        hits = [rates[kept] for rates in self.rungs.values()]
        return maximum_over_attackers(hits, self.person[kept], level=level)[1]

    @property
    def rates(self) -> FloatArray:
        """Each person's risk on the strongest rung: (n_people,)."""
        return max(self.rungs.values(), key=lambda rates: float(rates.mean()))

    def utility(self, kept: BoolArray | None = None) -> Estimate | None:
        """Return what the release is worth, over those to whom the purpose applies or some: (n_valued,)."""
        values = self.worth if kept is None else self.worth[kept]
        return mean_of_bounded(values, 0.0, 1.0) if values.size else None

    def less_risk_than(self, other: Self, level: float = 0.95) -> Estimate:
        """Return how much less often people are named here than in another cell, on the same people."""
        _, mine, theirs = np.intersect1d(self.person, other.person, return_indices=True)
        people = self.person[mine]
        return paired_difference(other.rates[theirs], self.rates[mine], people, level=level)

    def more_worth_than(self, other: Self, level: float = 0.95) -> Estimate | None:
        """Return how much more the release is worth than another cell's; None where nobody is common."""
        common, mine, theirs = np.intersect1d(self.valued, other.valued, return_indices=True)
        if not common.size:
            return None
        return paired_difference(self.worth[mine], other.worth[theirs], common, level=level)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All cells of one input under one threat and seed: what can be held against each other."""

    input: str
    threat: str
    seed: int
    purpose: str | None
    among: int  #: people on the list
    n_enrolled: int
    cells: tuple[CellByPerson, ...]  #: the raw log first, then the strategies in their order

    @property
    def chance(self) -> float:
        """What blind guessing gives."""
        return 1 / self.among

    def half(self, person: IntArray, number: int) -> BoolArray:
        """Say who belongs to one half of the people, 0 or 1; numbers know nothing of risk or worth."""
        return np.asarray(person % 2 == number)


def comparisons_of(study: FinishedStudy, purpose: str | None = None, among: int = AMONG) -> list[Comparison]:
    """Part a study into cells that can be compared.

    Parameters
    ----------
    study : FinishedStudy
        Its tables.
    purpose : str, optional
        For which the releases shall be of use; the only one, where a study has one.
    among : int
        People on the list: 2, 10 or 50. Where fewer are enrolled, all of them, among whom people are named
        more often rather than less.

    Raises
    ------
    UnknownNameError
        The study has no such purpose.
    ParameterError
        The number is none of these, or the attacks ranked nobody.
    """
    if among not in GALLERY_SIZES:
        known = " or ".join(map(str, GALLERY_SIZES))
        raise ParameterError.of("--among", must=f"be {known}", found=among)
    purposes = study.results.filter(pl.col("kind") == "utility")["of"].unique(maintain_order=True).to_list()
    if purpose is None and len(purposes) == 1:
        purpose = purposes[0]
    if purpose is not None and purpose not in purposes:
        raise UnknownNameError.of("purpose of the study", purpose, purposes)
    groups: dict[tuple[str, str, int], list[int]] = {}
    raw: dict[tuple[str, str, int], int] = {}
    for number, cell in enumerate(study.cells, 1):
        if cell["strategy"] == NO_STRATEGY:
            raw[cell["input"], cell["threat"], cell["seed"]] = number
            groups.setdefault((cell["input"], cell["threat"], cell["seed"]), [])
        else:
            groups.setdefault((cell["input"], cell["threat"], cell["seed"]), []).append(number)
    tables = {
        key[0]: table
        for key, table in study.people.partition_by("cell", as_dict=True, maintain_order=True).items()
    }
    found = []
    for (name, threat, seed), numbers in groups.items():
        of_raw = threat_on_raw(threat, [one for where, one, which in raw if (where, which) == (name, seed)])
        rows = [
            _cell(study, number, tables, purpose, among) for number in (raw[name, of_raw, seed], *numbers)
        ]
        cells = tuple(row for row in rows if row is not None)
        if cells:
            n_enrolled = max(cell.person.size for cell in cells)
            found.append(Comparison(name, threat, seed, purpose, min(among, n_enrolled), n_enrolled, cells))
    if not found:
        must, none = "rank people", "declared comparisons alone, or nothing"
        raise ParameterError.of("the attacks of the study", must=must, found=none)
    return found


def _cell(
    study: FinishedStudy, number: int, tables: Mapping[Any, pl.DataFrame], purpose: str | None, among: int
) -> CellByPerson | None:
    """Return a cell by person; None where nobody was ranked."""
    if number not in tables:
        return None
    people = tables[number]
    told = study.results.filter((pl.col("cell") == number) & (pl.col("kind") == "risk"))
    risk = people.filter(pl.col("kind") == "risk")
    measure = f"rank_1_among_{among}"
    if measure not in risk["measure"]:
        measure = "rank_1"  # among fewer than asked: who is named among more is named among them
    risk = risk.filter(pl.col("measure") == measure)
    if risk.is_empty() or told.is_empty():
        return None
    rungs = {
        str(key[0]): table
        for key, table in risk.partition_by("of", as_dict=True, maintain_order=True).items()
    }
    common = _common([table["person"].to_numpy() for table in rungs.values()])
    of_purpose = (pl.col("kind") == "utility") & (pl.col("of") == pl.lit(purpose, dtype=pl.String))
    worth = people.filter(of_purpose).sort("person")
    about = study.cells[number - 1]
    valued, worths = worth["person"].to_numpy(), worth["value"].to_numpy()
    if about["strategy"] == NO_STRATEGY:  # as good as itself, to everybody
        anybody = study.people.filter(of_purpose)["person"]
        valued = anybody.unique().sort().to_numpy()
        worths = np.ones(valued.size)
    return CellByPerson(
        cell=number,
        strategy=about["strategy"],
        declared=about["declared"],
        swept=about["swept"],
        claims=told["claims"][0] or "",
        weakened_by=told["weakened_by"][0] or "",
        trustworthy=told["trustworthy"][0],
        person=common,
        rungs={
            name: table["value"].to_numpy()[np.isin(table["person"].to_numpy(), common)]
            for name, table in rungs.items()
        },
        measured=_measured(told, measure),
        valued=valued,
        worth=worths,
    )


def _measured(told: pl.DataFrame, measure: str) -> Estimate:
    """Return a rate as the results tell it: the strongest threat's, where there are several."""
    rows = told.filter(pl.col("measure").is_in([measure, f"threat_{measure}"]))
    row = rows.sort(pl.col("measure").str.starts_with("threat_")).row(-1, named=True)
    return Estimate(row["value"], row["low"], row["high"], n_people=row["n_people"], chance=row["chance"])


def _common(people: Sequence[IntArray]) -> IntArray:
    """Return the numbers that all have, increasing."""
    common = people[0]
    for other in people[1:]:
        common = np.intersect1d(common, other)
    return np.sort(common)
