"""How much has to be seen of a person: a table, and the curves of a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from reid.figures.amounts import AmountPanel, AmountPoint
from reid.figures.labels import plain
from reid.figures.sheets import amounts_sheet
from reid.figures.style import Look, Size
from reid.reports.risks import few_of
from reid.reports.shown import Shown, Table
from reid.reports.wording import chance_words, percent

_MOST: Final = 5  # curves that can be told apart
AMOUNTS_CAPTION: Final = (
    "Share of people named correctly at first guess by one attacker, who is not always the strongest, with "
    "95 % intervals over people. Top: against how much is seen of the person looked for, with all that is "
    "enrolled. Bottom: against how much is enrolled of everybody, with all of each probe. The last point of "
    "a panel is all that there is; all its points are of the same people. Minutes and sessions are medians. "
    "Dotted: blind guessing. Dashed: 9 %, the threshold of EMA Policy 0070 and Health Canada for clinical "
    "data; "
    "no law sets one for telemetry."
)

_SIDES: Final = {
    "probe": ("Seen of the person looked for", "of the person looked for"),
    "gallery": ("Enrolled of each person", "of everybody enrolled"),
}


def amounts_table(name: str, block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a block's table; None where nothing was shortened."""
    found = block.get("amounts")
    if found is None:
        return None
    sides = [
        {"seen": words, "rows": [_row(point, found["unit"]) for point in found[side]]}
        for side, (_, words) in _SIDES.items()
    ]
    return {
        "label": name,
        "attacker": plain(found["attacker"], 80),
        "chance": chance_words(found["chance"]),
        "sides": sides,
    }


def amounts_shown(
    blocks: Mapping[str, Mapping[str, Any]], looks: Mapping[str, Look], chance: float | None, size: Size
) -> Shown | None:
    """Draw risk against how much is seen and enrolled; None where nothing was shortened.

    Parameters
    ----------
    blocks : mapping of label to mapping
        Of ``report.json``, the raw log first.
    looks : mapping of label to Look
        One for each.
    chance : float or None
        Rank-1 of blind guessing.
    size : Size
        The sheet.
    """
    panels = amount_panels(blocks)
    if panels is None:
        return None
    rows = [
        (panel.title, name, panel.unit, point.units, point.value, point.low, point.high)
        for panel in panels
        for name, points in panel.curves.items()
        for point in points
    ]
    columns = ("panel", "strategy", "unit", "amount", "rank_1", "low", "high")
    kept = few_of(blocks, _MOST)
    drawn = amounts_sheet([_of(panel, kept) for panel in panels], looks, chance, size)
    caption = AMOUNTS_CAPTION
    if len(kept) < len(blocks):
        caption += f" Drawn are {len(kept)} of the releases; all are in the data."
    title = "Risk against the amount of data"
    return Shown("amounts", title, f"{amounts_words(blocks)}.", caption, Table(columns, tuple(rows)), drawn)


def _of(panel: AmountPanel, kept: Sequence[str]) -> AmountPanel:
    """Return a panel of the curves that are kept, or of the first where none is."""
    curves = {name: points for name, points in panel.curves.items() if name in kept}
    return replace(panel, curves=curves or dict(list(panel.curves.items())[:1]))


def amount_panels(blocks: Mapping[str, Mapping[str, Any]]) -> list[AmountPanel] | None:
    """Return the panels of the figure; None where nothing was shortened."""
    taken = {name: block["amounts"] for name, block in blocks.items() if block.get("amounts")}
    panels = []
    for side, (title, _) in _SIDES.items():
        curves = {name: _points(found, side) for name, found in taken.items()}
        curves = {name: points for name, points in curves.items() if points}
        if curves:
            unit = next(iter(taken.values()))["unit"]
            panels.append(AmountPanel(title=title, curves=curves, unit=unit, beside=("minutes", "sessions")))
    return panels or None


def amounts_words(blocks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the figure shows, in words."""
    said = []
    for name, block in blocks.items():
        if found := block.get("amounts"):
            for side, (_, words) in _SIDES.items():
                each = [f"{_amount(point)} {percent(point['rank_1_of_same'])}" for point in found[side]]
                said.append(f"{name}, {found['unit']} {words}: {', '.join(each)}")
    return "; ".join(said)


def _points(found: Mapping[str, Any], side: str) -> list[AmountPoint]:
    return [
        AmountPoint(
            units=point["held"][found["unit"]],
            beside=(_short(point["held"]["minutes"]), _short(point["held"]["sessions"])),
            **{end: float(point["rank_1_of_same"][end]) for end in ("value", "low", "high")},
        )
        for point in found[side]
        if point["rank_1_of_same"] is not None and point["held"][found["unit"]]
    ]


def _row(point: Mapping[str, Any], unit: str) -> dict[str, Any]:
    held = point["held"] or {}
    other = "strokes" if unit == "keystrokes" else "keystrokes"
    of_other = held.get(other)
    return {
        "amount": f"{_amount(point)} {unit}",
        "other": "" if of_other is None else f"{of_other:,.0f} {other}",
        "minutes": _short(held["minutes"]) if held else "",
        "sessions": _short(held["sessions"]) if held else "",
        "people": f"{point['people']:,}",
        "rank_1": percent(point["rank_1"]),
        "same_people": f"{point['same_people']:,}",
        "rank_1_of_same": percent(point["rank_1_of_same"]),
        "why_none": point["why_none"] and plain(point["why_none"], 300),
    }


def _amount(point: Mapping[str, Any]) -> str:
    return "all" if point["amount"] is None else f"{point['amount']:,}"


def _short(value: float) -> str:
    """Return a median with two significant digits, and no more than one decimal from 1 on."""
    if value >= 10:  # noqa: PLR2004  whole numbers tell enough
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0") if value >= 1 else f"{value:.2g}"
