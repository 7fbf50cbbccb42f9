import csv
import io
import zipfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.errors import SourceError
from reid.events.formats import klicke
from reid.events.inspection import inspect_parts
from reid.events.parquet import write_parts
from reid.events.quality import Fault, Note
from reid.events.reading import read_events, read_parts, recognise
from reid.events.table import EventTable

HEADING = (
    '"","DownEventID","UpEventID","DownTime","UpTime","ActionTime","DownEvent","UpEvent","Cursorposition",'
    '"WordCount","TextChange","Activity"'
)


def line(
    number: int, down_ms: object, up_ms: object, word: str, change: str = "NoChange",
    activity: str = "Nonproduction",
) -> str:  # fmt: skip
    word, change = (text.replace('"', '""') for text in (word, change))
    times = f'"{number}","{number}","{number}",{down_ms},{up_ms},1'
    return f'{times},"{word}","{word}","0","0","{change}","{activity}"'


def typed(number: int, down_ms: object, up_ms: object, char: str) -> str:
    return line(number, down_ms, up_ms, char, char, "Input")


def essay(folder: Path, writer: str, *lines: str, encoding: str = "utf-8") -> Path:
    text = "".join(f"{each}\r\n" for each in (HEADING, *lines))
    (folder / f"{writer}.csv").write_bytes(text.encode(encoding))
    return folder


def test_keys_and_clicks_become_events_of_one_session(tmp_path: Path) -> None:
    path = essay(
        tmp_path, "77", line(1, 808, 1093, "Leftclick"), line(2, 2000, 2000, "Shift"),
        line(3, 2050, 2150, "T", "T", "Input"), typed(4, 2100, 2200, "h"),
        line(5, 3000, 3060, "Backspace", "h", "Remove/Cut"), line(6, 4000, 4000, "Rightclick"),
    )  # fmt: skip
    assert recognise(path) == "klicke"
    table = read_events(path)
    assert table.frame.select("time_us", "event", "key", "button", "char").rows() == [
        (0, "button_down", None, "left", None),
        (285_000, "button_up", None, "left", None),
        (1_192_000, "key_down", "ShiftLeft", None, None),
        (1_242_000, "key_down", "KeyT", None, "T"),
        (1_292_000, "key_down", "KeyH", None, "h"),
        (1_342_000, "key_up", "KeyT", None, "T"),
        (1_392_000, "key_up", "KeyH", None, "h"),
        (2_192_000, "key_down", "Backspace", None, None),
        (2_252_000, "key_up", "Backspace", None, None),
        (3_192_000, "button_down", None, "right", None),
        (3_192_000, "button_up", None, "right", None),
    ]
    assert table.frame["x_px"].null_count() == table.frame.height
    assert table.frame["task"].null_count() == table.frame.height  # it would tell what each key did
    assert table.sessions.select("subject_id", "session_id", "sitting").rows() == [("77", "essay", 0)]
    assert table.quality.faults == ()
    assert table.quality.notes == (Note("no_release", 1, 0, 1),)


def test_a_key_that_repeats_by_itself_is_one_press(tmp_path: Path) -> None:
    held = [typed(n + 1, start, end, "a") for n, (start, end) in enumerate(pairwise((0, 500, 533, 566)))]
    path = essay(tmp_path, "1", *held, typed(4, 600, 650, "a"), typed(5, 650, 700, "b"))
    table = read_events(path)
    assert table.frame.select("time_us", "event", "press").rows() == [
        (0, "key_down", 0), (500_000, "key_down", 0), (533_000, "key_down", 0), (566_000, "key_up", 0),
        (600_000, "key_down", 1), (650_000, "key_up", 1), (650_000, "key_down", 2), (700_000, "key_up", 2),
    ]  # fmt: skip
    assert inspect_parts([table]).auto_repeats == 2


def test_buttons_do_not_repeat_by_themselves(tmp_path: Path) -> None:
    path = essay(tmp_path, "1", line(1, 0, 80, "Leftclick"), line(2, 80, 90, "Leftclick"))
    assert read_events(path).frame["event"].to_list() == ["button_down", "button_up"] * 2


def test_a_key_without_a_release_does_not_swallow_its_next_press(tmp_path: Path) -> None:
    path = essay(tmp_path, "1", line(1, 0, 0, "Shift"), typed(2, 50, 90, "A"), line(3, 200, 200, "Shift"))
    table = read_events(path)
    shifts = table.frame.filter(pl.col("key") == "ShiftLeft").select("event", "press")
    assert shifts.rows() == [("key_down", 0), ("key_down", 2)]
    assert inspect_parts([table]).auto_repeats == 0


def test_changes_of_the_text_are_no_keys(tmp_path: Path) -> None:
    path = essay(
        tmp_path, "1", typed(1, 0, 50, "a"), line(2, 60, 90, "v", "pasted words", "Paste"),
        line(3, 100, 130, "v", "a => pasted", "Replace"), typed(4, 130, 160, "v"),
        line(5, 200, 230, "Leftclick", "words", "Move From [12, 17] To [0, 5]"),
    )  # fmt: skip
    table = read_events(path)
    assert table.frame["char"].to_list() == ["a", "a", "v", "v"]
    assert table.quality.notes == (Note("text_change", 3, 0, 1),)
    assert not table.quality.faults


def test_what_a_key_wrote_stands_in_char_with_its_escapes_taken_off(tmp_path: Path) -> None:
    written = [
        ("Space", " ", " ", "Space"), ("Enter", r"\n", "\n", "Enter"), (r"\"", r"\"", '"', "Quote"),
        (r"\\", r"\\", "\\", "Backslash"), (",", ",", ",", "Comma"), ("?", "?", "?", "Slash"),
        ("\u2014", "\u2014", "\u2014", "Unidentified"), ("x", "a whole line", None, "KeyX"),
    ]  # fmt: skip
    rows = [
        line(n + 1, 100 * n, 100 * n + 50, word, change, "Input")
        for n, (word, change, _, _) in enumerate(written)
    ]
    table = read_events(essay(tmp_path, "1", *rows))
    downs = table.frame.filter(pl.col("event") == "key_down").select("char", "key")
    assert downs.rows() == [(char, key) for _, _, char, key in written]


def test_a_file_in_another_encoding_is_read_and_noted(tmp_path: Path) -> None:
    essay(tmp_path, "1", typed(1, 0, 50, "é"))
    path = essay(tmp_path, "2", typed(1, 0, 50, "é"), encoding="cp1252")
    table = read_events(path)
    assert table.frame["char"].to_list() == ["é"] * 4
    assert table.quality.notes == (Note("other_encoding", 1, 1, 0),)


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("unreadable_row", '"9","9"'),
        ("unreadable_row", typed(9, 90, 95, "b") + ',"more"'),
        ("unreadable_row", ""),
        ("unreadable_time", typed(9, "NA", 95, "b")),
        ("unreadable_time", typed(9, 90, "soon", "b")),
        ("unreadable_time", typed(9, -90, 95, "b")),
        ("missing_value", '"9","9","9",90,95,1,,"b","0","0","b","Input"'),
        ("unknown_event", line(9, 90, 95, "b", "b", "Daydream")),
        ("release_before_press", typed(9, 90, 89, "b")),
        ("duplicate_row", typed(1, 60, 99, "a")),
        ("clock_back", typed(9, 59, 95, "b")),
    ],
)
def test_a_row_at_fault_is_counted_where_it_stands(tmp_path: Path, kind: str, bad: str) -> None:
    essay(tmp_path, "1", typed(1, 0, 50, "a"))
    path = essay(tmp_path, "2", typed(1, 60, 99, "a"), bad, typed(3, 120, 150, "c"))
    table = read_events(path, max_faults=1)
    assert table.quality.faults == (Fault(kind, 1, 1, 1),)
    assert table.quality.rows_read == 4
    assert table.frame["char"].to_list() == ["a", "a", "a", "a", "c", "c"]


def test_an_essay_of_nothing_leaves_the_others(tmp_path: Path) -> None:
    essay(tmp_path, "1")
    assert read_events(essay(tmp_path, "2", typed(1, 0, 50, "a"))).subjects == ("2",)


def test_another_heading_is_one_line_without_the_name(tmp_path: Path) -> None:
    path = essay(tmp_path, "1", typed(1, 0, 50, "a"))
    (path / "abigail.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"^file 1 of .* must begin with KLiCKe's heading") as caught:
        read_events(path, format="klicke")
    assert "abigail" not in str(caught.value)


def test_one_writer_in_two_folders_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        essay(folder, "1", typed(1, 0, 50, "a"))
    with pytest.raises(SourceError, match="one file a writer"):
        read_events(tmp_path, format="klicke")


def test_writers_come_whole_however_few_fit_into_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for writer in ("1", "2", "3"):
        essay(tmp_path, writer, typed(1, 5, 50, "a"), line(2, 60, 60, "Shift"))
    whole = read_events(tmp_path)
    monkeypatch.setattr(klicke, "PEOPLE_A_PART", 2)
    assert [part.subjects for part in read_parts(tmp_path)] == [("1", "2"), ("3",)]
    again = read_events(tmp_path)
    assert_frame_equal(again.frame, whole.frame)
    assert again.quality == whole.quality


def test_the_published_archive_is_read_whole(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "klicke" / "klicke.zip"
    assert recognise(path) == "klicke"
    counts: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            count_essay(archive.read(name), counts)
    parts = list(read_parts(path))
    found = inspect_parts(parts)
    assert (found.people, found.sessions) == (150, 150)
    assert found.quality.rows_read == counts["rows"]
    assert found.quality.rows_left_out == 0
    assert found.events == {kind: counts[kind] for kind in found.events}
    assert found.auto_repeats == counts["auto_repeat"]
    notes = {note.kind: note.count for note in found.quality.notes}
    assert notes == {kind: counts[kind] for kind in ("text_change", "no_release", "other_encoding")}
    assert notes["other_encoding"] == 2
    table = EventTable.concat(parts)
    chars = table.frame.filter((pl.col("event") == "key_down") & pl.col("char").is_not_null())
    assert chars.height == counts["char"]
    write_parts(parts, tmp_path / "kept.parquet")
    again = read_events(tmp_path / "kept.parquet")
    assert_frame_equal(again.frame, table.frame)
    assert_frame_equal(again.sessions, table.sessions)


def count_essay(content: bytes, counts: Counter[str]) -> None:
    """Count what an essay holds, by going through it row by row."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252")
        counts["other_encoding"] += 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    counts["rows"] += len(rows)
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        if row["Activity"] in {"Paste", "Replace"}:
            counts["text_change"] += 1
            continue
        if row["DownEvent"].endswith("click"):
            counts.update(("button_down", "button_up"))
            continue
        counts["key_down"] += 1
        change = row["TextChange"]
        counts["char"] += row["Activity"] == "Input" and (len(change) == 1 or change in {r"\n", r"\"", r"\\"})
        if (
            after is not None
            and after["Activity"] not in {"Paste", "Replace"}
            and (after["DownEvent"], after["DownTime"]) == (row["DownEvent"], row["UpTime"])
        ):
            counts["auto_repeat"] += 1
        elif row["DownTime"] == row["UpTime"]:
            counts["no_release"] += 1
        else:
            counts["key_up"] += 1
