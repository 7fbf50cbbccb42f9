import csv
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.errors import EventError, ParameterError, ReidError, SourceError
from reid.events.formats import kmt
from reid.events.inspection import inspect_parts
from reid.events.parquet import write_parts
from reid.events.quality import Fault, Note
from reid.events.reading import read_events, read_parts, read_source, recognise
from reid.events.table import EventTable

START_S = 1_644_173_829
TYPISTS = "card_owner_file,false_entry,inferred_typist\n"
Item = Any  # of a list in a file: whatever JSON can hold


def clock(ms: float) -> dict[str, str]:
    return {"Timestamp": "2022-02-06 18:57:09.981740", "Epoch": f"{START_S + ms / 1000:.7f}"}


def key(ms: float, word: str, event: str = "pressed", box: str = "Name") -> Item:
    return {"Key": word, "Event": event, "Input Box": box, "Text Changed": True, **clock(ms)}


def pointer(ms: float, event: str = "movement", x: float = 1.0, y: float = 2.0) -> Item:
    moved = {"Movement ID": 1} if event == "movement" else {}
    return {"Event": event, "Coordinates": [x, y], **clock(ms), **moved}


def entry(keys: list[Item], moves: list[Item] | None = None, tally: int = 0) -> dict[str, list[Item]]:
    return {"key_events": keys, "mouse_events": [*(moves or []), {"false_enters": tally}]}


def card(folder: Path, owner: str, own: dict[str, Any], foreign: dict[str, Any] | None = None) -> Path:
    document = {"details": {"Name": "Mx Nobody"}, "true_data": own, "false_data": foreign or {}}
    folder.mkdir(exist_ok=True)
    (folder / f"raw_kmt_user_{owner}.json").write_text(json.dumps(document))
    return folder


def typed(ms: float = 0) -> dict[str, list[Item]]:
    return entry([key(ms, "m"), key(ms + 90, "m", "released")], [pointer(ms + 10)])


def test_keys_and_pointer_of_an_entry_are_one_session_on_one_clock(tmp_path: Path) -> None:
    keys = [key(50, "shift"), key(60.5, "1", box="Card No"), key(99, "1", "released", "Card No")]
    moves = [
        pointer(20, x=30.0),
        pointer(55, "left press", 408.0, 99.99999999999999),
        pointer(70, "left release"),
    ]
    path = card(tmp_path, "0007", {"test_1": entry(keys, moves)})
    assert recognise(path) == "kmt"
    table = read_events(path)
    assert table.frame.select("time_us", "event", "key", "press", "x_px", "button", "task").rows() == [
        (0, "move", None, None, 30.0, None, None),
        (30_000, "key_down", "ShiftLeft", 0, None, None, "name"),
        (35_000, "button_down", None, None, 408.0, "left", None),
        (40_500, "key_down", "Digit1", 1, None, None, "card-number"),
        (50_000, "button_up", None, None, 1.0, "left", None),
        (79_000, "key_up", "Digit1", 1, None, None, "card-number"),
    ]
    assert table.sessions.select("subject_id", "session_id", "group", "sitting", "start_us").rows() == [
        ("0007", "1", "own", 0, (START_S * 1000 + 20) * 1000)
    ]
    assert table.quality.rows_read == 6
    assert table.quality.faults == ()
    assert table.quality.notes == (Note("tally", 1, 0, 6),)


def test_entries_are_ordered_by_their_starts_and_an_hour_apart_they_are_sittings(tmp_path: Path) -> None:
    own = {"test_10": typed(0), "test_2": typed(5000), "test_1": typed(4_000_000)}
    table = read_events(card(tmp_path, "0001", own))
    assert table.sessions.select("session_id", "session_order", "sitting").rows() == [
        ("10", 0, 0), ("2", 1, 0), ("1", 2, 1),
    ]  # fmt: skip


def test_a_turn_of_the_wheel_is_one_event(tmp_path: Path) -> None:
    words = ("scrolldown press", "scrolldown release", "scrollup press", "scrollup release") * 2
    moves = [pointer(5, word) for word in (*words, "scrollright press", "scrollright release")]
    table = read_events(card(tmp_path, "0001", {"test_1": entry([key(0, "a")], moves)}))
    wheel = table.frame.filter(pl.col("event") == "wheel").select("wheel_dx", "wheel_dy")
    assert wheel.rows() == [(0, 1), (0, -1), (0, 1), (0, -1), (1, 0)]
    assert not table.quality.faults
    assert table.quality.notes == (Note("tally", 1, 0, 11), Note("wheel_release", 5, 0, 2))


def test_keys_are_places_on_a_british_keyboard(tmp_path: Path) -> None:
    names = {
        "spacebar": "Space", "rshift": "ShiftRight", "lctrl": "ControlLeft", "numpad4": "Numpad4",
        "numpadsubstract": "NumpadSubtract", "capslock": "CapsLock", "left": "ArrowLeft", "#": "Backslash",
        "\\": "IntlBackslash", "`": "Backquote", "m": "KeyM", "4": "Digit4", "pagedown": "PageDown",
        "no such key": "Unidentified",
    }  # fmt: skip
    keys = [key(n, word) for n, word in enumerate(names)]
    table = read_events(card(tmp_path, "0001", {"test_1": entry(keys)}))
    assert table.frame["key"].to_list() == list(names.values())


def test_unknown_keys_are_told_apart_and_a_held_key_stays_one_press(tmp_path: Path) -> None:
    keys = [
        key(0, "ein"), key(1, "zwei"), key(2, "ein"), key(3, "ein", "released"), key(4, "zwei", "released"),
    ]  # fmt: skip
    table = read_events(card(tmp_path, "0001", {"test_1": entry(keys)}))
    assert table.frame["press"].to_list() == [0, 1, 0, 0, 1]
    assert not table.quality.faults


def test_a_field_of_another_name_is_no_task_as_it_could_be_text(tmp_path: Path) -> None:
    keys = [key(n, "a", box=box) for n, box in enumerate(("Exp m", "Null", "Exp y", "my words", "CVC"))]
    table = read_events(card(tmp_path, "0001", {"test_1": entry(keys)}))
    assert table.frame["task"].to_list() == ["expiry-month", None, "expiry-year", None, "cvc"]


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("unreadable_row", 7),
        ("unreadable_row", {}),
        ("unreadable_row", None),
        ("unreadable_time", key(3, "b") | {"Epoch": "noon"}),
        ("unreadable_time", key(3, "b") | {"Epoch": "nan"}),
        ("unreadable_time", key(3, "b") | {"Epoch": "12.5"}),
        ("unreadable_time", {"Key": "b", "Event": "pressed"}),
        ("missing_value", {"Event": "pressed", **clock(3)}),
        ("missing_value", {"Key": "b", **clock(3)}),
        ("unknown_event", key(3, "b", "caressed")),
        ("unknown_event", key(3, "b", "movement")),
        ("duplicate_row", key(2, "a")),
        ("clock_back", key(1.999, "b")),
        ("release_without_press", key(3, "tab", "released")),
    ],
    ids=str,
)
def test_a_key_at_fault_is_counted_where_it_stands(tmp_path: Path, kind: str, bad: Item) -> None:
    own = {"test_1": typed(0), "test_2": entry([key(2, "a"), bad, key(4, "c")], [pointer(1)])}
    table = read_events(card(tmp_path, "0001", own), max_faults=1)
    assert table.quality.faults == (Fault(kind, 1, 0, 5),)  # after 2 keys, a move, a tally and a key
    assert table.quality.rows_read == 7
    assert len(table) == 6


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("unreadable_row", []),
        ("missing_value", {"Event": "movement", **clock(3)}),
        ("missing_value", {"Event": "left press", "Coordinates": [1.0], **clock(3)}),
        ("missing_value", {"Event": "left press", "Coordinates": [1.0, "2"], **clock(3)}),
        ("missing_value", pointer(3, x=float("nan"))),
        ("unknown_event", pointer(3, "pressed")),
        ("unknown_event", pointer(3, "wink")),
        ("duplicate_row", pointer(2)),
        ("clock_back", pointer(1, x=9)),
    ],
    ids=str,
)
def test_a_move_at_fault_is_counted_where_it_stands(tmp_path: Path, kind: str, bad: Item) -> None:
    own = {"test_1": entry([key(0, "a")], [pointer(2), bad, pointer(4)])}
    table = read_events(card(tmp_path, "0001", own), max_faults=1)
    assert table.quality.faults == (Fault(kind, 1, 0, 2),)
    assert len(table) == 3


@pytest.mark.parametrize(
    "bad",
    [
        {**pointer(20), "Coordinates": [10**400, 1]},
        {**pointer(20), "Event": "\ud800"},
        {**pointer(20), "Coordinates": [True, 1]},
    ],
)
def test_what_no_column_can_hold_is_missing(tmp_path: Path, bad: Item) -> None:
    moves = [pointer(10), bad, pointer(30)]
    path = card(tmp_path, "0001", {"test_1": entry([key(0, "a")], moves)})
    table = read_events(path, max_faults=1)
    assert table.quality.faults == (Fault("missing_value", 1, 0, 2),)


@pytest.mark.parametrize("names", [("test_1", "1"), ("test_\ud800",)])
def test_entries_that_cannot_be_told_apart_are_one_line(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = card(tmp_path, "0001", {name: typed() for name in names})
    with pytest.raises(SourceError, match="must name each entry apart; found names that are alike"):
        read_events(path)


def test_moves_of_one_poll_are_no_duplicates(tmp_path: Path) -> None:
    moves = [pointer(2), pointer(2, x=3), pointer(2)]
    table = read_events(card(tmp_path, "0001", {"test_1": entry([], moves)}))
    assert table.frame["x_px"].to_list() == [1, 3, 1]


def foreign_cards(folder: Path) -> Path:
    card(folder, "0001", {"test_1": typed(0)}, {"test_1": typed(10_000), "test_2": typed(20_000)})
    return card(folder, "0002", {"test_1": typed(5000)}, {"test_1": typed(30_000)})


def sessions_of(path: Path, **settings: Any) -> list[tuple[str, str, str]]:
    rows = read_events(path, **settings).sessions.select("subject_id", "session_id", "group").rows()
    return [(str(who), str(which), str(group)) for who, which, group in rows]


def test_a_foreign_card_belongs_to_its_typist_and_is_left_out_where_nobody_says(tmp_path: Path) -> None:
    path = foreign_cards(tmp_path / "kmt")
    (path / "false_data_typists.csv").write_text(
        f"{TYPISTS}0001,test_1,0002\n0001,test_2,\n0002,test_1,0003\n"
    )
    own = [("0001", "1", "own"), ("0002", "1", "own")]
    foreign = [("0002", "0001-1", "foreign"), ("0003", "0002-1", "foreign")]
    assert sessions_of(path) == own
    assert sessions_of(path, task="foreign") == foreign
    assert sorted(sessions_of(path, task="all")) == sorted(own + foreign)
    unknown = [note for note in read_events(path, task="all").quality.notes if note.kind == "unknown_typist"]
    assert unknown == [Note("unknown_typist", 1, 1, 0)]  # the side file is file 0
    assert read_events(path, task="all").quality.rows_read == 12
    assert not {note.kind for note in read_events(path).quality.notes} & {"unknown_typist"}


def test_the_side_file_lies_beside_an_archive_or_where_it_is_said(tmp_path: Path) -> None:
    folder = foreign_cards(tmp_path / "kmt")
    path = tmp_path / "raw.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"raw/{file.name}")
    with pytest.raises(SourceError, match=r"^raw.zip must come with who typed .*--typists FILE"):
        read_events(path, task="foreign")
    alone = read_events(path, task="all")
    assert alone.sessions.height == 2
    assert alone.quality.notes[0] == Note("unknown_typist", 3, 0, 0)
    other = tmp_path / "mine.csv"
    other.write_text(f"{TYPISTS}0001,test_1,0002\n")
    assert sessions_of(path, task="foreign", typists=other) == [("0002", "0001-1", "foreign")]
    assert sessions_of(path, task="foreign", typists=str(other)) == [("0002", "0001-1", "foreign")]
    (tmp_path / "false_data_typists.csv").write_text(f"{TYPISTS}0001,test_2,0002\r\n")
    assert sessions_of(path, task="foreign") == [("0002", "0001-2", "foreign")]
    for place in (other, str(other)):
        read = read_source(path, task="foreign", typists=place)
        assert read.format == "kmt(task='foreign', typists='mine.csv')"
    assert read_source(path).format == "kmt"


def test_entries_of_one_person_that_overlap_are_told(tmp_path: Path) -> None:
    path = foreign_cards(tmp_path / "kmt")
    table = f"{TYPISTS}0001,test_1,0002\n0001,test_2,0002\n0002,test_1,0002\n"
    (path / "false_data_typists.csv").write_text(table)
    assert "overlapping_session" not in {note.kind for note in read_events(path, task="all").quality.notes}
    card(path, "0003", {"test_1": typed(0)}, {"test_1": typed(20_050)})
    (path / "false_data_typists.csv").write_text(f"{table}0003,test_1,0002\n")
    assert Note("overlapping_session", 1, 3, 4) in read_events(path, task="all").quality.notes


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"task": "odd"}, "task must be one of own, foreign, all"),
        ({"typists": Path("x.csv")}, "typists must go with the task foreign or all"),
        ({"task": "all", "typists": Path("x.csv")}, "x.csv must be readable"),
        ({"typist": "x.csv"}, "typist must be a setting of the format kmt; found one of no format"),
    ],
    ids=str,
)
def test_a_setting_that_makes_no_sense_is_one_line(
    tmp_path: Path, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ReidError, match=message) as caught:
        read_events(foreign_cards(tmp_path / "kmt"), **settings)
    assert "\n" not in str(caught.value)


def test_other_formats_refuse_the_settings_of_this_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("subject_id,session_id,time_us,event,key\na,1,0,key_down,KeyA\n")
    message = "task must be a setting of the format table; found one of kmt only"
    for read in (read_events, read_source, lambda *args, **settings: list(read_parts(*args, **settings))):
        with pytest.raises(ParameterError, match=message):
            read(tmp_path / "a.csv", task="own")


@pytest.mark.parametrize(
    "content",
    [
        b"owner,entry,who\n",
        TYPISTS.encode() + b"0001,test_1\n",
        TYPISTS.encode() + b"0001,test_1,1\n0001,test_1,2\n",
        b"\xff\xfe\x00",
        b"",
    ],
    ids=str,
)
def test_a_side_file_of_another_kind_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "who.csv").write_bytes(content)
    with pytest.raises(SourceError, match=r"^who.csv must ") as caught:
        read_events(foreign_cards(tmp_path / "kmt"), task="all", typists=tmp_path / "who.csv")
    assert "0001" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        '{"details": 1',
        '{"details": {}, "true_data": {}}',
        '{"details": {}, "true_data": {"test_1": {"key_events": []}}, "false_data": {}}',
        '{"details": {}, "true_data": {"test_1": 3}, "false_data": {}}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:40],
)
def test_a_file_of_another_kind_is_one_line_without_its_name(tmp_path: Path, content: str) -> None:
    card(tmp_path, "0001", {"test_1": typed()})
    (tmp_path / "raw_kmt_user_0002.json").write_text(content)
    with pytest.raises(SourceError, match=r"^file 1 of .* must ") as caught:
        read_events(tmp_path)
    assert "0002" not in str(caught.value)


def test_two_files_of_one_owner_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        card(tmp_path / folder, "0001", {"test_1": typed()})
    with pytest.raises(SourceError, match="one file an owner"):
        read_events(tmp_path, format="kmt")


def test_people_come_whole_however_few_fit_into_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = foreign_cards(tmp_path / "kmt")
    (path / "false_data_typists.csv").write_text(f"{TYPISTS}0001,test_1,0002\n0002,test_1,0001\n")
    whole = read_events(path, task="all")
    monkeypatch.setattr(kmt, "PEOPLE_A_PART", 1)
    assert [part.subjects for part in read_parts(path, task="all")] == [("0001",), ("0002",)]
    again = read_events(path, task="all")
    assert_frame_equal(again.frame, whole.frame)
    assert_frame_equal(again.sessions, whole.sessions)
    assert again.quality == whole.quality


def test_a_source_of_empty_entries_holds_no_person(tmp_path: Path) -> None:
    with pytest.raises(EventError, match="at least one person"):
        read_events(card(tmp_path, "0001", {"test_1": entry([])}))


@pytest.mark.parametrize("task", ["own", "all"])
def test_the_published_archive_is_read_whole(real_data: Path, tmp_path: Path, task: str) -> None:
    path = real_data / "kmt" / "raw_kmt_dataset.zip"
    assert recognise(path) == "kmt"
    counts: Counter[str] = Counter()
    spans: dict[str, list[tuple[float, float]]] = {}
    with (real_data / "kmt" / "false_data_typists.csv").open() as file:
        typist = {
            (row["card_owner_file"], row["false_entry"]): row["inferred_typist"]
            for row in csv.DictReader(file)
        }
    halves = ("true_data",) if task == "own" else ("true_data", "false_data")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            owner, document = name[-9:-5], json.loads(archive.read(name))
            entries = [(half == "true_data", *named) for half in halves for named in document[half].items()]
            for is_own, entry_name, lists in entries:
                who = owner if is_own else typist[owner, entry_name]
                times = [float(item["Epoch"]) for kind in lists.values() for item in kind if "Epoch" in item]
                spans.setdefault(who, []).append((min(times), max(times)))
                count_entry(lists, counts)
    parts = list(read_parts(path, task=task))
    found = inspect_parts(parts)
    assert (found.people, found.sessions, found.sittings) == (44, sum(map(len, spans.values())), 44)
    assert found.sessions == (880 if task == "all" else 440)
    assert found.quality.rows_read == counts["rows"]
    assert found.events == {kind: counts[kind] for kind in found.events}
    assert found.auto_repeats == counts["auto_repeat"]
    assert found.quality.as_dict()["by_kind"] == {"release_without_press": counts["lone"]}
    notes = {note.kind: note.count for note in found.quality.notes}
    assert notes.pop("overlapping_session", 0) == sum(map(overlaps, spans.values()))
    assert notes == {"tally": counts["tally"], "wheel_release": counts["wheel_release"]}
    assert found.keys_known == 1
    write_parts(parts, tmp_path / "kept.parquet")
    again, table = read_events(tmp_path / "kept.parquet"), EventTable.concat(parts)
    assert_frame_equal(again.frame, table.frame)
    assert_frame_equal(again.sessions, table.sessions)


def count_entry(lists: dict[str, list[dict[str, Any]]], counts: Counter[str]) -> None:
    """Count what an entry holds, by going through it item by item."""
    down: set[str] = set()
    for item in lists["key_events"]:
        counts["rows"] += 1
        if item["Event"] == "pressed":
            counts["key_down"] += 1
            counts["auto_repeat"] += item["Key"] in down
            down.add(item["Key"])
        elif item["Key"] in down:
            counts["key_up"] += 1
            down.remove(item["Key"])
        else:
            counts["lone"] += 1
    for item in lists["mouse_events"]:
        if "false_enters" in item:
            counts["tally"] += 1
            continue
        counts["rows"] += 1
        what, _, way = item["Event"].partition(" ")
        if what == "movement":
            counts["move"] += 1
        elif what.startswith("scroll"):
            counts["wheel" if way == "press" else "wheel_release"] += 1
        else:
            counts["button_down" if way == "press" else "button_up"] += 1


def overlaps(spans: list[tuple[float, float]]) -> int:
    """Count the sessions of a person that begin before another, which began earlier, has ended."""
    return sum(any(other[0] < span[0] < other[1] for other in spans) for span in spans)
