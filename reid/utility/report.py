"""One release judged for one purpose."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from reid.events.table import EventTable
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import sidak_level
from reid.metrics.spread import mean_of_bounded
from reid.registry import written
from reid.typing import FloatArray, Progress, silent
from reid.utility.distances import Distance, distances_of
from reid.utility.paired import PairedLogs
from reid.utility.protocol import Metric
from reid.utility.purpose import Purpose, purpose_of

_LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class MetricResult:
    """What a release is worth by one metric."""

    metric: Metric
    weight: float
    values: FloatArray = field(repr=False)  #: (n_people,), of each person of the raw log; NaN: not applicable
    estimate: Estimate | None  #: mean over the people to whom it applies; None: to nobody

    @property
    def reason(self) -> str:
        """Why there is no number; empty where there is one."""
        return "" if self.estimate else f"not applicable: it needs {self.metric.needs} in the raw log"

    def as_dict(self) -> dict[str, Any]:
        """Return the result as it stands in a report, with the definition of the metric."""
        found = self.estimate
        return {
            "metric": written(self.metric, whole=True),
            "weight": self.weight,
            "applicable": found is not None,
            **({"value": None, "low": None, "high": None} if found is None else found.as_dict()),
            "n_people": 0 if found is None else found.n_people,
            "definition": self.metric.definition,
            "better": self.metric.better,
            "source": self.metric.source,
            "needs": self.metric.needs,
        }


@dataclass(frozen=True, slots=True, eq=False)
class UtilityReport:
    """What a release is worth for one purpose."""

    purpose: Purpose
    estimate: Estimate | None  #: the one number; None where no metric applies
    metrics: tuple[MetricResult, ...]
    distances: tuple[Distance, ...]
    people: tuple[str, ...] = field(repr=False)  #: of the raw log, in the order of the values; for the owner
    #: Each person's number for the purpose, NaN where no metric applies: what two releases are compared by.
    values: FloatArray = field(repr=False)

    @property
    def weakest(self) -> str | None:
        """The metric by which the release is worth least; the first of several."""
        known = [each for each in self.metrics if each.estimate is not None]
        if not known:
            return None
        least = min(known, key=lambda each: each.estimate.value if each.estimate else 1.0)
        return written(least.metric)

    def as_dict(self) -> dict[str, Any]:
        """Return the report in JSON types, without anybody's name."""
        return {
            "purpose": self.purpose.name,
            "about": self.purpose.about,
            "combine": self.purpose.combine,
            "applicable": self.estimate is not None,
            **(self.estimate.as_dict() if self.estimate else {"value": None, "low": None, "high": None}),
            "level": _LEVEL,
            "n_people": self.estimate.n_people if self.estimate else 0,
            "weakest": self.weakest,
            "metrics": [each.as_dict() for each in self.metrics],
            "distances": [each.as_dict() for each in self.distances],
        }


def utility_of(
    raw: EventTable,
    released: EventTable,
    purpose: Purpose | str | Path,
    *,
    progress: Progress = silent,
) -> UtilityReport:
    """Return what a release is still good for.

    Parameters
    ----------
    raw : EventTable
        The log as it was recorded.
    released : EventTable
        Its release under the names of the raw log, perhaps empty. A person or session that it lacks is
        lost, not left out of the account.
    purpose : Purpose, str or Path
        As :func:`~reid.utility.purpose.purpose_of` takes it.
    progress : Progress
        Told of each metric.

    Returns
    -------
    UtilityReport
        By each metric the mean over people, and the one number of the purpose. A metric that applies to
        nobody is no part of it. With ``combine = "mean"``, a person's number is the mean by weights of what
        applies to the person, and the purpose's is the mean over people; intervals are those of
        :func:`~reid.metrics.spread.mean_of_bounded`. With ``"minimum"`` it is the least of the metrics;
        they all hold their intervals at once, so it lies between the least of the lower and of the
        upper ends.

    Raises
    ------
    ParameterError
        The release holds a session that the raw log does not, or the purpose makes no sense.
    UnknownNameError, SourceError
        The purpose is not known, or its file cannot be read.
    """
    return utilities_of(raw, released, (purpose,), progress=progress)[0]


def utilities_of(
    raw: EventTable,
    released: EventTable,
    purposes: Iterable[Purpose | str | Path],
    *,
    progress: Progress = silent,
) -> tuple[UtilityReport, ...]:
    """Return what a release is still good for, purpose by purpose; as :func:`utility_of`, looked at once."""
    chosen = [each if isinstance(each, Purpose) else purpose_of(each) for each in purposes]
    logs = PairedLogs.of(raw, released)
    total, done = sum(len(each.metrics) for each in chosen), 0
    found: dict[str, FloatArray] = {}
    for purpose in chosen:
        for metric, _ in purpose.metrics:
            name = written(metric, whole=True)
            if name not in found:
                found[name] = metric.values(logs)
            done += 1
            progress("utility", done, total)
    distances = distances_of(logs)
    return tuple(_judged(purpose, found, distances, logs.people) for purpose in chosen)


def _judged(
    purpose: Purpose, found: dict[str, FloatArray], distances: tuple[Distance, ...], people: tuple[str, ...]
) -> UtilityReport:
    results = []
    for metric, weight in purpose.metrics:
        values = found[written(metric, whole=True)]
        results.append(MetricResult(metric, weight, values, _mean(values)))
    table = np.column_stack([each.values for each in results])
    known = ~np.isnan(table)
    weights = np.where(known, np.array([each.weight for each in results]), 0.0)
    total = weights.sum(axis=1)
    if purpose.combine == "minimum":
        values = np.where(known, table, np.inf).min(axis=1)
        values[total == 0] = np.nan
        estimate = _least([each.values for each in results if each.estimate is not None])
    else:
        weighed = (weights * np.nan_to_num(table)).sum(axis=1)
        values = np.divide(weighed, total, out=np.full(total.size, np.nan), where=total > 0)
        estimate = _mean(values)
    return UtilityReport(purpose, estimate, tuple(results), distances, people, values)


def _mean(values: FloatArray, level: float = _LEVEL) -> Estimate | None:
    known = values[~np.isnan(values)]
    return mean_of_bounded(known, 0.0, 1.0, level=level) if known.size else None


def _least(values: list[FloatArray]) -> Estimate | None:
    """Return the least of several means, with an interval that holds for the choice."""
    level = sidak_level(_LEVEL, max(len(values), 1))
    each = [estimate for one in values if (estimate := _mean(one, level)) is not None]
    if not each:
        return None
    weakest = min(each, key=lambda estimate: estimate.value)
    low, high = min(one.low for one in each), min(one.high for one in each)
    return Estimate(weakest.value, low, high, _LEVEL, weakest.n_people)
