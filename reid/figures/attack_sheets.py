"""Figures of who attacks and who is found, each on a sheet of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reid.figures.exposure import Exposed, Found, plot_exposed, plot_found
from reid.figures.labels import length_em, wrapped
from reid.figures.layout import BELOW_IN, LETTER_IN, TITLE_IN, blank, panel
from reid.figures.reference import THRESHOLD_NAME
from reid.figures.risk import Rate
from reid.figures.style import COLUMN, SMALL_PT, SOFT, Look, Picture, Size, picture, styled
from reid.figures.threats import plot_attacked

_LINE_IN: Final = 0.165
_LABEL_EM: Final = 17.5
_ROW_IN: Final = 0.42  # a number, and its interval beneath
_SLIDE_ROW_IN: Final = 0.8  # the same where a slide has room
_GAP_IN: Final = 0.12
_BETWEEN_IN: Final = 0.07  # names of columns
_NOTE_IN: Final = 0.36  # two lines
_TENTH_IN: Final = 1.45  # the column of the most exposed
_FOUND_IN: Final = 0.5  # a row of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Attackers:
    """One band: a column an attacker, and what each achieves on each release."""

    title: str
    names: tuple[str, ...]
    rates: tuple[tuple[Rate | None, ...], ...]  #: by column, then by row
    is_raw: tuple[bool, ...]  #: by row
    n_hidden: int = 0  #: weaker attackers for whom there is no column


def threats_sheet(
    bands: Sequence[Attackers], labels: Sequence[str], looks: Sequence[Look], chance: float | None,
    size: Size = COLUMN,
) -> Picture:  # fmt: skip
    """Draw :func:`~reid.figures.threats.plot_attacked` columns side by side, band under band.

    Parameters
    ----------
    bands : sequence of Attackers
        At least one.
    labels, looks : sequences
        One of each row.
    chance : float or None
        Rank-1 of blind guessing.
    size : Size
        The sheet.
    """
    texts = [wrapped(label, _LABEL_EM) for label in labels]
    left_in = LETTER_IN * max(length_em(line) for text in texts for line in text.split("\n")) + 0.2
    room_in = size.width_in - left_in - 0.2
    with styled():
        heads = [_heads(band, room_in) for band in bands]
        row_in = max(_ROW_IN, _LINE_IN * (1.3 + max(text.count("\n") for text in texts)))
        above = [TITLE_IN + _LINE_IN * (0.6 + max(head.count("\n") for head in each)) for each in heads]
        fixed_in = sum(above) + 0.38 * len(bands) + _NOTE_IN + 0.15
        if size.height_in is not None:
            row_in = min(_SLIDE_ROW_IN, (size.height_in - fixed_in) / (len(bands) * len(labels)))
        body_in = row_in * len(labels)
        sheet = blank(size, fixed_in + body_in * len(bands))
        top_in = 0.05
        for band, names, over_in in zip(bands, heads, above, strict=True):
            column_in = room_in / len(band.names)
            bottom_in = sheet.get_figheight() - top_in - over_in - body_in
            for number, (name, rates) in enumerate(zip(names, band.rates, strict=True)):
                right_in = 0.2 + room_in - (number + 1) * column_in + _GAP_IN
                ax = panel(sheet, left_in + number * column_in, bottom_in, right_in, top_in + over_in)
                raw = next((one for one, raw in zip(rates, band.is_raw, strict=True) if raw and one), None)
                plot_attacked(
                    ax, rates, looks, strongest=_strongest(band, number), chance=chance,
                    raw=None if raw is None else raw.value,
                )  # fmt: skip
                ax.set_title(name, fontweight="normal", fontsize=SMALL_PT, loc="center", pad=4)
                if number == 0:
                    ax.set_yticks(range(len(texts)), texts)
                    ax.tick_params(axis="y", length=0)
            at = 1 - (top_in + 0.02) / sheet.get_figheight()
            sheet.text(0.05 / size.width_in, at, band.title, fontweight="bold", va="top", fontsize=9.5)
            top_in += over_in + body_in + 0.38
        note = (
            "Horizontal axes: people named at first guess (%). Bold: nobody achieves more.\n"
            f"Dashed: {THRESHOLD_NAME}."
        )
        sheet.text(0.05 / size.width_in, 0.06 / sheet.get_figheight(), note, color=SOFT, va="bottom")
        return picture(sheet, size)


def who_sheet(
    found: Sequence[Found], exposed: Sequence[Exposed], channels: Sequence[str], title: str,
    size: Size = COLUMN,
) -> Picture:  # fmt: skip
    """Draw how many people are found, and beneath, or on a slide beside, whom each channel gives away.

    Parameters
    ----------
    found : sequence of Found
        One a release; at least one.
    exposed : sequence of Exposed
        May be empty.
    channels : sequence of str
        Of the people exposed.
    title : str
        Whose people those are.
    size : Size
        The sheet.
    """
    longest_em = max(length_em(line) for one in found for line in wrapped(one.label, 18.0).split("\n"))
    left_in = LETTER_IN * longest_em + 0.2
    with styled():
        most_lines = max(wrapped(one.label, 18.0).count("\n") for one in found) + 1
        row_in = max(_FOUND_IN, _LINE_IN * (most_lines + 0.8))
        upper_in = TITLE_IN + _LINE_IN + row_in * len(found) + BELOW_IN
        lower_in = (TITLE_IN + 0.3 + 0.24 * len(exposed) + 0.6) if exposed else 0.0
        sheet = blank(size, upper_in + lower_in)
        height_in = sheet.get_figheight()
        if size.height_in is not None:
            share = upper_in / (upper_in + lower_in)
            upper_in, lower_in = share * height_in, (1 - share) * height_in
        ax = panel(sheet, left_in, lower_in + BELOW_IN, _TENTH_IN, TITLE_IN)
        plot_found(ax, found)
        ax.set_title("How many people are found", pad=8)
        if exposed:
            ax = panel(sheet, 1.75, 0.5, 0.2, upper_in + TITLE_IN + 0.3)
            plot_exposed(ax, exposed, channels)
            sheet.text(
                0.05 / size.width_in, 1 - (upper_in + 0.05) / height_in, title, fontweight="bold", va="top",
                fontsize=9.5,
            )  # fmt: skip
            key = (
                "filled: this channel alone names them in most of their probes\n"
                "square: without it they no longer are   dash: neither"
            )
            sheet.text(0.05 / size.width_in, 0.1 / height_in, key, color=SOFT, va="bottom")
        return picture(sheet, size)


def _heads(band: Attackers, room_in: float) -> list[str]:
    """Return names of columns, broken into lines that fit."""
    width_em = (room_in / len(band.names) - _BETWEEN_IN) / LETTER_IN
    return [wrapped(name, width_em, 60) for name in band.names]


def _strongest(band: Attackers, number: int) -> list[bool]:
    """Say in which rows no column holds more than this one."""
    found = []
    for row, rate in enumerate(band.rates[number]):
        most = max((column[row].value for column in band.rates if column[row] is not None), default=0.0)  # type: ignore[union-attr]
        found.append(rate is not None and rate.value >= most)
    return found
