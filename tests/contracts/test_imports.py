"""The rooms table of the design holds, as do a few rules that no other tool checks."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.contracts.imports import (
    NAMELESS,
    forbidden_imports,
    module_name,
    undocumented,
    unsafe_loads,
)

PROJECT = Path(__file__).parent.parent.parent
SOURCES = sorted((PROJECT / "reid").rglob("*.py"))
NAMES = [module_name(path, PROJECT) for path in SOURCES]

LONGEST_FILE = 400
# Written in pieces, so that this file does not find itself.
MACHINE_PATH = re.compile(
    "|".join(
        [
            "/ho" + r"me/\w",
            "/wo" + r"rk/\w",
            "/Us" + r"ers/\w",
            "/ro" + r"ot/\w",
            "/tm" + r"p/\w",
            r"[A-Z]:\\Us" + "ers",
        ]
    )
)
REGISTRY = re.compile(
    "|".join(
        [
            "--(extra-)?in" + "dex-url",
            "--find" + "-links",
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            r"\bdev" + "pi\b",
        ]
    )
)


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_module_imports_only_rows_beneath_its_own(path: Path) -> None:
    name = module_name(path, PROJECT)
    assert forbidden_imports(path.read_text(), name, is_package=path.name == "__init__.py") == []


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_module_runs_no_code_found_in_files(path: Path) -> None:
    assert unsafe_loads(path.read_text()) == []


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_module_is_documented_and_of_readable_length(path: Path) -> None:
    source = path.read_text()
    assert undocumented(source) == []
    assert len(source.splitlines()) <= LONGEST_FILE


def test_no_room_or_module_has_a_name_that_says_nothing() -> None:
    assert not [name for name in NAMES if NAMELESS & set(name.split("."))]


def test_the_sources_are_found() -> None:
    assert {"reid", "reid.events.table", "reid.cli.main"} <= set(NAMES)


def test_no_tracked_file_names_a_machine_path_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: which files are tracked is not known")
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = PROJECT / name
        if not name or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{name}: {hit.group()}" for rule in (MACHINE_PATH, REGISTRY) for hit in rule.finditer(text)
        ]
    assert found == []


# The checks above are worth something only if they can fail.
@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("reid.events.table", "import numba"),
        ("reid.events.table", "from reid.samples.table import SampleTable"),
        ("reid.events.table", "from reid.metrics import curves"),
        ("reid.events.table", "def late():\n    import reid.cli.main"),
        ("reid.events.table", "from ..attackers import protocol"),
        ("reid.events.table", "import importlib\nimportlib.import_module('reid.features')"),
        ("reid.events.table", "from reid import attackers"),
        ("reid.attackers.fusion", "from reid.utility import typing_speed"),
        ("reid.metrics.curves", "from sklearn.metrics import roc_curve"),
        ("reid.reports.page", "import matplotlib.pyplot as plt"),
        ("reid.evaluation.audit", "from rich import print"),
        ("reid.evaluation.audit", "import joblib"),
        ("reid.storage", "import pickle"),
        ("reid.storage", "from reid.events.table import EventTable"),
        ("reid.kernels.keystroke", "import reid"),
        ("reid.attic.box", "import os"),
    ],
)
def test_the_check_sees_a_forbidden_import(module: str, source: str) -> None:
    assert forbidden_imports(source, module) != []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "reid.cli.main",
            "import typer\nfrom reid.reports.page import summary\nfrom reid.errors import ReidError",
        ),
        ("reid.samples.table", "from . import cutting\nfrom reid.events.table import EventTable"),
        ("reid.kernels.keystroke", "from numba import njit\nfrom reid.typing import FloatArray"),
        ("reid.storage", "from reid.errors import OutputError"),
        ("reid", "from reid.cli import main"),
    ],
)
def test_the_check_lets_a_proper_import_pass(module: str, source: str) -> None:
    assert forbidden_imports(source, module) == []


@pytest.mark.parametrize(
    "source",
    [
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=flag)",
        "joblib.load(path)",
        "eval(text)",
    ],
)
def test_the_check_sees_code_loaded_from_a_file(source: str) -> None:
    assert unsafe_loads(source) == [1]
    assert unsafe_loads("np.load(path, allow_pickle=False)\nast.literal_eval(text)") == []


def test_the_check_sees_missing_docstrings() -> None:
    source = "class Box:\n    def open(self): ...\n    def _lock(self): ...\ndef shut():\n    'Shut it.'\n"
    assert undocumented(source) == ["module", "Box", "Box.open"]


def test_the_check_sees_machine_paths_and_registries() -> None:
    assert MACHINE_PATH.search("open('/ho" + "me/somebody/log.csv')")
    assert REGISTRY.search("pip install --in" + "dex-url https://mirror.example/simple")
    assert not MACHINE_PATH.search("demo/report.html")
