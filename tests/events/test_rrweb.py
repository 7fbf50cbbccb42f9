import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reid.anonymizers.anonymizing import anonymize
from reid.errors import ReidError, SourceError
from reid.events.formats.rrweb_fields import Fields
from reid.events.reading import read_events, recognise
from reid.events.table import EventTable
from reid.events.writing import write_recordings, writing_format
from tests.events.recorded_tables import recorded_tables

HERE = Path(__file__).parent
START_MS = 1_700_000_000_000
META = {"type": 4, "data": {"href": "https://example.org/secret", "width": 800, "height": 600}}
NOBODY = {"fault", "file", "row"}

Json = dict[str, Any]


def incremental(time_ms: float, **data: Any) -> Json:
    return {"type": 3, "data": data, "timestamp": START_MS + time_ms}


def moves(time_ms: float, *positions: tuple[float, float, float], source: int = 1) -> Json:
    held = [{"x": x, "y": y, "id": 1, "timeOffset": offset} for offset, x, y in positions]
    return incremental(time_ms, source=source, positions=held)


def interaction(time_ms: float, kind: int, x: float | None = 5, y: float | None = 6) -> Json:
    place = {} if x is None else {"x": x, "y": y}
    return incremental(time_ms, source=2, type=kind, id=9, **place)


def typed(time_ms: float, text: str, number: int = 9, **further: Any) -> Json:
    return incremental(time_ms, source=5, text=text, isChecked=False, id=number, **further)


def page(*fields: Json) -> Json:
    node = {
        "type": 0,
        "id": 1,
        "childNodes": [{"type": 2, "tagName": "body", "id": 2, "attributes": {}, "childNodes": list(fields)}],
    }
    return {
        "type": 2,
        "data": {"node": node, "initialOffset": {"left": 0, "top": 100}},
        "timestamp": START_MS,
    }


def field(number: int, tag: str = "input", **attributes: Any) -> Json:
    return {"type": 2, "tagName": tag, "id": number, "attributes": attributes, "childNodes": []}


def read(folder: Path, *events: object, max_faults: float = 0) -> EventTable:
    path = folder / "replay.json"
    path.write_text(json.dumps([{**META, "timestamp": START_MS}, *events]))
    return read_events(path, format="rrweb", max_faults=max_faults)


def rows(table: EventTable, *columns: str) -> list[tuple[Any, ...]]:
    return table.frame.select(columns).rows()


def assert_alike(one: EventTable, other: EventTable) -> None:
    assert_frame_equal(one.frame, other.frame)
    assert_frame_equal(one.sessions, other.sessions)


def given_back(table: EventTable, folder: Path) -> EventTable:
    write_recordings([table], folder, writing_format("rrweb"))
    assert recognise(folder) == "rrweb"
    return read_events(folder, strict=True)


def test_moves_stand_at_their_own_times_among_what_was_recorded_meanwhile(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        interaction(300, 1),
        moves(500, (-400, 1, 2), (-100.25, 3, 4), (0, 5.5, -6)),
        moves(520, (0, 7, 8), source=6),
        moves(530, (0, 9, 10), source=12),
    )
    assert rows(table, "time_us", "event", "x_px", "y_px") == [
        (100_000, "move", 1, 2), (300_000, "button_down", 5, 6), (399_750, "move", 3, 4),
        (500_000, "move", 5.5, -6), (520_000, "move", 7, 8), (530_000, "move", 9, 10),
    ]  # fmt: skip
    session = table.sessions.row(0, named=True)
    assert (session["start_us"], session["screen_w"], session["screen_h"]) == (START_MS * 1000, 800, 600)


def test_a_button_is_named_by_what_comes_of_it(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        interaction(1, 1), interaction(2, 0), interaction(3, 2, 5.4, 6),  # a click
        interaction(10, 1), interaction(11, 3), interaction(12, 0),  # a menu at the press
        interaction(20, 1), interaction(21, 0), interaction(22, 3),  # a menu at the release
        interaction(30, 1), interaction(31, 0), interaction(32, 2, 90, 90),  # a click by a key, elsewhere
        interaction(40, 7), interaction(41, 9), interaction(42, 10),  # touches
        interaction(50, 5, None), interaction(51, 6, None), interaction(52, 4), interaction(53, 0, None),
    )  # fmt: skip
    down, up = "button_down", "button_up"
    assert rows(table, "time_us", "event", "button") == [
        (1000, down, "left"), (2000, up, "left"), (10_000, down, "right"), (12_000, up, "right"),
        (20_000, down, "right"), (21_000, up, "right"), (30_000, down, None), (31_000, up, None),
        (40_000, down, None), (41_000, up, None), (42_000, up, None), (53_000, up, None),
    ]  # fmt: skip


def test_scrolls_are_turns_where_the_pointer_was(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        page({**field(4, "div"), "attributes": {"rr_scrollTop": 30}}),
        incremental(1, source=3, id=1, x=0, y=160),
        moves(10, (0, 3, 4)),
        incremental(20, source=3, id=1, x=5, y=100),
        incremental(30, source=3, id=4, x=0, y=40),
    )
    wheel = table.frame.filter(pl.col("event") == "wheel").select("wheel_dx", "wheel_dy", "x_px", "y_px")
    assert wheel.rows() == [(0, 60, 3, 4), (5, -60, 3, 4), (0, 10, 3, 4)]


def test_a_change_of_a_field_is_a_key_without_release(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        page(field(9, value="pre"), field(10, "textarea"), field(11, type="CheckBox"), field(12, "select")),
        typed(1, "pret"), typed(2, "pre"), typed(3, "pre7"), typed(4, "pr!e7"), typed(5, "pasted"),
        typed(6, "*", 10), typed(7, "**", 10), typed(8, "*", 10),
        typed(10, "on", 11), typed(11, "b", 12), typed(12, "pasted by a program", userTriggered=False),
        typed(13, "pasted by a program\n"),
        incremental(14, source=0, adds=[{"node": field(13, value="é")}]), typed(15, "éü", 13),
    )  # fmt: skip
    assert rows(table, "time_us", "event", "key", "char", "press") == [
        (1000, "key_down", "letter", "t", 0), (2000, "key_down", "editing", None, 1),
        (3000, "key_down", "digit", "7", 2), (4000, "key_down", "punctuation", "!", 3),
        (5000, "key_down", "Unidentified", None, 4), (6000, "key_down", "Unidentified", None, 5),
        (7000, "key_down", "Unidentified", None, 6), (8000, "key_down", "editing", None, 7),
        (13_000, "key_down", "whitespace", "\n", 8), (15_000, "key_down", "letter", "ü", 9),
    ]  # fmt: skip


def test_another_page_has_other_fields(tmp_path: Path) -> None:
    first, second = page(field(9, type="checkbox"), field(10, value="a")), page(field(9), field(10))
    table = read(
        tmp_path, first, typed(1, "on"), typed(2, "ab", 10), second, typed(4, "x"), typed(5, "c", 10)
    )
    assert rows(table, "time_us", "char") == [(2000, "b"), (4000, "x"), (5000, "c")]


@given(st.text("ab", max_size=6), st.integers(0, 6), st.sampled_from("abc"))
@settings(max_examples=60, deadline=None)
def test_a_character_more_is_found_wherever_it_was_put(before: str, place: int, char: str) -> None:
    fields = Fields()
    fields.learn(field(1, value=before))
    assert fields.typed(1, before[:place] + char + before[place:]) == ("letter", char)
    assert fields.typed(1, before) == ("editing", None)


def test_events_at_fault_are_left_out_each_for_one_reason(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        moves(10, (0, 1, 2)),
        7, {"type": "3"}, {"type": 3, "timestamp": START_MS + 10, "data": []},
        {"type": 99, "data": {}, "timestamp": START_MS + 10}, incremental(11, source=40), interaction(12, 77),
        {**interaction(12, 1), "timestamp": "now"}, {**interaction(12, 1), "timestamp": 1e300},
        moves(13, (-14, 1, 2)), interaction(9, 1),
        incremental(14, source=1, positions=[{"x": 1, "timeOffset": 0}, 4]), moves(14, (0, 2.0**40, 1)),
        incremental(15, source=1, positions="all"), incremental(16, source=5, text=None, id=4),
        incremental(17, source=2, type=1, x=1, y=1, reid={"key": "KeyQWERTY"}),
        max_faults=1,
    )  # fmt: skip
    assert len(table) == 1
    assert {fault.kind: fault.count for fault in table.quality.faults} == {
        "unreadable_row": 6, "unknown_event": 3, "unreadable_time": 3, "clock_back": 1, "missing_value": 2,
        "off_screen": 1,
    }  # fmt: skip
    assert table.quality.rows_read == 17


@pytest.mark.parametrize(
    ("text", "n_faults"),
    [
        ("[{0},{1},{2}]", 0), ("[\n{0},\n{1}\n,\n{2}\n]\n", 0), ("{0}\n{1}\n{2}", 0),
        ('{{"events": [{0}, {1}, {2}]}}', 0), ("\ufeff[{0},{1},{2}", 1), ('[{0},{1},{2},{{"type": 3, "da', 1),
        ('{0}\n{{"type": 3, "da\n{1}\n{2}\n', 1), ('{0}\n{{\n\r\n{1},\n{{"events": [{2}]}}\n}}', 2),
    ],
)  # fmt: skip
def test_lists_lines_and_what_was_cut_short_are_read(tmp_path: Path, text: str, n_faults: int) -> None:
    events = ({**META, "timestamp": START_MS}, moves(5, (0, 1, 2)), moves(9, (0, 3, 4)))
    (tmp_path / "log.json").write_text(text.format(*map(json.dumps, events)))
    assert recognise(tmp_path / "log.json") == "rrweb"
    table = read_events(tmp_path / "log.json", max_faults=1)
    assert rows(table, "time_us") == [(5000,), (9000,)]
    assert table.quality.rows_left_out == n_faults


def test_many_lines_that_do_not_parse_take_no_longer_each(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text('{"events": [\n' * 60_000)  # over the whole text: half a minute
    with pytest.raises(SourceError, match="hold events of rrweb"):
        read_events(tmp_path / "log.json", format="rrweb")


@pytest.mark.parametrize("odd", [[], {}])
def test_lists_where_words_should_be_are_read_or_counted(tmp_path: Path, odd: object) -> None:
    added = incremental(1, source=0, adds=[{"node": {**field(9), "tagName": odd}}])
    custom = {"type": 5, "data": {"tag": "reid", "payload": {"event": odd}}, "timestamp": START_MS + 2}
    table = read(tmp_path, added, custom, moves(5, (0, 1, 2)), max_faults=1)
    assert rows(table, "time_us") == [(5000,)]
    assert [fault.kind for fault in table.quality.faults] == ["unreadable_row"]


def test_stretches_in_a_folder_are_one_session(tmp_path: Path) -> None:
    place = tmp_path / "logs" / "p" / "s"
    place.mkdir(parents=True)
    (place / "1.json").write_text(json.dumps([{**META, "timestamp": START_MS}, moves(5, (0, 1, 2))]))
    (place / "2.json").write_text(json.dumps([moves(9, (0, 3, 4))]))
    table = read_events(tmp_path / "logs", strict=True)
    assert rows(table, "subject_id", "session_id", "time_us") == [("p", "s", 5000), ("p", "s", 9000)]


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just(10**400),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("x", "y", "id", "timeOffset", "reid", "press", "node", "event")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(
    kind=st.integers(-1, 9) | _values,
    source=st.integers(-1, 17) | _values,
    times=st.lists(st.integers(-9, 9) | _values, min_size=1, max_size=3),
    data=st.dictionaries(
        st.sampled_from(
            (
                "type",
                "positions",
                "x",
                "y",
                "id",
                "text",
                "adds",
                "node",
                "tag",
                "payload",
                "reid",
                "width",
                "initialOffset",
            )
        ),
        _values | st.integers(0, 10) | st.just("reid"),
    ),
)
@settings(max_examples=80, deadline=None)
def test_whatever_stands_in_an_event_is_read_or_told_in_one_line(
    kind: object, source: object, times: list[object], data: Json
) -> None:
    events = [{"type": kind, "data": {"source": source, **data}, "timestamp": time} for time in times]
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.json"
        path.write_text(json.dumps([{**META, "timestamp": 0}, *events]))
        try:
            table = read_events(path, format="rrweb", max_faults=1)
            assert_alike(given_back(table, Path(folder) / "out"), table)
        except ReidError as error:
            said = str(error)
    assert "\n" not in said


@pytest.mark.parametrize("deep", ["[" * 200_000, '{"type":' * 100_000, '[{"type": 4, "data": ' * 50_000])
def test_deep_nesting_is_one_line(tmp_path: Path, deep: str) -> None:
    (tmp_path / "log.json").write_text(deep)
    with pytest.raises(SourceError, match="hold events of rrweb"):
        read_events(tmp_path / "log.json", format="rrweb")


def test_other_json_is_not_taken_for_a_replay(tmp_path: Path) -> None:
    for number, text in enumerate(
        (
            '{"type": 3, "data": 5}',
            '[{"data": {"source": 1}}]',
            '{"subject_id": 1, "type": 3, "data": {"x": 1}}',
            "[]",
            "{}",
        )
    ):
        (tmp_path / f"{number}.json").write_text(text)
        with pytest.raises(SourceError):
            recognise(tmp_path / f"{number}.json")


@given(table=recorded_tables())
@settings(max_examples=15, deadline=None)
def test_every_table_comes_back(table: EventTable) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_alike(given_back(table, Path(folder) / "out"), table)


def test_a_release_holds_neither_page_nor_address_nor_text(tmp_path: Path) -> None:
    words = {
        **field(9, value="written before"),
        "childNodes": [{"type": 3, "textContent": "on the page", "id": 10}],
    }
    table = read(tmp_path, page(words), typed(5, "written before~"), moves(9, (0, 1, 2)))
    assert "~" in table.frame["char"].to_list()
    release = anonymize(table, "none", seed=1).events
    write_recordings([release], tmp_path / "out", writing_format("rrweb"))
    (written,) = (tmp_path / "out").glob("*/*.json")
    text = written.read_text()
    assert not [word for word in ("example.org", "before", "page", "~", "secret") if word in text]
    kinds = [event["type"] for event in json.loads(text)]
    assert kinds == [4, 2, 3, 3]


@pytest.fixture(scope="module")
def node() -> list[str]:
    """Folder with node_modules, and Chromium."""
    folder = os.environ.get("REID_NODE_FOLDER")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not folder or not chromium or not shutil.which("node"):
        pytest.skip(
            "needs node, chromium and REID_NODE_FOLDER, where npm installed rrweb and playwright-core"
        )
    return [folder, chromium]


@pytest.fixture(scope="module", params=["plain", "masked"])
def real(request: pytest.FixtureRequest, node: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A replay that rrweb itself recorded."""
    path = tmp_path_factory.mktemp("rrweb") / f"{request.param}.json"
    flags = ["--mask"] if request.param == "masked" else []
    subprocess.run(["node", HERE / "rrweb_record.mjs", *node, path, *flags], check=True, timeout=240)
    return path


def test_what_rrweb_itself_records_is_read_without_loss(real: Path, tmp_path: Path) -> None:
    assert recognise(real) == "rrweb"
    table = read_events(real, strict=True)
    counts = dict(table.frame["event"].value_counts().iter_rows())
    events = [event["data"] for event in json.loads(real.read_text()) if event["type"] == 3]
    assert counts["move"] == sum(len(each["positions"]) for each in events if each["source"] in {1, 6, 12})
    assert counts["button_down"] == sum(each["source"] == 2 and each["type"] == 1 for each in events) == 10
    assert counts["button_up"] == sum(each["source"] == 2 and each["type"] == 0 for each in events)
    assert counts["wheel"] == sum(each["source"] == 3 for each in events)
    keys = table.frame.filter(pl.col("event") == "key_down")
    unmasked = "".join(char or "?" for char in keys["char"])
    assert unmasked == ("?" * 18 if real.stem == "masked" else " Abc 42!?a * b????")
    pressed = table.frame.filter(pl.col("event") == "button_down")["button"].to_list()
    assert pressed.count("right") == 1
    assert pressed.count("left") == 7
    assert_alike(given_back(table, tmp_path / "same"), table)
    strategy = "time-jitter(bound_ms=20) | key-classes | pixel-grid(step_px=16)"
    release = anonymize(table, strategy, seed=1).events
    assert_alike(given_back(release, tmp_path / "release"), release)


def test_rrweb_s_own_player_plays_a_release(real: Path, node: list[str], tmp_path: Path) -> None:
    table = read_events(real, strict=True)
    release = anonymize(table, "time-jitter(bound_ms=20) | pixel-grid(step_px=16)", seed=1).events
    write_recordings([release], tmp_path / "out", writing_format("rrweb"))
    (written,) = (tmp_path / "out").glob("*/*.json")
    command = ["node", HERE / "rrweb_play.mjs", *node, written]
    seen = json.loads(subprocess.run(command, check=True, timeout=240, capture_output=True).stdout)
    assert seen["finished"]
    assert seen["complaints"] == []
    assert seen["counts"]["fullsnapshot-rebuilded"] == 1
    assert set(seen["field"]) == {"*"}
    on_page = release.frame.filter(pl.col("event").is_in(["move", "button_up"])).tail(2)
    places = {(f"{x:g}px", f"{y:g}px") for x, y in on_page.select("x_px", "y_px").iter_rows()}
    assert (seen["x"], seen["y"]) in places
    n_buttons = release.frame["event"].cast(pl.String).str.starts_with("button").sum()
    assert seen["counts"]["mouse-interaction"] >= n_buttons
