"""The compiler flags of every kernel, in one place."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def kernel(function: FunctionT) -> FunctionT:
    """Compile a loop over arrays to machine code.

    IEEE arithmetic stays strict, since NaN means "missing" and bits must repeat; compiled code is
    cached between runs where the cache can be written.
    """
    try:
        compiled = numba.njit(cache=True, nogil=True, fastmath=False)(function)
    except RuntimeError:  # numba finds no place that can be written: compile anew in each run
        compiled = numba.njit(nogil=True, fastmath=False)(function)
    return cast("FunctionT", compiled)
