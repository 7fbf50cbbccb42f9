"""Compare ``reid compare`` of twelve strategies, from the archive to the tables, with its parts run alone.

The parts are starting up (whoever runs a part alone has to), reading once, and for the raw log and each
strategy one release, one attack, and the search for what was planted, which asks whether the attackers could
have succeeded; made in one process one after the other. What a study adds to them is measuring, keeping each
result and writing the tables.
Both sides run on one core and are counted in seconds of processor time, which a busy machine disturbs less
than the clock on the wall; peak memory is that of the study's own process.

With ``--workers N`` the study is run once more by so many workers instead, and compared by the clock on the
wall, which asks for a machine that does nothing else; the tables must have the same bytes.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from reid.evaluation.adequacy import checks_of_attack
from reid.evaluation.attack import run_attack
from reid.evaluation.plan import attacked_logs
from reid.evaluation.preparing import prepare
from reid.evaluation.splits import make_split
from reid.events.reading import read_source

STRATEGIES = (
    "time-grid(step_ms=16)",
    "time-grid(step_ms=50)",
    "time-grid(step_ms=100)",
    "time-grid(step_ms=250)",
    "key-classes",
    "microaggregate(k=5)",
    "microaggregate(k=20)",
    "time-jitter(bound_ms=50)",
    "time-jitter(bound_ms=250)",
    "delay-mix(bound_ms=100)",
    "interval-mix",
    "dp-times(epsilon=100, unit='event')",
)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a study went."""

    processor_s: float
    wall_s: float
    peak_gb: float  #: of the largest process so far
    tables: tuple[bytes, ...]


def study_alone(options: argparse.Namespace, strategies: tuple[str, ...], jobs: int = 1) -> Ran:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "reid", "compare", str(options.source), "-o", folder, "--quiet"]
        command += ["--releases", "1", "--jobs", str(jobs)]
        for name in ("background", "gallery_sessions", "probe_sessions"):
            command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
        for flag, names in (("--with", strategies), ("--attacker", options.attackers)):
            for name in names:
                command += [flag, name]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, check=True)  # noqa: S603  our own command
        wall = time.perf_counter() - start
        tables = tuple((Path(folder) / name).read_bytes() for name in ("results.parquet", "people.parquet"))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return Ran(spent, wall, used.ru_maxrss / 1e6, tables)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="the Aalto archive")
    parser.add_argument("--background", type=int, default=500)
    parser.add_argument("--gallery-sessions", type=int, default=10)
    parser.add_argument("--probe-sessions", type=int, default=5)
    parser.add_argument(
        "--attackers", nargs="+", default=["discriminant", "two-covariance", "likelihood-ratio"]
    )
    parser.add_argument("--workers", type=int, help="compare so many workers with one, instead of parts")
    options = parser.parse_args()
    study_alone(options, STRATEGIES[:1])  # compiles what is not compiled yet
    whole = study_alone(options, STRATEGIES)
    if options.workers:
        many = study_alone(options, STRATEGIES, options.workers)
        same = "the same bytes" if many.tables == whole.tables else "OTHER BYTES"
        faster = whole.wall_s / many.wall_s
        seconds = f"{whole.wall_s:.1f} s by one worker, {many.wall_s:.1f} s by {options.workers}"
        print(f"{seconds}: {faster:.2f} times as fast, {same}")
        return

    starting = time.process_time()  # of this process until now: loading what the parts need
    start = time.process_time()
    events = read_source(options.source).events
    reading = time.process_time() - start
    settings = {name: getattr(options, name) for name in ("background", "gallery_sessions", "probe_sessions")}
    plan = prepare(events, strategies=STRATEGIES, attackers=options.attackers, releases=1, **settings).plan
    releasing, attacking, seeking = 0.0, 0.0, 0.0
    start = time.process_time()
    for log in attacked_logs(events, plan):
        released = time.process_time()
        split = make_split(log.events, plan.people, plan.settings)
        outcome = run_attack(split, plan.attackers)
        attacked = time.process_time()
        checks_of_attack([(log, split)], [outcome], plan)
        sought = time.process_time()
        releasing, attacking = releasing + released - start, attacking + attacked - released
        seeking += sought - attacked
        took = f"{released - start:6.1f} s released {attacked - released:6.1f} s attacked"
        print(f"{log.strategy:28} {took}", flush=True)
        start = time.process_time()
    parts = starting + reading + releasing + attacking + seeking

    print(f"start-up   {starting:6.1f} s")
    print(f"reading    {reading:6.1f} s")
    print(f"releases   {releasing:6.1f} s")
    print(f"attacks    {attacking:6.1f} s")
    print(f"planting   {seeking:6.1f} s")
    took = f"{whole.processor_s:6.1f} s of processor time, {whole.wall_s:.1f} s on the wall"
    print(f"compare    {took}, {whole.peak_gb:.2f} GB at its peak")
    print(f"ratio      {whole.processor_s / parts:6.2f} times the sum of its parts")


if __name__ == "__main__":
    main()
