"""The one door to parallel work.

Whoever wants a cluster wraps the call in ``joblib.parallel_config(backend=...)``.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import joblib
from threadpoolctl import threadpool_limits

from reid.typing import Progress, silent

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


def _on_one_thread(function: Callable[[TaskT], ResultT], task: TaskT) -> ResultT:
    with threadpool_limits(limits=1):  # one thread each: sums in BLAS depend on the number of threads
        return function(task)


def parallel_map(
    function: Callable[[TaskT], ResultT],
    tasks: Sequence[TaskT],
    *,
    n_jobs: int = 1,
    share_memory: bool = False,
    stage: str = "",
    progress: Progress = silent,
) -> list[ResultT]:
    """Return ``[function(task) for task in tasks]``, in this order, computed by ``n_jobs`` workers.

    BLAS runs on one thread whatever ``n_jobs`` is, so the bits of a result do not depend on it.
    ``share_memory`` keeps the workers in this process, for work on large tables that frees the lock.
    """
    calls = (joblib.delayed(_on_one_thread)(function, task) for task in tasks)
    results: list[ResultT] = []
    progress(stage, 0, len(tasks))
    sharing = "sharedmem" if share_memory else None
    with threadpool_limits(limits=1):
        for result in joblib.Parallel(n_jobs=n_jobs, return_as="generator", require=sharing)(calls):
            results.append(result)
            progress(stage, len(results), len(tasks))
    return results
