"""Recorders of agent data: whatever a table holds can be written as their actions and read again."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from reid.events.formats.actions import further_of, number_of, word_of
from reid.events.formats.key_names import key_of, name_of
from reid.events.key_numbers import PLATFORMS, codes_of_platform
from reid.events.keys import KEYS, PHYSICAL_KEYS
from reid.events.reading import read_events
from reid.events.table import EventTable
from reid.events.writing import write_recordings, writing_format
from tests.events.recorded_tables import recorded_tables


@pytest.mark.parametrize("name", ["ducktrack", "openadapt"])
@given(events=recorded_tables())
@settings(max_examples=25, deadline=None)
def test_any_table_written_reads_the_same(name: str, events: EventTable) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        write_recordings([events], out, writing_format(name))
        again = read_events(out, strict=True)
    assert_frame_equal(again.frame, events.frame)
    assert_frame_equal(again.sessions, events.sessions)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_name_that_reads_as_itself(key: str) -> None:
    assert key_of(name_of(key, None)) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a", "KeyA"), ("A", "KeyA"), ("\x01", "KeyA"), ("?", "Slash"), ("shift", "ShiftLeft"),
        ("shift_r", "ShiftRight"),
        ("alt_gr", "AltRight"), ("cmd", "MetaLeft"), ("Page Up", "PageUp"), ("Caps Lock", "CapsLock"),
        ("$Unknown (255)$", "Unidentified"), ("é", "Unidentified"), ("", "Unidentified"), (" ", "Space"),
    ],
)  # fmt: skip
def test_names_are_read_as_on_a_us_keyboard(name: str, key: str) -> None:
    assert key_of(name) == key


def test_numbers_of_keys_are_keys_and_agree_where_systems_do() -> None:
    assert set(PLATFORMS) == {"darwin", "linux", "win32"}
    for platform in PLATFORMS:
        assert set(codes_of_platform(platform).values()) <= set(PHYSICAL_KEYS)
    per_platform = ((0, 38, 65), (6, 52, 90), (36, 36, 13), (53, 9, 27), (122, 67, 112), (123, 113, 37))
    for numbers in per_platform:
        found = {codes_of_platform(name)[number] for name, number in zip(PLATFORMS, numbers, strict=True)}
        assert len(found) == 1


@pytest.mark.parametrize("value", [True, "1", None, [], 10**400, float("nan"), float("inf")])
def test_what_is_no_number_is_none(value: object) -> None:
    assert number_of(value) is None


@pytest.mark.parametrize("value", [1, None, ["a"], "\ud800", "a" * 65])
def test_what_is_no_word_is_none(value: object) -> None:
    assert word_of(value) is None


@pytest.mark.parametrize(
    "fields",
    [
        1, [], {"other": 1}, {"key": "KeyÄ"}, {"key": []}, {"press": -1}, {"press": True}, {"press": 2**32},
        {"time_us": 0.5}, {"time_us": 10**17}, {"char": "\udfff"}, {"x_px": "1"}, {"wheel_dy": {}},
        {"task": 3},
    ],
)  # fmt: skip
def test_further_fields_of_other_kinds_are_broken(fields: object) -> None:
    assert further_of(fields) == (None, True)
