"""A document as PDF, set by Typst: tagged, with bookmarks and its fonts, and always the same bytes."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from reid.errors import OutputError, UnknownNameError
from reid.figures.labels import font_folder, set_in_font
from reid.reports.document.blocks import Block, Columns, Document, Drawn, unbroken

PAPERS: Final = {"a4": "a4", "letter": "us-letter"}


def as_pdf(document: Document, paper: str = "a4") -> bytes:
    """Return the document as PDF/UA-1.

    All text reaches Typst as data and none as markup. Typst sees one folder, with that data, the figures and
    this package's own template; neither fonts of the machine nor the network.

    Parameters
    ----------
    document : Document
        What to say.
    paper : str
        ``a4`` or ``letter``.

    Raises
    ------
    UnknownNameError
        There is no such paper.
    OutputError
        Typst is not installed, or refuses the document.
    """
    if paper not in PAPERS:
        raise UnknownNameError.of("paper", paper, PAPERS)
    try:
        import typst  # noqa: PLC0415  an extra of 80 MB, which only a PDF needs
    except ImportError as error:
        message = "A PDF must be set by Typst; found no typst. Install it with: pip install 'reid-risk[pdf]'"
        raise OutputError(message) from error
    with TemporaryDirectory(prefix="reid-") as name:
        folder = Path(name)
        told = {
            "title": set_in_font(document.title),
            "about": set_in_font(document.about),
            "paper": PAPERS[paper],
            "blocks": _told(document.blocks, folder),
        }
        (folder / "document.json").write_text(json.dumps(told), encoding="utf-8")
        template = resources.files("reid.reports.document").joinpath("document.typ").read_bytes()
        (folder / "document.typ").write_bytes(template)
        try:
            made: bytes = typst.compile(
                folder / "document.typ",
                root=folder,
                font_paths=[Path(font_folder())],
                ignore_system_fonts=True,
                package_path=folder,
                package_cache_path=folder,
                format="pdf",
                pdf_standards=["ua-1"],  # tags, language, title and a text for each figure are required
                timestamp=0,
            )
        except RuntimeError as error:
            reason = str(error).splitlines()[0][:80].replace(name, "")
            message = f"A PDF must be set by Typst; found: {reason}. Write another format."
            raise OutputError(message) from error
    return made


def _told(blocks: Sequence[Block], folder: Path) -> list[dict[str, Any]]:
    """Return blocks as JSON types, with figures as files of the folder."""
    told: list[dict[str, Any]] = []
    for block in blocks:
        kind = type(block).__name__
        if isinstance(block, Columns):
            sides = {"left": _told(block.left, folder), "right": _told(block.right, folder)}
            told.append({"kind": kind} | sides)
        elif isinstance(block, Drawn):
            (folder / f"{block.name}.svg").write_bytes(block.svg)
            words = {"caption": set_in_font(block.caption), "alt": set_in_font(block.alt)}
            told.append({"kind": kind, "file": f"{block.name}.svg"} | words)
        else:
            told.append({"kind": kind} | _fit(asdict(block)))
    return told


def _fit(value: Any) -> Any:
    """Return JSON types whose texts the fonts can show: an unknown letter would have to be left out."""
    if isinstance(value, str):
        return set_in_font(unbroken(value))
    if isinstance(value, dict):
        return {key: _fit(part) for key, part in value.items()}
    return [_fit(part) for part in value] if isinstance(value, list | tuple) else value
