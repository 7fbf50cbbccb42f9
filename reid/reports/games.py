"""Four games against a release, as a table of the page."""

from collections.abc import Mapping
from typing import Any

from reid.figures.labels import plain
from reid.reports.wording import chance_words, fraction, percent


def games_table(name: str, block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the games against one release; None where none was asked for."""
    games = block.get("games")
    if games is None:
        return None
    return {
        "label": name,
        "rows": [
            {
                "name": plain(game, 60),
                "question": plain(found["question"], 200),
                "attacker": plain(found["attacker"], 80),
                "measure": plain(found["measure"] or "", 60),
                "value": percent(found["value"]),
                "chance": chance_words(found["chance"]),
                "auc": fraction(found["auc"]),
                "why_none": found["why_none"] and plain(found["why_none"], 300),
                "why_fewer": plain(found["why_fewer"], 300) if "why_fewer" in found else None,
            }
            for game, found in games.items()
        ],
        "chosen_on": next(
            (plain(one["chosen_on"], 120) for one in games.values() if "chosen_on" in one), None
        ),
    }
