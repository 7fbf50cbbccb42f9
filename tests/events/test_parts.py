"""A folder of parts: written whole, read part by part here or at an address, refused in one line."""

import pickle
import shutil
import stat
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.errors import EventError, OutputError, ParameterError, SourceError
from reid.events import part_writing
from reid.events.archive import fingerprint
from reid.events.event_file import EventFile
from reid.events.part_writing import is_part_folder, write_part_folder
from reid.events.parts import PartFolder
from reid.events.quality import Fault, Quality
from reid.events.reading import read_events, recognise
from reid.events.schema import EVENT_COLUMNS, SESSION_COLUMNS
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.realistic import RealisticSettings, generate_realistic
from reid.synthetic.writing import write_people
from tests.events.event_tables import Row, frame_of, rows

IN_TMP = [HealthCheck.function_scoped_fixture]
PLAN = RealisticSettings(n_people=12, n_sessions=2, n_keys=20)


def people(plan: RealisticSettings = PLAN) -> EventTable:
    return generate_realistic(plan, Streams(1))


def tables(events: EventTable, sizes: list[int]) -> list[EventTable]:
    """The same people in tables of these sizes, the last size again and again."""
    found, first = [], 0
    while first < len(events.subjects):
        size = sizes[min(len(found), len(sizes) - 1)]
        quality = Quality() if found else events.quality
        found.append(events.of_people(events.subjects[first : first + size]).with_quality(quality))
        first += size
    return found


def test_the_folder_is_read_as_what_was_written(tmp_path: Path) -> None:
    made = people()
    write_part_folder([made], tmp_path / "parts", people_per_part=5)
    folder = PartFolder.open(tmp_path / "parts")
    assert [part.number for part in folder.parts] == [0, 1, 2]
    assert [part.n_people for part in folder.parts] == [5, 5, 2]
    assert folder.n_events == len(made)
    read = EventTable.concat(part.read() for part in folder.parts)
    assert_frame_equal(read.frame, made.frame)
    assert_frame_equal(read.sessions, made.sessions)
    assert folder.subjects() == made.subjects
    assert folder.quality == read.quality == made.quality
    sessions = folder.sessions()
    assert_frame_equal(sessions.select(*SESSION_COLUMNS), made.sessions)
    assert sessions.schema["part"] == pl.UInt32
    assert sessions["part"].to_list() == [number for number in (0, 1, 2) for _ in range((10, 10, 4)[number])]


@given(st.lists(st.integers(1, 7), min_size=1, max_size=5), st.integers(1, 13))
@settings(max_examples=15, deadline=None, suppress_health_check=IN_TMP)
def test_how_the_source_is_cut_changes_no_byte(tmp_path: Path, sizes: list[int], per_part: int) -> None:
    made = people()
    for name, given_tables in (("a", [made]), ("b", tables(made, sizes))):
        write_part_folder(given_tables, tmp_path / name, people_per_part=per_part)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def test_a_part_is_closed_when_it_holds_enough_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = people()
    sizes = [len(made.of_people([subject])) for subject in made.subjects]
    monkeypatch.setattr(part_writing, "EVENTS_A_PART", sum(sizes[:3]))
    write_part_folder(tables(made, [2, 3]), tmp_path / "parts")
    parts = PartFolder.open(tmp_path / "parts").parts
    assert parts[0].n_people == 3  # the third fills it to the event
    assert all(part.n_events >= sum(sizes[:3]) for part in parts[:-1])


def test_the_record_of_every_table_is_kept_even_of_empty_ones(tmp_path: Path) -> None:
    made = people()
    fault = Quality(3, (Fault("clock_back", 2, 0, 1),))
    first, second = tables(made, [6])
    nothing = EventTable(made.frame[:0], made.sessions[:0], fault)
    quality = write_part_folder([nothing, first, second, nothing], tmp_path / "parts", people_per_part=4)
    folder = PartFolder.open(tmp_path / "parts")
    assert quality == folder.quality == fault.plus(first.quality).plus(second.quality).plus(fault)


def test_the_folder_and_its_files_are_the_owners_alone(tmp_path: Path) -> None:
    write_part_folder([people()], tmp_path / "parts", people_per_part=6)
    assert stat.S_IMODE((tmp_path / "parts").stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "parts").iterdir()}
    assert modes == {0o600}


def test_only_its_own_folder_is_replaced(tmp_path: Path) -> None:
    made = people()
    for per_part in (3, 6):
        write_part_folder([made], tmp_path / "parts", people_per_part=per_part)
    assert is_part_folder(tmp_path / "parts")
    assert len(PartFolder.open(tmp_path / "parts").parts) == 2
    write_people(PLAN, tmp_path / "made")
    with pytest.raises(OutputError, match="new, empty or written by reid"):
        write_part_folder([made], tmp_path / "made")
    (tmp_path / "parts" / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="new, empty or written by reid"):
        write_part_folder([made], tmp_path / "parts")
    assert (tmp_path / "parts" / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("place", ["parts", "parts/deeper", "."])
def test_the_source_is_never_overwritten(tmp_path: Path, place: str) -> None:
    write_part_folder([people()], tmp_path / "parts")
    before = fingerprint(tmp_path / "parts")
    with pytest.raises(OutputError):
        write_part_folder([people()], tmp_path / place, source=tmp_path / "parts")
    assert fingerprint(tmp_path / "parts") == before


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    made = people()
    with pytest.raises(EventError, match="whole people"):
        write_part_folder([made, made], tmp_path / "parts", people_per_part=1)
    with pytest.raises(EventError, match="at least one event"):
        write_part_folder([], tmp_path / "parts")
    with pytest.raises(ParameterError, match="at least 1"):
        write_part_folder([made], tmp_path / "parts", people_per_part=0)
    assert list(tmp_path.iterdir()) == []


def test_every_reader_of_sources_reads_the_folder(tmp_path: Path) -> None:
    made = people()
    write_part_folder([made], tmp_path / "parts", people_per_part=5)
    assert recognise(tmp_path / "parts") == "events"
    read = read_events(tmp_path / "parts")
    assert_frame_equal(read.frame, made.frame)
    assert read.quality == made.quality


@given(rows(clean=True), st.sets(st.sampled_from(("a", "b", "c", "nobody"))))
@settings(max_examples=40, deadline=None, suppress_health_check=IN_TMP)
def test_some_people_are_read_as_they_stand_in_the_whole(
    tmp_path: Path, made: list[Row], who: set[str]
) -> None:
    table = EventTable.from_frame(frame_of(made))
    write_part_folder([table], tmp_path / "parts")
    (part,) = PartFolder.open(tmp_path / "parts").parts
    asked = part.read(who)
    expected = part.read().of_people(sorted(who))
    assert_frame_equal(asked.frame, expected.frame)
    assert_frame_equal(asked.sessions, expected.sessions)
    assert asked.quality == part.read().quality
    assert asked.session_bounds().tolist() == expected.session_bounds().tolist()


def test_row_groups_of_others_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = people(RealisticSettings(n_people=120, n_sessions=1, n_keys=5))
    write_part_folder([made], tmp_path / "parts")
    (part,) = PartFolder.open(tmp_path / "parts").parts
    read: list[int] = []
    whole = EventFile._rows

    def noted(file: EventFile, groups: list[int]) -> object:
        read.extend(groups)
        return whole(file, groups)

    monkeypatch.setattr(EventFile, "_rows", noted)
    asked = part.read([made.subjects[3], made.subjects[110]])
    assert read == [0, 2]
    assert asked.subjects == (made.subjects[3], made.subjects[110])
    assert not part.read(["nobody"]).subjects


def test_a_part_is_cheap_to_send_and_reads_the_same_there(tmp_path: Path) -> None:
    write_part_folder([people()], tmp_path / "parts", people_per_part=6)
    part = PartFolder.open(tmp_path / "parts").parts[1]
    sent = pickle.dumps(part)
    assert len(sent) < 1000
    assert_frame_equal(pickle.loads(sent).read().frame, part.read().frame)  # noqa: S301  its own


def test_the_fingerprint_is_that_of_the_folder(tmp_path: Path) -> None:
    write_people(PLAN, tmp_path / "made", n_people_a_part=5)
    assert PartFolder.open(tmp_path / "made").fingerprint == fingerprint(tmp_path / "made")
    assert PartFolder.open(str(tmp_path / "made")).subjects() == PLAN.subject_ids


@pytest.mark.parametrize("scheme", ["memory", "file"])
def test_an_address_gives_what_the_folder_gives(tmp_path: Path, scheme: str) -> None:
    fsspec = pytest.importorskip("fsspec")
    write_people(PLAN, tmp_path / "made", n_people_a_part=5)
    address = f"file://{tmp_path}/made"
    if scheme == "memory":
        address = "memory://somewhere/made"
        fsspec.filesystem("memory").put(str(tmp_path / "made"), "/somewhere/made", recursive=True)
    here, there = PartFolder.open(tmp_path / "made"), PartFolder.open(address)
    assert there.fingerprint == here.fingerprint
    assert_frame_equal(there.sessions(), here.sessions())
    for one, other in zip(here.parts, there.parts, strict=True):
        assert_frame_equal(one.read().frame, pickle.loads(pickle.dumps(other)).read().frame)  # noqa: S301


@pytest.mark.parametrize("address", ["memory://nowhere", "no-such-kind://x/y"])
def test_an_address_that_leads_nowhere_is_one_line(address: str) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(SourceError) as caught:
        PartFolder.open(address)
    assert "\n" not in str(caught.value)


def _truncate(folder: Path) -> None:
    path = folder / "part-00001.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def _twice(folder: Path) -> None:
    shutil.copy(folder / "part-00000.parquet", folder / "secret-name.parquet")


def _foreign(folder: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(folder / "part-00003.parquet")


def _other_version(folder: Path) -> None:
    path = folder / "part-00002.parquet"
    table = pq.read_table(path)
    metadata = dict(pq.read_metadata(path).metadata)
    metadata[b"reid"] = metadata[b"reid"].replace(b'"version": 1', b'"version": 99')
    pq.write_table(table.replace_schema_metadata(metadata), path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_truncate, "part 1 of parts must be a Parquet file; found damaged content"),
        (_twice, "parts must hold each person in one file; found 4 people in several files"),
        (_foreign, "part 3 of parts must be written by reid convert; found no record of it"),
        (_other_version, "part 2 of parts must have version 1; found another"),
        (lambda folder: (folder / "notes.txt").write_text("?"), "parts must be a folder of Parquet files"),
        (shutil.rmtree, "parts must exist"),
    ],
)
def test_what_is_no_folder_of_parts_is_refused_in_one_line(
    tmp_path: Path, damage: object, message: str
) -> None:
    write_part_folder([people()], tmp_path / "parts", people_per_part=4)
    damage(tmp_path / "parts")  # type: ignore[operator]
    with pytest.raises(SourceError) as caught:
        PartFolder.open(tmp_path / "parts")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert "secret-name" not in str(caught.value)


def test_rows_that_are_damaged_after_opening_are_refused_with_the_ordinal(tmp_path: Path) -> None:
    write_part_folder([people()], tmp_path / "parts", people_per_part=4)
    part = PartFolder.open(tmp_path / "parts").parts[2]
    path = tmp_path / "parts" / "part-00002.parquet"
    content = bytearray(path.read_bytes())
    content[300] ^= 255
    path.write_bytes(content)
    with pytest.raises(SourceError, match="part 2 of parts must be a Parquet file"):
        part.read()


def test_rows_of_a_person_that_lie_apart_are_refused(tmp_path: Path) -> None:
    write_part_folder([people()], tmp_path / "parts")
    path = tmp_path / "parts" / "part-00000.parquet"
    table = pl.read_parquet(path)
    metadata = pq.read_metadata(path).metadata
    moved = pl.concat([table[10:], table[:10]]).select(*EVENT_COLUMNS).to_arrow()
    pq.write_table(moved.cast(pq.read_schema(path)).replace_schema_metadata(metadata), path)
    (part,) = PartFolder.open(tmp_path / "parts").parts
    with pytest.raises(EventError, match="hold the rows of a person together"):
        part.read()
