"""How much dearer is it to hide people in groups than to describe how they type?

    python experiments/microaggregate_ratio.py SOURCE [--k K] [--people N] [--rounds N]

SOURCE is anything that ``reid inspect`` reads. Prints the time from the events to the features that an audit
makes of the keys of all sessions, and of them that of `rhythm` alone; for each way to draw, the time to
group the people and that to release them; and the ratio of both to all features. Processor time of the
fastest of several rounds, without compiling. Set POLARS_MAX_THREADS=1 for one thread.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import reid
from reid.anonymizers import Microaggregate
from reid.events.table import EventTable
from reid.features import FEATURES
from reid.samples import SampleTable
from reid.samples.cutting import cut
from reid.seeding import Streams

FAMILIES = ("rhythm", "outline", "log-latencies", "latencies")


def described(events: EventTable, families: tuple[str, ...]) -> None:
    samples = SampleTable.singly(cut(events))
    for name in families:
        FEATURES.make(name).fit(samples).features(samples)


def fastest_s(work: Callable[[], object], rounds: int) -> float:
    work()  # compiles
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def measure(events: EventTable, k: int, rounds: int) -> None:
    rhythm_s = fastest_s(lambda: described(events, ("rhythm",)), rounds)
    features_s = fastest_s(lambda: described(events, FAMILIES), rounds)
    print(f"{len(events)} events of {len(events.subjects)} people")
    print(f"features   {features_s:6.2f} s, of which rhythm alone takes {rhythm_s:.2f} s")
    for draw in ("fresh", "rank"):
        strategy = Microaggregate(k=k, draw=draw)
        ready = strategy.fit([events])
        fit_s = fastest_s(partial(strategy.fit, [events]), rounds)
        apply_s = fastest_s(partial(ready.apply, events, Streams(0)), rounds)
        ratio = (fit_s + apply_s) / features_s
        print(f"{draw:8s}   {fit_s:6.2f} s to group, {apply_s:.2f} s to release, ratio {ratio:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--k", type=int, default=5)
    parser.add_argument("--people", type=int, help="only so many, the first by name")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    events = reid.read_events(arguments.source)
    if arguments.people is not None:
        events = events.of_people(events.subjects[: arguments.people])
    measure(events, arguments.k, arguments.rounds)


if __name__ == "__main__":
    main()
