"""A scheduler and workers as processes of their own on this machine."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE_S = 60
_QUIET = ("--no-dashboard",)


@dataclass(frozen=True, slots=True)
class LocalCluster:
    """Where the scheduler listens, and the processes of the workers, each of which has one thread."""

    address: str
    workers: list[subprocess.Popen[bytes]]

    def kill_one(self) -> None:
        """End the first worker as a machine that fails would; nobody starts it again."""
        self.workers[0].kill()
        self.workers[0].wait()


@contextmanager
def local_cluster(folder: Path, n_workers: int = 2) -> Iterator[LocalCluster]:
    """Start a scheduler and workers, and end them with the block."""
    told = folder / "scheduler.json"
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
    environment = {
        **os.environ,
        **one_thread,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }

    def start(what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli." + what, *options, *_QUIET]
        with (folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)

    processes = [start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))]
    try:
        _await(told)
        options = (
            "--scheduler-file",
            str(told),
            "--nthreads",
            "1",
            "--no-nanny",
            "--local-directory",
            str(folder),
        )
        workers = [start("dask_worker", *options) for _ in range(n_workers)]
        processes += workers
        yield LocalCluster(json.loads(told.read_text(encoding="utf-8"))["address"], workers)
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def _await(path: Path) -> None:
    """Wait until the scheduler has written where it listens."""
    end = time.monotonic() + _PATIENCE_S
    while not (path.exists() and path.stat().st_size):
        if time.monotonic() > end:
            raise TimeoutError("the scheduler did not start")
        time.sleep(0.1)
