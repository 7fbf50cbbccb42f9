"""Whole audits beside the sum of their parts run alone.

The parts are what an audit is declared to consist of: starting up (each part run alone would have to),
reading, the attacks, measuring, and the attacks on planted signals that say whether the attackers could have
succeeded.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from reid.evaluation.audit import audit
from reid.events.reading import read_source
from tests.bench.harness import Figure, Ran, run_alone
from tests.bench.sources import source

SLOW = True
MOST_TIMES = 1.25
ASKED = {
    "Aalto": ("--background", "500", "--gallery-sessions", "10", "--probe-sessions", "5"),
    "Balabit": (),
}


def figures(_rounds: int) -> Iterator[Figure]:
    """Audit by the command, and do each part alone in this process; processor time, one core."""
    for name, asked in ASKED.items():
        log = source(name)
        with tempfile.TemporaryDirectory() as place:
            whole = by_command(log.path, asked, Path(place))
            run = json.loads((Path(place) / "run.json").read_text(encoding="utf-8"))["seconds"]
        starting = run_alone([sys.executable, "-c", "import reid.evaluation.audit, reid.reports.page"])
        start = time.process_time()
        read = read_source(log.path)
        reading = time.process_time() - start
        settings = dict(zip(asked[::2], map(int, asked[1::2]), strict=True))
        options = {option.removeprefix("--").replace("-", "_"): value for option, value in settings.items()}
        parts = audit(read, **options).run["seconds"]
        alone = sum(parts["attack"]["none"].values()) + sum(parts["measure"].values())
        alone += sum(parts["adequacy"].values())
        together = starting.processor_s + reading + alone
        value = whole.processor_s / together
        note = (
            f"{whole.processor_s:.0f} s of {starting.processor_s:.1f} starting, {reading:.1f} reading, "
            f"{alone:.0f} attacking and measuring; {whole.peak_gb:.1f} GB; wall {run['audit']:.0f} s"
        )
        yield Figure(f"audit of {log.name} / its parts alone", value, (value, value), MOST_TIMES, note=note)


def by_command(path: Path, asked: tuple[str, ...], out: Path) -> Ran:
    """Audit as a user does."""
    return run_alone([sys.executable, "-m", "reid", "audit", str(path), "-o", str(out), "--quiet", *asked])
