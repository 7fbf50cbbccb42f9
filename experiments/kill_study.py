"""Kill a study at random moments until it is done, again and again, and compare what it ends with.

Run as ``python -m experiments.kill_study [n_kills] [seed]``. A small study on sample data is run undisturbed;
then it is killed (SIGKILL, with its workers), up to 2 s after 0 to 3 further results, and taken up until it
ends, and a fresh one begins, until so many kills have hit. Every end must have the undisturbed one's bytes.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parent.parent
TABLES = ("results.parquet", "people.parquet", "plan.json")
STUDY = """
strategies = ["time-grid(step_ms=[50, 250, 1000])", "delay-mix(bound_ms=[50, 100])", "key-classes"]
attackers = ["discriminant"]
purposes = ["agent-training", "productivity"]
adequacy = "none"
releases = 2

[[inputs]]
source = "{source}"
regime = "closed-set"
"""


def started(study: Path, out: Path, jobs: int = 1) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "reid",
        "run",
        str(study),
        "-o",
        str(out),
        "--quiet",
        "--jobs",
        str(jobs),
    ]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603  our own command


def ends_of(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in TABLES]


def n_kept(out: Path) -> int:
    return len(list((out / "cells").glob("*[0-9a-f].json")))


def main(n_kills: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = folder / "study.toml"
        source = os.path.relpath(PROJECT / "data_samples" / "keyboard.parquet", folder)
        study.write_text(STUDY.format(source=source))
        began = time.perf_counter()
        if started(study, folder / "undisturbed").wait():
            sys.exit("the undisturbed run failed")
        lasts_s = time.perf_counter() - began
        expected = ends_of(folder / "undisturbed")
        done, ends, n_cells = 0, 0, []
        while done < n_kills:
            out = folder / f"killed-{ends}"
            hit = 0
            while True:
                process = started(study, out, jobs=int(rng.integers(1, 3)))
                wanted = n_kept(out) + int(rng.integers(0, 4))
                while done < n_kills and process.poll() is None and n_kept(out) < wanted:
                    time.sleep(0.02)
                try:
                    code = process.wait(rng.uniform(0, 2) if done < n_kills else None)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                    done, hit = done + 1, hit + 1
                    n_cells.append(n_kept(out))
                    continue
                if code:
                    sys.exit(f"a run that was taken up ended with {code}")
                break
            ends += 1
            same = ends_of(out) == expected
            print(f"end {ends}: {hit} kills, {'the same bytes' if same else 'OTHER BYTES'}", flush=True)
            if not same:
                sys.exit(1)
            left = [path.name for path in out.rglob("*.partial")]
            if left:
                sys.exit(f"left behind: {left}")
    found = f"{done} kills in {ends} studies, results kept at a kill: {min(n_cells)} to {max(n_cells)}"
    print(f"{found}; an undisturbed run took {lasts_s:.0f} s")


if __name__ == "__main__":
    told = [int(text) for text in sys.argv[1:]]
    main(*[*told, *(50, 0)[len(told) :]])
