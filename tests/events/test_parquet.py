import stat
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.errors import EventError, OutputError, SourceError
from reid.events.event_file import is_event_file, read_event_file, read_metadata
from reid.events.parquet import write_events, write_parts
from reid.events.quality import Fault, Quality
from reid.events.reading import read_events, recognise
from reid.events.table import EventTable
from tests.events.event_tables import Row, frame_of, rows

IN_TMP = [HealthCheck.function_scoped_fixture]


def table_of(*people: str) -> EventTable:
    made: list[Row] = [
        {"subject_id": who, "session_id": "1", "time_us": n, "event": event, "key": "KeyA"}
        for who in people
        for n, event in enumerate(("key_down", "key_up"))
    ]
    return EventTable.from_frame(frame_of(made))


@given(rows(clean=True), st.integers(0, 2**40))
@settings(max_examples=60, deadline=None, suppress_health_check=IN_TMP)
def test_what_is_written_is_read_back(tmp_path: Path, made: list[Row], start_us: int) -> None:
    frame = frame_of(made).with_columns(
        start_us=pl.lit(start_us), layout=pl.lit("dvorak"), char=pl.lit("\U0001f511")
    )
    quality = Quality(len(made) + 2, (Fault("clock_back", 2, 7, 9),))
    table = EventTable.from_frame(frame, quality=quality)
    write_events(table, tmp_path / "a.parquet")
    again = read_events(tmp_path / "a.parquet", max_faults=1)
    assert_frame_equal(again.frame, table.frame)
    assert_frame_equal(again.sessions, table.sessions)
    assert again.quality == table.quality


@given(rows(clean=True))
@settings(max_examples=20, deadline=None, suppress_health_check=IN_TMP)
def test_the_same_events_give_the_same_bytes(tmp_path: Path, made: list[Row]) -> None:
    table = EventTable.from_frame(frame_of(made))
    for name in ("a", "b"):
        write_events(table, tmp_path / name, {"z": 1, "a": 2})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_people_are_cut_into_groups_that_come_back_as_parts(tmp_path: Path) -> None:
    people = [f"p{number:03}" for number in range(120)]
    write_events(table_of(*people), tmp_path / "a.parquet")
    parts = list(read_event_file(tmp_path / "a.parquet"))
    assert [len(part.subjects) for part in parts] == [50, 50, 20]
    assert EventTable.concat(parts).subjects == tuple(people)


def test_a_file_is_readable_by_the_owner_only_and_carries_its_record(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_events(table_of("a"), path, {"for_measurement_only": True})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_metadata(path)["for_measurement_only"] is True
    assert read_metadata(path)["quality"]["rows_read"] == 2
    assert is_event_file(path)
    assert recognise(path) == "events"


def test_any_reader_of_parquet_sees_the_rows_and_encoded_ids(tmp_path: Path) -> None:
    write_events(table_of("a", "b"), tmp_path / "a.parquet")
    assert pl.read_parquet(tmp_path / "a.parquet")["key"].to_list() == ["KeyA"] * 4
    column = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0).column(0)
    assert column.path_in_schema == "subject_id"
    assert column.has_dictionary_page


def test_parts_that_share_a_person_leave_no_file(tmp_path: Path) -> None:
    with pytest.raises(EventError, match="whole people"):
        write_parts([table_of("a"), table_of("a")], tmp_path / "a.parquet")
    with pytest.raises(EventError, match="at least one event"):
        write_parts([], tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_the_source_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_events(table_of("a"), path)
    before = path.read_bytes()
    (tmp_path / "link.parquet").symlink_to(path)
    for target in (path, tmp_path / "link.parquet"):
        with pytest.raises(OutputError, match="must not lie where the source lies"):
            write_parts(read_event_file(path), target, source=path)
    with pytest.raises(OutputError):
        write_parts(read_event_file(path), tmp_path / "deep" / "b.parquet", source=tmp_path)
    assert path.read_bytes() == before


def test_a_person_who_goes_on_in_the_next_row_group_stays_whole(tmp_path: Path) -> None:
    path, again = tmp_path / "a.parquet", tmp_path / "b.parquet"
    table = table_of("a", "b")
    write_events(table, path)
    with pq.ParquetWriter(again, pq.read_schema(path)) as writer:
        writer.write_table(pq.read_table(path), row_group_size=1)
        writer.add_key_value_metadata(pq.read_metadata(path).metadata)
    parts = list(read_event_file(again))
    assert [part.subjects for part in parts] == [("a",), ("b",)]
    assert_frame_equal(EventTable.concat(parts).frame, table.frame)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=IN_TMP)
def test_damage_gives_the_events_or_one_clear_line(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "a.parquet"
    write_events(table_of("a", "b", "c"), path)
    content = bytearray(path.read_bytes())
    footer = data.draw(st.sampled_from([0, len(content) // 2]))
    for _ in range(data.draw(st.integers(1, 2))):
        content[data.draw(st.integers(footer, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        parts = list(read_event_file(path))
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017  either outcome is right
    else:
        assert all(isinstance(part, EventTable) for part in parts)


def _no_words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array([b"\xff"] * len(column)).view(pa.string())])


@pytest.mark.parametrize("damage", ["words", "name"])
def test_columns_of_no_words_and_of_other_names_are_damage(tmp_path: Path, damage: str) -> None:
    path, again = tmp_path / "a.parquet", tmp_path / "b.parquet"
    write_events(table_of("a", "b"), path)
    table = pq.read_table(path)
    place = table.schema.get_field_index("session_id")
    changed = {
        "words": lambda: table.set_column(place, "session_id", _no_words(table["session_id"])),
        "name": lambda: table.rename_columns({"session_id": "session_ie"}),
    }[damage]()
    pq.write_table(changed.replace_schema_metadata(pq.read_metadata(path).metadata), again)
    with pytest.raises(SourceError, match="damaged content"):
        list(read_event_file(again))
