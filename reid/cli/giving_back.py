"""In which format a log is written: as one event table, or given back as recordings."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.cli.sources import require_other_file
from reid.errors import OutputError

if TYPE_CHECKING:
    from reid.events.formats import WritingFormat

_TABLE_SUFFIX = ".parquet"
_TABLE_FORMAT = "events"


def recordings_format(
    out: Path, as_format: str | None, source: Path, reading: dict[str, Any]
) -> "WritingFormat | None":
    """Return the format to give recordings back in, or None for an event table in Parquet.

    ``--as`` decides; else the name of ``out``; else the format of the source.

    Raises
    ------
    ReidError
        The format cannot be written, is not known, or does not go with ``out``; or ``out`` is taken.
    """
    is_table = out.suffix.lower() == _TABLE_SUFFIX
    require_other_file(out, source)
    if as_format == _TABLE_FORMAT or (as_format is None and is_table):
        return None
    from reid.events.reading import recognise  # noqa: PLC0415  polars takes longer than parsing
    from reid.events.writing import require_place, writing_format  # noqa: PLC0415

    name = as_format or reading.get("format") or recognise(source)
    if name == _TABLE_FORMAT:
        return None
    chosen = writing_format(name)
    if is_table:
        found = f"{out.name}, the name of an event table"
        advice = "Leave out --as, or choose another name."
        raise OutputError(f"-o must name a folder for recordings; found {found}. {advice}")
    require_place(out, source)
    return chosen


def left_behind(source: Path, reading: dict[str, Any]) -> str:
    """Return the line that says what a recorder kept beside its events, empty where SOURCE is of none."""
    from reid.events.formats import FORMATS, WritingFormat  # noqa: PLC0415  polars takes longer than parsing
    from reid.events.reading import recognise  # noqa: PLC0415

    kind = FORMATS[reading.get("format") or recognise(source)]()
    return f"\n  not passed on: {kind.left_behind}" if isinstance(kind, WritingFormat) else ""
