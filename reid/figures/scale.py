"""Rank-1 against the number of people: measured, and carried over by laws."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from reid.figures.style import SMALL_PT, SOFT, Look
from reid.typing import FloatArray

_BAND: Final = 0.18  # opacity
_DOTTED: Final = (0, (2.5, 1.8))


@dataclass(frozen=True, slots=True, eq=False)
class ScaledRates:
    """Rank-1 by the number of people; rates are fractions in ``[0, 1]``."""

    people: FloatArray  #: (n_measured_points,), rising
    rate: FloatArray  #: (n_measured_points,)
    beyond: FloatArray  #: (n_points,), from the people measured on, rising; may be empty
    beyond_rate: FloatArray  #: (n_points,)
    low: FloatArray  #: (n_points,)
    high: FloatArray  #: (n_points,)


def plot_scale(ax: Axes, curves: Mapping[str, ScaledRates], looks: Mapping[str, Look]) -> dict[str, Line2D]:
    """Draw one curve per label: solid where measured, dotted within a band where carried over.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    curves : mapping of label to ScaledRates
        Finished points.
    looks : mapping of label to Look
        One for each curve.

    Returns
    -------
    dict of label to Line2D
        The measured part of each curve, for a legend.
    """
    handles = {}
    borders = set()
    for label, curve in curves.items():
        drawn = looks[label]
        handles[label] = ax.plot(
            curve.people, 100 * curve.rate, color=drawn.color, linewidth=drawn.width, marker=drawn.marker,
            markevery=(len(curve.people) - 1, 1), markeredgecolor="white", markeredgewidth=0.5, zorder=3,
        )[0]  # fmt: skip
        if curve.beyond.size:
            borders.add(float(curve.beyond[0]))
            ax.plot(
                curve.beyond, 100 * curve.beyond_rate, color=drawn.color, linewidth=drawn.width,
                linestyle=_DOTTED, zorder=2,
            )  # fmt: skip
            ax.fill_between(
                curve.beyond, 100 * curve.low, 100 * curve.high, color=drawn.color, alpha=_BAND, linewidth=0
            )
    for border in borders:
        ax.axvline(border, color=SOFT, linewidth=0.8)
    if borders:
        for text, side, shift in (("measured", "right", -5), ("carried over by laws", "left", 5)):
            ax.annotate(
                text, (max(borders), 3), (shift, 0), textcoords="offset points", ha=side, va="bottom",
                fontsize=SMALL_PT, color=SOFT,
            )  # fmt: skip
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(10))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda people, _: f"{people:,.0f}"))
    ax.set(ylim=(0, 102), xlabel="People among whom each probe is looked for")
    ax.set_yticks(range(0, 101, 20))
    ax.set(ylabel="Named at first guess, rank-1 (%)", title="Risk by the number of people")
    return handles
