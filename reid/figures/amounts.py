"""Rank-1 against how much is seen of a person: one panel for the probe, one for what is enrolled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from reid.figures.naming import Named, name_right, size_pt
from reid.figures.reference import chance_across, threshold_across
from reid.figures.style import SOFT, Look

_ROOM: Final = 1.25  # left and right of the points, as a factor of the amount
_TICK_PT: Final = 27.0  # least distance of ticks with their words
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
    ax: Axes,
    panel: AmountPanel,
    looks: Mapping[str, Look],
    chance: float | None,
    names_em: float | None = None,
) -> None:
    """Draw a panel on a logarithmic axis of amounts, with blind guessing and the 9 % line.

    Parameters
    ----------
    ax : Axes
        Where to draw, in a place of its own on the sheet.
    panel : AmountPanel
        Finished numbers; at least one point.
    looks : mapping of label to Look
        One for each log.
    chance : float or None
        What blind guessing gives, in ``[0, 1]``.
    names_em : float, optional
        Width of the column of names right of the panel; there are none if absent.
    """
    for number, (label, points) in enumerate(panel.curves.items()):
        drawn, beside = looks[label], _DODGE**number
        amounts = [point.units * beside for point in points]
        ax.plot(
            amounts, [100 * point.value for point in points], color=drawn.color, linewidth=drawn.width,
            linestyle=drawn.dash, marker=drawn.marker, markeredgecolor="white", markeredgewidth=0.5, zorder=3,
        )  # fmt: skip
        for amount, point in zip(amounts, points, strict=True):
            ends = [100 * point.low, 100 * point.high]
            ax.plot([amount, amount], ends, "-_", color=drawn.color, linewidth=1.1, markersize=6, zorder=2)
    ax.set_xscale("log")
    ax.xaxis.set_minor_locator(NullLocator())
    all_units = [point.units for points in panel.curves.values() for point in points]
    ax.set(xlim=(min(all_units) / _ROOM, max(all_units) * _ROOM), ylim=(0, 102))
    shown = _apart(ax, next(iter(panel.curves.values())))
    ax.set_xticks(
        [point.units for point in shown],
        ["\n".join([f"{point.units:,.0f}", *point.beside]) for point in shown],
    )
    names = "\n".join([panel.unit, *panel.beside])
    ax.annotate(
        names, (0, 0), (-8, -7), xycoords="axes fraction", textcoords="offset points", ha="right", va="top",
        color=SOFT,
    )  # fmt: skip
    ax.set_yticks(range(0, 101, 20))
    ax.set(ylabel="Named at first guess,\nrank-1 (%)", title=panel.title)
    named = [threshold_across(ax)]
    if chance is not None:
        named.append(chance_across(ax, chance))
    if names_em is not None:
        for label, points in panel.curves.items():
            named.append(Named(points[-1].units, 100 * points[-1].value, label, looks[label]))
        name_right(ax, named, names_em)


def _apart(ax: Axes, points: Sequence[AmountPoint]) -> list[AmountPoint]:
    """Return the points whose labels do not touch, the last among them."""
    width_pt, _ = size_pt(ax)
    low, high = ax.get_xlim()
    kept: list[AmountPoint] = []
    before = np.inf
    for point in reversed(points):
        at = width_pt * np.log(point.units / low) / np.log(high / low)
        if before - at >= _TICK_PT:
            kept.insert(0, point)
            before = at
    return kept
