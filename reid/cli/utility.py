"""``reid utility``: what a release is still good for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli import options
from reid.cli.output import aligned, progress_bar, show_json, show_text
from reid.cli.sources import reads_source
from reid.errors import ParameterError

if TYPE_CHECKING:
    from reid.metrics.estimate import Estimate
    from reid.utility.report import UtilityReport

PurposesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--purpose",
        metavar="NAME|FILE.toml",
        help="agent-training, ux-research, productivity, process-mining or a file of your own; may be "
        "repeated. All four if absent.",
    ),
]


@reads_source
def utility(
    released: Annotated[
        Path, typer.Argument(metavar="RELEASED", help="The released log.", show_default=False)
    ],
    raw: options.RawOption = None,
    key: options.KeyOption = None,
    *,
    reading: dict[str, Any],
    purposes: PurposesOption = None,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Tell what a release is still good for, by purpose.

    RELEASED is held against --raw, the log of which it is the release, person by person; --key is what
    'reid anonymize --key' wrote, and left out where RELEASED still bears the names of the raw log. 1 is as
    good as the raw log, 0 is nothing. What a release lost is worth 0; what the raw log never held is not
    applicable. A purpose of your own is a TOML file with a table [metrics] of weights, see
    'reid list metrics'.
    """
    if raw is None:
        advice = "Name the log of which RELEASED is a release."
        raise ParameterError.of("--raw", must="be given", found="nothing", advice=advice)
    from reid.evaluation.given import named_as_raw, read_key  # noqa: PLC0415  polars takes longer than parsing
    from reid.events.reading import read_events  # noqa: PLC0415
    from reid.utility.purpose import PURPOSES, purpose_of  # noqa: PLC0415
    from reid.utility.report import utilities_of  # noqa: PLC0415

    chosen = [
        purpose_of(each) for each in purposes or PURPOSES
    ]  # a slip of the pen shows before logs are read
    with progress_bar(quiet=quiet) as progress:
        known = None if key is None else read_key(key)
        original = read_events(raw, **reading, progress=progress)
        log = read_events(released, progress=progress)
        named = log if known is None else named_as_raw(log, original, known)
        found = utilities_of(original, named, chosen, progress=progress)
    if as_json:
        show_json({"purposes": [each.as_dict() for each in found]})
        return
    show_text("\n\n".join(map(_told, found)), quiet=quiet)


def _told(report: "UtilityReport") -> str:
    """Lay out what a release is worth for one purpose."""
    from reid.utility import METRICS  # noqa: PLC0415  scikit-learn takes 2 s

    rows = [
        (each.as_dict()["metric"], _number(each.estimate), each.reason or METRICS.summary(each.metric.name))
        for each in report.metrics
    ]
    how = f"{report.purpose.combine} of {sum(each.estimate is not None for each in report.metrics)} metrics"
    weakest = "" if report.weakest is None else f"; weakest: {report.weakest}"
    head = f"{report.purpose.name}: {_number(report.estimate)}  ({how}{weakest})"
    return f"{head}\n{aligned(rows, indent='  ')}"


def _number(found: "Estimate | None") -> str:
    return "n/a" if found is None else f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
