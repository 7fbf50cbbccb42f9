"""An audit as a document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from reid.reports.comparison import LINE
from reid.reports.document import audit_tables, exposure, standing
from reid.reports.document.blocks import (
    Block,
    Bullets,
    Cell,
    Columns,
    Contents,
    Document,
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
from reid.reports.drawings import Shown
from reid.reports.gate import refusals
from reid.reports.view import page_view
from reid.reports.wording import (
    answer,
    chance_words,
    in_short,
    is_raw,
    label,
    named_blocks,
    nothing_compared,
    percent,
    risk_of,
)

View = Mapping[str, Any]

#: Under which part a figure stands; any other stands with the attackers.
_PLACE: Final = {
    "risk": "first",
    "scale": "kinds",
    "population": "kinds",
    "channels": "exposed",
    "who": "exposed",
    "before-after": "costs",
    "frontier": "costs",
    "sweep": "costs",
}
_SIZES: Final = (2, 10, 50)


def audit_document(
    report: Mapping[str, Any], figures: Sequence[Shown], declared: Declared | None = None
) -> Document:
    """Return an audit as a document.

    Parameters
    ----------
    report : mapping
        As in ``schema.json``.
    figures : sequence of Shown
        What was drawn of it.
    declared : Declared, optional
        What the user states and no attack can measure.
    """
    view, blocks = page_view(report), named_blocks(report)
    places: dict[str, list[Drawn]] = {}
    for number, shown in enumerate(figures, 1):
        place = "first" if number == 1 else _PLACE.get(shown.name, "attackers")
        places.setdefault(place, []).append(
            Drawn(
                shown.name,
                said(f"Figure {number}. {shown.title}. {shown.caption}"),
                said(shown.alt),
                shown.picture.svg,
            )
        )
    parts = (
        _first_page(report, view, places),
        (Contents(),),
        _attackers(view, places),
        _costs(report, view, places),
        _exposed(view, places),
        _advice(report),
        exposure.three_questions(blocks),
        _kinds(report, blocks, places, declared or Declared()),
        standing.words_explained(),
        _methods(report, view),
        standing.limits(),
        standing.references(_sources(blocks)),
        _again(view),
    )
    return Document(
        "Re-identification risk of a log", label(report["headline"]), tuple(b for p in parts for b in p)
    )


def _first_page(report: Mapping[str, Any], view: View, places: Mapping[str, list[Drawn]]) -> Iterator[Block]:
    goes_away = f", and how much of that goes away in the release{'s' if view['has_many'] else ''}"
    yield Paragraph(
        "Names were replaced by pseudonyms. How surely can an attacker still tell who is who, from how "
        f"people typed and moved the pointer{goes_away if view['claims'] else ''}?",
        "question",
    )
    if view["not_trustworthy"]:
        yield Paragraph(view["not_trustworthy"], "warning", "Do not rely on what follows.")
    if short := in_short(report):
        yield Paragraph(short, "answer")
    yield Paragraph(answer(report), "plain" if short else "answer")
    for text in view["scaled"]:
        yield Paragraph(text)
    at_most = standing.LOWER_BOUND.replace("At least", "At most", 1)
    yield Paragraph(standing.LOWER_BOUND if view["has_ranks"] else at_most, "aside")
    if view["why_no_reference"]:
        yield Paragraph(
            f"The raw log does not stand beside this release: {view['why_no_reference']}", "warning"
        )
    if view["leaky"]:
        yield Paragraph(view["leaky"], "warning", "Not a result.")
    yield from places.get("first", ())
    yield Columns(tuple(_weakened(view)), tuple(_untested(view)))


def _weakened(view: View) -> Iterator[Block]:
    yield Heading("What weakens this answer", anchor="weakened")
    if view["weakened_by"]:
        yield Paragraph("These settings lie below full strength; without them the risk would read higher:")
        yield Bullets(tuple(view["weakened_by"]))
    else:
        yield Paragraph("Nothing in the settings: each is at full strength.")
    for name, texts in view["weakened_elsewhere"]:
        yield Paragraph("; ".join(texts), opening=f"{name}:")
    for text in view["separations"]:
        yield Paragraph(text)
    if view["machines"]:
        yield Paragraph(
            "Part of it can be the machine rather than the person: see \u201cHow much of it is the "
            "machine\u201d below."
        )
    if view["failures"]:
        yield Paragraph(f"Could not be measured: {'; '.join(view['failures'])}.")


def _untested(view: View) -> Iterator[Block]:
    yield Heading("What was not tested", anchor="untested")
    if view["not_tested"]:
        yield Bullets(tuple(view["not_tested"]))
    else:
        yield Paragraph("No list of untested attacks was given with this report.")


def _attackers(view: View, places: Mapping[str, list[Drawn]]) -> Iterator[Block]:
    yield Heading("Who could attack, and what they learn", anchor="learn")
    yield Paragraph(
        "Whoever holds recordings of the same people under their names can attack: an employer with logs of "
        "known colleagues, the maker of a program with accounts, or anybody to whom another log with names "
        "was passed on. What they learn is which recordings are whose, and with that all that stands in "
        "these."
    )
    yield from audit_tables.threats(view)
    yield from audit_tables.attackers(view)
    yield from places.get("attackers", ())
    yield from audit_tables.modalities(view)
    yield from exposure.amounts(view)


def _costs(report: Mapping[str, Any], view: View, places: Mapping[str, list[Drawn]]) -> Iterator[Block]:
    yield Heading("What each protection leaves of the risk, and what it costs", anchor="costs")
    yield Heading("The numbers", 3, "numbers")
    yield from audit_tables.numbers(view)
    yield from places.get("costs", ())
    if view["claims"]:
        yield Paragraph(
            "An audit measures risk and no use. What a release is still good for, by purpose, is told by "
            "\u201creid utility\u201d, and of many protections beside each other by \u201creid "
            "compare\u201d.",
            opening="The cost in use was not measured here.",
        )
        yield Heading("What is proven", 3, "claims")
        yield Paragraph(
            "Everything above was measured. What follows holds by construction, whatever the attacker does, "
            "and says no more than it says."
        )
        nothing = ("Nothing is proven: its effect was only measured.",)
        pairs = []
        for name, statements in view["claims"]:
            texts = tuple(
                f"{statement} ({source})" if source else statement for statement, source in statements
            )
            pairs.append((name, texts or nothing))
        yield Terms(tuple(pairs))
    elif is_raw(report["headline"]):
        yield Paragraph("This is the raw log: no protection was applied.")


def _exposed(view: View, places: Mapping[str, list[Drawn]]) -> Iterator[Block]:
    yield Heading("Whom it does not protect", anchor="exposed")
    yield from exposure.people(view)
    yield from places.get("exposed", ())
    yield from audit_tables.machines(view)
    yield from exposure.channels(view)


def _advice(report: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("Recommendation", anchor="advice")
    yield Paragraph(
        "An audit recommends no protection, since it knows nothing of what a release is for. \u201creid "
        "compare\u201d measures risk and use of many on the same people, and \u201creid recommend\u201d "
        "names the one of the largest use whose risk is shown to lie under a line, with its runner-up."
    )
    if report["results"]:
        told = [(label(block), risk_of(block)) for block in report["results"] if block["rank_1"]]
        if told:
            name, rate = min(told, key=lambda one: float(one[1]["high"]))
            yield Paragraph(
                f"Of the {len(told)} releases, {name} leaves the lowest risk: {percent(rate)}. That says "
                "nothing of what it is still good for.",
                opening="Lowest risk here:",
            )
        return
    reasons = refusals(report, accepted=("all",))
    held = "Held against a line of 9 %, with whatever weakens it accepted:"
    if reasons:
        yield Paragraph("it would be held back, since", opening=held)
        yield Bullets(tuple(f"{reason[:1].upper()}{reason[1:]}." for reason in reasons))
    else:
        yield Paragraph("nothing measured here speaks against letting it go.", opening=held)
    yield Paragraph(LINE, "aside")


def _kinds(
    report: Mapping[str, Any],
    blocks: Mapping[str, Mapping[str, Any]],
    places: Mapping[str, list[Drawn]],
    declared: Declared,
) -> Iterator[Block]:
    headline = report["headline"]
    measured = (
        f"by {len(headline['attackers'])} attacker{'s' if len(headline['attackers']) != 1 else ''}, on "
        f"{headline['n_people']:,} people who are enrolled and {headline['n_probes']:,} probes; blind "
        f"guessing gives {chance_words(headline['chance'])}."
    )
    ranked = headline["rank_1"] is not None and not nothing_compared(headline)
    rate = risk_of(headline) if ranked else None
    yield from standing.three_kinds(measured, declared.words(), declared.combined(rate))
    rows = []
    largest = max(block["n_people"] for block in blocks.values())
    for size in (*(each for each in _SIZES if each < largest), largest):
        cells = [_among(block, size) for block in blocks.values()]
        if any(cell.value is not None for cell in cells):
            rows.append(Row((Cell(f"{size:,}"), *cells)))
    yield from places.get("kinds", ())
    shown = list(blocks)[:_MOST_BESIDE]
    if rows:
        kept = tuple(Row(row.cells[: 1 + len(shown)]) for row in rows)
        more = f" The first {len(shown)} logs; all stand above." if len(shown) < len(blocks) else ""
        yield Table(
            ("people", *shown),
            (Group(kept),),
            f"Share named at first guess, by how many people each is looked for among.{more}",
            by_people=True,
        )


_MOST_BESIDE: Final = 6  # logs in the table by number of people


def _among(block: Mapping[str, Any], size: int) -> Cell:
    rate = block["rank_1"] if block["n_people"] == size else block["rank_1_among"].get(str(size))
    return Cell.of(percent(rate), None if rate is None else float(rate["value"]))


def _methods(report: Mapping[str, Any], view: View) -> Iterator[Block]:
    yield Heading("Methods", anchor="methods")
    regime = report["settings"].get("regime")
    yield Paragraph(
        "The attackers learnt on background people who are not attacked, enrolled the others from earlier "
        "recordings, and looked for them in later ones."
        if regime == "population"
        else "All people are enrolled from earlier recordings and looked for in later ones; nobody else is "
        "known."
        if regime == "closed-set"
        else "Comparisons were made as declared."
    )
    yield from standing.methods()
    yield from audit_tables.adequacy(view)
    yield from audit_tables.further(view)


def _again(view: View) -> Iterator[Block]:
    data, settings = audit_tables.data_and_settings(view)
    yield Heading("How to reproduce this", anchor="again")
    yield Paragraph(
        "\u201creid audit\u201d with the settings below, on the source of this fingerprint, gives the same "
        "numbers; report.json holds them all, run.json the versions of all libraries. evidence.json, written "
        "by \u201creid report\u201d, holds fingerprints of each file and of the code, and \u201creid report "
        "--verify\u201d compares them."
    )
    yield Heading("The data", 3, "data")
    yield Terms(data, short=True)
    yield audit_tables.faults(view)
    yield Heading("The settings", 3, "settings")
    yield Terms(settings, short=True)


def _sources(blocks: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return where what releases claim comes from, each once."""
    told = [said(claim["source"])[:400] for block in blocks.values() for claim in block["claims"]]
    return tuple(dict.fromkeys(text for text in told if text))
