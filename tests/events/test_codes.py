import polars as pl
import pytest

from reid.errors import UnknownNameError
from reid.events.codes import SCHEMES, codes_of, key_codes
from reid.events.keys import CLASS_OF_KEY, KEYS


def translated(scheme: str, *words: str | None) -> list[str | None]:
    frame = pl.DataFrame({"word": words}, schema={"word": pl.String})
    return frame.select(key_codes(pl.col("word"), scheme)).to_series().to_list()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_leads_to_known_keys_only(scheme: str) -> None:
    assert set(codes_of(scheme).values()) <= set(KEYS)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_has_letters_digits_and_the_keys_of_writing(scheme: str) -> None:
    writing = {
        key for key, kind in CLASS_OF_KEY.items() if kind in {"letter", "digit", "whitespace", "navigation"}
    }
    assert writing | {"Backspace", "Delete", "ShiftLeft"} <= set(codes_of(scheme).values())


def test_legacy_key_codes_of_browsers_become_codes() -> None:
    expected = {
        "8": "Backspace", "13": "Enter", "16": "ShiftLeft", "32": "Space", "65": "KeyA", "48": "Digit0",
        "186": "Semicolon", "59": "Semicolon", "187": "Equal", "61": "Equal", "189": "Minus", "173": "Minus",
        "188": "Comma", "190": "Period", "191": "Slash", "192": "Backquote", "219": "BracketLeft",
        "220": "Backslash", "221": "BracketRight", "222": "Quote", "96": "Numpad0", "112": "F1", "135": "F24",
        "161": "Unidentified", "229": "Unidentified", "0": "Unidentified",
    }  # fmt: skip
    assert translated("keycode", *expected) == list(expected.values())


def test_windows_tells_the_sides_of_modifiers_apart() -> None:
    assert translated("windows-vk", "160", "161", "163", "173") == [
        "ShiftLeft",
        "ShiftRight",
        "ControlRight",
        "AudioVolumeMute",
    ]


def test_names_are_characters_or_words_in_any_case() -> None:
    words = ("a", "A", "?", " ", "Shift", "Key.shift_r", "Key.space", ".", "|", "ß")
    keys = [
        "KeyA",
        "KeyA",
        "Slash",
        "Space",
        "ShiftLeft",
        "ShiftRight",
        "Space",
        "Period",
        "Backslash",
        "Unidentified",
    ]
    assert translated("name", *words) == keys


def test_linux_names_and_w3c_codes_are_known() -> None:
    assert translated("evdev", "KEY_A", "key_102nd", "KEY_KPENTER") == [
        "KeyA",
        "IntlBackslash",
        "NumpadEnter",
    ]
    assert translated("code", "KeyA", "letter", "keya") == ["KeyA", "letter", "Unidentified"]


def test_unknown_words_stay_as_unidentified_and_missing_ones_missing() -> None:
    assert translated("keycode", "9999", "", None, "65.0", " 65") == [
        "Unidentified",
        "Unidentified",
        None,
        "KeyA",
        "KeyA",
    ]


def test_an_unknown_scheme_names_the_known() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'keycode'"):
        codes_of("keycodes")
