"""From the text of a strategy to the strategy."""

from reid.anonymizers import ANONYMIZERS
from reid.anonymizers.composition import Chain
from reid.anonymizers.protocol import Anonymizer
from reid.registry import split_chain


def parse_strategy(text: str) -> Anonymizer:
    """Return the strategy that a text describes; ``str`` of it gives the text back.

    Raises
    ------
    UnknownNameError
        A name, or the name of a parameter, is not known.
    ParameterError
        A step is not of the form ``name(parameter=value)`` or a value makes no sense.

    Examples
    --------
    >>> str(parse_strategy("time-grid( step_ms = 100 )|key-classes"))
    'time-grid(step_ms=100) | key-classes'
    """
    steps = [ANONYMIZERS.make(step) for step in split_chain(text)]
    return steps[0] if len(steps) == 1 else Chain(tuple(steps))
