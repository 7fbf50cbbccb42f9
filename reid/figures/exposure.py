"""Who is at risk: how many people are found always, sometimes and never, and who by which channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes

from reid.figures.labels import drawable, length_em, wrapped
from reid.figures.naming import size_pt
from reid.figures.risk import Rate
from reid.figures.style import INK, SMALL_PT, SOFT

#: Fill, hatch and colour of words of each part: from dark, found always, to light, found never.
_PARTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("#3d3d3d", "", "white"),
    ("#b5b5b5", "//", INK),
    ("#f2f2f2", "", INK),
)
PART_NAMES: Final = ("in every probe", "in some", "in none")
_TALL: Final = 0.52  # of a bar, as a share of its row
_LABEL_EM: Final = 18.0
_CHANNEL_EM: Final = 9.0


@dataclass(frozen=True, slots=True)
class Found:
    """How many of the people are found, on one release; shares in ``[0, 1]``."""

    label: str
    always: Rate
    never: Rate
    text: str  #: about the tenth that is found most often, as it is to be printed

    @property
    def shares(self) -> tuple[float, float, float]:
        """Found in every probe, in some, in none."""
        return self.always.value, max(1 - self.always.value - self.never.value, 0.0), self.never.value


def plot_found(ax: Axes, rows: Sequence[Found]) -> None:
    """Draw one bar a release: people found in every probe, in some, in none.

    Parameters
    ----------
    ax : Axes
        Where to draw, in a place of its own on the sheet.
    rows : sequence of Found
        From top to bottom.
    """
    width_pt, _ = size_pt(ax)
    ax.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.65))
    for row, found in enumerate(rows):
        left = 0.0
        for part, (share, (fill, hatch, ink)) in enumerate(zip(found.shares, _PARTS, strict=True)):
            ax.barh(
                [row], [100 * share], left=100 * left, height=_TALL, color=fill, hatch=hatch,
                edgecolor="white" if hatch else INK, linewidth=0.6, zorder=2,
            )  # fmt: skip
            said = f"{100 * share:.0f} %"
            if SMALL_PT * (length_em(said) + 1) < share * width_pt:
                box: Any = {"facecolor": fill, "edgecolor": "none", "pad": 1.0} if hatch else None
                ax.text(
                    100 * (left + share / 2),
                    row,
                    said,
                    ha="center",
                    va="center",
                    color=ink,
                    bbox=box,
                    zorder=5,
                )
            if row == 0:
                middle = 100 * (left + share / 2)
                _name_part(ax, PART_NAMES[part], middle, part)
            left += share
        borders = ((found.always.low, found.always.high), (1 - found.never.high, 1 - found.never.low))
        for number, (low, high) in enumerate(borders):
            at = row + _TALL / 2 + 0.07 + 0.1 * number  # apart, as they may overlap
            ax.plot([100 * low, 100 * high], [at] * 2, "-|", color=INK, linewidth=1.1, markersize=4, zorder=4)
        ax.text(1.03, row, found.text, transform=ax.get_yaxis_transform(), va="center")
    ax.text(
        1.03,
        -0.42,
        "most exposed tenth\nnamed at least",
        transform=ax.get_yaxis_transform(),
        va="bottom",
        color=SOFT,
    )
    ax.set_yticks(range(len(rows)), [wrapped(found.label, _LABEL_EM) for found in rows])
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)
    ax.set(xlabel="People (%), by how many of their probes are named correctly")


@dataclass(frozen=True, slots=True)
class Exposed:
    """One person, by a number of this report."""

    number: int
    rank_1: float  #: share of their probes named correctly
    suffices: tuple[bool, ...]  #: by channel: alone it names them in most probes
    needed: tuple[bool, ...]  #: by channel: without it they are named no more


def plot_exposed(ax: Axes, people: Sequence[Exposed], channels: Sequence[str]) -> None:
    """Draw who is given away by what: a row a person, a column a channel.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    people : sequence of Exposed
        From top to bottom, the most exposed first.
    channels : sequence of str
        Names of the columns.
    """
    for row, person in enumerate(people):
        for column, (alone, needed) in enumerate(zip(person.suffices, person.needed, strict=True)):
            if alone or needed:
                ax.plot(
                    [column], [row], "s" if needed else "o", color=INK, markersize=7.5,
                    markerfacecolor=INK if alone else "white", zorder=3,
                )  # fmt: skip
            else:
                ax.plot([column], [row], "_", color="#b0b0b0", markersize=5, zorder=2)
    ax.set(xlim=(-0.5, len(channels) - 0.5), ylim=(len(people) - 0.5, -0.5))
    ax.set_xticks(range(len(channels)), [wrapped(drawable(name, 24), _CHANNEL_EM) for name in channels])
    ax.xaxis.tick_top()
    ax.tick_params(axis="both", length=0)
    ax.set_yticks(
        np.arange(len(people)), [f"person {one.number}: named {100 * one.rank_1:.0f} %" for one in people]
    )
    for side in ax.spines.values():
        side.set_visible(False)


def _name_part(ax: Axes, text: str, middle: float, part: int) -> None:
    """Write what a part of the first bar is; the first from the left edge, the last to the right one."""
    x, side = ((0.0, "left"), (min(max(middle, 42.0), 62.0), "center"), (100.0, "right"))[part]
    ax.text(x, -0.42, text, ha=side, va="bottom", color=SOFT)
