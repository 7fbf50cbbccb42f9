"""What every format promises in which a log can be given back."""

import json
import stat
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.anonymizers.anonymizing import anonymize
from reid.events.formats.sessions_file import SESSIONS_FILE
from reid.events.reading import read_events, recognise
from reid.events.table import EventTable
from reid.events.writing import write_recordings, writing_format, writing_formats
from tests.contracts.test_anonymizers import EXAMPLES as STRATEGIES
from tests.contracts.test_formats import EXAMPLES

WRITING = writing_formats()


def given_back(name: str, events: EventTable, folder: Path) -> EventTable:
    write_recordings([events], folder, writing_format(name))
    assert recognise(folder) == name
    return read_events(folder, strict=True)


def assert_alike(one: EventTable, other: EventTable) -> None:
    assert_frame_equal(one.frame, other.frame)
    assert_frame_equal(one.sessions, other.sessions)


@pytest.mark.parametrize("name", WRITING)
def test_a_recording_written_back_reads_the_same(tmp_path: Path, name: str) -> None:
    (tmp_path / "source").mkdir()
    events = read_events(EXAMPLES[name](tmp_path / "source"))
    assert_alike(given_back(name, events, tmp_path / "out"), events)
    assert_alike(read_events(tmp_path / "out"), read_events(tmp_path / "out", format=name))


@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
@pytest.mark.parametrize("name", WRITING)
def test_a_release_written_back_reads_as_released(tmp_path: Path, name: str, strategy: object) -> None:
    (tmp_path / "source").mkdir()
    events = read_events(EXAMPLES[name](tmp_path / "source"))
    released = anonymize(events, str(strategy), seed=1).events
    assert_alike(given_back(name, released, tmp_path / "out"), released)


@pytest.mark.parametrize("name", WRITING)
def test_people_keep_the_order_of_their_sessions(tmp_path: Path, name: str) -> None:
    (tmp_path / "source").mkdir()
    events = read_events(EXAMPLES[name](tmp_path / "source"))
    turned = events.sessions.sort("subject_id", "session_order", descending=[False, True])
    order = pl.int_range(pl.len()).over("subject_id").cast(pl.UInt32)
    turned = turned.with_columns(session_order=order, sitting=order)
    table = EventTable.from_frame(events.frame, turned.drop("start_us"), repeats=True)
    assert table.sessions["session_id"].to_list() != events.sessions["session_id"].to_list()
    assert_alike(given_back(name, table, tmp_path / "out"), table)


@pytest.mark.parametrize("name", WRITING)
def test_recordings_are_private_and_carry_their_claims(tmp_path: Path, name: str) -> None:
    (tmp_path / "source").mkdir()
    events = read_events(EXAMPLES[name](tmp_path / "source"))
    write_recordings([events], tmp_path / "out", writing_format(name), {"claims": ["none"]})
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "out").rglob("*") if each.is_file()}
    assert modes == {0o600}
    assert json.loads((tmp_path / "out" / SESSIONS_FILE).read_text())["claims"] == ["none"]
    people = {each.name for each in (tmp_path / "out").iterdir()} - {SESSIONS_FILE}
    assert {each.partition(".")[0] for each in people} <= set(events.subjects)
