"""How much dearer is it to apply a strategy than to sum every column once?

    python experiments/anonymizer_ratio.py SOURCE [--rounds N] [--strategy TEXT ...]

SOURCE is anything that ``reid inspect`` reads. Prints the time of one plain pass (the sum of every number of
the columns that hold anything, one thread) and, for an example of every registered strategy or for those
that are given, that of a release with all work on tables, and the ratio. Processor time of the fastest of
several rounds, without compiling. Set POLARS_MAX_THREADS=1 for one thread.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import reid
from reid.anonymizers import ANONYMIZERS
from reid.anonymizers.strategies import parse_strategy
from reid.events.table import EventTable
from reid.kernels._jit import kernel
from reid.seeding import Streams

EXAMPLES = (
    "none", "time-grid(step_ms=100)", "time-jitter(bound_ms=50)", "delay-mix(bound_ms=50)", "drop-release",
    "key-classes", "drop-keys", "redact", "action-reduction", "endpoints-only",
    "pixel-grid(step_px=8)", "simplify(tolerance_px=2)", "fixed-rate(hz=8)", "fixed-rate(hz=60)",
    "microaggregate(k=5)", "dp-times(epsilon=1, unit='event')", "dp-times(epsilon=1, unit='person')",
    "time-grid(step_ms=100, rounding='round')", "time-grid(step_ms=100, rounding='stochastic')",
    "time-jitter(scale_ms=29, noise='gaussian')", "time-jitter(scale_ms=20, noise='laplace')",
    "time-jitter(bound_ms=50, per='session')", "time-jitter(bound_ms=250, order='sorted')", "interval-mix",
    "bucket-latencies(step_ms=100)", "resample-latencies", "kloak", "keyboard-privacy", "chrome", "firefox",
)  # fmt: skip


@kernel
def total(column: np.ndarray) -> float:
    result = column[0] * 0
    for value in column:
        result += value
    return result


def columns_of(events: EventTable) -> list[np.ndarray]:
    """Return every column that holds anything, texts aside, as numbers."""
    held = [column for column in events.frame if column.null_count() < len(column)]
    numbers = [column.to_physical() for column in held]
    return [column.fill_null(0).to_numpy() for column in numbers if column.dtype.is_numeric()]


def fastest_s(work: Callable[[], object], rounds: int) -> float:
    work()  # compiles
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def measure(source: Path, strategies: tuple[str, ...], rounds: int) -> None:
    events = reid.read_events(source)
    columns = columns_of(events)
    pass_s = fastest_s(lambda: [total(column) for column in columns], rounds)
    print(f"{len(events)} events, plain pass over {len(columns)} columns {1000 * pass_s:.2f} ms")
    for text in strategies:
        ready = parse_strategy(text).fit([events])
        released = len(ready.apply(events, Streams(0)).events)
        spent_s = fastest_s(lambda ready=ready: ready.apply(events, Streams(0)), rounds)
        print(f"{text:44s} {1000 * spent_s:9.2f} ms  ratio {spent_s / pass_s:7.1f}  {released} rows released")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--strategy", action="append", default=[])
    arguments = parser.parse_args()
    missing = set(ANONYMIZERS) - {text.split("(")[0] for text in EXAMPLES}
    if missing:
        print(f"without an example here: {', '.join(sorted(missing))}")
    measure(arguments.source, tuple(arguments.strategy) or EXAMPLES, arguments.rounds)


if __name__ == "__main__":
    main()
