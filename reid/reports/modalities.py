"""Keyboard, pointer and both on the page: a table, and by how much both are more than the better alone."""

from collections.abc import Mapping
from typing import Any, Final

from reid.figures.labels import plain
from reid.reports.wording import fraction, percent

_DEVICES: Final = {"keyboard": "keyboard alone", "pointer": "pointer alone", "both": "both together"}


def modalities(name: str, block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the table of one log and the sentence under it, none where the attackers saw only one device."""
    found = block.get("modalities")
    if found is None:
        return None
    rows = [
        {
            "label": words,
            "attacker": plain(found[device]["attacker"], 60),
            "rank_1": percent(found[device]["rank_1"]),
            "eer": percent(found[device]["eer"]),
            "auc": fraction(found[device]["auc"]),
        }
        for device, words in _DEVICES.items()
    ]
    better = found["better_alone"]
    return {"label": name, "rows": rows, "verdict": _verdict(better, found["more_by_both"][better]["rank_1"])}


def _verdict(better: str, more: Mapping[str, float]) -> str:
    """Return whether both name more people than the better of the two alone."""
    ends = f"95 % interval of the paired difference: {_points(more['low'])} to {_points(more['high'])}"
    if more["low"] > 0:
        words = "more often than"
    elif more["high"] < 0:
        words = "less often than"
    else:
        words = "not surely more or less often than"
    apart = f"{_points(more['value'])} percentage points"
    return f"Both together name the right person {words} the {better} alone: {apart} ({ends})."


def _points(share: float) -> str:
    """Return a difference of shares in percentage points, with its sign.

    Examples
    --------
    >>> _points(0.118), _points(-0.02)
    ('+11.8', '\u22122.0')
    """
    sign = "\u2212" if share < 0 else "+"
    return f"{sign}{100 * abs(share):.1f}"
