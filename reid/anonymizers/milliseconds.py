"""Settings in milliseconds, as users write them, and the whole microseconds that events are counted in."""

import math
from typing import Final

import numpy as np

from reid.errors import ParameterError

_US_PER_MS: Final = 1000
_LONGEST_MS: Final = 1e10  # four months; sums with it stay far inside 64 bits
_ROUNDING: Final = 1e-9  # relative error of a decimal such as 16.667 times 1000


def whole_microseconds(name: str, value_ms: float) -> int:
    """Return a setting in microseconds.

    Parameters
    ----------
    name : str
        Name of the setting, for the message.
    value_ms : float
        Milliseconds, from 0.001 to 1e10, a whole number of microseconds.

    Raises
    ------
    ParameterError
        The value is outside the range or would have to be rounded.

    Examples
    --------
    >>> whole_microseconds("step_ms", 16.667)
    16667
    """
    if not 1 / _US_PER_MS <= value_ms <= _LONGEST_MS:
        raise ParameterError.of(name, must="lie between 0.001 and 1e10 (milliseconds)", found=value_ms)
    value_us = round(value_ms * _US_PER_MS)
    if not math.isclose(value_us, value_ms * _US_PER_MS, rel_tol=_ROUNDING):
        advice = f"Write {in_milliseconds(value_us)}."
        raise ParameterError.of(name, must="be whole microseconds", found=value_ms, advice=advice)
    return value_us


def in_milliseconds(value_us: int) -> str:
    """Return microseconds as text in milliseconds, without an exponent.

    Examples
    --------
    >>> in_milliseconds(100_000), in_milliseconds(1)
    ('100', '0.001')
    """
    return np.format_float_positional(value_us / _US_PER_MS, trim="-")
