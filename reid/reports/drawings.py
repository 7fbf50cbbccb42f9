"""All figures of an audit, and of a study."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from reid.errors import UnknownNameError
from reid.figures.labels import plain
from reid.figures.risk import row_looks
from reid.figures.style import SIZES, Size, look
from reid.reports.amounts import amounts_shown
from reid.reports.before_after import before_after_shown
from reid.reports.channels import channels_shown
from reid.reports.curves import curves_shown
from reid.reports.risks import risk_rows, risk_shown, threats_shown
from reid.reports.scaled import scale_shown
from reid.reports.shown import Shown, Table, with_words
from reid.reports.tradeoffs import comparison_looks, frontier_shown, label_of, sweeps_shown
from reid.reports.who import who_shown
from reid.reports.wording import named_blocks
from reid.study.exposure import Comparison
from reid.study.finished import FinishedStudy
from reid.study.frontier import is_trusted, looked_at

__all__ = ["AUDIT_FIGURES", "Report", "Shown", "Table", "figures", "study_figures"]

Report = Mapping[str, Any]

#: Names of the figures that an audit may have.
AUDIT_FIGURES: Final = ("risk", "threats", "curves", "scale", "channels", "who", "amounts", "before-after")


def figures(report: Report, size: str = "column") -> tuple[Shown, ...]:
    """Draw an audit; a figure for which it has no data is left out.

    Parameters
    ----------
    report : mapping
        As in ``schema.json``.
    size : str
        ``column`` for print, 173 mm wide; ``slide``, 16:9, for a screen.

    Returns
    -------
    tuple of Shown
        In the order in which they are to be read.

    Raises
    ------
    UnknownNameError
        There is no such size.
    """
    drawn, blocks = _sized(size), named_blocks(report)
    before_after = before_after_shown((block["strategy"] for block in blocks.values()), drawn)
    found = _of_blocks(blocks, report["headline"]["chance"], drawn)
    return tuple(with_words(one) for one in (*found, before_after) if one is not None)


def study_figures(finished: FinishedStudy, size: str = "column") -> tuple[Shown, ...]:
    """Draw a study; a figure for which it has no data is left out.

    Parameters
    ----------
    finished : FinishedStudy
        As read from its folder.
    size : str
        ``column`` for print, 173 mm wide; ``slide``, 16:9, for a screen.

    Returns
    -------
    tuple of Shown
        In the order in which they are to be read; figures of one kind have a number in their name.

    Raises
    ------
    UnknownNameError
        There is no such size.
    """
    drawn = _sized(size)
    found: list[Shown] = []
    for number, (compared, frontiers) in enumerate(looked_at(finished), 1):
        looks = comparison_looks(compared, look)
        known = [(purpose, one) for purpose, one in frontiers.items() if one is not None]
        for place, (purpose, one) in enumerate(known, 1):
            found.append(frontier_shown(compared, one, purpose, looks, f"frontier-{number}-{place}", drawn))
        drawn_here = list(sweeps_shown(compared, looks, str(number), drawn))
        report = report_of(finished, compared)
        if report is not None:
            drawn_here += [
                replace(one, name=f"{one.name}-{number}", title=f"{one.title} ({plain(compared.input, 60)})")
                for one in _of_blocks(named_blocks(report), report["headline"]["chance"], drawn)
            ]
        doubted = [label_of(cell.strategy) for cell in compared.cells if not is_trusted(cell)]
        note = f" Not trustworthy, as a check of the attack failed: {', '.join(doubted)}." if doubted else ""
        found += [replace(one, caption=f"{one.caption}{note}") for one in drawn_here]
    before_after = before_after_shown((cell["strategy"] for cell in finished.cells), drawn)
    return tuple(with_words(one) for one in (*found, before_after) if one is not None)


def _of_blocks(blocks: Mapping[str, Report], chance: float | None, size: Size) -> list[Shown]:
    """Return the figures of releases that were attacked in the same way."""
    looks = dict(zip(blocks, row_looks(risk_rows(blocks)[0]), strict=True))
    found = (
        risk_shown(blocks, size),
        threats_shown(blocks, looks, chance, size),
        curves_shown(blocks, looks, chance, size),
        scale_shown(blocks, looks, size),
        who_shown(blocks, size),
        channels_shown(blocks, looks, chance, size),
        amounts_shown(blocks, looks, chance, size),
    )
    return [one for one in found if one is not None]


def report_of(finished: FinishedStudy, compared: Comparison) -> Report | None:
    """Return what was compared as one report, each release beside the raw log; None where nothing is known.

    Parameters
    ----------
    finished : FinishedStudy
        The study.
    compared : Comparison
        Of this study.
    """
    each = [finished.report_of(cell.cell) for cell in compared.cells]
    reports = [one for one in each if one is not None]
    if not reports:
        return None
    raw = next((one["reference"] for one in reports if one["reference"] is not None), None)
    blocks = [one["headline"] for one in reports]
    first = blocks if raw is None else [raw, *blocks]
    return {"headline": first[0], "results": first[1:], "reference": None}


def _sized(name: str) -> Size:
    """Return the sheet of this name."""
    if name not in SIZES:
        raise UnknownNameError.of("size of figures", name, SIZES)
    return SIZES[name]
