"""``reid utility`` as the console script runs it."""

import json
from pathlib import Path

import pytest

from reid.events.parquet import write_events
from tests.cli.conftest import Run
from tests.utility.logs import office


@pytest.fixture
def folder(run_reid: Run, tmp_path: Path) -> Path:
    """Raw log, release and key."""
    write_events(office(), tmp_path / "raw.parquet")
    outcome = run_reid(
        "anonymize", tmp_path / "raw.parquet", "-o", tmp_path / "released.parquet", "--key",
        tmp_path / "key.parquet", "--with", "endpoints-only", "--seed", "1",
    )  # fmt: skip
    assert (outcome.code, outcome.err) == (0, "")
    return tmp_path


def test_a_table_tells_each_metric_and_the_weakest(run_reid: Run, folder: Path) -> None:
    outcome = run_reid(
        "utility", folder / "released.parquet", "--raw", folder / "raw.parquet",
        "--key", folder / "key.parquet",
        "--purpose", "ux-research",
    )  # fmt: skip
    assert (outcome.code, outcome.err) == (0, "")
    head, *rows = outcome.out.splitlines()
    assert head.startswith("ux-research: 0.")
    assert "weakest: fitts-throughput" in head
    assert [row.split()[0].partition("(")[0] for row in rows] == [
        "fitts-throughput", "path-efficiency", "hesitation", "pause-structure",
    ]  # fmt: skip
    assert "source-" not in outcome.out


def test_json_holds_all_purposes_that_are_asked_for(run_reid: Run, folder: Path) -> None:
    own = folder / "own.toml"
    own.write_text("[metrics]\ntyped-text = 1\n")
    outcome = run_reid(
        "utility", folder / "released.parquet", "--raw", folder / "raw.parquet",
        "--key", folder / "key.parquet",
        "--purpose", own, "--purpose", "productivity", "--json",
    )  # fmt: skip
    found = json.loads(outcome.out)["purposes"]
    assert [each["purpose"] for each in found] == ["own", "productivity"]
    assert found[0]["value"] == 1


def test_without_a_key_the_names_must_be_those_of_the_raw_log(run_reid: Run, folder: Path) -> None:
    raw = folder / "raw.parquet"
    refused = run_reid("utility", folder / "released.parquet", "--raw", raw, "--purpose", "productivity")
    assert refused.code == 2
    assert "12 of 12 that are not" in refused.err
    same = run_reid("utility", raw, "--raw", raw, "--purpose", "productivity")
    assert same.out.startswith("productivity: 1.00")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--purpose", "ux"), "--raw must be given"),
        (("--raw", "absent.parquet", "--purpose", "produktivity"), "Did you mean 'productivity'"),
    ],
)
def test_a_slip_ends_with_2_and_one_line(
    run_reid: Run, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    outcome = run_reid("utility", folder / "released.parquet", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1
