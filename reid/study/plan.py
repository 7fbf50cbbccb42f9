"""What a study will do: its cells, the work each needs, under which key it is kept, and how long it takes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, Final

from reid.attackers import BOTH
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import NO_STRATEGY
from reid.evaluation.threats import ADAPTIVE, INFORMED, rungs_of
from reid.events.archive import fingerprint
from reid.made_with import code_mark
from reid.study.declaration import FILES, Input, Study
from reid.study.usefulness import purpose_mark

RAW: Final = "raw"
RISK: Final = "risk"
UTILITY: Final = "utility"
#: Stated where nothing of the kind was measured: for one attacker on a million events of one release.
SECONDS_PER_ATTACK: Final = 5.0
_SECONDS_PER_UTILITY: Final = 2.0  # for a million events


@dataclass(frozen=True, slots=True)
class Cell:
    """One strategy on one input under one threat and seed."""

    input: int  #: number of the input
    strategy: str  #: ``none`` for the raw log
    declared: str  #: as it stands in the study, perhaps with lists
    swept: float | None  #: value of the only number that varies in the grid
    threat: str
    seed: int


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work whose result is kept under a key."""

    kind: str  #: ``raw``, ``risk`` or ``utility``
    key: str
    input: int
    strategy: str
    threat: str
    seed: int
    raw_key: str = ""  #: of the attack on the raw log, which the job takes over


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """All cells of a study, in the order of its tables, and the jobs behind them."""

    study: Study
    fingerprints: tuple[str, ...]  #: of each input's source
    cells: tuple[Cell, ...]
    jobs_of: Mapping[Cell, tuple[Job, ...]]

    def as_dict(self) -> dict[str, Any]:
        """Return the cells and the keys of their jobs, as ``plan.json`` holds them."""
        cells = [
            asdict(cell)
            | {"input": self.study.inputs[cell.input].label}
            | {"jobs": {job.kind: job.key for job in self.jobs_of[cell]}}
            for cell in self.cells
        ]
        return {"study": self.study.name, "question": self.study.question, "cells": cells}

    def jobs(self) -> list[Job]:
        """Return every job once, those first whose results others take over."""
        each = dict.fromkeys(job for cell in self.cells for job in self.jobs_of[cell])
        return sorted(each, key=lambda job: job.kind != RAW)


def plan_study(study: Study) -> StudyPlan:
    """List the cells of a study and the keys of their jobs; reads the sources' bytes, not their events.

    Raises
    ------
    SourceError
        A source cannot be read.
    """
    contents = [_content(study, one) for one in study.inputs]
    points = study.points()
    cells: list[Cell] = []
    jobs_of: dict[Cell, tuple[Job, ...]] = {}
    for number, one in enumerate(study.inputs):
        for seed in study.seeds:
            raw = [
                Cell(number, NO_STRATEGY, NO_STRATEGY, None, threat, seed)
                for threat in dict.fromkeys(threat_on_raw(one, study.threats) for one in study.threats)
            ]
            released = [
                Cell(number, str(point.strategy), point.declared, point.swept, threat, seed)
                for threat in study.threats
                for point in points
            ]
            for cell in (*raw, *released):
                cells.append(cell)
                jobs_of[cell] = tuple(_jobs(cell, study, one, contents[number]))
    marks = tuple(content["fingerprint"] for content in contents)
    return StudyPlan(study, marks, tuple(cells), jobs_of)


def threat_on_raw(threat: str, threats: Sequence[str]) -> str:
    """Return the first of several threats under which the raw log is attacked as under this one.

    It is re-tuned for where its releases are; else nothing can be done to it but attack it.

    Examples
    --------
    >>> threat_on_raw("ladder", ["informed", "colleague", "model-vendor", "ladder"])
    'model-vendor'
    """
    retunes = ADAPTIVE in rungs_of(threat)
    return next(one for one in threats if (ADAPTIVE in rungs_of(one)) == retunes)


def _jobs(cell: Cell, study: Study, one: Input, content: Mapping[str, Any]) -> Iterable[Job]:
    """Yield the jobs of a cell."""
    attack = {
        "attackers": study.attackers,
        "effort": study.effort,
        "without": study.without,
        "adequacy": study.adequacy,
        "seed": cell.seed,
    }

    def job(kind: str, told: Mapping[str, Any], raw_key: str = "") -> Job:
        key = _key({"kind": kind, **content, **told})
        return Job(kind, key, cell.input, cell.strategy, cell.threat, cell.seed, raw_key)

    on_raw = threat_on_raw(cell.threat, study.threats)
    raw = job(RAW, attack | {"re-tuned": ADAPTIVE in rungs_of(on_raw)})
    shares = one.comparisons is None  # a declared list has no raw log apart from its releases
    if shares:
        yield Job(RAW, raw.key, cell.input, NO_STRATEGY, on_raw, cell.seed)
    if cell.strategy == NO_STRATEGY and shares:
        return
    release = {"strategy": cell.strategy, "seed": cell.seed}
    risk = attack | release | {"threat": cell.threat, "releases": study.releases}
    yield job(RISK, risk, raw.key if shares else "")
    if study.purposes and cell.strategy != NO_STRATEGY:
        marks = [purpose_mark(purpose, study.folder) for purpose in study.purposes]
        yield job(UTILITY, release | {"purposes": list(zip(study.purposes, marks, strict=True))})


def _content(study: Study, one: Input) -> dict[str, Any]:
    """Return what an input is: bytes of its files, and how they are read and divided."""
    files = {
        name: fingerprint(study.folder / getattr(one, name))
        for name in FILES
        if getattr(one, name) is not None
    }
    told = {name: value for name, value in asdict(one).items() if name not in {"source", "name", *FILES}}
    mark = fingerprint(study.folder / one.source)
    made_by = {"version": version("reid-risk"), "code": code_mark()}
    return {**made_by, "fingerprint": mark, "files": files, "input": told}


def _key(content: Mapping[str, Any]) -> str:
    return blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Expected:
    """How long a job should take, and on what that rests."""

    seconds: float
    measured: bool  #: on a job of the same kind, input and attackers; else by a stated model


def expected_seconds(job: Job, plan: StudyPlan, n_events: int, measured: Mapping[str, float]) -> Expected:
    """Say how long a job should take.

    Parameters
    ----------
    job : Job
        What is to be done.
    plan : StudyPlan
        To which it belongs.
    n_events : int
        Of its input.
    measured : mapping of str to float
        Seconds of the jobs done, by key.

    Returns
    -------
    Expected
        The mean of the jobs of this kind that were done on this input, in proportion to the attacks that
        their threats take; else by a stated model, as if every strategy drew noise.
    """
    n_attacks = _n_attacks(job, plan.study)
    alike = [
        measured[other.key] * n_attacks / _n_attacks(other, plan.study)
        for other in plan.jobs()
        if other.key in measured and other.kind == job.kind and other.input == job.input
    ]
    if alike:
        return Expected(sum(alike) / len(alike), measured=True)
    millions = n_events / 1e6
    if job.kind == UTILITY:
        return Expected(_SECONDS_PER_UTILITY * len(plan.study.purposes) * millions, measured=False)
    return Expected(SECONDS_PER_ATTACK * n_attacks * millions, measured=False)


def _n_attacks(job: Job, study: Study) -> int:
    """Return how often an attacker attacks a log; of those re-tuned, each setting that is tried counts."""
    if job.kind == UTILITY:
        return 1
    rungs = rungs_of(job.threat) if job.kind == RISK else {INFORMED} | ({ADAPTIVE} & {*rungs_of(job.threat)})
    usual = LineUp.of(study.attackers, modalities=_modalities(study, job))
    tried = usual.adaptive(every_family=not study.attackers)
    n_retuned = len(rungs) if study.effort == ADAPTIVE else int(ADAPTIVE in rungs)
    n_logs = study.releases if job.kind == RISK else 1
    return n_logs * (len(rungs) * len(usual.singles) + n_retuned * len(tried.variants))


def _modalities(study: Study, job: Job) -> tuple[str, ...]:
    modality = study.inputs[job.input].modality
    return ("keyboard",) if modality == BOTH else (modality,)
