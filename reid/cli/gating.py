"""``reid gate``: an exit code that says whether a release may go."""

from pathlib import Path
from typing import Annotated

import typer

from reid.cli import options
from reid.cli.output import show_json, show_text
from reid.errors import ParameterError

EXIT_HELD = 1


def gate(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help="A report.json, the folder of an audit or of a study.")
    ],
    *,
    risk: options.MaxRiskOption = 0.09,
    among: options.AmongOption = 50,
    strategy: Annotated[
        str | None,
        typer.Option(
            "--with", metavar="STRATEGY", help="Of a study: which release shall go; its only one if absent."
        ),
    ] = None,
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

    It may go if REPORT is trustworthy, nothing weakens it that you do not accept, the upper end of the
    95 % interval of its risk among 50 people, or of its strongest threat, is at most --max-risk, and no tenth
    of the people is named more often. Else every reason stands on a line of its own. 9 % is the line of EMA
    Policy 0070 and of Health Canada for clinical data; no law sets one for telemetry.
    """
    from reid.reports.comparison import LINE  # noqa: PLC0415  brings numpy
    from reid.reports.gate import refusals, study_refusals, upper_end  # noqa: PLC0415
    from reid.reports.schema import read_report  # noqa: PLC0415
    from reid.study.finished import FinishedStudy, is_study  # noqa: PLC0415

    accepted = tuple(accept or ())
    if report.is_dir() and is_study(report):
        study = FinishedStudy.read(report)
        reasons, high = study_refusals(study, strategy, risk=risk, among=among, accepted=accepted)
    else:
        if strategy is not None:
            advice = "Leave it out: an audit has one headline."
            raise ParameterError.of("--with", must="stand with a study", found="an audit", advice=advice)
        found = read_report(report / "report.json" if report.is_dir() else report)
        reasons = refusals(found, risk=risk, among=among, accepted=accepted)
        high = upper_end(found["headline"], among)
    if as_json:
        record = {"passed": not reasons, "reasons": reasons, "risk": risk, "among": among, "upper_end": high}
        show_json({**record, "line": LINE})
    elif reasons:
        show_text("\n".join(f"Held: {reason}." for reason in reasons), quiet=quiet)
    else:
        text = f"Passed: at most {high:.1%} of people, by the upper end, where {risk:.1%} may be."
        show_text(f"{text} These attackers achieved no more; others may. {LINE}", quiet=quiet)
    if reasons:
        raise typer.Exit(EXIT_HELD)
