"""Sheets with their panels at fixed places in inches: what is drawn twice has the same size twice."""

from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reid.figures.naming import MARGIN_PT
from reid.figures.style import SMALL_PT, Size

NAMES_EM: Final = 15.5  #: letters of a column of names right of a panel
LETTER_IN: Final = SMALL_PT / 72
NAMES_IN: Final = NAMES_EM * LETTER_IN + MARGIN_PT / 72 + 0.05  #: that column with its lines and signs
LEFT_IN: Final = 0.62  #: ticks and label of a height in percent
BELOW_IN: Final = 0.52  #: ticks and label of a width
TITLE_IN: Final = 0.32  #: a title on one line


def blank(size: Size, height_in: float) -> Figure:
    """Return an empty sheet, as high as is said unless its size is fixed."""
    return Figure(figsize=(size.width_in, size.height_in or height_in))


def panel(sheet: Figure, left_in: float, bottom_in: float, right_in: float, top_in: float) -> Axes:
    """Return axes that keep so far from each edge of their sheet, in inches."""
    width, height = sheet.get_figwidth(), sheet.get_figheight()
    place = (left_in, bottom_in, max(width - left_in - right_in, 0.1), max(height - bottom_in - top_in, 0.1))
    return sheet.add_axes((place[0] / width, place[1] / height, place[2] / width, place[3] / height))
