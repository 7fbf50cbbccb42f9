"""The figures of an audit, each on a sheet of its own."""

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Final

from matplotlib.axes import Axes

from reid.figures.amounts import AmountPanel, plot_amounts
from reid.figures.channels import ChannelPanel, plot_channels
from reid.figures.cmc import RankRates, plot_cmc
from reid.figures.det import ErrorRates, plot_det
from reid.figures.labels import drawable, length_em, wrapped
from reid.figures.layout import BELOW_IN, LEFT_IN, LETTER_IN, NAMES_EM, NAMES_IN, TITLE_IN, blank, panel
from reid.figures.naming import LINE_PT, size_pt, tag
from reid.figures.reference import THRESHOLD_NAME
from reid.figures.risk import RANK_1, Measure, RiskRow, plot_risk, row_lines
from reid.figures.scale import ScaledRates, plot_scale
from reid.figures.style import COLUMN, SOFT, Look, Picture, Size, picture, styled

_LINE_IN: Final = 0.165  # height of a line of text
_CHANCE_EM: Final = 9.0  # keeps room for the chance left of the axis
_ABOVE_IN: Final = 0.68  # the threshold's two lines and the headings
_MOST_STRETCHED: Final = 1.8  # of rows, where a slide has room
_VALUES_IN: Final = 1.75  # the column of numbers
_SCALE_IN: Final = 3.6  # height of rank-1 by the number of people
_AMOUNTS_IN: Final = 2.9  # height of a panel of rank-1 by how much is seen
_UNITS_IN: Final = 0.62  # three lines beneath an axis
_UNITS_LEFT_IN: Final = 0.95
_CURVES_IN: Final = 2.55  # side of a square of curves on a page
_KEY_EM: Final = 22.0


def risk_sheet(rows: Sequence[RiskRow], measure: Measure = RANK_1, size: Size = COLUMN) -> Picture:
    """Draw :func:`~reid.figures.risk.plot_risk` on a sheet as high as its rows need."""
    body_in = _LINE_IN * sum(row_lines(row) for row in rows)
    longest_em = max(length_em(line) for row in rows for line in wrapped(row.label).split("\n"))
    left_in = LETTER_IN * max(longest_em, _CHANCE_EM) + 0.25
    with styled():
        sheet = blank(size, _ABOVE_IN + body_in + BELOW_IN)
        room_in = sheet.get_figheight() - BELOW_IN
        stretched = min(room_in / (_ABOVE_IN + body_in), _MOST_STRETCHED)
        spare_in = max(room_in - stretched * (_ABOVE_IN + body_in), 0.0)
        above_in = _ABOVE_IN * max(stretched, 1.0)
        ax = panel(sheet, left_in, BELOW_IN + spare_in / 2, _VALUES_IN, above_in + spare_in / 2)
        plot_risk(ax, rows, measure)
        return picture(sheet, size)


def curves_sheet(
    cmc: Mapping[str, RankRates], det: Mapping[str, ErrorRates], looks: Mapping[str, Look],
    chance: float | None, texts: Mapping[str, str] | None = None, size: Size = COLUMN,
) -> Picture:  # fmt: skip
    """Draw CMC and DET side by side, a letter on each curve; a kind without any curve is left out.

    Parameters
    ----------
    cmc, det : mapping of label to points
        At least one curve in one of the two.
    looks : mapping of label to Look
        One for each label, in the order of the letters.
    chance : float or None
        Rank-1 of blind guessing.
    texts : mapping of label to str, optional
        What stands in the list of letters; the labels if absent.
    size : Size
        The sheet.
    """
    shown = [label for label in looks if label in cmc or label in det]
    tags = dict(zip(shown, ascii_uppercase, strict=False))
    n_panels = bool(cmc) + bool(det)
    names = [wrapped((texts or {}).get(label, label), _KEY_EM, 120) for label in shown]
    with styled():
        lines = [name.count("\n") + 1.6 for name in names]
        key_in = LINE_PT / 72 * max(sum(lines[::2]), sum(lines[1::2])) + 0.1
        sheet = blank(size, _CURVES_IN + BELOW_IN + TITLE_IN + key_in)
        bottom_in = BELOW_IN + key_in
        wide_in = (sheet.get_figwidth() - n_panels * (LEFT_IN + 0.15)) / n_panels
        at_in = LEFT_IN
        for kind in ("cmc", "det")[:: 1 if cmc else -1][:n_panels]:
            ax = panel(sheet, at_in, bottom_in, sheet.get_figwidth() - at_in - wide_in, TITLE_IN)
            if kind == "cmc":
                plot_cmc(ax, cmc, looks, chance, tags)
            else:
                plot_det(ax, det, looks, tags)
                ax.set_anchor("W")
            at_in += wide_in + LEFT_IN + 0.15
        entries = [(tags[label], looks[label], name) for label, name in zip(shown, names, strict=True)]
        for column in (0, 1):
            half_in = sheet.get_figwidth() / 2
            beneath = panel(
                sheet,
                0.1 + column * half_in,
                0.02,
                half_in * (1 - column) + 0.05,
                sheet.get_figheight() - key_in,
            )
            _list_tags(beneath, entries[column::2])
        return picture(sheet, size)


def scale_sheet(curves: Mapping[str, ScaledRates], looks: Mapping[str, Look], size: Size = COLUMN) -> Picture:
    """Draw :func:`~reid.figures.scale.plot_scale` on a sheet.

    Parameters
    ----------
    curves : mapping of label to ScaledRates
        At least one.
    looks : mapping of label to Look
        One for each label.
    size : Size
        The sheet.
    """
    with styled():
        sheet = blank(size, _SCALE_IN + _LINE_IN * max(len(curves) - 4, 0))
        ax = panel(sheet, LEFT_IN, BELOW_IN, NAMES_IN, 0.5)
        plot_scale(ax, curves, looks, NAMES_EM)
        return picture(sheet, size)


def channels_sheet(
    channels: Sequence[str], panels: Sequence[ChannelPanel], looks: Mapping[str, Look],
    chance: float | None, size: Size = COLUMN,
) -> Picture:  # fmt: skip
    """Draw :func:`~reid.figures.channels.plot_channels` panels side by side.

    Parameters
    ----------
    channels : sequence of str
        The rows of every panel; at least one.
    panels : sequence of ChannelPanel
        From left to right.
    looks : mapping of label to Look
        One for each log.
    chance : float or None
        Rank-1 of blind guessing.
    size : Size
        The sheet.
    """
    n_bars = len(channels) * max(len(one.bars) for one in panels)
    longest_em = max(length_em(line) for name in channels for line in name.split("\n"))
    with styled():
        above_in = 0.55
        note = [f"Dotted: blind guessing. Dashed: {THRESHOLD_NAME}."]
        if len(panels[0].bars) > 1:
            names = (f"{number}. {drawable(name, 80)}" for number, name in enumerate(panels[0].bars, 1))
            note += ["Bars of a channel, from the top:", *names]
        below_in = BELOW_IN + LINE_PT / 72 * len(note) + 0.02
        sheet = blank(size, above_in + below_in + 0.22 * max(n_bars, 1.6 * len(channels)))
        left_in = LETTER_IN * longest_em + 0.2
        width_in = (sheet.get_figwidth() - left_in - 0.15) / len(panels)
        for number, one in enumerate(panels):
            right_in = 0.15 + (len(panels) - 1 - number) * width_in
            ax = panel(
                sheet, left_in + number * width_in + 0.15 * bool(number), below_in, right_in + 0.1, above_in
            )
            plot_channels(ax, channels, one, looks, chance)
            if number:
                ax.set_yticklabels([])
        at = (0.08 / sheet.get_figwidth(), 0.05 / sheet.get_figheight())
        sheet.text(*at, "\n".join(note), va="bottom", color=SOFT)
        return picture(sheet, size)


def amounts_sheet(
    panels: Sequence[AmountPanel], looks: Mapping[str, Look], chance: float | None, size: Size = COLUMN
) -> Picture:
    """Draw :func:`~reid.figures.amounts.plot_amounts` panels: one above the other, on a slide side by side.

    Parameters
    ----------
    panels : sequence of AmountPanel
        In their order; at least one.
    looks : mapping of label to Look
        One for each log.
    chance : float or None
        Rank-1 of blind guessing.
    size : Size
        The sheet.
    """
    with styled():
        sheet = blank(size, _AMOUNTS_IN * len(panels))
        for number, one in enumerate(panels):
            if size.height_in is None:
                bottom_in = _AMOUNTS_IN * (len(panels) - 1 - number) + _UNITS_IN
                top_in = _AMOUNTS_IN * number + TITLE_IN
                ax = panel(sheet, _UNITS_LEFT_IN, bottom_in, NAMES_IN, top_in)
                plot_amounts(ax, one, looks, chance, NAMES_EM)
                continue
            room_in = (sheet.get_figwidth() - NAMES_IN) / len(panels)
            is_last = number == len(panels) - 1
            right_in = NAMES_IN + (len(panels) - 1 - number) * room_in
            ax = panel(sheet, number * room_in + _UNITS_LEFT_IN, _UNITS_IN, right_in + 0.05, TITLE_IN + 0.1)
            plot_amounts(ax, one, looks, chance, NAMES_EM if is_last else None)
            if number:
                ax.set_ylabel("")
        return picture(sheet, size)


def _list_tags(ax: Axes, entries: Sequence[tuple[str, Look, str]]) -> None:
    """Write what each letter stands for, with a piece of its line; the axes hold nothing else."""
    ax.set_axis_off()
    width_pt, height_pt = size_pt(ax)
    ax.set(xlim=(0, width_pt), ylim=(height_pt, 0))
    at = 0.75 * LINE_PT
    for letter, drawn, name in entries:
        ax.plot([2, 34], [at, at], color=drawn.color, linestyle=drawn.dash, linewidth=drawn.width)
        tag(ax, 18, at, letter, drawn)
        ax.text(42, at - 0.62 * LINE_PT, name, va="top", linespacing=1.15)
        at += LINE_PT * (name.count("\n") + 1.6)
