"""Where a text holds what looks like a password, token, card number, IBAN or e-mail address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reid.anonymizers.word_likeness import WordLikeness

_EMAIL: Final = re.compile(r"(?<![\w.%+-])[\w.%+-]+@[^\W_]+(?:[.-][^\W_]+)*\.[^\W\d_]{2,}", re.ASCII)
_DIGIT_GROUPS: Final = re.compile(r"(?<![0-9])[0-9]+(?:[ -][0-9]+)*(?![0-9])")
_CARD_DIGITS: Final = range(13, 20)
_CARD_BEGINS: Final = "23456"  # payment and travel cards
_IBAN: Final = re.compile(  # what comes after it may look like more of it, and begin another
    r"\b(?=([A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11,30}))"
)
_IBAN_LETTERS: Final = range(15, 35)
_TOKEN: Final = re.compile(  # as their makers mark them
    r"\b(?:gh[pousr]_|github_pat_|glpat-|sk[-_]|pk_|rk_|xox[abeoprs]-|AKIA|ASIA|AIza|ya29\.|npm_|pypi-|hf_|dop_v1_|eyJ)"
    r"[\w./+=-]{12,}",
    re.ASCII,
)
_HEX: Final = re.compile(
    r"\b(?=[0-9-]*[a-f])(?:[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b", re.IGNORECASE
)
_WORD: Final = re.compile(r"\S+")

# Of a token, before its parts are looked at.
_AROUND: Final = " .,;:!?\"'`()[]{}<>«»…-*_#@\xb4\u201c\u201d\u201e\u2018\u2019\u2013\u2014\ufffd"
_ADDRESS: Final = re.compile(
    r"(?:https?|ftp|file)://|www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|io|de|uk)(?:[/?:]|$)",
    re.IGNORECASE,
)
_OF_ADDRESS: Final = re.compile(r"[/?&=#:;]+")
_SHORTEST_IN_ADDRESS: Final = 16
_NUMBER: Final = re.compile(r"[\W\d_]+")
_PARTS: Final = re.compile(r"[^\W_]+")
# Signs within a token, alone or among others: hardly ever in prose, or not where there are letters and
# digits. Without going back (``*+``), or a key that repeats would take time that grows with its square.
_HARD: Final = re.compile(r"[^\W_](?:(?![@#$^~|\\=*])[\W_])*+[@#$^~|\\=*][\W_]*+[^\W_]|[!?][0-9]")
_MIXED: Final = re.compile(r"[^\W_](?:(?![!?&%+<>_;])[\W_])*+[!?&%+<>_;][\W_]*+[^\W_]")
_DIGIT, _LETTER = re.compile("[0-9]"), re.compile(r"[^\W\d_]")
_MONEY: Final = re.compile(r"[A-Za-z]{0,3}[$€£]\d[\d.,]*(?:[A-Z]?[a-z]{0,7}|[A-Z]{1,8})")
_UNIT: Final = re.compile(r"\d+[A-Za-z]{1,3}|[A-Za-z]{1,3}\d{1,3}")  # 3rd, 90s, 10am; A4, MP3
_NUMBERED: Final = re.compile(r"[A-Za-z]+\d{1,2}")  # a word with a number, where several people typed it
_CAMEL: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SLIP: Final = re.compile(r"[A-Z]{2,3}[a-z]+|[a-z][A-Z]+")  # Shift held too long, or Caps Lock
_SHORTEST_ODD: Final = 4  # odd characters that make a token a secret
_SHORTEST_STRANGE: Final = 8  # letters alone that are no word
_SHORTEST_LOOKED_UP: Final = 4  # a shorter run of letters counts as a word
_EXPONENT_OF_LETTER: Final = 36
_CHECK_MODULUS: Final = 97


@dataclass(frozen=True, slots=True)
class Secret:
    """Characters ``start .. stop - 1`` of a text, and what they look like."""

    kind: str  #: ``email``, ``card``, ``iban``, ``token`` or ``password``
    start: int
    stop: int


def secrets_in(text: str, words: WordLikeness, shortest: int) -> list[Secret]:
    """Return what looks like a secret in one line of text, first in text first, without overlaps.

    Parameters
    ----------
    text : str
        Text as it was typed. Whole words: a password is a token between spaces.
    words : WordLikeness
        Tells words from other letters.
    shortest : int
        Characters of the shortest password or token.

    Examples
    --------
    >>> words = WordLikeness.learnt_from([])
    >>> [(one.kind, one.start, one.stop) for one in secrets_in("card 4111 1111 1111 1111 of may", words, 6)]
    [('card', 5, 24)]
    >>> [one.kind for one in secrets_in("my 2nd login is hunter2!, see COVID-19 and e.g. page 12", words, 6)]
    ['password']
    """
    found: list[Secret] = []
    for one in (
        *_emails(text),
        *_ibans(text),
        *_cards(text),
        *_tokens(text),
        *_passwords(text, words, shortest),
    ):
        if all(one.stop <= other.start or other.stop <= one.start for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def _emails(text: str) -> Iterator[Secret]:
    for match in _EMAIL.finditer(text):
        yield Secret("email", *match.span())


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit checks the others, as on cards (ISO/IEC 7812-1).

    Examples
    --------
    >>> passes_luhn("4111111111111111"), passes_luhn("4111111111111112")
    (True, False)
    """
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0  # noqa: PLR2004  sum of its digits


def _cards(text: str) -> Iterator[Secret]:
    for match in _DIGIT_GROUPS.finditer(text):
        groups = [
            (group.start() + match.start(), group.group()) for group in re.finditer("[0-9]+", match.group())
        ]
        first = 0
        while first < len(groups):
            last = _card_from(groups, first)
            if last >= 0:
                yield Secret("card", groups[first][0], groups[last][0] + len(groups[last][1]))
            first = max(first, last) + 1


def _card_from(groups: list[tuple[int, str]], first: int) -> int:
    """Return the last of the most groups that make a card number from the first on, or -1.

    The begin of a longer number passes the check by chance, and would leave its end.
    """
    digits, found = "", -1
    for last in range(first, len(groups)):
        digits += groups[last][1]
        if len(digits) >= _CARD_DIGITS.stop:
            break
        if len(digits) in _CARD_DIGITS and digits[0] in _CARD_BEGINS and passes_luhn(digits):
            found = last
    return found


def passes_iban_check(letters: str) -> bool:
    """Say whether letters and digits without spaces pass the check of ISO 13616 (remainder 1 of 97).

    Examples
    --------
    >>> passes_iban_check("GB82WEST12345698765432"), passes_iban_check("GB83WEST12345698765432")
    (True, False)
    """
    turned = letters[4:] + letters[:4]
    return int("".join(str(int(each, _EXPONENT_OF_LETTER)) for each in turned)) % _CHECK_MODULUS == 1


def _ibans(text: str) -> Iterator[Secret]:
    after = 0
    for match in _IBAN.finditer(text):
        begin = match.start()
        if begin < after:
            continue
        compact = ""
        for place in range(begin, match.end(1)):
            compact += text[place].strip()
            at_end = place + 1 == len(text) or not text[place + 1].isalnum()
            if text[place] != " " and at_end and len(compact) in _IBAN_LETTERS and passes_iban_check(compact):
                after = place + 1  # of the longest, since the begin of an account passes by chance
        if after > begin:
            yield Secret("iban", begin, after)


def _tokens(text: str) -> Iterator[Secret]:
    for pattern in (_TOKEN, _HEX):
        for match in pattern.finditer(text):
            yield Secret("token", *match.span())


def _passwords(text: str, words: WordLikeness, shortest: int) -> Iterator[Secret]:
    for match in _WORD.finditer(text):
        core = match.group().strip(_AROUND)
        if _ADDRESS.match(core):
            parts = [part for part in _OF_ADDRESS.split(core) if len(part) >= _SHORTEST_IN_ADDRESS]
            odd = any(_odd_letters(part, words) >= _SHORTEST_IN_ADDRESS for part in parts)
        else:
            odd = len(core) >= shortest and _odd_letters(core, words) >= _SHORTEST_ODD
        if odd:
            yield Secret("password", *match.span())


def _odd_letters(core: str, words: WordLikeness) -> int:
    """Return how many characters of a token stand in parts that are neither words nor numbers."""
    if _NUMBER.fullmatch(core) or _MONEY.fullmatch(core):
        return 0
    is_mixed = _DIGIT.search(core) and _LETTER.search(core)
    if _HARD.search(core) or (is_mixed and _MIXED.search(core)):
        return len(core)
    return sum(len(part) for part in _PARTS.findall(core) if _is_odd(part, words))


def _is_odd(part: str, words: WordLikeness) -> bool:
    if part.isdigit() or _UNIT.fullmatch(part):
        return False
    if not part.isalpha():
        return not (_NUMBERED.fullmatch(part) and part.lower() in words.shared)
    if len(part) < _SHORTEST_LOOKED_UP or words.is_word(part):
        return False
    if part.islower() or part.isupper() or part.istitle() or _SLIP.fullmatch(part):
        return len(part) >= _SHORTEST_STRANGE
    humps = _CAMEL.findall(part)
    return not all(len(hump) >= 2 and words.is_word(hump) for hump in humps)  # noqa: PLR2004  one letter is no word
