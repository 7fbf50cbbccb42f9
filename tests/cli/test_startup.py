"""Help and `import reid` load nothing heavy."""

import subprocess
import sys

import pytest

HEAVY = {"numpy", "polars", "numba", "sklearn", "scipy", "matplotlib", "pyarrow", "rich", "joblib", "jinja2"}


def _loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nsys.stderr.write(' '.join(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in ended.stderr.split()}


@pytest.mark.parametrize("command", ["", "audit", "list"])
def test_help_loads_nothing_heavy(command: str) -> None:
    call = f"sys.argv = ['reid', *'{command}'.split(), '--help']\nfrom reid.cli.main import main\nmain()"
    assert not HEAVY & _loaded_by(call)


def test_import_reid_loads_nothing_but_itself() -> None:
    before, after = _loaded_by("pass"), _loaded_by("import reid")
    assert after - before <= {"reid", "typing", "importlib"} | sys.stdlib_module_names
    assert not HEAVY & after


def test_the_measure_sees_a_heavy_import() -> None:
    assert HEAVY & _loaded_by("import reid\nreid.EventTable")
