"""Numbers as readers get them: no finer than their interval allows, and said in words."""

import math
from collections.abc import Mapping
from typing import Any, Final

from reid.figures.labels import plain

Block = Mapping[str, Any]
Rate = Mapping[str, float] | float | None

RAW: Final = "none"  #: strategy of the raw log
RAW_LABEL: Final = "raw log"
NOT_MEASURED: Final = "not measured"

SEPARATION: Final[dict[str, str]] = {
    "sitting": "Gallery and probe come from different sittings of the same person, so the numbers say "
    "something about meeting a person again later.",
    "session": "Gallery and probe come from different sessions of one sitting, or the source does not say "
    "which sittings they belong to: the numbers say little about next week.",
    "trial": "Gallery and probe come from different trials (repetitions) of the same session: same hour, "
    "same keyboard. The numbers say little about another day.",
    "within": "Gallery and probe are two halves of one recording: same hour, same keyboard, often the same "
    "task. The numbers say nothing about another day.",
}

_COARSE: Final = 0.1  # half an interval from which only steps of five in a hundred make sense
_FINEST: Final = 6  # decimals of a rate at which rounding stops
_NAME: Final = 80  # letters of a name within a sentence


def half_width(rate: Mapping[str, float]) -> float:
    """Return half the length of the interval, in ``[0, 1]``."""
    return round((rate["high"] - rate["low"]) / 2, 9)


def whole(rate: Mapping[str, float]) -> tuple[int, int]:
    """Return the rate as a count and out of how many (100, 1,000, ...), no finer than its interval.

    It is rounded down: it stands behind the words "at least".

    Examples
    --------
    >>> whole({"value": 0.879, "low": 0.858, "high": 0.898})
    (87, 100)
    >>> whole({"value": 0.6418, "low": 0.6395, "high": 0.6441})
    (641, 1000)
    >>> whole({"value": 0.841, "low": 0.706, "high": 0.921})
    (80, 100)
    >>> whole({"value": 0.042, "low": 0.005, "high": 0.131})
    (4, 100)
    """
    half = half_width(rate)
    digits = min(max(2, math.ceil(-math.log10(half))), _FINEST) if half > 0 else 2
    out_of = 10**digits
    step = 5 if half >= _COARSE else 1
    exact = round(rate["value"] * out_of, 9)
    return step * math.floor(exact / step) or math.floor(exact), out_of


def interval(rate: Mapping[str, float], fewest: int = 0) -> str:
    """Return the interval in percent, rounded outwards so that it never shrinks.

    It has as many decimals as its length allows, and at least ``fewest``.
    """
    digits = max(_decimals(rate), fewest)
    scale = 10.0**digits
    low = math.floor(round(100 * rate["low"] * scale, 6)) / scale
    high = math.ceil(round(100 * rate["high"] * scale, 6)) / scale
    return f"{low:.{digits}f} % to {high:.{digits}f} %"


def percent(rate: Rate) -> str:
    """Return value and interval in percent, with one decimal or as many as the interval allows.

    Examples
    --------
    >>> percent({"value": 0.879, "low": 0.858, "high": 0.898})
    '87.9 % (85.8\u201389.8)'
    """
    if rate is None:
        return NOT_MEASURED
    if not isinstance(rate, Mapping):
        return f"{100 * rate:.1f} %"
    digits = max(_decimals(rate), 1)
    value, low, high = (f"{100 * rate[end]:.{digits}f}" for end in ("value", "low", "high"))
    spread = f", sd {100 * rate['sd']:.{digits}f}" if rate.get("sd") is not None else ""
    return f"{value} % ({low}\u2013{high}{spread}{_of_fewer(rate)})"


def _of_fewer(rate: Mapping[str, float]) -> str:
    """Return of how many releases a measure is the mean, where some have no part in it."""
    n_releases = rate.get("n_releases")
    return "" if n_releases is None else f"; {n_releases:.0f} release{'s' if n_releases > 1 else ''} only"


def plain_percent(share: float, *, up: bool = True) -> str:
    """Return a share in percent with one decimal, rounded up, or down, so that no end shrinks.

    Examples
    --------
    >>> plain_percent(0.09001), plain_percent(0.09, up=False)
    ('9.1 %', '9.0 %')
    """
    tenths = round(1000 * share, 9)
    return f"{(math.ceil if up else math.floor)(tenths) / 10:.1f} %"


def fraction(rate: Rate) -> str:
    """Return value and interval as a number from 0 to 1, as AUC is written.

    Examples
    --------
    >>> fraction({"value": 0.9781, "low": 0.97, "high": 0.985})
    '0.978 (0.970\u20130.985)'
    """
    if rate is None:
        return NOT_MEASURED
    if not isinstance(rate, Mapping):
        return f"{rate:.3f}"
    digits = max(_decimals(rate), 1) + 2
    value, low, high = (f"{rate[end]:.{digits}f}" for end in ("value", "low", "high"))
    return f"{value} ({low}\u2013{high}{_of_fewer(rate)})"


def chance_words(chance: float | None) -> str:
    """Return what blind guessing gives, as ``1 in 1,000`` where it is one.

    Examples
    --------
    >>> chance_words(0.001), chance_words(0.4)
    ('1 in 1,000', '40 %')
    """
    if not chance:
        return NOT_MEASURED if chance is None else "0 %"
    one_in = round(1 / chance)
    if math.isclose(one_in * chance, 1.0, rel_tol=1e-4):
        return f"1 in {one_in:,}"
    return f"{100 * chance:.3g} %"


def label(block: Block) -> str:
    """Return how a block is called: its strategy, or that it is the raw log."""
    return RAW_LABEL if is_raw(block) else plain(block["strategy"])


def is_raw(block: Block) -> bool:
    """Tell whether a block is about the raw log."""
    return bool(block["strategy"] == RAW)


def named_blocks(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the blocks by label, the raw log first; equal labels are numbered."""
    blocks = [report["headline"], *report["results"]]
    if report["reference"] is not None:
        blocks.insert(0, report["reference"])
    named: dict[str, Mapping[str, Any]] = {}
    for block in blocks:
        name, number = label(block), 1
        while name in named:
            number += 1
            name = f"{label(block)} ({number})"
        named[name] = block
    return named


def of_people(rate: Mapping[str, float]) -> str:
    """Return a rate as people out of a round number: ``88 of 100``, ``none`` or ``all``."""
    if rate["value"] == 0:
        return "none"
    if rate["value"] == 1:
        return "all"
    count, out_of = whole(rate)
    return f"{count:,} of {out_of:,}" if count else f"fewer than 1 of {out_of:,}"


def answer(report: Mapping[str, Any]) -> str:
    """Return the audit's answer in one sentence.

    Parameters
    ----------
    report : mapping
        A report as in ``schema.json``.
    """
    headline = report["headline"]
    if nothing_compared(headline):
        return _sentence([f"{_where(headline)}nothing can be said: every comparison failed"])
    if headline["rank_1"] is None:
        return _told_apart(report)
    rate, over = _risk(headline)
    among = f"among {headline['n_people']:,}"
    where = _where(headline)
    who = {
        "none": f"no one is named correctly {among} by the attackers tried here",
        "all": f"all people are named correctly {among}",
    }.get(of_people(rate), f"at least {of_people(rate)} people are named correctly {among}")
    if rate["value"] > 0 and whole(rate)[0] == 0:
        who = f"{of_people(rate)} people is named correctly {among} by the attackers tried here"
    interval_words = f"95 % interval {interval(rate)}{over}"
    parts = [f"{where}{who} ({interval_words})", f"chance: {chance_words(headline['chance'])}"]
    return _sentence([*parts, *_beside(report, "rank_1")])


def in_short(report: Mapping[str, Any]) -> str | None:
    """Return the answer for somebody who reads no further; None where nobody was looked for among others."""
    headline = report["headline"]
    if headline["rank_1"] is None or nothing_compared(headline):
        return None
    named = in_tenths(risk_of(headline))
    people = "of these people"
    if not named.startswith("at least"):
        people += ", by the attackers tried here,"
    if is_raw(headline):
        told = f"In the raw log, {named} {people} were named correctly"
    else:
        told = f"After {plain(headline['strategy'], _NAME)}, {named} {people} were named correctly"
        reference = report["reference"]
        if reference and reference["rank_1"] and not nothing_compared(reference):
            told += f"; in the raw log, {in_tenths(risk_of(reference))}"
    rates = [risk_of(block) for block in report["results"] if block["rank_1"] and not nothing_compared(block)]
    if len(rates) > 1:
        ends = [in_tenths(each(rates, key=lambda rate: float(rate["value"]))) for each in (min, max)]
        told += f"; after the {len(rates)} protections tried, from {ends[0]} to {ends[1]}"
    return f"{told}."


def in_tenths(rate: Mapping[str, float]) -> str:
    """Return a rate as so many in ten, rounded down; below one in ten as less than a round share.

    Examples
    --------
    >>> in_tenths({"value": 0.943, "low": 0.927, "high": 0.957})
    'at least 9 in 10'
    >>> in_tenths({"value": 0.035, "low": 0.014, "high": 0.071})
    'fewer than 1 in 10'
    >>> in_tenths({"value": 0.0, "low": 0.0, "high": 0.004})
    'none'
    """
    tenths = math.floor(round(10 * rate["value"], 9))
    if rate["value"] == 0:
        return "none"
    if tenths == 10:  # noqa: PLR2004  all of them
        return "all"
    return f"at least {tenths} in 10" if tenths else "fewer than 1 in 10"


def risk_of(block: Block) -> Mapping[str, Any]:
    """Return the rank-1 of a block that has one, or that of a threat model that is at least as strong."""
    rate: Mapping[str, Any] = block["rank_1"]
    threats: Mapping[str, Any] = block.get("threats") or {"risk": None}
    risk = threats["risk"]
    return rate if not risk or risk["rank_1"]["value"] < rate["value"] else risk["rank_1"]


def nothing_compared(block: Block) -> bool:
    """Say whether every comparison failed, so that a rate of 0 speaks of the log and not of its people."""
    pairs = block["n_probes"] * (block["n_people"] if block["rank_1"] is not None else 1)
    return bool(pairs) and int(block["failures"]["comparisons"]) >= pairs


def _risk(headline: Block) -> tuple[Mapping[str, float], str]:
    """Return the headline's rank-1, or that of a stronger threat, and what it is taken over."""
    over, rate = _over(headline), risk_of(headline)
    if rate is headline["rank_1"]:
        return rate, over
    threats = headline["threats"]
    n_tried = sum(rung["why_none"] is None for rung in threats["rungs"].values())
    named = plain(threats["risk"]["threat"], _NAME)
    return rate, f"{over}; the strongest of {n_tried} threat models: {named}"


def _over(headline: Block) -> str:
    """Return over how many releases a rate is a mean."""
    drawn = headline["releases"]
    return f", over {drawn['n']} releases" if drawn else ""


def _where(headline: Block) -> str:
    """Return the opening of the answer: which log it is about."""
    return "in the raw log, " if is_raw(headline) else f"after {plain(headline['strategy'], _NAME)}, "


def _told_apart(report: Mapping[str, Any]) -> str:
    """Return the answer where people were compared one to one and nobody was looked for among others."""
    headline = report["headline"]
    where = _where(headline)
    name, words = ("eer_per_person", " (mean over people)") if headline["eer_per_person"] else ("eer", "")
    rate = headline[name]
    if rate is None:
        return _sentence([f"{where}no measure could be taken: there were too few comparisons"])
    said = f"one-to-one comparison errs in at most {_only(rate)} of cases at equal error rates{words}"
    parts = [f"{where}{said} (95 % interval {interval(rate, 1)}{_over(headline)})", "blind guessing: 50 %"]
    return _sentence([*parts, *_beside(report, name)])


def _beside(report: Mapping[str, Any], name: str) -> list[str]:
    """Return what the raw log, or the releases, showed beside the headline."""

    def told(block: Block, rate: Mapping[str, float] | None) -> str:
        if rate is None or nothing_compared(block):
            return NOT_MEASURED
        people = of_people(rate) if name == "rank_1" else _only(rate)
        if name == "rank_1" and report["reference"] is None and people[:1].isdigit():
            people = f"at least {people}"
        return f"{people} ({interval(rate, int(name != 'rank_1'))})"

    reference = report["reference"]
    if reference is not None:
        as_hard = _risk(reference)[0] if name == "rank_1" else reference[name]  # tried as hard as the release
        return [f"the raw log: {told(reference, as_hard)}"]
    measured = [
        block for block in report["results"] if block[name] is not None and not nothing_compared(block)
    ]
    if measured:
        rates = [(block, risk_of(block) if name == "rank_1" else block[name]) for block in measured]
        ordered = sorted(rates, key=lambda one: float(one[1]["value"]))  # tried as hard as the raw log
        ends = [
            f"{told(block, rate)} after {plain(block['strategy'], _NAME)}"
            for block, rate in (ordered[0], ordered[-1])
        ]
        return [
            f"the {len(measured)} releases: from {ends[0]} to {ends[1]}" if len(measured) > 1 else ends[0]
        ]
    why = report.get("reference_why_none")
    return (
        []
        if is_raw(report["headline"]) or not why
        else [f"the raw log: {NOT_MEASURED} ({plain(why).rstrip('.')})"]
    )


def _sentence(parts: list[str]) -> str:
    """Join parts into one sentence with a capital first letter; names keep theirs."""
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _only(rate: Mapping[str, float]) -> str:
    """Return a rate in percent without its interval."""
    return f"{100 * rate['value']:.{max(_decimals(rate), 1)}f} %"


def _decimals(rate: Mapping[str, float]) -> int:
    """Return how many decimals of a percentage its interval allows, from 0 to 4."""
    half = half_width(rate)
    return min(max(0, math.ceil(-math.log10(half)) - 2), _FINEST - 2) if half > 0 else 0
