"""Documents and figures of an audit or a study, written into its folder with the evidence for them."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from reid.errors import OutputError, ParameterError, UnknownNameError
from reid.made_with import code_mark
from reid.reports.comparison import recommendation_as_dict, study_as_dict
from reid.reports.document.audit import audit_document
from reid.reports.document.blocks import Document
from reid.reports.document.declared import Declared
from reid.reports.document.evidence import EVIDENCE, evidence_of
from reid.reports.document.html import as_html
from reid.reports.document.markdown import as_markdown
from reid.reports.document.parts import kind_of
from reid.reports.document.pdf import PAPERS, as_pdf
from reid.reports.document.study import recommendations, study_document
from reid.reports.drawings import figures, study_figures
from reid.reports.schema import read_report
from reid.reports.shown import Shown
from reid.storage import whole_file
from reid.study.finished import DECLARED, PEOPLE_FILE, PLAN_FILE, RESULTS_FILE, FinishedStudy, is_study
from reid.study.recommend import USUAL_RISK
from reid.study.work import CELLS

FORMATS: Final = ("html", "pdf", "md")
_ENDINGS: Final = ("svg", "png", "pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be written."""

    formats: tuple[str, ...] = FORMATS
    only: str | None = None  #: one figure alone, and no document
    size: str = "column"  #: of the figures' files; documents hold them as in a column
    paper: str = "a4"  #: of the PDF
    declared: Declared = field(default_factory=Declared)
    max_risk: float = USUAL_RISK  #: under which a recommended setting must lie

    def __post_init__(self) -> None:
        for name in self.formats:
            if name not in FORMATS:
                raise UnknownNameError.of("format of a report", name, FORMATS)
        if not self.formats:
            raise ParameterError.of("--format", must="name one format or more", found="none")
        if self.paper not in PAPERS:
            raise UnknownNameError.of("paper", self.paper, PAPERS)


@dataclass(frozen=True, slots=True)
class _Told:
    """All that is known of a folder."""

    draw: Callable[[str], tuple[Shown, ...]]
    compose: Callable[[tuple[Shown, ...]], Document]
    numbers: Callable[[], Mapping[str, Any]]
    inputs: Mapping[str, bytes]


def write_report(folder: Path, wish: Wish) -> tuple[Path, ...]:
    """Write documents and figures of an audit or a study into its folder: all files, or none.

    Parameters
    ----------
    folder : Path
        As ``reid audit``, or ``reid compare`` and ``reid run``, wrote it.
    wish : Wish
        What to write.

    Returns
    -------
    tuple of Path
        Everything written, the documents first.

    Raises
    ------
    SourceError, OutputError
        The folder holds neither, or cannot be written, or there is no Typst for a PDF.
    UnknownNameError
        There is no such figure, size, format or paper.
    """
    told = _told_of(folder, wish)
    drawn = told.draw(wish.size)
    if wish.only is not None:
        drawn = _only(drawn, wish.only)
    contents = _files_of(drawn)
    unwanted: list[str] = []
    if wish.only is None:
        shown = drawn if wish.size == "column" else told.draw("column")
        document = told.compose(shown)
        documents = _documents(document, wish)
        unwanted = [name for name in _former(folder) if name.startswith("figures/") and name not in contents]
        contents = {**documents, **contents}
        kept = {name: (folder / name).read_bytes() for name in _still_there(folder, contents, unwanted)}
        evidence = evidence_of(
            document,
            drawn,
            told.numbers(),
            inputs=told.inputs,
            written={**kept, **contents},
            code={"reid-risk": version("reid-risk"), "mark": code_mark()},
        )
        contents[EVIDENCE] = (json.dumps(evidence, indent=1, sort_keys=True) + "\n").encode()
    _write(folder, contents, unwanted)
    return tuple(folder / name for name in contents)


def _told_of(folder: Path, wish: Wish) -> _Told:
    if folder.is_dir() and is_study(folder):
        study = FinishedStudy.read(folder)
        cells = (path for path in (folder / CELLS).iterdir() if not path.name.startswith("."))
        tables = (DECLARED, PLAN_FILE, RESULTS_FILE, PEOPLE_FILE)
        paths = [*(folder / name for name in tables), *sorted(cells)]

        def numbers() -> dict[str, Any]:
            found = [each for one in recommendations(study, wish.max_risk) for each in one]
            return study_as_dict(study) | {"recommendations": [recommendation_as_dict(one) for one in found]}

        return _Told(
            lambda size: study_figures(study, size),
            lambda drawn: study_document(study, drawn, wish.declared, wish.max_risk),
            numbers,
            {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()},
        )
    path = folder / "report.json"
    report = read_report(path)
    return _Told(
        lambda size: figures(report, size),
        lambda drawn: audit_document(report, drawn, wish.declared),
        lambda: {"report": report},
        {path.name: path.read_bytes()},
    )


def _only(drawn: tuple[Shown, ...], name: str) -> tuple[Shown, ...]:
    """Return the figures of a name, with or without the number that a study's have."""
    chosen = tuple(one for one in drawn if name in {one.name, kind_of(one.name)})
    if not chosen:
        raise UnknownNameError.of("figure", name, (one.name for one in drawn))
    return chosen


def _files_of(drawn: tuple[Shown, ...]) -> dict[str, bytes]:
    """Return the files of figures by their place in the folder."""
    contents: dict[str, bytes] = {}
    for one in drawn:
        contents |= {f"figures/{one.name}.{ending}": getattr(one.picture, ending) for ending in _ENDINGS}
        contents[f"figures/{one.name}.csv"] = one.table.csv().encode()
    return contents


def _documents(document: Document, wish: Wish) -> dict[str, bytes]:
    writers: dict[str, Callable[[], bytes]] = {
        "html": lambda: as_html(document).encode(),
        "pdf": lambda: as_pdf(document, wish.paper),
        "md": lambda: as_markdown(document).encode(),
    }
    return {f"report.{name}": writers[name]() for name in dict.fromkeys(wish.formats)}


def _former(folder: Path) -> list[str]:
    """Return the files that an earlier report wrote, as far as its evidence tells."""
    try:
        found = json.loads((folder / EVIDENCE).read_text(encoding="utf-8"))["written"]
        return [name for name in found if isinstance(name, str) and ".." not in name]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _still_there(folder: Path, contents: Mapping[str, bytes], unwanted: Sequence[str]) -> list[str]:
    """Return documents of an earlier report that stay."""
    known = {f"report.{name}" for name in FORMATS}
    names = [name for name in _former(folder) if name in known]
    return [
        name for name in names if name not in contents and name not in unwanted and (folder / name).is_file()
    ]


def _write(folder: Path, contents: Mapping[str, bytes], unwanted: Sequence[str]) -> None:
    """Write all files, or none where one cannot be written."""
    with ExitStack() as all_or_none:
        for name, content in contents.items():
            all_or_none.enter_context(whole_file(folder / name)).write_bytes(content)
    for name in unwanted:
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"{Path(name).name} must be replaceable; found: {reason}. Let the folder be written."
            raise OutputError(message) from error
