"""The studies of ``experiments/`` are declared without a fault, and name no place of a machine."""

import tomllib
from pathlib import Path

import pytest

from reid.study.declaration import RECORDED, Study

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
STUDIES = [
    path for path in sorted(EXPERIMENTS.glob("*.toml")) if "inputs" in tomllib.loads(path.read_text("utf-8"))
]


def named_in(study: Path) -> list[str]:
    inputs = tomllib.loads(study.read_text(encoding="utf-8"))["inputs"]
    return [one[name] for one in inputs for name in RECORDED if name in one]


def test_there_are_studies() -> None:
    assert STUDIES


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_a_study_is_declared_without_a_fault(study: Path, tmp_path: Path) -> None:
    for name in named_in(study):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    read = Study.read(study, tmp_path)
    assert read.name == study.stem
    assert read.question.endswith("?")
    assert study.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_recordings_are_named_from_the_folder_of_data(study: Path) -> None:
    for name in named_in(study):
        assert not Path(name).is_absolute()
        assert ".." not in Path(name).parts


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_the_recordings_are_where_the_publishers_archives_are_kept(study: Path, real_data: Path) -> None:
    absent = [name for name in named_in(study) if not (real_data / name).exists()]
    if absent:
        pytest.skip(f"REID_DATA_DIR holds no {', '.join(sorted(set(absent)))}")
    assert Study.read(study, real_data).folder == study.parent
