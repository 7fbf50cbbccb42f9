"""The latencies of a log's keys, and the log with other ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from reid.anonymizers.blocks import Block, blocks_of
from reid.anonymizers.rewriting import numbers_of, press_numbers, reordered
from reid.events.keys import KEYS
from reid.events.table import EventTable
from reid.kernels.latencies import key_lags, press_rows, rebuilt_clock
from reid.kernels.reordering import order_by_time
from reid.typing import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class KeyLatencies:
    """What each key event counts its time from, and how long that was; all arrays have shape (n_events,)."""

    time_us: IntArray
    bounds: IntArray  #: (n_sessions + 1,): first row of each session, then the number of rows
    begins: IntArray  #: on key rows the row on which their press begins; -1 elsewhere
    previous: IntArray  #: where a press begins, where the one before it in the session began; else -1
    repeat: IntArray  #: 1, 2, ... on auto-repeats; where a press begins, their number
    key: IntArray  #: number of the key; 0 where there is none

    @classmethod
    def of(cls, part: EventTable, block: Block) -> Self:
        """Return the latencies of a block of a log."""
        frame = part.frame[block.rows]
        event = frame["event"].to_physical().to_numpy(writable=True)
        begins, previous, repeat = press_rows(event, press_numbers(frame), block.bounds)
        return cls(block.time_us, block.bounds, begins, previous, repeat, numbers_of(frame["key"]))

    @property
    def is_press(self) -> BoolArray:
        """True on rows on which a press begins."""
        is_press: BoolArray = self.begins == np.arange(self.begins.size)
        return is_press

    @property
    def lag_us(self) -> IntArray:
        """Time of a press since the one before or the session's first event, of other key rows since it.

        0 on rows that are no key events.
        """
        return key_lags(self.time_us, self.begins, self.previous, self.bounds)


def with_lags(part: EventTable, lag_of_block: Callable[[Block, KeyLatencies], IntArray]) -> EventTable:
    """Return the log with other latencies, its clock rebuilt from them and its rows in the new order.

    Rows of the pointer keep their share of the time between the presses around them.

    Parameters
    ----------
    part : EventTable
        Events of whole people.
    lag_of_block : callable
        Takes a block and its latencies and returns what :attr:`KeyLatencies.lag_us` shall be.
    """
    time_us, order = np.empty((2, len(part)), dtype=np.int64)
    for block in blocks_of(part):
        own = KeyLatencies.of(part, block)
        lag_us = lag_of_block(block, own)
        new_us = rebuilt_clock(own.time_us, own.begins, own.key, lag_us, own.bounds, len(KEYS))
        own_order = order_by_time(new_us, own.bounds)
        time_us[block.rows] = new_us[own_order]
        order[block.rows] = own_order + block.rows.start
    return reordered(part, order, time_us)
