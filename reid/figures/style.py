"""The look of every figure: told apart by colour-blind readers and on a grey printer, no text under 8 pt."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import matplotlib.style
from matplotlib.figure import Figure

#: Colours of Okabe and Ito (2008), without black (the raw log) and yellow (too faint on white).
PALETTE: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS: Final = ("o", "s", "^", "v", "P", "X", "<", ">", "p", "h", "d", "8", "*")
DASHES: Final[tuple[Any, ...]] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))

INK: Final = "#1a1a1a"
SOFT: Final = "#5c5c5c"
FAINT: Final = "#d9d9d9"
SMALL_PT: Final = 8.5  #: smallest text

WIDTH_IN: Final = 6.8  #: the text width of an A4 page, so that print keeps the size of letters
PNG_DPI: Final = 200


@dataclass(frozen=True, slots=True)
class Size:
    """The sheet on which a figure is drawn; text is as large on each, in points."""

    name: str
    width_in: float
    height_in: float | None  #: None where a sheet is as high as it needs to be
    png_dpi: float


#: For print: letters keep their size on a page of A4.
COLUMN: Final = Size("column", WIDTH_IN, None, PNG_DPI)
#: 16:9; a projected slide of 13.3 inches shows it 1.85 times as large, and its smallest letters at 15.7 pt.
SLIDE: Final = Size("slide", 7.2, 4.05, 1920 / 7.2)
SIZES: Final = {size.name: size for size in (COLUMN, SLIDE)}

_SETTINGS: Final[dict[str, Any]] = {
    "axes.axisbelow": True,
    "axes.edgecolor": SOFT,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.0,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so every machine draws the same letters
    "font.size": SMALL_PT,  # of whatever has no size of its own
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.fontsize": SMALL_PT,
    "legend.frameon": False,
    "lines.linewidth": 1.5,
    "lines.markersize": 5.5,
    "pdf.fonttype": 42,  # whole letters of the font, so that text can be searched and copied
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "reid",
    "text.color": INK,
    "text.parse_math": False,  # a "$" in a name is a dollar sign
    "xtick.color": SOFT,
    "xtick.labelcolor": INK,
    "xtick.labelsize": SMALL_PT,
    "ytick.color": SOFT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": SMALL_PT,
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one strategy is drawn, alike in every figure."""

    color: str
    marker: str
    dash: Any  #: a matplotlib line style
    width: float = 1.5  #: of the line, in points


RAW_LOOK: Final = Look(INK, "D", "-", 2.2)


def look(number: int) -> Look:
    """Return the look of strategy ``number`` (from 0); marker and dash differ where colours repeat."""
    return Look(PALETTE[number % len(PALETTE)], MARKERS[number % len(MARKERS)], DASHES[number % len(DASHES)])


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing as files: the same bytes for the same numbers, without date, host or version."""

    svg: bytes  #: letters as outlines, so that it needs no font and looks alike everywhere
    png: bytes
    sheet: Figure = field(repr=False, compare=False)

    @property
    def pdf(self) -> bytes:
        """Letters of an embedded font. Drawn when asked for: cutting the font takes longer than the rest."""
        written = io.BytesIO()
        unmarked = dict.fromkeys(("Creator", "Producer", "CreationDate"))
        with styled():
            self.sheet.savefig(written, format="pdf", metadata=unmarked)
        return written.getvalue()


@contextmanager
def styled() -> Iterator[None]:
    """Draw with the settings of this package alone, whatever the user's own matplotlib settings are."""
    with matplotlib.style.context(["default", _SETTINGS]):
        yield


def picture(figure: Figure, size: Size = COLUMN) -> Picture:
    """Return the finished figure as files; call it inside :func:`styled`."""
    svg, png = io.BytesIO(), io.BytesIO()
    unmarked = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(svg, format="svg", metadata=unmarked)
    figure.savefig(png, format="png", dpi=size.png_dpi, metadata={"Software": None})
    return Picture(svg.getvalue(), png.getvalue(), figure)
