"""Which character each key of a layout gives."""

from typing import Final

from reid.events.keys import CLASS_OF_KEY, KEYS

#: Keys of the four rows that write, in the order in which the rows below list their characters.
_ROWS: Final = (
    *("Backquote", *(f"Digit{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)), "Minus", "Equal"),
    *(*(f"Key{letter}" for letter in "QWERTYUIOP"), "BracketLeft", "BracketRight"),
    *(*(f"Key{letter}" for letter in "ASDFGHJKL"), "Semicolon", "Quote", "Backslash"),
    *("IntlBackslash", *(f"Key{letter}" for letter in "ZXCVBNM"), "Comma", "Period", "Slash"),
)
#: Alone, with Shift and with AltGr, row by row; a space where a key gives nothing or waits for the next one.
_LEVELS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "us": (
        ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "\\zxcvbnm,./"),
        ("~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"|', "|ZXCVBNM<>?"),
        (" " * len(_ROWS),),
    ),
    "de": (
        ("^1234567890ß ", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"),
        ('°!"§$%&/()=? ', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"),
        ("  ²³   {[]}\\ ", "@ €        ~", "            ", "|      µ   "),
    ),
    "fr": (
        ("²&é\"'(-è_çà)=", "azertyuiop $", "qsdfghjklmù*", "<wxcvbn,;:!"),
        (" 1234567890°+", "AZERTYUIOP £", "QSDFGHJKLM%µ", ">WXCVBN?./§"),
        ("  ~#{[|`\\^@]}", "  €        ¤", "            ", "           "),
    ),
}
_NUMPAD: Final = {
    **{f"Numpad{n}": str(n) for n in range(10)},
    "NumpadAdd": "+",
    "NumpadDecimal": ".",
    "NumpadComma": ",",
    "NumpadDivide": "/",
    "NumpadMultiply": "*",
    "NumpadSubtract": "-",
    "NumpadEqual": "=",
    "NumpadHash": "#",
    "NumpadStar": "*",
    "NumpadParenLeft": "(",
    "NumpadParenRight": ")",
}
LAYOUTS: Final = tuple(_LEVELS)
N_LEVELS: Final = 3  #: alone, with Shift, with AltGr
UNKNOWN: Final = "\ufffd"  #: stands for a character that a masked or unknown key wrote
_MASKED: Final = frozenset({"letter", "digit", "punctuation", "numpad", "Unidentified"})


def characters(layout: str) -> tuple[tuple[str, ...], ...]:
    """Return the character of each word of the ``key`` column at each level; empty where it writes none.

    Parameters
    ----------
    layout : str
        One of :data:`LAYOUTS`.

    Examples
    --------
    >>> alone, with_shift, with_altgr = characters("de")
    >>> place = KEYS.index("KeyQ")
    >>> alone[place], with_shift[place], with_altgr[place]
    ('q', 'Q', '@')
    """
    return tuple(_of_level(dict(zip(_ROWS, "".join(level), strict=True))) for level in _LEVELS[layout])


def _of_level(written: dict[str, str]) -> tuple[str, ...]:
    always = {"Space": " ", "whitespace": " ", **_NUMPAD, **dict.fromkeys(_MASKED, UNKNOWN)}
    of_key = {**{key: char.strip() for key, char in written.items()}, **always}
    return tuple(of_key.get(key, "") for key in KEYS)


#: What a key does to the text beside writing it.
ENDS_A_LINE: Final = frozenset(
    key
    for key, kind in CLASS_OF_KEY.items()
    if kind in {"navigation", "function", "system"} or key in {"Enter", "Tab", "NumpadEnter"}
) | {"navigation", "function", "system"}
