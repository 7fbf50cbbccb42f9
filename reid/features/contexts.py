"""Under what a timing is filed: the key, the two keys, the three keys, or their fingers and hands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.events.hands import FINGER_OF_KEY, FINGERS, HANDS, hand_of_key
from reid.events.keys import KEY_NUMBER, KEYS


@dataclass(frozen=True, slots=True)
class ByKey:
    """One slot per group of keys, looked up for the press or (``lag`` 1) for the press before."""

    labels: tuple[str, ...]  #: one per slot
    slots: tuple[int, ...]  #: slot of each of :data:`~reid.events.keys.KEYS`, -1 for none
    lag: int = 0

    def table(self) -> NDArray[np.int16]:
        """Return the slot of each key: int16, (n_keys,)."""
        return np.array(self.slots, dtype=np.int16)

    def of_key_before(self) -> "ByKey":
        """Return the same slots, looked up for the press before."""
        return ByKey(self.labels, self.slots, lag=1)


@dataclass(frozen=True, slots=True)
class ByPair:
    """One slot per combination of a group of the first key and a group of the second."""

    first: ByKey
    second: ByKey

    @property
    def labels(self) -> tuple[str, ...]:
        """One per slot, as in ``left>right``."""
        return tuple(f"{first}>{second}" for first in self.first.labels for second in self.second.labels)

    def table(self) -> NDArray[np.int16]:
        """Return the slot of each two keys: int16, (n_keys, n_keys)."""
        first, second = self.first.table()[:, None], self.second.table()[None, :]
        slots = first * np.int16(len(self.second.labels)) + second
        return np.where((first >= 0) & (second >= 0), slots, np.int16(-1)).astype(np.int16)


@dataclass(frozen=True, slots=True)
class ByDigraph:
    """One slot per listed digraph."""

    digraphs: tuple[tuple[int, int], ...]  #: numbers of the keys

    @property
    def labels(self) -> tuple[str, ...]:
        """One per slot, as in ``KeyT>KeyH``."""
        return tuple(f"{KEYS[first]}>{KEYS[second]}" for first, second in self.digraphs)

    def table(self) -> NDArray[np.int16]:
        """Return the slot of each two keys: int16, (n_keys, n_keys)."""
        slots = np.full((len(KEYS), len(KEYS)), -1, dtype=np.int16)
        for slot, (first, second) in enumerate(self.digraphs):
            slots[first, second] = slot
        return slots


@dataclass(frozen=True, slots=True)
class ByTrigraph:
    """One slot per listed trigraph."""

    trigraphs: tuple[tuple[int, int, int], ...]  #: numbers of the keys

    @property
    def labels(self) -> tuple[str, ...]:
        """One per slot, as in ``KeyT>KeyH>KeyE``."""
        return tuple(">".join(KEYS[number] for number in trigraph) for trigraph in self.trigraphs)

    def tables(self) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        """Return the row of each first two keys, (n_keys, n_keys), and slots by row and third key; int16."""
        row_of_first = {
            first: row for row, first in enumerate(dict.fromkeys(keys[:2] for keys in self.trigraphs))
        }
        rows = np.full((len(KEYS), len(KEYS)), -1, dtype=np.int16)
        slots = np.full((max(1, len(row_of_first)), len(KEYS)), -1, dtype=np.int16)
        for (first, second), row in row_of_first.items():
            rows[first, second] = row
        for slot, (first, second, third) in enumerate(self.trigraphs):
            slots[row_of_first[first, second], third] = slot
        return rows, slots


Context = ByKey | ByPair | ByDigraph | ByTrigraph


def of_listed_keys(numbers: tuple[int, ...]) -> ByKey:
    """Return one slot per listed key."""
    place = {number: slot for slot, number in enumerate(numbers)}
    return ByKey(
        tuple(KEYS[number] for number in numbers), tuple(place.get(key, -1) for key in range(len(KEYS)))
    )


def of_groups(groups: dict[str, tuple[str, ...]]) -> ByKey:
    """Return one slot per group of keys."""
    slots = [-1] * len(KEYS)
    for slot, keys in enumerate(groups.values()):
        for key in keys:
            slots[KEY_NUMBER[key]] = slot
    return ByKey(tuple(groups), tuple(slots))


ANY_KEY = ByKey(("all",), (0,) * len(KEYS))
BY_FINGER = ByKey(FINGERS, tuple(FINGERS.index(FINGER_OF_KEY.get(key, "other")) for key in KEYS))
BY_HAND = ByKey(HANDS, tuple(HANDS.index(hand_of_key(key)) for key in KEYS))
BY_FINGER_PAIR = ByPair(BY_FINGER, BY_FINGER)
BY_HAND_PAIR = ByPair(BY_HAND, BY_HAND)
BY_SIDE = ByKey(HANDS[:2], tuple(slot if slot < 2 else -1 for slot in BY_HAND.slots))  # noqa: PLR2004  two hands
