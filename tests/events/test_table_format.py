import csv
import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from reid.errors import ParameterError, ReidError, SourceError, UnknownNameError
from reid.events.formats import TableMapping
from reid.events.quality import Fault
from reid.events.reading import read_events, read_parts, recognise
from reid.events.schema import EVENT_COLUMNS
from reid.events.table import EventTable
from tests.events.event_tables import Row, frame_of, rows

HEADING = "subject_id,session_id,time_us,event,key\n"
IN_TMP = [HealthCheck.function_scoped_fixture]


def read(path: Path, content: str | bytes, **options: Any) -> EventTable:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_events(path, **options)


@given(rows(clean=True))
@settings(max_examples=40, deadline=None, suppress_health_check=IN_TMP)
def test_our_own_names_need_no_mapping_in_any_kind_of_file(tmp_path: Path, made: list[Row]) -> None:
    table = EventTable.from_frame(frame_of(made))
    ranks = table.sessions.select("subject_id", "session_id", "session_order")
    frame = table.frame.join(ranks, on=["subject_id", "session_id"], maintain_order="left")
    plain = frame.cast({pl.Enum: pl.String})
    plain.write_csv(tmp_path / "a.csv")
    plain.write_csv(tmp_path / "a.tsv", separator="\t")
    plain.write_ndjson(tmp_path / "a.ndjson")
    frame.write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    for name in ("a.csv", "a.tsv", "a.ndjson", "a.parquet", "a.csv.gz"):
        assert recognise(tmp_path / name) == "table"
        again = read_events(tmp_path / name)
        assert_frame_equal(again.frame, table.frame)
        assert_frame_equal(again.sessions, table.sessions)


def test_a_mapping_names_columns_units_words_and_keys(tmp_path: Path) -> None:
    mapping = TableMapping.from_options(
        ["subject_id=user", "session_id=login", "time_us=ts", "event=what", "key=code"],
        ["d=key_down", "u=key_up"],
        time_unit="ms",
        keys="keycode",
    )
    table = read(
        tmp_path / "a.csv",
        "ts;user;login;what;code\n1600000000000.5;7;1;d;65\n1600000000100;7;1;u;65\n",
        mapping=mapping,
    )
    assert table.frame.select("subject_id", "time_us", "event", "key", "press").rows() == [
        ("7", 0, "key_down", "KeyA", 0),
        ("7", 99_500, "key_up", "KeyA", 0),
    ]
    assert table.sessions["start_us"].to_list() == [1_600_000_000_000_500]


def test_the_same_mapping_stands_in_a_toml_file(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        'time_unit = "ms"\nclock = "unix"\nkeys = "name"\n'
        '[columns]\nsubject_id = "user"\n[events]\nd = "key_down"\n'
    )
    assert TableMapping.from_toml(tmp_path / "map.toml") == TableMapping.from_options(
        ["subject_id=user"], ["d=key_down"], time_unit="ms", clock="unix", keys="name"
    )


@pytest.mark.parametrize(
    ("unit", "first", "second"),
    [
        ("s", "1600000000.000001", "1600000000.25"),
        ("ms", "1600000000000.001", "1600000000250"),
        ("us", "1600000000000001", "1600000000250000"),
        ("ns", "1600000000000001000", "1600000000250000400"),
        ("iso", "2020-09-13T12:26:40.000001Z", "2020-09-13 14:26:40.25+02:00"),
    ],
)
def test_every_unit_gives_the_same_microseconds(tmp_path: Path, unit: str, first: str, second: str) -> None:
    content = f"{HEADING}a,1,{first},key_down,KeyA\na,1,{second},key_up,KeyA\n"
    table = read(tmp_path / "a.csv", content, mapping=TableMapping(time_unit=unit))
    assert table.frame["time_us"].to_list() == [0, 249_999]
    assert table.sessions["start_us"].to_list() == [1_600_000_000_000_001]


def test_timestamps_of_parquet_need_no_unit(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"subject_id": [1, 1], "session_id": [2, 2], "event": ["key_down", "key_up"], "key": ["KeyA"] * 2}
    )
    for zone in (None, "Europe/Berlin"):
        times = pl.Series("time_us", [1_600_000_000_000, 1_600_000_000_007]).cast(pl.Datetime("ms", zone))
        frame.with_columns(times).write_parquet(tmp_path / "a.parquet")
        table = read_events(tmp_path / "a.parquet")
        assert table.frame["time_us"].to_list() == [0, 7000]
        assert table.sessions["start_us"].to_list() == [1_600_000_000_000_000]


def test_time_since_the_session_start_is_kept_as_it_is(tmp_path: Path) -> None:
    table = read(tmp_path / "a.csv", HEADING + "a,1,500,key_down,KeyA\na,1,700,key_up,KeyA\n")
    assert table.frame["time_us"].to_list() == [500, 700]
    assert table.sessions["start_us"].to_list() == [None]


def test_a_cell_may_hold_a_json_list(tmp_path: Path) -> None:
    cells = [
        [0, 1000, 2500],
        ["key_down", "key_up", "move"],
        ["KeyA", "KeyA", None],
        [None, None, 3],
        [None, None, 4.5],
    ]
    text = ",".join('"' + json.dumps(cell).replace('"', '""') + '"' for cell in cells)
    record = dict(zip(("time_us", "event", "key", "x_px", "y_px"), cells, strict=True))
    sources = {
        "a.csv": f"subject_id,session_id,time_us,event,key,x_px,y_px\n7,1,{text}\n",
        "a.ndjson": json.dumps({"subject_id": 7, "session_id": 1, **record}) + "\n",
    }
    for name, content in sources.items():
        found = read(tmp_path / name, content).frame
        assert found.select("subject_id", "time_us", "event", "key", "x_px", "y_px").rows() == [
            ("7", 0, "key_down", "KeyA", None, None),
            ("7", 1000, "key_up", "KeyA", None, None),
            ("7", 2500, "move", None, 3.0, 4.5),
        ]


def test_a_table_of_one_kind_of_event_needs_no_column_for_it(tmp_path: Path) -> None:
    content = 'who,n,t,x,y,event\n7,3,"[5.0, 15.5]","[1, 2]","[3, 4]",swipe\n8,1,"[0]","[9]","[9]",\n'
    toml = (
        'time_unit = "ms"\nevent = "move"\n[columns]\nsubject_id = "who"\nsession_id = "who"\ntrial = "n"\n'
        'time_us = "t"\nx_px = "x"\ny_px = "y"\n'
    )
    (tmp_path / "map.toml").write_text(toml)
    table = read(tmp_path / "log.csv", content, mapping=TableMapping.from_toml(tmp_path / "map.toml"))
    columns = ("subject_id", "session_id", "trial", "time_us", "event", "x_px", "y_px")
    assert table.frame.select(columns).rows() == [
        ("7", "7", 3, 5000, "move", 1, 3), ("7", "7", 3, 15_500, "move", 2, 4),
        ("8", "8", 1, 0, "move", 9, 9),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"event": "swipe"}, UnknownNameError),
        ({"event": "move", "columns": {"event": "what"}}, ParameterError),
        ({"event": "move", "events": {"m": "move"}}, ParameterError),
    ],
)
def test_one_kind_of_event_is_said_once(settings: dict[str, Any], error: type[ReidError]) -> None:
    with pytest.raises(error):
        TableMapping(**settings)


def test_the_choice_task_of_kieslich_and_henninger_is_read_by_its_mapping(
    real_data: Path, project: Path
) -> None:
    path = real_data / "kh2017" / "raw_data.csv.gz"
    table = read_events(path, mapping=TableMapping.from_toml(project / "experiments" / "kh2017.toml"))
    with gzip.open(path, "rt") as stream:
        published = list(csv.DictReader(stream))
    expected = []
    for row in published:
        lists = [json.loads(row[f"{name}_get_response"]) for name in ("timestamps", "xpos", "ypos")]
        expected += [
            (row["subject_nr"], int(row["count_trial"]), 1000 * t, x, y)
            for t, x, y in zip(*lists, strict=True)
        ]
    assert len(expected) == table.quality.rows_read == 235_261
    distinct = [row for row, before in zip(expected, [None, *expected], strict=False) if row != before]
    columns = ("subject_id", "trial", "time_us", "x_px", "y_px")
    found = table.frame.select(columns).sort(pl.col("subject_id").cast(pl.Int64), maintain_order=True)
    assert found.rows() == distinct
    assert table.quality.faults == (Fault("duplicate_row", 124, 0, 17),)
    assert table.sessions.height == len(table.subjects) == 60


def test_lists_that_differ_in_length_are_a_fault_of_their_row(tmp_path: Path) -> None:
    records = [
        {
            "subject_id": "a",
            "session_id": 1,
            "time_us": [0, 1],
            "event": ["key_down", "key_up"],
            "key": ["KeyA", "KeyA"],
        },
        {
            "subject_id": "b",
            "session_id": 1,
            "time_us": [0, 1],
            "event": ["key_down"],
            "key": ["KeyA", "KeyA"],
        },
    ]
    table = read(tmp_path / "a.ndjson", "\n".join(map(json.dumps, records)), max_faults=1)
    assert table.subjects == ("a",)
    assert table.quality.faults == (Fault("unreadable_row", 1, 0, 1),)


def test_brackets_that_are_keys_are_no_lists(tmp_path: Path) -> None:
    table = read(
        tmp_path / "a.csv", HEADING + "a,1,0,key_down,[\na,1,1,key_up,[\n", mapping=TableMapping(keys="name")
    )
    assert table.frame["key"].to_list() == ["BracketLeft"] * 2


def test_unknown_keys_in_rollover_pair_up_by_their_own_words(tmp_path: Path) -> None:
    content = HEADING + "a,1,0,key_down,ä\na,1,1,key_down,ö\na,1,2,key_up,ä\na,1,3,key_up,ö\n"
    table = read(tmp_path / "a.csv", content)
    assert table.frame["key"].to_list() == ["Unidentified"] * 4
    assert table.frame["press"].to_list() == [0, 1, 0, 1]


def test_rows_at_fault_are_counted_by_kind(tmp_path: Path) -> None:
    bad = (
        "a,1,NaN,key_down,KeyA\na,1,1e300,key_down,KeyA\na,1,-5,key_down,KeyA\na,1,,key_down,KeyA\na,1,x,key_down,KeyA\n"
        "a,1,6,zap,KeyA\na,1,7,key_down\n,1,8,key_down,KeyA\na,1,9,key_down,KeyA,more\na,1,10,key_up,KeyB\n"
        "a,1,2,key_down,KeyC\n"
    )
    content = HEADING + "a,1,3,key_down,KeyA\na,1,4,key_up,KeyA\n" + bad
    table = read(tmp_path / "a.csv", content, max_faults=1)
    assert len(table) == 2
    assert table.quality.rows_read == 13
    assert {fault.kind: fault.count for fault in table.quality.faults} == {
        "unreadable_row": 1,
        "unreadable_time": 5,
        "missing_value": 2,
        "unknown_event": 1,
        "clock_back": 1,
        "release_without_press": 1,
    }


@pytest.mark.parametrize(
    ("column", "value"),
    [("trial", "two"), ("trial", "1.5"), ("x_px", "far"), ("button", "nose"), ("screen_w", "-x")],
)
def test_a_value_that_its_column_cannot_take_is_a_fault(tmp_path: Path, column: str, value: str) -> None:
    content = (
        f"subject_id,session_id,time_us,event,key,{column}\na,1,0,key_down,KeyA,\na,1,1,key_up,KeyA,{value}\n"
    )
    table = read(tmp_path / "a.csv", content, max_faults=1)
    assert table.quality.faults == (Fault("unreadable_row", 1, 0, 1),)


def test_rows_in_any_order_are_sorted_when_the_mapping_says_so(tmp_path: Path) -> None:
    content = HEADING + "a,1,9,key_up,KeyA\na,1,3,key_down,KeyA\n"
    table = read(tmp_path / "a.csv", content, mapping=TableMapping(in_order=False))
    assert table.frame["time_us"].to_list() == [3, 9]
    with pytest.raises(ReidError, match=r"clock_back|release_without_press"):
        read(tmp_path / "a.csv", content)


def test_ids_of_any_kind_become_text_unharmed(tmp_path: Path) -> None:
    long = "x" * 10_000
    names = ["=1+1", "<script>", long, 7, 7.0]
    records = [
        {"subject_id": name, "session_id": 1, "time_us": 0, "event": "key_down", "key": "KeyA"}
        for name in names[:3]
    ]
    table = read(tmp_path / "a.ndjson", "\n".join(map(json.dumps, records)))
    assert set(table.subjects) == {"=1+1", "<script>", long}
    for name in names[3:]:
        records = [{"subject_id": name, "session_id": 1, "time_us": 0, "event": "key_down", "key": "KeyA"}]
        assert read(tmp_path / "a.ndjson", "\n".join(map(json.dumps, records))).subjects == ("7",)


def test_people_spread_over_files_stay_whole(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.md", "no table")
        for number in range(130):
            who = f"p{number % 65:02}"
            archive.writestr(
                f"{number}.csv", f"{HEADING}{who},{number},0,key_down,KeyA\n{who},{number},1,key_up,KeyA\n"
            )
    parts = list(read_parts(tmp_path / "a.zip"))
    people = [who for part in parts for who in part.subjects]
    assert len(people) == len(set(people)) == 65
    assert [len(part.subjects) for part in parts] == [50, 15]
    assert sum(part.sessions.height for part in parts) == 130


def test_a_file_among_many_without_the_columns_is_named_by_ordinal(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("alice.csv", HEADING + "a,1,0,key_down,KeyA\n")
        archive.writestr("bob.csv", "a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"file 1 of a\.zip must have the required columns") as caught:
        read_events(tmp_path / "a.zip")
    assert "bob" not in str(caught.value)


BAD = {
    "binary": bytes(range(256)) * 20,
    "utf-16": (HEADING + "a,1,0,key_down,KeyA\n").encode("utf-16"),
    "columns missing": b"a,b,c\n1,2,3\n",
    "one column missing": b"subject_id,time_us,event,key\na,0,key_down,KeyA\n",
    "a heading twice": b"subject_id,session_id,time_us,time_us,event,key\na,1,0,0,key_down,KeyA\n",
    "no rows": HEADING.encode(),
    "events unknown": (HEADING + "a,1,0,secret,KeyA\n").encode(),
    "times no numbers": (HEADING + "a,1,secret,key_down,KeyA\n").encode(),
    "huge times": (HEADING + "a,1,1e400,key_down,KeyA\na,1,99999999999999999999,key_up,KeyA\n").encode(),
    "negative times": (HEADING + "a,1,-1,key_down,KeyA\n").encode(),
    "NUL bytes": HEADING.encode() + b"a,1,\0,key_down,KeyA\n",
    "an open quote": (HEADING + 'a,1,0,key_down,"KeyA\n').encode() + b"x" * 100,
    "broken JSON": b'{"subject_id": 1, "session_id": 1, "time_us": 0, "event": "move", "key": ""}\n{"subj',
    "JSON of another shape": b'[{"subject_id": 1}]',
    "an object for a time": b'{"subject_id":1,"session_id":1,"time_us":{"a":1},"event":"move","key":"KeyA"}',
    "lists without times": b'{"subject_id":1,"session_id":1,"time_us":5,"event":["key_down"],"key":["KeyA"]}',
    "cut Parquet": b"PAR1" + bytes(100),
    "lines ended by CR alone": HEADING.replace("\n", "\r").encode() + b"a,1,0,key_down,KeyA\r",
    "blank": b"\n\n\n",
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("named", [True, False])
def test_bad_files_give_one_clear_line(tmp_path: Path, what: str, *, named: bool) -> None:
    with pytest.raises(ReidError) as caught:
        read(tmp_path / "log.csv", BAD[what], format="table" if named else None)
    message = str(caught.value)
    assert "\n" not in message
    assert "must" in message
    assert len(message) < 600
    assert str(tmp_path) not in message
    assert "secret" not in message


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('columns = "x"', SourceError),
        ("[columns]\nsubject_id = 3", SourceError),
        ("[columns]\nsubjct_id = 'x'", UnknownNameError),
        ("[events]\nd = 'down'", UnknownNameError),
        ("time_unit = 'min'", UnknownNameError),
        ("unit = 'ms'", UnknownNameError),
        ("= 3", SourceError),
    ],
)
def test_a_wrong_mapping_is_said_in_one_line(tmp_path: Path, text: str, error: type[ReidError]) -> None:
    (tmp_path / "map.toml").write_text(text)
    with pytest.raises(error) as caught:
        TableMapping.from_toml(tmp_path / "map.toml")
    assert "\n" not in str(caught.value)


def test_an_option_without_an_equals_sign_shows_how_to_write_it() -> None:
    with pytest.raises(ParameterError, match="subject_id=user"):
        TableMapping.from_options(["user"])


def test_a_mapping_goes_with_no_other_format(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="format table"):
        read(tmp_path / "a.csv", HEADING, format="cmu", mapping=TableMapping())


def test_every_column_of_the_event_table_may_be_mapped() -> None:
    TableMapping(columns={name: name.upper() for name in EVENT_COLUMNS})


def test_people_whose_names_would_become_one_in_a_wrong_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"{name},1,{n},key_down,KeyA\n" for n, name in enumerate(("J\xfcrgen", "J\xf6rgen")))
    path.write_bytes(f"{HEADING}{rows}".encode("latin-1"))
    with pytest.raises(SourceError, match="must be text in UTF-8; found ids in another encoding"):
        read_events(path)
    path.write_bytes(f"{HEADING}{rows}".encode())
    assert read_events(path).subjects == ("J\xf6rgen", "J\xfcrgen")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"{HEADING}a,1,5,key_down,KeyA\n".encode("utf-16"), "found UTF-16. Save it as UTF-8"),
        (b"user,login,time\n1,2,3\n", "a table lacks subject_id, session_id, time_us, event, key"),
        (b'{"subject_id":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", "a table lacks subject_id"),
    ],
    ids=["UTF-16", "other headings", "deep brackets"],
)
def test_a_file_that_no_format_fits_says_what_it_lacks_as_a_table(
    tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(SourceError, match=words):
        read_events(tmp_path / "a.csv")


def test_a_duration_says_its_own_unit(tmp_path: Path) -> None:
    table = read(tmp_path / "a.csv", HEADING + "a,1,0,key_down,KeyA\na,1,90000,key_up,KeyA\n")
    frame = table.frame.select("subject_id", "session_id", "event", "key").cast({pl.Enum: pl.String})
    for unit, ticks in (("ms", 90), ("us", 90_000), ("ns", 90_000_000)):
        times = pl.Series("time_us", [0, ticks], dtype=pl.Int64).cast(pl.Duration(unit))  # type: ignore[arg-type]
        frame.with_columns(times).write_parquet(tmp_path / "a.parquet")
        assert read_events(tmp_path / "a.parquet").frame["time_us"].to_list() == [0, 90_000]


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("time_us", pl.Series([True, False]), "times as numbers, durations"),
        ("time_us", pl.Series([0, 1]).cast(pl.Date), "times as numbers, durations"),
        ("time_us", pl.Series([b"\xff", b"x"]), "text in UTF-8; found other bytes"),
        ("subject_id", pl.Series([b"\xff", b"\xfe"]), "text in UTF-8; found other bytes"),
    ],
    ids=["true or false", "dates", "bytes as times", "bytes as people"],
)
def test_a_column_of_a_wrong_kind_is_one_line(
    tmp_path: Path, column: str, values: pl.Series, words: str
) -> None:
    frame = pl.DataFrame({
        "subject_id": "a", "session_id": "1", "time_us": [0, 5], "event": "key_down", "key": ["KeyA", "KeyB"],
    })  # fmt: skip
    frame.with_columns(values.alias(column)).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(SourceError, match=words) as caught:
        read_events(tmp_path / "a.parquet")
    assert "\n" not in str(caught.value)


def test_files_that_tell_time_in_different_kinds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.csv").write_text(HEADING + "a,1,0,key_down,KeyA\n")
    frame = pl.DataFrame({
        "subject_id": ["b"], "session_id": ["1"], "time_us": [5], "event": ["key_down"], "key": ["KeyA"],
    })  # fmt: skip
    dated = frame.with_columns(pl.col("time_us").cast(pl.Datetime("us")))
    dated.write_parquet(tmp_path / "logs" / "b.parquet")
    with pytest.raises(SourceError, match="times of one kind in all files"):
        read_events(tmp_path / "logs")
