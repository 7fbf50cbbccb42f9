"""How somebody moves the pointer: the strong set."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from reid.errors import ParameterError
from reid.events.schema import BUTTONS
from reid.features.pointer import PIECE_COLUMNS
from reid.features.pointer_fitting import BinBorders, check_pointer_events
from reid.features.pointer_layout import PointerMean, PointerShare, ReadyPointer
from reid.kernels.pointer_shape import STROKE_COLUMNS
from reid.samples.strokes import PAUSE_US
from reid.samples.table import SampleTable

_US_PER_MS: Final = 1000
_LONGEST_PAUSE_MS: Final = 600_000
_CODES: Final = {"kind", "sector"}
_DEVICE: Final = {"points", "points_per_s", "step_q25_s", "step_q50_s", "step_q75_s", "step_sd_s"}
_POSITION: Final = {"start_x_px", "start_y_px", "end_x_px", "end_y_px", "x_px", "y_px"}
_SCHEDULE: Final = {"pause_before_s", "pause_after_s", "since_click_s", "since_press_s"}
_CLICK: Final = {"rest_at_press_s", "hold_s"}
_KINDS: Final = (1.5, 2.5, 3.5)
_KIND_WORDS: Final = ("move", "move-to-drag", "click", "drag")
_EIGHTHS: Final = tuple(number + 0.5 for number in range(7))
_SIXTEENTHS: Final = tuple(number + 0.5 for number in range(15))
_YES_OR_NO: Final = (0.5,)
_CLOCK_EDGES_S: Final = tuple(step_ms / 1000 - 0.0005 for step_ms in range(1, 251, 2))
#: Columns of a stroke that are also told apart by its kind and by the length of the way it goes.
_BY_KIND: Final = (
    "duration_s", "straightness", "speed_max_px_per_s", "speed_px_per_s", "peak_time_share",
    "slowing_time_share", "deviation_share", "turn_total_rad", "submovements", "tail_speed_px_per_s",
    "first_heading_off_rad", "last_heading_off_rad", "acceleration_max_px_per_s2",
    "curvature_mean_rad_per_px", "speed_first_px_per_s", "speed_last_px_per_s", "initial_acceleration_s",
)  # fmt: skip
#: Columns that are also told apart by where the stroke goes.
_BY_SECTOR: Final = (
    "straightness", "speed_max_px_per_s", "deviation_left_px", "deviation_right_px", "turn_sum_rad",
    "first_heading_off_rad", "last_heading_off_rad", "speed_px_per_s",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Strokes:
    """Shape and speed of strokes and of their steps, clicks, wheel, pauses, and what tells the device.

    Means with counts, and shares of bins that hold equally many observations of the people learnt from.
    """

    name: ClassVar[str] = "strokes"
    pause_ms: float = PAUSE_US / _US_PER_MS  #: a longer time from move to move begins a stroke
    n_bins: int = 20  #: bins of a quantity of steps
    n_stroke_bins: int = 12  #: bins of a quantity of strokes, clicks or wheel turns
    n_part_bins: int = 8  #: bins of what is told apart by something else
    position: bool = False  #: also where on the screen

    def __post_init__(self) -> None:
        for name in ("n_bins", "n_stroke_bins", "n_part_bins"):
            if getattr(self, name) < 1:
                raise ParameterError.of(name, must="be 1 or more", found=getattr(self, name))
        if not 0 < self.pause_ms <= _LONGEST_PAUSE_MS:
            must = f"be above 0 and at most {_LONGEST_PAUSE_MS:,}"
            raise ParameterError.of("pause_ms", must=must, found=self.pause_ms)

    def fit(self, train: SampleTable) -> ReadyPointer:
        """Put the borders of bins where the observations of ``train`` lie.

        Raises
        ------
        TooFewError
            There is no pointer event.
        """
        check_pointer_events(train)
        pause_us = round(_US_PER_MS * self.pause_ms)
        borders = BinBorders(train, pause_us)
        shares = (
            *self._steps(borders), *self._strokes(borders), *self._clicks(borders), *self._wheel(borders)
        )  # fmt: skip
        return ReadyPointer(tuple(self._means()), tuple(block for block in shares if block.edges), pause_us)

    def _means(self) -> Iterator[PointerMean]:
        for column in STROKE_COLUMNS:
            if column not in _CODES and (self.position or column not in _POSITION):
                yield PointerMean("stroke", column, _channel(column))
        for column in ("hold_s", "rest_before_s", "rest_after_s", "double_click_gap_s", "drift_px"):
            yield PointerMean("click", column, "click")
        for column in PIECE_COLUMNS:
            yield PointerMean("piece", column, "schedule" if column.endswith("_per_min") else "device")

    def _steps(self, borders: BinBorders) -> Iterator[PointerShare]:
        def of(column: str, n_bins: int) -> tuple[float, ...]:
            return borders.of("step", column, n_bins)

        def share(
            column: str, edges: tuple[float, ...], given: str = "", by: tuple[float, ...] = ()
        ) -> PointerShare:
            return PointerShare("step", column, "path", edges, given, by)

        n, coarse = self.n_bins, self.n_part_bins
        speed = of("speed_px_per_s", coarse)
        yield share("speed_px_per_s", of("speed_px_per_s", n), "kind", _YES_OR_NO)
        yield share("length_px", of("length_px", n), "kind", _YES_OR_NO)
        yield share("turn_size_rad", of("turn_size_rad", self.n_stroke_bins), "kind", _YES_OR_NO)
        yield share("turn_rad", of("turn_rad", n))
        yield share("sector", _SIXTEENTHS, "kind", _YES_OR_NO)
        yield share("speed_ratio_log", of("speed_ratio_log", self.n_stroke_bins), "kind", _YES_OR_NO)
        yield share("turn_size_rad", of("turn_size_rad", coarse), "speed_px_per_s", speed)
        yield share("speed_ratio_log", of("speed_ratio_log", coarse), "speed_px_per_s", speed)
        yield share("speed_px_per_s", speed, "sector_of_8", _EIGHTHS)
        yield share("turn_rad", of("turn_rad", 6), "sector_of_8", _EIGHTHS)
        yield share("length_px2", tuple(number + 0.5 for number in range(40)))
        yield PointerShare("step", "duration_s", "device", _CLOCK_EDGES_S)

    def _strokes(self, borders: BinBorders) -> Iterator[PointerShare]:
        def share(column: str, n_bins: int, given: str = "", by: tuple[float, ...] = ()) -> PointerShare:
            edges = borders.of("stroke", column, n_bins)
            return PointerShare("stroke", column, _channel(column), edges, given, by)

        lengths = borders.of("stroke", "chord_px", 3)
        for column in STROKE_COLUMNS:
            if column in _CODES or (column in _POSITION and not self.position):
                continue
            yield share(column, self.n_stroke_bins)
            if column in _BY_KIND:
                yield share(column, self.n_part_bins, "kind", _KINDS)
                yield share(column, self.n_part_bins, "chord_px", lengths)
            if column in _BY_SECTOR:
                yield share(column, 5, "sector", _EIGHTHS)
        yield PointerShare("stroke", "kind", "click", _KINDS, words=_KIND_WORDS)
        yield PointerShare("stroke", "sector", "path", _EIGHTHS, "kind", _KINDS)

    def _clicks(self, borders: BinBorders) -> Iterator[PointerShare]:
        def share(column: str, given: str = "", by: tuple[float, ...] = ()) -> PointerShare:
            edges = borders.of("click", column, self.n_stroke_bins)
            channel = {"since_press_s": "schedule", "x_px": "position", "y_px": "position"}.get(
                column, "click"
            )
            return PointerShare("click", column, channel, edges, given, by)

        for column in (
            "hold_s",
            "rest_before_s",
            "rest_after_s",
            "double_click_gap_s",
            "drift_px",
            "since_press_s",
        ):
            yield share(column)
        yield share("hold_s", "is_double", _YES_OR_NO)
        for column, words in (("is_drag", ("still", "dragged")), ("is_double", ("single", "double"))):
            yield PointerShare("click", column, "click", _YES_OR_NO, words=words)
        buttons = tuple(number + 0.5 for number in range(len(BUTTONS)))
        yield PointerShare("click", "button", "click", buttons, words=(*BUTTONS, "unnamed"))
        if self.position:
            yield from (share("x_px"), share("y_px"))

    def _wheel(self, borders: BinBorders) -> Iterator[PointerShare]:
        for column, channel in (("delta", "device"), ("gap_s", "schedule")):
            yield PointerShare("wheel", column, channel, borders.of("wheel", column, self.n_stroke_bins))
        yield PointerShare("wheel", "is_down", "click", _YES_OR_NO, words=("up", "down"))
        yield PointerShare("wheel", "is_reversal", "click", _YES_OR_NO, words=("on", "back"))


def _channel(column: str) -> str:
    """Return the channel of a column of strokes."""
    named = {"device": _DEVICE, "position": _POSITION, "schedule": _SCHEDULE, "click": _CLICK}
    return next((channel for channel, columns in named.items() if column in columns), "path")
