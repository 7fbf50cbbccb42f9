"""How much a run of letters looks like the words of a log."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from reid.typing import FloatArray, IntArray

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_OTHER, _EDGE = len(_ALPHABET), len(_ALPHABET) + 1  # any other letter; the begin and end of a word
_SIZE: Final = len(_ALPHABET) + 2
_WEIGHT: Final = 2.0  # of the shorter context, in letters seen
_FEWEST_WORDS: Final = 300  # below, too little is known of the language
_FEWEST_PEOPLE: Final = 3  # who typed a word that counts as one of the language
_STRANGEST: Final = 0.005  # share of the longer words of several people that may lie below the threshold
_LONGER: Final = 6  # letters; short words are abbreviations as often as not


@dataclass(frozen=True, slots=True, eq=False)
class WordLikeness:
    """Trigrams of letters of the words that several people typed.

    Notes
    -----
    Probabilities of a letter given two, one and none before it are mixed by how often the context was seen
    [1]_. A word is strange when its mean log probability a letter is below that of all but 0.5 % of the
    words of six letters or more that at least three people typed, each half of them scored by what the other
    half teaches. One person's passwords teach nothing, however often they were typed.

    References
    ----------
    .. [1] MacKay, Peto (1995). A hierarchical Dirichlet language model. Natural Language Engineering 1(3).
    """

    log_probability: FloatArray  #: of a letter after two: (28, 28, 28)
    threshold: float  #: mean log probability a letter; minus infinity where too little is known
    shared: frozenset[str]  #: lower-case words that at least three people typed

    @classmethod
    def learnt_from(cls, people: Iterable[frozenset[str]]) -> Self:
        """Learn from the distinct lower-case words of each person."""
        typed_by = Counter(word for words in people for word in words)
        shared = sorted(word for word, n_people in typed_by.items() if n_people >= _FEWEST_PEOPLE)
        halves = [shared[::2], shared[1::2]]
        taught = [cls(_trigrams(half), -math.inf, frozenset()) for half in halves]
        scores = [
            by.score(word)
            for by, half in zip(reversed(taught), halves, strict=True)
            for word in half
            if len(word) >= _LONGER
        ]
        enough = len(scores) >= _FEWEST_WORDS
        threshold = float(np.quantile(np.sort(scores), _STRANGEST)) if enough else -math.inf
        return cls(_trigrams(shared), threshold, frozenset(shared))

    def score(self, word: str) -> float:
        """Return the mean log probability of a letter of the word, its end included."""
        numbers = _numbers(word)
        return float(self.log_probability[numbers[:-2], numbers[1:-1], numbers[2:]].mean())

    def is_word(self, letters: str) -> bool:
        """Say whether letters look like a word; everything does where too little is known."""
        word = letters.lower()
        return word in self.shared or self.score(word) >= self.threshold


def _numbers(word: str) -> IntArray:
    inner = [_ALPHABET.find(letter) for letter in word]
    return np.array([_EDGE, _EDGE, *(_OTHER if place < 0 else place for place in inner), _EDGE])


def _trigrams(words: Iterable[str]) -> FloatArray:
    """Return the log probability of a letter after two others, never minus infinity: (28, 28, 28)."""
    counts = np.zeros((_SIZE, _SIZE, _SIZE))
    for word in words:
        numbers = _numbers(word)
        np.add.at(counts, (numbers[:-2], numbers[1:-1], numbers[2:]), 1)
    single = counts.sum(axis=(0, 1)) + 1
    mixed: FloatArray = single / single.sum()
    for context in (counts.sum(axis=0), counts):
        seen = context.sum(axis=-1, keepdims=True)
        mixed = (context + _WEIGHT * mixed) / (seen + _WEIGHT)
    found: FloatArray = np.log(mixed)
    return found
