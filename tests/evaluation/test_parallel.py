"""Work that is spread over workers comes back as if it had not been."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from reid.errors import ParameterError
from reid.parallel import parallel_map


def squared(number: int) -> int:
    return number * number


def product(seed: int) -> bytes:
    matrix = np.random.default_rng(seed).normal(size=(200, 200))
    return (matrix @ matrix.T).tobytes()


def blas_threads(_: int) -> set[int]:
    np.ones((2, 2)) @ np.ones((2, 2))
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def refusing(number: int) -> int:
    raise ParameterError.of("number", must="be another", found=number)


ways = pytest.mark.parametrize(
    ("n_jobs", "share_memory"), [(1, False), (2, False), (2, True)], ids=["here", "processes", "threads"]
)


@ways
def test_results_come_in_the_order_of_the_tasks(n_jobs: int, *, share_memory: bool) -> None:
    tasks = list(range(20, 0, -1))
    found = parallel_map(squared, tasks, n_jobs=n_jobs, share_memory=share_memory)
    assert found == [number * number for number in tasks]


@ways
def test_the_bits_of_a_product_do_not_depend_on_the_workers(n_jobs: int, *, share_memory: bool) -> None:
    found = parallel_map(product, [1, 2, 3], n_jobs=n_jobs, share_memory=share_memory)
    assert found == parallel_map(product, [1, 2, 3])


@ways
def test_workers_multiply_on_one_thread(n_jobs: int, *, share_memory: bool) -> None:
    found = parallel_map(blas_threads, [0, 1], n_jobs=n_jobs, share_memory=share_memory)
    assert found in ([{1}, {1}], [set(), set()])


@ways
def test_an_expected_failure_stays_one(n_jobs: int, *, share_memory: bool) -> None:
    with pytest.raises(ParameterError, match="number must be another; found 3"):
        parallel_map(refusing, [3], n_jobs=n_jobs, share_memory=share_memory)


def test_progress_counts_up_to_the_number_of_tasks() -> None:
    told: list[tuple[str, int, int]] = []
    parallel_map(squared, [1, 2], stage="squaring", progress=lambda *step: told.append(step))
    assert told == [("squaring", 0, 2), ("squaring", 1, 2), ("squaring", 2, 2)]


def test_no_task_is_no_work() -> None:
    assert parallel_map(squared, []) == []
