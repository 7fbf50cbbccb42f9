"""The figures of a page, each on a sheet of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from reid.figures.amounts import AmountPanel, plot_amounts
from reid.figures.channels import ChannelPanel, plot_channels
from reid.figures.cmc import RankRates, plot_cmc
from reid.figures.det import ErrorRates, plot_det
from reid.figures.labels import length_em, wrapped
from reid.figures.risk import RANK_1, Measure, RiskRow, plot_risk, row_lines
from reid.figures.scale import ScaledRates, plot_scale
from reid.figures.style import SMALL_PT, WIDTH_IN, Look, Picture, picture, styled

_LINE_IN: Final = 0.165  # height of a line of text
_LETTER_IN: Final = SMALL_PT / 72
_CHANCE_EM: Final = 9.0  # keeps room for the chance left of the axis
_ABOVE_IN: Final = 0.68  # the threshold's two lines and the headings
_BELOW_IN: Final = 0.5  # ticks and axis label
_VALUES_IN: Final = 1.75  # the column of numbers
_LEGEND_COLUMNS: Final = 2
_SCALE_IN: Final = 3.1  # height of rank-1 by the number of people
_LEGEND_EM: Final = 22.0
_AMOUNTS_IN: Final = 2.75  # height of a panel of rank-1 by how much is seen


def risk_sheet(rows: Sequence[RiskRow], measure: Measure = RANK_1) -> Picture:
    """Draw :func:`~reid.figures.risk.plot_risk` on a sheet as high as its rows need."""
    body_in = _LINE_IN * sum(row_lines(row) for row in rows)
    height_in = _ABOVE_IN + body_in + _BELOW_IN
    longest_em = max(length_em(line) for row in rows for line in wrapped(row.label).split("\n"))
    left_in = _LETTER_IN * max(longest_em, _CHANCE_EM) + 0.25
    with styled():
        sheet = Figure(figsize=(WIDTH_IN, height_in))
        width = 1 - (left_in + _VALUES_IN) / WIDTH_IN
        ax = sheet.add_axes((left_in / WIDTH_IN, _BELOW_IN / height_in, width, body_in / height_in))
        plot_risk(ax, rows, measure)
        return picture(sheet)


def curves_sheet(
    cmc: Mapping[str, RankRates],
    det: Mapping[str, ErrorRates],
    looks: Mapping[str, Look],
    chance: float | None,
) -> Picture:
    """Draw CMC and DET side by side with one legend; a kind without any curve is left out.

    Parameters
    ----------
    cmc, det : mapping of label to points
        At least one curve in one of the two.
    looks : mapping of label to Look
        One for each label, in the order of the legend.
    chance : float or None
        Rank-1 of blind guessing.
    """
    n_panels = bool(cmc) + bool(det)
    names = {label: wrapped(label, width_em=_LEGEND_EM) for label in looks}
    lines = sum(name.count("\n") + 1.4 for name in names.values()) / _LEGEND_COLUMNS + 1
    with styled():
        layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06)
        sheet = Figure(figsize=(WIDTH_IN, 3.5 + _LINE_IN * lines), layout=layout)
        panels = list(sheet.subplots(1, n_panels, squeeze=False)[0])
        if cmc:
            ax = panels.pop(0)
            plot_cmc(ax, cmc, looks, chance)
            ax.set_box_aspect(1)
        if det:
            plot_det(panels.pop(0), det, looks)
        handles = {
            line.get_label(): line
            for ax in sheet.axes
            for line in ax.get_lines()
            if not str(line.get_label()).startswith("_")
        }
        shown = [label for label in looks if label in handles]
        sheet.legend(
            [handles[label] for label in shown], [names[label] for label in shown],
            loc="outside lower center", ncols=_LEGEND_COLUMNS, handlelength=3.2,
        )  # fmt: skip
        return picture(sheet)


def scale_sheet(curves: Mapping[str, ScaledRates], looks: Mapping[str, Look]) -> Picture:
    """Draw :func:`~reid.figures.scale.plot_scale` on a sheet, with a legend where there are several curves.

    Parameters
    ----------
    curves : mapping of label to ScaledRates
        At least one.
    looks : mapping of label to Look
        One for each label, in the order of the legend.
    """
    names = {label: wrapped(label, width_em=_LEGEND_EM) for label in looks}
    lines = sum(name.count("\n") + 1.4 for name in names.values()) / _LEGEND_COLUMNS + 1
    several = len(curves) > 1
    with styled():
        layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06)
        sheet = Figure(figsize=(WIDTH_IN, _SCALE_IN + several * _LINE_IN * lines), layout=layout)
        ax = sheet.subplots()
        handles = plot_scale(ax, curves, looks)
        if several:
            sheet.legend(
                [handles[label] for label in looks], [names[label] for label in looks],
                loc="outside lower center", ncols=_LEGEND_COLUMNS, handlelength=3.2,
            )  # fmt: skip
        return picture(sheet)


def channels_sheet(
    channels: Sequence[str], panels: Sequence[ChannelPanel], looks: Mapping[str, Look], chance: float | None
) -> Picture:
    """Draw :func:`~reid.figures.channels.plot_channels` panels side by side, with one legend where needed.

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
    """
    n_bars = len(channels) * max(len(panel.bars) for panel in panels)
    with styled():
        layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06)
        names = [wrapped(name, width_em=_LEGEND_EM) for name in panels[0].bars]
        lines = sum(name.count("\n") + 1.4 for name in names) / _LEGEND_COLUMNS + 1
        height_in = 1.25 + _LINE_IN * lines + 0.26 * max(n_bars, 1.3 * len(channels))
        sheet = Figure(figsize=(WIDTH_IN, height_in), layout=layout)
        axes = sheet.subplots(1, len(panels), squeeze=False, sharey=True)[0]
        for ax, panel in zip(axes, panels, strict=True):
            plot_channels(ax, channels, panel, looks, chance)
        handles, _ = axes[0].get_legend_handles_labels()
        if len(handles) > 1:
            sheet.legend(handles, names, loc="outside lower center", ncols=_LEGEND_COLUMNS)
        return picture(sheet)


def amounts_sheet(panels: Sequence[AmountPanel], looks: Mapping[str, Look], chance: float | None) -> Picture:
    """Draw :func:`~reid.figures.amounts.plot_amounts` panels one above the other, with one legend.

    Parameters
    ----------
    panels : sequence of AmountPanel
        From the top; at least one.
    looks : mapping of label to Look
        One for each log.
    chance : float or None
        Rank-1 of blind guessing.
    """
    names = {label: wrapped(label, width_em=_LEGEND_EM) for panel in panels for label in panel.curves}
    lines = sum(name.count("\n") + 1.4 for name in names.values()) / _LEGEND_COLUMNS + 1
    several = len(names) > 1
    with styled():
        layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08)
        height_in = _AMOUNTS_IN * len(panels) + several * _LINE_IN * lines
        sheet = Figure(figsize=(WIDTH_IN, height_in), layout=layout)
        handles: dict[str, Any] = {}
        for ax, panel in zip(sheet.subplots(len(panels), squeeze=False)[:, 0], panels, strict=True):
            handles |= plot_amounts(ax, panel, looks, chance)
        if several:
            sheet.legend(
                list(handles.values()), [names[label] for label in handles],
                loc="outside lower center", ncols=_LEGEND_COLUMNS, handlelength=3.2,
            )  # fmt: skip
        return picture(sheet)
