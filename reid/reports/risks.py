"""Risk by strategy, as a figure with its words."""

from collections.abc import Mapping
from typing import Any, Final

from reid.figures.risk import EER, RANK_1, Measure, RiskRow
from reid.figures.sheets import risk_sheet
from reid.figures.style import Size
from reid.reports.shown import Shown, Table
from reid.reports.wording import chance_words, is_raw, percent, risk_of

Blocks = Mapping[str, Mapping[str, Any]]

_CAPTION_RANK: Final = (
    "Share of people whom the strongest attacker names correctly at first guess, with 95 % intervals over "
    "people. Dotted: blind guessing. Further left is harder for the attackers tried here; a better one may "
    "be further right."
)
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
    return Shown("risk", title, alt, caption, table, risk_sheet(rows, measure))


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
