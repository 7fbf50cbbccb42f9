"""Strategies with lists of values, expanded to one strategy for each combination."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from reid.anonymizers import Anonymizer
from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError
from reid.registry import parse_part, split_chain

_MOST_CELLS = 1000


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One strategy of a grid."""

    strategy: Anonymizer
    declared: str  #: the text with its lists, which all points of a grid share
    settings: Mapping[str, Any]  #: the parameters that vary, as ``step_ms``, ``2.step_ms`` in a second step

    @property
    def swept(self) -> float | None:
        """The value of the only parameter that varies, where it is a number."""
        if len(self.settings) != 1:
            return None
        (value,) = self.settings.values()
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def expand(text: str) -> list[GridPoint]:
    """Return the strategies that a text stands for; one where it holds no list.

    Raises
    ------
    UnknownNameError
        A name, or the name of a parameter, is not known.
    ParameterError
        A step is not of the form ``name(parameter=value)``, a value makes no sense, a list is empty or
        names a value twice, or there are more than a thousand combinations.

    Examples
    --------
    >>> [str(point.strategy) for point in expand("time-grid(step_ms=[16, 50]) | key-classes")]
    ['time-grid(step_ms=16) | key-classes', 'time-grid(step_ms=50) | key-classes']
    """
    steps = [parse_part(step) for step in split_chain(text)]
    lists: dict[tuple[int, str], list[Any]] = {}
    for number, (name, arguments) in enumerate(steps):
        for argument, value in arguments.items():
            if not isinstance(value, list):
                continue
            if not value or any(one in value[:place] for place, one in enumerate(value)):
                must, found = "list one or more different values", repr(value)[:80]
                raise ParameterError.of(f"{argument} of {name}", must=must, found=found)
            lists[number, argument] = value
    size = 1
    for values in lists.values():
        size *= len(values)
    if size > _MOST_CELLS:
        raise ParameterError.of("a grid", must=f"have at most {_MOST_CELLS} points", found=size)
    points = []
    for combination in product(*lists.values()):
        chosen = dict(zip(lists, combination, strict=True))
        made = []
        for number, (name, arguments) in enumerate(steps):
            told = arguments | {
                argument: value for (place, argument), value in chosen.items() if place == number
            }
            written = ", ".join(f"{argument}={value!r}" for argument, value in told.items())
            made.append(f"{name}({written})" if written else name)
        settings = {
            argument if number == 0 else f"{number + 1}.{argument}": value
            for (number, argument), value in chosen.items()
        }
        points.append(GridPoint(parse_strategy(" | ".join(made)), text.strip(), settings))
    return points
