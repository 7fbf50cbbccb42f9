"""What risk is held against: blind guessing, the raw log, and the 9 % line, named for what it is."""

from typing import Any, Final

from matplotlib.axes import Axes

from reid.figures.naming import Named
from reid.figures.style import INK, SOFT

THRESHOLD: Final = 0.09
THRESHOLD_TEXT: Final = (
    "9 %: threshold of EMA Policy 0070 / Health Canada\nfor clinical data; no threshold in law for telemetry"
)
THRESHOLD_NAME: Final = "9 %: EMA / Health Canada, clinical data; none in law for telemetry"
DOTTED: Final[Any] = (0, (1.2, 1.6))  #: blind guessing
DASHED: Final[Any] = (0, (6, 3))  #: the threshold
_LEFT_OF: Final = 0.08  #: chance that is named left of the threshold
CHANCE_NAME: Final = "blind guessing"


def threshold_across(ax: Axes) -> Named:
    """Draw the 9 % line across axes whose height is risk in percent; return its end for a column of names."""
    ax.axhline(100 * THRESHOLD, color=INK, linestyle=DASHED, linewidth=1.0, zorder=1, label="_threshold")
    return Named(ax.get_xlim()[1], 100 * THRESHOLD, THRESHOLD_NAME)


def chance_across(ax: Axes, chance: float) -> Named:
    """Draw what blind guessing gives, in ``[0, 1]``, across axes whose height is risk in percent."""
    ax.axhline(100 * chance, color=SOFT, linestyle=DOTTED, linewidth=1.6, zorder=1, label="_chance")
    return Named(ax.get_xlim()[1], 100 * chance, f"{CHANCE_NAME}: {100 * chance:.2g} %")


def risk_lines_up(ax: Axes, chance: float | None) -> None:
    """Draw chance and the 9 % line up axes whose width is risk in percent, named above them."""
    x = 100 * THRESHOLD
    ax.axvline(x, color=INK, linestyle=DASHED, linewidth=1.0, zorder=1, label="_threshold")
    ax.annotate(
        THRESHOLD_TEXT, (x, 1), (3, 4), xycoords=("data", "axes fraction"), textcoords="offset points",
        va="bottom", linespacing=1.15,
    )  # fmt: skip
    if chance is None:
        return
    ax.axvline(100 * chance, color=SOFT, linestyle=DOTTED, linewidth=1.6, zorder=1, label="_chance")
    if chance < _LEFT_OF:
        ax.annotate(
            f"chance:\n{100 * chance:.2g} %", (100 * chance, 1), (-3, 4), ha="right", color=SOFT,
            xycoords=("data", "axes fraction"), textcoords="offset points", va="bottom", linespacing=1.15,
        )  # fmt: skip
        return
    ax.annotate(
        f"{CHANCE_NAME}: {100 * chance:.2g} %", (100 * chance, 0), (-2, 3), ha="right", rotation=90,
        xycoords=("data", "axes fraction"), textcoords="offset points", va="bottom", color=SOFT,
    )  # fmt: skip
