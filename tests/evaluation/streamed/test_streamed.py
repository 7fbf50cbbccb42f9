"""A streamed audit names the people whom an audit of the whole log names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reid.errors import ReidError, TooFewError
from reid.evaluation.audit import audit
from reid.evaluation.streamed import audit_in_parts
from reid.events.parquet import write_events
from reid.events.parts import PartFolder
from reid.events.table import EventTable
from reid.reports.schema import check_report
from tests.attackers.people import typists

PEOPLE = typists(90, n_sessions=6)
ASKED: dict[str, Any] = {"background": 30, "gallery_sessions": 4, "probe_sessions": 1}
RATES = ("rank_1", "rank_10", "rank_1_among")


def folder_of(events: EventTable, place: Path, n_people_a_part: int = 25) -> PartFolder:
    place.mkdir()
    people = events.subjects
    for number, first in enumerate(range(0, len(people), n_people_a_part)):
        part = events.of_people(people[first : first + n_people_a_part])
        write_events(part, place / f"part-{number:05d}.parquet")
    return PartFolder.open(place)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> PartFolder:
    return folder_of(PEOPLE, tmp_path_factory.mktemp("log") / "parts")


def whole(strategies: Sequence[str] = (), **asked: Any) -> dict[str, Any]:
    settings = {**ASKED, **asked}
    return audit(
        PEOPLE,
        regime="population",
        attackers=("discriminant",),
        strategies=strategies,
        adequacy="none",
        **settings,
    ).report


def streamed(folder: PartFolder, strategies: Sequence[str] = (), **asked: Any) -> dict[str, Any]:
    settings = {"adequacy": "none", **ASKED, **asked}
    return audit_in_parts(folder, strategies=strategies, **settings).report


def require_alike(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    for rate in ("rank_1", "rank_10"):
        assert ours[rate] == theirs[rate]
    for size, one in theirs["rank_1_among"].items():
        assert (ours["rank_1_among"][size] is None) == (one is None)
        if one is not None:
            assert ours["rank_1_among"][size]["value"] == one["value"]
    for rate in ("eer", "auc"):
        assert ours[rate]["value"] == pytest.approx(theirs[rate]["value"], abs=1e-4)
    for name in (
        "n_people",
        "n_probes",
        "chance",
        "failures",
        "separation",
        "nearest_separation",
        "strategy",
    ):
        assert ours[name] == theirs[name]
    np.testing.assert_array_equal(ours["curves"]["cmc"]["rate"], theirs["curves"]["cmc"]["rate"])


def test_it_finds_what_an_audit_of_the_whole_log_finds(folder: PartFolder) -> None:
    ours, theirs = streamed(folder), whole()
    require_alike(ours["headline"], theirs["headline"])
    assert ours["not_tested"] == theirs["not_tested"]
    more = "the attackers learnt on 30 background people, though more are at hand"
    assert sorted(ours["headline"]["weakened_by"]) == sorted([*theirs["headline"]["weakened_by"], more])
    assert ours["source"]["people"] == theirs["source"]["people"]
    assert ours["source"]["events"] == theirs["source"]["events"]


@pytest.mark.parametrize(
    "strategy", ["time-grid(step_ms=200)", "time-jitter(bound_ms=50)", "microaggregate(k=3)"]
)
def test_a_release_is_that_of_the_whole_log(folder: PartFolder, strategy: str) -> None:
    ours, theirs = streamed(folder, (strategy,), releases=1), whole((strategy,), releases=1)
    require_alike(ours["headline"], theirs["headline"])
    require_alike(ours["reference"], theirs["reference"])
    assert ours["headline"]["claims"] == theirs["headline"]["claims"]


def test_releases_that_draw_noise_are_drawn_as_often_as_asked(folder: PartFolder) -> None:
    drawn = streamed(folder, ("time-jitter(bound_ms=50)", "time-grid(step_ms=200)"), releases=2)
    noisy, steady = drawn["results"]
    assert noisy["releases"]["n"] == 2
    assert steady["releases"] is None


def test_how_people_are_cut_into_parts_and_who_works_change_nothing(
    folder: PartFolder, tmp_path: Path
) -> None:
    other = folder_of(PEOPLE, tmp_path / "other", 7)
    first, second, third = streamed(folder), streamed(other), streamed(folder, n_jobs=2)
    assert third == first
    assert second | {"source": None} == first | {"source": None}


def test_the_report_keeps_to_the_schema(folder: PartFolder) -> None:
    check_report(streamed(folder, ("time-grid(step_ms=200)",), population=50))


def test_a_sample_is_attacked_by_everybody(folder: PartFolder) -> None:
    report = streamed(folder, adequacy="quick", attackers=("discriminant(n_dims=1)",))
    assert not report["adequacy"]["trustworthy"]
    told = [line for line in report["headline"]["weakened_by"] if "people sampled" in line]
    assert len(told) == 1
    assert "of 60 people sampled" in told[0]


def test_the_background_is_small_unless_asked_for(folder: PartFolder) -> None:
    assert streamed(folder, background=None)["settings"]["background"] == 45
    assert "more are at hand" in " ".join(streamed(folder, background=20)["headline"]["weakened_by"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"attackers": ()}, "discriminant alone"),
        ({"attackers": ("discriminant", "manhattan")}, "found 2 attackers"),
        ({"attackers": ("manhattan",)}, "found manhattan"),
        ({"attackers": ("discriminant(features='strokes')",)}, "those of the pointer"),
        ({"strategies": ("time-grid(step_ms=9)",) * 2}, "different strategies"),
        ({"background": 89}, "population regime"),
        ({"population": 10_000}, "10 times"),
        ({"population": 200}, "at most the 60 people enrolled"),
        ({"gallery_sessions": 6}, "at least 2 people"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    folder: PartFolder, asked: dict[str, Any], said: str
) -> None:
    settings = {"adequacy": "none", **ASKED, **asked}
    with pytest.raises(ReidError, match=said) as caught:
        audit_in_parts(folder, **settings)
    assert "\n" not in str(caught.value)


def test_one_session_each_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(TooFewError, match="several sessions each"):
        streamed(folder_of(typists(20, n_sessions=1), tmp_path / "single"), background=8)
