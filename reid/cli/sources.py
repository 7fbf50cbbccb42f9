"""The options about how SOURCE is read, declared once for every command that reads."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from reid.cli import options
from reid.errors import OutputError, ParameterError


def reading_settings(
    *,
    format_name: options.FormatOption = None,
    map_file: options.MapOption = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="OURS=THEIRS", help="A column of a table by its name there; repeatable."
        ),
    ] = None,
    event_words: Annotated[
        list[str] | None,
        typer.Option(
            "--event", metavar="THEIRS=OURS", help="An event word of a table: press=key_down; repeatable."
        ),
    ] = None,
    time_unit: Annotated[
        str | None,
        typer.Option("--time-unit", metavar="s|ms|us|ns|iso", help="Unit of a table's times; us if absent."),
    ] = None,
    clock: Annotated[
        str | None,
        typer.Option(
            "--clock", metavar="session|unix", help="Where a table's times start; else seen from them."
        ),
    ] = None,
    keys: Annotated[
        str | None,
        typer.Option(
            "--keys",
            metavar="code|keycode|windows-vk|evdev|name",
            help="How a table names keys; code if absent.",
        ),
    ] = None,
    unsorted: Annotated[
        bool,
        typer.Option(
            "--unsorted", help="Sort a table's rows by time first; else a row back in time is at fault."
        ),
    ] = False,
    task: options.TaskOption = None,
    typists: options.TypistsOption = None,
    strict: options.StrictOption = False,
    max_faults: options.MaxFaultsOption = 0.01,
) -> dict[str, Any]:
    """Return the keyword arguments that the readers take from the command line.

    Raises
    ------
    ReidError
        The mapping cannot be read or makes no sense, or it is given beside a format that needs none.
    """
    found: dict[str, Any] = {"strict": strict, "max_faults": max_faults}
    if format_name is not None:
        found["format"] = format_name
    of_format = {"task": task, "typists": typists}
    found |= {name: value for name, value in of_format.items() if value is not None}
    given: dict[str, Any] = {
        "columns": _pairs("--column", columns),
        "events": _pairs("--event", event_words),
        "time_unit": time_unit,
        "clock": clock,
        "keys": keys,
    }
    given = {name: value for name, value in given.items() if value} | (
        {"in_order": False} if unsorted else {}
    )
    if map_file is None and not given:
        return found
    if format_name not in {None, "table"}:
        advice = "Leave out --format, or the options that say what a table's columns mean."
        raise ParameterError.of(
            "a mapping", must="stand with --format table", found=format_name, advice=advice
        )
    return found | {"format": "table", "mapping": _mapping(map_file, given)}


def reads_source(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all options of :func:`reading_settings`; it gets what they say as ``reading``."""
    shared = inspect.signature(reading_settings).parameters
    own = [part for part in inspect.signature(command).parameters.values() if part.name != "reading"]

    @wraps(command)
    def run(**given: Any) -> None:
        reading = reading_settings(**{name: given.pop(name) for name in shared})
        command(reading=reading, **given)

    last = [part for part in own if part.name in {"seed", "jobs", "quiet", "as_json"}]
    first = [part.replace(kind=inspect.Parameter.KEYWORD_ONLY) for part in own if part not in last]
    parameters = [*first, *shared.values(), *last]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # Typer reads it
    run.__annotations__ = {part.name: part.annotation for part in parameters}
    return run


def require_other_file(out: Path, *others: Path | None) -> None:
    """Refuse to write over, or into, what is read or also written.

    Raises
    ------
    OutputError
        ``out`` is one of the other files, or lies in one that is a folder.
    """
    place = out.resolve()
    for other in others:
        if other is None:
            continue
        taken = other.resolve()
        if (
            place == taken
            or taken in place.parents
            or (out.exists() and other.exists() and out.samefile(other))
        ):
            found = f"{out.name}, which is or lies in {other.name}"
            raise OutputError(
                f"Results must stand apart from the source and each other; found: {found}. Choose another -o."
            )


def require_folder(out: Path) -> None:
    """Refuse a place for a folder where a file stands, before hours of work have gone into it.

    Raises
    ------
    OutputError
        ``out``, or what it would lie in, is a file.
    """
    for place in (out, *out.parents):
        if place.exists():
            if not place.is_dir():
                found = f"{place.name}, a file"
                raise OutputError(f"-o must name a folder; found: {found}. Choose another place with -o.")
            return


def _pairs(option: str, texts: list[str] | None) -> dict[str, str]:
    """Split the texts ``left=right`` of an option that may be repeated."""
    found: dict[str, str] = {}
    for text in texts or ():
        left, _, right = (side.strip() for side in text.partition("="))
        if not left or not right:
            raise ParameterError.of(option, must="be written LEFT=RIGHT", found=repr(text))
        if left in found:
            raise ParameterError.of(option, must=f"name {left} once", found="it twice")
        found[left] = right
    return found


def _mapping(map_file: Path | None, given: dict[str, Any]) -> Any:
    """Return the mapping of the file, with what the options say put over it."""
    from dataclasses import replace  # noqa: PLC0415  only where a table is mapped

    from reid.events.formats.mapping import TableMapping  # noqa: PLC0415  polars takes longer than parsing

    mapping = TableMapping() if map_file is None else TableMapping.from_toml(map_file)
    for name in ("columns", "events"):
        if name in given:
            given[name] = {**getattr(mapping, name), **given[name]}
    return replace(mapping, **given)
