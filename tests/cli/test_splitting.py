"""A split is handed out, scored by somebody else, and the scores come back."""

import json
from pathlib import Path

import polars as pl
import pytest

from reid.events.parquet import write_events
from tests.attackers.people import typists
from tests.cli.conftest import Run

CLOSED = ("--regime", "closed-set")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    write_events(typists(12), path)
    return path


def test_scores_for_a_handed_out_split_are_judged(run_reid: Run, source: Path, tmp_path: Path) -> None:
    listed, scores, out = tmp_path / "split.csv", tmp_path / "scores.csv", tmp_path / "audit"
    handed = run_reid("split", source, "-o", listed, *CLOSED)
    assert handed.code == 0, handed.err
    assert handed.out.startswith("12 people enrolled, 24 probes: 288 scores to make.")
    rows = pl.read_csv(listed)
    probes = rows.filter(role="probe").select("subject_id", "sample").unique()
    people = rows.filter(role="gallery").select(claimed_id="subject_id").unique()
    right = (pl.col("subject_id") == pl.col("claimed_id")).cast(pl.Float64)
    probes.join(people, how="cross").with_columns(score=right).write_csv(scores)
    audited = run_reid(
        "audit", source, "-o", out, *CLOSED, "--scores", scores, "--attacker", "outside", "--json"
    )
    assert audited.code == 0, audited.err
    assert json.loads(audited.out)["headline"]["attackers"]["outside"]["rank_1"]["value"] == 1
    assert "outside" in (out / "report.html").read_text()


def test_what_was_handed_out_is_told_as_json(run_reid: Run, source: Path, tmp_path: Path) -> None:
    handed = run_reid("split", source, "-o", tmp_path / "split.parquet", *CLOSED, "--json")
    assert json.loads(handed.out) == {
        "regime": "closed-set",
        "people": 12,
        "probes": 24,
        "comparisons": 288,
        "file": "split.parquet",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("split", "-o", "split.txt"), "-o must end in .csv or .parquet"),
        (("split", "-o", "split.csv", "--regime", "open"), "Unknown regime 'open'"),
        (("audit", "--scores", "nowhere.csv"), "nowhere.csv must be a file; found none"),
        (("audit", "--scores", "x.csv", "--with", "drop-release"), "--scores must stand without --with"),
        (("audit", "--attacker", "outside"), "--attacker outside must stand with --scores"),
    ],
)
def test_a_slip_is_one_line(
    run_reid: Run,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run_reid(arguments[0], source, *arguments[1:])
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err
    assert ended.err.count("\n") == 1


def test_a_list_over_its_own_source_is_refused(run_reid: Run, source: Path) -> None:
    before = source.read_bytes()
    assert run_reid("split", source, "-o", source).code == 2
    assert source.read_bytes() == before
