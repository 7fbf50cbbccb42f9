"""What was typed, one letter per key that went down: kept in memory for an attacker, never shown."""

from typing import Final

import numpy as np
import polars as pl

from reid.events.keys import KEYS
from reid.samples.table import PieceTable

_FIRST_PRIVATE: Final = 0xE000  # Unicode's private use area: letters that nobody types


def keystreams(pieces: PieceTable) -> list[str]:
    """Return the keys of each piece in the order in which they went down, as a text.

    A key that went down, or repeated itself while held, is the character that it produced. Where the log
    names none (Backspace, Shift, arrows, every key of a log without characters) a letter stands for the
    physical key or key class, the same one for all people: so corrections and the hand that shifts stay
    in sight, in their place.

    Returns
    -------
    list of str, shape (n_pieces,)
        Texts; empty where no key is pressed.
    """
    frame = pieces.events.frame
    starts, stops = pieces.bounds()
    sizes = stops - starts
    rows = np.arange(sizes.sum()) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    letter_of_key = pl.Series([_letter(key) for key in KEYS], dtype=pl.String)
    pressed = (
        frame.select("event", "key", "char")[rows]
        .with_columns(piece=pl.Series(np.repeat(np.arange(sizes.size), sizes), dtype=pl.Int64))
        .filter(pl.col("event") == "key_down", pl.col("key").is_not_null() | pl.col("char").is_not_null())
    )
    of_key = letter_of_key.gather(pressed["key"].to_physical().fill_null(0))
    texts = (
        pressed.with_columns(letter=pl.coalesce("char", of_key))
        .group_by("piece", maintain_order=True)
        .agg(pl.col("letter").str.join(""))
    )
    found = dict(texts.iter_rows())
    return [found.get(piece, "") for piece in range(sizes.size)]


def _letter(key: str) -> str:
    """Return the letter of a physical key: what it is marked with, where that is a letter or a digit."""
    if key == "Space":
        return " "
    marked = key.removeprefix("Key").removeprefix("Digit")
    return marked.lower() if len(marked) == 1 else chr(_FIRST_PRIVATE + KEYS.index(key))
