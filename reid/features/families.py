"""The families of observations that features are made of: of the pointer, and of hands beside the keys."""

from collections.abc import Callable
from typing import Final

from reid.features.handovers import ways_to_keys, ways_to_pointer
from reid.features.pointer import (
    Observations,
    actions_of,
    clicks_of,
    piece_rows,
    steps_of,
    strokes_of,
    wheel_of,
)
from reid.features.typing_clock import clock_steps, signs_of_keys
from reid.samples.table import PieceTable

#: How to get the observations of each family, given the pause between strokes in microseconds.
FAMILIES: Final[dict[str, Callable[[PieceTable, int], Observations]]] = {
    "stroke": strokes_of,
    "step": steps_of,
    "click": lambda pieces, _: clicks_of(pieces),
    "wheel": lambda pieces, _: wheel_of(pieces),
    "piece": piece_rows,
    "action": lambda pieces, _: actions_of(pieces),
    "key_step": lambda pieces, _: clock_steps(pieces),
    "key_sign": lambda pieces, _: signs_of_keys(pieces),
    "to_keys": lambda pieces, _: ways_to_keys(pieces),
    "to_pointer": lambda pieces, _: ways_to_pointer(pieces),
}
