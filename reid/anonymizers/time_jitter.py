"""Random noise on event times."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.anonymizers.blocks import Block, blocks_of, retimed
from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.modes import one_of
from reid.anonymizers.release import Release
from reid.anonymizers.rewriting import numbers_of, press_numbers, reordered
from reid.errors import ParameterError
from reid.events.keys import KEYS
from reid.events.schema import BUTTONS, EVENTS, KEY_EVENTS
from reid.events.table import EventTable
from reid.kernels.delay import from_first_event, running_maximum
from reid.kernels.noise import gaussian_noise, laplace_noise, uniform_noise
from reid.kernels.reordering import first_alike, order_by_time, raised_within
from reid.registry import written
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray

_UNIFORM, _GAUSSIAN, _LAPLACE = "uniform", "gaussian", "laplace"
_EVENT, _SESSION = "event", "session"
_KEPT, _SORTED = "kept", "sorted"
NOISES: Final = (_UNIFORM, _GAUSSIAN, _LAPLACE)

_IS_KEY: Final = np.array([event in KEY_EVENTS for event in EVENTS])
_IS_BUTTON: Final = np.array([event in {"button_down", "button_up"} for event in EVENTS])
_KINDS_OF_EVENT: Final = len(KEYS) + len(BUTTONS)
_FIRST_KIND: Final = np.arange(len(EVENTS)) * _KINDS_OF_EVENT


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeJitter(Fixed):
    """Move every event by random noise.

    Event i at ``t_i`` is moved to ``t_i + s_i`` by noise of mean 0, rounded to whole microseconds:
    ``uniform`` between ``-bound_ms`` and ``bound_ms``, ``gaussian`` with standard deviation ``scale_ms``, or
    ``laplace`` with scale ``scale_ms`` (standard deviation 1.41 times that). Noise is drawn anew for each
    ``event``, or once a ``session`` for each kind of event: presses of one key, releases of one key, moves,
    presses of one button and so on. (One shift of all would do nothing, since a session starts at 0.) Such
    noise does not average out within a session, only over sessions.

    With the order ``kept``, event i gets the time ``max over j <= i of (t_j + s_j)``. With the order
    ``sorted``, events stand in the order of their moved times, which hides far more where noise is larger
    than the time between events, and scrambles what was typed and where the pointer went. Yet the events of
    one press of a key, and the presses and releases of buttons, keep their order by a maximum of their own,
    so that no release comes before its press; a key may go down again before it came up. Trials and tasks
    hold as many rows as before.

    Times are counted from the session's first event. It claims nothing: noise that averages out proves
    nothing.
    """

    name: ClassVar[str] = "time-jitter"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    bound_ms: float | None = None  #: largest shift of uniform noise, from 0.001, whole microseconds
    scale_ms: float | None = None  #: of gaussian or laplace noise, from 0.001, whole microseconds
    noise: str = _UNIFORM  #: ``uniform``, ``gaussian`` or ``laplace``
    per: str = _EVENT  #: ``event`` or ``session``
    order: str = _KEPT  #: ``kept`` or ``sorted``

    def __post_init__(self) -> None:
        one_of("noise", self.noise, NOISES)
        one_of("per", self.per, (_EVENT, _SESSION))
        one_of("order", self.order, (_KEPT, _SORTED))
        sizes = {"bound_ms": self.bound_ms, "scale_ms": self.scale_ms}
        given = [name for name, value_ms in sizes.items() if value_ms is not None]
        wanted = "bound_ms" if self.noise == _UNIFORM else "scale_ms"
        if given != [wanted]:
            must, found = f"name {wanted} and no other size", " and ".join(given) or "none"
            raise ParameterError.of(f"time-jitter with {self.noise} noise", must=must, found=found)
        self._size_us()

    def __str__(self) -> str:
        return written(self)  # one of both sizes has no value

    def _size_us(self) -> int:
        if self.bound_ms is not None:
            return whole_microseconds("bound_ms", self.bound_ms)
        return whole_microseconds("scale_ms", self.scale_ms or 0.0)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with moved times; each person's noise comes from the person's own stream."""
        seeded = not streams.secret
        if self.order == _KEPT:
            return Release(retimed(part, lambda block: self._kept_us(part, block, streams)), seeded=seeded)
        time_us, order = np.empty((2, len(part)), dtype=np.int64)
        for block in blocks_of(part):
            slot, n_slots = _in_order(part.frame[block.rows])
            moved_us = raised_within(self._moved_us(part, block, streams), slot, block.bounds, n_slots)
            own_order = order_by_time(moved_us, block.bounds)
            time_us[block.rows] = from_first_event(moved_us[own_order], block.bounds)
            order[block.rows] = own_order + block.rows.start
        return Release(reordered(part, order, time_us), seeded=seeded)

    def _kept_us(self, part: EventTable, block: Block, streams: Streams) -> IntArray:
        moved_us = running_maximum(self._moved_us(part, block, streams), block.bounds)
        return from_first_event(moved_us, block.bounds)

    def _moved_us(self, part: EventTable, block: Block, streams: Streams) -> IntArray:
        moved_us = self._noise_us(block.uniform(streams))
        if self.per == _SESSION:
            slot, n_slots = _kinds(part.frame[block.rows])
            moved_us = moved_us[first_alike(slot, block.bounds, n_slots)]
        moved_us += block.time_us
        return moved_us

    def _noise_us(self, uniform: FloatArray) -> IntArray:
        size_us = self._size_us()
        if self.noise == _UNIFORM:
            return uniform_noise(uniform, size_us)
        of_law = gaussian_noise if self.noise == _GAUSSIAN else laplace_noise
        return of_law(uniform, float(size_us))


def _kinds(frame: pl.DataFrame) -> tuple[IntArray, int]:
    """Return a number for the kind of each event, with the key or button it is of, and one above all."""
    kind = _FIRST_KIND[frame["event"].to_physical().to_numpy()] + numbers_of(frame["key"])
    button = frame["button"]
    if button.null_count() < button.len():
        kind += numbers_of(button.to_physical().cast(pl.Int64) + 1)
    return kind, len(EVENTS) * _KINDS_OF_EVENT


def _in_order(frame: pl.DataFrame) -> tuple[IntArray, int]:
    """Return a number for each press of a key, one for all buttons, -1 elsewhere, and one above all."""
    event = frame["event"].to_physical().to_numpy()
    press = press_numbers(frame)
    of_buttons = int(press.max()) + 1
    return np.where(_IS_KEY[event], press, np.where(_IS_BUTTON[event], of_buttons, -1)), of_buttons + 1
