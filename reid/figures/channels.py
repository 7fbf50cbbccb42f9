"""What each channel gives alone, and what is left without it: bars, one panel each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from reid.figures.reference import DASHED, DOTTED, THRESHOLD
from reid.figures.risk import Rate
from reid.figures.style import INK, SMALL_PT, SOFT, Look

_FULL: Final = "#c4c4c4"
_THICK: Final = 0.7  # of a row, by all bars of it


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPanel:
    """One panel: for each log a bar per channel, None where there was nothing to see."""

    title: str
    bars: Mapping[
        str, Sequence[Rate | None]
    ]  #: by label of the log, one entry per row, the last may be left out
    marked: Mapping[str, float]  #: by label of the log: a line across, such as the rate of all channels
    marked_name: str = ""


def plot_channels(
    ax: Axes, channels: Sequence[str], panel: ChannelPanel, looks: Mapping[str, Look], chance: float | None
) -> None:
    """Draw a panel: a row per channel, the first on top, in it a bar per log.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    channels : sequence of str
        Names of the rows; a name may have several lines.
    panel : ChannelPanel
        Finished numbers.
    looks : mapping of str to Look
        One for each log.
    chance : float or None
        What blind guessing gives, in ``[0, 1]``.
    """
    thick = _THICK / max(len(panel.bars), 1)
    rows = np.arange(len(channels), dtype=np.float64)
    for number, (name, bars) in enumerate(panel.bars.items()):
        at = rows + (number - (len(panel.bars) - 1) / 2) * thick
        shown = [(row, bar) for row, bar in zip(at, bars, strict=False) if bar is not None]
        drawn = looks[name]
        faint = "white" if number else _FULL  # told apart on a grey printer too
        ax.barh(
            [row for row, _ in shown], [100 * bar.value for _, bar in shown], height=0.86 * thick,
            color=faint, edgecolor=drawn.color, linewidth=1.0, label=name, zorder=2,
        )  # fmt: skip
        for row, bar in shown:
            ends = [100 * bar.low, 100 * bar.high]
            ax.plot(ends, [row, row], "-|", color=drawn.color, linewidth=1.3, markersize=6, zorder=4)
        for row, found in zip(at, bars, strict=False):
            if found is None:
                ax.text(1.5, row, "nothing to see", va="center", fontsize=SMALL_PT, color=SOFT)
        if name in panel.marked:
            ax.axvline(
                100 * panel.marked[name], color=drawn.color, linestyle=drawn.dash, linewidth=1.0, zorder=1
            )
    if panel.marked:
        most = 100 * max(panel.marked.values())
        ax.annotate(
            panel.marked_name, (most, 1.0), (0, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="right" if most > 50 else "left", va="bottom",  # noqa: PLR2004  half way
            fontsize=SMALL_PT, color=INK,
        )  # fmt: skip
    if chance is not None:
        ax.axvline(100 * chance, color=SOFT, linestyle=DOTTED, linewidth=1.6, zorder=5, label="_chance")
    ax.axvline(100 * THRESHOLD, color=INK, linestyle=DASHED, linewidth=1.0, zorder=3, label="_threshold")
    ax.set_yticks(rows, list(channels))
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.set(xlim=(0, 100), ylim=(len(channels) - 0.5, -0.5), xlabel="Named at first guess, rank-1 (%)")
    ax.set_title(panel.title, pad=16)
