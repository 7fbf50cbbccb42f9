"""The laws of holds and of latencies from press to press in a population, each person with equal weight."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np

from reid.anonymizers.blocks import blocks_of
from reid.anonymizers.key_latencies import KeyLatencies
from reid.events.keys import CLASS_OF_KEY, KEY_CLASSES, KEYS, UNIDENTIFIED
from reid.events.table import EventTable
from reid.kernels.latencies import drawn_by_inversion, first_bins, first_known
from reid.typing import BoolArray, FloatArray, IntArray

_PER_OCTAVE: Final = 64  # cells of 1 % of the time, and of 0.01 ms at 0
_N_BINS: Final = 24 * _PER_OCTAVE  # up to 4.6 hours; what is longer counts as that
_SMALLEST_US: Final = 1000.0
_ONE_PERSON: Final = 2**40  # whole numbers add up alike in any order
_EDGES_US: Final = _SMALLEST_US * (2.0 ** (np.arange(_N_BINS + 1) / _PER_OCTAVE) - 1.0)

_CLASSES: Final = (UNIDENTIFIED, *KEY_CLASSES)
#: Place of the class of each key in the classes.
CLASS_NUMBER: Final = np.array([_CLASSES.index(CLASS_OF_KEY.get(key, key)) for key in KEYS], dtype=np.int64)

FEWEST_PEOPLE: Final = 10  #: of whom a law must know, or a coarser one stands in for it


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """Laws of one kind of time from fine to coarse, as histograms of people's shares."""

    weight: IntArray  #: (n_slots, n_bins)
    n_people: IntArray  #: (n_slots,): of how many the slot knows

    @classmethod
    def empty(cls, n_slots: int) -> Self:
        """Return laws that know of nobody."""
        return cls(np.zeros((n_slots, _N_BINS), dtype=np.int64), np.zeros(n_slots, dtype=np.int64))

    def add(self, slots: IntArray, lag_us: IntArray) -> None:
        """Count one person's times in: slots of shape (n_levels, n), times of shape (n,), 0 or more."""
        cells = np.searchsorted(_EDGES_US[1:-1], lag_us, side="right")
        cell, count = np.unique((slots * _N_BINS + cells).ravel(), return_counts=True)
        total = np.bincount(slots.ravel(), minlength=self.n_people.size)
        slot = cell // _N_BINS
        self.weight[slot, cell % _N_BINS] += count * (_ONE_PERSON // total[slot])
        self.n_people[total > 0] += 1

    def ready(self) -> "ReadyLaw":
        """Return what draws from the finest law that knows of enough people, or of anybody."""
        up_to = np.cumsum(self.weight, axis=1, dtype=np.float64)
        up_to /= np.maximum(up_to[:, -1:], 1.0)
        up_to[:, -1] = 1.0  # of an empty law too, so that a draw from it ends
        return ReadyLaw(up_to, first_bins(up_to), self.n_people)


@dataclass(frozen=True, slots=True, eq=False)
class ReadyLaw:
    """Laws to draw from."""

    up_to: FloatArray  #: (n_slots, n_bins): probability of all bins up to each
    first_bin: IntArray  #: where the search for a bin begins
    n_people: IntArray  #: (n_slots,)

    def draw(self, slots: IntArray, uniform: FloatArray, otherwise_us: int) -> IntArray:
        """Draw a time for each row.

        Parameters
        ----------
        slots : int64 array of shape (n_levels, n)
            The slots of each row, from fine to coarse; the coarsest is one for all.
        uniform : float64 array of shape (n,)
            Independent draws, uniform on ``[0, 1)``.
        otherwise_us : int
            What rows get where no law knows of anybody.

        Returns
        -------
        int64 array of shape (n,)
        """
        if not slots.size:
            return np.empty(0, dtype=np.int64)
        of_all = int(slots[-1, 0])
        if not self.n_people[of_all]:
            return np.full(uniform.size, otherwise_us)
        is_known = self.n_people >= min(FEWEST_PEOPLE, self.n_people[of_all])
        chosen = first_known(slots, is_known)
        return np.rint(drawn_by_inversion(chosen, uniform, self.up_to, self.first_bin, _EDGES_US)).astype(
            np.int64
        )


def hold_slots(latencies: KeyLatencies, rows: IntArray | BoolArray) -> IntArray:
    """Return the slots of holds: by key, by class of key, and all in one: int64, (3, n_rows)."""
    key = latencies.key[rows]
    by_class = len(KEYS) + CLASS_NUMBER[key]
    return np.stack([key, by_class, np.full_like(key, len(KEYS) + len(_CLASSES))])


def gap_slots(latencies: KeyLatencies, rows: IntArray | BoolArray) -> IntArray:
    """Return the slots of times from press to press: int64, (3, n_rows).

    By the classes of both keys, by that of the later one, and all in one. The first press of a session has
    none before it.
    """
    n = len(_CLASSES)
    later = CLASS_NUMBER[latencies.key[rows]]
    previous = latencies.previous[rows]
    earlier = np.where(previous >= 0, CLASS_NUMBER[latencies.key[previous]], n)
    return np.stack([earlier * n + later, n * (n + 1) + later, np.full_like(later, n * (n + 2))])


@dataclass(frozen=True, slots=True, eq=False)
class LatencyLaws:
    """What people's keys do to the clock."""

    hold: Law
    gap: Law

    @classmethod
    def of(cls, people: Iterable[EventTable]) -> Self:
        """Learn the laws of the people, who may come in parts."""
        n = len(_CLASSES)
        laws = cls(Law.empty(len(KEYS) + n + 1), Law.empty(n * (n + 2) + 1))
        for part in people:
            if not len(part):
                continue
            for block in blocks_of(part):
                laws.add(KeyLatencies.of(part, block), block.person_bounds)
        return laws

    def add(self, latencies: KeyLatencies, person_bounds: IntArray) -> None:
        """Count in the latencies of people, of whom each begins at one bound and ends before the next."""
        lag_us = latencies.lag_us
        is_press, is_key = latencies.is_press, latencies.begins >= 0
        comes_up = is_key & ~is_press & (latencies.repeat == 0)
        follows = is_press & (latencies.previous >= 0)
        for start, stop in pairwise(person_bounds.tolist()):
            for law, slots, of_kind in ((self.hold, hold_slots, comes_up), (self.gap, gap_slots, follows)):
                chosen = np.flatnonzero(of_kind[start:stop]) + start
                law.add(slots(latencies, chosen), lag_us[chosen])
