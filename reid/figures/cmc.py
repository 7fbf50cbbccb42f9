"""Cumulative match characteristic (CMC): how soon the right person stands on the attacker's list."""

from collections.abc import Mapping
from typing import Final, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from reid.figures.naming import tag
from reid.figures.style import SMALL_PT, SOFT, Look
from reid.typing import FloatArray, IntArray

_STEPS: Final = (1, 2, 5)
_NAMED_AT: Final = 0.12  #: height at which chance is named: above the axis, below most curves
_SHORT: Final = 100.0  #: longest axis with room for a tick at each step
_CLEAR: Final = 1.7  #: ratio of neighbouring ranks that keeps their labels apart


class RankRates(Protocol):
    """The points of a CMC curve."""

    @property
    def rank(self) -> FloatArray | IntArray:
        """Length of the list of candidates, from 1, rising; shape (n_points,)."""
        ...

    @property
    def rate(self) -> FloatArray:
        """Share of probes whose person is on the list, in ``[0, 1]``; shape (n_points,)."""
        ...


def plot_cmc(
    ax: Axes,
    curves: Mapping[str, RankRates],
    looks: Mapping[str, Look],
    chance: float | None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Draw one curve per label, and what blind guessing gives.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    curves : mapping of label to RankRates
        Finished points; curves may end at different ranks.
    looks : mapping of label to Look
        One for each curve.
    chance : float or None
        Rank-1 of blind guessing in ``[0, 1]``; its line rises with the length of the list.
    tags : mapping of label to str, optional
        A letter that stands on each curve, no two above each other.
    """
    longest = max((float(curve.rank[-1]) for curve in curves.values() if curve.rank.size), default=1.0)
    for number, (label, curve) in enumerate(curves.items()):
        drawn = looks[label]
        ax.plot(
            curve.rank, 100 * curve.rate, label=label, color=drawn.color, linestyle=drawn.dash,
            linewidth=drawn.width, marker=drawn.marker if tags is None else "",
            markevery=((0.04 * number) % 0.2, 0.2), markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip
        if tags is not None:
            share = (number + 0.7) / (len(curves) + 0.4)
            at = float(max(curve.rank[0], 1.0) * longest ** (0.75 * share))
            tag(ax, at, float(100 * np.interp(at, curve.rank, curve.rate)), tags[label], drawn)
    if chance is not None:
        ranks = np.geomspace(1.0, longest, 200)
        ax.plot(
            ranks, np.minimum(100 * chance * ranks, 100.0), color=SOFT, linestyle=(0, (1.2, 1.6)),
            linewidth=1.4, label="_chance",
        )  # fmt: skip
        at = min(max(_NAMED_AT / chance, 1.0), longest)
        ax.annotate(
            "chance", (at, 100 * min(chance * at, 1.0)), (6, -2), textcoords="offset points", ha="left",
            va="top", fontsize=SMALL_PT, color=SOFT,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set(xlim=(1, max(longest, 2.0)), ylim=(0, 102), xlabel="Candidates on the attacker's list (people)")
    ax.xaxis.set_major_locator(FixedLocator(_ticks(longest)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda rank, _: f"{rank:,.0f}"))
    ax.set_yticks(range(0, 101, 20))
    ax.set(ylabel="Right person among them (%)", title="CMC: identification")


def _ticks(longest: float) -> list[float]:
    """Return round ranks (1, 2, 5, 10, ... or powers of ten on a long axis) and the last rank."""
    end = max(longest, 2.0)
    steps = _STEPS if end <= _SHORT else (1,)
    ticks = [float(step * 10**decade) for decade in range(int(np.log10(end)) + 1) for step in steps]
    clear = [tick for tick in ticks if tick * _CLEAR <= end]
    return [*clear, end]
