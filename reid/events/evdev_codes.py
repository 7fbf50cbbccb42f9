"""Numbers of Linux input events, and which keys and buttons they are.

The numbers are part of the kernel's interface to programs and never change. Package ``evdev`` has them, but
is compiled against the kernel's headers on Linux only, while recordings are read anywhere; so those of the
keys that :mod:`reid.events.codes` knows by name stand here, in runs as the kernel counts them. A test holds
them against the header where it is installed.

References
----------
.. [1] Linux, ``include/uapi/linux/input-event-codes.h``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reid.events.codes import codes_of
from reid.events.keys import UNIDENTIFIED

EV_SYN: Final = 0
EV_KEY: Final = 1
EV_REL: Final = 2
EV_ABS: Final = 3
SYN_REPORT: Final = 0
SYN_DROPPED: Final = 3
REL_X: Final = 0
REL_Y: Final = 1
REL_HWHEEL: Final = 6
REL_WHEEL: Final = 8
REL_WHEEL_HI_RES: Final = 11
REL_HWHEEL_HI_RES: Final = 12
ABS_X: Final = 0
ABS_Y: Final = 1
BTN_TOUCH: Final = 330
KEY_UNKNOWN: Final = 240
HI_RES_A_NOTCH: Final = 120  #: a notch of the wheel in high-resolution units

# first number: names without KEY_, one number after the other
_RUNS = """
1: ESC 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL BACKSPACE TAB Q W E R T Y U I O P LEFTBRACE RIGHTBRACE ENTER
29: LEFTCTRL A S D F G H J K L SEMICOLON APOSTROPHE GRAVE LEFTSHIFT BACKSLASH Z X C V B N M COMMA DOT SLASH
54: RIGHTSHIFT KPASTERISK LEFTALT SPACE CAPSLOCK F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NUMLOCK SCROLLLOCK
71: KP7 KP8 KP9 KPMINUS KP4 KP5 KP6 KPPLUS KP1 KP2 KP3 KP0 KPDOT
85: ZENKAKUHANKAKU 102ND F11 F12 RO KATAKANA HIRAGANA HENKAN KATAKANAHIRAGANA MUHENKAN
96: KPENTER RIGHTCTRL KPSLASH SYSRQ RIGHTALT
102: HOME UP PAGEUP LEFT RIGHT END DOWN PAGEDOWN INSERT DELETE
113: MUTE VOLUMEDOWN VOLUMEUP POWER KPEQUAL
119: PAUSE
121: KPCOMMA HANGEUL HANJA YEN LEFTMETA RIGHTMETA COMPOSE STOP AGAIN PROPS UNDO
133: COPY OPEN PASTE FIND CUT HELP MENU CALC
142: SLEEP WAKEUP
150: WWW
155: MAIL BOOKMARKS COMPUTER BACK FORWARD
161: EJECTCD EJECTCLOSECD NEXTSONG PLAYPAUSE PREVIOUSSONG STOPCD
171: CONFIG HOMEPAGE REFRESH
179: KPLEFTPAREN KPRIGHTPAREN
183: F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24
217: SEARCH
224: BRIGHTNESSDOWN BRIGHTNESSUP MEDIA
353: SELECT
464: FN
"""

#: Name of each key's number.
KEY_NAMES: Final[Mapping[int, str]] = MappingProxyType({
    int(first) + place: f"KEY_{name}"
    for first, names in (run.split(":") for run in _RUNS.strip().splitlines())
    for place, name in enumerate(names.split())
})  # fmt: skip

#: W3C ``code`` of each number that has one.
KEY_OF_NUMBER: Final[Mapping[int, str]] = MappingProxyType({
    number: codes_of("evdev")[name] for number, name in KEY_NAMES.items()
})  # fmt: skip

#: Number of each W3C ``code`` that Linux has, the first where there are two; ``Unidentified`` too.
NUMBER_OF_KEY: Final[Mapping[str, int]] = MappingProxyType(
    {UNIDENTIFIED: KEY_UNKNOWN} | {key: number for number, key in reversed(list(KEY_OF_NUMBER.items()))}
)

#: Button of each number; None where it is none of ours. Of tools and gamepads only what is pressed to point.
BUTTON_OF_NUMBER: Final[Mapping[int, str | None]] = MappingProxyType({
    **dict.fromkeys(range(256, 266)),  # BTN_0 to BTN_9
    272: "left", 273: "right", 274: "middle", 275: "back", 276: "forward", 277: "forward", 278: "back",
    279: None,  # BTN_TASK
    331: None, 332: None,  # BTN_STYLUS, BTN_STYLUS2
})  # fmt: skip

#: Number of each button, None for one that is not named.
NUMBER_OF_BUTTON: Final[Mapping[str | None, int]] = MappingProxyType({
    "left": 272, "right": 273, "middle": 274, "back": 275, "forward": 276, None: 256,
})  # fmt: skip

BUTTON_NAMES: Final[Mapping[int, str]] = MappingProxyType({
    256: "BTN_0", 272: "BTN_LEFT", 273: "BTN_RIGHT", 274: "BTN_MIDDLE", 275: "BTN_SIDE", 276: "BTN_EXTRA",
})  # fmt: skip
REL_NAMES: Final[Mapping[int, str]] = MappingProxyType({
    REL_X: "REL_X", REL_Y: "REL_Y", REL_HWHEEL: "REL_HWHEEL", REL_WHEEL: "REL_WHEEL",
    REL_WHEEL_HI_RES: "REL_WHEEL_HI_RES", REL_HWHEEL_HI_RES: "REL_HWHEEL_HI_RES",
})  # fmt: skip


def event_name(kind: int, code: int) -> str:
    """Return the kernel's name of a code of ``EV_KEY`` or ``EV_REL``, ``KEY_UNKNOWN`` for other keys."""
    if kind == EV_REL:
        return REL_NAMES[code]
    return BUTTON_NAMES.get(code) or KEY_NAMES.get(code, "KEY_UNKNOWN")
