import re
import subprocess
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.anonymizers.anonymizing import anonymize
from reid.errors import EventError, ReidError, SourceError
from reid.events.evdev_codes import BUTTON_NAMES, KEY_NAMES, KEY_OF_NUMBER, REL_NAMES
from reid.events.formats import FORMATS
from reid.events.quality import Fault, Note
from reid.events.reading import read_events, recognise
from reid.events.table import EventTable
from reid.events.writing import write_recordings, writing_format
from tests.events import mocked_input
from tests.events.recorded_tables import recorded_tables

HEADER = Path("/usr/include/linux/input-event-codes.h")
FORMAT_NAMES = ("evtest", "libinput")
LEAST = "# libinput record\nversion: 1\nndevices: 1\ndevices:\n"
COLUMNS = ("time_us", "event", "key", "press", "x_px", "y_px", "button", "wheel_dx", "wheel_dy")

Input = tuple[int, int, int, int]


def printed(*inputs: Input | None, start_us: int = 1_700_000_000_000_000, head: str = "") -> str:
    """Return inputs as evtest prints them; None is the end of a frame."""
    lines = [head + "Testing ... (interrupt to exit)"]
    time_us = start_us
    for each in inputs:
        if each is not None:
            time_us = start_us + each[0]
        when = f"Event: time {time_us // 1_000_000}.{time_us % 1_000_000:06d}"
        if each is None:
            lines.append(f"{when}, -------------- SYN_REPORT ------------")
        else:
            lines.append(f"{when}, type {each[1]} (EV_?), code {each[2]} (?), value {each[3]}")
    return "\n".join([*lines, ""])


def recorded(*inputs: Input | None, hidden: bool = False, head: str = "- node: /dev/input/event0\n") -> str:
    """Return inputs of one device as libinput record writes them; None is the end of a frame."""
    lines, time_us = [f"{head}  events:\n  - evdev:\n"], 0
    for each in inputs:
        if each is None:
            numbers, comment = (0, 0, 0), "------------ SYN_REPORT (0) ---------- +0ms"
        else:
            time_us, *rest = each
            numbers, comment = (
                tuple(rest),
                "EV_? / ? 1" + (" (obfuscated)" if hidden and rest[0] == 1 else ""),
            )
        cells = ", ".join(f"{number:3d}" for number in (*divmod(time_us, 1_000_000), *numbers))
        lines.append(f"    - [{cells}] # {comment}\n")
    return "".join(lines)


def read(path: Path, text: str, *, max_faults: float = 0) -> EventTable:
    path.write_text(text)
    return read_events(path, max_faults=max_faults)


def assert_alike(one: EventTable, other: EventTable) -> None:
    assert_frame_equal(one.frame, other.frame)
    assert_frame_equal(one.sessions, other.sessions)


def given_back(name: str, table: EventTable, folder: Path) -> EventTable:
    write_recordings([table], folder, writing_format(name))
    assert recognise(folder) == name
    return read_events(folder, strict=True)


def test_a_frame_is_one_event_where_it_ends(tmp_path: Path) -> None:
    table = read(
        tmp_path / "log.txt",
        printed(
            (0, 1, 30, 1), None,
            (5, 2, 0, 7), (5, 2, 1, -2), None,
            (9, 1, 272, 1), (9, 2, 0, 1), None,
            (12, 2, 8, -1), (12, 2, 11, -120), None,
            (13, 2, 11, 30), None,
            (14, 2, 6, 1), None,
            (15, 1, 30, 2), None,
            (20, 1, 275, 1), (20, 1, 30, 0), None,
            (21, 2, 0, 0), None,
            (22, 1, 256, 1), (22, 4, 4, 458782), (22, 17, 1, 1), None,
        ),
    )  # fmt: skip
    assert table.frame.select(COLUMNS).rows() == [
        (0, "key_down", "KeyA", 0, None, None, None, None, None),
        (5, "move", None, None, 7, -2, None, None, None),
        (9, "button_down", None, None, 8, -2, "left", None, None),
        (12, "wheel", None, None, 8, -2, None, None, 1),
        (13, "wheel", None, None, 8, -2, None, None, -0.25),
        (14, "wheel", None, None, 8, -2, None, 1, None),
        (15, "key_down", "KeyA", 0, None, None, None, None, None),
        (20, "button_down", None, None, 8, -2, "back", None, None),
        (20, "key_up", "KeyA", 0, None, None, None, None, None),
        (21, "move", None, None, 8, -2, None, None, None),
        (22, "button_down", None, None, 8, -2, None, None, None),
    ]
    assert table.sessions["start_us"].to_list() == [1_700_000_000_000_000]
    assert table.quality.rows_read == 14


def test_absolute_axes_begin_where_the_head_says(tmp_path: Path) -> None:
    axes = "    Event code 0 (ABS_X)\n      Value    500\n    Event code 1 (ABS_Y)\n      Value    -40\n"
    table = read(
        tmp_path / "log.txt", printed((0, 3, 0, 510), None, (3, 3, 1, 7), (3, 3, 0, 9), None, head=axes)
    )
    assert table.frame.select("x_px", "y_px").rows() == [(510, -40), (9, 7)]
    comment = "    - [  0,  10,   3,   1,    90] # EV_ABS / ABS_Y                  90 (+15)\n"
    table = read(tmp_path / "log.yml", LEAST + recorded((0, 3, 0, 4), None) + comment)
    assert table.frame.select("x_px", "y_px").rows() == [(4, 75), (4, 90)]


@pytest.mark.parametrize(("head", "n_presses"), [("", 0), ("  Property type 1 (INPUT_PROP_DIRECT)\n", 1)])
def test_a_touch_is_a_press_on_a_screen_only(tmp_path: Path, head: str, n_presses: int) -> None:
    text = printed((0, 3, 0, 5), None, (1, 1, 330, 1), None, (2, 3, 0, 6), None, head=head)
    table = read(tmp_path / "log.txt", text)
    assert table.frame["event"].to_list().count("button_down") == n_presses
    direct = head and "  evdev:\n    properties: [1, 3]\n"
    table = read(
        tmp_path / "log.yml",
        LEAST + recorded((1, 1, 330, 1), (1, 3, 0, 5), None, head=f"- node: x\n{direct}"),
    )
    assert table.frame["event"].to_list().count("button_down") == n_presses


def test_several_devices_of_a_session_share_its_clock(tmp_path: Path) -> None:
    keys = printed((500, 1, 30, 1), None, (900, 1, 30, 0), None)
    mouse = printed((0, 2, 0, 1), None, (700, 2, 0, 1), (700, 2, 1, 1), None)
    (tmp_path / "logs" / "p" / "s").mkdir(parents=True)
    for name, text in (("keys", keys), ("mouse", mouse)):
        (tmp_path / "logs" / "p" / "s" / f"{name}.txt").write_text(text)
    expected = [(0, "move"), (500, "key_down"), (700, "move"), (900, "key_up")]
    table = read_events(tmp_path / "logs", strict=True)
    assert table.frame.select("time_us", "event").rows() == expected
    assert table.sessions.select("subject_id", "session_id").rows() == [("p", "s")]
    both = recorded((500, 1, 30, 1), None, (900, 1, 30, 0), None) + recorded(
        (0, 2, 0, 1), None, (700, 2, 0, 1), (700, 2, 1, 1), None
    )
    table = read(tmp_path / "both.yml", LEAST + both)
    assert table.frame.select("time_us", "event").rows() == expected


def test_hidden_keys_come_up_in_the_order_in_which_they_went_down(tmp_path: Path) -> None:
    values = (1, 1, 2, 0, 1, 0, 0)
    inputs = [each for n, value in enumerate(values) for each in ((n, 1, 30, value), None)]
    table = read(tmp_path / "log.yml", LEAST + recorded(*inputs, hidden=True))
    assert table.frame["press"].to_list() == [0, 1, 1, 0, 2, 1, 2]
    assert set(table.frame["key"]) == {"Unidentified"}
    assert table.quality.notes == (Note("hidden_key", 7, 0, 0),)
    table = read(tmp_path / "log.yml", LEAST + recorded(*inputs), max_faults=1)
    assert set(table.frame["key"]) == {"KeyA"}
    assert table.quality.faults == (Fault("release_without_press", 1, 0, 12),)  # a kernel never sends this


def test_lines_at_fault_are_left_out_each_for_one_reason(tmp_path: Path) -> None:
    text = printed(
        (10, 1, 30, 1), None, (12, 1, 31, 2), None, (9, 1, 32, 1), None,
        (20, 1, 30, 7), None, (21, 1, 30, 0), None,
        (22, 2, 0, 99_999_999_999), None,
    )  # fmt: skip
    text += "Event: time 1700000001.000000, type 1 (EV_K\n"
    text += "Event: time 999999999999.000000, type 1 (EV_KEY), code 30 (KEY_A), value 1\n"
    text += 'Event: time 1700000001.000000, type 1 (EV_KEY), code 30 (KEY_A), value 1 # reid {"press": "x"}\n'
    text += "Event: time 1700000002.000000, >>>>>>>>>>>>>> SYN_DROPPED <<<<<<<<<<<<\n"
    table = read(tmp_path / "log.txt", text, max_faults=1)
    assert table.frame["event"].to_list() == ["key_down", "key_up"]
    assert {fault.kind: (fault.count, fault.row) for fault in table.quality.faults} == {
        "unreadable_row": (2, 12), "unreadable_time": (1, 13), "missing_value": (1, 10),
        "unknown_event": (1, 6), "clock_back": (1, 4), "repeat_without_press": (1, 2),
    }  # fmt: skip
    assert table.quality.notes == (Note("events_dropped", 1, 0, 15),)
    assert table.quality.rows_read == 9


def test_a_clock_that_counts_from_the_start_of_the_machine_tells_no_date(tmp_path: Path) -> None:
    table = read(tmp_path / "log.txt", printed((0, 2, 0, 1), None, (4, 2, 0, 1), None, start_us=5_000_000))
    assert table.frame["time_us"].to_list() == [0, 4]
    assert table.sessions["start_us"].to_list() == [None]


@pytest.mark.parametrize(
    "deep", ["[" * 100_000, '{"press":' * 50_000, '{"press": 1e999}', '{"key": []}', "{}}"]
)
@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_hostile_further_fields_cost_their_line_only(tmp_path: Path, name: str, deep: str) -> None:
    text = {
        "evtest": printed((0, 2, 0, 1), None) + f"{printed((1, 2, 0, 1)).splitlines()[-1]} # reid {deep}\n",
        "libinput": LEAST
        + recorded((0, 2, 0, 1), None)
        + f"    - [  0,   1,   2,   0,   1] # a reid {deep}\n",
    }[name]
    (tmp_path / "log").write_text(text)
    table = read_events(tmp_path / "log", format=name, max_faults=1)
    assert table.quality.rows_left_out <= 1


@given(text=st.text(alphabet="Event: time1.0,-y[]#{}\n\0é", max_size=200))
@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_damaged_recordings_are_one_line(text: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_text(printed((0, 2, 0, 1), None)[:100] + text + LEAST)
        said = ""
        try:
            read_events(path, format=name, max_faults=1)
        except ReidError as error:
            said = str(error)
        assert "\n" not in said


def test_several_files_of_one_libinput_session_are_refused(tmp_path: Path) -> None:
    (tmp_path / "logs" / "p" / "s").mkdir(parents=True)
    for name in ("a.yml", "b.yml"):
        (tmp_path / "logs" / "p" / "s" / name).write_text(LEAST + recorded((0, 2, 0, 1), None))
    with pytest.raises(SourceError, match="one file a session"):
        read_events(tmp_path / "logs")


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_positions_that_no_device_reports_are_refused(tmp_path: Path, name: str) -> None:
    rows = {"subject_id": "a", "session_id": "b", "time_us": 0, "event": "move", "x_px": 1e30, "y_px": 0.0}
    table = EventTable.from_frame(pl.DataFrame([rows]))
    with pytest.raises(EventError, match="2\\^31"):
        write_recordings([table], tmp_path / "out", writing_format(name))


@pytest.mark.parametrize("name", FORMAT_NAMES)
@given(table=recorded_tables())
@settings(max_examples=15, deadline=None)
def test_every_table_comes_back(name: str, table: EventTable) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_alike(given_back(name, table, Path(folder) / "out"), table)


def test_numbers_are_those_of_the_kernel() -> None:
    if not HEADER.exists():
        pytest.skip("the kernel's headers are not installed (Debian: linux-libc-dev)")
    known = {
        name: int(number, 0)
        for name, number in re.findall(r"#define\s+(\w+)\s+(0x[0-9a-f]+|[0-9]+)\b", HEADER.read_text())
    }
    for number, name in {**KEY_NAMES, **BUTTON_NAMES}.items():
        assert known[name] == number
    assert {name: known[name] for name in REL_NAMES.values()} == {name: n for n, name in REL_NAMES.items()}
    assert len(set(KEY_OF_NUMBER)) == len(KEY_NAMES)


START = mocked_input.START_US
REAL: tuple[tuple[int, int, int, int], ...] = (
    (START, 4, 4, 458782), (START, 1, 30, 1), (START, 0, 0, 0),
    (START + 20_000, 1, 31, 1), (START + 20_000, 0, 0, 0),
    (START + 30_000, 1, 30, 0), (START + 30_000, 0, 0, 0),
    (START + 50_000, 1, 31, 2), (START + 50_000, 0, 0, 1),
    (START + 60_000, 2, 0, 4), (START + 60_000, 2, 1, -6), (START + 60_000, 0, 0, 0),
    (START + 70_000, 1, 31, 0), (START + 70_000, 0, 0, 0),
    (START + 80_000, 1, 272, 1), (START + 80_000, 0, 0, 0),
    (START + 90_000, 2, 0, 3), (START + 90_000, 0, 0, 0),
    (START + 95_500, 1, 272, 0), (START + 95_500, 2, 1, 1), (START + 95_500, 0, 0, 0),
    (START + 99_000, 2, 8, -1), (START + 99_000, 2, 11, -120), (START + 99_000, 0, 0, 0),
)  # fmt: skip
EXPECTED = [
    (0, "key_down", "KeyA", 0, None, None, None, None, None),
    (20_000, "key_down", "KeyS", 1, None, None, None, None, None),
    (30_000, "key_up", "KeyA", 0, None, None, None, None, None),
    (50_000, "key_down", "KeyS", 1, None, None, None, None, None),
    (60_000, "move", None, None, 4, -6, None, None, None),
    (70_000, "key_up", "KeyS", 1, None, None, None, None, None),
    (80_000, "button_down", None, None, 4, -6, "left", None, None),
    (90_000, "move", None, None, 7, -6, None, None, None),
    (95_500, "button_up", None, None, 7, -5, "left", None, None),
    (99_000, "wheel", None, None, 7, -5, None, None, 1),
]


def assert_comes_back(recording: Path, name: str, folder: Path) -> EventTable:
    """Read a recording of the real tool, write it back and a release of it, and read both again."""
    assert recognise(recording) == name
    table = read_events(recording, strict=True)
    assert_alike(given_back(name, table, folder / "same"), table)
    strategy = "time-jitter(bound_ms=20) | key-classes | pixel-grid(step_px=4)"
    release = anonymize(table, strategy, seed=1).events
    assert_alike(given_back(name, release, folder / "release"), release)
    return table


def test_what_evtest_itself_prints_comes_back(tmp_path: Path) -> None:
    table = assert_comes_back(mocked_input.evtest(tmp_path, REAL), "evtest", tmp_path)
    assert table.frame.select(COLUMNS).rows() == EXPECTED
    assert table.sessions["start_us"].to_list() == [START]


def test_what_libinput_itself_records_comes_back(tmp_path: Path) -> None:
    shown = mocked_input.libinput_record(tmp_path, REAL, "--show-keycodes")
    table = assert_comes_back(shown, "libinput", tmp_path)
    assert table.frame.select(COLUMNS).rows() == EXPECTED


def test_what_libinput_itself_hides_is_not_told(tmp_path: Path) -> None:
    table = assert_comes_back(mocked_input.libinput_record(tmp_path, REAL), "libinput", tmp_path)
    masked = [(*row[:2], row[2] and "Unidentified", *row[3:]) for row in EXPECTED]
    assert table.frame.select(COLUMNS).rows() == masked


def test_real_absolute_axes_come_back(tmp_path: Path) -> None:
    motion = ((START, 3, 0, 900), (START, 0, 0, 0), (START + 9_000, 3, 1, 20), (START + 9_000, 0, 0, 0))
    for record, name in ((mocked_input.evtest, "evtest"), (mocked_input.libinput_record, "libinput")):
        (tmp_path / name).mkdir()
        recording = record(tmp_path / name, motion, absolute=True)
        table = assert_comes_back(recording, name, tmp_path / name)
        assert table.frame.select("x_px", "y_px").rows() == [(900, 501), (900, 20)]


def test_libinput_s_own_analysis_reads_what_is_written(tmp_path: Path) -> None:
    mocked_input.required("libinput")
    inputs = ((0, 1, 30, 1), None, (5_000, 2, 0, 9), None, (8_000, 1, 30, 0), None, (9_000, 2, 8, -1), None)
    table = read(tmp_path / "log.yml", LEAST + recorded(*inputs))
    write_recordings([table], tmp_path / "out", writing_format("libinput"))
    written = tmp_path / "out" / "person" / "session.yml"
    command = ["libinput", "analyze", "recording", str(written)]
    told = subprocess.run(command, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    if "yaml" in told.stderr:
        pytest.skip("PyYAML is not installed for the system's Python (Debian: python3-yaml)")
    rows = [
        [cell.strip() for cell in line.split("|")] for line in told.stdout.splitlines()[2:] if "|" in line
    ]
    assert [row[0] for row in rows] == ["0.000", "0.005", "0.008", "0.009"]
    assert ["+9" in row for row in rows] == [False, True, False, False]
    assert ["-1" in row for row in rows] == [False, False, False, True]


def test_formats_do_not_take_each_other_s_recordings(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text(printed((0, 2, 0, 1), None))
    (tmp_path / "log.yml").write_text(LEAST + recorded((0, 2, 0, 1), None))
    (tmp_path / "notes.yml").write_text("version: 1\nevents: []\n")
    assert recognise(tmp_path / "log.txt") == "evtest"
    assert recognise(tmp_path / "log.yml") == "libinput"
    assert set(FORMAT_NAMES) <= set(FORMATS)
    with pytest.raises(SourceError):
        recognise(tmp_path / "notes.yml")
