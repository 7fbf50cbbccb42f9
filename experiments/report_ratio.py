"""How long `reid report` takes beside what matplotlib alone needs to write the figures.

All figures and the three documents are written from the stored results of an audit or a study, in a copy of
its folder. Matplotlib's own time is what passes within ``Figure.savefig`` in that same run: each figure drawn
once as SVG, PNG and PDF. Placing the marks on the axes is not counted to it, though matplotlib has a part in
that too. Both are seconds of processor time of all threads, after one run that loads and compiles; medians of
the runs. Each run reads the folder anew. Run:

    .venv/bin/python experiments/report_ratio.py DIR [--runs N]
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from matplotlib.figure import Figure

from reid.reports.document.filing import Wish, write_report

ALLOWED = 3.0


@contextmanager
def timed_saving() -> Iterator[dict[str, float]]:
    """Add up, by format, the processor time within ``Figure.savefig``."""
    seconds: dict[str, float] = defaultdict(float)
    untimed = Figure.savefig

    def savefig(figure: Figure, target: Any, **settings: Any) -> None:
        started = time.process_time()
        untimed(figure, target, **settings)
        seconds[settings["format"]] += time.process_time() - started

    with patch.object(Figure, "savefig", savefig):
        yield seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of an audit, or of a study that is finished")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    whole: list[float] = []
    saving: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(options.folder, Path(name) / "results"))
        write_report(folder, Wish())
        for _ in range(options.runs):
            started = time.process_time()
            with timed_saving() as seconds:
                written = write_report(folder, Wish())
            whole.append(time.process_time() - started)
            saving.append(seconds)
    n_figures = sum(path.suffix == ".svg" for path in written)
    middle = {ending: statistics.median(one[ending] for one in saving) for ending in saving[0]}
    own = statistics.median(sum(one.values()) for one in saving)
    parts = ", ".join(f"{ending} {seconds:.1f} s" for ending, seconds in middle.items())
    print(f"{n_figures} figures by matplotlib  {own:6.1f} s ({parts})")
    print(f"all figures and documents {statistics.median(whole):6.1f} s")
    ratio = statistics.median(taken / sum(one.values()) for taken, one in zip(whole, saving, strict=True))
    print(f"ratio {ratio:26.2f} times matplotlib's own time (allowed: {ALLOWED:g})")


if __name__ == "__main__":
    main()
