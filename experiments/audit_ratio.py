"""Compare a whole audit, from the archive to the page, with its parts run alone.

The parts are starting up (each part run alone would have to), reading, and the attackers, which make
their features themselves, so that the kernels are in them. Both sides run on one core and are counted
in seconds of processor time, which a busy machine disturbs less than the clock on the wall; peak memory
is that of the audit's own process.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from reid.evaluation.attack import run_attack
from reid.evaluation.lineup import LineUp
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people, make_split
from reid.events.reading import read_source
from reid.features import FEATURES
from reid.samples import SampleTable
from reid.samples.cutting import cut


def audit_alone(options: argparse.Namespace) -> tuple[float, float, float]:
    """Run the command; return its processor seconds, seconds on the wall and peak memory in GB."""
    numbers = (options.background, options.gallery_sessions, options.probe_sessions)
    names = ("--background", "--gallery-sessions", "--probe-sessions")
    asked = [word for name, number in zip(names, numbers, strict=True) for word in (name, str(number))]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "reid",
            "audit",
            str(options.source),
            "-o",
            folder,
            "--quiet",
            *asked,
        ]
        start = time.perf_counter()
        subprocess.run([*command, *asked], check=True)  # noqa: S603  our own command
        wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="the Aalto archive")
    parser.add_argument("--background", type=int, default=500)
    parser.add_argument("--gallery-sessions", type=int, default=10)
    parser.add_argument("--probe-sessions", type=int, default=5)
    options = parser.parse_args()
    audit_alone(options)  # compiles what is not compiled yet
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, wall, peak = audit_alone(options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    starting = time.process_time()  # of this process until now: loading what the parts need
    start = time.process_time()
    events = read_source(options.source).events
    reading = time.process_time() - start

    settings = SplitSettings(
        regime="population",
        background=options.background,
        gallery_sessions=options.gallery_sessions,
        probe_sessions=options.probe_sessions,
    )
    start = time.process_time()
    everything = SampleTable.singly(cut(events))
    for name in ("rhythm", "outline", "log-latencies", "latencies"):
        FEATURES.make(name).fit(everything).features(everything)
    kernels = time.process_time() - start
    del everything

    split = make_split(events, choose_people(events.subjects, settings), settings)
    start = time.process_time()
    run_attack(split, LineUp.of([]))
    attackers = time.process_time() - start

    print(f"start-up   {starting:6.1f} s")
    print(f"reading    {reading:6.1f} s")
    print(f"attackers  {attackers:6.1f} s, of which one pass of all their features takes {kernels:.1f} s")
    print(f"audit      {whole:6.1f} s of processor time, {wall:.1f} s on the wall, {peak:.2f} GB at its peak")
    print(f"ratio      {whole / (starting + reading + attackers):6.2f} times the sum of its parts")


if __name__ == "__main__":
    main()
