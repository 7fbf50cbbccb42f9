"""How much faster is MDAV here than in anonypyx, and are the groups as tight?

    python experiments/mdav_ratio.py [--people N] [--dimensions N] [--k N] [--peer PYTHON]

Groups points drawn from a normal law and prints processor time and within-group error (the share of the
squared distances from the centre of all that is left to the centres of groups) of MDAV and V-MDAV here, and
of anonypyx, if it is installed for PYTHON, by default the interpreter that runs this.

Without a categorical column anonypyx 0.2.11 adds an undefined distance to each point's distance from the
centre, so it begins groups at the first point left and not at the farthest. Hence it runs twice: as it is,
and with a column that is the same for all, which makes it the algorithm that it names. Whether its groups are
then ours is printed, too.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from reid.kernels.mdav import mdav, v_mdav

ROUNDS = 10
PEER = """
import json, sys, time
import numpy as np, pandas as pd
from anonypyx.microaggregation import MDAVGeneric
points = np.load(sys.argv[1])
table = pd.DataFrame(points, columns=[f"c{number}" for number in range(points.shape[1])])
if sys.argv[3] == "with-category":
    table["same"] = pd.Series(["same"] * len(table), dtype="category").cat.rename_categories([0])
start = time.process_time()
groups = MDAVGeneric(table, list(table.columns)).partition(int(sys.argv[2]))
spent_s = time.process_time() - start
print(json.dumps({"seconds": spent_s, "groups": [[int(row) for row in group] for group in groups]}))
"""


def error(points: np.ndarray, group: np.ndarray) -> float:
    left = sum(
        ((points[group == one] - points[group == one].mean(axis=0)) ** 2).sum() for one in np.unique(group)
    )
    return float(left / ((points - points.mean(axis=0)) ** 2).sum())


def peer_groups(python: str, points: np.ndarray, k: int, way: str) -> tuple[float, np.ndarray] | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.npy"
        np.save(path, points)
        command = [python, "-W", "ignore", "-c", PEER, str(path), str(k), way]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  as asked
    if done.returncode:
        return None
    told = json.loads(done.stdout)
    group = np.empty(len(points), dtype=np.int64)
    for number, members in enumerate(told["groups"]):
        group[members] = number
    return told["seconds"], group


def measure(n_people: int, n_dimensions: int, k: int, peer: str) -> None:
    points = np.random.default_rng(0).normal(size=(n_people, n_dimensions))
    points = (points - points.mean(axis=0)) / points.std(axis=0, ddof=1)  # as the peer does
    spent_s = {}
    ways = {
        "mdav": lambda: mdav(points, k),
        "v-mdav, gamma 0.2": lambda: v_mdav(points, k, 0.2),
        "v-mdav, gamma 1.1": lambda: v_mdav(points, k, 1.1),
    }
    for name, work in ways.items():
        work()  # compiles
        start = time.process_time()
        for _ in range(ROUNDS):
            group = work()
        spent_s[name] = (time.process_time() - start) / ROUNDS
        sizes = np.bincount(group)
        print(
            f"{name:23s} {spent_s[name]:8.3f} s  error {error(points, group):.5f}"
            f"  {sizes.size} groups of {sizes.min()} to {sizes.max()}"
        )
    ours = as_sets(mdav(points, k))
    for way in ("as-it-is", "with-category"):
        found = peer_groups(peer, points, k, way)
        if found is None:
            print(f"anonypyx, {way}: not installed, or it failed: no ratio")
            continue
        peer_s, group = found
        print(f"anonypyx, {way:13s} {peer_s:8.3f} s  error {error(points, group):.5f}", end="  ")
        n_same = len(ours & as_sets(group))
        print(f"{n_same} of {len(ours)} groups are ours; ratio {peer_s / spent_s['mdav']:.0f}")


def as_sets(group: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(group == one).tolist()) for one in np.unique(group)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--dimensions", type=int, default=5)
    parser.add_argument("--k", type=int, default=5)
    parser.add_argument("--peer", default=sys.executable)
    arguments = parser.parse_args()
    measure(arguments.people, arguments.dimensions, arguments.k, arguments.peer)


if __name__ == "__main__":
    main()
