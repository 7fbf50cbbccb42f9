"""A study and a recommendation in words and in JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reid.figures.labels import plain
from reid.metrics.estimate import Estimate
from reid.study.exposure import Comparison
from reid.study.finished import FinishedStudy
from reid.study.frontier import Frontier, looked_at
from reid.study.recommend import Recommendation, Setting

_LONGEST = 200
LINE = (
    "9 % is the line of EMA Policy 0070 and Health Canada for clinical data; no law sets one for telemetry."
)


def study_lines(study: FinishedStudy, aligned: Callable[[Sequence[Sequence[str]]], str]) -> str:
    """Return a study as a table of risk and worth for people to read.

    Parameters
    ----------
    study : FinishedStudy
        What was found.
    aligned : callable
        Makes lines of rows.
    """
    texts = []
    for compared, frontiers in looked_at(study):
        purposes = list(frontiers)
        heading = ("strategy", f"named among {compared.among}", "at most", *purposes)
        rows = [heading]
        for cell in compared.cells:
            risk = cell.measured
            rows.append(
                (
                    plain(cell.strategy, _LONGEST),
                    f"{risk.value:.1%}",
                    f"{risk.high:.1%}",
                    *(_worth(frontiers[purpose], cell.cell) for purpose in purposes),
                )
            )
        about = f"{compared.input}, {compared.threat}, seed {compared.seed}"
        texts.append(f"{about}: {compared.n_enrolled} people attacked\n{aligned(rows)}")
        if any(frontiers.values()):
            texts.append("* no other setting is shown to be better in risk and use.")
        texts += [*notes_of(frontiers), *_doubts(compared)]
    if not texts:
        texts.append(aligned(rates_of_lists(study)))
    nothing = study.results.filter(study.results["kind"] == "none")
    texts += [
        f"{row['strategy']} ({row['input']}, {row['of']}): nothing found, {plain(row['why_none'], _LONGEST)}"
        for row in nothing.iter_rows(named=True)
    ]
    return "\n\n".join(texts)


def study_as_dict(study: FinishedStudy) -> dict[str, Any]:
    """Return what was compared, with the frontier of each purpose, in JSON types."""
    groups = []
    for compared, frontiers in looked_at(study):
        cells = [
            {"strategy": cell.strategy, "risk": cell.measured.as_dict(), "trustworthy": cell.trustworthy}
            for cell in compared.cells
        ]
        groups.append(
            _about(compared)
            | {
                "cells": cells,
                "frontiers": {name: _frontier_as_dict(one) for name, one in frontiers.items() if one},
            }
        )
    return {"comparisons": groups, "rows": study.results.height}


def recommendation_lines(found: Recommendation) -> list[str]:
    """Return a recommendation for people to read, a sentence each."""
    compared = found.compared
    lines = [f"{compared.input}, {compared.threat}, seed {compared.seed}, for {compared.purpose}:"]
    if found.best is not None:
        lines += [f"  Release with {plain(found.best.strategy, _LONGEST)}.", *_told(found.best, compared)]
        if found.runner_up is not None:
            lines.append(f"  Runner-up: {plain(found.runner_up.strategy, _LONGEST)}.")
            lines += _told(found.runner_up, compared)
        lines.append(f"  Why: {found.why}.")
    else:
        lines.append(f"  No setting to recommend: {found.why}.")
        if found.lowest is not None:
            of, high = plain(found.lowest.strategy, _LONGEST), found.lowest.risk.high
            lines.append(f"  The lowest upper end is {high:.1%}, of {of}.")
    if found.left_out:
        names = ", ".join(plain(name, _LONGEST) for name in found.left_out)
        lines.append(f"  Left out, as their attack cannot be trusted or nothing can be said of use: {names}.")
    lines.append(
        "  Chosen on one half of the people, reported on the other. The risk is what these attackers "
        f"achieved: others may achieve more. {LINE}"
    )
    return lines


def recommendation_as_dict(found: Recommendation) -> dict[str, Any]:
    """Return a recommendation in JSON types."""
    return _about(found.compared) | {
        "max_risk": found.max_risk,
        "recommended": found.best is not None,
        "best": _setting_as_dict(found.best),
        "runner_up": _setting_as_dict(found.runner_up),
        "lowest": _setting_as_dict(found.lowest),
        "why": found.why,
        "left_out": list(found.left_out),
        "people_needed": found.n_needed,
        "line": LINE,
    }


def rates_of_lists(study: FinishedStudy) -> list[tuple[str, ...]]:
    """Return the error rates of declared comparisons, in which nobody is ranked, as rows of cells."""
    rows: list[tuple[str, ...]] = [("input", "strategy", "attacker", "error rate", "per person", "sd")]
    told = study.results.filter(study.results["kind"] == "attacker")
    for (_, attacker), rates in told.group_by("cell", "of", maintain_order=True):
        value = {row["measure"]: f"{row['value']:.4f}" for row in rates.iter_rows(named=True)}
        about = rates.row(0, named=True)
        shown = (value.get(name, "-") for name in ("eer", "eer_per_person", "eer_per_person_sd"))
        rows.append((about["input"], plain(about["strategy"], _LONGEST), str(attacker), *shown))
    return rows


def _worth(frontier: Frontier | None, cell: int) -> str:
    for point in frontier.points if frontier else ():
        if point.cell.cell == cell:
            return f"{point.utility.value:.3f}{' *' if point.is_unbeaten else ''}"
    return "-"


def notes_of(frontiers: Mapping[str, Frontier | None]) -> list[str]:
    """Return what else is to be said of settings that were compared: areas, and where sweeps turn back."""
    notes = []
    for purpose, one in frontiers.items():
        if one is not None:
            area = one.area
            notes.append(
                f"Area under the frontier, {purpose}: {area.value:.3f} ({area.low:.3f} to {area.high:.3f}), "
                "settings chosen on one half of the people and shown on the other."
            )
    turns = next((one.turns for one in frontiers.values() if one is not None), ())
    notes += [
        f"Not monotone: {turn.declared}, from {turn.first:g} to {turn.second:g}, beyond the interval."
        for turn in turns
    ]
    return notes


def _doubts(compared: Comparison) -> list[str]:
    doubts = []
    untrusted = [cell.strategy for cell in compared.cells if cell.trustworthy is False]
    if untrusted:
        doubts.append(f"Not trustworthy, see the cells' reports: {', '.join(untrusted)}.")
    weakened = dict.fromkeys(text for cell in compared.cells for text in cell.weakened_by.split("; ") if text)
    doubts += [f"Weakened: {plain(text, _LONGEST)}." for text in weakened]
    return doubts


def _told(setting: Setting, compared: Comparison) -> list[str]:
    risk, worth = setting.risk, setting.utility
    of = f"(95 % interval, {risk.n_people} people)"
    proven = plain(setting.claims, 400).rstrip(".") if setting.claims else "nothing; the risk is measured"
    lines = [
        f"    Named among {compared.among}: {risk.value:.1%}, {risk.low:.1%} to {risk.high:.1%} {of}.",
        f"    Worth for {compared.purpose}: {worth.value:.3f} ({worth.low:.3f} to {worth.high:.3f}).",
        f"    Proven: {proven}.",
    ]
    if setting.weakened_by:
        lines.append(f"    Weakened: {plain(setting.weakened_by, 400)}.")
    return lines


def _about(compared: Comparison) -> dict[str, Any]:
    return {
        "input": compared.input,
        "threat": compared.threat,
        "seed": compared.seed,
        "purpose": compared.purpose,
        "among": compared.among,
        "n_people": compared.n_enrolled,
    }


def _setting_as_dict(setting: Setting | None) -> dict[str, Any] | None:
    if setting is None:
        return None
    return {
        "strategy": setting.strategy,
        "risk": _full(setting.risk),
        "utility": _full(setting.utility),
        "claims": setting.claims,
        "weakened_by": setting.weakened_by,
    }


def _full(estimate: Estimate) -> dict[str, float]:
    return estimate.as_dict() | {"n_people": estimate.n_people}


def _frontier_as_dict(frontier: Frontier) -> dict[str, Any]:
    return {
        "points": [
            {
                "strategy": point.cell.strategy,
                "risk": point.risk.as_dict(),
                "utility": point.utility.as_dict(),
                "beaten_by": list(point.beaten_by),
            }
            for point in frontier.points
        ],
        "area": frontier.area.as_dict(),
        "turns": [
            {
                "declared": one.declared,
                "first": one.first,
                "second": one.second,
                "change": one.change.as_dict(),
            }
            for one in frontier.turns
        ],
    }
