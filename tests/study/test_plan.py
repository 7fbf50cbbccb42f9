"""Under which key a result is kept."""

from pathlib import Path

import pytest

from reid.study import plan
from tests.study.studies import declared


def keys(folder: Path, **changes: object) -> list[str]:
    return [job.key for job in plan.plan_study(declared(folder, **changes)).jobs()]


def test_what_other_code_found_is_not_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys(tmp_path)
    assert keys(tmp_path) == before
    monkeypatch.setattr(plan, "code_mark", lambda: "of other code")
    assert not set(keys(tmp_path)) & set(before)


def test_the_raw_log_is_attacked_once_more_where_only_some_threats_re_tune(tmp_path: Path) -> None:
    for threats, n_raw in ((["informed", "colleague"], 1), (["ladder"], 1), (["informed", "ladder"], 2)):
        jobs = plan.plan_study(declared(tmp_path, threats=threats)).jobs()
        raw = {job.key for job in jobs if job.kind == plan.RAW}
        assert len(raw) == n_raw
        assert {job.raw_key for job in jobs if job.kind == plan.RISK} == raw


def test_how_hard_attackers_try_is_part_of_the_key(tmp_path: Path) -> None:
    assert len({*keys(tmp_path, purposes=[])} & {*keys(tmp_path, purposes=[], effort="adaptive")}) == 0
