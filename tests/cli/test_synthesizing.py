"""``reid synthesize`` from the command line to an audit."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_one_line_says_where_the_people_are_and_every_command_reads_them(
    run_reid: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "people"
    outcome = run_reid("synthesize", "-o", folder, "--people", 6, "--sessions", 4, "--keys", 40)
    assert (outcome.code, outcome.err, outcome.out.count("\n")) == (0, "", 1)
    assert outcome.out.startswith("6 synthetic people, 24 sessions, ")
    assert outcome.out.rstrip().endswith(str(folder))
    record = json.loads(run_reid("inspect", folder, "--json").out)
    assert (record["people"], record["sessions"]) == (6, 24)
    audited = run_reid("audit", folder, "-o", tmp_path / "audit", "--attacker", "scaled-manhattan", "--quiet")
    assert (audited.code, audited.err) == (0, "")


def test_json_says_how_much_was_written(run_reid: Run, tmp_path: Path) -> None:
    asked = ("--people", 2, "--sessions", 2, "--minutes", 0.2, "--modality", "both", "--json")
    record = json.loads(run_reid("synthesize", "-o", tmp_path / "people", *asked).out)
    assert (record["out"], record["people"], record["sessions"], record["files"]) == ("people", 2, 4, 1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--people", 0), "n_people must be at least 1"),
        (("--seed", -1), "seed must be at least 0"),
        (("--keys", 5, "--minutes", 1), "the length of a session must"),
        (("--modality", "mouse"), "Unknown modality"),
        (("--modality", "pointer", "--keys", 5), "n_keys must go with typing"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    run_reid: Run, tmp_path: Path, asked: tuple[object, ...], message: str
) -> None:
    outcome = run_reid("synthesize", "-o", tmp_path / "people", *asked)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert message in outcome.err
    assert not (tmp_path / "people").exists()
