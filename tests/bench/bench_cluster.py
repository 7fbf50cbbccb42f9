"""A comparison of strategies on a Dask cluster beside workers of joblib's own, by the clock on the wall."""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from reid.events.parquet import write_events
from tests.bench.harness import Effort, Figure, Missing, effort, run_alone
from tests.bench.sources import source

SLOW = True
N_PEOPLE = {Effort.QUICK: 40, Effort.USUAL: 200, Effort.SLOW: 200}
WORKERS = 2
UNDISTURBED, WITH_ONE_KILLED = 1.3, 2.0
STRATEGIES = ("time-grid(step_ms=[16, 50, 100, 250])", "drop-release", "key-classes")


def figures(rounds: int) -> Iterator[Figure]:
    """Run the same comparison by both, and once more with one worker killed in the middle."""
    try:
        from tests.cluster.local_cluster import local_cluster
    except ImportError as error:
        raise Missing("distributed is not installed") from error
    log = source("Aalto")
    events = log.events()
    people = events.subjects[: N_PEOPLE[effort()]]
    label = f"comparison of {len(STRATEGIES) + 3} strategies, {log.name}, {len(people)} people"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_events(events.of_people(people), folder / "log.parquet")

        def tables(out: str, *options: str) -> tuple[float, bytes]:
            command = [sys.executable, "-m", "reid", "compare", str(folder / "log.parquet"), "--quiet"]
            command += [word for strategy in STRATEGIES for word in ("--with", strategy)]
            command += ["--attacker", "discriminant", "--purpose", "productivity", "-o", str(folder / out)]
            ran = run_alone([*command, *options])
            return ran.wall_s, (folder / out / "results.parquet").read_bytes()

        def on_cluster(out: str, kill_after_s: float | None = None) -> tuple[float, bytes]:
            place = folder / f"cluster of {out}"
            place.mkdir()
            with local_cluster(place, WORKERS) as cluster:
                time.sleep(3)  # workers start up
                if kill_after_s is not None:
                    threading.Timer(kill_after_s, cluster.kill_one).start()
                return tables(out, "--cluster", cluster.address)

        tables("first", "--jobs", str(WORKERS))  # compiles
        taken: dict[str, list[float]] = {"here": [], "there": [], "killed": []}
        works: dict[str, Callable[[int], tuple[float, bytes]]] = {
            "here": lambda number: tables(f"here {number}", "--jobs", str(WORKERS)),
            "there": lambda number: on_cluster(f"there {number}"),
            "killed": lambda number: on_cluster(f"killed {number}", min(taken["there"]) / 2),
        }
        results = set()
        for number in range(min(rounds, 3)):
            for what, work in works.items():
                seconds, result = work(number)
                taken[what].append(seconds)
                results.add(result)
    here = min(taken["here"])
    for what, limit, told in (
        ("there", UNDISTURBED, "undisturbed"),
        ("killed", WITH_ONE_KILLED, "one worker killed in the middle"),
    ):
        each = [one / here for one in taken[what]]
        title = f"{label}: Dask with {WORKERS} workers, {told} / --jobs {WORKERS}, on the wall"
        yield Figure(title, min(each), (min(each), max(each)), limit, note=f"--jobs took {here:.0f} s")
    different = float(len(results) - 1)
    yield Figure(f"{label}: different tables", different, (different, different), 0.0)
