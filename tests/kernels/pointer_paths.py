"""Pointer logs drawn at random, as flat arrays, for the tests of this folder."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from reid.kernels.pointer import BUTTON_DOWN, BUTTON_UP, MOVE, WHEEL
from reid.typing import Array, IntArray

KEY_DOWN = 0
LEFT, RIGHT = 0, 2


class Rows(NamedTuple):
    time_us: IntArray
    event: Array
    x_px: Array
    y_px: Array
    button: Array


def rows_of(rows: list[tuple[int, int, float, float, int]]) -> Rows:
    """Make arrays of ``(time_us, event, x, y, button)``."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    dtypes = (np.int64, np.uint8, np.float32, np.float32, np.uint8)
    return Rows(*(np.array(column, dtype) for column, dtype in zip(columns, dtypes, strict=True)))


def whole(rows: Rows) -> tuple[IntArray, IntArray]:
    """Return the bounds of one run of all rows."""
    return np.array([0]), np.array([rows.time_us.size])


@st.composite
def pointer_rows(draw: DrawFn, most: int = 60) -> list[tuple[int, int, float, float, int]]:
    """Draw any order of moves, presses, releases, wheel turns and keys, on few pixels, with rests."""
    n_rows = draw(st.integers(0, most))
    kinds = st.sampled_from([MOVE] * 8 + [BUTTON_DOWN, BUTTON_UP, WHEEL, KEY_DOWN])
    steps = st.sampled_from([0, 0, 1, 8000, 8000, 16_000, 110_000, 400_000, 10_000_000, 10_000_001])
    far = st.sampled_from([0, 0, 1, 2, 3, 7, 41, 500, 65_535])
    rows, time_us = [], 0
    for _ in range(n_rows):
        time_us += draw(steps)
        kind = draw(kinds)
        at = (np.nan, np.nan) if kind == KEY_DOWN else (float(draw(far)), float(draw(far)))
        rows.append((time_us, kind, *at, draw(st.sampled_from([LEFT, LEFT, LEFT, RIGHT]))))
    return rows
