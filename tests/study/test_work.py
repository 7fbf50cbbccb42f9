"""What workers of a study wait for."""

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from reid.errors import OutputError
from reid.study.plan import RAW, RISK, plan_study
from reid.study.run import run_study
from reid.study.work import CELLS, Order, fulfil
from tests.study.studies import declared


@pytest.fixture
def waiting(tmp_path: Path) -> tuple[Order, str, Path]:
    """A risk job, and what the attack on the raw log that it takes over found, not yet kept."""
    study = declared(tmp_path, strategies=["key-classes"], purposes=[])
    run_study(study, tmp_path / "done")
    plan = plan_study(study)
    raw, risk = (next(job for job in plan.jobs() if job.kind == kind) for kind in (RAW, RISK))
    out = tmp_path / "out"
    (out / CELLS).mkdir(parents=True)
    order = Order(risk, study, plan.fingerprints[0], out, side_by_side=True)
    return order, (tmp_path / "done" / CELLS / f"{raw.key}.json").read_text(), out / CELLS / f"{raw.key}.json"


def test_a_worker_waits_for_the_attack_on_the_raw_log(waiting: tuple[Order, str, Path]) -> None:
    order, found, path = waiting
    later = threading.Timer(1.0, path.write_text, [found])
    later.start()
    fulfil(order)
    later.join()
    written = json.loads((order.out / CELLS / f"{order.job.key}.json").read_text())
    done = json.loads((order.out.parent / "done" / CELLS / f"{order.job.key}.json").read_text())
    assert written == done


def test_a_worker_waits_for_nobody(waiting: tuple[Order, str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    order, _, _ = waiting
    with pytest.raises(OutputError, match="Run the study again"):
        fulfil(replace(order, side_by_side=False))
    parents = iter(range(1, 1_000_000))
    monkeypatch.setattr(os, "getppid", lambda: next(parents))  # whoever began the study is gone
    with pytest.raises(OutputError, match="Run the study again"):
        fulfil(order)
