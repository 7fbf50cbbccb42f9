"""The tables of a study hold what its cells found."""

from pathlib import Path

import polars as pl

from reid.study.tables import tables_of
from reid.study.work import CELLS, keep
from tests.reports.report_examples import EXAMPLES


def test_the_mean_of_peoples_error_rates_stands_with_its_standard_deviation(tmp_path: Path) -> None:
    (tmp_path / CELLS).mkdir()
    report = {**EXAMPLES["declared"], "adequacy": None}
    found = {"kind": "risk", "key": "k", "why_none": None, "report": report, "people": {}}
    keep(tmp_path / CELLS / "k.json", found)
    about = {"input": "a", "strategy": "none", "declared": "none", "threat": "informed", "seed": 0}
    results, _ = tables_of([about | {"swept": None, "jobs": {"risk": "k"}}], tmp_path)
    spreads = results.filter(measure="eer_per_person_sd")
    told = {(row["kind"], row["of"]): row["value"] for row in spreads.iter_rows(named=True)}
    block = report["headline"]
    assert told == {
        ("risk", block["attacker"]): block["eer_per_person"]["sd"],
        ("attacker", "euclidean"): block["attackers"]["euclidean"]["eer_per_person"]["sd"],
    }
    assert spreads.select(pl.col("low", "high", "chance").is_null().all()).row(0) == (True, True, True)
