"""``reid gate``: an exit code that says whether a release may go."""

from pathlib import Path
from typing import Annotated

import typer

from reid.cli import options
from reid.cli.output import show_json, show_text

EXIT_HELD = 1


def gate(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help="A report.json, or the folder of an audit.")
    ],
    *,
    risk: Annotated[
        float,
        typer.Option("--risk", metavar="SHARE", help="Largest share of people that may be named."),
    ] = 0.09,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="TEXT",
            help="Accept what weakens the report where the sentence holds TEXT; 'all': whatever does.",
        ),
    ] = None,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Let a release go, by exit code 0, or hold it, by 1.

    It may go if REPORT is trustworthy, nothing weakens it that you do not accept, and the upper end of the
    95 % interval of its risk, or of its strongest threat, is at most --risk. Else every reason stands on a
    line of its own. 9 % is the threshold of EMA Policy 0070 and of Health Canada for clinical data.
    """
    from reid.reports.gate import refusals, upper_end  # noqa: PLC0415  brings numpy
    from reid.reports.schema import read_report  # noqa: PLC0415

    found = read_report(report / "report.json" if report.is_dir() else report)
    reasons = refusals(found, risk=risk, accepted=tuple(accept or ()))
    high = upper_end(found["headline"])
    if as_json:
        show_json({"passed": not reasons, "reasons": reasons, "risk": risk, "upper_end": high})
    elif reasons:
        show_text("\n".join(f"Held: {reason}." for reason in reasons), quiet=quiet)
    else:
        show_text(
            f"Passed: at most {high:.1%} of people, by the upper end, where {risk:.1%} may be.", quiet=quiet
        )
    if reasons:
        raise typer.Exit(EXIT_HELD)
