"""Keys that say nothing about the person: every keystroke is drawn from one law shared by all."""

from typing import Final

import numpy as np

from reid.errors import ParameterError
from reid.typing import FloatArray, IntArray

SPACE: Final = "Space"
SPACE_SHARE: Final = 0.18  #: share of the space bar among all keys, before recent keys are excluded

#: Letters from frequent to rare, with rounded shares among the letters of English prose, in percent.
LETTER_SHARES: Final = {
    "E": 12.5, "T": 9.3, "A": 8.0, "O": 7.6, "I": 7.6, "N": 7.2, "S": 6.5, "R": 6.3, "H": 5.1, "L": 4.1,
    "D": 3.8, "C": 3.3, "U": 2.7, "M": 2.5, "F": 2.4, "P": 2.1, "G": 1.9, "W": 1.7, "Y": 1.7, "B": 1.5,
    "V": 1.1, "K": 0.5, "X": 0.2, "J": 0.2, "Q": 0.1, "Z": 0.1,
}  # fmt: skip

MIN_LETTERS: Final = 4  #: fewer would make the next key nearly certain, as two are excluded
MAX_LETTERS: Final = len(LETTER_SHARES)


def key_law(n_letters: int) -> tuple[tuple[str, ...], FloatArray]:
    """Return the keys in use and the probability of each: the most frequent letters, then the space bar.

    Parameters
    ----------
    n_letters : int
        Number of letters, from 4 to 26.

    Returns
    -------
    tuple of str
        W3C codes of the ``n_letters + 1`` keys; the space bar is the last.
    float64 array of shape (n_letters + 1,)
        Their probabilities; they sum to 1.

    Raises
    ------
    ParameterError
        There are not so many letters.
    """
    if not MIN_LETTERS <= n_letters <= MAX_LETTERS:
        must = f"be from {MIN_LETTERS} to {MAX_LETTERS}"
        raise ParameterError.of("n_letters", must=must, found=n_letters)
    letters = list(LETTER_SHARES)[:n_letters]
    shares = np.array([LETTER_SHARES[letter] for letter in letters])
    law = np.append(shares / shares.sum() * (1 - SPACE_SHARE), SPACE_SHARE)
    return (*(f"Key{letter}" for letter in letters), SPACE), law


def keys_of(uniform: FloatArray, law: FloatArray) -> IntArray:
    """Turn uniform numbers into keys, never one of the two keys before it.

    A key that is still held cannot be pressed again. Under rollover a hold outlasts one next press, hardly
    ever two, so leaving out the last two keys keeps the log possible without a look at the latencies,
    which stay independent of the keys' order.

    Parameters
    ----------
    uniform : float64 array of shape (..., n_keystrokes)
        Independent numbers from ``[0, 1)``.
    law : float64 array of shape (n_keys,)
        Probability of each key where none is excluded; at least four keys.

    Returns
    -------
    int64 array of the shape of ``uniform``
        Number of each key in ``law``.

    Examples
    --------
    >>> keys_of(np.array([0.0, 0.0, 0.0, 0.0]), np.array([0.4, 0.3, 0.2, 0.1]))
    array([0, 1, 2, 0])
    """
    n_keys = law.size
    allowed = np.ones((n_keys, n_keys, n_keys), dtype=bool)  # (before last, last, next)
    every = np.arange(n_keys)
    allowed[every, :, every] = False
    allowed[:, every, every] = False
    reach = np.cumsum(np.where(allowed, law, 0.0), axis=-1)
    keys = np.empty(uniform.shape, dtype=np.int64)
    for place in range(uniform.shape[-1]):
        if place == 0:
            table = np.broadcast_to(np.cumsum(law), (*uniform.shape[:-1], n_keys))
        elif place == 1:
            table = reach[keys[..., 0], keys[..., 0]]
        else:
            table = reach[keys[..., place - 2], keys[..., place - 1]]
        aim = uniform[..., place, None] * table[..., -1:]
        keys[..., place] = np.count_nonzero(table <= aim, axis=-1)
    return keys
