"""Secrets in what was typed, taken out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.anonymizers.composition import KEYS, Strategy
from reid.anonymizers.key_classes import class_of_each
from reid.anonymizers.keyboard_layouts import LAYOUTS
from reid.anonymizers.release import Release
from reid.anonymizers.rewriting import press_numbers, rewritten
from reid.anonymizers.secret_patterns import secrets_in
from reid.anonymizers.typed_text import TypedLog
from reid.anonymizers.word_likeness import WordLikeness
from reid.errors import ParameterError
from reid.events.keys import KEY, UNIDENTIFIED
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import BoolArray, IntArray

_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_NUMBERED: Final = re.compile(r"\b[^\W\d_]+\d{1,2}\b")
_SHORTEST: Final = range(4, 33)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact(Strategy):
    """Take out what looks like a password, token, card number, IBAN or e-mail address typed into the log.

    The keys of a secret become ``Unidentified`` (or their class) and lose their characters: all presses from
    behind the character before it up to the one after it, hence with modifiers, mistyped characters and
    corrections. What was typed and deleted again is looked at too. Text is what the source says a press gave,
    else what the key gives on ``layout``; where the cursor may have moved (arrows, clicks, Enter, Tab,
    shortcuts) another line begins. Times and press numbers stay, so the rhythm and length of a secret do.

    Card numbers and IBANs are known by their check digits, tokens by the marks of their makers or as long
    hexadecimal numbers. A password is a token between spaces with letters and digits or unusual signs within
    it, or letters that are no word, as told by the words that several people typed into the same log. A
    password that is a word, several words or a plain number is not found. So nothing is claimed: count what
    :attr:`Release.redacted <reid.anonymizers.release.Release.redacted>` says, and measure the recall on
    planted secrets.

    References
    ----------
    .. [1] ISO/IEC 7812-1 (card numbers), ISO 13616-1 (IBAN).
    .. [2] Meli, McNiece, Reaves (2019). How Bad Can It Git? Characterizing Secret Leakage in Public GitHub
       Repositories. NDSS 2019. Tokens by the marks of their makers, and words as a sign against a secret.
    """

    name: ClassVar[str] = "redact"
    changes: ClassVar[frozenset[str]] = frozenset({KEYS})
    layout: str = "us"  #: of keys of which the source names no character: us, de or fr
    classes: bool = False  #: leave the class of each key; False leaves nothing of it
    shortest: int = 6  #: characters of the shortest password, from 4 to 32

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise ParameterError.of("layout", must=f"be one of {', '.join(LAYOUTS)}", found=repr(self.layout))
        if self.shortest not in _SHORTEST:
            must = f"be a whole number from {_SHORTEST.start} to {_SHORTEST.stop - 1}"
            raise ParameterError.of("shortest", must=must, found=self.shortest)

    def fit(self, people: Iterable[EventTable]) -> "ReadyRedact":
        """Learn from all people which runs of letters are words."""
        typed = [words for part in people for words in self._words_of_people(part)]
        return ReadyRedact(self, WordLikeness.learnt_from(typed))

    def _words_of_people(self, part: EventTable) -> list[frozenset[str]]:
        log = TypedLog.of(part, self.layout)
        person = part.frame["subject_id"].rle_id().to_numpy()[log.row]
        words: dict[int, set[str]] = {}
        for version in log.versions():
            if version.is_final:
                text = version.text.lower()
                found = words.setdefault(int(person[version.written_by[0]]), set())
                found.update(_LETTERS.findall(text), _NUMBERED.findall(text))
        return [frozenset(found) for found in words.values()]


@dataclass(frozen=True, slots=True)
class ReadyRedact:
    """One that knows the words of the log."""

    settings: Redact
    words: WordLikeness

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part without what looks like a secret, and how many there were."""
        secret, n_secrets = self._of_rows(part)
        if not n_secrets:
            return Release(part)
        frame = part.frame
        left = class_of_each(frame["key"]) if self.settings.classes else pl.lit(UNIDENTIFIED, dtype=KEY)
        is_secret = pl.Series(secret)
        redacted = frame.with_columns(
            pl.when(is_secret).then(left).otherwise("key").alias("key"),
            pl.when(~is_secret).then("char").alias("char"),
        )
        return Release(rewritten(part, redacted), redacted=n_secrets)

    def _of_rows(self, part: EventTable) -> tuple[BoolArray, int]:
        """Mark the rows of all presses of secrets, and count the secrets: bool, (n_events,), and int."""
        log = TypedLog.of(part, self.settings.layout)
        hit = np.zeros(log.row.size + 1, dtype=np.int64)
        for version in log.versions():
            for secret in secrets_in(version.text, self.words, self.settings.shortest):
                first, stop = version.presses(secret.start, secret.stop)
                hit[first] += 1
                hit[stop] -= 1
        marked = np.cumsum(hit[:-1]) > 0
        n_secrets = np.count_nonzero(np.diff(marked.astype(np.int8), prepend=0) > 0)
        return _with_releases(part, log.row[marked]), int(n_secrets)


def _with_releases(part: EventTable, downs: IntArray) -> BoolArray:
    """Mark every row of the presses to which some rows belong."""
    frame, bounds = part.frame, part.session_bounds()
    session = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
    press = press_numbers(frame)
    press += session * (int(press.max(initial=0)) + 1)
    is_key = frame["key"].is_not_null().to_numpy()
    marked: BoolArray = np.isin(press, np.unique(press[downs])) & is_key
    return marked
