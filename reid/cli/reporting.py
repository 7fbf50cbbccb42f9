"""``reid report``: documents and figures of an audit or a study."""

from pathlib import Path
from typing import Annotated

import typer

from reid.cli import options
from reid.cli.output import show_json, show_text

EXIT_DIFFERS = 1


def report(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of an audit or of a study.", show_default=False)
    ],
    *,
    formats: Annotated[
        str, typer.Option("--format", metavar="html,pdf,md", help="Formats, with commas between them.")
    ] = "html,pdf,md",
    only: Annotated[
        str | None, typer.Option("--only", metavar="FIGURE", help="Write this figure and nothing else.")
    ] = None,
    size: Annotated[
        str, typer.Option("--size", metavar="column|slide", help="Size of the figures' files.")
    ] = "column",
    paper: Annotated[str, typer.Option("--paper", metavar="a4|letter", help="Paper of the PDF.")] = "a4",
    likelihood: Annotated[
        float | None,
        typer.Option(
            "--attack-likelihood",
            metavar="SHARE",
            help="How likely it is that somebody attacks, above 0 and up to 1, as you declare it.",
        ),
    ] = None,
    people: Annotated[
        int | None,
        typer.Option("--head-count", metavar="N", help="Of how many people recordings shall be released."),
    ] = None,
    max_risk: options.MaxRiskOption = 0.09,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Write nothing; compare all files with the fingerprints of the last report."
        ),
    ] = False,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Write documents for people who decide.

    report.html, report.pdf and report.md say the same; figures/ holds each figure as SVG, PNG and PDF with
    its data as CSV; evidence.json holds all numbers and a fingerprint of each file. With --verify, exit code
    1 says that a file is not as it was written. A PDF needs: pip install 'reid-risk[pdf]'
    """
    if verify:
        _verify(folder, quiet=quiet, as_json=as_json)
        return
    from reid.reports.document.declared import Declared  # noqa: PLC0415  brings numpy
    from reid.reports.document.filing import Wish, write_report  # noqa: PLC0415  scikit-learn takes 2 s

    wish = Wish(
        formats=tuple(name.strip() for name in formats.split(",") if name.strip()),
        only=only,
        size=size,
        paper=paper,
        declared=Declared(likelihood, people),
        max_risk=max_risk,
    )
    written = [path.relative_to(folder).as_posix() for path in write_report(folder, wish)]
    if as_json:
        show_json({"written": written})
    else:
        show_text(f"{len(written)} files: {folder / written[0]} and others beside it.", quiet=quiet)


def _verify(folder: Path, *, quiet: bool, as_json: bool) -> None:
    from reid.made_with import code_mark  # noqa: PLC0415
    from reid.reports.document.evidence import verify  # noqa: PLC0415  brings numpy

    found = verify(folder, code_mark())
    if as_json:
        show_json(
            {
                "holds": found.holds,
                "files": found.n_files,
                "differing": list(found.differing),
                "missing": list(found.missing),
                "same_code": found.same_code,
            }
        )
    else:
        lines = [f"Differs: {name}" for name in found.differing]
        lines += [f"Missing: {name}" for name in found.missing]
        if found.holds:
            lines.append(f"All {found.n_files} files are as they were written.")
        if not found.same_code:
            lines.append("They were written by other code of reid than is installed here.")
        show_text("\n".join(lines), quiet=quiet)
    if not found.holds:
        raise typer.Exit(EXIT_DIFFERS)
