import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reid.errors import SourceError
from reid.reports.page import steady_numbers
from reid.reports.schema import check_report, read_report, report_schema
from tests.reports.report_examples import EXAMPLES, Report, report


def changed(path: tuple[str, ...], value: Any) -> Report:
    made = copy.deepcopy(EXAMPLES["leaky"])
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return made


def without(*path: str) -> Report:
    made = copy.deepcopy(EXAMPLES["leaky"])
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return made


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_kind_of_report_follows_the_schema(name: str) -> None:
    check_report(steady_numbers(EXAMPLES[name]))


@pytest.mark.parametrize(
    "broken",
    [
        changed(("headline", "separation"), "week"),
        changed(("headline", "rank_1", "value"), 1.2),
        changed(("headline", "rank_1", "low"), None),
        changed(("headline", "rank_1"), 0.5),
        changed(("headline", "n_people"), 0),
        changed(("headline", "chance"), -0.1),
        changed(("headline", "surprise"), 1),
        changed(("headline", "rank_1_among", "100"), None),
        changed(("headline", "claims"), [{"kind": "grid"}]),
        changed(("headline", "maximum", "interval"), "pointwise"),
        changed(("headline", "curves", "det", "fmr"), [0.1, 2.0]),
        changed(("leaky", "split"), "session"),
        changed(("results",), None),
        changed(("headline",), None),
        changed(("schema_version",), 2),
        changed(("surprise",), 1),
        changed(("source", "people"), 1.5),
        changed(("source", "quality", "by_kind"), {"clock_back": -1}),
        without("leaky", "split"),
        without("headline", "weakened_by"),
        without("headline", "curves"),
        without("headline", "rank_1", "high"),
        without("source", "fingerprint"),
        without("not_tested"),
    ],
)
def test_what_breaks_the_schema_is_refused_in_one_line(broken: Report) -> None:
    with pytest.raises(
        SourceError, match=r"^report\.json must follow the report's schema; found .+\.$"
    ) as caught:
        check_report(broken)
    assert "\n" not in str(caught.value)


def test_every_field_of_a_block_has_its_meaning_in_the_schema() -> None:
    fields = report_schema()["$defs"]["block_fields"]["properties"]
    assert all(len(field["description"]) > 20 for field in fields.values())


def test_a_report_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    made = steady_numbers(report())
    (tmp_path / "report.json").write_text(json.dumps(made))
    assert read_report(tmp_path / "report.json") == made


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"{}", b"3"])
def test_a_file_that_is_no_report_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(SourceError, match=r"^report\.json must"):
        read_report(tmp_path / "report.json")


def test_a_missing_report_is_refused_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_report(tmp_path / "report.json")
    assert str(tmp_path) not in str(caught.value)
