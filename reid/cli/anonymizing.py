"""``reid anonymize``: the released log, and for the owner alone who is who."""

from contextlib import ExitStack
from typing import Any

from reid.cli import options
from reid.cli.giving_back import left_behind, recordings_format
from reid.cli.output import progress_bar, show_json, show_text
from reid.cli.sources import reads_source, require_other_file


@reads_source
def anonymize(
    source: options.SourceArgument,
    out: options.EventsOption,
    strategy: options.StrategyOption,
    *,
    reading: dict[str, Any],
    as_format: options.WritingOption = None,
    key: options.KeyFileOption = None,
    seed: options.ReleaseSeedOption = None,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Write the log that a strategy releases.

    People and sessions get new names and a new order; what the strategy proves stands in the file. A log of a
    recorder is given back as recordings, unless -o is *.parquet; the claims then stand in reid.json beside
    them, and what the recorder keeps beside its events (screen, machine, pictures) is not passed on.

    Randomness comes from the operating system and is kept nowhere, unless --seed asks for a release
    that can be repeated and is for measurement only.
    """
    require_other_file(out, source, key)
    if key is not None:
        require_other_file(key, source)
    recorder = recordings_format(out, as_format, source, reading)
    if recorder is not None and key is not None:
        require_other_file(key, out)
    from reid.anonymizers.anonymizing import anonymize as release_of  # noqa: PLC0415  polars takes longer than parsing
    from reid.anonymizers.publishing import release_metadata  # noqa: PLC0415
    from reid.anonymizers.strategies import parse_strategy  # noqa: PLC0415
    from reid.events.parquet import write_events  # noqa: PLC0415
    from reid.events.reading import read_parts  # noqa: PLC0415
    from reid.events.writing import write_recordings  # noqa: PLC0415
    from reid.storage import whole_file  # noqa: PLC0415

    chosen = parse_strategy(strategy)
    with progress_bar(quiet=quiet) as progress:
        release = release_of(read_parts(source, **reading, progress=progress), chosen, seed=seed)
    about = release_metadata(release, chosen)
    with ExitStack() as files:
        if key is not None and release.key is not None:
            # Opened first and renamed last: there is never a release whose key is lost.
            release.key.write_parquet(files.enter_context(whole_file(key, private=True)))
        if recorder is None:
            write_events(release.events, out, about, source=source)
        else:
            write_recordings([release.events], out, recorder, about, source=source)
    record = {
        "out": out.name,
        "people": len(release.events.subjects),
        "sessions": release.events.sessions.height,
        "events": len(release.events),
        "suppressed": release.suppressed,
        **about,
    }
    if as_json:
        show_json(record)
        return
    claims = [f"  proven: {claim['statement']}" for claim in about["claims"]] or ["  proven: nothing"]
    warning = (
        ["  seeded, so for measurement only: whoever has the seed can subtract the noise"]
        if release.seeded
        else []
    )
    kept = [f"  who is who: {key} (keep it apart)"] if key is not None else []
    head = f"{record['people']} people, {record['sessions']} sessions, {record['events']} events: {out}"
    lost = left_behind(source, reading) if recorder is not None else ""
    show_text("\n".join([head, *claims, *warning, *kept]) + lost, quiet=quiet)
