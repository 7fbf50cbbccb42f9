"""Physical keys: W3C UI Events ``code`` values, and the classes that stand for them after masking."""

from typing import Final

import polars as pl

_LETTERS = tuple(f"Key{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = tuple(f"Digit{digit}" for digit in range(10))
_PUNCTUATION = (
    "Backquote", "Minus", "Equal", "BracketLeft", "BracketRight", "Backslash", "Semicolon", "Quote",
    "Comma", "Period", "Slash", "IntlBackslash", "IntlRo", "IntlYen",
)  # fmt: skip
_MODIFIERS = (
    "ShiftLeft", "ShiftRight", "ControlLeft", "ControlRight", "AltLeft", "AltRight", "MetaLeft", "MetaRight",
    "CapsLock", "Fn", "FnLock",
)  # fmt: skip
_EDITING = ("Backspace", "Delete", "Insert")
_NAVIGATION = ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown")
_NUMPAD = (
    *(f"Numpad{digit}" for digit in range(10)),
    "NumpadAdd", "NumpadBackspace", "NumpadClear", "NumpadClearEntry", "NumpadComma", "NumpadDecimal",
    "NumpadDivide", "NumpadEnter", "NumpadEqual", "NumpadHash", "NumpadMultiply", "NumpadParenLeft",
    "NumpadParenRight", "NumpadStar", "NumpadSubtract", "NumLock",
)  # fmt: skip
_FUNCTION = tuple(f"F{number}" for number in range(1, 25))
_SYSTEM = (
    "Escape", "ContextMenu", "PrintScreen", "ScrollLock", "Pause", "Help", "Power", "Sleep", "WakeUp",
    "Eject",
    "Convert", "NonConvert", "KanaMode", "Lang1", "Lang2", "Lang3", "Lang4", "Lang5",
    "AudioVolumeDown", "AudioVolumeMute", "AudioVolumeUp", "BrowserBack", "BrowserFavorites",
    "BrowserForward",
    "BrowserHome", "BrowserRefresh", "BrowserSearch", "BrowserStop", "LaunchApp1", "LaunchApp2", "LaunchMail",
    "MediaPlayPause", "MediaSelect", "MediaStop", "MediaTrackNext", "MediaTrackPrevious",
    "BrightnessDown", "BrightnessUp", "Again", "Copy", "Cut", "Find", "Open", "Paste", "Props", "Select",
    "Undo",
)  # fmt: skip

#: Class of each physical key: what is left of it after masking. Lower case, so never mistaken for a key.
CLASS_OF_KEY: Final[dict[str, str]] = {
    **dict.fromkeys(_LETTERS, "letter"),
    **dict.fromkeys(_DIGITS, "digit"),
    **dict.fromkeys(_PUNCTUATION, "punctuation"),
    "Space": "whitespace",
    "Tab": "whitespace",
    "Enter": "whitespace",
    **dict.fromkeys(_MODIFIERS, "modifier"),
    **dict.fromkeys(_EDITING, "editing"),
    **dict.fromkeys(_NAVIGATION, "navigation"),
    **dict.fromkeys(_NUMPAD, "numpad"),
    **dict.fromkeys(_FUNCTION, "function"),
    **dict.fromkeys(_SYSTEM, "system"),
}

#: A key that the source did not name, or named by a word that no mapping knows.
UNIDENTIFIED: Final = "Unidentified"

PHYSICAL_KEYS: Final = tuple(CLASS_OF_KEY)
KEY_CLASSES: Final = tuple(dict.fromkeys(CLASS_OF_KEY.values()))
KEYS: Final = (UNIDENTIFIED, *PHYSICAL_KEYS, *KEY_CLASSES)
KEY: Final = pl.Enum(KEYS)

#: Number of each key in the physical (integer) form of the ``key`` column.
KEY_NUMBER: Final = {key: number for number, key in enumerate(KEYS)}
