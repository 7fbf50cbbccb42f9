"""``reid audit --in-parts`` as a user meets it."""

import json
from pathlib import Path

import pytest

from reid.synthetic.realistic import RealisticSettings
from reid.synthetic.writing import write_people
from tests.cli.conftest import Run

ALONE = ("--in-parts", "--attacker", "discriminant", "--adequacy", "none")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "people"
    write_people(RealisticSettings(n_people=70, n_sessions=4, n_keys=40), path, n_people_a_part=20)
    return path


def test_a_folder_of_parts_is_audited(run_reid: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "audit"
    outcome = run_reid("audit", folder, "-o", out, *ALONE, "--with", "time-grid(step_ms=100)", "--quiet")
    assert outcome.code == 0, outcome.err
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["settings"]["in_parts"]
    assert report["headline"]["strategy"] == "time-grid(step_ms=100)"
    assert report["source"]["people"] == 70
    assert "only the attackers named were run: discriminant" in report["headline"]["weakened_by"]
    assert (out / "report.html").stat().st_size > 10_000
    people = [path.name for path in folder.iterdir()]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert not any(name in page for name in people if name.endswith(".parquet"))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--channels",), "--in-parts must stand without --channels; found both."),
        (("--regime", "closed-set"), "--in-parts must stand without --regime; found both."),
        (("--threat", "ladder"), "--in-parts must stand without --threat; found both."),
        (("--format", "aalto"), "--in-parts must meet a folder of parts; found --format."),
        (("--modality", "pointer"), "--in-parts must stand without --modality; found both."),
    ],
)
def test_an_option_that_needs_everybody_at_once_is_refused(
    run_reid: Run, folder: Path, tmp_path: Path, option: tuple[str, ...], said: str
) -> None:
    outcome = run_reid("audit", folder, "-o", tmp_path / "audit", *ALONE, *option)
    assert outcome.code == 2
    assert said in outcome.err
    assert not (tmp_path / "audit").exists()


def test_what_says_the_same_is_taken(run_reid: Run, folder: Path, tmp_path: Path) -> None:
    said = ("--regime", "population", "--modality", "keyboard")
    assert run_reid("audit", folder, "-o", tmp_path / "audit", *ALONE, *said, "--quiet").code == 0


def test_another_source_is_refused(run_reid: Run, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "log.csv").write_text("a,b\n", encoding="utf-8")
    outcome = run_reid("audit", tmp_path / "log", "-o", tmp_path / "audit", *ALONE)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
