"""Run a study: what is missing is done, what is done is kept, and the end is always the same."""

import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reid.errors import DeclarationError, OutputError, ReidError
from reid.made_with import versions
from reid.parallel import on_a_cluster, parallel_map
from reid.storage import locked_folder, require_free, whole_file
from reid.study.declaration import Study
from reid.study.finished import DECLARED, PEOPLE_FILE, PLAN_FILE, RESULTS_FILE, FinishedStudy, is_study
from reid.study.plan import RAW, Expected, Job, StudyPlan, expected_seconds, plan_study
from reid.study.tables import tables_of
from reid.study.work import CELLS, Order, forget_sources, fulfil, keep, keep_done, kept, prepared_for, worked
from reid.typing import Progress, silent


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """A job, whether its result is there, and how long it should take otherwise."""

    job: Job
    done: bool
    expected: Expected


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What a run would do."""

    plan: StudyPlan
    jobs: tuple[PlannedJob, ...]

    @property
    def missing(self) -> list[PlannedJob]:
        """The jobs that are not done."""
        return [one for one in self.jobs if not one.done]


def forecast(study: Study, out: Path, progress: Progress = silent) -> Forecast:
    """Read every input, check that it can be audited as declared, and say what a run would do.

    Raises
    ------
    DeclarationError
        Inputs cannot be read or divided as declared; each fault has a line.
    """
    plan = plan_study(study)
    n_events = _checked(plan, out, progress)
    times = _times(out, plan)
    jobs = tuple(
        PlannedJob(
            job,
            kept(out, job.kind, job.key) is not None,
            expected_seconds(job, plan, n_events[job.input], times),
        )
        for job in plan.jobs()
    )
    return Forecast(plan, jobs)


def run_study(study: Study, out: Path, *, n_jobs: int = 1, progress: Progress = silent) -> FinishedStudy:
    """Do what is missing of a study and write its tables.

    Parameters
    ----------
    study : Study
        What to do.
    out : Path
        Folder for ``study.toml``, ``cells/``, ``results.parquet``, ``people.parquet`` and ``run.json``.
    n_jobs : int
        Workers, each on a job of its own; -1 for one per core. Changes no bit of the tables.
    progress : Progress
        Told what is done.

    Raises
    ------
    OutputError
        The folder holds something else or cannot be written, or another run is at work in it. What is done
        is kept, and the next run goes on from there.
    ReidError
        An input cannot be read or attacked.
    """
    require_free(out, replaces=is_study)
    with locked_folder(out), _what_is_done_is_kept(), _sources_forgotten():
        (out / CELLS).mkdir(exist_ok=True)
        for left in (*out.glob(".*.partial"), *(out / CELLS).glob(".*.partial")):
            left.unlink(missing_ok=True)  # of a run that was killed
        plan = plan_study(study)
        missing = [job for job in plan.jobs() if kept(out, job.kind, job.key) is None]
        if missing:
            _checked(plan, out, progress)
        _declare(plan, out)
        _do(missing, plan, out, n_jobs, progress)
        results, people = tables_of(plan.as_dict()["cells"], out)
        for name, table in ((PEOPLE_FILE, people), (RESULTS_FILE, results)):
            with whole_file(out / name) as partial_path:
                table.write_parquet(partial_path)
        keep(out / "run.json", _run(plan, out, n_jobs))
    return FinishedStudy.read(out)


def _declare(plan: StudyPlan, out: Path) -> None:
    """Write what is to be done; tables of another plan go, since no table is better than a wrong one."""
    planned = json.dumps(plan.as_dict())
    path = out / PLAN_FILE
    if not path.exists() or path.read_text(encoding="utf-8") != planned:
        for name in (RESULTS_FILE, PEOPLE_FILE):
            (out / name).unlink(missing_ok=True)
    for name, text in ((PLAN_FILE, planned), (DECLARED, plan.study.written(out))):
        with whole_file(out / name) as partial_path:
            partial_path.write_text(text, encoding="utf-8")


def _checked(plan: StudyPlan, out: Path, progress: Progress) -> list[int]:
    """Return the number of events of each input; refuse all that cannot be audited as declared, at once."""
    n_events, faults = [], []
    for number, mark in enumerate(plan.fingerprints):
        raw = next(cell for cell in plan.cells if cell.input == number)
        job = plan.jobs_of[raw][0]
        try:
            prepared = prepared_for(Order(job, plan.study, mark, out), progress=progress)
            n_events.append(len(prepared.events))
        except ReidError as error:
            faults.append(f"inputs[{number + 1}]: {error}")
    if faults:
        raise DeclarationError.of(faults)
    return n_events


def _do(missing: list[Job], plan: StudyPlan, out: Path, n_jobs: int, progress: Progress) -> None:
    """Do jobs: one after the other, input by input; or each worker one, those that others take over first."""
    orders = [Order(job, plan.study, plan.fingerprints[job.input], out) for job in missing]
    if on_a_cluster():
        _do_on_cluster(orders, out, progress)
        return
    if n_jobs != 1 and len(orders) > 1:  # one job keeps one worker busy: let it have all
        together = [replace(order, side_by_side=True) for order in orders]
        parallel_map(fulfil, together, n_jobs=n_jobs, stage="cells", progress=progress)
        return
    for number, order in enumerate(sorted(orders, key=lambda order: order.job.input), 1):
        fulfil(replace(order, n_jobs=n_jobs), _told_of(number, len(orders), progress))


def _do_on_cluster(orders: list[Order], out: Path, progress: Progress) -> None:
    """Let the workers of a cluster do jobs, those first that others take over; what is found is kept here."""
    orders = [replace(one, study=replace(one.study, folder=one.study.folder.absolute())) for one in orders]
    alone = [order for order in orders if not order.job.raw_key]
    parallel_map(worked, alone, stage="cells", progress=progress, each=keep_done)
    after = [replace(order, raw=kept(out, RAW, order.job.raw_key)) for order in orders if order.job.raw_key]
    parallel_map(worked, after, stage="cells that need these", progress=progress, each=keep_done)


def _told_of(number: int, n_jobs: int, progress: Progress) -> Progress:
    def told(stage: str, done: int, total: int) -> None:
        progress(f"{number} of {n_jobs}, {stage}", done, total)

    return told


def _times(out: Path, plan: StudyPlan) -> dict[str, float]:
    """Return the seconds of the jobs that were done, by key."""
    found = {}
    for job in plan.jobs():
        try:
            told = json.loads((out / CELLS / f"{job.key}.run.json").read_text(encoding="utf-8"))
            found[job.key] = float(told["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _run(plan: StudyPlan, out: Path, n_jobs: int) -> Mapping[str, Any]:
    times = _times(out, plan)
    of_jobs = [
        {"kind": job.kind, "strategy": job.strategy, "key": job.key, "seconds": times.get(job.key)}
        for job in plan.jobs()
    ]
    host = {"system": platform.system(), "machine": platform.machine(), "python": platform.python_version()}
    return {
        "jobs": of_jobs,
        "workers": n_jobs,
        "host": host,
        "versions": versions(),
    }


@contextmanager
def _what_is_done_is_kept() -> Iterator[None]:
    """Say so where writing fails."""
    try:
        yield
    except OutputError as error:
        raise OutputError(f"{error} What is done is kept: run it again to go on.") from error


@contextmanager
def _sources_forgotten() -> Iterator[None]:
    try:
        yield
    finally:
        forget_sources()
