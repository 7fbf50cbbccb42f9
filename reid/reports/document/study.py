"""A study as a document."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from reid.errors import ParameterError
from reid.figures.labels import plain
from reid.reports.comparison import LINE, notes_of, rates_of_lists, recommendation_lines
from reid.reports.document import audit_tables, exposure, parts, standing
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
    rows_of,
    said,
)
from reid.reports.document.declared import Declared
from reid.reports.drawings import report_of
from reid.reports.shown import Shown
from reid.reports.view import page_view
from reid.reports.wording import answer, fraction, in_short, label, named_blocks, percent
from reid.study.exposure import Comparison, comparisons_of
from reid.study.finished import FinishedStudy
from reid.study.frontier import Frontier, is_trusted, looked_at
from reid.study.recommend import USUAL_RISK, Recommendation, recommend

Frontiers = Mapping[str, Frontier | None]

_TITLE: Final = "Protections held against each other"
_NAME: Final = 120
_FEW: Final = 1  # names that a cell of a table has room for


def study_document(
    study: FinishedStudy,
    figures: Sequence[Shown],
    declared: Declared | None = None,
    max_risk: float = USUAL_RISK,
) -> Document:
    """Return a study as a document.

    Parameters
    ----------
    study : FinishedStudy
        What was found.
    figures : sequence of Shown
        What was drawn of it.
    declared : Declared, optional
        What the user states and no attack can measure.
    max_risk : float
        The line under which a recommended setting must lie, above 0 and below 1.
    """
    compared = looked_at(study)
    if not compared:
        return Document(_TITLE, "declared comparisons", (*_of_lists(study), *_end(study, ())))
    each_place = []
    n_before = 0
    for number in range(1, len(compared) + 1):
        own = [one for one in figures if _comparison_of(one.name) == number]
        each_place.append(parts.placed(own, n_before))
        n_before += len(own)
    advice = recommendations(study, max_risk)
    about = "; ".join(_label(one) for one, _ in compared)
    body: list[Block] = [*_first_page(study, compared, advice, each_place[0]), Contents()]
    sources: tuple[str, ...] = ()
    for number, (one, frontiers) in enumerate(compared, 1):
        report = whole_report(study, one)
        places = each_place[number - 1] if number == 1 else _all_within(each_place[number - 1])
        told = tuple(_of_one(one, frontiers, report, advice[number - 1], places, declared or Declared()))
        body += _named(told, _label(one), number) if len(compared) > 1 else told
        if report is not None:
            sources += parts.sources(named_blocks(report))
    return Document(_TITLE, said(about)[:_NAME], (*body, *_end(study, tuple(dict.fromkeys(sources)))))


@lru_cache(maxsize=1)  # the document and its evidence ask for the same
def recommendations(
    study: FinishedStudy, max_risk: float = USUAL_RISK
) -> tuple[tuple[Recommendation, ...], ...]:
    """Return what is recommended in each comparison, for each purpose that applies to somebody.

    Raises
    ------
    ParameterError
        The line makes no sense.
    """
    if not 0 < max_risk < 1:
        raise ParameterError.of("--max-risk", must="lie between 0 and 1", found=max_risk)
    compared = looked_at(study)
    found: list[list[Recommendation]] = [[] for _ in compared]
    purposes = dict.fromkeys(purpose for _, frontiers in compared for purpose in frontiers)
    for purpose in purposes:
        for place, one in enumerate(comparisons_of(study, purpose)):
            try:
                found[place].append(recommend(one, max_risk))
            except ParameterError:  # the purpose applies to nobody
                continue
    return tuple(map(tuple, found))


def whole_report(study: FinishedStudy, compared: Comparison) -> dict[str, Any] | None:
    """Return what was compared as one report, whole enough for a page; None where nothing is known."""
    merged = report_of(study, compared)
    each = [found for cell in compared.cells if (found := study.report_of(cell.cell)) is not None]
    if merged is None:
        return None
    not_tested = dict.fromkeys(text for one in each for text in one["not_tested"])
    strategies = [cell.strategy for cell in compared.cells[1:]]
    settings = {**each[0]["settings"], "strategy": None, "strategies": strategies}
    return {
        **each[0],
        **merged,
        "adequacy": _adequacy([one.get("adequacy") for one in each]),
        "leaky": None,
        "not_tested": list(not_tested),
        "reference_why_none": None,
        "settings": settings,
    }


def _adequacy(each: Sequence[Mapping[str, Any] | None]) -> dict[str, Any] | None:
    """Return all checks as one verdict; none where one attack was not checked."""
    checked = [one for one in each if one is not None]
    if len(checked) < len(each):
        return None
    checks = {(check["name"], check["strategy"]): check for one in checked for check in one["checks"]}
    return {
        "trustworthy": all(one["trustworthy"] for one in checked),
        "effort": "quick" if any(one["effort"] == "quick" for one in checked) else "full",
        "reasons": [reason for one in checked for reason in one["reasons"]],
        "checks": list(checks.values()),
    }


def _first_page(
    study: FinishedStudy,
    compared: Sequence[tuple[Comparison, Frontiers]],
    advice: Sequence[Sequence[Recommendation]],
    places: parts.Places,
) -> Iterator[Block]:
    yield Paragraph(
        "Names were replaced by pseudonyms, and the log was changed in several ways before it is passed on. "
        "How many people can an attacker still name after each, and what is the release still good for?",
        "question",
    )
    weak: list[Block] = []
    untested: list[Block] = []
    for (one, _), found in zip(compared, advice, strict=True):
        report = whole_report(study, one)
        where = f"{_label(one)}: " if len(compared) > 1 else ""
        if report is None:
            yield Paragraph(f"{where}no attack found anything, so nothing is known of the risk.", "answer")
            continue
        view = page_view(report)
        doubted = {plain(cell.strategy) for cell in one.cells if not is_trusted(cell)}
        if view["not_trustworthy"]:
            named = ", ".join("raw log" if name == "none" else name for name in sorted(doubted))
            left_out = " It is not counted in the answer." if doubted - {"none"} else ""
            yield Paragraph(
                f"{where}{view['not_trustworthy']}{left_out}",
                "warning",
                f"Do not rely on what is said of {named or 'these releases'}.",
            )
        trusted = {**report, "results": [each for each in report["results"] if label(each) not in doubted]}
        short = in_short(trusted)
        yield Paragraph(f"{where}{short or 'Nothing can be said of the risk.'}", "answer")
        if short:
            yield Paragraph(answer(trusted), opening="In numbers:")
        purposes: dict[str, list[str]] = {}
        for each in found:
            purposes.setdefault(_in_one_sentence(each), []).append(plain(each.compared.purpose, 60))
        for sentence, names in purposes.items():
            yield Paragraph(sentence, opening=f"For {', '.join(names)}:")
        if not weak:
            weak, untested = list(parts.weakened(view)), list(parts.untested(view))
    yield Paragraph(f"{standing.LOWER_BOUND} {LINE}", "aside")
    yield from places.get("first", ())
    yield Columns(tuple(weak), tuple(untested))


def _of_one(
    one: Comparison,
    frontiers: Frontiers,
    report: Mapping[str, Any] | None,
    advice: Sequence[Recommendation],
    places: parts.Places,
    declared: Declared,
) -> Iterator[Block]:
    if report is None:
        return
    view, blocks = page_view(report), named_blocks(report)
    yield from parts.attackers(view, places)
    yield Heading("What each protection leaves and costs", anchor="costs")
    yield _costs(one, frontiers)
    yield from (Paragraph(said(note)) for note in notes_of(frontiers))
    yield from places.get("costs", ())
    yield Heading("The numbers", 3, "numbers")
    yield from audit_tables.numbers(view)
    if view["claims"]:
        yield from parts.proven(view)
    yield from parts.exposed(view, places)
    yield Heading("Recommendation", anchor="advice")
    if not advice:
        yield Paragraph("No purpose was declared, so nothing is known of use and nothing can be recommended.")
    for number, found in enumerate(advice, 1):
        lines = [said(line) for line in recommendation_lines(found)]
        yield Heading(f"For {plain(found.compared.purpose, 60)}", 3, f"for-{number}")
        yield Bullets(tuple(lines[1:]))
    yield from exposure.three_questions(blocks)
    best = next((found.best for found in advice if found.best is not None), None)
    chosen = None if best is None else (plain(best.strategy, _NAME), best.risk.as_dict())
    yield from parts.kinds(report, blocks, places, declared, chosen)
    yield Heading("Methods", anchor="methods")
    yield from standing.methods()
    yield Paragraph(
        "Settings are recommended on one half of the people and reported on the other. One setting beats "
        "another where people are named less often or its release is worth more, beyond an interval on the "
        "same people that holds for all pairs at once, and it is no worse in the other of the two."
    )
    yield from audit_tables.adequacy(view)
    yield from audit_tables.further(view)
    data, settings = audit_tables.data_and_settings(view)
    yield Heading("Data and settings", anchor="data")
    yield Terms(data, short=True)
    yield audit_tables.faults(view)
    yield Terms(settings, short=True)


def _costs(one: Comparison, frontiers: Frontiers) -> Table:
    """Return risk beside worth of each setting."""
    worth = {
        purpose: {point.cell.cell: point for point in frontier.points}
        for purpose, frontier in frontiers.items()
        if frontier is not None
    }
    rows = []
    for cell in one.cells:
        points = [found.get(cell.cell) for found in worth.values()]
        beaten = {
            purpose: [_called(name) for name in found[cell.cell].beaten_by]
            for purpose, found in worth.items()
            if cell.cell in found
        }
        name = "raw log" if cell.strategy == "none" else plain(cell.strategy, _NAME)
        rows.append(
            Row(
                (
                    Cell(name),
                    Cell.of(percent(cell.measured.as_dict()), cell.measured.value),
                    *(
                        Cell.of("does not apply" if point is None else fraction(point.utility.as_dict()))
                        for point in points
                    ),
                    Cell(_beaten(beaten)),
                ),
                strong=cell.strategy == "none",
                about=name,
                note="" if is_trusted(cell) else "not trustworthy: a check of the attack failed",
            )
        )
    columns = (
        "protection",
        (f"named among {one.among}"),
        *(f"worth for {each}" for each in worth),
        "beaten by",
    )
    caption = (
        f"Risk and worth on the same people: {one.n_enrolled:,} were attacked. Risk is the largest over what "
        "the attacker knows and does; worth is 1 for a release as good as the raw log and 0 for one that is "
        "good for nothing. In brackets: 95 % intervals over people."
    )
    return Table(columns, (Group(tuple(rows)),), caption)


def _called(strategy: str) -> str:
    return "raw log" if strategy == "none" else plain(strategy, 60)


def _beaten(by_purpose: Mapping[str, Sequence[str]]) -> str:
    """Return for which purposes a setting is beaten, and by how many; by which, where they are few."""
    told: dict[str, list[str]] = {}
    for purpose, names in by_purpose.items():
        few = ", ".join(names) if len(names) <= _FEW else f"{len(names)} others"
        told.setdefault(few, []).append(plain(purpose, 60))
    if set(told) <= {""}:
        return "none"
    return "; ".join(f"{', '.join(purposes)}: {few or 'none'}" for few, purposes in told.items())


def _in_one_sentence(found: Recommendation) -> str:
    if found.best is None:
        line = f"a line of {100 * found.max_risk:g} % among {found.compared.among} people"
        return f"no protection can be recommended under {line}: {plain(found.why, 400)}."
    risk, worth = found.best.risk.as_dict(), found.best.utility.as_dict()
    return (
        f"release with {plain(found.best.strategy, _NAME)}: {percent(risk)} of people are named among "
        f"{found.compared.among}, and what is released is worth {fraction(worth)} of the raw log."
    )


def _of_lists(study: FinishedStudy) -> Iterator[Block]:
    """Yield error rates of declared comparisons, in which nobody is looked for among others."""
    yield Paragraph(
        "How surely are two recordings told to be of one person, by a publisher's own list?", "question"
    )
    yield Paragraph("People were compared one to one; nobody was looked for among others.", "answer")
    columns, *rows = rates_of_lists(study)
    yield Contents()
    yield Heading("The numbers", anchor="numbers")
    yield Table(columns, (Group(rows_of(rows)),), "Error rates of declared comparisons.")


def _end(study: FinishedStudy, sources: tuple[str, ...]) -> Iterator[Block]:
    yield from standing.words_explained()
    yield from standing.limits()
    yield from standing.references(sources)
    yield Heading("How to reproduce this", anchor="again")
    yield Paragraph(
        f"study.toml in this folder declares all {len(study.cells)} cells. \u201creid run study.toml\u201d, "
        "where its sources lie, gives the same numbers; results.parquet holds them, run.json the versions of "
        "all libraries. evidence.json holds fingerprints of each file and of the code, and \u201creid report "
        "--verify\u201d compares them."
    )


def _label(one: Comparison) -> str:
    return f"{plain(one.input, 60)}, {plain(one.threat, 60)}, seed {one.seed}"


def _named(blocks: Sequence[Block], label: str, number: int) -> Iterator[Block]:
    """Yield blocks under headings that say of which comparison they are."""
    for block in blocks:
        if isinstance(block, Heading):
            text = f"{block.text} ({label})" if block.level == 2 else block.text  # noqa: PLR2004  a part
            yield replace(block, text=text, anchor=f"{block.anchor}-{number}")
        else:
            yield block


def _comparison_of(name: str) -> int:
    """Return the number of the comparison of which a figure is; what is of none stands with the first."""
    found = re.search(r"-(\d+)", name)
    return int(found[1]) if found else 1


def _all_within(places: Mapping[str, list[Drawn]]) -> dict[str, list[Drawn]]:
    """Return places without a first page, whose figure stands with the attackers then."""
    return {**places, "first": [], "attackers": [*places["first"], *places["attackers"]]}
