"""Who is found: how risk is spread over people, by groups, and what gives the most exposed away."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reid.figures.labels import plain
from reid.reports.wording import percent

_MOST_PEOPLE: Final = 10
_BY: Final = {"group": "group", "layout": "keyboard layout"}


def who_table(name: str, block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return how risk is spread over the people of a block; None where nobody is ranked.

    Parameters
    ----------
    name : str
        Label of the block.
    block : mapping
        Of ``report.json``.

    Returns
    -------
    dict or None
        ``label``; ``spread``, rows of what is told, its number and that of chance; ``groups`` and
        ``people``, rows of cells, empty where nothing is known; ``cautions``, sentences.
    """
    if not block.get("further"):
        return None
    who = block["further"]["who"]
    groups = who.get("groups", [])
    return {
        "label": name,
        "spread": _spread(who),
        "groups": [_group(each, number) for number, each in enumerate(groups, 1)],
        "people": [_person(each) for each in block.get("channels", {}).get("listed", [])[:_MOST_PEOPLE]],
        "cautions": _cautions(groups),
    }


def _spread(who: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what is told of all people, its number, and what chance gives."""
    told = {
        "a tenth of the people are named at least so often": "worst_decile",
        "people named by every probe of theirs": "always_found",
        "people named by none": "never_found",
    }
    return [(words, percent(who[each]), _chance(who[each])) for words, each in told.items()]


def _chance(measure: Mapping[str, Any]) -> str:
    return f"{100 * measure['chance']:.1f} %"


def _group(each: Mapping[str, Any], number: int) -> dict[str, str]:
    label = f"number {number}" if each["label"] is None else plain(each["label"], 60)
    notes = ["few people"] * each["is_small"] + ["apart from another"] * each["apart"]
    return {
        "name": f"{_BY[each['by']]}: {label}",
        "people": f"{each['n_people']:,}",
        "probes": f"{each['n_probes']:,}",
        "rank_1": percent(each["rank_1"]),
        "notes": ", ".join(notes),
    }


def _person(each: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": f"person {each['person']}",
        "rank_1": f"{100 * each['rank_1']:.0f} %",
        "most": _channels(each["most_credit"], "not named in most probes"),
        "suffices": _channels(each["alone_suffices"], "none"),
        "needed": _channels(each["lost_without"], "none"),
    }


def _channels(names: Sequence[str], without_any: str) -> str:
    return ", ".join(plain(name, 60) for name in names) or without_any


def _cautions(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return how far groups may be compared."""
    if not groups:
        return []
    said = [
        "Intervals hold for all groups of a kind at once, and groups of fewer than five people are not told."
    ]
    if any(each["is_small"] for each in groups):
        said.append(
            "With fewer than twenty people in a group hardly any difference shows: none seen is not none."
        )
    if not any(each["apart"] for each in groups):
        said.append("No group is named more often than another beyond the intervals.")
    return said
