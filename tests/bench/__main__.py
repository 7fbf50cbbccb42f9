"""Measure speed: every figure a ratio of times taken in the same run.

    python -m tests.bench [NAMES ...] [--rounds N] [--quick | --slow] [--strict]
                          [--save FILE] [--compare FILE]

NAMES are those of the modules ``bench_*.py`` without ``bench_``; without any, all run but the slow ones.
REID_DATA_DIR names a folder of real recordings, without which the samples of the project are used;
REID_BENCH_PEERS further Pythons that have the peers. The exit code is 1 if a module failed.
"""

import argparse
import gc
import importlib
import os
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ.setdefault(_threads, "1")  # read when the libraries load, so before anything else

from tests.bench.harness import EFFORT, Effort, Figure, Missing  # noqa: E402
from tests.bench.saved_runs import BASELINE, LATEST, compared, load, save, table  # noqa: E402

ROUNDS = 5


def discovered() -> dict[str, ModuleType]:
    """Return all modules of benchmarks by their short names."""
    stems = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    return {stem.removeprefix("bench_"): importlib.import_module(f"tests.bench.{stem}") for stem in stems}


def chosen(modules: dict[str, ModuleType], names: list[str], effort: Effort) -> dict[str, ModuleType]:
    """Return the modules that are named, or all that the effort allows."""
    if names:
        return {name: modules[name] for name in names}
    return {
        name: module
        for name, module in modules.items()
        if effort is Effort.SLOW or not getattr(module, "SLOW", False)
    }


def figures_of(module: ModuleType, rounds: int) -> tuple[list[Figure], list[str]]:
    """Return what a module measured, and what it did not and why."""
    figures: list[Figure] = []
    words: list[str] = []
    try:
        for one in module.figures(rounds):
            if isinstance(one, Missing):
                words.append(str(one))
            else:
                figures.append(one)
    except Missing as missing:
        words.append(str(missing))
    return figures, words


def measured(modules: dict[str, ModuleType], rounds: int) -> tuple[dict[tuple[str, str], Figure], list[str]]:
    """Run every module, print its figures, and return all figures and the names of what failed."""
    run: dict[tuple[str, str], Figure] = {}
    failed = []
    for name, module in modules.items():
        start = time.perf_counter()
        print(f"{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        try:
            figures, words = figures_of(module, rounds)
        except Exception:  # noqa: BLE001  the rest must still run
            traceback.print_exc()
            print("  FAILED")
            failed.append(name)
            continue
        lines = table(figures).splitlines() + [f"not measured: {word}" for word in words]
        print("\n".join(f"  {line}" for line in lines))
        print(f"  ({time.perf_counter() - start:.0f} s)\n", flush=True)
        run |= {(name, figure.name): figure for figure in figures}
        gc.collect()
    return run, failed


def main() -> int:
    """Parse, measure, save, compare; return the exit code."""
    modules = discovered()
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(modules))
    parser.add_argument("--rounds", type=int, help=f"at least 1, by default {ROUNDS} (1 if quick)")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    parser.add_argument("--slow", action="store_true", help="also what takes many minutes")
    parser.add_argument("--save", type=Path, default=LATEST, help="where to keep the run (%(default)s)")
    parser.add_argument("--compare", type=Path, help="a saved run; by default the last, or the one committed")
    parser.add_argument("--strict", action="store_true", help="fail also for a limit missed or a slowdown")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(modules))
    if unknown:
        parser.error(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(modules)}")
    if options.compare and not options.compare.exists():
        parser.error(f"there is no saved run {options.compare.name}")
    effort = Effort.QUICK if options.quick else Effort.SLOW if options.slow else Effort.USUAL
    os.environ[EFFORT] = effort
    rounds = options.rounds or (1 if options.quick else ROUNDS)
    before_path = options.compare or (options.save if options.save.exists() else BASELINE)
    before = load(before_path)
    run, failed = measured(chosen(modules, options.names, effort), rounds)
    missed = [f"{module}: {name}" for (module, name), figure in run.items() if figure.met is False]
    changed = [] if options.quick else compared(before, run)
    for line in (*(f"limit not met: {one}" for one in missed), *changed):
        print(line)
    if before and not changed and not options.quick:
        print(f"nothing got slower or faster than in {before_path.name} beyond the spread of both runs")
    if run and not options.quick:
        save(run, options.save)
    if failed:
        print(f"failed: {', '.join(failed)}")
    slowed = any(line.startswith("SLOWER") for line in changed)
    return int(bool(failed) or (options.strict and (bool(missed) or slowed)))


if __name__ == "__main__":
    sys.exit(main())
