"""``reid inspect``: what a log holds, before anything is done with it."""

from typing import Any

from reid.cli import options
from reid.cli.output import progress_bar, show_json, show_text
from reid.cli.sources import reads_source


@reads_source
def inspect_source(
    source: options.SourceArgument,
    *,
    reading: dict[str, Any],
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Tell what SOURCE holds.

    People, sessions, sittings, events, span, clock grids, faults by kind, and which keys occur. No text
    that was typed is shown.
    """
    from reid.events.inspection import inspect_parts  # noqa: PLC0415  polars takes longer than parsing
    from reid.events.reading import read_parts  # noqa: PLC0415

    with progress_bar(quiet=quiet) as progress:
        inspection = inspect_parts(read_parts(source, **reading, progress=progress))
    if as_json:
        show_json(inspection.as_dict())
    else:
        show_text(str(inspection), quiet=quiet)
