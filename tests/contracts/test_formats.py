"""What every registered format promises, on a small source of each."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from reid.errors import SourceError
from reid.events.archive import Source
from reid.events.formats import FORMATS, DeclaringFormat
from reid.events.formats.openadapt_tables import write_capture
from reid.events.parquet import write_events
from reid.events.reading import read_claimed, read_events, read_source, recognise
from reid.events.schema import EVENT_COLUMNS, SESSION, SESSION_COLUMNS
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


def balabit(folder: Path) -> Path:
    heading = "record timestamp,client timestamp,button,state,x,y\n"
    for kind, who, name in (
        *(("training", who, f"session_{who}{n}") for who in PEOPLE for n in (1, 2)),
        ("test", "p1", "session_5"), ("test", "p1", "session_6"), ("test", "p2", "session_7"),
    ):  # fmt: skip
        place = folder / "challenge" / f"{kind}_files" / who
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(f"{heading}0.0,0.0,NoButton,Move,1,2\n0.1,0.11,Left,Pressed,1,3\n")
    (folder / "challenge" / "public_labels.csv").write_text("filename,is_illegal\nsession_5,0\nsession_6,1\n")
    return folder / "challenge"


def sapimouse(folder: Path) -> Path:
    for who in PEOPLE:
        (folder / "sapimouse" / who).mkdir(parents=True)
        for name in ("session_3min.csv", "session_2020_05_14_1min.csv"):
            rows = "client timestamp,button,state,x,y\n20,NoButton,Move,1,2\n36,Left,Pressed,1,3\n"
            (folder / "sapimouse" / who / name).write_text(rows)
    return folder / "sapimouse"


def kmt(folder: Path) -> Path:
    clocks = [{"Timestamp": "", "Epoch": f"164417382{second}.25"} for second in range(4)]
    press, release = ({"Key": "m", "Event": word, "Input Box": "Name"} for word in ("pressed", "released"))
    left, free = ({"Event": f"left {word}", "Coordinates": [2, 30.0]} for word in ("press", "release"))
    entry = {
        "key_events": [press | clocks[0], release | clocks[2]],
        "mouse_events": [left | clocks[1], free | clocks[3], {"false_enters": 0}],
    }
    for who in PEOPLE:
        halves = {half: {"test_1": entry, "test_2": entry} for half in ("true_data", "false_data")}
        (folder / f"raw_kmt_user_{who}.json").write_text(json.dumps({"details": {}, **halves}))
    return folder


def ducktrack(folder: Path) -> Path:
    rows = (
        '{"time_stamp": 7.5, "action": "move", "x": 1, "y": 2.5}\n'
        '{"time_stamp": 7.6, "action": "press", "name": "a"}\n'
        '{"time_stamp": 7.7, "action": "release", "name": "a"}\n'
    )
    for who in PEOPLE:
        for session in ("recording-1", "recording-2"):
            place = folder / "ducktrack" / who / session
            place.mkdir(parents=True)
            (place / "events.jsonl").write_text(rows)
    return folder / "ducktrack"


def klicke(folder: Path) -> Path:
    heading = (
        '"","DownEventID","UpEventID","DownTime","UpTime","ActionTime","DownEvent","UpEvent","Cursorposition",'
        '"WordCount","TextChange","Activity"\r\n'
    )
    for who in PEOPLE:
        rows = '"1","1","1",808,1093,285,"Leftclick","Leftclick","0","0","NoChange","Nonproduction"\r\n'
        rows += '"2","2","2",1841,1976,135,"m","m","1","1","m","Input"\r\n'
        (folder / f"{who}.csv").write_text(heading + rows, newline="")
    return folder


def rrweb(folder: Path) -> Path:
    page = (
        '{"type": 4, "data": {"href": "https://example.org/", "width": 800, "height": 600}, "timestamp": %d},'
        '{"type": 2, "data": {"node": {"type": 0, "childNodes": [], "id": 1}, "initialOffset": {}},'
        ' "timestamp": %d},'
        '{"type": 3, "data": {"source": 1, "positions": ['
        '{"x": 1, "y": 2.5, "id": 3, "timeOffset": -40}, {"x": 4, "y": 2.5, "id": 3, "timeOffset": 0}]},'
        ' "timestamp": %d},'
        '{"type": 3, "data": {"source": 2, "type": 1, "id": 3, "x": 4, "y": 2.5}, "timestamp": %d},'
        '{"type": 3, "data": {"source": 2, "type": 0, "id": 3, "x": 4, "y": 2.5}, "timestamp": %d},'
        '{"type": 3, "data": {"source": 2, "type": 2, "id": 3, "x": 4, "y": 2}, "timestamp": %d},'
        '{"type": 3, "data": {"source": 5, "text": "a", "isChecked": false, "id": 3}, "timestamp": %d},'
        '{"type": 3, "data": {"source": 3, "id": 1, "x": 0, "y": 90}, "timestamp": %d}'
    )
    for who in PEOPLE:
        (folder / "rrweb" / who).mkdir(parents=True)
        for session in (1, 2):
            start_ms = 1_700_000_000_000 + 10_000_000 * session
            times_ms = (start_ms + step for step in (0, 5, 90, 91, 150, 151, 220, 300))
            (folder / "rrweb" / who / f"{session}.json").write_text(f"[{page % tuple(times_ms)}]")
    return folder / "rrweb"


def evtest(folder: Path) -> Path:
    for who in PEOPLE:
        (folder / "evtest" / who).mkdir(parents=True)
        for session in (1, 2):
            head = f"Event: time 17000{session}0000.1"
            rows = (
                f"{head}00000, type 4 (EV_MSC), code 4 (MSC_SCAN), value 7001e\n"
                f"{head}00000, type 1 (EV_KEY), code 30 (KEY_A), value 1\n"
                f"{head}00000, -------------- SYN_REPORT ------------\n"
                f"{head}08000, type 2 (EV_REL), code 0 (REL_X), value -3\n"
                f"{head}08000, -------------- SYN_REPORT ------------\n"
                f"{head}50000, type 1 (EV_KEY), code 30 (KEY_A), value 0\n"
                f"{head}50000, -------------- SYN_REPORT ------------\n"
                f"{head}60000, type 1 (EV_KEY), code 273 (BTN_RIGHT), value 1\n"
                f"{head}60000, -------------- SYN_REPORT ------------\n"
            )
            (folder / "evtest" / who / f"{session}.txt").write_text(
                f"Input driver version is 1.0.1\nTesting ... (interrupt to exit)\n{rows}"
            )
    return folder / "evtest"


def libinput(folder: Path) -> Path:
    head = "# libinput record\nversion: 1\nndevices: 1\ndevices:\n- node: /dev/input/event3\n  events:\n"
    rows = (
        "  - evdev:\n"
        "    - [  0,      0,   1,  30,       1] # EV_KEY / KEY_A                     1 (obfuscated)\n"
        "    - [  0,      0,   0,   0,       0] # ------------ SYN_REPORT (0) ---------- +0ms\n"
        "  - evdev:\n"
        "    - [  0,  48000,   2,   8,      -1] # EV_REL / REL_WHEEL                -1\n"
        "    - [  0,  48000,   0,   0,       0] # ------------ SYN_REPORT (0) ---------- +48ms\n"
    )
    for who in PEOPLE:
        (folder / "libinput" / who).mkdir(parents=True)
        for session in (1, 2):
            (folder / "libinput" / who / f"{session}.yml").write_text(head + rows)
    return folder / "libinput"


def openadapt(folder: Path) -> Path:
    for who in PEOPLE:
        for session in (1, 2):
            rows = [
                {"name": "move", "timestamp": 1_760_000_000.5 + session, "mouse_x": 1, "mouse_y": 2.5},
                {"name": "press", "timestamp": 1_760_000_001.5 + session, "key_char": "a"},
                {"name": "release", "timestamp": 1_760_000_002.5 + session, "key_char": "a"},
            ]
            place = folder / "openadapt" / who / f"capture-{session}"
            place.mkdir(parents=True)
            write_capture(place / "recording.db", {"timestamp": 1_760_000_000.25, "platform": ""}, rows, {})
    return folder / "openadapt"


EXAMPLES: dict[str, Callable[[Path], Path]] = {
    "aalto": aalto, "balabit": balabit, "cmu": cmu, "ducktrack": ducktrack, "klicke": klicke,
    "kmt": kmt, "openadapt": openadapt,
    "evtest": evtest, "libinput": libinput, "rrweb": rrweb,
    "sapimouse": sapimouse, "events": events, "table": table,
}  # fmt: skip


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
    assert together.sessions.height == (2 if name == "klicke" else 4)  # one essay a writer
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


@pytest.mark.parametrize("name", [name for name in EXAMPLES if isinstance(FORMATS[name](), DeclaringFormat)])
def test_published_comparisons_name_sessions_that_come_with_them(tmp_path: Path, name: str) -> None:
    read = read_source(EXAMPLES[name](tmp_path), format=name)
    published = read.published()
    assert published is not None
    columns = ["role", "subject_id", "session_id", "claimed_id", "genuine"]
    assert set(columns) <= set(published.listed.columns) <= {*columns, "trial", "maker_known"}
    assert published.listed.join(published.events.sessions, on=SESSION, how="anti").is_empty()
    assert set(published.listed["claimed_id"].drop_nulls()) <= set(read.events.subjects)
    whole = read.events.sessions.drop("session_order")
    assert whole.join(published.events.sessions, on=whole.columns, how="anti", nulls_equal=True).is_empty()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_format_without_a_list_publishes_nothing_and_has_no_claimed_sessions(
    tmp_path: Path, name: str
) -> None:
    path = EXAMPLES[name](tmp_path)
    if isinstance(FORMATS[name](), DeclaringFormat):
        assert read_source(path, format=name).published() is not None
    else:
        assert read_source(path, format=name).published() is None
        assert list(read_claimed(path, format=name)) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_our_own_file_gives_back_every_row(tmp_path: Path, name: str) -> None:
    read = read_events(EXAMPLES[name](tmp_path), format=name)
    write_events(read, tmp_path / "kept.parquet")
    again = read_events(tmp_path / "kept.parquet")
    assert_frame_equal(again.frame, read.frame)
    assert_frame_equal(again.sessions, read.sessions)
    assert again.quality == read.quality


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_no_source_of_the_format_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "other.bin").write_bytes(bytes(range(1, 200)))
    with Source(tmp_path / "other.bin") as source:
        assert not FORMATS[name]().recognises(source)
        with pytest.raises(SourceError):
            list(FORMATS[name]().parts(source))
