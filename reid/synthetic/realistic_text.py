"""Letters and words of nobody's text: a source that knows how often letters follow each other in English.

Shares of letters, pairs of letters and lengths of words in running English, rounded from published counts. A
text drawn from them reads like no language and quotes no one.

References
----------
.. [1] Mayzner, Tresselt (1965). Tables of single-letter and digram frequency counts for various word-length
   and letter-position combinations. Psychonomic Monograph Supplements 1(2), and later counts of the kind.
"""

from typing import Final

import numpy as np

from reid.synthetic.key_process import LETTER_SHARES
from reid.typing import FloatArray

#: The most frequent pairs of letters, in percent of all pairs.
PAIR_SHARES: Final = {
    "TH": 3.6, "HE": 3.1, "IN": 2.4, "ER": 2.0, "AN": 2.0, "RE": 1.9, "ON": 1.8, "AT": 1.5, "EN": 1.5,
    "ND": 1.4, "TI": 1.3, "ES": 1.3, "OR": 1.3, "TE": 1.2, "OF": 1.2, "ED": 1.2, "IS": 1.1, "IT": 1.1,
    "AL": 1.1, "AR": 1.1, "ST": 1.1, "TO": 1.0, "NT": 1.0, "NG": 1.0, "SE": 0.9, "HA": 0.9, "AS": 0.9,
    "OU": 0.9, "IO": 0.8, "LE": 0.8, "VE": 0.8, "CO": 0.8, "ME": 0.8, "DE": 0.8, "HI": 0.8, "RI": 0.7,
    "RO": 0.7, "IC": 0.7, "NE": 0.7, "EA": 0.7, "RA": 0.7, "CE": 0.7, "LI": 0.6, "CH": 0.6, "LL": 0.6,
    "BE": 0.6, "MA": 0.6, "SI": 0.6, "OM": 0.5, "UR": 0.5, "SS": 0.4, "EE": 0.4, "OO": 0.3, "TT": 0.2,
    "FF": 0.2, "PP": 0.2, "QU": 0.1,
}  # fmt: skip
#: Letters that begin words, in percent; the rest share what is left by their frequency.
FIRST_SHARES: Final = {
    "T": 15.9, "A": 11.0, "W": 7.0, "I": 7.3, "S": 6.7, "O": 7.1, "H": 5.5, "B": 4.5, "C": 4.4, "M": 4.1,
    "F": 4.0, "P": 3.7,
}  # fmt: skip
#: Words of 1, 2, 3, ... letters, in percent.
WORD_LENGTH_SHARES: Final = (3.0, 17.7, 20.5, 14.8, 10.7, 8.4, 7.9, 5.9, 4.4, 3.1, 1.8, 1.0, 0.5, 0.3)
COMMA_AFTER_WORD: Final = 0.03
PERIOD_AFTER_WORD: Final = 0.09  #: sentences have eleven words in the mean

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VOWELS: Final = frozenset("AEIOU")
_UNLIKELY: Final = 0.35  # of what a letter's share says, where vowel follows vowel or consonant consonant


def next_letter_law() -> FloatArray:
    """Return how likely each letter follows each other: running sums, float64, (27, 26); last row: begins."""
    share = np.array([LETTER_SHARES[letter] for letter in _LETTERS]) / 100
    law = np.empty((len(_LETTERS) + 1, len(_LETTERS)))
    for row, first in enumerate(_LETTERS):
        likely = np.array([(first in _VOWELS) != (second in _VOWELS) for second in _LETTERS])
        rest = share * np.where(likely, 1.0, _UNLIKELY)
        rest[row] = 0.0
        known = np.array([PAIR_SHARES.get(first + second, 0.0) / 100 for second in _LETTERS])
        rest[known > 0] = 0.0
        left = max(share[row] - known.sum(), 0.1 * share[row])
        law[row] = known + left * rest / rest.sum()
    first_letters = np.array([FIRST_SHARES.get(letter, 0.0) for letter in _LETTERS]) / 100
    rest = np.where(first_letters > 0, 0.0, share)
    law[-1] = first_letters + (1 - first_letters.sum()) * rest / rest.sum()
    return np.cumsum(law / law.sum(axis=1, keepdims=True), axis=1)


def word_length_law() -> FloatArray:
    """Return how likely words have at most 1, 2, 3, ... letters: float64, (14,)."""
    shares = np.array(WORD_LENGTH_SHARES)
    return np.asarray(np.cumsum(shares / shares.sum()), dtype=np.float64)
