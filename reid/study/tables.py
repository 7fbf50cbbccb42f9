"""What a study found, as tables: one tidy row a cell and measure, and the risk of each person."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

from reid.evaluation.adequacy import verdict
from reid.evaluation.plan import NO_STRATEGY
from reid.evaluation.result import StrategyResult
from reid.metrics.estimate import Estimate
from reid.metrics.spread import quantile_over_people
from reid.metrics.who import EXPOSED
from reid.study.plan import RAW, RISK, UTILITY
from reid.study.work import kept

#: What is kept of a cell, by the kind of job.
Found: TypeAlias = Mapping[str, dict[str, Any] | None]

#: Every row has all of these; what does not apply is null.
RESULTS: Final[Mapping[str, pl.DataType]] = {
    "cell": pl.Int64(),  # number from 1, in the order of the study
    "input": pl.String(),
    "strategy": pl.String(),  # "none": the raw log
    "declared": pl.String(),  # the strategy as declared, perhaps with a list of values
    "swept": pl.Float64(),  # the value from that list
    "threat": pl.String(),
    "seed": pl.Int64(),
    "kind": pl.String(),  # "risk": of the attack that speaks for all; "attacker"; "utility"; "none"
    "of": pl.String(),  # attacker or purpose
    "measure": pl.String(),
    "value": pl.Float64(),
    "low": pl.Float64(),  # of the 95 % interval over people
    "high": pl.Float64(),
    "chance": pl.Float64(),
    "n_people": pl.Int64(),
    "trustworthy": pl.Boolean(),  # null where it was not asked
    "weakened_by": pl.String(),  # sentences, parted by "; "
    "claims": pl.String(),
    "why_none": pl.String(),
}
PEOPLE: Final[Mapping[str, pl.DataType]] = {
    "cell": pl.Int64(),
    "kind": pl.String(),  # "risk" or "utility"
    "of": pl.String(),  # what the attacker knew and did, or the purpose
    "measure": pl.String(),  # rank_1, rank_1_among_50, ...; utility
    "person": pl.Int64(),  # number within the input, the same in all cells
    "value": pl.Float64(),
}
_RATES: Final = ("rank_1", "rank_10", "eer", "eer_per_person", "auc")
_SPREAD_OF: Final = "eer_per_person"  # published with its standard deviation over people
_AMONG: Final = "rank_1_among"
WORST: Final = "worst_decile"


def tables_of(cells: Sequence[Mapping[str, Any]], out: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the results and the risk of people, of all cells whose work is done.

    Parameters
    ----------
    cells : sequence of mappings
        As ``plan.json`` holds them.
    out : Path
        The study's folder.

    Returns
    -------
    results, people : DataFrame
        With the columns of :data:`RESULTS` and :data:`PEOPLE`, in the order of the cells.
    """
    rows: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    for number, cell in enumerate(cells, 1):
        about = {"cell": number} | {name: value for name, value in cell.items() if name != "jobs"}
        found = results_of(cell, out)
        rows += [about | row for row in _rows(found)]
        people += [{"cell": number} | row for row in _rows_of_people(found)]
    return pl.DataFrame(rows, schema=RESULTS), pl.DataFrame(people, schema=PEOPLE)


def results_of(cell: Mapping[str, Any], out: Path) -> Found:
    """Return what is kept of a cell, by the kind of job; only what is its own."""
    shares = cell["strategy"] != NO_STRATEGY
    return {kind: kept(out, kind, key) for kind, key in cell["jobs"].items() if not (shares and kind == RAW)}


def attack_of(found: Found) -> dict[str, Any] | None:
    """Return what came of the attack on a cell's own log; None where it is not done."""
    return found.get(RAW) or found.get(RISK)


def headline_of(attack: Mapping[str, Any] | None) -> tuple[dict[str, Any] | None, bool | None]:
    """Return the block of an attack, and whether it can be trusted; none where nothing was found."""
    if attack is None or attack["why_none"] is not None:
        return None, None
    if "report" in attack:
        adequacy = attack["report"]["adequacy"]
        return attack["report"]["headline"], adequacy and adequacy["trustworthy"]
    raw = StrategyResult.from_dict(attack["result"])
    return raw.block, verdict(raw.checks, "")["trustworthy"] if raw.checks else None


def _rows(found: Found) -> Iterator[dict[str, Any]]:
    for one in found.values():
        if one is not None and one["why_none"] is not None:
            yield {"kind": "none", "of": one["kind"], "why_none": one["why_none"]}
    attack = attack_of(found)
    block, trustworthy = headline_of(attack)
    if attack is not None and block is not None:
        judged = {
            "trustworthy": trustworthy,
            "weakened_by": "; ".join(block["weakened_by"]),
            "claims": "; ".join(claim["statement"] for claim in block["claims"]),
        }
        yield from (row | judged for row in _rows_of_risk(block, attack))
    for row in (found.get(UTILITY) or {}).get("rows", ()):
        yield {"kind": "utility"} | row


def _rows_of_risk(block: Mapping[str, Any], attack: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for measure, of, estimate in _estimates(block):
        yield _row("risk", of, measure, estimate, block)
    for measure, estimate in _worst_decile(attack):
        yield _row("risk", block["attacker"], measure, estimate, block)
    for name, rates in block["attackers"].items():
        for measure in _RATES:
            if rates.get(measure) is not None:
                yield _row("attacker", name, measure, rates[measure], block)
    of_all = (("attacker", name, rates) for name, rates in block["attackers"].items())
    for kind, of, rates in (("risk", block["attacker"], block), *of_all):
        estimate = rates.get(_SPREAD_OF)
        if isinstance(estimate, Mapping) and estimate.get("sd") is not None:
            about = {"kind": kind, "of": of, "measure": f"{_SPREAD_OF}_sd"}
            yield about | {"value": estimate["sd"], "n_people": block["n_people"]}


def _estimates(block: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield measure, attacker and estimate of everything that a block tells of risk."""
    speaks = block["attacker"]
    for measure in _RATES:
        if block.get(measure) is not None:
            yield measure, speaks, block[measure]
    for size, estimate in block[_AMONG].items():
        if estimate is not None:
            yield f"{_AMONG}_{size}", speaks, estimate
    if (block.get("further") or {}).get("who"):
        yield WORST, speaks, block["further"]["who"][WORST]
    if block["maximum"]["rank_1"] is not None:
        yield "maximum_rank_1", block["maximum"]["attacker"], block["maximum"]["rank_1"]
    risk = (block.get("threats") or {"risk": None})["risk"]
    if risk is not None:
        yield "threat_rank_1", risk["threat"], risk["rank_1"]
        for size, estimate in risk.get(_AMONG, {}).items():
            if estimate is not None:
                yield f"threat_{_AMONG}_{size}", risk["threat"], estimate


def _worst_decile(attack: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield how often a tenth of the people are named, at least, had only so many been on the list."""
    rungs = list(attack.get("people", {}).values())
    for size in rungs[0]["among"] if rungs else ():
        each = [
            quantile_over_people(np.array(rung["among"][size]), 1 - EXPOSED, 0.0, 1.0, chance=1 / int(size))
            for rung in rungs
        ]
        largest = max(each, key=lambda one: (one.value, one.high))
        yield f"{WORST}_among_{size}", largest.with_chance()


def _row(
    kind: str, of: str, measure: str, estimate: Mapping[str, Any] | float, block: Mapping[str, Any]
) -> dict[str, Any]:
    found = estimate if isinstance(estimate, Mapping) else Estimate(estimate, estimate, estimate).as_dict()
    ends = {name: found.get(name) for name in ("value", "low", "high", "chance")}
    if ends["chance"] is None:
        ends["chance"] = _chance(measure, block["n_people"])
    return {"kind": kind, "of": of, "measure": measure, **ends, "n_people": block["n_people"]}


def _chance(measure: str, n_people: int) -> float:
    """Return what blind guessing gives, where that follows from the number of people."""
    name = measure.removeprefix("threat_").removeprefix("maximum_")
    if name.startswith(f"{_AMONG}_"):
        return 1 / int(name.rpartition("_")[2])
    by_luck = {"rank_1": 1 / n_people, "rank_10": min(1.0, 10 / n_people)}
    return by_luck.get(name, 0.5)


def _rows_of_people(found: Found) -> Iterator[dict[str, Any]]:
    for rung, risk in ((attack_of(found) or {}).get("people") or {}).items():
        measures = {"rank_1": risk["rank_1"]} | {f"{_AMONG}_{n}": rates for n, rates in risk["among"].items()}
        for measure, rates in measures.items():
            for person, value in zip(risk["number"], rates, strict=True):
                row = {"kind": "risk", "of": rung, "measure": measure}
                yield row | {"person": person, "value": value}
    for purpose, values in ((found.get(UTILITY) or {}).get("people") or {}).items():
        for person, value in values:
            row = {"kind": "utility", "of": purpose, "measure": "utility"}
            yield row | {"person": person, "value": value}
