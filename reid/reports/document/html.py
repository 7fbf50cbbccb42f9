"""A document as one HTML file that asks nothing of a network and is complete without scripts."""

import base64
import hashlib
from importlib import resources
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from reid.reports.document.blocks import Columns, Contents, Document, Heading, unbroken

_PACKAGE: Final = "reid.reports.document"


def as_html(document: Document) -> str:
    """Return the page.

    Its policy allows pictures within the page, and by their hashes the one style sheet and the one script
    that are this package's own. All text of the document is escaped.
    """
    package = resources.files(_PACKAGE)
    style, script, template = (
        package.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js", "page.html")
    )
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters["base64"] = lambda content: base64.b64encode(content).decode()
    environment.filters["kept"] = unbroken
    environment.filters["kind"] = lambda block: type(block).__name__
    parts = [block for block in document.flat() if isinstance(block, Heading) and block.level == 2]  # noqa: PLR2004
    first = _first_after_contents(document)
    return environment.from_string(template).render(
        document=document,
        parts=[part for part in parts if part.anchor in first],
        logs=list(dict.fromkeys(_logs(document))),
        # These two files are this package's own; all that comes from a report is escaped.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _hash(text: str) -> str:
    """Return what a Content-Security-Policy calls a text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _first_after_contents(document: Document) -> set[str]:
    """Return the anchors of the parts that stand after the list of contents."""
    found: set[str] = set()
    begun = False
    for block in document.blocks:
        begun = begun or isinstance(block, Contents)
        inner = (*block.left, *block.right) if isinstance(block, Columns) else (block,)
        found |= {each.anchor for each in inner if begun and isinstance(each, Heading)}
    return found


def _logs(document: Document) -> list[str]:
    """Return the labels of all logs that tables tell of."""
    named = []
    for _, table in document.tables():
        for group in table.groups:
            named += [group.about, *(row.about for row in group.rows)]
    return [name for name in named if name]
