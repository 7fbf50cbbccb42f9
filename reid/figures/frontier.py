"""Privacy against utility: one point a setting, with its intervals both ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from reid.figures.naming import Named, name_beside, size_pt
from reid.figures.reference import risk_lines_up
from reid.figures.risk import Rate
from reid.figures.style import Look

NAMES_EM: Final = 16.0
_SIGN_PT: Final = 5.0  # half a marker, with its edge
_ROOM: Final = 0.04  # above 1 and below 0, as a share of the height


@dataclass(frozen=True, slots=True, kw_only=True)
class Tradeoff:
    """One setting in the plane; all rates in ``[0, 1]``."""

    label: str
    risk: Rate
    worth: Rate
    look: Look
    unbeaten: bool  #: no other setting is shown to be better


def plot_frontier(
    ax: Axes, points: Sequence[Tradeoff], chance: float | None, *, among: int, purpose: str
) -> None:
    """Draw settings by risk and worth; filled where no other is shown to be better, hollow elsewhere.

    Parameters
    ----------
    ax : Axes
        Where to draw, in a place of its own on the sheet.
    points : sequence of Tradeoff
        At least one.
    chance : float or None
        What blind guessing gives.
    among : int
        People on the list from which people are named.
    purpose : str
        What the releases are for, fit to be drawn.
    """
    ax.set(xlim=(-1, 101), ylim=(-_ROOM, 1 + 2 * _ROOM))
    ax.set_xlabel(
        f"Named correctly at first guess among {among:,} people (%)\n"
        "filled: no other setting is shown to be better   hollow: another is"
    )
    ax.set_ylabel(f"Worth for {purpose}\n(1: as good as the raw log)")
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.set_xticks(range(0, 101, 20))
    for point in points:
        risk, worth, color = point.risk, point.worth, point.look.color
        ax.plot(
            [100 * risk.low, 100 * risk.high], [worth.value] * 2, "-|", color=color, linewidth=1.2,
            markersize=6, zorder=2,
        )  # fmt: skip
        ax.plot([100 * risk.value] * 2, [worth.low, worth.high], "-_", color=color, linewidth=1.2,
            markersize=6, zorder=2)  # fmt: skip
        ax.plot(
            [100 * risk.value], [worth.value], point.look.marker, color=color, markersize=7.5, zorder=4,
            markerfacecolor=color if point.unbeaten else "white", markeredgewidth=1.4,
            markeredgecolor=color,
        )  # fmt: skip
    risk_lines_up(ax, chance)
    named = [
        Named(100 * one.risk.value, one.worth.value, one.label, one.look, one.unbeaten) for one in points
    ]
    name_beside(ax, named, _obstacles(ax, points), NAMES_EM)


def _obstacles(ax: Axes, points: Sequence[Tradeoff]) -> np.ndarray:
    """Return what names had better not cover: signs and intervals."""
    width_pt, height_pt = size_pt(ax)
    across = _SIGN_PT * np.diff(ax.get_xlim())[0] / width_pt
    up = _SIGN_PT * np.diff(ax.get_ylim())[0] / height_pt
    found = []
    for point in points:
        x, y, risk, worth = 100 * point.risk.value, point.worth.value, point.risk, point.worth
        found.append((x - across, y - up, x + across, y + up))
        found.append((100 * risk.low, y - up / 3, 100 * risk.high, y + up / 3))
        found.append((x - across / 3, worth.low, x + across / 3, worth.high))
    return np.array(found, dtype=np.float64)
