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


@pytest.mark.parametrize("command", ["inspect", "convert", "audit", "anonymize"])
def test_a_missing_source_is_named_without_its_folder(run_reid: Run, command: str, tmp_path: Path) -> None:
    more = {
        "inspect": (),
        "convert": ("-o", tmp_path / "out.parquet"),
        "audit": ("-o", tmp_path / "out"),
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
