"""Progress goes to a terminal only; one JSON object is all that --json prints."""

import os
import pty
import subprocess
import sys

import pytest

from reid.cli.output import aligned, progress_bar, show_json
from reid.typing import silent

WORK = """
from reid.cli.output import progress_bar
with progress_bar(quiet={quiet}) as progress:
    for done in range(4):
        progress("reading", done, 3)
    progress("attacking", 1, 2)
"""


def _on_a_terminal(code: str) -> str:
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", code], stderr=theirs, check=True, env=os.environ | {"TERM": "xterm"}
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # a terminal that nobody holds any more cannot be read to its end
        pass
    os.close(ours)
    return shown.decode()


def test_a_terminal_shows_the_stage_and_the_time_left() -> None:
    shown = _on_a_terminal(WORK.format(quiet=False))
    assert "attacking" in shown
    assert "left" in shown


def test_quiet_shows_nothing_on_a_terminal() -> None:
    assert _on_a_terminal(WORK.format(quiet=True)) == ""


def test_no_progress_is_written_into_a_file() -> None:
    ended = subprocess.run([sys.executable, "-c", WORK.format(quiet=False)], capture_output=True, check=True)
    assert (ended.stdout, ended.stderr) == (b"", b"")


def test_without_a_terminal_progress_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    with progress_bar() as progress:
        assert progress is silent


def test_numbers_that_json_does_not_know_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        show_json({"rank_1": float("nan")})


def test_columns_line_up() -> None:
    assert aligned([("a", "bcd"), ("efg", "")], indent=" ") == " a    bcd\n efg"
