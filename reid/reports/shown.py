"""A figure with the words and the numbers that stand for it."""

import csv
import io
from dataclasses import dataclass, replace
from html import escape
from typing import TypeAlias

from reid.figures.labels import plain
from reid.figures.style import Picture

Cell: TypeAlias = str | float | int | None

_FORMULA = ("=", "+", "-", "@")
_LONGEST = 200
_LONGEST_WORDS = 100_000


@dataclass(frozen=True, slots=True)
class Table:
    """The data of a figure: what is drawn, a row a mark; rates as fractions in ``[0, 1]``."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> str:
        r"""Return it as CSV, in which no text is a formula to a spreadsheet.

        Numbers bear six significant digits; what is not known is empty. Text is cut to 200 characters on
        one line, and bears an apostrophe before a sign that would begin a formula.

        Examples
        --------
        >>> Table(("strategy", "rank_1"), (("=cmd()", 0.25), ("a, b", None))).csv()
        'strategy,rank_1\n\'=cmd(),0.25\n"a, b",\n'
        """
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([[_told(cell) for cell in row] for row in self.rows])
        return written.getvalue()


@dataclass(frozen=True, slots=True)
class Shown:
    """A drawing with the words that stand for it."""

    name: str  #: of its files: lower-case letters, digits and hyphens
    title: str  #: what it shows, as a heading
    alt: str  #: what a reader sees in it, in full sentences with the numbers
    caption: str  #: how to read it
    table: Table
    picture: Picture


def with_words(shown: Shown) -> Shown:
    """Return a figure whose SVG bears title and alternative text itself, for who opens it alone."""
    head, sign, rest = shown.picture.svg.partition(b"<svg ")
    tag, end, body = rest.partition(b">")
    words = "".join(
        f"\n <{name}>{escape(plain(text, _LONGEST_WORDS))}</{name}>"
        for name, text in (("title", shown.title), ("desc", shown.alt))
    )
    svg = b"".join((head, sign, b'role="img" ', tag, end, words.encode(), body))
    return replace(shown, picture=replace(shown.picture, svg=svg))


def _told(cell: Cell) -> str:
    """Return a cell as it is written."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6g}"
    if isinstance(cell, int):
        return str(cell)
    text = plain(cell, _LONGEST)
    return f"'{text}" if text.startswith(_FORMULA) else text
