"""Who is found: how risk is spread over people, by groups, and what gives the most exposed away."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reid.figures.attack_sheets import who_sheet
from reid.figures.exposure import Exposed, Found
from reid.figures.labels import drawable, plain
from reid.figures.risk import Rate
from reid.figures.style import Size
from reid.reports.risks import few_of
from reid.reports.shown import Cell, Shown, Table
from reid.reports.wording import percent

_MOST_PEOPLE: Final = 10
_PEOPLE_ON_SLIDE: Final = 4
_MOST_ON_SLIDE: Final = 3
_CAPTION: Final = (
    "Dark: people named correctly by every probe of theirs; striped: by some; light: by none; beneath each "
    "border "
    "its 95 % interval over people. Right: how often the tenth that is found most often is named, at "
    "least. People "
    "have a number of this report only."
)
_BY: Final = {"group": "group", "layout": "keyboard layout"}


def who_shown(blocks: Mapping[str, Mapping[str, Any]], size: Size) -> Shown | None:
    """Draw how many people are found, and the most exposed by what gives them away; None without ranks.

    Parameters
    ----------
    blocks : mapping of label to mapping
        Of ``report.json``, the raw log first.
    size : Size
        The sheet; a slide holds three releases and four people.
    """
    told = {name: block for name, block in blocks.items() if block.get("further")}
    if not told:
        return None
    most = _MOST_ON_SLIDE if size.height_in is not None else len(told)
    kept = [name for name in few_of(blocks, most) if name in told] or list(told)[:most]
    found = [_found(name, told[name]["further"]["who"]) for name in told]
    whose = next((name for name in reversed(told) if (told[name].get("channels") or {}).get("listed")), None)
    listed = [] if whose is None else told[whose]["channels"]["listed"]
    channels = [] if whose is None else list(told[whose]["channels"]["by_channel"])
    people = [
        Exposed(
            each["person"], each["rank_1"], tuple(one in each["alone_suffices"] for one in channels),
            tuple(one in each["lost_without"] for one in channels),
        )
        for each in sorted(listed, key=lambda one: (-one["rank_1"], one["person"]))
        if each["rank_1"] > 0
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for name, block in told.items():
        for what in ("always_found", "never_found", "worst_decile"):
            one = block["further"]["who"][what]
            rows.append((name, what, None, None, one["value"], one["low"], one["high"]))
    for person in people:
        for channel, alone, needed in zip(channels, person.suffices, person.needed, strict=True):
            how = ("alone suffices" if alone else "") + (" needed" if needed else "") or "neither"
            rows.append((whose, how.strip(), person.number, plain(channel, 60), person.rank_1, None, None))
    columns = ("strategy", "what", "person", "channel", "rate", "low", "high")
    alt = " ".join(_said(name, block["further"]["who"]) for name, block in told.items())
    caption = _CAPTION
    if len(kept) < len(told):
        caption += f" {len(told) - len(kept)} more releases are in the data, not in the drawing."
    n_people = _MOST_PEOPLE if size.height_in is None else _PEOPLE_ON_SLIDE
    title = f"Most exposed, and given away by what: {drawable(whose, 30)}" if whose else ""
    drawn = who_sheet([one for one in found if one.label in kept], people[:n_people], channels, title, size)
    return Shown("who", "Who is at risk", alt, caption, Table(columns, tuple(rows)), drawn)


def _found(name: str, who: Mapping[str, Any]) -> Found:
    always, never = (
        Rate(who[one]["value"], who[one]["low"], who[one]["high"]) for one in ("always_found", "never_found")
    )
    return Found(name, always, never, _whole(who["worst_decile"]))


def _whole(rate: Mapping[str, float]) -> str:
    value, low, high = (100 * rate[end] for end in ("value", "low", "high"))
    return f"{value:.0f} % ({low:.0f}\N{EN DASH}{high:.0f})"


def _ends(rate: Mapping[str, float]) -> dict[str, float]:
    return {end: rate[end] for end in ("value", "low", "high")}


def _said(name: str, who: Mapping[str, Any]) -> str:
    """Return in a sentence how many people are found."""
    always, never, tenth = (
        percent(_ends(who[one])) for one in ("always_found", "never_found", "worst_decile")
    )
    return (
        f"{name}: {always} of the people are named by every probe of theirs, {never} by none; a tenth of the "
        f"people are named at least {tenth} of the time."
    )


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
