"""Names of keys as recorders of desktops write them: the character, or a word such as ``shift_r``.

The words are those of the Python package pynput, which recorders of agent data are built on. A character
depends on the layout of whoever typed: it is taken for the key that gives it on a US keyboard, and stands in
``char`` as it was.
"""

from functools import cache
from typing import Final

from reid.events.codes import codes_of
from reid.events.keys import KEYS, UNIDENTIFIED

#: How a key is called where several words name it.
_WORDS: Final = (
    "alt_l alt_r backspace caps_lock cmd cmd_r ctrl_l ctrl_r delete down end enter esc home insert left "
    "media_next media_play_pause media_previous media_volume_down media_volume_mute media_volume_up menu "
    "num_lock page_down page_up pause print_screen right scroll_lock shift shift_r space tab up "
    + " ".join(f"f{number}" for number in range(1, 21))
).split()
_LOWER_CONTROL: Final = 64  # letter of Ctrl+letter: Ctrl+C gives the character 3
_FIRST_PRINTABLE: Final = 32


def key_of(name: str | None) -> str:
    """Return the key that a name stands for, ``Unidentified`` where no mapping knows it.

    Examples
    --------
    >>> key_of("!"), key_of("Key.shift_r"), key_of("Page Up"), key_of("letter"), key_of(chr(3))
    ('Digit1', 'ShiftRight', 'PageUp', 'letter', 'KeyC')
    """
    if name is None:
        return UNIDENTIFIED
    if name in _KNOWN:
        return name
    if len(name) == 1 and 0 < ord(name) < _FIRST_PRINTABLE:
        name = chr(ord(name) + _LOWER_CONTROL)
    word = name.lower().removeprefix("key.") if len(name) > 1 else name.lower()
    known = _names()
    return known.get(word) or known.get(word.replace(" ", "") or word, UNIDENTIFIED)


def char_of(name: str | None) -> str | None:
    """Return the character that a name tells, None for words and control characters.

    Examples
    --------
    >>> char_of("A"), char_of("space"), char_of("enter")
    ('A', ' ', None)
    """
    if name is None:
        return None
    if name.lower() in {"space", "key.space"}:
        return " "
    return name if len(name) == 1 and name.isprintable() else None


def name_of(key: str, char: str | None) -> str:
    """Return the name under which a recorder would write a key that produced ``char``.

    The character where it tells the key, else the word; a key that recorders have no word for, and a class
    of keys, is written as it stands.

    Examples
    --------
    >>> name_of("KeyA", "A"), name_of("KeyA", None), name_of("ShiftLeft", None), name_of("letter", None)
    ('A', 'a', 'shift', 'letter')
    """
    if char is not None and char != " " and char_of(char) == char and key_of(char) == key:
        return char
    return _words().get(key, key)


@cache
def _names() -> dict[str, str]:
    return dict(codes_of("name"))


@cache
def _words() -> dict[str, str]:
    characters = (chr(number) for number in range(_FIRST_PRINTABLE + 1, 127))
    plain = [each for each in characters if each in _names() and not each.isupper()]
    words: dict[str, str] = {}
    for word in (*_WORDS, *sorted(plain, key=lambda each: (not each.isalnum(), each in _SHIFTED))):
        words.setdefault(key_of(word), word)
    return words


_KNOWN: Final = frozenset(KEYS)
_SHIFTED: Final = frozenset('~!@#$%^&*()_+{}|:"<>?')
