"""The one door to parallel work: threads and processes here, or a cluster where one was entered."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, cast

import joblib
from threadpoolctl import threadpool_limits

from reid.parallel.cluster import kept_by_process, let_go, on_a_cluster, on_cluster, results_from_cluster
from reid.typing import Progress, silent

__all__ = ["kept_by_process", "let_go", "on_a_cluster", "on_cluster", "parallel_map"]

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


def _unheard(_task: object, _result: object) -> None:
    """Hear of a result and do nothing."""


def parallel_map(
    function: Callable[[TaskT], ResultT],
    tasks: Sequence[TaskT],
    *,
    n_jobs: int = 1,
    share_memory: bool = False,
    stage: str = "",
    progress: Progress = silent,
    each: Callable[[TaskT, ResultT], None] = _unheard,
) -> list[ResultT]:
    """Return ``[function(task) for task in tasks]``, in this order, computed by ``n_jobs`` workers.

    Within :func:`reid.parallel.cluster.on_cluster` the workers are those of the cluster, however many
    ``n_jobs`` are, unless memory is shared. BLAS runs on one thread wherever the work is done, so the bits
    of a result depend neither on the place nor on the number of workers.

    Parameters
    ----------
    function : callable
        What is done; found by its name in a module where it goes to other processes or machines.
    tasks : sequence
        What each call is told; small and picklable where it leaves this process.
    n_jobs : int
        Workers on this machine; -1 for one per core.
    share_memory : bool
        Keep the workers in this process, for work on large tables that frees the lock.
    stage, progress
        Told how many tasks are done.
    each : callable
        Called here with each task and its result as soon as it is there, in any order.

    Raises
    ------
    ClusterError
        The cluster was lost, or a task ended one worker after another.
    """
    results: dict[int, ResultT] = {}
    progress(stage, 0, len(tasks))
    if on_a_cluster() and not share_memory:
        finished: Iterator[tuple[int, ResultT]] = results_from_cluster(function, tasks)
    else:
        finished = _results_from_here(function, tasks, n_jobs, share_memory=share_memory)
    for place, result in finished:
        results[place] = result
        each(tasks[place], result)
        progress(stage, len(results), len(tasks))
    return [results[place] for place in range(len(tasks))]


def _results_from_here(
    function: Callable[[TaskT], ResultT], tasks: Sequence[TaskT], n_jobs: int, *, share_memory: bool
) -> Iterator[tuple[int, ResultT]]:
    """Yield the place of each task and its result, in the order in which they are done."""
    calls = (joblib.delayed(_on_one_thread)(function, place, task) for place, task in enumerate(tasks))
    kind, sharing = ("threading", "sharedmem") if share_memory else ("loky", None)
    with threadpool_limits(limits=1):
        workers = joblib.Parallel(
            n_jobs=n_jobs, backend=kind, require=sharing, return_as="generator_unordered"
        )
        yield from cast("Iterator[tuple[int, ResultT]]", workers(calls))


def _on_one_thread(function: Callable[[TaskT], ResultT], place: int, task: TaskT) -> tuple[int, ResultT]:
    with threadpool_limits(limits=1):  # one thread each: sums in BLAS depend on the number of threads
        return place, function(task)
