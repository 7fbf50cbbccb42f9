"""What workers are sent in tests, by name."""

import os

from reid.errors import ParameterError


def squared(number: int) -> int:
    return number**2


def refused(number: int) -> int:
    if number % 2:
        raise ParameterError.of("it", must="be even", found=number)
    return number


def ended(_number: int) -> None:
    os._exit(1)
