"""Risk against the one parameter of a strategy that varies, with the places where it turns back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from reid.figures.naming import Named, name_right
from reid.figures.reference import chance_across, threshold_across
from reid.figures.risk import Rate
from reid.figures.style import INK, RAW_LOOK, SOFT, Look

_LOG_FROM: Final = 4.0  # ratio of largest to smallest value from which the axis is logarithmic
_ABOVE: Final = 6.0  # of a bracket above the intervals, in percent
_LINEAR_ROOM: Final = 0.08
_LOG_ROOM: Final = 1.25


@dataclass(frozen=True, slots=True)
class Step:
    """The strategy with one value of its parameter."""

    value: float
    risk: Rate


@dataclass(frozen=True, slots=True)
class Return:
    """Two values between which risk goes against the direction of the whole sweep, beyond its interval."""

    first: float
    second: float
    text: str


def plot_sweep(
    ax: Axes, steps: Sequence[Step], look: Look, *, parameter: str, raw: Rate | None, chance: float | None,
    among: int, returns: Sequence[Return], names_em: float,
) -> None:  # fmt: skip
    """Draw risk by the value of a parameter, beside the raw log, blind guessing and the 9 % line.

    Parameters
    ----------
    ax : Axes
        Where to draw, in a place of its own on the sheet.
    steps : sequence of Step
        The values rising; at least two.
    look : Look
        Of the strategy.
    parameter : str
        What varies, with its unit, fit to be drawn.
    raw : Rate or None
        Risk of the raw log.
    chance : float or None
        What blind guessing gives, in ``[0, 1]``.
    among : int
        People on the list from which people are named.
    returns : sequence of Return
        Places that are not monotone.
    names_em : float
        Width of the column of names.
    """
    values = [step.value for step in steps]
    is_log = values[0] > 0 and values[-1] >= _LOG_FROM * values[0]
    room = _LINEAR_ROOM * (values[-1] - values[0])
    limits = (
        (values[0] / _LOG_ROOM, values[-1] * _LOG_ROOM) if is_log else (values[0] - room, values[-1] + room)
    )
    ax.set_xscale("log" if is_log else "linear")
    ax.set(xlim=limits, ylim=(0, 102))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(values, [f"{value:g}" for value in values])
    ax.set_yticks(range(0, 101, 20))
    ax.set_xlabel(parameter)
    ax.set_ylabel(f"Named at first guess\namong {among:,} people (%)")
    risks = [step.risk for step in steps]
    ax.plot(
        values, [100 * risk.value for risk in risks], color=look.color, linestyle=look.dash,
        linewidth=look.width,
        marker=look.marker, markeredgecolor="white", markeredgewidth=0.5, markersize=7, zorder=4,
    )  # fmt: skip
    for value, risk in zip(values, risks, strict=True):
        ax.plot([value] * 2, [100 * risk.low, 100 * risk.high], "-_", color=look.color, linewidth=1.3,
            markersize=7, zorder=3)  # fmt: skip
    named = [threshold_across(ax)]
    if chance is not None:
        named.append(chance_across(ax, chance))
    if raw is not None:
        ax.axhline(100 * raw.value, color=RAW_LOOK.color, linewidth=RAW_LOOK.width, zorder=1.5, label="_raw")
        ax.axhspan(100 * raw.low, 100 * raw.high, color=RAW_LOOK.color, alpha=0.12, linewidth=0)
        told = f"raw log: {100 * raw.value:.0f} % ({100 * raw.low:.0f}\N{EN DASH}{100 * raw.high:.0f})"
        named.append(Named(limits[1], 100 * raw.value, told))
    for place, turn in enumerate(returns):
        _mark(ax, steps, turn, place)
    name_right(ax, named, names_em)


def _mark(ax: Axes, steps: Sequence[Step], turn: Return, place: int) -> None:
    """Draw a bracket over two values, beneath them where there is no room above."""
    between = [100 * step.risk.high for step in steps if turn.first <= step.value <= turn.second]
    at = max(between) + _ABOVE * (place + 1)
    if at > 90:  # noqa: PLR2004  no room for words above
        at = min(100 * step.risk.low for step in steps if turn.first <= step.value <= turn.second)
        at -= _ABOVE * (place + 1)
    ax.annotate(
        "", (turn.second, at), (turn.first, at),
        arrowprops={"arrowstyle": "|-|,widthA=0.3,widthB=0.3", "color": INK}
    )  # fmt: skip
    middle = (turn.first * turn.second) ** 0.5 if ax.get_xscale() == "log" else (turn.first + turn.second) / 2
    ax.annotate(
        turn.text, (middle, at), (0, 3), textcoords="offset points", ha="center", va="bottom", color=INK,
        bbox={"facecolor": "white", "edgecolor": SOFT, "linewidth": 0.6, "pad": 1.5},
    )  # fmt: skip
