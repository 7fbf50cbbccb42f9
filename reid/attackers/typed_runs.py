"""Key presses as runs of events with a key, log timings and the slot under which each timing is filed."""

from dataclasses import dataclass

import numpy as np

from reid.errors import BlindError, TooFewError, UnknownNameError
from reid.events.keys import KEYS
from reid.features.layout import WARP_US
from reid.features.presses import Presses, presses_of
from reid.features.table import CHANNELS
from reid.features.vocabulary import frequent_keys, presses_to_learn_from
from reid.kernels import tally
from reid.samples.table import PieceTable, SampleTable
from reid.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class TypedRuns:
    """One run of events per piece."""

    key: IntArray  #: number of the key among those listed, the last for all others: (n_events,)
    slot: IntArray  #: (n_events, n_measures)
    value: FloatArray  #: log of shifted microseconds, NaN where unknown: (n_events, n_measures)
    offsets: IntArray  #: events ``offsets[i]:offsets[i + 1]`` are run i: (n_runs + 1,)

    def of_runs(self, runs: IntArray) -> "TypedRuns":
        """Return these runs, in their order."""
        sizes = np.diff(self.offsets)[runs]
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rows = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][runs] - offsets[:-1], sizes)
        return TypedRuns(self.key[rows], self.slot[rows], self.value[rows], offsets)

    def known(self) -> IntArray:
        """Return the number of events of each run of which anything is known: int64, (n_runs,)."""
        so_far = np.concatenate([[0], np.cumsum(~np.isnan(self.value).all(axis=1))])
        return np.diff(so_far[self.offsets]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class TypingSlots:
    """Which keys are told apart and which timings are looked at. Slots: hold by key, DD by digraph.

    Every slot belongs to a key (the one that goes down), every key to a timing.
    """

    keys: tuple[int, ...]  #: numbers of the keys that are told apart; all others are one
    holds: bool
    latencies: bool

    @classmethod
    def on(cls, train: SampleTable, without: tuple[str, ...], n_keys: int) -> "TypingSlots":
        """List the frequent keys on people that are not tested, and the timings that are known.

        Raises
        ------
        BlindError
            There is no key press, or no timing is known and not withheld.
        """
        for channel in without:
            if channel not in CHANNELS:
                raise UnknownNameError.of("channel", channel, CHANNELS)
        try:
            presses = presses_to_learn_from(train)
        except TooFewError as error:
            raise BlindError(str(error)) from None
        holds = "hold" not in without and not np.isnan(presses.hold_us).all()
        latencies = "flight" not in without and not np.isnan(presses.dd_us).all()
        if not (holds or latencies):
            advice = "Withhold fewer channels."
            raise BlindError.of("the attacker", must="see at least one feature", found="none", advice=advice)
        return cls(() if "content" in without else frequent_keys(presses, n_keys), holds, latencies)

    @property
    def n_keys(self) -> int:
        """Number of keys that are told apart, with the one for all others."""
        return len(self.keys) + 1

    def key_of_slot(self) -> IntArray:
        """Return the number of the key and timing that each slot belongs to: int64, (n_slots,)."""
        n_keys = self.n_keys
        first = [np.arange(n_keys)] if self.holds else []
        second = [np.tile(np.arange(n_keys), n_keys) + len(first) * n_keys] if self.latencies else []
        return np.concatenate(first + second)

    def timing_of_key(self) -> IntArray:
        """Return the number of the timing that each of those keys belongs to: int64."""
        return np.repeat(np.arange(self.holds + self.latencies), self.n_keys)

    def runs(self, pieces: PieceTable) -> TypedRuns:
        """Return all pieces as runs, made the first time they are asked for."""
        return pieces.remembered(("typed runs", self), lambda: self._runs(presses_of(pieces)))

    def _runs(self, presses: Presses) -> TypedRuns:
        number = np.full(len(KEYS), len(self.keys), dtype=np.int64)
        number[list(self.keys)] = np.arange(len(self.keys))
        key = number[presses.key]
        before = np.concatenate([[0], key[:-1]])[: key.size]
        slots, values = [], []
        if self.holds:
            slots.append(key)
            values.append(_log(presses.hold_us, tally.HOLD))
        if self.latencies:
            slots.append(before * self.n_keys + key + (self.n_keys if self.holds else 0))
            values.append(_log(presses.dd_us, tally.DD))
        return TypedRuns(key, np.stack(slots, axis=1), np.stack(values, axis=1), presses.offsets)


def _log(timing_us: FloatArray, quantity: int) -> FloatArray:
    low_us, high_us, shift_us = WARP_US[quantity]
    return np.asarray(np.log(np.clip(timing_us, low_us, high_us) + shift_us))
