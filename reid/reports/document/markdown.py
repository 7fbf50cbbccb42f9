"""A document as Markdown, in which every text of others stays text."""

import re
from collections.abc import Iterator
from typing import Final

from reid.reports.document.blocks import (
    Block,
    Bullets,
    Columns,
    Contents,
    Document,
    Drawn,
    Group,
    Heading,
    Paragraph,
    Row,
    Table,
    Terms,
)

#: Signs that could begin markup wherever they stand; ``<``, ``>`` and ``&`` become entities.
_ACTIVE: Final = re.compile(r"([\\`*_\[\]|~$^])")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: What a reader's program would turn into a link by itself.
_LINKS: Final = re.compile(r"(?i)(?<=[a-z]):(?=//)|(?<=www)\.|@")
#: What begins a list, a heading or a rule at the start of a line.
_OPENS: Final = re.compile(r"^(\s*)([-+#=]|\d+[.)])")


def as_markdown(document: Document) -> str:
    """Return the document as GitHub-flavoured Markdown; figures lie in ``figures/`` beside it."""
    lines = [f"# {_text(document.title)}", ""]
    for block in document.blocks:
        lines += _block(block)
    return "\n".join(lines).rstrip() + "\n"


def _block(block: Block) -> Iterator[str]:  # noqa: C901  one case a kind of block
    match block:
        case Heading():
            yield from ("#" * block.level + f" {_text(block.text)}", "")
        case Paragraph():
            yield from _paragraph(block)
        case Bullets():
            yield from (*(f"- {_text(item)}" for item in block.items), "")
        case Terms():
            for word, meanings in block.pairs:
                yield f"- **{_text(word)}**: {'; '.join(map(_text, meanings))}"
            yield ""
        case Table():
            yield from _table(block)
        case Drawn():
            yield from (f"![{_text(block.alt)}](figures/{block.name}.svg)", "", _text(block.caption), "")
        case Columns():
            for each in (*block.left, *block.right):
                yield from _block(each)
        case Contents():
            yield from ("---", "")


def _paragraph(block: Paragraph) -> Iterator[str]:
    text = _text(block.text)
    opening = f"**{_text(block.opening)}** " if block.opening else ""
    match block.voice:
        case "answer":
            yield f"**{text}**"
        case "warning":
            yield f"> **Warning.** {opening}{text}"
        case _:
            yield f"{opening}{text}"
    yield ""


def _table(table: Table) -> Iterator[str]:
    yield from (f"*{_text(table.caption)}*", "")
    for group in table.groups:
        if group.title:
            yield from (f"**{_text(group.title)}**", "")
        yield from _lines(table.columns, group)
        if group.note:
            yield from (_text(group.note), "")


def _lines(columns: tuple[str, ...], group: Group) -> Iterator[str]:
    yield f"| {' | '.join(map(_text, columns))} |"
    first = group.rows[0].cells if group.rows else ()
    numeric = [cell.numeric for cell in first] or [False] * len(columns)
    yield f"|{'|'.join('---:' if each else '---' for each in numeric)}|"
    yield from (f"| {' | '.join(_cells(row))} |" for row in group.rows)
    yield ""


def _cells(row: Row) -> Iterator[str]:
    for place, cell in enumerate(row.cells):
        note = f" ({_text(row.note)})" if row.note and not place else ""
        text = _text(cell.text)
        yield f"**{text}**{note}" if row.strong and text else f"{text}{note}"


def _text(text: str) -> str:
    r"""Return text in which nothing is markup, a link or a tag.

    Examples
    --------
    >>> print(_text("[x](http://a) <b> 1 | 2"))
    \[x\](http\://a) &lt;b&gt; 1 \| 2
    """
    escaped = "".join(_ENTITIES.get(sign, sign) for sign in _ACTIVE.sub(r"\\\1", text))
    escaped = _LINKS.sub(r"\\\g<0>", escaped)
    return _OPENS.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", escaped)
