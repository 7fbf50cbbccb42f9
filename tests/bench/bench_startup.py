"""Starting up beside a bare Typer app, and what the first audit on a fresh machine loses to compilation."""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import reid
from tests.bench.harness import Effort, Figure, effort, run_alone
from tests.bench.sources import SAMPLES

COMMANDS = ("audit", "anonymize", "compare", "convert", "inspect", "list", "report", "run")
MOST_TIMES, MOST_COMPILING_S = 1.5, 15.0
RUNS = {Effort.QUICK: 1, Effort.USUAL: 9, Effort.SLOW: 25}
REID = "from reid.cli.main import main; main()"
#: Help without rich is what reid shows, so this is the harder yardstick.
BARE = "\n".join(
    [
        "import typer",
        "app = typer.Typer(rich_markup_mode=None)",
        *(f"@app.command('{name}')\ndef {name}_(source: str) -> None:\n    'Do it.'" for name in COMMANDS),
        "app()",
    ]
)


def figures(rounds: int) -> Iterator[Figure]:
    """Ask both for help in turn; then audit twice with a cache of compiled code that was empty before."""
    with tempfile.TemporaryDirectory() as place:
        scripts = {}
        for name, text in (("reid", REID), ("bare", BARE)):
            scripts[name] = Path(place) / f"{name}.py"
            scripts[name].write_text(text, encoding="utf-8")
        for asked in ((), *((name,) for name in COMMANDS)):
            taken: dict[str, list[float]] = {"reid": [], "bare": []}
            for _ in range(RUNS[effort()] if not asked else min(rounds, RUNS[effort()])):
                for name, script in scripts.items():
                    taken[name].append(run_alone([sys.executable, str(script), *asked, "--help"]).processor_s)
            each = [one / other for one, other in zip(taken["reid"], taken["bare"], strict=True)]
            times = statistics.median(taken["reid"]) / statistics.median(taken["bare"])
            title = f"reid {' '.join((*asked, '--help'))} / a bare Typer app's"
            yield Figure(title, times, (min(each), max(each)), MOST_TIMES)
    yield from compiling()


def compiling() -> Iterator[Figure]:
    """Audit in a copy of the package that has never run: twice, so that the second finds what is compiled."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "fresh"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(reid.__file__).parent, copy / "reid", ignore=ignored)
        environment = {"PYTHONPATH": str(copy), "NUMBA_CACHE_DIR": ""}
        for sample in ("keyboard", "pointer"):
            command = [sys.executable, "-m", "reid", "audit", str(SAMPLES / f"{sample}.parquet"), "--quiet"]
            outs = [str(Path(place) / f"{sample} {number}") for number in range(3)]
            spent = [run_alone([*command, "-o", out], environment=environment) for out in outs]
            first, second, third = (one.processor_s for one in spent)
            note = f"the third took {third:.1f} s"
            lost = first - third
            title = f"first audit of the {sample} sample on a fresh machine: seconds lost to compilation"
            yield Figure(title, lost, (lost, first - min(second, third)), MOST_COMPILING_S, note=note)
            title = f"second audit of the {sample} sample / third"
            yield Figure(title, second / third, (second / third, second / third), 1.25)
