"""What typing tells of the machine: the clock that counted its times, and how the keyboard is laid out."""

from dataclasses import dataclass
from typing import ClassVar

from reid.errors import TooFewError
from reid.features.families import FAMILIES
from reid.features.pointer_layout import PointerMean, ReadyPointer
from reid.features.typing_clock import CLOCK_COLUMNS, SIGN_COLUMNS
from reid.samples.table import SampleTable


@dataclass(frozen=True, slots=True)
class Machine:
    """Shares of the times between key events that lie on common clocks, and of keys with US signs.

    Nothing here is behaviour: who types on one machine alone is named by it all the same.
    """

    name: ClassVar[str] = "machine"

    def fit(self, train: SampleTable) -> ReadyPointer:
        """Return the same shares for everybody.

        Raises
        ------
        TooFewError
            There are no two key events in a row.
        """
        pieces = train.membership()[1]
        if not FAMILIES["key_step"](train.pieces, 0).of_pieces(pieces).any():
            must = "hold key presses, two events in a row"
            raise TooFewError.of("the samples to learn from", must=must, found="none")
        ticks = [PointerMean("key_step", column, "device", drawn_together=False) for column in CLOCK_COLUMNS]
        signs = [PointerMean("key_sign", column, "layout", drawn_together=False) for column in SIGN_COLUMNS]
        return ReadyPointer((*ticks, *signs), (), 0)
