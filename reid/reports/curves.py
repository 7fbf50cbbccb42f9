"""CMC and DET curves, as a figure with its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reid.figures.sheets import curves_sheet
from reid.figures.style import Look, Size
from reid.reports.risks import few_of
from reid.reports.shown import Shown, Table
from reid.reports.wording import percent
from reid.typing import FloatArray

Blocks = Mapping[str, Mapping[str, Any]]

_CAPTION_CMC: Final = (
    "how often the right person is among the attacker's first guesses, by the number of guesses (higher is "
    "riskier; dotted: blind guessing)."
)
_CAPTION_DET: Final = (
    "the two errors of one-to-one comparison against each other over all thresholds, on normal-deviate axes "
    "(nearer the lower left corner is riskier)."
)


_MOST: Final = 7  # curves that can be told apart


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


def curves_shown(blocks: Blocks, looks: Mapping[str, Look], chance: float | None, size: Size) -> Shown | None:
    """Draw CMC beside DET; None where there is no curve.

    Parameters
    ----------
    blocks : mapping of label to mapping
        Of ``report.json``, the raw log first.
    looks : mapping of label to Look
        One for each.
    chance : float or None
        Rank-1 of blind guessing.
    size : Size
        The sheet.
    """
    cmc = {name: RankPoints(*_columns(points, "rank", "rate")) for name, points in _points(blocks, "cmc")}
    det = {name: ErrorPoints(*_columns(points, "fmr", "fnmr")) for name, points in _points(blocks, "det")}
    if not cmc and not det:
        return None
    kinds = " and ".join(["CMC"] * bool(cmc) + ["DET"] * bool(det))
    each = "; ".join(f"{name}: {_ends(blocks[name])}" for name in blocks if name in cmc or name in det)
    alt = f"{kinds} curves. {each}."
    rows = [
        *(("cmc", name, *pair) for name, one in cmc.items() for pair in _pairs(one.rank, one.rate)),
        *(("det", name, *pair) for name, one in det.items() for pair in _pairs(one.fmr, one.fnmr)),
    ]
    table = Table(("curve", "strategy", "rank_or_fmr", "rate_or_fnmr"), tuple(rows))
    kept = few_of(blocks, _MOST)
    texts = {name: f"{name}: {_short(blocks[name])}" for name in kept}
    drawn = curves_sheet(
        {name: one for name, one in cmc.items() if name in kept},
        {name: one for name, one in det.items() if name in kept},
        {name: looks[name] for name in kept}, chance, texts, size,
    )  # fmt: skip
    caption = _caption(bool(cmc), bool(det))
    if len(kept) < len(blocks):
        caption += f" {len(blocks) - len(kept)} more releases are in the data, not in the drawing."
    return Shown("curves", _title(kinds), alt, caption, table, drawn)


def _title(kinds: str) -> str:
    return f"How surely people are told apart: {kinds}"


def _ends(block: Mapping[str, Any]) -> str:
    """Return in numbers where the curves of a block begin and meet."""
    said = []
    if block["rank_1"] is not None:
        said.append(f"right at first guess {percent(block['rank_1'])}")
    if block["eer"] is not None:
        said.append(f"equal error rate {percent(block['eer'])}")
    return ", ".join(said) or "curves without a rate"


def _short(block: Mapping[str, Any]) -> str:
    """Return the same on one line of a list."""
    said = []
    if block["rank_1"] is not None:
        said.append(f"{100 * block['rank_1']['value']:.0f} % at first guess")
    if block["eer"] is not None:
        said.append(f"EER {100 * block['eer']['value']:.1f} %")
    return ", ".join(said)


def _caption(has_cmc: bool, has_det: bool) -> str:
    """Return how to read whichever panels there are."""
    if has_cmc and has_det:
        return f"Left: {_CAPTION_CMC} Right: {_CAPTION_DET}"
    only = _CAPTION_CMC if has_cmc else _CAPTION_DET
    return f"{only[0].upper()}{only[1:]}"


def _columns(points: Mapping[str, list[float]], *names: str) -> tuple[FloatArray, ...]:
    return tuple(np.array(points[name], dtype=np.float64) for name in names)


def _pairs(one: FloatArray, other: FloatArray) -> Iterator[tuple[float, float]]:
    return zip(one.tolist(), other.tolist(), strict=True)


def _points(blocks: Blocks, kind: str) -> Iterator[tuple[str, Mapping[str, list[float]]]]:
    """Give the curves of a kind that have points."""
    for name, block in blocks.items():
        points = block["curves"][kind]
        if points is not None and all(len(column) for column in points.values()):
            yield name, points
