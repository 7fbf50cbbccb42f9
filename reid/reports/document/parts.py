"""Parts that the documents of an audit and of a study have in common."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from reid.reports.document import audit_tables, exposure, standing
from reid.reports.document.blocks import (
    Block,
    Bullets,
    Cell,
    Drawn,
    Group,
    Heading,
    Paragraph,
    Row,
    Table,
    Terms,
    said,
)
from reid.reports.document.declared import Declared
from reid.reports.shown import Shown
from reid.reports.wording import chance_words, label, nothing_compared, percent, risk_of

View = Mapping[str, Any]
Places = Mapping[str, Sequence[Drawn]]

#: Under which part a figure stands; any other stands with the attackers.
_PLACE: Final = {
    "scale": "kinds",
    "population": "kinds",
    "channels": "exposed",
    "who": "exposed",
    "before-after": "costs",
    "frontier": "costs",
    "sweep": "costs",
}
_ORDER: Final = ("first", "attackers", "costs", "exposed", "kinds")
_SIZES: Final = (2, 10, 50)
_MOST_NAMED: Final = 2  # logs of which something is said on the first page
_UNCHECKED: Final = "Whether these attackers could have succeeded at all (--adequacy)"
_MOST_BESIDE: Final = 6  # logs in the table by number of people


def placed(figures: Sequence[Shown], before: int = 0) -> dict[str, list[Drawn]]:
    """Return figures by the part under which they stand, numbered in that order.

    Parameters
    ----------
    figures : sequence of Shown
        The first stands on the first page, or before all parts.
    before : int
        How many figures stand before these.
    """
    places: dict[str, list[Drawn]] = {place: [] for place in _ORDER}
    found = {"first": list(figures[:1])}
    for shown in figures[1:]:
        found.setdefault(_PLACE.get(kind_of(shown.name), "attackers"), []).append(shown)
    number = before
    for place, drawn in places.items():
        for shown in found.get(place, ()):
            number += 1
            caption = said(f"Figure {number}. {shown.title}. {shown.caption}")
            drawn.append(Drawn(shown.name, caption, said(shown.alt), shown.picture.svg))
    return places


def kind_of(name: str) -> str:
    """Return the name of a figure without the numbers that tell those of a study apart.

    Examples
    --------
    >>> kind_of("before-after"), kind_of("frontier-1-2")
    ('before-after', 'frontier')
    """
    return re.sub(r"(-\d+)+$", "", name)


def what_they_did(report: Mapping[str, Any]) -> str:
    """Return what people did of which the log tells."""
    both = "typed and moved the pointer"
    return {"keyboard": "typed", "pointer": "moved the pointer"}.get(report["settings"].get("modality"), both)


def weakened(view: View) -> Iterator[Block]:
    """Yield what lies below full strength, and how far apart gallery and probe are."""
    yield Heading("What weakens this answer", anchor="weakened")
    if view["weakened_by"]:
        yield Paragraph("These settings lie below full strength; without them the risk would read higher:")
        yield Bullets(tuple(view["weakened_by"]))
    else:
        yield Paragraph("Nothing in the settings: each is at full strength.")
    for text, names in _elsewhere(view).items():
        few = len(names) <= _MOST_NAMED
        who = ", ".join(names) if few else f"{len(names)} of the {len(view['rows'])} logs"
        yield Paragraph(f"{text}.", opening=f"Only {who}:")
    for text in view["separations"]:
        yield Paragraph(text)
    if view["machines"]:
        yield Paragraph(
            "Part of it can be the machine rather than the person: see \u201cHow much of it is the "
            "machine\u201d below."
        )
    if view["failures"]:
        yield Paragraph(f"Could not be measured: {'; '.join(view['failures'])}.")


def _elsewhere(view: View) -> dict[str, list[str]]:
    """Return what weakens only some logs, with their names."""
    found: dict[str, list[str]] = {}
    for name, texts in view["weakened_elsewhere"]:
        for text in texts:
            if f"{text[:1].upper()}{text[1:]}" not in view["weakened_by"]:
                found.setdefault(text, []).append(name)
    return found


def _weakened_where(view: View) -> Iterator[Block]:
    """Yield which logs are meant where the first page gives but their number."""
    for text, names in _elsewhere(view).items():
        if len(names) > _MOST_NAMED:
            yield Paragraph(f"{text}: {', '.join(names)}.", opening="Weakened only on some logs.")


def untested(view: View) -> Iterator[Block]:
    """Yield what was not looked at."""
    yield Heading("What was not tested", anchor="untested")
    unchecked = () if view["adequacy"] else (_UNCHECKED,)
    if view["not_tested"]:
        yield Bullets((*view["not_tested"], *unchecked))
    else:
        yield Paragraph("No list of untested attacks was given with this report.")


def attackers(view: View, places: Places) -> Iterator[Block]:
    """Yield who could attack, and what each attacker achieved."""
    yield Heading("Who could attack, and what they learn", anchor="learn")
    yield Paragraph(
        "Whoever holds recordings of the same people under their names can attack: an employer with logs of "
        "known colleagues, the maker of a program with accounts, or anybody to whom another log with names "
        "was passed on. What they learn is which recordings are whose, and with that all that stands in "
        "these."
    )
    yield from audit_tables.threats(view)
    yield from audit_tables.attackers(view)
    yield from _weakened_where(view)
    yield from places.get("attackers", ())
    yield from audit_tables.modalities(view)
    yield from exposure.amounts(view)


def proven(view: View) -> Iterator[Block]:
    """Yield what holds by construction."""
    yield Heading("What is proven", 3, "claims")
    yield Paragraph(
        "Everything above was measured. What follows holds by construction, whatever the attacker does, "
        "and says no more than it says."
    )
    nothing = ("Nothing is proven: its effect was only measured.",)
    pairs = []
    for name, statements in view["claims"]:
        texts = tuple(f"{statement} ({source})" if source else statement for statement, source in statements)
        pairs.append((name, texts or nothing))
    yield Terms(tuple(pairs))


def exposed(view: View, places: Places) -> Iterator[Block]:
    """Yield whom nothing protects, and by what they are given away."""
    yield Heading("Whom it does not protect", anchor="exposed")
    yield from exposure.people(view)
    yield from places.get("exposed", ())
    yield from audit_tables.machines(view)
    yield from exposure.channels(view)


def kinds(
    report: Mapping[str, Any],
    blocks: Mapping[str, Mapping[str, Any]],
    places: Places,
    declared: Declared,
    chosen: tuple[str, Mapping[str, float]] | None = None,
) -> Iterator[Block]:
    """Yield what was measured, what was declared, and what follows from both.

    That is said of the setting ``chosen``, by name and rate, or else of the headline.
    """
    headline = report["headline"]
    measured = (
        f"by {len(headline['attackers'])} attacker{'s' if len(headline['attackers']) != 1 else ''}, on "
        f"{headline['n_people']:,} people who are enrolled and {headline['n_probes']:,} probes; blind "
        f"guessing gives {chance_words(headline['chance'])}."
    )
    ranked = headline["rank_1"] is not None and not nothing_compared(headline)
    whose, rate = chosen or (label(headline), risk_of(headline) if ranked else None)
    yield from standing.three_kinds(measured, declared.words(), declared.combined(rate, whose))
    rows = []
    largest = max(block["n_people"] for block in blocks.values())
    for size in (*(each for each in _SIZES if each < largest), largest):
        cells = [_among(block, size) for block in blocks.values()]
        if any(cell.value is not None for cell in cells):
            rows.append(Row((Cell(f"{size:,}"), *cells)))
    yield from places.get("kinds", ())
    shown = list(blocks)[:_MOST_BESIDE]
    laddered = any(block.get("threats") for block in blocks.values())
    if rows:
        kept = tuple(Row(row.cells[: 1 + len(shown)]) for row in rows)
        more = f" The first {len(shown)} logs; all stand above." if len(shown) < len(blocks) else ""
        yield Table(
            ("people", *shown),
            (Group(kept),),
            "Share named at first guess, at least, by how many people each is looked for among"
            f"{', by an attacker informed of the protection; others may achieve more' if laddered else ''}."
            f"{more}",
            by_people=True,
        )


def _among(block: Mapping[str, Any], size: int) -> Cell:
    rate = block["rank_1"] if block["n_people"] == size else block["rank_1_among"].get(str(size))
    return Cell.of(percent(rate), None if rate is None else float(rate["value"]))


def sources(blocks: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return where what releases claim comes from, each once."""
    told = [said(claim["source"])[:400] for block in blocks.values() for claim in block["claims"]]
    return tuple(dict.fromkeys(text for text in told if text))
