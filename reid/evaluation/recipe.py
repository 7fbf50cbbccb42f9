"""An audit as files and options, from which any machine that sees the files prepares the same audit."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reid.errors import ParameterError, SourceError
from reid.evaluation.audit import SCHEMA_VERSION, Audit, surroundings
from reid.evaluation.by_regime import attack_raw, attack_release, report_of
from reid.evaluation.preparing import Prepared, prepare
from reid.evaluation.result import StrategyResult
from reid.events.reading import ReadSource, read_source
from reid.parallel import kept_by_process, parallel_map
from reid.typing import Progress, silent


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an audit reads, and what is asked of it. Small: it goes to workers in place of the logs."""

    source: Path
    reading: Mapping[str, Any]  #: keyword arguments of :func:`reid.events.reading.read_source`
    asked: Mapping[str, Any]  #: keyword arguments of :func:`reid.evaluation.preparing.prepare`, without logs
    raw: Path | None = None
    key: Path | None = None
    background_from: Path | None = None
    fingerprint: str = ""  #: of the source, where it is known

    def prepared(self) -> Prepared:
        """Read the files and prepare the audit; kept for the next task of the same audit in this process.

        Raises
        ------
        SourceError
            A file cannot be read, or the source is not the one of which the fingerprint is known.
        ReidError
            An option makes no sense, or there are too few people or sessions.
        """
        return kept_by_process(repr(self), self._prepared)

    def _prepared(self) -> Prepared:
        # A release was written by us or by a recorder: how a table is read is said of the raw log.
        read = read_source(self.source, **({} if self.raw else self.reading))
        if self.fingerprint and read.fingerprint != self.fingerprint:
            must = "be the same file wherever it is read"
            raise SourceError.of(self.source.name, must=must, found="other bytes")
        raw, background = (self._log(path) for path in (self.raw, self.background_from))
        return prepare(read, raw=raw, key=self.key, background_from=background, **self.asked)

    def _log(self, path: Path | None) -> ReadSource | None:
        return None if path is None else read_source(path, **self.reading)


@dataclass(frozen=True, slots=True)
class _Task:
    recipe: Recipe
    number: int  #: of the strategy, from 1; 0 for the raw log


def audit_by_recipe(recipe: Recipe, *, progress: Progress = silent) -> Audit:
    """Do an audit, each log by one worker: the raw one, and those of each strategy.

    The report has the bits of :func:`reid.evaluation.audit.audit`.

    Raises
    ------
    ParameterError
        A declared list of comparisons, or a random split, is asked for: they are not divided so.
    ReidError
        As of :func:`reid.evaluation.audit.audit`; a cluster is lost or its workers differ.
    """
    start = time.perf_counter()
    prepared = recipe.prepared()
    plan = prepared.plan
    if prepared.listed is not None or plan.leaky:
        must, found = "stand without --comparisons and --split random", "one of them"
        raise ParameterError.of("--cluster", must=must, found=found)
    n_released = len(plan.releases) + (plan.given is not None)
    tasks = [_Task(recipe, number) for number in range(n_released + 1)]
    results = parallel_map(_attacked, tasks, stage="logs", progress=progress)
    report, people = report_of(results, plan, None)
    report["settings"] |= prepared.settings
    run = {"seconds": {"audit": time.perf_counter() - start}, **surroundings(), "jobs": plan.n_jobs}
    return Audit({"schema_version": SCHEMA_VERSION, "source": prepared.about, **report}, run, people)


def _attacked(task: _Task) -> StrategyResult:
    prepared = task.recipe.prepared()
    if task.number:
        return attack_release(prepared.events, prepared.plan, task.number)
    return attack_raw(prepared.events, prepared.plan)
