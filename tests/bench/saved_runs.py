"""Runs of benchmarks as files and as a table, and one held against another."""

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from tests.bench.harness import Figure

LATEST = Path("bench/latest.json")  #: where ``make bench`` leaves its run
BASELINE = Path(__file__).parent / "baseline.json"
WORTH_SAYING = 1.05  #: smaller changes are not told, even if both spreads are narrower

#: The figures of a run by module and name.
Run = Mapping[tuple[str, str], Figure]


def machine() -> dict[str, str | int]:
    """Return what kind of machine this is, and nothing that names it."""
    model = platform.machine()
    told = Path("/proc/cpuinfo")
    if told.exists():
        named = [line for line in told.read_text("utf-8").splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    return {
        "processor": model,
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "polars", "scikit-learn")},
    }


def save(run: Run, path: Path) -> None:
    """Write a run; what the file holds of modules that did not run now is kept."""
    kept = {key: figure for key, figure in load(path).items() if key[0] not in {name for name, _ in run}}
    rows = [{"module": key[0], **asdict(figure)} for key, figure in sorted({**kept, **run}.items())]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps({"machine": machine(), "figures": rows}, indent=1) + "\n", "utf-8")
    unfinished.replace(path)


def load(path: Path) -> dict[tuple[str, str], Figure]:
    """Read a run; empty where there is no file."""
    if not path.exists():
        return {}
    run = {}
    for row in json.loads(path.read_text("utf-8"))["figures"]:
        module, low_high = row.pop("module"), row.pop("spread")
        figure = Figure(**row, spread=(low_high[0], low_high[1]))
        run[module, figure.name] = figure
    return run


def slower(before: Figure, now: Figure) -> float | None:
    """Return how many times as slow a figure became, None unless its whole spread lies beyond that of before.

    An exponent and a ratio are both compared as they are.
    """
    if now.at_most:
        beyond, times = now.spread[0] > before.spread[1], now.value / before.value
    else:
        beyond, times = now.spread[1] < before.spread[0], before.value / now.value
    return times if beyond and times >= WORTH_SAYING else None


def faster(before: Figure, now: Figure) -> float | None:
    """Return how many times as fast a figure became, None unless beyond the spread of both."""
    return slower(now, before)


def compared(before: Run, now: Run) -> list[str]:
    """Return a line for each figure that became slower or faster beyond the spread of both runs."""
    lines = []
    for change, word in ((slower, "SLOWER"), (faster, "faster")):
        for key in now:
            times = change(before[key], now[key]) if key in before else None
            if times is not None:
                values = f"{number(before[key].value)} before, {number(now[key].value)} now"
                lines.append(f"{word} {times:.2f} times: {key[0]}: {key[1]} ({values})")
    return lines


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as lines of text: name, value, spread, limit, whether it is kept, note."""
    words = {True: "met", False: "NOT MET", None: ""}
    rows = [
        (
            figure.name,
            number(figure.value),
            f"{number(figure.spread[0])} to {number(figure.spread[1])}",
            "" if figure.limit is None else f"{'<=' if figure.at_most else '>='} {number(figure.limit)}",
            words[figure.met],
            figure.note,
        )
        for figure in figures
    ]
    widths = [max((len(row[place]) for row in rows), default=0) for place in range(6)]
    right = (False, True, True, True, False, False)
    return "\n".join(
        "  ".join(
            word.rjust(width) if to_right else word.ljust(width)
            for word, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    )


def number(value: float) -> str:
    """Return a number to three digits, and whole above a hundred."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
