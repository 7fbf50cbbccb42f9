"""Random names that tell nothing."""

import re
from collections.abc import Iterable
from typing import Final

import numpy as np

from reid.errors import ParameterError

_LENGTH: Final = 14  # 20 ** 14 names: chance never gives one twice
_LETTERS: Final = "bcdfghjklmnpqrstvwxz"  # no vowels, so no words; no digits, so no numbers of a source
_FEWEST_LETTERS: Final = 8
_SHORTEST_AVOIDED: Final = 3  # within 14 letters, two of a source's stand by chance and tell nothing
_MOST_ROUNDS: Final = 1000


class FreshNames:
    """Random names of 14 letters, none drawn twice, that share nothing with the names of a source.

    No name equals one of the source, stands within one, or has one of three or more letters within it;
    a letter that is a whole name of the source is not used while enough others are left.
    """

    def __init__(self, source_names: Iterable[str]) -> None:
        taken = set(source_names)
        free = "".join(letter for letter in _LETTERS if letter not in taken)
        self._letters = np.array(list(free if len(free) >= _FEWEST_LETTERS else _LETTERS))
        inside = re.compile(f"[{_LETTERS}]{{{_SHORTEST_AVOIDED},{_LENGTH}}}")
        self._within = {name for name in taken if inside.fullmatch(name)}
        self._lengths = sorted({len(name) for name in self._within})
        around = re.compile(f"(?=([{_LETTERS}]{{{_LENGTH}}}))")
        self._around = {piece for name in taken for piece in around.findall(name)}
        self._drawn: set[str] = set()

    def draw(self, rng: np.random.Generator, count: int) -> list[str]:
        """Return ``count`` new names.

        Raises
        ------
        ParameterError
            The names of the source leave no room for others.
        """
        names: list[str] = []
        for _ in range(_MOST_ROUNDS):
            missing = count - len(names)
            if not missing:
                return names
            letters = self._letters[rng.integers(0, self._letters.size, (missing, _LENGTH))]
            for name in map("".join, letters):
                if self._is_fresh(name):
                    self._drawn.add(name)
                    names.append(name)
        found = f"{len(self._within)} short names"
        raise ParameterError.of(
            "names of a source",
            must="leave room for new ones",
            found=found,
            advice="Rename its people first.",
        )

    def _is_fresh(self, name: str) -> bool:
        if name in self._drawn or name in self._around:
            return False
        pieces = (name[start : start + size] for size in self._lengths for start in range(_LENGTH - size + 1))
        return self._within.isdisjoint(pieces)
