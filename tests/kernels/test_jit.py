"""Kernels where nothing can be kept between runs."""

from collections.abc import Callable
from typing import Any

import numba
import pytest

from reid.kernels._jit import kernel


def test_a_kernel_runs_where_no_place_for_compiled_code_can_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compile_with = numba.njit

    def without_cache(*, cache: bool = False, **flags: Any) -> Callable[..., Any]:
        if cache:
            message = "cannot cache function: no locator available"
            raise RuntimeError(message)
        return compile_with(**flags)

    monkeypatch.setattr(numba, "njit", without_cache)

    @kernel
    def doubled(number: int) -> int:
        return 2 * number

    assert doubled(21) == 42
    assert doubled.nopython_signatures
