"""Matching of everybody with everybody beside the bare product of the matrices, and its growth."""

from collections.abc import Iterator

import numpy as np

from reid.attackers.matching import match
from reid.typing import Float32Array
from tests.bench.harness import Effort, Figure, Times, effort, geometric, growth, ratio, timed

N_DIMENSIONS, N_COHORT, N_NEAREST = 150, 2_000, 100
N_PEOPLE = {Effort.QUICK: 2_000, Effort.USUAL: 20_000, Effort.SLOW: 40_000}
GROWN = {Effort.QUICK: (500, 2_000), Effort.USUAL: (5_000, 20_000), Effort.SLOW: (5_000, 80_000)}
BLOCK = 2_048  # rows and columns of a product: as fast as one of everything, in a fraction of the memory
MOST_TIMES, MOST_EXPONENT = 2.0, 2.05


def figures(rounds: int) -> Iterator[Figure]:
    """Match as many probes with as many people, and multiply the same numbers."""
    n_people = N_PEOPLE[effort()]
    people, cohort = drawn(n_people)

    def product() -> None:
        out = np.empty((BLOCK, BLOCK), dtype=np.float32)
        for row in range(0, n_people, BLOCK):
            for column in range(0, n_people, BLOCK):
                rows, columns = people[row : row + BLOCK], people[column : column + BLOCK]
                np.matmul(rows, columns.T, out=out[: len(rows), : len(columns)])

    def matching() -> None:
        matched(people, cohort)

    taken = timed({"product": product, "matching": matching}, min(rounds, 3))
    title = f"matching {n_people:,} probes with as many people / sgemm of {N_DIMENSIONS} dimensions"
    yield ratio(title, taken["matching"], taken["product"], limit=MOST_TIMES)
    sizes = geometric(*GROWN[effort()], 4)
    times: list[Times] = []
    for size in sizes:
        some = people[:size] if size <= n_people else drawn(size)[0]
        times.append(timed({"": lambda some=some: matched(some, cohort)}, min(rounds, 2))[""])
    title = f"exponent of matching over {sizes[0]:,} to {sizes[-1]:,} people"
    yield growth(title, sizes, times, limit=MOST_EXPONENT)


def drawn(n_people: int) -> tuple[Float32Array, Float32Array]:
    """Draw unit vectors of people and of a cohort."""
    rng = np.random.default_rng(0)
    tables = (rng.normal(size=(size, N_DIMENSIONS)).astype(np.float32) for size in (n_people, N_COHORT))
    people, cohort = (table / np.linalg.norm(table, axis=1, keepdims=True) for table in tables)
    return people, cohort


def matched(people: Float32Array, cohort: Float32Array) -> object:
    """Match everybody with everybody, one's own template being one's probe."""
    own = np.arange(len(people))
    return match(people, own, people, cohort, n_nearest=N_NEAREST, rng=np.random.default_rng(0))
