"""Risk by strategy, as a figure with its words."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from reid.figures.attack_sheets import Attackers, threats_sheet
from reid.figures.labels import drawable, plain
from reid.figures.risk import EER, RANK_1, Measure, Rate, RiskRow
from reid.figures.sheets import risk_sheet
from reid.figures.style import Look, Size
from reid.reports.shown import Cell, Shown, Table
from reid.reports.wording import chance_words, is_raw, percent, risk_of

Blocks = Mapping[str, Mapping[str, Any]]

_CAPTION_RANK: Final = (
    "Share of people whom the strongest attacker names correctly at first guess, with 95 % intervals over "
    "people. Dotted: blind guessing. Further left is harder for the attackers tried here; a better one may "
    "be further right."
)
_CAPTION_THREATS: Final = (
    "Share of people named correctly at first guess, as a number, and beneath it with its 95 % interval over "
    "people. A column is one attacker, a row one release; bold: nobody achieves more there. Dotted: blind "
    "guessing. Thin line: the same attacker on the raw log. Dashed: 9 %, the threshold of EMA Policy 0070 "
    "and "
    "Health Canada for clinical data; no law sets one for telemetry."
)
_MOST_ON_SLIDE: Final = 6
_FEWEST_COLUMNS: Final = 2
_MOST_THREATS: Final = 9
_MOST_ATTACKERS: Final = 5  # their names are long
_CAPTION_EER: Final = (
    "Equal error rate of one-to-one comparison, with 95 % intervals over people. Dotted: blind guessing. "
    "Further right is harder for the attackers tried here; a better one may be further left."
)


def risk_shown(blocks: Blocks, size: Size) -> Shown | None:
    """Draw the risk of each release and the raw log; None where nothing was measured.

    Parameters
    ----------
    blocks : mapping of label to mapping
        Of ``report.json``, the raw log first.
    size : Size
        The sheet.
    """
    rows, measure = risk_rows(blocks)
    if all(row.value is None for row in rows):
        return None
    caption = _CAPTION_RANK if measure is RANK_1 else _CAPTION_EER
    if measure is RANK_1 and any(block.get("threats") for block in blocks.values()):
        caption += " Each is the largest over the threat models that were tried."
    title = "Risk by strategy" if measure is RANK_1 else "Equal error rate by strategy"
    each = "; ".join(f"{row.label} {row.text}" for row in rows)
    by_luck = rows[0].chance
    alt = f"{measure.axis}, value and 95 % interval: {each}."
    if by_luck is not None:
        alt += f" Blind guessing gives {chance_words(by_luck)}."
    if measure.has_threshold:
        alt += " A line at 9 % is the threshold of EMA Policy 0070 and Health Canada for clinical data."
    columns = ("strategy", "rank_1" if measure is RANK_1 else "eer", "low", "high", "chance")
    table = Table(columns, tuple((row.label, row.value, row.low, row.high, row.chance) for row in rows))
    return Shown("risk", title, alt, caption, table, risk_sheet(rows, measure, size))


def threats_shown(
    blocks: Blocks, looks: Mapping[str, Look], chance: float | None, size: Size
) -> Shown | None:
    """Draw the risk by what the attacker knows, and by attacker; None where there is but one of each.

    Parameters
    ----------
    blocks : mapping of label to mapping
        Of ``report.json``, the raw log first.
    looks : mapping of label to Look
        One for each.
    chance : float or None
        Rank-1 of blind guessing.
    size : Size
        The sheet; a slide holds six of the releases, and one band where there are two.
    """
    bands = [band for band in (_by_threat(blocks), _by_attacker(blocks)) if band is not None]
    if not bands or all(block["rank_1"] is None for block in blocks.values()):
        return None
    labels = list(blocks)
    said = [
        f"{label}, {name}: {percent({'value': rate.value, 'low': rate.low, 'high': rate.high})}"
        for band in bands
        for name, rates in zip(band.names, band.rates, strict=True)
        for label, rate in zip(labels, rates, strict=True)
        if rate is not None
    ]
    rows: list[tuple[Cell, ...]] = [
        (band.title, name, label, *((None,) * 3 if rate is None else (rate.value, rate.low, rate.high)))
        for band in bands
        for name, rates in zip(band.names, band.rates, strict=True)
        for label, rate in zip(labels, rates, strict=True)
    ]
    sentences = {
        rung: found.get("sentence", "")
        for block in blocks.values()
        for rung, found in (block.get("threats") or {"rungs": {}})["rungs"].items()
    }
    known = " ".join(f"{plain(rung, 60)}: {plain(told, 200)}." for rung, told in sentences.items())
    caption = f"{_CAPTION_THREATS} {known}".rstrip()
    shown = few_of(blocks, _MOST_ON_SLIDE) if size.height_in is not None else labels
    if len(shown) < len(labels):
        caption += f" {len(labels) - len(shown)} more releases are in the data, not in the drawing."
    if hidden := sum(band.n_hidden for band in bands):
        caption += f" {hidden} weaker attacker{'s are' if hidden > 1 else ' is'} not drawn."
    kept = [labels.index(label) for label in shown]
    drawn = [
        replace(
            band,
            rates=tuple(tuple(rates[place] for place in kept) for rates in band.rates),
            is_raw=tuple(band.is_raw[place] for place in kept),
        )
        for band in bands
    ]
    if size.height_in is not None:
        drawn = drawn[:1]
    picture = threats_sheet(drawn, shown, [looks[label] for label in shown], chance, size)
    columns = ("by", "attacker", "strategy", "rank_1", "low", "high")
    title = "Risk by what the attacker knows, and by attacker"
    alt = f"People named correctly at first guess, value and 95 % interval. {'; '.join(said)}."
    return Shown("threats", title, alt, caption, Table(columns, tuple(rows)), picture)


def _by_threat(blocks: Blocks) -> Attackers | None:
    """Return what is achieved by each threat model, the weakest first."""
    rungs = {label: dict((block.get("threats") or {"rungs": {}})["rungs"]) for label, block in blocks.items()}
    known = dict.fromkeys(rung for found in rungs.values() for rung in found)
    return _band(
        "By what the attacker knows and does (the strongest attacker of each)", blocks, known,
        {label: {rung: one.get("rank_1") for rung, one in found.items()} for label, found in rungs.items()},
        _MOST_THREATS,
    )  # fmt: skip


def _by_attacker(blocks: Blocks) -> Attackers | None:
    """Return what is achieved by each attacker who learns on data released in the same way."""
    rates = {
        label: {name: one["rank_1"] for name, one in block["attackers"].items()}
        for label, block in blocks.items()
    }
    known = dict.fromkeys(name for found in rates.values() for name in found)
    title = "By attacker, who learns and enrols on data released in the same way"
    return _band(title, blocks, known, rates, _MOST_ATTACKERS)


def _band(
    title: str, blocks: Blocks, known: Iterable[str], rates: Mapping[str, Mapping[str, Any]], most: int
) -> Attackers | None:
    """Return a band of columns, from the weakest to the strongest; None with fewer than two.

    Of more than ``most`` attackers the strongest are drawn, and whoever is the strongest on some log.
    """
    found = {
        name: tuple(
            None
            if (rate := rates[label].get(name)) is None
            else Rate(rate["value"], rate["low"], rate["high"])
            for label in blocks
        )
        for name in known
    }
    found = {name: column for name, column in found.items() if any(rate is not None for rate in column)}
    if len(found) < _FEWEST_COLUMNS:
        return None

    def strength(name: str) -> float:
        values = [rate.value for rate in found[name] if rate is not None]
        return sum(values) / len(values)

    leaders = {
        max(found, key=lambda name: -1.0 if (rate := found[name][place]) is None else rate.value)
        for place in range(len(blocks))
    }
    ranked = sorted(found, key=lambda name: (name in leaders, strength(name), name))
    names = sorted(ranked[-max(most, len(leaders)) :], key=lambda name: (strength(name), name))
    return Attackers(
        title=title,
        names=tuple(drawable(name, 60) for name in names),
        rates=tuple(found[name] for name in names),
        is_raw=tuple(is_raw(block) for block in blocks.values()),
        n_hidden=len(found) - len(names),
    )


def few_of(blocks: Blocks, most: int) -> list[str]:
    """Return labels of so many releases: the raw log, and others from the lowest risk to the highest.

    Parameters
    ----------
    blocks : mapping of label to mapping
        Of ``report.json``.
    most : int
        How many, at least 2.
    """
    if len(blocks) <= most:
        return list(blocks)
    rows, _ = risk_rows(blocks)
    raw = [row.label for row in rows if row.is_raw][:1]
    others = sorted((row.value or 0.0, row.label) for row in rows if row.label not in raw)
    n = most - len(raw)
    kept = (
        {others[round(place * (len(others) - 1) / (n - 1))][1] for place in range(n)}
        if n > 1
        else {others[-1][1]}
    )
    return [label for label in blocks if label in raw or label in kept]


def risk_rows(blocks: Blocks) -> tuple[list[RiskRow], Measure]:
    """Return the rows: rank-1 as the answer states it, or where nobody was ranked the equal error rate."""
    name, measure = "rank_1", RANK_1
    if all(block["rank_1"] is None for block in blocks.values()):
        own = all(block["eer_per_person"] is not None for block in blocks.values())
        name, measure = "eer_per_person" if own else "eer", EER
    rows = []
    for text, block in blocks.items():
        rate = risk_of(block) if block[name] is not None and measure is RANK_1 else block[name]
        value, low, high = (None, None, None) if rate is None else (rate["value"], rate["low"], rate["high"])
        rows.append(
            RiskRow(
                label=text,
                value=value,
                low=low,
                high=high,
                chance=block["chance"] if measure is RANK_1 else 0.5,
                text=_interval_only(rate),
                is_raw=is_raw(block),
            )
        )
    return rows, measure


def _interval_only(rate: Mapping[str, float] | None) -> str:
    """Return value and interval, without the spread over people."""
    return percent(None if rate is None else {end: rate[end] for end in ("value", "low", "high")})
