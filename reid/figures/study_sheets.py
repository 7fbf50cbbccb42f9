"""Figures that hold strategies against each other, each on a sheet of its own."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from reid.figures.before_after import Sight, plot_keys, plot_path
from reid.figures.frontier import Tradeoff, plot_frontier
from reid.figures.labels import length_em, wrapped
from reid.figures.layout import BELOW_IN, LEFT_IN, LETTER_IN, NAMES_EM, NAMES_IN, TITLE_IN, blank, panel
from reid.figures.risk import Rate
from reid.figures.style import COLUMN, SOFT, Look, Picture, Size, picture, styled
from reid.figures.sweep import Return, Step, plot_sweep
from reid.typing import FloatArray

_FRONTIER_IN: Final = 4.6
_ABOVE_IN: Final = 0.42  # the words on chance and threshold
_SWEEP_IN: Final = 3.4
_LABEL_EM: Final = 17.0
_SIGHT_IN: Final = 0.66  # a row of before and after
_PATH_IN: Final = 1.35


def frontier_sheet(
    points: Sequence[Tradeoff], chance: float | None, *, among: int, purpose: str, size: Size = COLUMN
) -> Picture:
    """Draw :func:`~reid.figures.frontier.plot_frontier` on a sheet."""
    with styled():
        sheet = blank(size, _FRONTIER_IN)
        ax = panel(sheet, LEFT_IN + 0.15, BELOW_IN + 0.17, 0.15, _ABOVE_IN)
        plot_frontier(ax, points, chance, among=among, purpose=purpose)
        return picture(sheet, size)


def sweep_sheet(
    steps: Sequence[Step], look: Look, *, title: str, parameter: str, raw: Rate | None,
    chance: float | None, among: int,    returns: Sequence[Return], size: Size = COLUMN,
) -> Picture:  # fmt: skip
    """Draw :func:`~reid.figures.sweep.plot_sweep` on a sheet."""
    with styled():
        sheet = blank(size, _SWEEP_IN)
        ax = panel(sheet, LEFT_IN + 0.15, BELOW_IN, NAMES_IN, TITLE_IN)
        plot_sweep(
            ax, steps, look, parameter=parameter, raw=raw, chance=chance, among=among, returns=returns,
            names_em=NAMES_EM,
        )  # fmt: skip
        ax.set_title(title)
        return picture(sheet, size)


def sights_sheet(
    sights: Sequence[Sight], until_s: float, view_px: FloatArray, size: Size = COLUMN
) -> Picture:
    """Draw what is left to see of one person under each strategy, a row each.

    Parameters
    ----------
    sights : sequence of Sight
        From the top; at least one.
    until_s : float
        End of the clock of keys.
    view_px : float64 array of shape (2, 2)
        Left upper and right lower corner of what is shown of the screen.
    size : Size
        The sheet.
    """
    labels = [wrapped(sight.label, _LABEL_EM) for sight in sights]
    left_in = LETTER_IN * max(length_em(line) for label in labels for line in label.split("\n")) + 0.2
    with styled():
        sheet = blank(size, TITLE_IN + 0.1 + _SIGHT_IN * len(sights) + BELOW_IN)
        height_in = sheet.get_figheight()
        row_in = min(_SIGHT_IN, (height_in - TITLE_IN - 0.1 - BELOW_IN) / len(sights))
        for number, (sight, label) in enumerate(zip(sights, labels, strict=True)):
            top_in = TITLE_IN + number * row_in
            bottom_in = height_in - top_in - row_in + 0.07
            middle = 1 - (top_in + row_in / 2) / height_in
            sheet.text(
                0.08 / size.width_in, middle, label, va="center", fontweight="normal" if number else "bold"
            )
            if sight.note:
                sheet.text(left_in / size.width_in, middle, sight.note, va="center", color=SOFT)
                continue
            keys = panel(sheet, left_in, bottom_in, _PATH_IN + 0.5, top_in)
            plot_keys(keys, sight.keys, until_s)
            path = panel(sheet, size.width_in - _PATH_IN - 0.05, bottom_in, 0.05, top_in + 0.03)
            plot_path(path, sight, view_px)
            is_last = all(later.note for later in sights[number + 1 :])
            if number == 0:
                keys.set_title("Typing: a bar for each key")
                path.set_title("Pointer: a path", loc="center")
            if is_last:
                keys.set_xlabel("Seconds from the first press")
                path.set_xlabel("x (pixels)")
                path.set_xticks(np.round(view_px[:, 0] + np.array([0.1, -0.1]) * np.ptp(view_px[:, 0]), -2))
            else:
                keys.set_xticklabels([])
                path.set_xticks([])
            path.set_yticks([])
        return picture(sheet, size)
