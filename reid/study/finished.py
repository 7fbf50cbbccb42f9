"""A finished study, read back from its folder; its sources need not be there."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import polars as pl

from reid.errors import OutputError
from reid.storage import LOCK
from reid.study.tables import WORST, attack_of, results_of, tables_of
from reid.study.work import CELLS

DECLARED: Final = "study.toml"
PLAN_FILE: Final = "plan.json"  #: cells and the keys of their results
RESULTS_FILE: Final = "results.parquet"
PEOPLE_FILE: Final = "people.parquet"


def is_study(folder: Path) -> bool:
    """Whether a folder is one that a study wrote, finished or not."""
    begun = [path.name for path in folder.iterdir()] == [LOCK] if folder.is_dir() else False
    return begun or (folder / DECLARED).is_file() or (folder / CELLS).is_dir()


@dataclass(frozen=True, slots=True, eq=False)
class FinishedStudy:
    """What a study found."""

    folder: Path
    cells: tuple[dict[str, Any], ...]  #: in the order of the tables, whose ``cell`` counts them from 1
    results: pl.DataFrame  #: one row a cell and measure; see :data:`reid.study.tables.RESULTS`
    people: pl.DataFrame  #: risk of each person, by number; see :data:`reid.study.tables.PEOPLE`

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a study from its folder; the tables are made anew of the cells.

        Raises
        ------
        OutputError
            There is none, or it is not finished.
        """
        name = folder.name or "the folder"
        try:
            planned = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8"))
            cells = tuple(planned["cells"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            advice = "Run one there, with reid compare or reid run."
            raise OutputError(f"{name} must be a study's folder; found no plan of one. {advice}") from error
        n_missing = sum(one is None for cell in cells for one in results_of(cell, folder).values())
        if n_missing:
            found = f"{n_missing} results missing"
            raise OutputError(f"{name} must hold a finished study; found {found}. Go on with reid run.")
        results, people = tables_of(cells, folder)
        return cls(folder, cells, results, people)

    def report_of(self, cell: int) -> dict[str, Any] | None:
        """Return the report of a cell, as ``report.json`` holds it; None where its attack found nothing."""
        attack = attack_of(results_of(self.cells[cell - 1], self.folder)) or {}
        report: dict[str, Any] | None = attack.get("report")
        return report

    def worst_decile(self, cell: int, among: int) -> dict[str, Any] | None:
        """Return how often the tenth of people that is named most often is named, at least; None if unknown.

        Among so many people, or among all who were attacked where they are fewer.
        """
        told = self.results.filter((pl.col("cell") == cell) & (pl.col("kind") == "risk"))
        for measure in (f"{WORST}_among_{among}", WORST):
            rows = told.filter(pl.col("measure") == measure)
            if rows.height:
                return rows.row(0, named=True)
        return None
