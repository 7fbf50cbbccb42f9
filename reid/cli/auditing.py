"""``reid audit``: from a log to a risk report."""

import json
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.cli import options
from reid.cli.in_parts import audited_in_parts
from reid.cli.output import debugging, progress_bar, show_json, show_text
from reid.cli.sources import reads_source, require_folder, require_other_file

if TYPE_CHECKING:
    from reid.evaluation.audit import Audit


@reads_source
def audit(
    source: options.SourceArgument,
    out: options.ReportFolderOption = Path("audit"),
    *,
    reading: dict[str, Any],
    strategies: options.StrategiesOption = None,
    raw: options.RawOption = None,
    key: options.KeyOption = None,
    regime: options.RegimeOption = None,
    background: options.BackgroundOption = None,
    background_from: options.BackgroundFromOption = None,
    gallery_sessions: options.GallerySessionsOption = None,
    held_out_sessions: options.HeldOutSessionsOption = None,
    probe_sessions: options.ProbeSessionsOption = 1,
    sample: options.SampleOption = "session",
    comparisons: options.ComparisonsOption = None,
    split: options.SplitOption = "chronological",
    modality: options.ModalityOption = "both",
    attackers: options.AttackersOption = None,
    scores: options.ScoresOption = None,
    without: options.WithoutOption = None,
    threat: options.ThreatOption = "informed",
    channels: options.ChannelsOption = False,
    effort: options.EffortOption = "fixed",
    amounts: options.AmountsOption = False,
    games: options.GamesOption = False,
    releases: options.ReleasesOption = 3,
    population: options.PopulationOption = None,
    far: options.FarOption = False,
    adequacy: options.AdequacyOption = "quick",
    in_parts: options.InPartsOption = False,
    cluster: options.ClusterOption = None,
    seed: options.SeedOption = 0,
    jobs: options.JobsOption = 1,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Estimate how surely people are recognised.

    Attacks the people in SOURCE as they are and, for each --with, as that strategy would release them. With
    --raw and --key, SOURCE is a release that was made before.
    Writes report.html, report.json, run.json and figures/ to the folder given by -o. Rates are lower
    bounds: an attacker recognises at least so many.
    """
    require_folder(out)
    require_other_file(
        out, source, background_from, scores, raw, key
    )  # a page within a source would change what it is
    if not debugging():  # matplotlib tells of each folder that it would have liked to write to
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from reid.anonymizers.strategies import parse_strategy  # noqa: PLC0415
    from reid.parallel import on_cluster  # noqa: PLC0415
    from reid.reports.page import summary, write_audit  # noqa: PLC0415

    for strategy in strategies or ():
        parse_strategy(strategy)  # a slip of the pen shows before a long log is read
    with progress_bar(quiet=quiet) as progress:
        asked = {
            "strategies": tuple(strategies or ()),
            "regime": regime,
            "background": background,
            "gallery_sessions": gallery_sessions,
            "held_out_sessions": held_out_sessions,
            "probe_sessions": probe_sessions,
            "sample": sample,
            "comparisons": comparisons,
            "split": split,
            "modality": modality,
            "attackers": tuple(attackers or ()),
            "scores": scores,
            "without": tuple(without or ()),
            "threat": threat,
            "channels": channels,
            "effort": effort,
            "amounts": amounts,
            "games": games,
            "releases": releases,
            "population": population,
            "far": far,
            "adequacy": adequacy,
            "seed": seed,
            "n_jobs": jobs,
            "progress": progress,
        }
        logs = {"raw": raw, "key": key, "background_from": background_from}
        with on_cluster(cluster):
            if in_parts:
                result = audited_in_parts(source, asked | logs, reading)
            elif cluster is not None:
                result = _audited_on_cluster(source, asked, reading, **logs)
            else:
                result = _audited(source, asked, reading, **logs)
        files = write_audit(result.report, result.run, out)
    if as_json:
        show_json(json.loads(files.report.read_text(encoding="utf-8")))  # rounded as in the file
    else:
        show_text(f"{summary(result.report)}\n\nThe page: {files.page}", quiet=quiet)


def _audited(
    source: Path,
    asked: dict[str, Any],
    reading: dict[str, Any],
    *,
    raw: Path | None,
    key: Path | None,
    background_from: Path | None,
) -> "Audit":
    """Read all that is named, and audit it."""
    from reid.evaluation.audit import audit as audit_events  # noqa: PLC0415  scikit-learn takes 2 s
    from reid.events.reading import read_source  # noqa: PLC0415

    progress = asked["progress"]
    others = None if background_from is None else read_source(background_from, **reading, progress=progress)
    started = time.perf_counter()
    # A release was written by us or by a recorder: how a table is read is said of the raw log.
    read = read_source(source, **({} if raw else reading), progress=progress)
    original = None if raw is None else read_source(raw, **reading, progress=progress)
    seconds = {"reading": time.perf_counter() - started}
    result = audit_events(read, raw=original, key=key, background_from=others, **asked)
    result.run["seconds"] = seconds | result.run.get("seconds", {})
    return result


def _audited_on_cluster(
    source: Path,
    asked: dict[str, Any],
    reading: dict[str, Any],
    *,
    raw: Path | None,
    key: Path | None,
    background_from: Path | None,
) -> "Audit":
    """Let workers read all that is named, by paths that they see too, and audit it."""
    from reid.evaluation.recipe import Recipe, audit_by_recipe  # noqa: PLC0415
    from reid.events.archive import fingerprint  # noqa: PLC0415

    progress = asked["progress"]
    told = {name: value for name, value in asked.items() if name != "progress"}
    told |= {name: _absolute(told[name]) for name in ("scores", "comparisons")}
    logs = {"raw": _absolute(raw), "key": _absolute(key), "background_from": _absolute(background_from)}
    recipe = Recipe(source.absolute(), reading, told, **logs, fingerprint=fingerprint(source))
    return audit_by_recipe(recipe, progress=progress)


def _absolute(path: Any) -> Any:
    return path.absolute() if isinstance(path, Path) else path
