"""Whatever goes wrong is one line on stderr and an exit code, never a traceback."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reid.cli import listing
from reid.errors import ParameterError
from tests.cli.conftest import Run

USAGE = [
    ("frobnicate",),
    ("audit",),
    ("audit", "log.csv", "--jbs", "2"),
    ("audit", "log.csv", "--probe-sessions", "many"),
    ("audit", "log.csv", "--seed"),
    ("audit", "log.csv", "another.csv"),
    ("anonymize", "log.csv", "-o", "out.parquet"),
    ("anonymize", "log.csv", "--with", "none"),
    ("convert", "log.csv"),
    ("split", "log.csv"),
    ("people-needed",),
    ("people-needed", "--risk", "most"),
    ("audit", "log.csv", "--population", "all"),
    ("inspect", "--json"),
    ("list",),
    ("list", "strategis"),
    ("list", "strategies", "time-gird"),
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_a_wrong_call_is_one_line_and_exit_code_2(run_reid: Run, arguments: tuple[str, ...]) -> None:
    outcome = run_reid(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("reid: ")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("command", ["inspect", "convert", "audit", "split", "anonymize"])
def test_a_missing_source_is_named_without_its_folder(run_reid: Run, command: str, tmp_path: Path) -> None:
    more = {
        "inspect": (),
        "convert": ("-o", tmp_path / "out.parquet"),
        "audit": ("-o", tmp_path / "out"),
        "split": ("-o", tmp_path / "out.csv"),
        "anonymize": ("-o", tmp_path / "out.parquet", "--with", "time-grid(step_ms=100)"),
    }[command]
    outcome = run_reid(command, tmp_path / "missing.csv", *more)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert "missing.csv" in outcome.err
    assert str(tmp_path) not in outcome.err
    assert list(tmp_path.iterdir()) == []


def _failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(_name: str) -> None:
        raise error

    monkeypatch.setattr(listing, "import_module", fail)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ParameterError("first line\nsecond\tline\x1b[31m"), 2, "reid: first line second line [31m"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/secret/folder/out.parquet"),
            2,
            "out.parquet No space left",
        ),
        (OSError("broken"), 2, "OSError"),
        (MemoryError(), 2, "memory"),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (RuntimeError("typed text"), 1, "RuntimeError"),
    ],
    ids=["refused", "disk full", "no reason given", "memory", "Ctrl-C", "bug"],
)
def test_every_failure_is_one_line(
    run_reid: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    _failing(monkeypatch, error)
    outcome = run_reid("list", "formats")
    assert outcome.code == code
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert words in outcome.err
    assert "secret" not in outcome.err
    assert "typed text" not in outcome.err


def test_debugging_shows_the_traceback(run_reid: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _failing(monkeypatch, RuntimeError("where it arose"))
    monkeypatch.setenv("REID_DEBUG", "1")
    with pytest.raises(RuntimeError, match="where it arose"):
        run_reid("list", "formats")


def test_a_reader_who_leaves_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", "from reid.cli.main import main; main()", "list", "strategies"]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_a_full_disk_behind_stdout_is_one_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = [sys.executable, "-c", "from reid.cli.main import main; main()", "list", "strategies"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count(b"\n") == 1
    assert b"No space left" in ended.stderr


def test_the_result_never_replaces_the_source(run_reid: Run, tmp_path: Path) -> None:
    source = tmp_path / "log.parquet"
    source.write_bytes(b"precious")
    linked = tmp_path / "linked.parquet"
    linked.symlink_to(source)
    strategy = ("--with", "time-grid(step_ms=100)")
    calls = [
        ("convert", source, "-o", source),
        ("convert", source, "-o", linked),
        ("convert", tmp_path, "-o", tmp_path / "inside.parquet"),
        ("anonymize", source, *strategy, "-o", source),
        ("anonymize", source, *strategy, "-o", tmp_path / "out.parquet", "--key", source),
        ("anonymize", source, *strategy, "-o", tmp_path / "out.parquet", "--key", tmp_path / "out.parquet"),
        ("audit", source, "-o", source),
    ]
    for call in calls:
        outcome = run_reid(*call)
        assert (outcome.code, outcome.err.count("\n")) == (2, 1), call
    assert source.read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["linked.parquet", "log.parquet"]


def test_a_device_or_a_folder_is_never_replaced(run_reid: Run, tmp_path: Path) -> None:
    source, folder, pipe = tmp_path / "log.csv", tmp_path / "folder", tmp_path / "pipe"
    source.write_text("subject_id,session_id,time_us,event,key\na,1,5,key_down,KeyA\n")
    folder.mkdir()
    os.mkfifo(pipe)
    for place in (folder, pipe):
        outcome = run_reid("convert", source, "-o", place)
        assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert folder.is_dir()
    assert pipe.is_fifo()


def test_a_page_never_lies_within_the_source_it_is_about(run_reid: Run, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("subject_id,session_id,time_us,event,key\na,1,5,key_down,KeyA\n")
    outcome = run_reid("audit", tmp_path, "-o", tmp_path / "audit")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_stream_is_no_bug(closed: str) -> None:
    script = f"import sys; sys.{closed} = None; from reid.cli.main import main; main()"
    arguments = ["list", "strategies"] if closed == "stdout" else ["list", "strategis"]
    ended = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0 if closed == "stdout" else 2, b"")


def test_a_program_asked_to_end_removes_what_it_had_half_written(tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from reid.cli.output import reported_errors
from reid.storage import whole_file
with reported_errors(), whole_file(Path({str(tmp_path / "events.parquet")!r}), private=True) as partial:
    partial.write_text("what somebody typed")
    os.kill(os.getpid(), signal.SIGTERM)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (143, b"", b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", ["0", "-2"])
def test_workers_are_counted_from_one_or_left_to_the_machine(
    run_reid: Run, tmp_path: Path, jobs: str
) -> None:
    (tmp_path / "log.csv").write_text("subject_id,session_id,time_us,event,key\na,1,5,key_down,KeyA\n")
    outcome = run_reid("audit", tmp_path / "log.csv", "-o", tmp_path / "audit", "--jobs", jobs)
    assert outcome.code == 2
    assert "--jobs must be 1 or more" in outcome.err


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ("time-grid(step_ms=100, step_ms=200)", "each parameter once"),
        ("time-grid(step_ms=100)(step_ms=200)", "each parameter once"),
        ("time-grid(step_ms=__import__('os'))", "must be written name(parameter=value"),
        ("time-grid(step_ms=" + "(" * 9000 + ")", "must be written name(parameter=value"),
        ("x" * 9000, "Unknown strategy"),
    ],
    ids=["a parameter twice", "brackets twice", "code", "brackets", "a long name"],
)
def test_a_strategy_that_makes_no_sense_is_told_briefly(
    run_reid: Run, tmp_path: Path, strategy: str, words: str
) -> None:
    outcome = run_reid("anonymize", tmp_path / "log.csv", "-o", tmp_path / "out.parquet", "--with", strategy)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert words in outcome.err
    assert len(outcome.err) < 400


@pytest.mark.parametrize("listed", ["nowhere.csv", "publishd", "."])
def test_a_declared_list_that_is_no_file_says_what_can_be_given(
    run_reid: Run, tmp_path: Path, listed: str
) -> None:
    source = tmp_path / "log.csv"
    source.write_text("subject_id,session_id,time_us,event,key\na,1,5,key_down,KeyA\nb,1,5,key_down,KeyA\n")
    outcome = run_reid("audit", source, "-o", tmp_path / "audit", "--comparisons", listed)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--comparisons published" in outcome.err
