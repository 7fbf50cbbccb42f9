"""Each command from file to file, on a few made-up people."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import reid
from reid.events import reading
from reid.events.parquet import write_events
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.truth import TruthSettings, generate
from tests.cli.conftest import Run

CSV = """user,login,timestamp,what,code
anna,1,1760000000.000,d,65
anna,1,1760000000.104,u,65
anna,1,1760000000.230,d,66
anna,1,1760000000.311,u,66
"""
MAPPING = (
    *("--column", "subject_id=user", "--column", "session_id=login", "--column", "time_us=timestamp"),
    *("--column", "event=what", "--column", "key=code", "--keys", "keycode", "--time-unit", "s"),
    *("--event", "d=key_down", "--event", "u=key_up"),
)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    write_events(generate(TruthSettings(n_people=8, n_sessions=4, n_keystrokes=60), Streams(0)), path)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_inspect_counts_what_is_there(run_reid: Run, log: Path) -> None:
    outcome = run_reid("inspect", log, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    record = json.loads(outcome.out)
    assert (record["people"], record["sessions"]) == (8, 32)
    text = run_reid("inspect", log)
    assert (text.code, text.err) == (0, "")
    assert "people" in text.out
    assert run_reid("inspect", log, "--quiet").out == ""


def test_convert_reads_a_foreign_table_by_options(run_reid: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "log.csv", tmp_path / "events.parquet"
    source.write_text(CSV)
    outcome = run_reid("convert", source, *MAPPING, "-o", out, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["events"] == 4
    events = reid.read_events(out)
    assert events.frame["time_us"].to_list() == [0, 104_000, 230_000, 311_000]
    assert events.frame["key"].to_list() == ["KeyA", "KeyA", "KeyB", "KeyB"]
    assert _mode(out) == 0o600


def test_converting_twice_changes_nothing(run_reid: Run, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.parquet"
    assert run_reid("convert", log, "-o", out).code == 0
    assert_frame_equal(reid.read_events(out).frame, reid.read_events(log).frame)


def test_an_interrupted_command_leaves_no_file(
    run_reid: Run, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reading.read_parts

    def until_interrupted(*arguments: Any, **options: Any) -> Iterator[EventTable]:
        yield next(iter(whole(*arguments, **options)))
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "read_parts", until_interrupted)
    for command in (
        ("convert", log),
        ("anonymize", log, "--with", "drop-release", "--key", tmp_path / "key.parquet"),
    ):
        outcome = run_reid(*command, "-o", tmp_path / "out.parquet")
        assert (outcome.code, outcome.out, outcome.err) == (130, "", "Interrupted.\n")
        assert list(tmp_path.iterdir()) == []


def test_a_release_holds_no_name_of_the_source_and_is_private(
    run_reid: Run, log: Path, tmp_path: Path
) -> None:
    # Names so long that chance never writes one into the packed bytes.
    write_events(
        reid.read_events(log).renamed(lambda name: f"source-person-{name}"), tmp_path / "log.parquet"
    )
    log = tmp_path / "log.parquet"
    out, key = tmp_path / "released.parquet", tmp_path / "key.parquet"
    outcome = run_reid("anonymize", log, "-o", out, "--with", "time-grid(step_ms=50)", "--key", key, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    record = json.loads(outcome.out)
    assert record["for_measurement_only"] is False
    assert "seed" not in outcome.out
    assert (_mode(out), _mode(key)) == (0o600, 0o600)
    source, content = reid.read_events(log), out.read_bytes()
    released = reid.read_events(out)
    assert not set(source.subjects) & set(released.subjects)
    assert not [name for name in source.subjects if name.encode() in content]
    assert (released.frame["time_us"] % 50_000 == 0).all()
    who = pl.read_parquet(key)
    assert set(who["subject_id"]) == set(source.subjects)
    assert set(who["released_subject_id"]) == set(released.subjects)


def test_releases_differ_unless_seeded(run_reid: Run, log: Path, tmp_path: Path) -> None:
    def release(name: str, *seed: object) -> bytes:
        out = tmp_path / name
        assert run_reid("anonymize", log, "-o", out, "--with", "time-jitter(bound_ms=20)", *seed).code == 0
        return out.read_bytes()

    assert release("a.parquet") != release("b.parquet")
    seeded = release("c.parquet", "--seed", 31_415_926)
    assert seeded == release("d.parquet", "--seed", 31_415_926)
    assert b"31415926" not in seeded
    assert b'"for_measurement_only": true' in seeded


def test_a_release_that_fails_leaves_neither_file_nor_key(run_reid: Run, log: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    key = tmp_path / "key.parquet"
    outcome = run_reid(
        "anonymize", log, "-o", blocked / "out.parquet", "--with", "drop-release", "--key", key
    )
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert list(tmp_path.iterdir()) == [blocked]


def test_an_audit_writes_the_page_and_prints_what_it_wrote(run_reid: Run, log: Path, out: Path) -> None:
    chosen = ("--with", "time-grid(step_ms=100)", "--attacker", "scaled-manhattan")
    outcome = run_reid("audit", log, "-o", out, *chosen, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == json.loads((out / "report.json").read_text())
    assert {"report.html", "report.json", "run.json", "figures"} == {path.name for path in out.iterdir()}
    report = json.loads(outcome.out)
    assert report["headline"]["n_people"] == 8
    assert report["reference"] is not None
    first = (out / "report.json").read_bytes()
    text = run_reid("audit", log, "-o", out, *chosen)
    assert (text.code, text.err) == (0, "")
    assert "report.html" in text.out
    assert (out / "report.json").read_bytes() == first


@pytest.mark.parametrize(
    "wrong",
    [
        ("--with", "time-gird(step_ms=100)"),
        ("--with", "time-grid(step_ms=-1)"),
        ("--with", "time-grid(step_ms="),
        ("--regime", "open"),
        ("--background", "7"),
        ("--background", "-3"),
        ("--gallery-sessions", "9"),
        ("--probe-sessions", "0"),
        ("--sample", "words=3"),
        ("--sample", "trial"),
        ("--split", "lucky"),
        ("--attacker", "oracle"),
        ("--without", "smell"),
        ("--comparisons", "published"),
        ("--comparisons", "no-such-file.csv"),
        ("--jobs", "0"),
        ("--seed", "-1"),
        ("--max-faults", "2"),
        ("--format", "aalto"),
        ("--format", "floppy"),
    ],
    ids=" ".join,
)
def test_an_audit_that_cannot_be_made_is_one_line(
    run_reid: Run, log: Path, out: Path, wrong: tuple[str, ...]
) -> None:
    outcome = run_reid("audit", log, "-o", out, *wrong)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert not out.exists()


def test_the_public_face_does_what_the_commands_do(run_reid: Run, log: Path, out: Path) -> None:
    assert run_reid("audit", log, "-o", out, "--attacker", "manhattan").code == 0
    audit = reid.audit(reid.read_events(log), attackers=["manhattan"])
    written = json.loads((out / "report.json").read_text())
    assert written["headline"]["rank_1"]["value"] == pytest.approx(
        audit.report["headline"]["rank_1"]["value"]
    )
    assert len(reid.anonymize(reid.read_events(log), "drop-release").events.subjects) == 8


def test_every_public_name_is_there() -> None:
    assert sorted(reid.__all__) == dir(reid)
    assert [name for name in reid.__all__ if getattr(reid, name, None) is None] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        reid.no_such_name  # noqa: B018  the access is what is tested
