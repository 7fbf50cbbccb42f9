"""Which finger and hand a touch typist uses for each physical key (US layout)."""

from typing import Final

_LEFT = {
    "left_little": ("Backquote", "Digit1", "KeyQ", "KeyA", "KeyZ", "IntlBackslash", "Tab"),
    "left_ring": ("Digit2", "KeyW", "KeyS", "KeyX"),
    "left_middle": ("Digit3", "KeyE", "KeyD", "KeyC"),
    "left_index": ("Digit4", "Digit5", "KeyR", "KeyT", "KeyF", "KeyG", "KeyV", "KeyB"),
}
_RIGHT = {
    "right_index": ("Digit6", "Digit7", "KeyY", "KeyU", "KeyH", "KeyJ", "KeyN", "KeyM"),
    "right_middle": ("Digit8", "KeyI", "KeyK", "Comma"),
    "right_ring": ("Digit9", "KeyO", "KeyL", "Period"),
    "right_little": (
        "Digit0", "KeyP", "Minus", "Equal", "BracketLeft", "BracketRight", "Backslash", "Semicolon", "Quote",
        "Slash", "IntlRo", "IntlYen",
    ),
}  # fmt: skip
_SHARED = {
    "thumb": ("Space",),
    "correction": ("Backspace", "Delete", "editing"),
    "shift": ("ShiftLeft", "ShiftRight", "CapsLock", "modifier"),
}

#: Finger of each key that is typed blindly. Correction and shift keys, which people reach in ways of their
#: own, are classes of their own; every key that is not listed is ``other``.
FINGER_OF_KEY: Final = {
    key: finger for table in (_LEFT, _RIGHT, _SHARED) for finger, keys in table.items() for key in keys
}
FINGERS: Final = (*_LEFT, *_RIGHT, *_SHARED, "other")

#: ``left``, ``right``, ``thumb`` or ``other`` for each finger.
HAND_OF_FINGER: Final = {
    **dict.fromkeys(_LEFT, "left"),
    **dict.fromkeys(_RIGHT, "right"),
    "thumb": "thumb",
    **dict.fromkeys(("correction", "shift", "other"), "other"),
}
HANDS: Final = ("left", "right", "thumb", "other")


def hand_of_key(key: str) -> str:
    """Return the hand that a touch typist uses for a key.

    Examples
    --------
    >>> hand_of_key("KeyA"), hand_of_key("KeyJ"), hand_of_key("Space"), hand_of_key("letter")
    ('left', 'right', 'thumb', 'other')
    """
    return HAND_OF_FINGER[FINGER_OF_KEY.get(key, "other")]
