"""From the key words of recorders to W3C UI Events ``code`` values.

No maintained Python package that was found carries such a mapping (``evdev`` knows Linux names and numbers
only, ``pynput`` and ``keyboard`` map the running machine's own layout, ``playwright`` keeps its layout
inside its driver, QEMU's ``keycodemapdb`` is not packaged and lacks W3C codes), so the one table stands
here, with its sources:

* ``code``: W3C, UI Events KeyboardEvent code Values, sections 3.1 to 3.6;
* ``keycode``: W3C, UI Events, "Legacy Key & Mouse Event Attributes" (fixed and "optionally fixed"
  virtual key codes), with the numbers in which Firefox differs for the same key;
* ``windows-vk``: Microsoft, "Virtual-Key Codes" (``winuser.h``);
* ``evdev``: Linux, ``include/uapi/linux/input-event-codes.h``.

A word that no scheme knows becomes ``Unidentified``: the key stays in the table and is counted as
unknown in the key coverage.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import polars as pl

from reid.errors import UnknownNameError
from reid.events.keys import KEY, KEYS, UNIDENTIFIED

# code | Windows virtual keys | Linux evdev name without KEY_ | other names: browser `key`, pynput
_TABLE = """
Backquote|192 223|GRAVE|` ~
Minus|189|MINUS|- _
Equal|187|EQUAL|= +
BracketLeft|219|LEFTBRACE|[ {
BracketRight|221|RIGHTBRACE|] }
Backslash|220|BACKSLASH|\\ bar
Semicolon|186|SEMICOLON|; :
Quote|222|APOSTROPHE|' "
Comma|188|COMMA|, <
Period|190|DOT|. >
Slash|191|SLASH|/ ?
IntlBackslash|226|102ND|
IntlRo|193|RO|
IntlYen||YEN|
Space|32|SPACE|space spacebar
Tab|9|TAB|tab
Enter|13|ENTER|enter return
ShiftLeft|160 16|LEFTSHIFT|shift shift_l shiftleft
ShiftRight|161|RIGHTSHIFT|shift_r shiftright
ControlLeft|162 17|LEFTCTRL|control ctrl ctrl_l ctrlleft
ControlRight|163|RIGHTCTRL|ctrl_r ctrlright
AltLeft|164 18|LEFTALT|alt alt_l altleft option
AltRight|165|RIGHTALT|altgraph alt_gr alt_r altright
MetaLeft|91|LEFTMETA|meta os cmd cmd_l win winleft super command
MetaRight|92|RIGHTMETA|cmd_r winright
CapsLock|20|CAPSLOCK|capslock caps_lock
Fn||FN|fn
FnLock|||fnlock
Backspace|8|BACKSPACE|backspace
Delete|46|DELETE|delete del
Insert|45|INSERT|insert
ArrowUp|38|UP|arrowup up
ArrowDown|40|DOWN|arrowdown down
ArrowLeft|37|LEFT|arrowleft left
ArrowRight|39|RIGHT|arrowright right
Home|36|HOME|home
End|35|END|end
PageUp|33|PAGEUP|pageup page_up
PageDown|34|PAGEDOWN|pagedown page_down
NumpadAdd|107|KPPLUS|
NumpadComma|194|KPCOMMA|
NumpadDecimal|110|KPDOT|
NumpadDivide|111|KPSLASH|
NumpadEnter||KPENTER|
NumpadEqual|146|KPEQUAL|
NumpadMultiply|106|KPASTERISK|
NumpadSubtract|109|KPMINUS|
NumpadParenLeft||KPLEFTPAREN|
NumpadParenRight||KPRIGHTPAREN|
NumLock|144|NUMLOCK|numlock num_lock
Escape|27|ESC|escape esc
ContextMenu|93|COMPOSE|contextmenu menu apps
PrintScreen|44|SYSRQ|printscreen print_screen
ScrollLock|145|SCROLLLOCK|scrolllock scroll_lock
Pause|19|PAUSE|pause
Help|47|HELP|help
Power||POWER|power
Sleep|95|SLEEP|sleep
WakeUp||WAKEUP|wakeup
Eject||EJECTCD|eject
Convert|28|HENKAN|convert
NonConvert|29|MUHENKAN|nonconvert
KanaMode||KATAKANAHIRAGANA|kanamode
Lang1|21|HANGEUL|hangulmode
Lang2|25|HANJA|hanjamode
Lang3||KATAKANA|katakana
Lang4||HIRAGANA|hiragana
Lang5||ZENKAKUHANKAKU|zenkakuhankaku
AudioVolumeMute|173|MUTE|audiovolumemute media_volume_mute
AudioVolumeDown|174|VOLUMEDOWN|audiovolumedown media_volume_down
AudioVolumeUp|175|VOLUMEUP|audiovolumeup media_volume_up
BrowserBack|166|BACK|browserback
BrowserForward|167|FORWARD|browserforward
BrowserRefresh|168|REFRESH|browserrefresh
BrowserStop|169|STOP|browserstop
BrowserSearch|170|SEARCH|browsersearch
BrowserFavorites|171|BOOKMARKS|browserfavorites
BrowserHome|172|HOMEPAGE|browserhome
LaunchMail|180|MAIL|launchmail
LaunchApp1|182|COMPUTER|launchapplication1
LaunchApp2|183|CALC|launchapplication2
MediaTrackNext|176|NEXTSONG|mediatracknext media_next
MediaTrackPrevious|177|PREVIOUSSONG|mediatrackprevious media_previous
MediaStop|178|STOPCD|mediastop media_stop
MediaPlayPause|179|PLAYPAUSE|mediaplaypause media_play_pause
MediaSelect|181|MEDIA|launchmediaplayer
BrightnessDown||BRIGHTNESSDOWN|brightnessdown
BrightnessUp||BRIGHTNESSUP|brightnessup
Again||AGAIN|again
Copy||COPY|copy
Cut||CUT|cut
Find||FIND|find
Open||OPEN|open
Paste||PASTE|paste
Props||PROPS|props
Undo||UNDO|undo
Select|41||select
"""

_SHIFTED_DIGITS = ")!@#$%^&*("  # on a US keyboard, from 0

#: Where the legacy ``keyCode`` of browsers is not the Windows virtual key. 160 to 165 are characters
#: in Firefox and sided modifiers on Windows; a browser reports both sides of a modifier as 16 to 18.
_BROWSER_KEYCODES: Final = MappingProxyType({
    **dict.fromkeys(range(160, 166), UNIDENTIFIED),
    12: "Numpad5",  # without NumLock
    59: "Semicolon",  # Firefox
    61: "Equal",  # Firefox
    171: "Equal",  # Firefox, plus on its own key
    173: "Minus",  # Firefox
    224: "MetaLeft",  # Firefox on macOS
    225: "AltRight",  # Firefox on Linux
})  # fmt: skip

_EVDEV_ALIASES: Final = {
    "HANGUEL": "Lang1",
    "SELECT": "Select",
    "EJECTCLOSECD": "Eject",
    "MENU": "ContextMenu",
    "WWW": "BrowserHome",
    "CONFIG": "MediaSelect",
}


def _table() -> list[tuple[str, list[int], str, list[str]]]:
    rows: list[tuple[str, list[int], str, list[str]]] = []
    for line in _TABLE.strip().splitlines():
        code, virtual, evdev, names = line.split("|", 3)
        words = ["|" if word == "bar" else word for word in names.split()]
        rows.append((code, [int(number) for number in virtual.split()], evdev, words))
    rows += [
        (f"Key{letter}", [ord(letter)], letter, [letter.lower()]) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ]
    rows += [(f"Digit{n}", [48 + n], str(n), [str(n), _SHIFTED_DIGITS[n]]) for n in range(10)]
    rows += [(f"Numpad{n}", [96 + n], f"KP{n}", []) for n in range(10)]
    rows += [(f"F{n}", [111 + n], f"F{n}", [f"f{n}"]) for n in range(1, 25)]
    return rows


@cache
def _scheme(name: str) -> Mapping[str, str]:
    table = _table()
    windows = {str(number): code for code, virtual, _, _ in table for number in virtual}
    if name == "code":
        return {key: key for key in KEYS}  # classes too, as in a masked log
    if name == "windows-vk":
        return windows
    if name == "keycode":
        return windows | {str(number): code for number, code in _BROWSER_KEYCODES.items()}
    if name == "evdev":
        names = {evdev: code for code, _, evdev, _ in table if evdev} | _EVDEV_ALIASES
        return {f"KEY_{evdev}": code for evdev, code in names.items()}
    return {word: code for code, _, _, words in table for word in words} | {" ": "Space"}


#: How a source may write keys, and what each way is.
SCHEMES: Final[Mapping[str, str]] = MappingProxyType({
    "code": "W3C UI Events code, such as KeyA or ShiftLeft",
    "keycode": "legacy keyCode of browsers, such as 65 or 16",
    "windows-vk": "Windows virtual-key number, such as 65 or 160",
    "evdev": "Linux input event name, such as KEY_A or KEY_LEFTSHIFT",
    "name": "character on a US keyboard or name of the key, such as a, Shift or Key.shift_r",
})  # fmt: skip


def codes_of(scheme: str) -> Mapping[str, str]:
    """Return the ``code`` of every word of a scheme.

    Raises
    ------
    UnknownNameError
        ``scheme`` is none of :data:`SCHEMES`.

    Examples
    --------
    >>> codes_of("keycode")["186"]
    'Semicolon'
    >>> codes_of("evdev")["KEY_LEFTSHIFT"]
    'ShiftLeft'
    """
    if scheme not in SCHEMES:
        raise UnknownNameError.of("key scheme", scheme, SCHEMES)
    return MappingProxyType(dict(_scheme(scheme)))


def key_codes(words: pl.Expr, scheme: str) -> pl.Expr:
    """Translate a String expression of key words to keys; unknown words to ``Unidentified``, null to null.

    Raises
    ------
    UnknownNameError
        ``scheme`` is none of :data:`SCHEMES`.
    """
    known = codes_of(scheme)
    if scheme == "name":
        # `Key.space` is pynput's way; a lone "." or " " is a character, so nothing is stripped from it.
        words = words.str.to_lowercase().str.replace(r"^key\.", "")
    elif scheme == "evdev":
        words = words.str.to_uppercase()
    elif scheme in {"keycode", "windows-vk"}:
        words = words.str.strip_chars().str.replace(r"\.0$", "")  # integers that went through a float
    translated = words.replace_strict(dict(known), default=UNIDENTIFIED, return_dtype=pl.String)
    return pl.when(words.is_not_null()).then(translated).cast(KEY)
