"""A log goes in and comes out in its own format: what is where, and what is refused."""

import json
import stat
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

import reid
from tests.cli.conftest import Run
from tests.contracts.test_formats import ducktrack, table

STRATEGY = ("--with", "time-grid(step_ms=50) | key-classes")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    path = ducktrack(tmp_path / "in")
    for each in (path / "p1", path / "p2"):
        about = {"model": "a-made-up-machine", "screen_width": 1717, "start_time": "2001-02-03 04:05:06"}
        (each / "recording-1" / "metadata.json").write_text(json.dumps(about))
        (each / "recording-1" / "top_window.jsonl").write_text('{"top_window_name": "a made-up title"}\n')
    return path


def content(folder: Path) -> bytes:
    return b"".join(
        bytes(each.relative_to(folder)) + each.read_bytes() for each in folder.rglob("*") if each.is_file()
    )


def test_a_release_comes_in_the_format_of_its_source(run_reid: Run, log: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "out", tmp_path / "key.parquet"
    outcome = run_reid("anonymize", log, "-o", out, *STRATEGY, "--key", key)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.count("not passed on: ") == 1
    released = reid.read_events(out)
    assert (len(released.subjects), released.sessions.height, len(released)) == (2, 4, 12)
    assert set(released.frame["key"].drop_nulls()) == {"letter"}
    record = json.loads((out / "reid.json").read_text())
    assert record["strategy"] == "time-grid(step_ms=50) | key-classes"
    assert any("class alone" in claim["statement"] for claim in record["claims"])
    assert record["for_measurement_only"] is False
    for left in (b"p1", b"p2", b"recording-1", b"made-up", b"1717", b"2001", b'"a"', b"7.5"):
        assert left not in content(out)
    modes = {stat.S_IMODE(each.stat().st_mode) for each in out.rglob("*")}
    assert modes == {0o600, 0o700}
    assert key.is_file()


def test_another_format_or_a_table_is_a_matter_of_asking(run_reid: Run, log: Path, tmp_path: Path) -> None:
    for place, options in (
        ("a.parquet", ()), ("b", ("--as", "openadapt")), ("c", ("--as", "events")),
        ("d", ("--as", "ducktrack")), ("e", ()),
    ):  # fmt: skip
        assert run_reid("convert", log, "-o", tmp_path / place, *options).code == 0
        assert_frame_equal(reid.read_events(tmp_path / place).frame, reid.read_events(log).frame)
    assert (tmp_path / "c").is_file()
    assert sorted(each.name for each in (tmp_path / "b").rglob("*.db")) == ["recording.db"] * 4
    outcome = run_reid("convert", tmp_path / "a.parquet", "-o", tmp_path / "f", "--as", "ducktrack", "--json")
    assert json.loads(outcome.out)["events"] == 12
    assert_frame_equal(reid.read_events(tmp_path / "f").sessions, reid.read_events(log).sessions)


def test_what_cannot_be_written_is_one_line(run_reid: Run, log: Path, tmp_path: Path) -> None:
    (tmp_path / "table").mkdir()
    csv = table(tmp_path / "table")
    taken, file = tmp_path / "taken", tmp_path / "file"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    file.write_text("mine")
    for call, found in (
        (("convert", csv, "-o", tmp_path / "out"), "ducktrack"),
        (("convert", log, "-o", tmp_path / "out", "--as", "aalto"), "aalto"),
        (("convert", log, "-o", tmp_path / "out", "--as", "ducktrak"), "Did you mean 'ducktrack'"),
        (("convert", log, "-o", tmp_path / "out.parquet", "--as", "ducktrack"), "must name a folder"),
        (("convert", log, "-o", taken), "holds other files"),
        (("convert", log, "-o", file), "must be a folder"),
        (("convert", log, "-o", log), "stand apart"),
        (("convert", log, "-o", log / "inside"), "stand apart"),
        (("convert", log, "-o", tmp_path / "in"), "holds other files"),
        (("convert", log, "-o", "."), "name of its own"),
        (("anonymize", log, "-o", taken, *STRATEGY), "holds other files"),
        (
            ("anonymize", log, "-o", tmp_path / "out", *STRATEGY, "--key", tmp_path / "out" / "key"),
            "stand apart",
        ),
        (("anonymize", csv, "-o", tmp_path / "out", *STRATEGY), "--as"),
    ):
        outcome = run_reid(*call)
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), call
        assert found in outcome.err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "in", "table", "taken"]
    assert [each.read_text() for each in (file, taken / "mine.txt")] == ["mine", "mine"]


def test_our_own_folder_is_replaced_and_no_other(run_reid: Run, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for _ in range(2):
        assert run_reid("anonymize", log, "-o", out, *STRATEGY).code == 0
    assert reid.read_events(out).sessions.height == 4
    (out / "notes.txt").write_text("mine")
    assert run_reid("anonymize", log, "-o", out, *STRATEGY).code == 2
    assert (out / "notes.txt").read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "out"]


def test_a_folder_that_holds_the_source_is_never_replaced(run_reid: Run, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run_reid("convert", log, "-o", out).code == 0
    outcome = run_reid("convert", out / "p1", "-o", out)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert reid.read_events(out).sessions.height == 4


def test_one_person_is_inspected_and_no_audit_is_made_of_one(
    run_reid: Run, log: Path, tmp_path: Path
) -> None:
    inspected = json.loads(run_reid("inspect", log / "p1", "--json").out)
    assert (inspected["people"], inspected["sessions"]) == (1, 2)
    outcome = run_reid("audit", log / "p1", "-o", tmp_path / "audit")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)


def test_names_that_no_folder_can_have_are_refused_without_being_told(run_reid: Run, tmp_path: Path) -> None:
    rows = "".join(
        f"{who},{name},5,key_down,KeyA\n" for who, name in (("../anna", 1), ("b", "C"), ("b", "c"))
    )
    (tmp_path / "log.csv").write_text(f"subject_id,session_id,time_us,event,key\n{rows}")
    outcome = run_reid("convert", tmp_path / "log.csv", "-o", tmp_path / "out", "--as", "ducktrack")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "1 that cannot be, 2 that differ in case alone" in outcome.err
    assert "anna" not in outcome.err
    assert [each.name for each in tmp_path.iterdir()] == ["log.csv"]
    assert (
        run_reid(
            "anonymize", tmp_path / "log.csv", "-o", tmp_path / "out", *STRATEGY, "--as", "ducktrack"
        ).code
        == 0
    )
