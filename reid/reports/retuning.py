"""What attackers who adapt tried on a log, as lines of the page."""

from collections.abc import Mapping
from typing import Any

from reid.figures.labels import plain


def retuning_table(name: str, block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what was tried and picked on one log; None where the attackers stayed as they are."""
    found = block.get("retuning")
    if not found:
        return None
    rows = [
        {
            "name": plain(family, 60),
            "picked": plain(one["picked"], 120),
            "n_tried": str(len(one["rank_1"])),
            "rank_1": f"{100 * one['rank_1'][one['picked']]:.1f} %",
            "joined": "yes" if one["joined"] else "no, it attacks as it is",
        }
        for family, one in found.items()
        if one["picked"] in one["rank_1"]
    ]
    return {"label": name, "rows": rows}
