import zipfile
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.errors import EventError, SourceError
from reid.events.archive import Source
from reid.events.formats import Aalto
from reid.events.quality import Fault
from reid.events.reading import read_events, read_parts, recognise

HEADING = (
    "PARTICIPANT_ID\tTEST_SECTION_ID\tSENTENCE\tUSER_INPUT\tKEYSTROKE_ID\t"
    "PRESS_TIME\tRELEASE_TIME\tLETTER\tKEYCODE\n"
)
START_MS = 1_471_934_383_592


def line(person: str, section: str, press: object, release: object, letter: str, code: object) -> str:
    return f'{person}\t{section}\tA "b\tA \x9d"b\t1\t{press}\t{release}\t{letter}\t{code}\n'


def archive(folder: Path, **files: str) -> Path:
    with zipfile.ZipFile(folder / "Keystrokes.zip", "w") as file:
        file.writestr("files/readme.txt", "not a recording")
        for name, text in files.items():
            file.writestr(f"files/{name}_keystrokes.txt", text.encode("latin-1"))
    return folder / "Keystrokes.zip"


def test_a_sentence_becomes_a_session_that_starts_at_its_first_press(tmp_path: Path) -> None:
    rows = (
        line("5", "9", START_MS + 60_000, START_MS + 60_050, "b", 66)
        + line("5", "7", START_MS, START_MS + 168, "SHIFT", 16)
        + line("5", "7", START_MS + 109, START_MS + 168, "T", 84)
        + line("5", "7", START_MS + 168, START_MS + 168, " ", 32)
    )
    table = read_events(archive(tmp_path, p5=HEADING + rows))
    found = table.frame.filter(pl.col("session_id") == "7")
    assert found.select("time_us", "event", "key", "press", "char").rows() == [
        (0, "key_down", "ShiftLeft", 0, None),
        (109_000, "key_down", "KeyT", 1, "T"),
        (168_000, "key_up", "ShiftLeft", 0, None),
        (168_000, "key_up", "KeyT", 1, "T"),
        (168_000, "key_down", "Space", 2, " "),
        (168_000, "key_up", "Space", 2, " "),
    ]
    assert table.sessions.select("session_id", "session_order", "sitting", "start_us").rows() == [
        ("7", 0, 0, 1000 * START_MS),
        ("9", 1, 0, 1000 * (START_MS + 60_000)),
    ]
    assert not table.quality.faults


def test_rows_at_fault_are_left_out_whole_and_counted_once(tmp_path: Path) -> None:
    good = "".join(line("5", "7", START_MS + 100 * n, START_MS + 100 * n + 50, "a", 65) for n in range(4))
    bad = (
        line("5", "7", START_MS, "1.471968e+12", "a", 65)
        + line("5", "7", 5, START_MS, "a", 65)
        + line("5", "7", START_MS + 20, START_MS + 10, "a", 65)
        + line("", "7", START_MS, START_MS + 10, "a", 65)
        + "5\t7\tcut short\n"
        + line("5", "7", START_MS, START_MS + 10, "a\tb", 65)
    )
    path = archive(tmp_path, p5=HEADING + good + bad)
    table = read_events(path, max_faults=1)
    assert len(table) == 8
    assert table.quality.rows_read == 10
    assert table.quality.faults == (
        Fault("unreadable_row", 2, 1, 8),
        Fault("unreadable_time", 2, 1, 4),
        Fault("missing_value", 1, 1, 7),
        Fault("release_before_press", 1, 1, 6),
    )
    with pytest.raises(EventError, match="6 of 10 rows left out"):
        read_events(path)


def test_unknown_key_codes_are_kept_as_unidentified(tmp_path: Path) -> None:
    table = read_events(archive(tmp_path, p5=HEADING + line("5", "7", START_MS, START_MS + 9, "x", 229)))
    assert table.frame["key"].to_list() == ["Unidentified"] * 2


def test_lines_without_a_last_end_and_empty_files_are_read(tmp_path: Path) -> None:
    one, two = (line(who, "7", START_MS, START_MS + 9, "a", 65) for who in "56")
    path = archive(
        tmp_path, p5=HEADING + one.rstrip("\n"), p7=HEADING, p6=HEADING + two, p8=HEADING.rstrip("\n")
    )
    table = read_events(path)
    assert table.subjects == ("5", "6")
    assert table.quality.rows_read == 2


def test_blank_lines_do_not_shift_the_place_of_a_fault(tmp_path: Path) -> None:
    good = line("5", "7", START_MS, START_MS + 9, "a", 65)
    bad = line("6", "7", START_MS + 9, START_MS, "a", 65)
    table = read_events(
        archive(tmp_path, p5=HEADING + "\n\n" + good, p6=HEADING + good.replace("5\t", "6\t", 1) + bad),
        max_faults=1,
    )
    last = next(fault for fault in table.quality.faults if fault.kind == "release_before_press")
    assert (last.file, last.row) == (2, 1)


def test_a_file_with_another_heading_is_named_by_its_ordinal(tmp_path: Path) -> None:
    path = archive(tmp_path, alice=HEADING + line("5", "7", START_MS, START_MS, "a", 65), bob="a\tb\n")
    with pytest.raises(
        SourceError, match=r"file 2 of Keystrokes.zip must begin with Aalto's heading"
    ) as caught:
        read_events(path)
    assert "bob" not in str(caught.value)


def test_a_folder_and_a_single_file_read_like_the_archive(tmp_path: Path) -> None:
    text = HEADING + line("5", "7", START_MS, START_MS + 9, "a", 65)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "5_keystrokes.txt").write_text(text)
    expected = read_events(archive(tmp_path, p5=text))
    for path in (tmp_path / "folder", tmp_path / "folder" / "5_keystrokes.txt"):
        assert recognise(path) == "aalto"
        assert_frame_equal(read_events(path).frame, expected.frame)


def test_the_publishers_archive_is_read_whole_with_its_seven_faults(real_data: Path) -> None:
    path = real_data / "aalto" / "Keystrokes.zip"
    assert recognise(path) == "aalto"
    people = sessions = events = unidentified = 0
    rows = 0
    faults: dict[str, int] = {}
    sizes = []
    for part in read_parts(path):
        sizes.append(len(part.subjects))
        people += len(part.subjects)
        sessions += part.sessions.height
        events += len(part)
        unidentified += int((part.frame["key"] == "Unidentified").sum())
        rows += part.quality.rows_read
        for fault in part.quality.faults:
            faults[fault.kind] = faults.get(fault.kind, 0) + fault.count
        assert part.sessions["sitting"].unique().to_list() == [0]
    assert (people, sessions, rows, events) == (1500, 22_500, 1_097_523, 2 * 1_097_516)
    assert faults == {"release_before_press": 6, "unreadable_time": 1}
    assert unidentified == 24
    assert set(sizes) == {50}


def test_first_keystrokes_of_a_real_file_agree_with_a_reader_line_by_line(real_data: Path) -> None:
    with Source(real_data / "aalto" / "Keystrokes.zip") as source:
        lines = source.read(source.members[0]).decode("utf-8", "replace").split("\n")[1:-1]
        part = next(Aalto().parts(source))
    rows = [text.split("\t") for text in lines]
    person = rows[0][0]
    for section in {row[1] for row in rows}:
        presses = [(int(row[5]), int(row[6])) for row in rows if row[1] == section]
        start = min(press for press, _ in presses)
        times = sorted(1000 * (time - start) for pair in presses for time in pair)
        found = part.frame.filter((pl.col("subject_id") == person) & (pl.col("session_id") == section))
        assert found["time_us"].to_list() == times
