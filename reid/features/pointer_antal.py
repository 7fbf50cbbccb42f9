"""The 39 features of Antal and Egyed-Zsigmond, pooled over the actions of a sample."""

from dataclasses import dataclass
from typing import ClassVar, Final

from reid.features.pointer import ANTAL_COLUMNS
from reid.features.pointer_fitting import check_pointer_events
from reid.features.pointer_layout import PointerMean, PointerShare, ReadyPointer
from reid.samples.table import SampleTable

_CODES: Final = {"type_of_action", "direction"}  # numbers that name something have no mean
_OF_THE_DEVICE: Final = {"number_of_points"}  # a clock's rate, more than a person's way


@dataclass(frozen=True, slots=True)
class Antal39:
    """The 39 features of Antal and Egyed-Zsigmond (2019), means over actions and shares of types.

    The row of each action, as they used it, is given by :func:`~reid.features.pointer.actions_of`.
    """

    name: ClassVar[str] = "antal-39"

    def fit(self, train: SampleTable) -> ReadyPointer:
        """Return the features, which are the same whatever ``train`` holds.

        Raises
        ------
        TooFewError
            There is no pointer event.
        """
        check_pointer_events(train)
        means = tuple(
            PointerMean("action", name, "device" if name in _OF_THE_DEVICE else "path", drawn_together=False)
            for name in ANTAL_COLUMNS
            if name not in _CODES
        )
        sectors = tuple(f"sector{number}" for number in range(8))
        edges = tuple(number + 0.5 for number in range(7))
        shares = (
            PointerShare(
                "action", "type_of_action", "path", (2.0, 3.5), words=("move", "point-click", "drag-drop")
            ),
            PointerShare("action", "direction", "path", edges, words=sectors),
        )
        return ReadyPointer(means, shares)
