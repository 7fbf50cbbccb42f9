"""Numbers by which operating systems tell physical keys apart, whatever the layout.

X11 keycodes are the numbers of Linux and 8, which is where X servers start to count.

References
----------
.. [1] Apple, ``HIToolbox/Events.h``, constants ``kVK_``.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from reid.errors import UnknownNameError
from reid.events.codes import codes_of
from reid.events.evdev_codes import KEY_OF_NUMBER

_MAC: Final = """
0 KeyA KeyS KeyD KeyF KeyH KeyG KeyZ KeyX KeyC KeyV IntlBackslash KeyB KeyQ KeyW KeyE KeyR KeyY KeyT
18 Digit1 Digit2 Digit3 Digit4 Digit6 Digit5 Equal Digit9 Digit7 Minus Digit8 Digit0
30 BracketRight KeyO KeyU BracketLeft KeyI KeyP Enter KeyL KeyJ Quote KeyK Semicolon Backslash Comma Slash
45 KeyN KeyM Period Tab Space Backquote Backspace
53 Escape MetaRight MetaLeft ShiftLeft CapsLock AltLeft ControlLeft ShiftRight AltRight ControlRight Fn F17
65 NumpadDecimal
67 NumpadMultiply
69 NumpadAdd
71 NumLock AudioVolumeUp AudioVolumeDown AudioVolumeMute NumpadDivide NumpadEnter
78 NumpadSubtract F18 F19 NumpadEqual Numpad0 Numpad1 Numpad2 Numpad3 Numpad4 Numpad5 Numpad6 Numpad7 F20
91 Numpad8 Numpad9 IntlYen IntlRo NumpadComma F5 F6 F7 F3 F8 F9 Lang2 F11 Lang1 F13 F16 F14
109 F10 ContextMenu F12
113 F15 Insert Home PageUp Delete F4 End F2 PageDown F1 ArrowLeft ArrowRight ArrowDown ArrowUp
"""
_X11_OFFSET: Final = 8

#: Families of numbers, by the name that Python gives the operating system.
PLATFORMS: Final = ("darwin", "linux", "win32")


@cache
def codes_of_platform(platform: str) -> Mapping[int, str]:
    """Return the key of each number that recorders on an operating system write.

    Virtual key codes on macOS and Windows, X11 keycodes on Linux.

    Raises
    ------
    UnknownNameError
        ``platform`` is none of :data:`PLATFORMS`.

    Examples
    --------
    >>> [codes_of_platform(name)[number] for name, number in (("darwin", 12), ("linux", 24), ("win32", 81))]
    ['KeyQ', 'KeyQ', 'KeyQ']
    """
    if platform not in PLATFORMS:
        raise UnknownNameError.of("platform", platform, PLATFORMS)
    if platform == "win32":
        return MappingProxyType({int(number): code for number, code in codes_of("windows-vk").items()})
    if platform == "darwin":
        return MappingProxyType(dict(_numbered(_MAC)))
    return MappingProxyType({number + _X11_OFFSET: code for number, code in KEY_OF_NUMBER.items()})


def _numbered(text: str) -> list[tuple[int, str]]:
    """Return the words of each line, counted up from its first number."""
    pairs: list[tuple[int, str]] = []
    for line in text.strip().splitlines():
        first, *words = line.split()
        pairs += enumerate(words, start=int(first))
    return pairs
