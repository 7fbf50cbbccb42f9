"""``reid compare``, ``reid run`` and ``reid recommend``: many strategies held against each other."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import options
from reid.cli.output import aligned, progress_bar, show_json, show_text
from reid.cli.sources import require_folder, require_other_file

if TYPE_CHECKING:
    from reid.study.declaration import Study


def compare(
    source: options.SourceArgument,
    out: options.StudyFolderOption = Path("study"),
    *,
    strategies: options.ComparedOption = None,
    purposes: options.PurposesOption = None,
    regime: options.RegimeOption = None,
    background: options.BackgroundOption = None,
    background_from: options.BackgroundFromOption = None,
    gallery_sessions: options.GallerySessionsOption = None,
    held_out_sessions: options.HeldOutSessionsOption = None,
    probe_sessions: options.ProbeSessionsOption = 1,
    sample: options.SampleOption = "session",
    modality: options.ModalityOption = "both",
    attackers: options.AttackersOption = None,
    effort: options.EffortOption = "fixed",
    without: options.WithoutOption = None,
    threat: options.ThreatOption = "informed",
    releases: options.ReleasesOption = 3,
    adequacy: options.AdequacyOption = "quick",
    format_name: options.FormatOption = None,
    map_file: options.MapOption = None,
    task: options.TaskOption = None,
    typists: options.TypistsOption = None,
    strict: options.StrictOption = False,
    max_faults: options.MaxFaultsOption = 0.01,
    seed: options.SeedOption = 0,
    cluster: options.ClusterOption = None,
    jobs: options.JobsOption = 1,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Compare strategies: what each leaves of risk, and of use.

    Writes study.toml to the folder given by -o and runs it: 'reid run' on that file goes on where this
    stopped. results.parquet has one row for each strategy and measure.
    """
    require_folder(out)
    require_other_file(out, source, typists, map_file, background_from)
    from reid.study.comparing import study_of  # noqa: PLC0415  scikit-learn takes 2 s

    study = study_of(
        source,
        strategies or [],
        format=format_name,
        map=map_file,
        task=task,
        typists=typists,
        strict=strict,
        max_faults=max_faults,
        regime=regime,
        background=background,
        background_from=background_from,
        gallery_sessions=gallery_sessions,
        held_out_sessions=held_out_sessions,
        probe_sessions=probe_sessions,
        sample=sample,
        modality=modality,
        purposes=purposes or [],
        attackers=attackers or [],
        effort=effort,
        without=without or [],
        threats=[threat],
        releases=releases,
        adequacy=adequacy,
        seeds=[seed],
    )
    _run(study, out, jobs=jobs, cluster=cluster, quiet=quiet, as_json=as_json)


def run(
    declared: Annotated[
        Path, typer.Argument(metavar="STUDY.toml", help="Declaration of a study.", show_default=False)
    ],
    out: options.StudyFolderOption = Path("study"),
    *,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="Folder from which STUDY.toml names its recordings; its own folder if absent.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List the cells and the time they should take; run nothing.")
    ] = False,
    cluster: options.ClusterOption = None,
    jobs: options.JobsOption = 1,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Run a declared study, or go on where it stopped.

    The declaration is checked whole before anything runs. Each result is kept in the folder given by -o as
    soon as it is there; killed at any moment, the next run does what is missing and ends the same. The
    study.toml that is kept there names the recordings from that folder, so it runs again without --data.
    """
    require_folder(out)
    from reid.study.declaration import Study  # noqa: PLC0415  scikit-learn takes 2 s

    study = Study.read(declared, data)
    for one in study.inputs:
        require_other_file(out, study.folder / one.source)
    if dry_run:
        _foretell(study, out, quiet=quiet, as_json=as_json)
    else:
        _run(study, out, jobs=jobs, cluster=cluster, quiet=quiet, as_json=as_json)


def recommend(
    folder: options.StudyArgument,
    *,
    max_risk: options.MaxRiskOption = 0.09,
    purpose: options.PurposeOption = None,
    among: options.AmongOption = 50,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Name the cheapest setting whose risk is shown to lie under a line.

    Settings are chosen on one half of the people of the study in DIR and reported on the other. The upper
    end of the 95 % interval must lie under the line. 9 % is the line of EMA Policy 0070 and of Health
    Canada for clinical data; no law sets one for telemetry.
    """
    from reid.reports.comparison import recommendation_as_dict, recommendation_lines  # noqa: PLC0415
    from reid.study.exposure import comparisons_of  # noqa: PLC0415  brings polars
    from reid.study.finished import FinishedStudy  # noqa: PLC0415
    from reid.study.recommend import recommend as recommended  # noqa: PLC0415

    study = FinishedStudy.read(folder)
    found = [recommended(each, max_risk) for each in comparisons_of(study, purpose, among)]
    if as_json:
        show_json({"recommendations": [recommendation_as_dict(one) for one in found]})
    else:
        show_text("\n\n".join("\n".join(recommendation_lines(one)) for one in found), quiet=quiet)


def _run(study: "Study", out: Path, *, jobs: int, cluster: str | None, quiet: bool, as_json: bool) -> None:
    from reid.parallel import on_cluster  # noqa: PLC0415  joblib takes long
    from reid.reports.comparison import study_as_dict, study_lines  # noqa: PLC0415  brings polars
    from reid.study.run import run_study  # noqa: PLC0415

    with progress_bar(quiet=quiet) as progress, on_cluster(cluster):
        found = run_study(study, out, n_jobs=jobs, progress=progress)
    if as_json:
        show_json(study_as_dict(found))
    else:
        show_text(f"{study_lines(found, aligned)}\n\nThe results: {out / 'results.parquet'}", quiet=quiet)


def _foretell(study: "Study", out: Path, *, quiet: bool, as_json: bool) -> None:
    from reid.study.run import forecast  # noqa: PLC0415  scikit-learn takes 2 s

    with progress_bar(quiet=quiet) as progress:
        found = forecast(study, out, progress)
    jobs = [
        {
            "kind": one.job.kind,
            "input": study.inputs[one.job.input].label,
            "strategy": one.job.strategy,
            "threat": one.job.threat,
            "seed": one.job.seed,
            "done": one.done,
            "seconds": round(one.expected.seconds, 1),
            "measured": one.expected.measured,
        }
        for one in found.jobs
    ]
    seconds = sum(one.expected.seconds for one in found.missing)
    if as_json:
        show_json({"cells": len(found.plan.cells), "jobs": jobs, "seconds": round(seconds, 1)})
        return
    shown = ("kind", "input", "strategy", "threat", "seed")
    rows: list[tuple[str, ...]] = [(*shown, "")]
    for one in jobs:
        time = "done" if one["done"] else f"{'' if one['measured'] else 'up to '}{one['seconds']:.0f} s"
        rows.append((*(str(one[name]) for name in shown), time))
    n_missing, n_cells = len(found.missing), len(found.plan.cells)
    text = (
        f"{n_cells} cells, {n_missing} of {len(jobs)} jobs to do: about {seconds:,.0f} s with one worker, "
        "by what was measured here or by a stated model."
    )
    show_text(f"{aligned(rows)}\n\n{text}", quiet=quiet)
