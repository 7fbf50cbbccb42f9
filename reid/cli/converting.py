"""``reid convert``: from any known format to one event table, or to the recordings of a recorder."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from reid.cli import options
from reid.cli.giving_back import left_behind, recordings_format
from reid.cli.output import progress_bar, show_json, show_text
from reid.cli.sources import reads_source

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
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Write SOURCE as one event table.

    A table in Parquet is read many times faster than the archives of publishers. With --as, or where -o is no
    *.parquet, recordings are written instead, one a session.
    """
    recorder = recordings_format(out, as_format, source, reading)
    from reid.events.parquet import write_parts  # noqa: PLC0415  polars takes longer than parsing
    from reid.events.quality import FAULTS  # noqa: PLC0415
    from reid.events.reading import read_parts  # noqa: PLC0415
    from reid.events.writing import write_recordings  # noqa: PLC0415

    held: Counter[str] = Counter()

    def counted(parts: "Iterable[EventTable]") -> "Iterator[EventTable]":
        for part in parts:
            held.update(people=len(part.subjects), sessions=part.sessions.height, events=len(part))
            yield part

    with progress_bar(quiet=quiet) as progress:
        parts = counted(read_parts(source, **reading, progress=progress))
        if recorder is None:
            quality = write_parts(parts, out, source=source)
        else:
            quality = write_recordings(parts, out, recorder, source=source)
    if as_json:
        show_json({"out": out.name, **held, "quality": quality.as_dict()})
        return
    text = f"{held['people']} people, {held['sessions']} sessions, {held['events']} events: {out}"
    faults = "".join(f"\n  {fault.count} rows left out: {FAULTS[fault.kind]}" for fault in quality.faults)
    lost = left_behind(source, reading) if recorder is not None else ""
    show_text(text + faults + lost, quiet=quiet)
