"""How the hand goes between keyboard and pointer: the set that needs both."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from reid.errors import ParameterError, TooFewError
from reid.features.families import FAMILIES
from reid.features.handovers import TO_KEYS_COLUMNS, TO_POINTER_COLUMNS
from reid.features.pointer_fitting import BinBorders
from reid.features.pointer_layout import PointerMean, PointerShare, ReadyPointer
from reid.samples.table import SampleTable

_COLUMNS: Final = {"to_keys": TO_KEYS_COLUMNS, "to_pointer": TO_POINTER_COLUMNS}
_CHANNELS: Final = {
    "first_hold_s": "hold", "last_hold_s": "hold", "first_dd_s": "flight", "last_dd_s": "flight",
    "pointing_s": "schedule", "until_button_s": "path",
}  # fmt: skip
_YES_OR_NO: Final = (0.5,)
_MARKS: Final = {"clicked": ("unclicked", "clicked"), "begins_with_button": ("moved", "pressed")}


@dataclass(frozen=True, slots=True)
class Homing:
    """Homing times from the pointer to the keys and back, and what the hand does at either end.

    Homing is the operator H of the keystroke-level model: the time in which the hand moves from one
    device to the other. Told apart are spells of pointing with a click, as before a field is filled in,
    and those without. How much is typed in between is left out: it says what was typed.

    References
    ----------
    .. [1] Card, Moran, Newell (1980). The keystroke-level model for user performance time with
       interactive systems. Communications of the ACM 23(7).
    """

    name: ClassVar[str] = "homing"
    n_bins: int = 8  #: bins of one quantity

    def __post_init__(self) -> None:
        if self.n_bins < 1:
            raise ParameterError.of("n_bins", must="be 1 or more", found=self.n_bins)

    def fit(self, train: SampleTable) -> ReadyPointer:
        """Put the borders of bins where the ways of ``train`` lie.

        Raises
        ------
        TooFewError
            No hand goes from the pointer to the keys or back.
        """
        pieces = train.membership()[1]
        if not any(FAMILIES[family](train.pieces, 0).of_pieces(pieces).any() for family in _COLUMNS):
            must = "hold a key press that follows a pointer event, or the reverse"
            raise TooFewError.of("the samples to learn from", must=must, found="none")
        means = tuple(
            PointerMean(family, column, _CHANNELS.get(column, "homing"))
            for family, columns in _COLUMNS.items()
            for column in columns
        )
        shares = tuple(self._shares(BinBorders(train, 0)))
        return ReadyPointer(means, tuple(block for block in shares if block.edges), 0)

    def _shares(self, borders: BinBorders) -> Iterator[PointerShare]:
        for family, columns in _COLUMNS.items():
            for column in columns:
                channel = _CHANNELS.get(column, "homing")
                if column in _MARKS:
                    continue
                edges = borders.of(family, column, self.n_bins)
                yield PointerShare(family, column, channel, edges)
                if column == "homing_s" and family == "to_keys":
                    yield PointerShare(family, column, channel, edges, "clicked", _YES_OR_NO)
