"""Rank-1 against the number of people: measured, carried over by laws, and among the user's own people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from reid.figures.naming import Named, name_right
from reid.figures.reference import DOTTED, threshold_across
from reid.figures.style import INK, SOFT, Look
from reid.typing import FloatArray

_BAND: Final = 0.18  # opacity
_BEYOND: Final = (0, (2.5, 1.8))


@dataclass(frozen=True, slots=True, eq=False)
class ScaledRates:
    """Rank-1 by the number of people; rates are fractions in ``[0, 1]``."""

    people: FloatArray  #: (n_measured_points,), rising
    rate: FloatArray  #: (n_measured_points,)
    beyond: FloatArray  #: (n_points,), from the people measured on, rising; may be empty
    beyond_rate: FloatArray  #: (n_points,)
    low: FloatArray  #: (n_points,)
    high: FloatArray  #: (n_points,)
    text: str = ""  #: how the curve is called at its end
    asked: float | None = None  #: the head count for which it was asked
    laws: Mapping[str, float] = field(default_factory=dict)  #: what each law says of that head count


def plot_scale(
    ax: Axes, curves: Mapping[str, ScaledRates], looks: Mapping[str, Look], names_em: float
) -> None:
    """Draw one curve per label: solid where measured, dotted within a band where carried over.

    Ticks at the head count asked for are what each law says of it.

    Parameters
    ----------
    ax : Axes
        Where to draw, in a place of its own on the sheet.
    curves : mapping of label to ScaledRates
        Finished points; at least one curve.
    looks : mapping of label to Look
        One for each curve.
    names_em : float
        Width of the column of names.
    """
    borders, asked = set(), set()
    for label, curve in curves.items():
        drawn = looks[label]
        ax.plot(
            curve.people, 100 * curve.rate, color=drawn.color, linewidth=drawn.width, marker=drawn.marker,
            markevery=(len(curve.people) - 1, 1), markeredgecolor="white", markeredgewidth=0.5, zorder=3,
        )  # fmt: skip
        if curve.beyond.size:
            borders.add(float(curve.beyond[0]))
            ax.plot(
                curve.beyond, 100 * curve.beyond_rate, color=drawn.color, linewidth=drawn.width,
                linestyle=_BEYOND, zorder=2,
            )  # fmt: skip
            ax.fill_between(
                curve.beyond, 100 * curve.low, 100 * curve.high, color=drawn.color, alpha=_BAND, linewidth=0
            )
        if curve.asked is not None:
            asked.add(curve.asked)
            for rate in curve.laws.values():
                ax.plot(
                    [curve.asked], [100 * rate], drawn.marker, color=drawn.color, markerfacecolor="white",
                    markersize=4.5, zorder=4, label="_law",
                )  # fmt: skip
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(10))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda people, _: f"{people:,.0f}"))
    ends = [float(many[-1]) for one in curves.values() for many in (one.people, one.beyond) if many.size]
    begin = min(float(one.people[0]) for one in curves.values() if one.people.size)
    end = 1.15 * max([*ends, *asked])
    ax.set(xlim=(begin, end), ylim=(0, 102), xlabel="People among whom each probe is looked for")
    ax.set_yticks(range(0, 101, 20))
    ax.set(ylabel="Named at first guess, rank-1 (%)")
    ranks = np.geomspace(begin, end, 100)
    ax.plot(ranks, 100 / ranks, color=SOFT, linestyle=DOTTED, linewidth=1.4, zorder=1, label="_chance")
    named = [threshold_across(ax), Named(end, 100 / end, "blind guessing: one in as many people")]
    for label, curve in curves.items():
        last = (curve.beyond, curve.beyond_rate) if curve.beyond.size else (curve.people, curve.rate)
        x, y = (float(values[-1]) for values in last)
        named.append(Named(x, 100 * y, curve.text or label, looks[label]))
    tried = [100 * rate for one in curves.values() if one.asked is not None for rate in one.laws.values()]
    if tried:
        ax.annotate(
            "single laws", (max(asked), max(tried)), (-6, 0), textcoords="offset points", ha="right",
            va="center", color=SOFT,
        )  # fmt: skip
    _upright(ax, max(borders, default=None), asked)
    name_right(ax, named, names_em)


def _upright(ax: Axes, border: float | None, asked: set[float]) -> None:
    """Draw where measuring ends and which head counts were asked for."""
    if border is not None:
        ax.axvline(border, color=SOFT, linewidth=0.8, label="_border")
        for text, side, shift in (("measured", "right", -5), ("carried over by laws", "left", 5)):
            ax.annotate(
                text, (border, 1), (shift, 2), textcoords="offset points", ha=side, va="bottom", color=SOFT,
                xycoords=("data", "axes fraction"),
            )  # fmt: skip
    for people in sorted(asked):
        ax.axvline(people, color=INK, linewidth=1.0, linestyle=(0, (1, 1)), label="_asked")
        ax.annotate(
            f"yours: {people:,.0f} people", (people, 1), (3, 14 if border is not None else 2), ha="right",
            xycoords=("data", "axes fraction"), textcoords="offset points", va="bottom", fontweight="bold",
        )  # fmt: skip
