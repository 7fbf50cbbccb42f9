"""What a release does to one person: keys as bars on a clock, a path of the pointer as dots."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from reid.figures.style import INK, SMALL_PT, SOFT
from reid.typing import FloatArray

_BAR: Final = 0.34  # height of a bar; two rows of bars, since keys overlap
_LEAST_S: Final = 0.004  # of a bar, so that a key without a release is seen
_SIGN_S: Final = 0.07  # least distance of two signs


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it stands in a log."""

    sign: str  #: what is known of it, one character
    down_s: float
    up_s: float | None  #: None where it is not released


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What is left to see of one person."""

    label: str
    keys: tuple[Key, ...]
    path_px: FloatArray  #: (n_reports, 2), x to the right and y down
    clicks_px: FloatArray  #: (n_clicks, 2)
    note: str = ""  #: why there is nothing, where there is nothing


def plot_keys(ax: Axes, keys: Sequence[Key], until_s: float) -> None:
    """Draw keys as bars from press to release; every other key a little lower, as keys may overlap.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    keys : sequence of Key
        In the order of their presses.
    until_s : float
        End of the clock.
    """
    ax.set(xlim=(-0.04, until_s), ylim=(0, 2))
    written_at = [-1.0, -1.0]
    for number, key in enumerate(keys):
        row = number % 2
        bottom = 0.72 - 0.62 * row
        up_s = key.down_s if key.up_s is None else key.up_s
        ax.barh(
            [bottom], [max(up_s - key.down_s, _LEAST_S)], left=key.down_s, height=_BAR * 1.4, align="edge",
            color="#8a8a8a" if row else "#4a4a4a", edgecolor=INK, linewidth=0.5, zorder=3,
        )  # fmt: skip
        if key.down_s - max(written_at) >= _SIGN_S and key.down_s < until_s - _SIGN_S / 2:
            ax.text(key.down_s, 1.35, key.sign, fontsize=SMALL_PT, ha="left", va="bottom", color=INK)
            written_at[row] = key.down_s
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)


def plot_path(ax: Axes, sight: Sight, view_px: FloatArray) -> None:
    """Draw the reports of a pointer as dots on their way, and a cross where a button was pressed.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    sight : Sight
        With its path.
    view_px : float64 array of shape (2, 2)
        Left upper and right lower corner of what is shown.
    """
    ax.plot(*sight.path_px.T, "-", color="#b5b5b5", linewidth=0.8, zorder=2, label="_way")
    ax.plot(*sight.path_px.T, ".", color=INK, markersize=2.6, zorder=3)
    if sight.clicks_px.size:
        ax.plot(*sight.clicks_px.T, "x", color=INK, markersize=6, markeredgewidth=1.5, zorder=4)
    (left, top), (right, bottom) = np.asarray(view_px, dtype=np.float64)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.set_aspect("equal", adjustable="box", anchor="W")
    ax.spines["right"].set_visible(True)
    ax.spines["top"].set_visible(True)
    for side in ax.spines.values():
        side.set_color("#cfcfcf")
    ax.grid(visible=False)
    ax.tick_params(color=SOFT)
