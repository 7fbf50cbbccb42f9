"""What every registered format promises, on a small source of each."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from reid.errors import SourceError
from reid.events.archive import Source
from reid.events.formats import FORMATS
from reid.events.parquet import write_events
from reid.events.reading import read_events, recognise
from reid.events.schema import EVENT_COLUMNS, SESSION_COLUMNS
from reid.events.table import EventTable

PEOPLE = ("p1", "p2")
TABLE = "subject_id,session_id,time_us,event,key\n" + "".join(
    f"{who},{session},{time},{event},KeyA\n"
    for who in PEOPLE
    for session in (1, 2)
    for time, event in enumerate(("key_down", "key_up"))
)


def aalto(folder: Path) -> Path:
    heading = (
        "PARTICIPANT_ID\tTEST_SECTION_ID\tSENTENCE\tUSER_INPUT\tKEYSTROKE_ID\t"
        "PRESS_TIME\tRELEASE_TIME\tLETTER\tKEYCODE\n"
    )
    for who in PEOPLE:
        rows = "".join(
            f"{who}\t{n}\ta\ta\t1\t{1471934383592 + n}\t{1471934383650 + n}\ta\t65\n" for n in (1, 2)
        )
        (folder / f"{who}_keystrokes.txt").write_text(heading + rows)
    return folder


def cmu(folder: Path) -> Path:
    keys = ("period", "t", "i", "e", "five", "Shift.r", "o", "a", "n", "l", "Return")
    names = [
        name
        for key, after in pairwise(keys)
        for name in (f"H.{key}", f"DD.{key}.{after}", f"UD.{key}.{after}")
    ]
    heading = ",".join(["subject", "sessionIndex", "rep", *names, "H.Return"])
    times = ",".join(["0.1,0.3,0.2"] * 10 + ["0.1"])
    rows = "".join(f"{who},{session},1,{times}\n" for who in PEOPLE for session in (1, 2))
    (folder / "passwords.csv").write_text(f"{heading}\n{rows}")
    return folder / "passwords.csv"


def table(folder: Path) -> Path:
    (folder / "log.csv").write_text(TABLE)
    return folder / "log.csv"


def events(folder: Path) -> Path:
    write_events(read_events(table(folder)), folder / "log.parquet")
    return folder / "log.parquet"


EXAMPLES: dict[str, Callable[[Path], Path]] = {"aalto": aalto, "cmu": cmu, "events": events, "table": table}


def test_every_registered_format_is_under_contract() -> None:
    assert set(EXAMPLES) == set(FORMATS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_source_is_recognised_as_its_own_format_first(tmp_path: Path, name: str) -> None:
    assert recognise(EXAMPLES[name](tmp_path)) == name


@pytest.mark.parametrize("name", EXAMPLES)
def test_parts_hold_whole_people_and_every_column(tmp_path: Path, name: str) -> None:
    with Source(EXAMPLES[name](tmp_path)) as source:
        parts = list(FORMATS[name]().parts(source))
    together = EventTable.concat(parts)
    assert together.subjects == PEOPLE
    assert together.sessions.height == 4
    assert dict(together.frame.schema) == dict(EVENT_COLUMNS)
    assert together.sessions.columns == list(SESSION_COLUMNS)
    assert together.quality.rows_left_out == 0
    assert together.quality.rows_read > 0


@pytest.mark.parametrize("name", EXAMPLES)
def test_reading_twice_gives_the_same(tmp_path: Path, name: str) -> None:
    path = EXAMPLES[name](tmp_path)
    one, other = read_events(path, format=name), read_events(path, format=name)
    assert_frame_equal(one.frame, other.frame)
    assert_frame_equal(one.sessions, other.sessions)


@pytest.mark.parametrize("name", EXAMPLES)
def test_published_comparisons_name_people_of_the_table_or_there_are_none(tmp_path: Path, name: str) -> None:
    path = EXAMPLES[name](tmp_path)
    read = read_events(path, format=name)
    published = FORMATS[name]().published(read)
    if published is not None:
        assert published.columns == ["role", "subject_id", "session_id", "trial", "claimed_id", "genuine"]
        assert set(published["subject_id"]) <= set(read.subjects)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_no_source_of_the_format_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "other.bin").write_bytes(bytes(range(1, 200)))
    with Source(tmp_path / "other.bin") as source:
        assert not FORMATS[name]().recognises(source)
        with pytest.raises(SourceError):
            list(FORMATS[name]().parts(source))
