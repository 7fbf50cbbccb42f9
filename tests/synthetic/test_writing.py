"""A folder of synthetic people: read like any log, whole or absent, and said to be nobody's."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from reid.errors import EventError, OutputError, SourceError
from reid.events.event_file import read_metadata
from reid.events.parquet import write_events
from reid.events.reading import read_events, recognise
from reid.seeding import Streams
from reid.synthetic.realistic import RealisticSettings, generate_realistic
from reid.synthetic.writing import write_people

PLAN = RealisticSettings(n_people=5, n_sessions=2, n_keys=30)


def test_the_folder_is_read_as_the_people_that_were_made(tmp_path: Path) -> None:
    written = write_people(PLAN, tmp_path / "people", 4, n_people_a_part=2)
    made = generate_realistic(PLAN, Streams(4))
    assert (written.people, written.sessions, written.events, written.files) == (5, 10, len(made), 3)
    assert recognise(tmp_path / "people") == "events"
    read = read_events(tmp_path / "people")
    assert_frame_equal(read.frame, made.frame)
    assert_frame_equal(read.sessions, made.sessions)


def test_the_same_seed_gives_the_same_bytes_and_replaces_only_its_own(tmp_path: Path) -> None:
    write_people(PLAN, tmp_path / "people", 4)
    before = {path.name: path.read_bytes() for path in (tmp_path / "people").iterdir()}
    write_people(PLAN, tmp_path / "people", 4)
    assert {path.name: path.read_bytes() for path in (tmp_path / "people").iterdir()} == before
    (tmp_path / "people" / "mine.txt").write_text("mine")
    with pytest.raises(OutputError):
        write_people(PLAN, tmp_path / "people", 4)
    assert (tmp_path / "people" / "mine.txt").read_text() == "mine"


def test_a_folder_of_real_logs_is_not_replaced(tmp_path: Path) -> None:
    write_events(generate_realistic(PLAN, Streams(0)), tmp_path / "logs" / "log.parquet")
    (tmp_path / "logs" / "README.md").write_text("mine")
    with pytest.raises(OutputError):
        write_people(PLAN, tmp_path / "logs")


def test_folder_and_files_say_that_nobody_stands_behind_them(tmp_path: Path) -> None:
    write_people(PLAN, tmp_path / "people", 4)
    assert "no truth is known" in (tmp_path / "people" / "README.md").read_text()
    metadata = read_metadata(tmp_path / "people" / "part-00000.parquet")
    assert (metadata["synthetic"], metadata["generator"], metadata["seed"]) == (True, "realistic", 4)
    assert metadata["truth"] == "none is claimed"


def test_a_person_in_two_files_is_refused(tmp_path: Path) -> None:
    people = generate_realistic(PLAN, Streams(0))
    for name in ("a", "b"):
        write_events(people, tmp_path / "logs" / f"{name}.parquet")
    with pytest.raises(EventError, match="hold each person in one file"):
        read_events(tmp_path / "logs")


def _recognised(path: Path) -> str:
    try:
        return recognise(path)
    except SourceError:
        return "nothing"


def test_a_folder_with_anything_else_in_it_is_not_taken_for_one(tmp_path: Path) -> None:
    write_people(PLAN, tmp_path / "people")
    (tmp_path / "people" / "notes.bin").write_bytes(b"?")
    assert "events" not in _recognised(tmp_path / "people")
    with pytest.raises(SourceError, match="a folder of such files alone"):
        read_events(tmp_path / "people", format="events")
