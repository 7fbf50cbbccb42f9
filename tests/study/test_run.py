"""A study ends the same however often it was broken off, and says what an audit says."""

import errno
import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reid.errors import DeclarationError, OutputError, SourceError
from reid.evaluation.audit import audit
from reid.events.numbering import numbers_of
from reid.events.reading import read_source
from reid.storage import locked_folder
from reid.study import work
from reid.study.declaration import Study
from reid.study.exposure import comparisons_of
from reid.study.finished import FinishedStudy, is_study
from reid.study.run import forecast, run_study
from tests.study.studies import declared, source_in, tables

Keep = Callable[[Path, Any], None]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, FinishedStudy]:
    folder = tmp_path_factory.mktemp("undisturbed")
    study = declared(folder)
    return study, run_study(study, folder / "out")


Undisturbed = tuple[Study, FinishedStudy]


def test_a_cell_says_what_an_audit_of_its_strategy_says(undisturbed: Undisturbed) -> None:
    study, found = undisturbed
    source = read_source(study.folder / "people.parquet")
    for number, cell in enumerate(found.cells, 1):
        if cell["strategy"] == "none":
            continue
        alone = audit(
            source,
            strategies=[cell["strategy"]],
            regime="closed-set",
            attackers=["scaled-manhattan"],
            adequacy="none",
            releases=2,
        ).report
        assert json.dumps(found.report_of(number)) == json.dumps(alone)


def test_a_row_of_the_results_is_the_number_of_the_report(undisturbed: Undisturbed) -> None:
    _, found = undisturbed
    risk = found.results.filter(pl.col("kind") == "risk")
    for row in risk.filter(pl.col("measure").is_in(["rank_1", "auc", "rank_1_among_10"])).iter_rows(
        named=True
    ):
        report = found.report_of(row["cell"])
        if report is None:
            continue
        block = report["headline"]
        told = block["rank_1_among"]["10"] if row["measure"] == "rank_1_among_10" else block[row["measure"]]
        assert (row["value"], row["low"], row["high"]) == (told["value"], told["low"], told["high"])
    assert set(risk["strategy"]) == {cell["strategy"] for cell in found.cells}
    assert {"utility", "risk", "attacker"} <= set(found.results["kind"])


def test_people_are_told_by_number_and_make_the_rates(undisturbed: Undisturbed) -> None:
    study, found = undisturbed
    names = read_source(study.folder / "people.parquet").events.subjects
    for path in found.folder.rglob("*"):
        if path.is_file():
            assert not [name for name in names if name.encode() in path.read_bytes()]
    means = found.people.filter(pl.col("measure") == "rank_1").group_by("cell").agg(pl.col("value").mean())
    rates = found.results.filter((pl.col("kind") == "risk") & (pl.col("measure") == "rank_1"))
    both = means.join(rates.select("cell", rate="value"), on="cell")
    assert both.height == len(found.cells)
    assert (both["value"] - both["rate"]).abs().max() < 1e-12  # type: ignore[operator]


def test_numbers_of_people_follow_from_what_they_recorded_not_from_their_names(tmp_path: Path) -> None:
    events = read_source(source_in(tmp_path)).events
    order = {name: f"p{99 - place}" for place, name in enumerate(events.subjects)}
    renamed = events.renamed(order.__getitem__)
    numbers, again = numbers_of(events), numbers_of(renamed)
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))
    assert {order[name]: number for name, number in numbers.items()} == again
    assert [numbers[name] for name in events.subjects] != sorted(numbers.values())


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


def test_broken_off_after_any_write_it_goes_on_and_ends_the_same(
    undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    study, found = undisturbed
    keep: Keep = work.keep
    n_writes = 0
    allowed = 0

    def breaking(path: Path, record: Any) -> None:
        nonlocal n_writes
        if n_writes == allowed:
            (path.parent / f".{path.name}.0.partial").write_text("half a fi")
            raise Killed
        n_writes += 1
        keep(path, record)

    monkeypatch.setattr(work, "keep", breaking)
    n_killed = 0
    for allowed in (0, 1, 2, 3, 0, 4, 99):  # noqa: B007  read by what breaks off
        n_writes = 0
        try:
            run_study(study, tmp_path / "out")
        except Killed:
            n_killed += 1
    assert n_killed == 6
    assert tables(tmp_path / "out") == tables(found.folder)
    assert not list((tmp_path / "out").rglob("*.partial"))


def test_what_is_done_is_not_done_again(undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch) -> None:
    study, found = undisturbed
    before = tables(found.folder)
    monkeypatch.setattr(work, "keep", lambda *_: pytest.fail("nothing is left to do"))
    again = run_study(study, found.folder)
    assert tables(found.folder) == before
    assert again.results.equals(found.results)


def test_a_damaged_result_is_done_again(undisturbed: Undisturbed, tmp_path: Path) -> None:
    study, found = undisturbed
    run_study(study, tmp_path / "out")
    for place, text in enumerate(("", "{", '{"kind": "risk"}')):
        cells = sorted((tmp_path / "out" / "cells").glob("*[0-9a-f].json"))
        cells[place].write_text(text)
        with pytest.raises(OutputError, match="finished"):
            FinishedStudy.read(tmp_path / "out")
        run_study(study, tmp_path / "out")
    assert tables(tmp_path / "out") == tables(found.folder)


def test_the_number_of_workers_changes_no_bit(undisturbed: Undisturbed, tmp_path: Path) -> None:
    study, found = undisturbed
    run_study(study, tmp_path / "out", n_jobs=2)
    assert tables(tmp_path / "out") == tables(found.folder)


def test_a_full_disk_is_one_clear_error_and_what_was_done_stays(
    undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    study, found = undisturbed
    write_text = Path.write_text
    n_left = 6

    def full(path: Path, *told: Any, **more: Any) -> int:
        nonlocal n_left
        n_left -= 1
        if n_left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_text(path, *told, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)
        with pytest.raises(OutputError, match=r"No space left on device.*What is done is kept"):
            run_study(study, tmp_path / "out")
    assert list((tmp_path / "out" / "cells").glob("*.json"))
    assert not list((tmp_path / "out").rglob("*.partial"))
    run_study(study, tmp_path / "out")
    assert tables(tmp_path / "out") == tables(found.folder)


def _hold(folder: Path, ready: Any, done: Any) -> None:
    with locked_folder(folder):
        ready.set()
        done.wait(60)


def test_two_runs_on_one_folder_are_refused(undisturbed: Undisturbed, tmp_path: Path) -> None:
    study, _ = undisturbed
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path / "out", ready, done))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(OutputError, match="another at work"):
            run_study(study, tmp_path / "out")
    finally:
        done.set()
        other.join()
    with locked_folder(tmp_path / "out"):
        assert is_study(tmp_path / "out")  # a run that got no further may be taken up


def test_a_folder_of_something_else_and_a_file_are_refused(undisturbed: Undisturbed, tmp_path: Path) -> None:
    study, _ = undisturbed
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("mine")
    for place in ("letters", "letters/mine.txt", "letters/mine.txt/below"):
        with pytest.raises(OutputError):
            run_study(study, tmp_path / place)
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["mine.txt"]


def test_a_strategy_that_leaves_nothing_to_attack_is_a_result(tmp_path: Path) -> None:
    study = declared(tmp_path, strategies=["endpoints-only"], purposes=[], attackers=["scaled-manhattan"])
    found = run_study(study, tmp_path / "out")
    reasons = found.results.filter(pl.col("kind") == "none")
    told = found.results.filter((pl.col("kind") == "risk") & (pl.col("strategy") != "none"))
    assert reasons.height or told.height
    assert reasons["why_none"].null_count() == 0


def test_only_what_changed_is_done_again(undisturbed: Undisturbed, tmp_path: Path) -> None:
    study, _ = undisturbed
    out = tmp_path / "out"
    run_study(study, out)
    (study.folder / "more").mkdir(exist_ok=True)
    wider = declared(study.folder, purposes=["productivity", "agent-training"])
    assert {one.job.kind for one in forecast(wider, out).missing} == {"utility"}
    further = declared(study.folder, strategies=["time-grid(step_ms=[50, 400, 900])"])
    missing = [one.job for one in forecast(further, out).missing]
    assert {(job.kind, job.strategy) for job in missing} == {
        ("risk", "time-grid(step_ms=900)"),
        ("utility", "time-grid(step_ms=900)"),
    }
    assert all(one.expected.measured and one.expected.seconds > 0 for one in forecast(further, out).jobs)
    assert not any(one.expected.measured for one in forecast(further, tmp_path / "new").jobs)


def test_what_cannot_be_audited_is_refused_before_anything_runs(tmp_path: Path) -> None:
    source_in(tmp_path / "a")
    inputs = [
        {"source": "a/people.parquet", "name": name, "regime": "population", "background": n}
        for name, n in (("one", 11), ("two", 500))
    ]
    study = declared(tmp_path, inputs=inputs)
    with pytest.raises(DeclarationError) as refused:
        run_study(study, tmp_path / "out")
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == ["inputs[1]", "inputs[2]"]
    assert not list((tmp_path / "out" / "cells").iterdir())


def test_a_source_that_changes_is_another_input(tmp_path: Path) -> None:
    study = declared(tmp_path)
    run_study(study, tmp_path / "out")
    source_in(tmp_path, seed=2)
    assert len(forecast(study, tmp_path / "out").missing) == len(forecast(study, tmp_path / "out").jobs)
    (tmp_path / "people.parquet").unlink()
    with pytest.raises(SourceError):
        run_study(study, tmp_path / "out")
    assert FinishedStudy.read(tmp_path / "out").results.height  # though its source is gone


def test_under_each_threat_a_release_is_held_against_the_raw_log_attacked_as_hard(tmp_path: Path) -> None:
    threats = ["informed", "adaptive"]
    told = {"strategies": ["time-grid(step_ms=400)"], "attackers": ["manhattan"], "purposes": []}
    found = run_study(declared(tmp_path, **told, threats=threats), tmp_path / "out")
    compared = {one.threat: one for one in comparisons_of(found)}
    source = read_source(tmp_path / "people.parquet")
    for threat, tried in zip(threats, ({"informed"}, {"informed", "adaptive"}), strict=True):
        raw, released = compared[threat].cells
        assert set(raw.rungs) == tried
        alone = audit(
            source,
            strategies=["time-grid(step_ms=400)"],
            regime="closed-set",
            attackers=["manhattan"],
            adequacy="none",
            releases=2,
            threat=threat,
        ).report
        assert json.dumps(found.report_of(released.cell)) == json.dumps(alone)


def test_a_study_of_attackers_that_are_re_tuned_says_what_such_an_audit_says(tmp_path: Path) -> None:
    told = {"strategies": ["time-grid(step_ms=400)"], "attackers": ["manhattan"], "purposes": []}
    found = run_study(declared(tmp_path, **told, effort="adaptive"), tmp_path / "out")
    report = found.report_of(2)
    assert report is not None
    assert report["settings"]["effort"] == "adaptive"
    assert report["headline"]["retuning"]
    assert report["reference"]["retuning"]
