"""Who the attacker is taken to be, as a table of the page."""

from collections.abc import Mapping
from typing import Any

from reid.figures.labels import plain
from reid.reports.wording import fraction, percent


def threat_table(name: str, block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what each attacker achieves on one release; None where one alone was asked for."""
    threats = block.get("threats")
    if threats is None:
        return None
    risk = threats["risk"]
    return {
        "label": name,
        "risk": None if risk is None else (plain(risk["threat"], 60), percent(risk["rank_1"])),
        "rows": [
            {
                "name": plain(rung, 60),
                "sentence": plain(found["sentence"], 200),
                "why_none": found["why_none"] and plain(found["why_none"], 200),
                "attacker": plain(found["attacker"] or "", 60),
                "rank_1": percent(found["rank_1"]),
                "eer": percent(found["eer"]),
                "auc": fraction(found["auc"]),
            }
            for rung, found in threats["rungs"].items()
        ],
    }
