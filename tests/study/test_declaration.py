"""A declared study is checked whole, and written so that it reads the same."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reid.errors import DeclarationError, ParameterError, ReidError, SourceError
from reid.study.declaration import Input, Study
from reid.study.grids import expand
from reid.study.plan import plan_study
from tests.study.studies import declared, source_in

COLUMNS = """
time_unit = "ms"
clock = "session"
event = "move"

[columns]
subject_id = "who"
time_us = "at"
x_px = "x"
y_px = "y"
"""

FIVE_FAULTS = """
name = "five faults"
strategies = ["time-grid(step=[16, 50])", "dleay-mix(bound_ms=100)"]
attackers = ["discriminent"]
purposes = ["agent-traning"]
threats = ["employr"]

[[inputs]]
source = "people.parquet"
backgruond = 5
"""


def faults_of(folder: Path, text: str) -> list[str]:
    declared(folder)
    (folder / "study.toml").write_text(text)
    with pytest.raises(DeclarationError) as refused:
        Study.read(folder / "study.toml")
    return str(refused.value).splitlines()


def test_all_faults_are_told_at_once_each_with_its_place_and_the_nearest_word(tmp_path: Path) -> None:
    found = faults_of(tmp_path, FIVE_FAULTS)
    meant = {
        "inputs[1].backgruond": "background",
        "strategies[1]": "step_ms",
        "strategies[2]": "delay-mix",
        "attackers[1]": "discriminant",
        "threats[1]": "employer",
        "purposes[1]": "agent-training",
    }
    assert [line.split(": ")[0] for line in found] == list(meant) or {
        line.split(": ")[0] for line in found
    } == set(meant)
    for line in found:
        place = line.split(": ")[0]
        assert f"Did you mean {meant[place]!r}?" in line
    assert len(found) == len(meant)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "inputs: "),
        ("inputs = 3", "inputs: "),
        ("inputs = [3]", "inputs[1]: "),
        ('[[inputs]]\nname = "a"', "inputs[1].source: "),
        ('[[inputs]]\nsource = "nowhere.parquet"', "inputs[1].source: "),
        ("[[inputs]]\nsource = 3", "inputs[1].source: "),
        ('seeds = [-1]\n[[inputs]]\nsource = "people.parquet"', "seeds: "),
        ('seeds = []\n[[inputs]]\nsource = "people.parquet"', "seeds: "),
        ('seeds = [true]\n[[inputs]]\nsource = "people.parquet"', "seeds: "),
        ('releases = 1.5\n[[inputs]]\nsource = "people.parquet"', "releases: "),
        ('strategies = ["none"]\n[[inputs]]\nsource = "people.parquet"', "strategies: "),
        (
            'strategies = ["key-classes", "key-classes()"]\n[[inputs]]\nsource = "people.parquet"',
            "strategies: ",
        ),
        ('without = ["hodl"]\n[[inputs]]\nsource = "people.parquet"', "without[1]: "),
        ('adequacy = "fast"\n[[inputs]]\nsource = "people.parquet"', "adequacy: "),
        ('[[inputs]]\nsource = "people.parquet"\nmodality = "mouse"', "inputs[1].modality: "),
        ('[[inputs]]\nsource = "people.parquet"\nregime = "open"', "inputs[1]: "),
        ('[[inputs]]\nsource = "people.parquet"\nformat = "aalt"', "inputs[1].format: "),
        ('[[inputs]]\nsource = "people.parquet"\n[[inputs]]\nsource = "people.parquet"', "inputs: "),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    (fault,) = faults_of(tmp_path, text)
    assert fault.startswith(place)
    assert str(tmp_path) not in fault


def test_what_is_no_toml_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("inputs = [")
    with pytest.raises(SourceError, match="TOML"):
        Study.read(tmp_path / "study.toml")
    with pytest.raises(SourceError, match="readable"):
        Study.read(tmp_path / "absent.toml")


@settings(max_examples=30, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.text(max_size=8),
            "question": st.text(max_size=20),
            "seeds": st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True),
            "without": st.lists(st.sampled_from(["hold", "flight"]), unique=True),
            "releases": st.integers(1, 5),
            "effort": st.sampled_from(["fixed", "adaptive"]),
        },
    )
)
@example({"question": "\x7f"})
def test_what_is_written_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, told: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("written")
    study = declared(folder, **told)
    (folder / "below").mkdir()
    (folder / "below" / "study.toml").write_text(study.written(folder / "below"), encoding="utf-8")
    again = Study.read(folder / "below" / "study.toml")
    assert again.inputs[0].source == "../people.parquet"
    assert again.written(folder) == study.written(folder)
    assert str(folder) not in study.written(folder / "below")


def test_recordings_may_lie_elsewhere_than_the_study(tmp_path: Path) -> None:
    source_in(tmp_path / "archives" / "made")
    study_folder, out = tmp_path / "declared", tmp_path / "out"
    for folder in (study_folder, out):
        folder.mkdir()
    (study_folder / "columns.toml").write_text(COLUMNS)
    text = '[[inputs]]\nsource = "made/people.parquet"\nbackground_from = "made/people.parquet"\n'
    (study_folder / "study.toml").write_text(text)
    with pytest.raises(DeclarationError, match="reid run --data"):
        Study.read(study_folder / "study.toml")
    study = Study.read(study_folder / "study.toml", tmp_path / "archives")
    assert study.inputs[0].label == "people"
    written = study.written(out)
    assert 'source = "../archives/made/people.parquet"' in written
    assert 'background_from = "../archives/made/people.parquet"' in written
    (out / "study.toml").write_text(written)
    assert Study.read(out / "study.toml").written(out) == written
    (study_folder / "study.toml").write_text(f'{text}map = "columns.toml"\n')
    assert Study.read(study_folder / "study.toml", tmp_path / "archives").inputs[0].map == "columns.toml"


def test_where_the_recordings_lie_changes_no_key_of_a_result(tmp_path: Path) -> None:
    told = declared(tmp_path / "one" / "made").inputs[0]
    apart = Study.checked({"inputs": [{"source": "people.parquet"}]}, tmp_path, tmp_path / "one" / "made")
    beside = Study.checked({"inputs": [{"source": told.source}]}, tmp_path / "one" / "made")
    assert [job.key for job in plan_study(apart).jobs()] == [job.key for job in plan_study(beside).jobs()]
    assert plan_study(apart).as_dict() == plan_study(beside).as_dict()


def test_a_grid_stands_for_each_combination() -> None:
    points = expand("time-grid(step_ms=[16, 50]) | delay-mix(bound_ms=[10, 20, 30])")
    assert len({str(point.strategy) for point in points}) == 6
    assert points[1].settings == {"step_ms": 16, "2.bound_ms": 20}
    assert points[0].swept is None
    assert [point.swept for point in expand("time-grid(step_ms=[16, 50])")] == [16.0, 50.0]
    assert [point.swept for point in expand("time-grid(step_ms=100, rounding=['floor', 'round'])")] == [
        None
    ] * 2
    (single,) = expand(" key-classes ")
    assert (str(single.strategy), single.settings) == ("key-classes", {})


@pytest.mark.parametrize(
    "text", ["time-grid(step_ms=[])", "time-grid(step_ms=[1, 1])", "time-grid(step_ms=[0])"]
)
def test_a_grid_without_sense_is_refused(text: str) -> None:
    with pytest.raises(ReidError):
        expand(text)


def test_a_grid_has_bounds() -> None:
    steps = " | ".join(f"time-grid(step_ms={list(range(1, 12))})" for _ in range(3))
    with pytest.raises(ParameterError, match="1000"):
        expand(steps)


def test_an_input_is_named_after_its_source() -> None:
    assert Input(source="a/b.parquet").label == "b"
    assert Input(source="a/b.parquet", name="c").label == "c"
