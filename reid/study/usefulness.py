"""What a release is worth for declared purposes, as the rows that a study keeps."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from reid.events.table import EventTable
from reid.registry import written
from reid.utility.purpose import Purpose, purpose_of
from reid.utility.report import UtilityReport, utilities_of

_FILE = ".toml"
UTILITY = (
    "utility"  #: the measure that is a purpose's own number, from 0 (nothing) to 1 (as good as the raw log)
)


def is_file(purpose: str) -> bool:
    """Whether a purpose is named by the file that declares it."""
    return purpose.lower().endswith(_FILE)


def named_purpose(purpose: str, folder: Path) -> Purpose:
    """Return a purpose by its name, or by its file as seen from a folder.

    Raises
    ------
    ReidError
        It is not known, or its file declares none.
    """
    return purpose_of(folder / purpose if is_file(purpose) else purpose)


def purpose_mark(purpose: str, folder: Path) -> str:
    """Return a mark of all that a purpose asks for, so that a changed file is another purpose."""
    asked = named_purpose(purpose, folder)
    metrics = [(written(metric, whole=True), weight) for metric, weight in asked.metrics]
    content = json.dumps([asked.name, metrics, asked.combine])
    return blake2b(content.encode(), digest_size=12).hexdigest()


def utility_rows(
    raw: EventTable, released: EventTable, purposes: Sequence[str], folder: Path
) -> tuple[list[dict[str, Any]], dict[str, dict[str, float]]]:
    """Return what a release is worth for each purpose.

    Parameters
    ----------
    raw, released : EventTable
        The log, and its release under the same names of people and sessions.
    purposes : sequence of str
        Names of purposes, or files that declare one.
    folder : Path
        From which files are named.

    Returns
    -------
    rows : list of dict
        ``of`` (the purpose), ``measure`` (:data:`UTILITY`, or a metric as written), ``value``, ``low``,
        ``high`` and ``n_people``; what applies to nobody has no row.
    people : dict
        By purpose the number of each person, by pseudonym, to whom it applies.
    """
    reports = utilities_of(raw, released, [named_purpose(purpose, folder) for purpose in purposes])
    rows = [row for report in reports for row in _rows(report)]
    people = {
        report.purpose.name: {
            person: float(value)
            for person, value in zip(report.people, report.values, strict=True)
            if not np.isnan(value)
        }
        for report in reports
    }
    return rows, people


def _rows(report: UtilityReport) -> list[dict[str, Any]]:
    each = [(UTILITY, report.estimate)]
    each += [(written(one.metric), one.estimate) for one in report.metrics]
    return [
        {"of": report.purpose.name, "measure": name} | found.as_dict() | {"n_people": found.n_people}
        for name, found in each
        if found is not None
    ]
