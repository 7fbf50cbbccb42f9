"""MDAV beside anonypyx: time, and the error within groups."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from reid.kernels.mdav import mdav
from reid.typing import FloatArray, IntArray
from tests.bench.harness import Effort, Figure, effort, ratio
from tests.bench.peers import beside, peer

SIZES = {Effort.QUICK: 300, Effort.USUAL: 2_000, Effort.SLOW: 10_000}
N_DIMENSIONS, K = 5, 5
LEAST_TIMES = 300.0


def figures(_rounds: int) -> Iterator[Figure]:
    """Group points of a normal law; the peer takes minutes for ten thousand, so it works once."""
    n_people = SIZES[effort()]
    points = np.random.default_rng(0).normal(size=(n_people, N_DIMENSIONS))
    points = (points - points.mean(axis=0)) / points.std(axis=0, ddof=1)  # as the peer does
    label = f"MDAV of {n_people:,} people in {N_DIMENSIONS} dimensions, k = {K}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "points.npy"
        np.save(file, points)
        with peer("anonypyx", "grouping.py", file, K) as one:
            theirs, ours, answer = beside(one, lambda: mdav(points, K), 1)
    yield ratio(f"{label}: anonypyx / ours", theirs, ours, limit=LEAST_TIMES, at_most=False)
    group = np.empty(n_people, dtype=np.int64)
    for number, members in enumerate(answer["groups"]):
        group[members] = number
    more = error_within(points, mdav(points, K)) / error_within(points, group)
    yield Figure(f"{label}: our error within groups / theirs", more, (more, more), 1.0 + 1e-9)


def error_within(points: FloatArray, group: IntArray) -> float:
    """Return the squared distances to the centres of the groups, added up."""
    members = (points[group == one] for one in np.unique(group))
    return float(sum(((each - each.mean(axis=0)) ** 2).sum() for each in members))
