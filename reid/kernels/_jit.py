"""The compiler flags of every kernel, in one place."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast

import numba

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def kernel(function: FunctionT) -> FunctionT:
    """Compile a loop over arrays to machine code.

    IEEE arithmetic stays strict, since NaN means "missing" and bits must repeat; compiled code is
    cached between runs where the cache can be written.
    """
    return _compiled(function, division_by_zero="python")


def row_kernel(function: FunctionT) -> FunctionT:
    """Compile a loop that does the same to every row by itself, and so can do several rows at once.

    As :func:`kernel`, but a division by 0 gives infinity or NaN rather than an error: looking for one
    keeps rows from being done together.
    """
    return _compiled(function, division_by_zero="numpy")


def _compiled(function: FunctionT, *, division_by_zero: Literal["python", "numpy"]) -> FunctionT:
    try:
        compiled = numba.njit(cache=True, nogil=True, fastmath=False, error_model=division_by_zero)(function)
    except RuntimeError:  # numba finds no place that can be written: compile anew in each run
        compiled = numba.njit(nogil=True, fastmath=False, error_model=division_by_zero)(function)
    return cast("FunctionT", compiled)
