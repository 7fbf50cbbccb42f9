"""Work sent to the machines of a Dask cluster, by joblib's own way there.

A scheduler and its workers run whatever they are sent: whoever reaches them is let in by TLS or by a
private network, never by this module. What is sent are functions of this package by name, and what they
are told; data is read by the workers themselves.
"""

import asyncio
import concurrent.futures
import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar, cast

import joblib
from threadpoolctl import threadpool_limits

from reid.errors import ClusterError, SourceError
from reid.made_with import code_mark, versions

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")
KeptT = TypeVar("KeptT")

#: How long a scheduler may take to answer, and the first worker to be there.
PATIENCE_S: Final = 5
_ADDRESS: Final = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\s/:\[\]]+):\d{1,5}")
_EXAMPLE: Final = "tcp://scheduler:8786"
_OPTION: Final = "--cluster"


@dataclass(frozen=True, slots=True, eq=False)
class _Cluster:
    address: str
    client: Any  #: distributed.Client
    made_with: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that leaves this machine. One argument: joblib would lay a large array on a single worker."""

    made_with: Mapping[str, str]
    function: Callable[[Any], Any]
    place: int
    task: Any


_ENTERED: ContextVar[_Cluster | None] = ContextVar("cluster", default=None)


def on_a_cluster() -> bool:
    """Whether :func:`on_cluster` was entered by this thread."""
    return _ENTERED.get() is not None


@contextmanager
def on_cluster(address: str | None) -> Iterator[None]:
    """Send the parallel work of the block to a cluster; None keeps it here.

    When the block ends, however it does, what is not begun is taken back and the workers let go of the
    logs that they keep. What a worker is at when the block is broken off, it finishes for nothing.

    Parameters
    ----------
    address : str or None
        Where a Dask scheduler listens, as ``tcp://scheduler:8786`` or ``tls://scheduler:8786``; for the
        latter, certificates are found where Dask's own configuration names them.

    Raises
    ------
    ClusterError
        Dask is not installed, no scheduler answers within :data:`PATIENCE_S`, it has no workers, or these
        are not made with what this process is made with.
    """
    if address is None:
        yield
        return
    with _few_words():
        client = _connected(address)
        try:
            made_with = _made_with()
            _require_same_everywhere(client, made_with)
            entered = _ENTERED.set(_Cluster(address, client, made_with))
            try:
                yield
            finally:
                _ENTERED.reset(entered)
                with suppress(Exception):  # a cluster that is gone keeps nothing
                    client.run(let_go, on_error="ignore")
        finally:
            with suppress(Exception):
                client.close(timeout=PATIENCE_S)


def results_from_cluster(
    function: Callable[[TaskT], ResultT], tasks: Sequence[TaskT]
) -> Iterator[tuple[int, ResultT]]:
    """Yield the place of each task and its result, in the order in which the cluster does them.

    What a lost worker was at, others do again.

    Raises
    ------
    ClusterError
        The scheduler is gone, there are no workers, or a task ended one worker after another.
    """
    from distributed import KilledWorker  # noqa: PLC0415  an extra, and slow to import
    from distributed.comm.core import CommClosedError  # noqa: PLC0415

    cluster = _ENTERED.get()
    assert cluster is not None
    if not tasks:
        return
    calls = (
        joblib.delayed(_on_worker)(_Call(cluster.made_with, function, place, task))
        for place, task in enumerate(tasks)
    )
    try:
        with joblib.parallel_config(backend=_backend()(client=cluster.client)):
            # All at once: a cluster that grows looks at what waits, and late workers take their part.
            workers = joblib.Parallel(pre_dispatch="all", batch_size=1, return_as="generator_unordered")
            done = cast("Iterator[tuple[int, ResultT]]", workers(calls))
        yield from done
    except KilledWorker as error:
        ended = 1 + int(cluster.client.run_on_scheduler(_allowed_failures))
        found = f"a piece of it that ended {ended} in a row"
        advice = "Start workers with more memory each (--memory-limit, fewer --nworkers)."
        raise ClusterError.of("the work", must="fit the workers", found=found, advice=advice) from error
    except (asyncio.CancelledError, concurrent.futures.CancelledError, CommClosedError) as error:
        raise ClusterError.of(
            f"{_OPTION} {cluster.address}",
            must="stay until the work is done",
            found="the connection lost",
            advice="Start the scheduler again, and repeat the command.",
        ) from error
    except TimeoutError as error:
        raise _no_workers(cluster.address) from error
    except ModuleNotFoundError as error:  # on a worker that joined later
        raise _unlike(f"one without {error.name}") from error


_KEPT: dict[str, Any] = {}
_KEPT_LOCK: Final = threading.RLock()


def kept_by_process(key: str, make: Callable[[], KeptT]) -> KeptT:
    """Return what ``make`` gives, made once for many tasks on it: the last key is kept by each process.

    A worker lets go of it when the client leaves the cluster.
    """
    with _KEPT_LOCK:  # two tasks on one log read it once
        if key not in _KEPT:
            _KEPT.clear()
            _KEPT[key] = make()
        return cast("KeptT", _KEPT[key])


def let_go() -> None:
    """Forget what :func:`kept_by_process` keeps."""
    with _KEPT_LOCK:
        _KEPT.clear()


def _on_worker(call: _Call) -> tuple[int, Any]:
    """Do a task on a worker."""
    if found := _unlike_here(call.made_with):
        raise _unlike(f"one with {found}")
    threadpool_limits(limits=1)  # for good: another thread of the worker may be within a task
    try:
        with joblib.parallel_config(backend="sequential"):  # joblib would send parts of a task on
            return call.place, call.function(call.task)
    except SourceError as error:
        must, found = "read here and on every worker alike", f"on a worker: {error}"
        advice = "Put it where every machine sees it under one path."
        raise ClusterError.of("the source", must=must, found=found, advice=advice) from error


@cache
def _made_with() -> Mapping[str, str]:
    """Return what decides the bits of a result in this process."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {**versions(), "code of reid": code_mark(), "python": python}


def _unlike_here(theirs: Mapping[str, str]) -> str:
    """Return in words what this process is made with otherwise; the empty text if nothing is."""
    return _difference(_made_with(), theirs)


def _difference(found: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    """Name the first thing that differs.

    Examples
    --------
    >>> _difference({"numpy": "2.3.1"}, {"numpy": "2.4.6"})
    'numpy 2.3.1 instead of 2.4.6'
    """
    for name in wanted:
        theirs = found.get(name, "none")
        if theirs != wanted[name]:
            marks = name == "code of reid"
            return f"another {name}" if marks else f"{name} {theirs} instead of {wanted[name]}"
    return ""


def _require_same_everywhere(client: Any, made_with: Mapping[str, str]) -> None:
    """Refuse workers that would find other bits."""
    answers: dict[str, Any] = client.run(_made_with, on_error="return")
    faults = []
    for answer in answers.values():
        if isinstance(answer, ImportError):
            faults.append(f"without {answer.name or 'reid'}")
        elif isinstance(answer, BaseException):
            faults.append(f"that answer with {type(answer).__name__}")
        elif difference := _difference(answer, made_with):
            faults.append(f"with {difference}")
    if faults:
        raise _unlike(f"{len(faults)} of {len(answers)} {faults[0]}")


def _unlike(found: str) -> ClusterError:
    return ClusterError.of(
        "the workers of the cluster",
        must="have the same reid and libraries as this machine",
        found=found,
        advice="Install the same there, by constraints.txt, and start them again.",
    )


def _no_workers(address: str) -> ClusterError:
    advice = f"Start some: dask worker {address} --nthreads 1 --nworkers -1."
    return ClusterError.of(f"{_OPTION} {address}", must="have workers", found="none", advice=advice)


def _connected(address: str) -> Any:
    """Return a client of the scheduler, which has a worker."""
    if not _ADDRESS.fullmatch(address):
        raise ClusterError.of(_OPTION, must=f"be written as in {_EXAMPLE}", found=repr(address[:80]))
    try:
        from distributed import Client  # noqa: PLC0415  an extra, and slow to import
    except ImportError as error:
        advice = "Install it: pip install 'reid-risk[dask]'."
        raise ClusterError.of(_OPTION, must="find Dask installed", found="none", advice=advice) from error
    _quiet()
    try:
        _require_answer(address)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        found = "no answer" if isinstance(error, OSError) else f"a {type(error).__name__}"
        advice = f"Start one with 'dask scheduler', which says what to give as {_OPTION}."
        if address.startswith("tls"):
            advice = "See that it runs, and that Dask's configuration here names its certificates."
        must = f"be a Dask scheduler that answers within {PATIENCE_S} s"
        raise ClusterError.of(f"{_OPTION} {address}", must=must, found=found, advice=advice) from error
    client = Client(address, timeout=PATIENCE_S, set_as_default=False)
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError as error:
        client.close()
        raise _no_workers(address) from error
    return client


def _require_answer(address: str) -> None:
    """Speak to a scheduler and go: a client that does not reach one would try for long, and tell of it."""
    from distributed.core import connect  # noqa: PLC0415
    from distributed.security import Security  # noqa: PLC0415

    async def shake_hands() -> None:
        comm = await connect(address, timeout=PATIENCE_S, **Security().get_connection_args("client"))
        comm.abort()

    found: concurrent.futures.Future[None] = concurrent.futures.Future()

    def run() -> None:
        try:
            found.set_result(asyncio.run(shake_hands()))
        except BaseException as error:  # noqa: BLE001  raised again by whoever waits
            found.set_exception(error)

    # The caller may have a loop of its own, and what listens there may say nothing at all.
    threading.Thread(target=run, daemon=True).start()
    found.result(2 * PATIENCE_S)


@contextmanager
def _few_words() -> Iterator[None]:
    """Keep Dask from telling in many lines what a :class:`ClusterError` tells in one."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed")
        yield


def _quiet() -> None:
    for name in ("distributed", "distributed.client"):  # Dask gives both a level of their own
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _allowed_failures(dask_scheduler: Any) -> Any:
    """Return how many workers a task may end beyond the first; runs on the scheduler."""
    return dask_scheduler.allowed_failures


@cache
def _backend() -> Callable[..., Any]:
    """Return joblib's way to Dask, mended where it would wait for ever or come back here."""
    from joblib._dask import DaskDistributedBackend  # noqa: PLC0415  needs Dask

    class ToldOfFailures(DaskDistributedBackend):  # type: ignore[misc]  # joblib has no types
        """Also where a task ends its workers one by one, or its scheduler goes: joblib waits for these."""

        def effective_n_jobs(self, n_jobs: int) -> int:
            found: int = super().effective_n_jobs(n_jobs)
            return max(2, found)  # for one worker joblib does the work itself

        def submit(self, func: Any, callback: Any = None) -> Any:
            future = super().submit(func, callback)
            future.add_done_callback(lambda done: _tell(done, callback))
            return future

        def retrieve_result_callback(self, out: Any) -> Any:
            if isinstance(out, BaseException):
                raise out
            return super().retrieve_result_callback(out)

    return ToldOfFailures


def _tell(done: concurrent.futures.Future[Any], callback: Callable[[Any], None]) -> None:
    if error := done.exception():
        callback(error)
