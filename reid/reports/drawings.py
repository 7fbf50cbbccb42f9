"""The figures of a report with the words that stand for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reid.figures.risk import EER, RANK_1, Measure, RiskRow, row_looks
from reid.figures.sheets import amounts_sheet, channels_sheet, curves_sheet, risk_sheet, scale_sheet
from reid.figures.style import Picture
from reid.reports.amounts import AMOUNTS_CAPTION, amount_panels, amounts_words
from reid.reports.channels import CAPTION, channel_panels, taken_apart
from reid.reports.scaled import SCALE_CAPTION, scaled_points, scaled_words
from reid.reports.wording import is_raw, named_blocks, percent, risk_of
from reid.typing import FloatArray

Report = Mapping[str, Any]

_CAPTION_RANK: Final = (
    "Figure 1. Share of people whom the strongest attacker names correctly at first guess, with 95 % "
    "intervals over people. Dotted: blind guessing. Further left is harder for the attackers tried here; a "
    "better one may be further right."
)
_CAPTION_EER: Final = (
    "Figure 1. Equal error rate of one-to-one comparison, with 95 % intervals over people. Dotted: blind "
    "guessing. Further right is harder for the attackers tried here; a better one may be further left."
)
_CAPTION_CMC: Final = (
    "how often the right person is among the attacker's first guesses, by the number of guesses (higher is "
    "riskier; dotted: blind guessing)."
)
_CAPTION_DET: Final = (
    "the two errors of one-to-one comparison against each other over all thresholds, on normal-deviate axes "
    "(nearer the lower left corner is riskier)."
)


@dataclass(frozen=True, slots=True)
class RankPoints:
    """Points of a CMC curve."""

    rank: FloatArray
    rate: FloatArray


@dataclass(frozen=True, slots=True)
class ErrorPoints:
    """Points of a DET curve."""

    fmr: FloatArray
    fnmr: FloatArray


@dataclass(frozen=True, slots=True)
class Shown:
    """A drawing with the words that stand for it."""

    name: str  #: of its files
    picture: Picture
    caption: str
    alt: str


def figures(report: Report) -> list[Shown]:
    """Draw risk by strategy, CMC beside DET, and channels; a figure without any number is left out."""
    blocks = named_blocks(report)
    rows, measure = _rows(blocks)
    shown: list[Shown] = []
    if any(row.value is not None for row in rows):
        alt = f"{measure.axis}: " + "; ".join(f"{row.label} {row.text}" for row in rows)
        caption = _CAPTION_RANK if measure.has_threshold else _CAPTION_EER
        if measure.has_threshold and any(block.get("threats") for block in blocks.values()):
            caption += " Each is the largest over the threat models that were tried."
        shown.append(Shown("risk", risk_sheet(rows, measure), caption, alt))
    cmc = {
        name: RankPoints(np.array(points["rank"], dtype=float), np.array(points["rate"], dtype=float))
        for name, points in _points(blocks, "cmc")
    }
    det = {
        name: ErrorPoints(np.array(points["fmr"], dtype=float), np.array(points["fnmr"], dtype=float))
        for name, points in _points(blocks, "det")
    }
    if cmc or det:
        looks = dict(zip(blocks, row_looks(rows), strict=True))
        kinds = " and ".join(["CMC"] * bool(cmc) + ["DET"] * bool(det))
        alt = f"{kinds} curves of: {'; '.join(blocks)}. The table below has the numbers."
        drawn = curves_sheet(cmc, det, looks, report["headline"]["chance"])
        shown.append(Shown("curves", drawn, _curves_caption(bool(cmc), bool(det)), alt))
    scaled = {name: scaled_points(block["scaled"]) for name, block in blocks.items() if block.get("scaled")}
    if scaled:
        looks = dict(zip(blocks, row_looks(rows), strict=True))
        alt = " ".join(scaled_words(name, block) for name, block in blocks.items() if block.get("scaled"))
        drawn = scale_sheet(scaled, {name: looks[name] for name in scaled})
        shown.append(Shown("scale", drawn, f"Figure {len(shown) + 1}. {SCALE_CAPTION}", alt))
    if (by_channel := channel_panels(blocks)) is not None:
        looks = dict(zip(blocks, row_looks(rows), strict=True))
        drawn = channels_sheet(*by_channel, looks, report["headline"]["chance"])
        shown.append(Shown("channels", drawn, f"Figure {len(shown) + 1}. {CAPTION}", taken_apart(blocks)))
    if (by_amount := amount_panels(blocks)) is not None:
        looks = dict(zip(blocks, row_looks(rows), strict=True))
        drawn = amounts_sheet(by_amount, looks, report["headline"]["chance"])
        caption = f"Figure {len(shown) + 1}. {AMOUNTS_CAPTION}"
        shown.append(Shown("amounts", drawn, caption, amounts_words(blocks)))
    return shown


def _curves_caption(has_cmc: bool, has_det: bool) -> str:
    """Return what figure 2 shows, of whichever panels it has."""
    if has_cmc and has_det:
        return f"Figure 2. Left: {_CAPTION_CMC} Right: {_CAPTION_DET}"
    only = _CAPTION_CMC if has_cmc else _CAPTION_DET
    return f"Figure 2. {only[0].upper()}{only[1:]}"


def _rows(blocks: Mapping[str, Mapping[str, Any]]) -> tuple[list[RiskRow], Measure]:
    """Return the rows of figure 1: rank-1 as the answer states it, or where nobody was ranked the EER."""
    name, measure = "rank_1", RANK_1
    if all(block["rank_1"] is None for block in blocks.values()):
        own = all(block["eer_per_person"] is not None for block in blocks.values())
        name, measure = "eer_per_person" if own else "eer", EER
    rows = []
    for text, block in blocks.items():
        rate = risk_of(block) if block[name] is not None and measure is RANK_1 else block[name]
        value, low, high = (None, None, None) if rate is None else (rate["value"], rate["low"], rate["high"])
        chance = block["chance"] if measure is RANK_1 else 0.5
        rows.append(
            RiskRow(
                label=text,
                value=value,
                low=low,
                high=high,
                chance=chance,
                text=_interval_only(rate),
                is_raw=is_raw(block),
            )
        )
    return rows, measure


def _interval_only(rate: Mapping[str, float] | None) -> str:
    """Return value and interval, without the spread over people."""
    return percent(None if rate is None else {end: rate[end] for end in ("value", "low", "high")})


def _points(
    blocks: Mapping[str, Mapping[str, Any]], kind: str
) -> Iterator[tuple[str, Mapping[str, list[float]]]]:
    """Give the curves of a kind that have points."""
    for name, block in blocks.items():
        points = block["curves"][kind]
        if points is not None and all(len(column) for column in points.values()):
            yield name, points
