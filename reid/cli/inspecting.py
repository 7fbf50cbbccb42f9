"""``reid inspect``: what a log holds, before anything is done with it."""

from typing import Any

from reid.cli import options
from reid.cli.output import aligned, progress_bar, show_json, show_text
from reid.cli.sources import reads_source

_SECONDS_AN_HOUR = 3600
_US_PER_MS = 1000
_NAMES_SHOWN = 6
_MACHINES_SHOWN = 20


@reads_source
def inspect_source(
    source: options.SourceArgument,
    *,
    reading: dict[str, Any],
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Tell what SOURCE holds.

    People, sessions, sittings, events, span, clock grids, faults by kind, and which keys occur; clock,
    polling rate and screen of each person, who is a number. No text that was typed is shown.
    """
    from reid.events.inspection import inspect_parts  # noqa: PLC0415  polars takes longer than parsing
    from reid.events.reading import read_claimed, read_parts  # noqa: PLC0415

    with progress_bar(quiet=quiet) as progress:
        inspection = inspect_parts(
            read_parts(source, **reading, progress=progress),
            read_claimed(source, **reading, progress=progress),
        )
    if as_json:
        show_json(inspection.as_dict())
    else:
        show_text(described(inspection.as_dict()), quiet=quiet)


def described(record: dict[str, Any]) -> str:
    """Lay out what an inspection found for reading; what the source does not say is left out."""
    kinds = [f"{kind} {count:,}" for kind, count in record["events"].items() if kind != "total"]
    span, clock, faults, keys = record["span"], record["clock"], record["faults"], record["keys"]
    rows = [
        ("people", f"{record['people']:,}"),
        ("sessions", f"{record['sessions']:,}{_spread(record['sessions_per_person'])}"),
        ("sittings", "not told" if record["sittings"] is None else f"{record['sittings']:,}"),
        ("trials", f"{record['trials']:,}" if record["trials"] else ""),
        ("events", f"{record['events']['total']:,}{_spread(record['events_per_person'])}"),
        ("", ", ".join(kinds)),
        ("recorded", f"{span['recorded_s'] / _SECONDS_AN_HOUR:,.1f} h"),
        ("from, to", f"{span['first_start']}, {span['last_start']}" if span["first_start"] else ""),
        ("clock grid", f"{clock['grid_us'] / _US_PER_MS:g} ms" if clock["grid_us"] else "none common to all"),
        ("", _counted(clock["people_by_grid"], "people")),
        ("keys", _coverage(keys) if keys["key_events"] else ""),
        ("screens", _counted(record["screens"], "sessions")),
        ("layouts", _counted(record["layouts"], "sessions")),
        ("claimed", _claimed(record["claimed"])),
        ("harmless", _counted(record["notes"], "times")),
        ("faults", _faults(faults)),
    ]
    for kind, count in faults["by_kind"].items():
        first = faults["first"][kind]
        where = f"first: file {first['file']}, row {first['row']}"
        rows.append(("", f"{count:,} {kind}: {faults['meaning'][kind]} ({where})"))
    rows += _machines(record["machines"])
    return aligned([row for row in rows if row[1]])


def _claimed(claimed: dict[str, Any] | None) -> str:
    if claimed is None:
        return ""
    return f"{claimed['sessions']:,} further sessions under a claim, {claimed['events']['total']:,} events"


def _machines(machines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return a line for each of the first people: what of their logs tells of their machines."""
    lines = []
    for machine in machines[:_MACHINES_SHOWN]:
        grid, hz = machine["grid_us"], machine["polling_hz"]
        told = [f"clock {grid / _US_PER_MS:g} ms" if grid else "clock unknown"]
        told += [f"polling {hz:g} Hz"] if hz else []
        told += [f"screen {', '.join(machine['screens'])}"] if machine["screens"] else []
        told += [f"reach {machine['reach_px'][0]} x {machine['reach_px'][1]}"] if machine["reach_px"] else []
        told += [f"{machine['zero_steps']:,} zero steps"] if machine["zero_steps"] else []
        lines.append((f"person {machine['person']}", ", ".join(told)))
    if len(machines) > _MACHINES_SHOWN:
        lines.append(("", f"and {len(machines) - _MACHINES_SHOWN} more people: see --json"))
    return lines


def _faults(faults: dict[str, Any]) -> str:
    if not faults["rows_read"]:  # a release: its file keeps no record of its source
        return f"{faults['rows_left_out']:,} rows left out" if faults["rows_left_out"] else "none"
    return f"{faults['rows_left_out']:,} of {faults['rows_read']:,} rows left out"


def _spread(spread: dict[str, float] | None) -> str:
    if spread is None:
        return ""
    return f"; per person {spread['min']:,} to {spread['max']:,}, median {spread['median']:,g}"


def _counted(counts: dict[str, int], unit: str) -> str:
    """Return the most frequent names with their counts."""
    ranked = sorted((item for item in counts.items() if item[1]), key=lambda item: -item[1])
    told = [f"{name.replace('_', ' ')}: {count:,} {unit}" for name, count in ranked[:_NAMES_SHOWN]]
    rest = len(ranked) - _NAMES_SHOWN
    return ", ".join([*told, *([f"and {rest} more"] if rest > 0 else [])])


def _coverage(keys: dict[str, Any]) -> str:
    share = f"{keys['known_share']:.2%} of {keys['key_events']:,} key events"
    return f"{keys['distinct']} different physical ones; {share} name a known key or class of keys"
