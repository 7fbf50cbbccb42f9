"""``reid convert``: from any known format to one event table, or to the recordings of a recorder."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli import options
from reid.cli.giving_back import left_behind, recordings_format
from reid.cli.output import progress_bar, show_json, show_text
from reid.cli.sources import reads_source
from reid.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reid.events.table import EventTable


@reads_source
def convert(
    source: options.SourceArgument,
    out: options.EventsOption,
    *,
    reading: dict[str, Any],
    as_format: options.WritingOption = None,
    parts: Annotated[
        bool,
        typer.Option(
            "--parts", help="Write a folder of event tables, each of whole people: for logs beyond memory."
        ),
    ] = False,
    people_per_part: Annotated[
        int | None,
        typer.Option(
            "--people-per-part",
            metavar="N",
            help="People in each; as many as make a million events if absent.",
        ),
    ] = None,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Write SOURCE as one event table.

    A table in Parquet is read many times faster than the archives of publishers. With --parts, -o is a folder
    of such tables, which any other command reads. With --as, or where -o is no *.parquet, recordings are
    written instead, one a session.
    """
    if parts and as_format is not None:
        raise ParameterError.of("--parts", must="write event tables", found=f"--as {as_format} beside it")
    if people_per_part is not None and not parts:
        raise ParameterError.of("--people-per-part", must="stand with --parts", found="no --parts")
    recorder = None if parts else recordings_format(out, as_format, source, reading)
    from reid.events.parquet import write_parts  # noqa: PLC0415  polars takes longer than parsing
    from reid.events.part_writing import write_part_folder  # noqa: PLC0415
    from reid.events.quality import FAULTS  # noqa: PLC0415
    from reid.events.reading import read_parts  # noqa: PLC0415
    from reid.events.writing import write_recordings  # noqa: PLC0415

    held: Counter[str] = Counter()

    def counted(tables: "Iterable[EventTable]") -> "Iterator[EventTable]":
        for table in tables:
            held.update(people=len(table.subjects), sessions=table.sessions.height, events=len(table))
            yield table

    with progress_bar(quiet=quiet) as progress:
        tables = counted(read_parts(source, **reading, progress=progress))
        if parts:
            quality = write_part_folder(tables, out, people_per_part=people_per_part, source=source)
        elif recorder is None:
            quality = write_parts(tables, out, source=source)
        else:
            quality = write_recordings(tables, out, recorder, source=source)
    if as_json:
        show_json({"out": out.name, **held, "quality": quality.as_dict()})
        return
    text = f"{held['people']} people, {held['sessions']} sessions, {held['events']} events: {out}"
    faults = "".join(f"\n  {fault.count} rows left out: {FAULTS[fault.kind]}" for fault in quality.faults)
    lost = left_behind(source, reading) if recorder is not None else ""
    show_text(text + faults + lost, quiet=quiet)
