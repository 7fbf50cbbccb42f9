import zipfile
from pathlib import Path

import pytest

from reid.errors import SourceError
from reid.events.archive import Source
from reid.events.formats.layout import in_parts, required, session_files
from reid.events.formats.sessions_file import SESSIONS_FILE

SUFFIXES = frozenset({".json"})
Found = list[tuple[str, str, list[str]]]


def made(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    return root


def zipped(root: Path, *names: str) -> Path:
    path = root / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return path


def found(path: Path) -> Found:
    with Source(path) as source:
        return [
            (each.subject_id, each.session_id, [member.name for member in each.members])
            for each in session_files(source, SUFFIXES)
        ]


def test_a_file_or_a_folder_of_files_is_a_session_of_the_person_above(tmp_path: Path) -> None:
    names = (
        "b/2.json", "b/1.x.json", "a/s/z.json", "a/s/deep/y.json", "a/s/notes.txt", "readme.json",
        SESSIONS_FILE,
    )  # fmt: skip
    assert found(made(tmp_path / "logs", *names)) == [
        ("a", "s", ["a/s/deep/y.json", "a/s/z.json"]), ("b", "1.x", ["b/1.x.json"]), ("b", "2", ["b/2.json"]),
    ]  # fmt: skip


def test_a_single_file_is_a_session_whatever_it_is_called(tmp_path: Path) -> None:
    made(tmp_path, "somebody.log")
    assert found(tmp_path / "somebody.log") == [("person", "session", ["somebody.log"])]


def test_folders_around_an_archive_are_passed_over(tmp_path: Path) -> None:
    assert found(zipped(tmp_path, "all/logs/p/1.json", "all/logs/q/1.json"))[0][:2] == ("p", "1")
    assert found(zipped(tmp_path, "p/1.json", "p/2.json"))[1][:2] == ("p", "2")
    folder = made(tmp_path / "logs", "p/s/1.json", "p/s/2.json")
    assert found(folder) == [("p", "s", ["p/s/1.json", "p/s/2.json"])]


@pytest.mark.parametrize("names", [("p/s.json", "p/s/1.json"), ("p/s.json", "p/s.JSON")])
def test_a_session_that_stands_twice_is_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    with pytest.raises(SourceError, match="each session once"):
        found(made(tmp_path / "logs", *names))


def test_recordings_without_a_person_are_refused(tmp_path: Path) -> None:
    with (
        Source(made(tmp_path / "logs", "1.json", "2.json")) as source,
        pytest.raises(SourceError, match="folder of their own"),
    ):
        required(session_files(source, SUFFIXES), source, "PERSON/SESSION.json")


def test_parts_hold_whole_people_and_tell_how_far_they_are(tmp_path: Path) -> None:
    names = [f"{person:02}/{session}.json" for person in range(60) for session in (1, 2)]
    told: list[int] = []
    with Source(made(tmp_path / "logs", *names)) as source:
        parts = list(in_parts(session_files(source, SUFFIXES), lambda _, done, __: told.append(done)))
    people = [{each.subject_id for each in part} for part in parts]
    assert [len(each) for each in people] == [50, 10]
    assert not people[0] & people[1]
    assert told == [0, 100, 120]
