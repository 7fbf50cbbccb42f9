"""Strategies compared by one call."""

from pathlib import Path

import pytest

import reid
from reid.errors import DeclarationError, ParameterError, UnknownNameError
from reid.study.comparing import study_of
from reid.study.declaration import Study
from reid.study.run import run_study
from tests.study.studies import declared, source_in, tables


def test_one_call_finds_what_the_declared_study_finds(tmp_path: Path) -> None:
    study = declared(tmp_path, seeds=[3])
    run_study(study, tmp_path / "declared")
    found = reid.compare(
        source_in(tmp_path),
        list(study.strategies),
        tmp_path / "called",
        regime="closed-set",
        attackers=["scaled-manhattan"],
        purposes=["productivity"],
        adequacy="none",
        releases=2,
        seeds=[3],
    )
    assert tables(tmp_path / "called") == tables(tmp_path / "declared")
    assert found.results["strategy"].n_unique() == 1 + 3


def test_it_writes_a_study_that_can_be_taken_up_by_its_file(tmp_path: Path) -> None:
    source = source_in(tmp_path)
    reid.compare(
        source,
        ["key-classes"],
        tmp_path / "out",
        regime="closed-set",
        attackers=["scaled-manhattan"],
        adequacy="none",
    )
    written = Study.read(tmp_path / "out" / "study.toml")
    assert written.inputs[0].regime == "closed-set"
    assert [str(point.strategy) for point in written.points()] == ["key-classes"]


def test_faults_are_told_with_the_nearest_valid_word(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="time-grid") as caught:
        study_of(source_in(tmp_path), ["time-gird(step_ms=50)"], purposes=["ux-reserch"])
    assert "ux-research" in str(caught.value)
    with pytest.raises(UnknownNameError, match="background"):
        study_of(source_in(tmp_path), ["key-classes"], backgruond=3)


def test_nothing_to_compare_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="one strategy or more"):
        study_of(source_in(tmp_path), [])
