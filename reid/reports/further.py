"""More measures on the page: one line per measure, in words, one column per log."""

from collections.abc import Mapping
from typing import Any, Final

from reid.reports.wording import NOT_MEASURED, fraction, percent

#: Name of each measure, and what it means to somebody who knows no statistics.
MEASURES: Final[dict[str, str]] = {
    "bits learnt": "How many yes-or-no questions about who it is the attack answers, on average; "
    "as many as it takes to name one of all enrolled would be everything.",
    "hides among": "Among how many people somebody in the middle still hides from this attack.",
    "worst tenth hides among": "A tenth of the people hide among at most so many.",
    "always found": "Share of people whose every probe is named right.",
    "named, all at once": "Share of people named right by whoever holds the whole release, pools all that "
    "one pseudonym did and gives each name once.",
    "singled out": "How often one person alone is the best match, and the right one, beyond what naming "
    "somebody at random gets right.",
    "linked": "How often two recordings of one person lead to the same name, beyond what recordings of two "
    "people do.",
    "group inferred": "How often the best match is of the person's own group, beyond how often it is so with "
    "the person's own recordings taken out.",
    "linkability": "D_sys: 0 where recordings of one person are no more alike than those of two, 1 where "
    "they cannot be mistaken.",
    "missed, 10 % false alarms": "Share of enrolled people whom the attacker does not name, if it may name "
    "somebody in one of ten searches for people who are not on the list (FNIR at FPIR 10 %).",
    "matched, 1 % false matches": "Share of comparisons within one person that pass a threshold that one "
    "in a hundred across two people passes.",
}


def further_table(blocks: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the table, None where nothing was measured.

    Parameters
    ----------
    blocks : mapping
        Blocks of ``report.json`` by label.

    Returns
    -------
    dict or None
        ``logs``, their labels, and ``rows`` with ``name``, ``meaning`` and a cell for each log.
    """
    columns = {name: cells for name, block in blocks.items() if (cells := _cells(block))}
    if not columns:
        return None
    rows = [
        {"name": name, "meaning": meaning, "cells": [cells[place] for cells in columns.values()]}
        for place, (name, meaning) in enumerate(MEASURES.items())
    ]
    return {"logs": list(columns), "rows": rows}


def _cells(block: Mapping[str, Any]) -> list[str] | None:
    found = block.get("further")
    if found is None:
        return None
    sets, linked = found["information"]["anonymity_set"], found["criteria"]["linkability"]
    inferred = found["criteria"]["inference"]
    matched = block.get("tmr_at_fmr") or {}
    return [
        _number(found["information"]["bits"]),
        _number(sets["median"]),
        _number(sets["worst_decile"]),
        percent(found["who"]["always_found"]),
        percent(found["one_to_one"]),
        percent(found["criteria"]["singling_out"]["risk"]),
        percent(linked and linked["risk"]),
        percent(inferred and inferred["risk"]),
        fraction(found["unlinkability"]["d_sys"]),
        percent(found["fnir_at_fpir"]["0.1"]),
        percent(matched.get("0.01")),
    ]


def _number(measure: Mapping[str, float] | None) -> str:
    """Return a number that is no rate, with its interval.

    Examples
    --------
    >>> _number({"value": 4.901, "low": 4.38, "high": 5.17, "chance": 0.0})
    '4.9 (4.4\u20135.2)'
    >>> _number({"value": 1000.0, "low": 941.6, "high": 1000.0, "chance": 1000.0})
    '1,000 (942\u20131,000)'
    """
    if measure is None:
        return NOT_MEASURED
    digits = 1 if measure["high"] < 100 else 0  # noqa: PLR2004  three digits say enough
    value, low, high = (f"{measure[end]:,.{digits}f}" for end in ("value", "low", "high"))
    return f"{value} ({low}\u2013{high})"
