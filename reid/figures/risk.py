"""Risk by strategy: one row per release, the raw log beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from reid.figures.labels import wrapped
from reid.figures.reference import THRESHOLD, THRESHOLD_TEXT
from reid.figures.style import INK, RAW_LOOK, SMALL_PT, SOFT, Look, look

_HEADING_LINE: Final = -0.4  # heights above the rows, in lines of text
_THRESHOLD_LINE: Final = -2.5
ROW_PAD_LINES: Final = 0.9  #: free height around the text of a row, in lines


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval, in ``[0, 1]``."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measure:
    """What the figure shows on its axis."""

    axis: str
    heading: str
    has_threshold: bool


RANK_1: Final = Measure(
    axis="People named correctly at first guess, rank-1 (%)",
    heading="rank-1 (95 % interval)",
    has_threshold=True,
)
EER: Final = Measure(
    axis="Equal error rate (%): the lower, the more surely people are recognised",
    heading="EER (95 % interval)",
    has_threshold=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRow:
    """One release in the figure; rates are fractions in ``[0, 1]``, null where not measured."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    chance: float | None  #: what blind guessing gives
    text: str  #: value and interval as they are to be printed
    is_raw: bool = False


def row_looks(rows: Sequence[RiskRow]) -> list[Look]:
    """Return the look of each row: the raw log's own, strategies by their order."""
    numbers = np.cumsum([not row.is_raw for row in rows]) - 1
    return [RAW_LOOK if row.is_raw else look(int(n)) for row, n in zip(rows, numbers, strict=True)]


def row_lines(row: RiskRow) -> float:
    """Return the height of a row in lines of text."""
    return wrapped(row.label).count("\n") + 1 + ROW_PAD_LINES


def plot_risk(ax: Axes, rows: Sequence[RiskRow], measure: Measure = RANK_1) -> None:
    """Draw risk by strategy as points with intervals, chance and the threshold marked.

    Parameters
    ----------
    ax : Axes
        Where to draw; it should be some ``sum(row_lines(row))`` lines of text high.
    rows : sequence of RiskRow
        From top to bottom; at least one.
    measure : Measure
        What the values are.
    """
    heights = np.array([row_lines(row) for row in rows])
    bottoms = np.cumsum(heights)
    middles = bottoms - heights / 2
    for row, middle, shown in zip(rows, middles, row_looks(rows), strict=True):
        if row.value is not None and row.low is not None and row.high is not None:
            ax.plot(
                [100 * row.low, 100 * row.high], [middle, middle], "-|", color=shown.color, linewidth=1.6,
                markersize=9, markeredgewidth=1.6, clip_on=False, zorder=3,
            )  # fmt: skip
            ax.plot(
                [100 * row.value], [middle], shown.marker, color=shown.color, markeredgecolor="white",
                markeredgewidth=0.5, markersize=6.5, clip_on=False, zorder=4,
            )  # fmt: skip
        ax.text(
            1.03, middle, row.text, transform=ax.get_yaxis_transform(), va="center_baseline",
            fontsize=SMALL_PT, fontweight="bold" if row.is_raw else "normal",
        )  # fmt: skip
    ax.set_yticks(middles, [wrapped(row.label) for row in rows])
    for tick, row in zip(ax.get_yticklabels(), rows, strict=True):
        tick.set_fontweight("bold" if row.is_raw else "normal")
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.set(xlim=(0, 100), ylim=(bottoms[-1], 0), xlabel=measure.axis)
    ax.text(
        1.03,
        _HEADING_LINE,
        measure.heading,
        transform=ax.get_yaxis_transform(),
        fontsize=SMALL_PT,
        color=SOFT,
    )
    _mark_chance(ax, rows, bottoms, heights)
    if measure.has_threshold:
        _mark_threshold(ax, float(bottoms[-1]))


def _mark_chance(ax: Axes, rows: Sequence[RiskRow], bottoms: np.ndarray, heights: np.ndarray) -> None:
    """Draw what blind guessing gives in each row, named once above the first."""
    marked = [
        (100 * row.chance, bottom - height, bottom)
        for row, bottom, height in zip(rows, bottoms, heights, strict=True)
        if row.chance is not None
    ]
    if not marked:
        return
    x, tops, ends = (list(column) for column in zip(*marked, strict=True))
    ax.vlines(x, tops, ends, colors=SOFT, linestyles=(0, (1.2, 1.6)), linewidth=1.6, zorder=2, clip_on=False)
    side = "right" if x[0] < 100 * THRESHOLD or x[0] > 60 else "left"  # noqa: PLR2004  clear of the other line
    ax.text(x[0], _HEADING_LINE, f"chance {x[0]:.2g} %", ha=side, fontsize=SMALL_PT, color=SOFT)


def _mark_threshold(ax: Axes, bottom: float) -> None:
    """Draw the 9 % line with what it is, and what it is not."""
    x = 100 * THRESHOLD
    ax.vlines(
        [x],
        _THRESHOLD_LINE - 0.8,
        bottom,
        colors=INK,
        linestyles=(0, (6, 3)),
        linewidth=1.0,
        zorder=1,
        clip_on=False,
    )
    ax.text(x + 1.6, _THRESHOLD_LINE, THRESHOLD_TEXT, va="center", fontsize=SMALL_PT, linespacing=1.25)
