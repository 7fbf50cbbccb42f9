"""KMT, where keyboard and pointer of a person share a clock: both name more people than either."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reid.evaluation.audit import audit
from reid.events.reading import read_source
from reid.reports.schema import check_report

JOINT = "discriminant(features='homing', sliding=True)"
ENROLLED = 5


@cache
def headline(
    folder: Path, attackers: tuple[str, ...], without: tuple[str, ...] = ("content",)
) -> dict[str, Any]:
    """Attack each person's last five entries of own cards, the first five enrolled and the keys masked."""
    archive = folder / "kmt" / "raw_kmt_dataset.zip"
    if not archive.exists():
        pytest.skip("REID_DATA_DIR holds no kmt/raw_kmt_dataset.zip")
    made = audit(
        read_source(archive),
        regime="closed-set",
        gallery_sessions=ENROLLED,
        attackers=attackers,
        without=without,
    ).report
    check_report(made)
    found: dict[str, Any] = made["headline"]
    return found


def test_homing_alone_names_people_and_only_by_what_it_may_see(real_data: Path) -> None:
    seen = headline(real_data, (JOINT,))["rank_1"]["value"]
    only_homing = headline(real_data, (JOINT,), ("content", "hold", "flight", "path", "schedule"))
    assert seen > 0.55
    assert 0.15 < only_homing["rank_1"]["value"] < seen  # chance is 1 in 44


@pytest.mark.slow
def test_both_name_more_people_than_either_beyond_the_interval(real_data: Path) -> None:
    found = headline(real_data, ())["modalities"]
    assert found["keyboard"]["rank_1"]["value"] >= 0.78
    assert found["pointer"]["rank_1"]["value"] >= 0.48
    assert found["both"]["rank_1"]["value"] >= 0.88
    for more in found["more_by_both"].values():
        assert more["rank_1"]["low"] > 0
