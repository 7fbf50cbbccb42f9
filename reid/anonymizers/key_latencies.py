"""The latencies of a log's keys, and the log with other ones."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from reid.anonymizers.rewriting import press_numbers, reordered, times_of
from reid.events.keys import KEYS
from reid.events.table import EventTable
from reid.kernels.latencies import press_rows, rebuilt_clock
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
    def of(cls, part: EventTable) -> Self:
        """Return the latencies of a log."""
        frame, bounds = part.frame, part.session_bounds()
        event = np.array(frame["event"].to_physical())
        begins, previous, repeat = press_rows(event, press_numbers(frame), bounds)
        key = frame["key"].to_physical().fill_null(0).to_numpy().astype(np.int64)
        return cls(times_of(frame), bounds, begins, previous, repeat, key)

    @property
    def is_press(self) -> BoolArray:
        """True on rows on which a press begins."""
        is_press: BoolArray = self.begins == np.arange(self.begins.size)
        return is_press

    @property
    def lag_us(self) -> IntArray:
        """Time of a press since the one before or the session's first event, of other key rows since it."""
        first_row = np.repeat(self.bounds[:-1], np.diff(self.bounds))
        since = np.where(self.previous >= 0, self.previous, first_row)
        return self.time_us - self.time_us[np.where(self.is_press, since, np.maximum(self.begins, 0))]

    def with_lags(self, part: EventTable, lag_us: IntArray) -> EventTable:
        """Return the log with other latencies, its clock rebuilt from them and its rows in the new order.

        Rows of the pointer keep their share of the time between the presses around them.
        """
        new_us = rebuilt_clock(self.time_us, self.begins, self.key, lag_us, self.bounds, len(KEYS))
        order = order_by_time(new_us, self.bounds)
        return reordered(part, order, new_us[order])
