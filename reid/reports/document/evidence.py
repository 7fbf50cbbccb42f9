"""What a document rests on: its numbers, and fingerprints of all files and of the code."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from reid.errors import SourceError
from reid.reports.document.blocks import Document
from reid.reports.shown import Shown

EVIDENCE: Final = "evidence.json"
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of comparing files with the fingerprints that were written of them."""

    n_files: int
    differing: tuple[str, ...]  #: files that are not as they were written
    missing: tuple[str, ...]
    same_code: bool  #: whether this installation has the code that wrote the document

    @property
    def holds(self) -> bool:
        """Whether every file is there and as it was written."""
        return not self.differing and not self.missing


def evidence_of(
    document: Document,
    figures: tuple[Shown, ...],
    numbers: Mapping[str, Any],
    *,
    inputs: Mapping[str, bytes],
    written: Mapping[str, bytes],
    code: Mapping[str, str],
) -> dict[str, Any]:
    """Return the evidence of a document in JSON types.

    Parameters
    ----------
    document : Document
        What is said.
    figures : tuple of Shown
        What is drawn.
    numbers : mapping
        All numbers that were found, in JSON types.
    inputs, written : mapping
        Contents of the files from which it was made, and of those that were made, by their place in the
        folder, with slashes.
    code : mapping
        Version of the package and mark of its code.
    """
    return {
        "evidence_version": _VERSION,
        "code": dict(code),
        "inputs": {name: _mark(content) for name, content in sorted(inputs.items())},
        "written": {name: _mark(content) for name, content in sorted(written.items())},
        "numbers": dict(numbers),
        "tables": [
            {
                "part": part,
                "caption": table.caption,
                "columns": list(table.columns),
                "rows": [
                    [group.title, *(cell.text for cell in row.cells)]
                    for group in table.groups
                    for row in group.rows
                ],
            }
            for part, table in document.tables()
        ],
        "figures": {
            one.name: {
                "title": one.title,
                "alt": one.alt,
                "columns": list(one.table.columns),
                "rows": [list(row) for row in one.table.rows],
            }
            for one in figures
        },
    }


def verify(folder: Path, code_mark: str) -> Verdict:
    """Compare the files of a folder with the fingerprints in its ``evidence.json``.

    Parameters
    ----------
    folder : Path
        Of an audit or a study of which a document was written.
    code_mark : str
        Mark of the code that is at hand.

    Raises
    ------
    SourceError
        There is no evidence, or it cannot be read.
    """
    advice = "Write it with: reid report"
    try:
        found = json.loads((folder / EVIDENCE).read_text(encoding="utf-8"))
        marks = {**found["inputs"], **found["written"]}
        code = found["code"]["mark"]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError.of(EVIDENCE, must="be readable", found=reason, advice=advice) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError.of(EVIDENCE, must="hold fingerprints", found="none", advice=advice) from error
    differing, missing = [], []
    for name, mark in sorted(marks.items()):
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or PurePosixPath(name).is_absolute() or "\\" in name:
            raise SourceError.of(EVIDENCE, must="name files of its folder", found="a place outside it")
        path = folder / name
        if not path.is_file():
            missing.append(name)
        elif _mark(path.read_bytes()) != mark:
            differing.append(name)
    return Verdict(len(marks), tuple(differing), tuple(missing), code == code_mark)


def _mark(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
