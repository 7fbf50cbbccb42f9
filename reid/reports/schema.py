"""The shape of ``report.json``: its JSON Schema, and a reader that holds a file to it."""

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from reid.errors import SourceError

_SHOWN = 80  # characters of a defect


@cache
def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``report.json``; every field has its meaning in it."""
    text = resources.files("reid.reports").joinpath("schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_report(report: object, place: str = "report.json") -> None:
    """Hold a report to the schema.

    Parameters
    ----------
    report : object
        What was read, or is to be written.
    place : str
        What to call it in a message.

    Raises
    ------
    SourceError
        It breaks the schema; the message names the field that explains it best.
    """
    defect = best_match(Draft202012Validator(report_schema()).iter_errors(report))
    if defect is None:
        return
    where = ".".join(str(step) for step in defect.absolute_path) or "the top level"
    rule = f"{defect.validator} {json.dumps(defect.validator_value)}"
    raise SourceError.of(
        place,
        must="follow the report's schema",
        found=f"a break of {rule[:_SHOWN]} at {where[:_SHOWN]}",
        advice="Write it again with this version of reid.",
    )


def read_report(path: Path) -> dict[str, Any]:
    """Read a ``report.json`` and hold it to the schema.

    Raises
    ------
    SourceError
        The file cannot be read, is not JSON or breaks the schema.
    """
    advice = "Choose a report.json written by `reid audit`."
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise SourceError.of(path.name, must="be readable", found=found, advice=advice) from error
    except (ValueError, RecursionError) as error:
        raise SourceError.of(path.name, must="be JSON", found="something else", advice=advice) from error
    check_report(report, path.name)
    return report
