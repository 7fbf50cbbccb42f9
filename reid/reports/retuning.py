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
            "joined": "yes" if one["joined"] else "no",
        }
        for family, one in found.items()
        if one["picked"] in one["rank_1"]
    ]
    kept = [_why_not(family, one) for family, one in found.items() if not one["joined"]]
    return {"label": name, "rows": rows, "kept": kept}


def _why_not(family: str, one: Mapping[str, Any]) -> str:
    """Say in one sentence what was tried of a family and why none of it joined the attack."""
    picked, usual = plain(one["picked"], 120), one.get("usual", [one["picked"]])
    if one["picked"] not in usual:
        return f"{plain(family, 60)}: {picked} did best in rehearsal but saw nothing of what was attacked."
    n_others = len(one["rank_1"]) - len(usual)
    return (
        f"{plain(family, 60)}: {n_others} other settings were tried, and none did clearly better in "
        f"rehearsal than the usual ones, so it attacks with these, as {picked}."
    )
