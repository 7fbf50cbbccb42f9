"""The command line: commands by name, and what happens when one fails."""

import sys
from typing import Annotated

import typer

from reid.cli.anonymizing import anonymize
from reid.cli.auditing import audit
from reid.cli.comparing import compare, recommend, run
from reid.cli.converting import convert
from reid.cli.gating import gate
from reid.cli.inspecting import inspect_source
from reid.cli.listing import list_parts
from reid.cli.output import EXIT_INTERRUPTED, reported_errors, show_text
from reid.cli.planning import show_people_needed
from reid.cli.reporting import report
from reid.cli.splitting import split
from reid.cli.synthesizing import synthesize
from reid.cli.utility import utility

app = typer.Typer(
    name="reid",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich would double its time
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  only this option needs it

        show_text(f"reid {version('reid-risk')}")
        raise typer.Exit


@app.callback(epilog="REID_DEBUG=1 shows where an error arose.")
def reid(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Measure how surely people can be re-identified from what they typed, and what protects them."""


app.command("inspect")(inspect_source)
app.command("convert")(convert)
app.command("audit")(audit)
app.command("compare")(compare)
app.command("run")(run)
app.command("recommend")(recommend)
app.command("gate")(gate)
app.command("report")(report)
app.command("utility")(utility)
app.command("split")(split)
app.command("people-needed")(show_people_needed)
app.command("anonymize")(anonymize)
app.command("synthesize")(synthesize)
app.command("list")(list_parts)


def main() -> None:
    """Run the command given on the command line; every failure is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a name that the terminal cannot show is no failure
    with reported_errors():
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False, prog_name="reid")
        if code == EXIT_INTERRUPTED:  # Typer turns Ctrl-C into a code
            raise KeyboardInterrupt
    if code:
        sys.exit(code)
