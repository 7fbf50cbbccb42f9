"""Run a command as the console script does, within the process of the test."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from reid.cli.main import main


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run_reid(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.delenv("REID_DEBUG", raising=False)
    monkeypatch.setenv("PYTHONWARNINGS", "")

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["reid", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        shown = capsys.readouterr()
        return Outcome(code, shown.out, shown.err)

    return run
