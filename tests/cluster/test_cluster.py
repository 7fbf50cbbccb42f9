"""Work sent to a scheduler and workers in processes of their own ends as it would here."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reid.errors import ClusterError, ParameterError
from reid.events.parquet import write_events
from reid.parallel import on_a_cluster, on_cluster, parallel_map
from reid.study.declaration import Study
from reid.study.run import run_study
from tests.attackers.people import typists
from tests.cli.conftest import Run, run_reid
from tests.cluster import tasks
from tests.cluster.local_cluster import LocalCluster, local_cluster

pytest.importorskip("distributed", reason="Dask is not installed")

__all__ = ["run_reid"]

STUDY = """
seeds = [0]
strategies = ["time-grid(step_ms=[50, 200])", "time-jitter(bound_ms=50)"]
releases = 2
attackers = ["discriminant"]
purposes = ["productivity"]

[[inputs]]
source = "log.parquet"
regime = "population"
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    with local_cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "log.parquet"
    write_events(typists(30, n_sessions=4), path)
    path.with_name("study.toml").write_text(STUDY, encoding="utf-8")
    return path


def test_results_come_in_the_order_of_the_tasks(cluster: LocalCluster) -> None:
    seen: list[int] = []
    with on_cluster(cluster.address):
        assert on_a_cluster()
        found = parallel_map(tasks.squared, list(range(20)), each=lambda task, _: seen.append(task))
    assert found == [number**2 for number in range(20)]
    assert sorted(seen) == list(range(20))
    assert not on_a_cluster()


def test_an_expected_failure_comes_back_as_it_is(cluster: LocalCluster) -> None:
    with on_cluster(cluster.address), pytest.raises(ParameterError, match=r"^it must be even; found 1\.$"):
        parallel_map(tasks.refused, [0, 1])


def test_an_audit_has_the_same_bytes(run_reid: Run, cluster: LocalCluster, log: Path, tmp_path: Path) -> None:
    asked = ("--attacker", "discriminant", "--regime", "population", "--quiet")
    asked += ("--with", "time-grid(step_ms=200)", "--with", "time-jitter(bound_ms=50)", "--releases", "2")
    for out, more in (("here", ()), ("there", ("--cluster", cluster.address))):
        outcome = run_reid("audit", log, "-o", tmp_path / out, *asked, *more)
        assert outcome.code == 0, outcome.err
    here, there = (tmp_path / out / "report.json" for out in ("here", "there"))
    assert there.read_bytes() == here.read_bytes()


def test_a_study_has_the_same_tables(cluster: LocalCluster, log: Path, tmp_path: Path) -> None:
    study = Study.read(log.with_name("study.toml"))
    run_study(study, tmp_path / "here")
    with on_cluster(cluster.address):
        run_study(study, tmp_path / "there")
    for table in ("results.parquet", "people.parquet"):
        assert (tmp_path / "there" / table).read_bytes() == (tmp_path / "here" / table).read_bytes()


def test_what_a_killed_worker_was_at_is_done_by_another(log: Path, tmp_path: Path) -> None:
    study = Study.read(log.with_name("study.toml"))
    run_study(study, tmp_path / "here")
    (tmp_path / "cluster").mkdir()
    with local_cluster(tmp_path / "cluster") as cluster:
        while_at_work = threading.Timer(0.5, cluster.kill_one)

        def told(stage: str, done: int, _total: int) -> None:
            if stage == "cells" and done == 0:
                while_at_work.start()

        with on_cluster(cluster.address):
            run_study(study, tmp_path / "there", progress=told)
        while_at_work.join()
        assert cluster.workers[0].poll() is not None
    assert (tmp_path / "there/results.parquet").read_bytes() == (
        tmp_path / "here/results.parquet"
    ).read_bytes()


def test_work_that_ends_every_worker_is_told_in_one_line(tmp_path: Path) -> None:
    with (
        local_cluster(tmp_path, n_workers=5) as cluster,
        on_cluster(cluster.address),
        pytest.raises(ClusterError, match="must fit the workers") as caught,
    ):
        parallel_map(tasks.ended, [0])
    assert "\n" not in str(caught.value)


def test_what_is_no_scheduler_is_refused_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        addresses = ["scheduler:8786", "tcp://127.0.0.1:1", f"tcp://127.0.0.1:{silent.getsockname()[1]}"]
        start = time.monotonic()
        for address in addresses:
            with pytest.raises(ClusterError, match=r"^--cluster") as caught, on_cluster(address):
                pass
            assert "\n" not in str(caught.value)
        assert time.monotonic() - start < 40


def test_options_that_are_not_divided_are_refused(
    run_reid: Run, cluster: LocalCluster, log: Path, tmp_path: Path
) -> None:
    asked = ("--split", "random", "--attacker", "discriminant", "--cluster", cluster.address)
    outcome = run_reid("audit", log, "-o", tmp_path / "audit", *asked)
    assert outcome.code == 2
    assert "--cluster must stand without" in outcome.err
