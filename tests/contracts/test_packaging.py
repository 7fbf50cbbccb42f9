"""What is installed is exactly what the constraints say, and each fact of the package stands in one place."""

import os
import re
import tomllib
from importlib.metadata import distributions, version
from pathlib import Path

import reid

PROJECT = Path(__file__).parent.parent.parent
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
LINES = [line for line in (PROJECT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
PINNED = {line.partition("==")[0].lower().replace("_", "-"): line.partition("==")[2] for line in LINES}


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None
    return found[0].lower().replace("_", "-")


def test_every_constraint_is_one_exact_version() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.]*", line)] == []


def test_everything_asked_for_is_constrained() -> None:
    asked = [*SETTINGS["dependencies"], *SETTINGS["optional-dependencies"]["dev"], "setuptools"]
    assert [requirement for requirement in asked if _name(requirement) not in PINNED] == []


def test_the_environment_has_the_constrained_versions() -> None:
    installed = {_name(found.metadata["Name"]): found.version for found in distributions()}
    asked = {_name(requirement) for requirement in SETTINGS["dependencies"]}
    assert {name: installed[name] for name in asked} == {name: PINNED[name] for name in asked}


def test_the_extra_all_is_every_other_extra_but_dev() -> None:
    extras = dict(SETTINGS["optional-dependencies"])
    together = set(extras.pop("all"))
    extras.pop("dev")
    assert together == {requirement for extra in extras.values() for requirement in extra}


def test_the_version_stands_in_one_place() -> None:
    assert reid.__version__ == version("reid-risk") == SETTINGS["version"]
    elsewhere = [PROJECT / "CITATION.cff", *(PROJECT / "reid").rglob("*.py")]
    stated = re.compile(
        rf"^\s*(__version__|version)\s*[:=]\s*[\"']?{re.escape(SETTINGS['version'])}", re.MULTILINE
    )
    assert [path.name for path in elsewhere if stated.search(path.read_text())] == []


def test_continuous_integration_calls_make_test() -> None:
    script = PROJECT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("make test")
