"""``reid compare``, ``run``, ``recommend`` and ``gate`` as the console script runs them."""

import json
from pathlib import Path

import pytest

from reid.study.declaration import Study
from tests.cli.conftest import Outcome, Run
from tests.study.studies import source_in

GRID = "time-grid(step_ms=[50, 400])"


@pytest.fixture
def compared(run_reid: Run, tmp_path: Path) -> Outcome:
    source = source_in(tmp_path)
    return run_reid(
        "compare", source, "-o", tmp_path / "out", "--with", GRID, "--purpose", "productivity",
        "--attacker", "scaled-manhattan", "--adequacy", "none", "--regime", "closed-set",
    )  # fmt: skip


def test_one_command_compares_and_leaves_a_study_that_runs_again(
    run_reid: Run, compared: Outcome, tmp_path: Path
) -> None:
    assert (compared.code, compared.err) == (0, "")
    assert "time-grid(step_ms=400)" in compared.out
    assert "named among 12" in compared.out
    out = tmp_path / "out"
    before = (out / "results.parquet").read_bytes()
    again = run_reid("run", out / "study.toml", "-o", out)
    assert (again.code, again.out) == (0, compared.out)
    assert (out / "results.parquet").read_bytes() == before
    record = json.loads(run_reid("run", out / "study.toml", "-o", out, "--json").out)
    assert record["comparisons"][0]["purpose"] == "productivity"
    assert str(tmp_path) not in (out / "study.toml").read_text()
    assert Study.read(out / "study.toml").strategies == (GRID,)


def test_a_dry_run_lists_the_cells_and_runs_nothing(run_reid: Run, compared: Outcome, tmp_path: Path) -> None:
    assert compared.code == 0
    outcome = run_reid("run", tmp_path / "out" / "study.toml", "-o", tmp_path / "new", "--dry-run")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].startswith("3 cells, 5 of 5 jobs to do: about ")
    assert not (tmp_path / "new").exists()
    done = run_reid("run", tmp_path / "out" / "study.toml", "-o", tmp_path / "out", "--dry-run", "--json")
    assert all(job["done"] for job in json.loads(done.out)["jobs"])


def test_a_study_finds_its_recordings_where_it_is_told(run_reid: Run, tmp_path: Path) -> None:
    source_in(tmp_path / "archives")
    (tmp_path / "study.toml").write_text(
        'strategies = ["key-classes"]\nattackers = ["manhattan"]\nadequacy = "none"\n'
        '[[inputs]]\nsource = "people.parquet"\nregime = "closed-set"\n'
    )
    lost = run_reid("run", tmp_path / "study.toml", "-o", tmp_path / "out")
    assert (lost.code, lost.err.count("--data")) == (2, 1)
    data = ("--data", tmp_path / "archives")
    first = run_reid("run", tmp_path / "study.toml", "-o", tmp_path / "out", *data)
    assert (first.code, first.err) == (0, "")
    again = run_reid("run", tmp_path / "out" / "study.toml", "-o", tmp_path / "out")
    assert (again.code, again.out) == (0, first.out)


def test_what_cannot_be_shown_is_not_recommended_and_does_not_pass(
    run_reid: Run, compared: Outcome, tmp_path: Path
) -> None:
    assert compared.code == 0
    out = tmp_path / "out"
    outcome = run_reid("recommend", out, "--max-risk", "0.3")
    assert (outcome.code, outcome.err) == (0, "")
    assert "No setting to recommend" in outcome.out
    assert "no law sets one for telemetry" in outcome.out
    assert json.loads(run_reid("recommend", out, "--json").out)["recommendations"][0]["recommended"] is False
    assert run_reid("recommend", out, "--purpose", "productivty").code == 2
    assert run_reid("gate", out).code == 2  # two strategies, and none named
    held = run_reid("gate", out, "--with", "time-grid(step_ms=400)")
    assert held.code == 1
    assert "was not checked" in held.out
    record = json.loads(run_reid("gate", out, "--with", "time-grid( step_ms=400 )", "--json").out)
    assert record["passed"] is False
    assert run_reid("gate", out, "--with", "drop-keys").code == 2


def test_every_fault_of_a_declaration_has_a_line(run_reid: Run, tmp_path: Path) -> None:
    text = 'strategies = ["time-gird", "key-clases"]\nreleses = 2\n[[inputs]]\nsource = "none.parquet"'
    (tmp_path / "study.toml").write_text(text)
    outcome = run_reid("run", tmp_path / "study.toml", "-o", tmp_path / "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert len(outcome.err.splitlines()) == 4
    assert str(tmp_path) not in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_study_is_one_line(run_reid: Run, tmp_path: Path) -> None:
    for command in ("recommend", "gate"):
        outcome = run_reid(command, tmp_path)
        assert (outcome.code, len(outcome.err.splitlines())) == (2, 1)


def test_a_comparison_of_nothing_or_into_its_source_is_refused(run_reid: Run, tmp_path: Path) -> None:
    source = source_in(tmp_path)
    assert run_reid("compare", source, "-o", tmp_path / "out").code == 2
    assert run_reid("compare", tmp_path, "-o", tmp_path / "out", "--with", "key-classes").code == 2
