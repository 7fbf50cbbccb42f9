"""The yardstick of kernels: the sum of every number of an event table, on one thread."""

from collections.abc import Callable

import numpy as np

from reid.events.table import EventTable
from reid.kernels._jit import kernel
from reid.typing import Array

COLUMNS = ("time_us", "event", "key", "press", "x_px", "y_px", "button", "wheel_dx", "wheel_dy", "trial")


@kernel
def total(column: Array) -> float:
    """Add up a column, one number after the other."""
    result: float = column[0] * 0  # of the column's own kind
    for value in column:
        result += value
    return result


def plain_pass(events: EventTable, *, held_only: bool = False) -> Callable[[], object]:
    """Return the work of adding up the columns of numbers.

    Parameters
    ----------
    events
        What to pass over.
    held_only
        Leave out columns without any value, which no strategy would touch.
    """
    frame = events.frame.select(COLUMNS)
    named = [name for name in COLUMNS if not held_only or frame[name].null_count() < len(frame)]
    columns: list[Array] = [np.asarray(frame[name].to_physical().fill_null(0).to_numpy()) for name in named]
    return lambda: [total(column) for column in columns]
