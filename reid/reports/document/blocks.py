"""The blocks of a document: plain text alone, so that each writer escapes all of it in one place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from reid.figures.labels import plain

LONGEST_TEXT: Final = 2000  #: characters of a paragraph; what others wrote is cut much earlier

Voice: TypeAlias = Literal["plain", "question", "answer", "aside", "warning"]


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part; the document's own title is none."""

    text: str
    level: int = 2  #: 2 for a part, 3 for a part of a part
    anchor: str = ""  #: by which the part is found within an HTML page; letters and hyphens


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str
    voice: Voice = "plain"
    opening: str = ""  #: words that stand before it in bold


@dataclass(frozen=True, slots=True)
class Bullets:
    """Points without an order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Words, each with what is said of it."""

    pairs: tuple[tuple[str, tuple[str, ...]], ...]
    short: bool = False  #: the words and what is said fit beside each other


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a table."""

    text: str
    value: float | None = None  #: the number behind the text, by which it is sorted
    numeric: bool = False  #: the column is one of numbers

    @classmethod
    def of(cls, text: str, value: float | None = None) -> "Cell":
        """Return a cell of a column of numbers."""
        return cls(text, value, numeric=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; its first cell is its heading."""

    cells: tuple[Cell, ...]
    strong: bool = False
    about: str = ""  #: label of the log that it is about
    note: str = ""  #: an explanation under the first cell


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a table under a title of their own."""

    rows: tuple[Row, ...]
    title: str = ""
    about: str = ""  #: label of the log that all of it is about
    note: str = ""  #: a sentence under the lines


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers under headings."""

    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    caption: str
    by_people: bool = False  #: rates by number of people, which a page may let its reader choose

    @property
    def sortable(self) -> bool:
        """Whether its lines may stand in another order."""
        return len(self.groups) == 1 and len(self.groups[0].rows) > 1 and not self.by_people


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with the words that stand for it."""

    name: str  #: of its files
    caption: str
    alt: str
    svg: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """Where the first page ends, and the list of the parts that follow stands."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Two parts beside each other where there is room."""

    left: "tuple[Block, ...]"
    right: "tuple[Block, ...]"


Block: TypeAlias = Heading | Paragraph | Bullets | Terms | Table | Drawn | Columns | Contents


@dataclass(frozen=True, slots=True)
class Document:
    """What is said, in order."""

    title: str
    about: str  #: which log or study, for a window's title
    blocks: tuple[Block, ...]

    def flat(self) -> Iterator[Block]:
        """Yield all blocks, those of columns one after the other."""
        for block in self.blocks:
            if isinstance(block, Columns):
                yield from (*block.left, *block.right)
            else:
                yield block

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Yield each table with the heading under which it stands."""
        heading = self.title
        for block in self.flat():
            if isinstance(block, Heading):
                heading = block.text
            elif isinstance(block, Table):
                yield heading, block


def rows_of(lines: Sequence[Sequence[str | Cell]]) -> tuple[Row, ...]:
    """Return lines of texts and cells as rows."""
    return tuple(
        Row(tuple(each if isinstance(each, Cell) else Cell(each) for each in line)) for line in lines
    )


def said(text: object) -> str:
    """Return text on one line without signs that hide or reorder, so that it can stand in a block."""
    return plain(text, LONGEST_TEXT)


def unbroken(text: str) -> str:
    """Return text in which no line ends between a number and its percent sign."""
    return text.replace(" %", "\u00a0%")
