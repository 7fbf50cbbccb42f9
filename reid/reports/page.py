"""An audit as a folder: ``report.json``, a page to read, its figures, and how the run went."""

import importlib.metadata
import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reid.errors import OutputError
from reid.reports.adequacy import warning
from reid.reports.document.audit import audit_document
from reid.reports.document.evidence import EVIDENCE
from reid.reports.document.html import as_html
from reid.reports.drawings import AUDIT_FIGURES, Shown, figures
from reid.reports.wording import answer
from reid.storage import whole_file

_DIGITS: Final = 6  # significant ones of a number in report.json
_LIBRARIES: Final = ("reid-risk", "numpy", "scipy", "scikit-learn", "polars", "numba", "matplotlib")


@dataclass(frozen=True, slots=True)
class AuditFiles:
    """Where the parts of a written audit lie."""

    report: Path  #: ``report.json``, byte-identical between runs
    page: Path  #: ``report.html``, byte-identical between runs
    run: Path  #: ``run.json``: timings, host, versions
    figures: tuple[Path, ...]  #: SVG and PNG of each figure


def write_audit(report: Mapping[str, Any], run: Mapping[str, Any], out: Path) -> AuditFiles:
    """Write an audit into a folder, over an earlier one: all files, or none where one cannot be written.

    Parameters
    ----------
    report : mapping
        What ``schema.json`` describes. Nothing is computed from it; numbers are rounded to six
        significant digits, so that noise of the last bits does not reach the files.
    run : mapping
        Timings and whatever else differs between runs; host and versions are added.
    out : Path
        The folder; it is made where absent.

    Returns
    -------
    AuditFiles
        Paths of all files written.

    Raises
    ------
    OutputError
        The folder is a file or cannot be written.
    """
    steady = steady_numbers(report)
    drawn = figures(steady)
    page = render_page(steady, drawn)
    _make_folder(out)
    _make_folder(out / "figures")
    contents: dict[Path, bytes] = {}
    unwanted: list[Path] = []
    for name in AUDIT_FIGURES:
        shown = next((figure for figure in drawn if figure.name == name), None)
        for ending in ("svg", "png"):
            path = out / "figures" / f"{name}.{ending}"
            if shown is None:
                unwanted.append(path)  # an earlier run's figure would not belong to this report
            else:
                contents[path] = getattr(shown.picture, ending)
    if (out / EVIDENCE).is_file():  # it vouches for documents of an earlier report, which go with it
        unwanted += [out / EVIDENCE, *(out / f"report.{ending}" for ending in ("md", "pdf"))]
        unwanted += [out / "figures" / f"{name}.{end}" for name in AUDIT_FIGURES for end in ("csv", "pdf")]
    files = AuditFiles(out / "report.json", out / "report.html", out / "run.json", tuple(contents))
    contents[files.report] = _json(steady).encode()
    contents[files.page] = page.encode()
    contents[files.run] = _json(steady_numbers({**_surroundings(), **run})).encode()
    with (
        ExitStack() as all_or_none
    ):  # a full disk must not leave the page of one audit beside the numbers of another
        for path, content in contents.items():
            all_or_none.enter_context(whole_file(path)).write_bytes(content)
    for path in unwanted:
        _remove(path)
    return files


def summary(report: Mapping[str, Any]) -> str:
    """Return the answer for a terminal: a sentence, what weakens it, and before it why not to trust it."""
    sentences = [answer(report)]
    if doubt := warning(report):
        sentences.insert(0, doubt)
    weakened_by = report["headline"]["weakened_by"]
    if weakened_by:
        things = "one setting" if len(weakened_by) == 1 else f"{len(weakened_by)} settings"
        sentences.append(f"Weakened by {things}; the page says which.")
    return " ".join(sentences)


def render_page(report: Mapping[str, Any], drawn: Sequence[Shown]) -> str:
    """Return the page as one HTML file that asks nothing of a network and is complete without scripts."""
    return as_html(audit_document(report, drawn))


def steady_numbers(value: Any) -> Any:
    """Return a copy in plain JSON types: six significant digits, null for what is not finite.

    Examples
    --------
    >>> steady_numbers({"rank_1": 0.1 + 0.2, "eer": float("nan"), "n": (1, 2)})
    {'rank_1': 0.3, 'eer': None, 'n': [1, 2]}
    """
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") + 0.0 if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): steady_numbers(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [steady_numbers(part) for part in value]
    return value


def _json(value: Any) -> str:
    """Return sorted, indented JSON; text beyond ASCII is escaped, so any string can be written."""
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _surroundings() -> dict[str, Any]:
    """Return what kind of machine this is and which libraries it has; no name of a host or person."""
    versions = {}
    for library in _LIBRARIES:
        try:
            versions[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            versions[library] = "not installed"
    host = {"platform": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count()}
    return {"host": host, "versions": versions}


def _make_folder(path: Path) -> None:
    """Make the folder, or say in one line why it cannot be one."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = "a file" if path.is_file() else error.strerror or type(error).__name__
        message = (
            f"{path.name} must be a folder that can be written; found: {found}. Choose another place with -o."
        )
        raise OutputError(message) from error


def _remove(path: Path) -> None:
    """Remove a file where there is one."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path.name} must be replaceable; found: {reason}. Choose another place with -o."
        raise OutputError(message) from error
