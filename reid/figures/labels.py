"""Names that others chose, made fit to be drawn: no hidden characters, no missing glyphs, bounded length."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font

ELLIPSIS: Final = "…"
_NO_GLYPH: Final = "\N{REPLACEMENT CHARACTER}"
_MEASURED_PT: Final = 100.0
_POINTS_PER_INCH: Final = 72
#: Parts of a word, each up to a mark after which it may be broken.
_PARTS: Final = re.compile(r"[^(=,-]*[(=,-]|[^(=,-]+")


def plain(text: object, limit: int = 200) -> str:
    r"""Return the text on one line, without control and direction characters, at most ``limit`` long.

    Control, format (direction marks, joiners), surrogate, private and unassigned characters could hide or
    reorder what stands around the name; each run of white space becomes one space.

    Parameters
    ----------
    text : object
        What to show; anything but a string is written as ``str`` writes it.
    limit : int
        Largest number of characters, at least 1; the last one is an ellipsis where text was cut off.

    Returns
    -------
    str
        Text that is safe to encode as UTF-8, to escape and to show.

    Examples
    --------
    >>> plain("time-grid\u202e (step_ms=16)\n")
    'time-grid (step_ms=16)'
    >>> plain("abcdef", limit=4)
    'abc…'
    """
    spaced = "".join(" " if sign.isspace() else sign for sign in str(text))
    visible = "".join(sign for sign in spaced if not unicodedata.category(sign).startswith("C"))
    kept = " ".join(visible.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + ELLIPSIS


def drawable(text: object, limit: int = 90) -> str:
    """Return :func:`plain` text in which characters that the figures' font lacks are replaced by one mark."""
    return set_in_font(plain(text, limit))


def set_in_font(text: str) -> str:
    """Return text in which letters that the figures' font lacks are replaced by one mark."""
    glyphs = _glyphs()
    return "".join(sign if ord(sign) in glyphs else _NO_GLYPH for sign in text)


def font_folder() -> str:
    """Return the folder of the figures' font, which comes with matplotlib."""
    return str(Path(findfont(FontProperties(family="DejaVu Sans"))).parent)


def wrapped(text: object, width_em: float = 18.0, limit: int = 90) -> str:
    """Return :func:`drawable` text broken into lines of at most ``width_em``, by the font's own widths.

    Steps of a composed strategy start a line of their own where they do not fit together; a word that
    is too long by itself is cut.

    Parameters
    ----------
    text : object
        What to show.
    width_em : float
        Longest line in units of the size of letters; a letter is about 0.6 wide.
    limit : int
        Largest number of characters.

    Examples
    --------
    >>> print(wrapped("time-grid(step_ms=100) | delay-mix(bound_ms=100) | key-classes"))
    time-grid(step_ms=100)
    | delay-mix(bound_ms=100)
    | key-classes
    """
    lines: list[str] = []
    for number, step in enumerate(drawable(text, limit).split(" | ")):
        whole = f"| {step}" if number else step
        pieces = [whole] if length_em(whole) <= width_em else _cut(whole, width_em)
        if lines and length_em(f"{lines[-1]} {pieces[0]}") <= width_em:
            lines[-1] += f" {pieces.pop(0)}"
        lines += pieces
    return "\n".join(lines)


def length_em(line: str) -> float:
    """Return the length of a line in units of the size of letters."""
    return sum(_advance_em(sign) for sign in line)


def _cut(text: str, width_em: float) -> list[str]:
    """Break text at spaces; within a word only where it alone is too long, after a mark if it has one."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and length_em(f"{lines[-1]} {word}") > width_em:
            lines.append("")
        elif lines[-1]:
            lines[-1] += " "
        for part in _PARTS.findall(word):
            if lines[-1].strip() and length_em(lines[-1] + part) > width_em:
                lines.append("")
            for sign in part:
                if length_em(lines[-1] + sign) > width_em:
                    lines.append("")
                lines[-1] += sign
    return [line.rstrip() for line in lines]


@cache
def _glyphs() -> frozenset[int]:
    """Return the code points of the font that comes with matplotlib."""
    return frozenset(_font().get_charmap())


@cache
def _advance_em(sign: str) -> float:
    """Return how far a letter moves the pen, in units of its size."""
    font = _font()
    font.set_size(_MEASURED_PT, _POINTS_PER_INCH)
    return float(font.load_char(ord(sign)).linearHoriAdvance) / 65536 / _MEASURED_PT


def _font() -> FT2Font:
    """Return the font of the figures."""
    return get_font(findfont(FontProperties(family="DejaVu Sans")))
