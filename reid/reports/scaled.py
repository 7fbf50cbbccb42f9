"""The risk among another number of people, in words and as points of its figure."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reid.figures.labels import plain
from reid.figures.scale import ScaledRates
from reid.figures.sheets import scale_sheet
from reid.figures.style import Look, Size
from reid.reports.risks import few_of
from reid.reports.shown import Cell, Shown, Table
from reid.reports.wording import interval, of_people, percent

SCALE_CAPTION: Final = (
    "Rank-1 by the number of people among whom each probe is looked for. Solid: exact for lists drawn from "
    "the people measured. Dotted: carried over by laws, with a 95 % band that holds draws of people and the "
    "disagreement of the laws; hollow signs at the head count asked for are what each law says. Fine dots: "
    "blind guessing. Dashed: 9 %, the threshold of EMA Policy 0070 and Health Canada for clinical data. It "
    "speaks of people of the same kind, attacked by the same attacker."
)
_MOST: Final = 6  # curves that can be told apart
_COLUMNS: Final = ("people", "rate", "low", "high")


def scale_shown(
    blocks: Mapping[str, Mapping[str, Any]], looks: Mapping[str, Look], size: Size
) -> Shown | None:
    """Draw risk against the number of people; None where it was not asked for.

    Parameters
    ----------
    blocks : mapping of label to mapping
        Of ``report.json``, the raw log first.
    looks : mapping of label to Look
        One for each.
    size : Size
        The sheet.
    """
    found = {name: block for name, block in blocks.items() if block.get("scaled")}
    if not found:
        return None
    points = {name: scaled_points(name, block["scaled"]) for name, block in found.items()}
    rows: list[tuple[Cell, ...]] = []
    for name, one in points.items():
        measured = zip(one.people.tolist(), one.rate.tolist(), strict=True)
        rows += [(name, "measured", people, rate, None, None) for people, rate in measured]
        columns = (one.beyond, one.beyond_rate, one.low, one.high)
        rows += [(name, "carried over", *row) for row in zip(*(c.tolist() for c in columns), strict=True)]
        asked = found[name]["scaled"]
        ends = (asked["rank_1"][end] for end in ("value", "low", "high"))
        rows.append((name, "head count asked for", asked["population"], *ends))
        rows += [
            (name, f"law {law}", asked["population"], rate, None, None) for law, rate in one.laws.items()
        ]
    table = Table(("strategy", "how", "people", "rank_1", "low", "high"), tuple(rows))
    kept = [name for name in few_of(blocks, _MOST) if name in points] or list(points)[:_MOST]
    caption = SCALE_CAPTION
    if len(kept) < len(points):
        caption += f" {len(points) - len(kept)} more releases are in the data, not in the drawing."
    alt = " ".join(scaled_words(name, block) for name, block in found.items())
    drawn = scale_sheet({name: points[name] for name in kept}, {name: looks[name] for name in kept}, size)
    return Shown("scale", "Risk against the number of people", alt, caption, table, drawn)


def scaled_words(name: str, block: Mapping[str, Any]) -> str:
    """Return what is said of the population asked for, in a sentence or two.

    Parameters
    ----------
    name : str
        Label of the block.
    block : mapping
        Of ``report.json``, with ``scaled``.
    """
    scaled = block["scaled"]
    rate, laws = scaled["rank_1"], scaled["by_law"]
    said = f"{name}, among {scaled['population']:,} people: at least {of_people(rate)} are named correctly"
    said += f" (95 % interval {interval(rate)})"
    other = scaled["attacker"] != block["attacker"]
    whose = (
        f", by {plain(scaled['attacker'], 60)}, whose score of a person is independent of the others" * other
    )
    if laws is None:
        return f"{said}, exact for lists drawn from the {scaled['n_measured']:,} people measured{whose}."
    each = "; ".join(f"{plain(law, 40)} {percent(share)}" for law, share in sorted(laws.items()))
    return f"{said}, carried over from {scaled['n_measured']:,} people measured{whose}. By law: {each}."


def scaled_points(name: str, scaled: Mapping[str, Any]) -> ScaledRates:
    """Return the points of the figure, and what its end is called."""
    measured = scaled["curve"]["measured"]
    beyond = scaled["curve"]["extrapolated"] or {key: [] for key in _COLUMNS}
    people, rate = (np.array(measured[column], dtype=np.float64) for column in ("people", "rate"))
    ahead, carried, low, high = (np.array(beyond[column], dtype=np.float64) for column in _COLUMNS)
    return ScaledRates(
        people, rate, ahead, carried, low, high,
        text=f"{name}: {percent(scaled['rank_1'])} among {scaled['population']:,}",
        asked=float(scaled["population"]),
        laws=dict(sorted((scaled["by_law"] or {}).items())),
    )  # fmt: skip
