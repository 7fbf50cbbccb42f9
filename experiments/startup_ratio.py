"""How long `reid --help` takes beside a bare Typer app with as many commands.

Whole processes, run in turn so that the machine's moods hit both alike; medians. Run:

    .venv/bin/python experiments/startup_ratio.py [--runs N]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ALLOWED = 1.5
COMMANDS = ("inspect", "convert", "audit", "anonymize", "list")

REID = "from reid.cli.main import main; main()"
BARE = "\n".join(
    [
        "import typer",
        "app = typer.Typer()",
        *(f"@app.command('{name}')\ndef {name}_(source: str) -> None:\n    'Do it.'" for name in COMMANDS),
        "app()",
    ]
)
# Help without rich is what reid shows, so this is the harder yardstick.
BARE_PLAIN = BARE.replace("typer.Typer()", "typer.Typer(rich_markup_mode=None)")


def seconds(script: Path) -> float:
    """Run ``script --help`` in a process of its own and return how long it took."""
    started = time.perf_counter()
    subprocess.run([sys.executable, str(script), "--help"], check=True, capture_output=True)  # noqa: S603  own script
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=25)
    runs = parser.parse_args().runs
    taken: dict[str, list[float]] = {"reid": [], "bare Typer": [], "bare Typer, plain help": []}
    with tempfile.TemporaryDirectory() as folder:
        scripts = {}
        for name, source in zip(taken, (REID, BARE, BARE_PLAIN), strict=True):
            scripts[name] = Path(folder) / f"{len(scripts)}.py"
            scripts[name].write_text(source)
            seconds(scripts[name])  # compiles what was never imported before
        for _ in range(runs):
            for name, script in scripts.items():
                taken[name].append(seconds(script))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, median in medians.items():
        ratio = medians["reid"] / median
        print(
            f"{name:24} {1000 * median:6.0f} ms   reid takes {ratio:.2f} times as long (allowed: {ALLOWED})"
        )


if __name__ == "__main__":
    main()
