"""An audit as a document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reid.reports.comparison import LINE
from reid.reports.document import audit_tables, exposure, parts, standing
from reid.reports.document.blocks import (
    Block,
    Bullets,
    Columns,
    Contents,
    Document,
    Heading,
    Paragraph,
    Terms,
)
from reid.reports.document.declared import Declared
from reid.reports.drawings import Shown
from reid.reports.gate import refusals
from reid.reports.view import page_view
from reid.reports.wording import (
    answer,
    in_short,
    is_raw,
    label,
    named_blocks,
    percent,
    risk_of,
)

View = Mapping[str, Any]


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
    places = parts.placed(figures)
    told = (
        _first_page(report, view, places),
        (Contents(),),
        parts.attackers(view, places),
        _costs(report, view, places),
        parts.exposed(view, places),
        _advice(report),
        exposure.three_questions(blocks),
        parts.kinds(report, blocks, places, declared or Declared()),
        standing.words_explained(),
        _methods(report, view),
        standing.limits(),
        standing.references(parts.sources(blocks)),
        _again(view),
    )
    return Document(
        "Re-identification risk of a log", label(report["headline"]), tuple(b for part in told for b in part)
    )


def _first_page(report: Mapping[str, Any], view: View, places: parts.Places) -> Iterator[Block]:
    goes_away = f", and how much of that goes away in the release{'s' if view['has_many'] else ''}"
    yield Paragraph(
        "Names were replaced by pseudonyms. How surely can an attacker still tell who is who, from how "
        f"people {parts.what_they_did(report)}{goes_away if view['claims'] else ''}?",
        "question",
    )
    if view["not_trustworthy"]:
        yield Paragraph(view["not_trustworthy"], "warning", "Do not rely on what follows.")
    if short := in_short(report):
        yield Paragraph(short, "answer")
    yield Paragraph(answer(report), opening="In numbers:") if short else Paragraph(answer(report), "answer")
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
    yield Columns(tuple(parts.weakened(view)), tuple(parts.untested(view)))


def _costs(report: Mapping[str, Any], view: View, places: parts.Places) -> Iterator[Block]:
    yield Heading("What each protection leaves and costs", anchor="costs")
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
        yield from parts.proven(view)
    elif is_raw(report["headline"]):
        yield Paragraph("This is the raw log: no protection was applied.")


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
            as_low = sum(float(one["low"]) <= float(rate["high"]) for _, one in told) - 1
            others = (
                f" The intervals of {as_low} other{'s' if as_low > 1 else ''} overlap with it, so which is "
                "the lowest is not certain."
                if as_low
                else ""
            )
            yield Paragraph(
                f"Of the {len(told)} releases, the risk after {name} is bounded lowest (by the upper "
                f"end of its interval): at least {percent(rate)} are named.{others} That bounds no "
                "better attack, and says nothing of what a release is still good for.",
                opening="Lowest risk here:",
            )
        return
    reasons = refusals(report, accepted=("all",))
    held = "Held against a line of 9 %, with whatever weakens it accepted:"
    if reasons:
        yield Paragraph("it would be held back, since", opening=held)
        yield Bullets(tuple(f"{reason[:1].upper()}{reason[1:]}." for reason in reasons))
    else:
        yield Paragraph(
            "it passes. That is said of the attackers tried here and of what they were shown; it does not "
            "show that nobody can be named.",
            opening=held,
        )
    yield Paragraph(LINE, "aside")


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
