"""Risk by who attacks: one narrow panel an attacker, a row a release, the number in each."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from reid.figures.reference import DASHED, DOTTED, THRESHOLD
from reid.figures.risk import Rate
from reid.figures.style import INK, SOFT, Look

_NUMBER_UP: Final = 0.24  # of the height of a row, above its middle
_POINT_DOWN: Final = 0.2


def plot_attacked(
    ax: Axes, rates: Sequence[Rate | None], looks: Sequence[Look], *, strongest: Sequence[bool],
    chance: float | None, raw: float | None,
) -> None:  # fmt: skip
    """Draw what one attacker achieves on each release: a number, and its interval beneath.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    rates : sequence of Rate or None
        From top to bottom; None where it was not tried.
    looks : sequence of Look
        One a row.
    strongest : sequence of bool
        Where no other attacker achieves more: written bold.
    chance, raw : float or None
        What blind guessing gives, and this attacker on the raw log; in ``[0, 1]``.
    """
    rows = np.arange(len(rates), dtype=np.float64)
    ax.set(xlim=(0, 100), ylim=(len(rates) - 0.5, -0.5))
    for row, rate, drawn, is_strongest in zip(rows, rates, looks, strongest, strict=True):
        if rate is None:
            ax.text(50, row, "not\ntried", ha="center", va="center", color=SOFT, linespacing=1.0)
            continue
        at = row + _POINT_DOWN
        ax.plot(
            [100 * rate.low, 100 * rate.high], [at, at], "-|", color=drawn.color, linewidth=1.3, markersize=5,
            clip_on=False, zorder=3,
        )  # fmt: skip
        ax.plot(
            [100 * rate.value], [at], drawn.marker, color=drawn.color, markeredgecolor="white",
            markeredgewidth=0.5, clip_on=False, zorder=4,
        )  # fmt: skip
        ax.text(
            50, row - _NUMBER_UP, f"{100 * rate.value:.0f} %", ha="center", va="center",
            fontweight="bold" if is_strongest else "normal",
        )  # fmt: skip
    for x, line, width, name in (
        (THRESHOLD, DASHED, 0.9, "_threshold"), (chance, DOTTED, 1.5, "_chance"), (raw, "-", 0.7, "_raw"),
    ):  # fmt: skip
        if x is not None:
            color = SOFT if name == "_chance" else INK
            ax.axvline(100 * x, color=color, linestyle=line, linewidth=width, zorder=1, label=name)
    for row in rows[:-1]:
        ax.axhline(row + 0.5, color="#e4e4e4", linewidth=0.6, zorder=0, label="_border")
    ax.set_xticks([0, 50, 100], ["0", "", "100"])
    first, _, last = ax.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    ax.grid(visible=False)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
