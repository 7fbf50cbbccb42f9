"""Pointer rows of an event table as the arrays that kernels of paths take, and settings in pixels."""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from reid.errors import ParameterError
from reid.events.schema import EVENTS, POINTER_EVENTS
from reid.typing import BoolArray, Float32Array, IntArray

#: Largest position up to which a single-precision number holds every whole one; far beyond any screen.
LARGEST_PX: Final = 2**24

_LABELS: Final = ("trial", "task")
_MOVE, _BUTTON_DOWN, _BUTTON_UP = (EVENTS.index(name) for name in ("move", "button_down", "button_up"))
_FIRST_OF_POINTER: Final = EVENTS.index(
    POINTER_EVENTS[0]
)  # these come last: comparing is faster than looking up


@dataclass(frozen=True, slots=True, eq=False)
class PointerRows:
    """What each row of a table has to do with the pointer; all arrays have the shape (n_events,)."""

    is_move: BoolArray
    is_button: BoolArray
    is_pointer: BoolArray  #: moves, buttons and turns of the wheel
    x_px: Float32Array  #: NaN where a row has no position
    y_px: Float32Array
    label: IntArray  #: changes where the trial or the task changes

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Self:
        """Return the pointer rows of the events of a table."""
        event = frame["event"].to_physical().to_numpy()
        x_px, y_px = (frame[name].to_numpy() for name in ("x_px", "y_px"))
        is_button = (event == _BUTTON_DOWN) | (event == _BUTTON_UP)
        return cls(event == _MOVE, is_button, event >= _FIRST_OF_POINTER, x_px, y_px, _labels(frame))


def _labels(frame: pl.DataFrame) -> IntArray:
    given = [name for name in _LABELS if frame[name].null_count() < frame.height]
    if not given:
        return np.zeros(frame.height, dtype=np.int64)
    return frame.select(pl.struct(given).rle_id().cast(pl.Int64)).to_series().to_numpy()


def in_pixels(name: str, value_px: float, *, least: float) -> float:
    """Return a setting in pixels, from ``least`` to :data:`LARGEST_PX`.

    Raises
    ------
    ParameterError
        The value is outside the range or is no number.
    """
    if not (math.isfinite(value_px) and least <= value_px <= LARGEST_PX):
        must = f"lie between {least:g} and {LARGEST_PX} (pixels)"
        raise ParameterError.of(name, must=must, found=value_px)
    return value_px
