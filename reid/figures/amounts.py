"""Rank-1 against how much is seen of a person: one panel for the probe, one for what is enrolled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from reid.figures.style import SMALL_PT, SOFT, Look

_ROOM: Final = 1.25  # left and right of the points, as a factor of the amount
_DODGE: Final = 1.03  # by which the points of one log stand beside those of the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountPoint:
    """One point of a curve; rates are fractions in ``[0, 1]``."""

    units: float  #: keystrokes or strokes seen, above 0
    value: float
    low: float
    high: float
    beside: tuple[str, ...] = ()  #: what else that comes to, a line each


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountPanel:
    """One panel: a curve for each log, and beneath the axis what the amounts of the first one come to."""

    title: str
    curves: Mapping[str, Sequence[AmountPoint]]  #: by label of the log, the amounts rising
    unit: str  #: ``keystrokes`` or ``strokes``
    beside: tuple[str, ...] = ()  #: names of the lines beneath the axis


def plot_amounts(
    ax: Axes, panel: AmountPanel, looks: Mapping[str, Look], chance: float | None
) -> dict[str, Line2D]:
    """Draw a panel on a logarithmic axis of amounts.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    panel : AmountPanel
        Finished numbers; at least one point.
    looks : mapping of label to Look
        One for each log.
    chance : float or None
        What blind guessing gives, in ``[0, 1]``.

    Returns
    -------
    dict of label to Line2D
        The curve of each log, for a legend.
    """
    handles = {}
    for number, (label, points) in enumerate(panel.curves.items()):
        drawn, beside = looks[label], _DODGE**number
        amounts = [point.units * beside for point in points]
        handles[label] = ax.plot(
            amounts, [100 * point.value for point in points], color=drawn.color, linewidth=drawn.width,
            linestyle=drawn.dash, marker=drawn.marker, markeredgecolor="white", markeredgewidth=0.5, zorder=3,
        )[0]  # fmt: skip
        for amount, point in zip(amounts, points, strict=True):
            ends = [100 * point.low, 100 * point.high]
            ax.plot([amount, amount], ends, "-_", color=drawn.color, linewidth=1.1, markersize=6, zorder=2)
    if chance is not None:
        ax.axhline(100 * chance, color=SOFT, linestyle=(0, (1.2, 1.6)), linewidth=1.6, zorder=1)
        ax.annotate(
            "blind guessing", (1, 100 * chance), (0, 4), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="right", va="bottom", fontsize=SMALL_PT, color=SOFT,
        )  # fmt: skip
    ax.set_xscale("log")
    shown = next(iter(panel.curves.values()))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(
        [point.units for point in shown],
        ["\n".join([f"{point.units:,.0f}", *point.beside]) for point in shown],
    )
    names = "\n".join([panel.unit, *panel.beside])
    ax.annotate(
        names, (0, 0), (-8, -7), xycoords="axes fraction", textcoords="offset points", ha="right", va="top",
        fontsize=SMALL_PT, color=SOFT,
    )  # fmt: skip
    all_units = [point.units for points in panel.curves.values() for point in points]
    ax.set(xlim=(min(all_units) / _ROOM, max(all_units) * _ROOM), ylim=(0, 102))
    ax.set_yticks(range(0, 101, 20))
    ax.set(ylabel="Rank-1 (%)", title=panel.title)
    return handles
