from collections.abc import Iterator
from pathlib import Path

import pytest

from reid.errors import EventError, ParameterError, SourceError, UnknownNameError
from reid.events.archive import fingerprint
from reid.events.formats import FORMATS
from reid.events.reading import read_events, read_parts, read_source, recognise

HEADING = "subject_id,session_id,time_us,event,key\n"


def log(path: Path, n_good: int, n_bad: int) -> Path:
    good = "".join(f"a,1,{n},key_down,KeyA\n" for n in range(n_good))
    path.write_text(HEADING + good + "a,1,never,key_down,KeyA\n" * n_bad)
    return path


def test_every_format_says_in_one_line_what_it_is() -> None:
    assert list(FORMATS)[-2:] == ["events", "table"]  # asked last: a publisher's table is a table too
    for name in FORMATS:
        assert 20 < len(FORMATS.summary(name)) < 120
        assert FORMATS.summary(name).endswith(".")


def test_faults_beyond_one_in_a_hundred_are_an_error_at_the_end(tmp_path: Path) -> None:
    assert len(read_events(log(tmp_path / "a.csv", 99, 1))) == 99
    too_many = log(tmp_path / "b.csv", 98, 2)
    with pytest.raises(EventError, match=r"2 of 100 rows left out: 2 unreadable_time \(first: .*row 98\)"):
        read_events(too_many)
    assert len(read_events(too_many, max_faults=0.02)) == 98
    parts = read_parts(too_many)
    assert len(next(parts)) == 98
    with pytest.raises(EventError):
        next(parts)


def test_strictness_makes_one_fault_an_error(tmp_path: Path) -> None:
    read_events(log(tmp_path / "a.csv", 5, 0), strict=True)
    with pytest.raises(EventError, match="no fault under --strict"):
        read_events(log(tmp_path / "b.csv", 1000, 1), strict=True)


def test_a_source_of_nothing_but_faults_says_which(tmp_path: Path) -> None:
    with pytest.raises(EventError, match="3 unreadable_time"):
        read_events(log(tmp_path / "a.csv", 0, 3))
    with pytest.raises(EventError, match="at least one person; found none"):
        read_events(log(tmp_path / "a.csv", 0, 3), max_faults=1)


def test_a_share_beyond_one_is_no_share(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="max_faults must lie between 0 and 1"):
        read_events(log(tmp_path / "a.csv", 5, 0), max_faults=5)


def test_a_source_of_no_known_format_says_what_can_be_done(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Call me Ishmael.")
    with pytest.raises(
        SourceError,
        match=r"known format \(aalto, .*, table\).*--format",
    ):
        recognise(tmp_path / "a.txt")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.zip").write_text("archive")
    with pytest.raises(SourceError, match="The folder holds archives"):
        recognise(tmp_path / "folder")
    with pytest.raises(UnknownNameError, match="Did you mean 'aalto'"):
        read_events(tmp_path / "a.txt", format="alto")


@pytest.mark.parametrize("name", FORMATS)
def test_a_source_of_another_format_than_named_is_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("Call me Ishmael.")
    with pytest.raises(SourceError) as caught:
        read_events(tmp_path / "a.txt", format=name)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("a.txt must")
    assert "Ishmael" not in str(caught.value)


def test_a_report_learns_format_and_fingerprint(tmp_path: Path) -> None:
    read = read_source(log(tmp_path / "a.csv", 5, 0))
    assert (read.format, read.fingerprint) == ("table", fingerprint(tmp_path / "a.csv"))
    assert read.published() is None
    assert len(read.events) == 5


def test_progress_ends_where_it_said_it_would(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    read_events(log(tmp_path / "a.csv", 5, 0), progress=lambda *news: told.append(news))
    assert told[0] == ("reading", 0, 1)
    assert told[-1] == ("reading", 1, 1)


def test_parts_come_one_by_one(tmp_path: Path) -> None:
    for number in range(120):
        text = f"{HEADING}p{number},1,0,key_down,KeyA\n"
        (tmp_path / f"{number:03}.csv").write_text(text)
    parts = read_parts(tmp_path)
    assert isinstance(parts, Iterator)
    assert [len(part.subjects) for part in parts] == [50, 50, 20]
