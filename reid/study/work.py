"""The work of a study: one job done and its result kept, whole or not at all."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from reid.anonymizers import Identity
from reid.errors import OutputError, ReidError, SourceError
from reid.evaluation.audit import audit_prepared
from reid.evaluation.by_regime import attack_raw
from reid.evaluation.plan import NO_STRATEGY, attacked_logs
from reid.evaluation.preparing import Prepared, prepare
from reid.evaluation.result import StrategyResult
from reid.evaluation.risk_of_people import RiskOfPeople
from reid.events.numbering import numbers_of
from reid.events.reading import ReadSource, read_source
from reid.events.table import EventTable
from reid.parallel import kept_by_process, let_go
from reid.storage import whole_file
from reid.study.declaration import Input, Study
from reid.study.plan import RAW, RISK, Job
from reid.study.usefulness import utility_rows
from reid.typing import Progress, silent

_LOOKS_EVERY_S: Final = 0.1
CELLS: Final = "cells"  #: folder of the results, within a study's


@dataclass(frozen=True, slots=True)
class Order:
    """A job with all that a worker needs to do it: names of files, not tables."""

    job: Job
    study: Study
    fingerprint: str
    out: Path
    n_jobs: int = 1  #: threads within the job
    side_by_side: bool = False  #: other workers are at jobs of the study, those that others take over first
    raw: Mapping[str, Any] | None = (
        None  #: what was kept of the attack on the raw log, where it is sent along
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job, as it is kept."""

    found: Mapping[str, Any]
    seconds: float


def fulfil(order: Order, progress: Progress = silent) -> float:
    """Do a job and keep its result and its time; return the seconds.

    Raises
    ------
    ReidError
        As of :func:`worked`, or the result cannot be written.
    """
    done = worked(order, progress)
    keep_done(order, done)
    return done.seconds


def worked(order: Order, progress: Progress = silent) -> Done:
    """Do a job.

    What a strategy cannot do to an input, or an attacker cannot see, is a result too.

    Raises
    ------
    ReidError
        The source cannot be read or attacked raw.
    """
    started = time.perf_counter()
    job = order.job
    try:
        found = _result(order, progress)
    except (OutputError, SourceError):
        raise
    except ReidError as error:
        if job.kind == RAW or job.strategy == NO_STRATEGY:
            raise
        found = {"why_none": str(error)}
    return Done(found, time.perf_counter() - started)


def keep_done(order: Order, done: Done) -> None:
    """Keep what came of a job, whole or not at all.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    cells, job = order.out / CELLS, order.job
    keep(cells / f"{job.key}.run.json", {"seconds": round(done.seconds, 3)})
    keep(cells / f"{job.key}.json", {"kind": job.kind, "key": job.key, "why_none": None, **done.found})


def kept(out: Path, kind: str, key: str) -> dict[str, Any] | None:
    """Return the result of a job; None where there is none, or none that can be read."""
    try:
        found = json.loads((out / CELLS / f"{key}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    matches = isinstance(found, dict) and (found.get("kind"), found.get("key")) == (kind, key)
    return found if matches else None


def keep(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record as JSON, whole or not at all.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    text = json.dumps(record, allow_nan=False)
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def prepared_for(order: Order, strategies: Sequence[str] = (), progress: Progress = silent) -> Prepared:
    """Read the input of a job, once in a process, and check that it can be audited.

    Raises
    ------
    ReidError
        The source cannot be read or was changed, or there are too few people or sessions.
    """
    study, job = order.study, order.job
    one = study.inputs[job.input]
    read, others = _read(one, study.folder, order.fingerprint)
    return prepare(
        read,
        strategies=strategies,
        **one.dividing(),
        background_from=others,
        attackers=study.attackers,
        effort=study.effort,
        without=study.without,
        threat=job.threat,
        releases=study.releases,
        adequacy=study.adequacy,
        seed=job.seed,
        n_jobs=order.n_jobs,
        progress=progress,
    )


def forget_sources() -> None:
    """Let go of the logs that were read."""
    let_go()


def _read(one: Input, folder: Path, fingerprint: str) -> tuple[ReadSource, ReadSource | None]:
    """Return the log of an input and that of its background people, read once in a process."""
    return kept_by_process(f"{one} in {folder}: {fingerprint}", lambda: _read_now(one, folder, fingerprint))


def _read_now(one: Input, folder: Path, fingerprint: str) -> tuple[ReadSource, ReadSource | None]:
    told = one.reading(folder)
    read = read_source(folder / one.source, **told)
    if read.fingerprint != fingerprint:
        advice = "Run the study again."
        raise SourceError.of(
            Path(one.source).name, must="stay as it is during a study", found="other bytes", advice=advice
        )
    others = None if one.background_from is None else read_source(folder / one.background_from, **told)
    return read, others


def _result(order: Order, progress: Progress) -> dict[str, Any]:
    job = order.job
    if job.kind == RAW:
        # Any release will do: none is made, but the raw log is attacked as it is beside one.
        prepared = prepared_for(order, (Identity.name,), progress)
        found = attack_raw(prepared.events, prepared.plan)
        people = _of_people(found.people, prepared.events)
        return {"source": prepared.about, "result": found.as_dict(), "people": people}
    prepared = prepared_for(order, () if job.strategy == NO_STRATEGY else (job.strategy,), progress)
    if job.kind == RISK:
        audit = audit_prepared(prepared, _known_to(order))
        return {"report": audit.report, "people": _of_people(audit.people, prepared.events)}
    # What is withheld from the attackers is not withheld from those who use the release.
    logs = attacked_logs(prepared.events, replace(prepared.plan, without=()))
    released = next(log.events for log in logs if log.place)  # the first, of several by one strategy
    rows, of_people = utility_rows(prepared.events, released, order.study.purposes, order.study.folder)
    numbers = numbers_of(prepared.events)
    people = {
        purpose: sorted((numbers[person], value) for person, value in values.items())
        for purpose, values in of_people.items()
    }
    return {"rows": rows, "people": people}


def _known_to(order: Order) -> Callable[[], StrategyResult] | None:
    """Return how the job gets at the attack on the raw log that it takes over."""
    return partial(_known, order, os.getppid()) if order.job.raw_key else None


def _known(order: Order, parent: int) -> StrategyResult:
    """Return the attack on the raw log, once the worker who does it has kept it.

    Raises
    ------
    OutputError
        There is none, and nobody is at it.
    """
    if order.raw is not None:
        return StrategyResult.from_dict(order.raw["result"])
    while (raw := kept(order.out, RAW, order.job.raw_key)) is None:
        if not order.side_by_side or os.getppid() != parent:
            must, found = "be kept until the study is done", "none"
            raise OutputError(f"the attack on the raw log must {must}; found {found}. Run the study again.")
        time.sleep(_LOOKS_EVERY_S)
    return StrategyResult.from_dict(raw["result"])


def _of_people(rungs: Mapping[str, RiskOfPeople], events: EventTable) -> dict[str, Any]:
    """Return the risk of each person by rung, people by number in their order."""
    numbers = numbers_of(events)
    kept_people: dict[str, Any] = {}
    for name, risk in rungs.items():
        number = np.array([numbers[person] for person in risk.people], dtype=np.int64)
        order = np.argsort(number)
        kept_people[name] = {
            "number": number[order].tolist(),
            "rank_1": risk.rank_1[order].tolist(),
            "among": {str(size): rates[order].tolist() for size, rates in risk.among.items()},
        }
    return kept_people
