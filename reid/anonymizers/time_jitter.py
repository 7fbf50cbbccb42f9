"""Random noise on event times."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.modes import one_of
from reid.anonymizers.release import Release, by_subject
from reid.anonymizers.rewriting import from_first_event, press_numbers, reordered, times_of, with_times
from reid.errors import ParameterError
from reid.events.keys import KEYS
from reid.events.schema import BUTTONS, EVENTS, KEY_EVENTS
from reid.events.table import EventTable
from reid.kernels.delay import running_maximum
from reid.kernels.reordering import first_alike, order_by_time, raised_within
from reid.registry import written
from reid.seeding import Streams
from reid.typing import IntArray

_UNIFORM, _GAUSSIAN, _LAPLACE = "uniform", "gaussian", "laplace"
_EVENT, _SESSION = "event", "session"
_KEPT, _SORTED = "kept", "sorted"
NOISES: Final = (_UNIFORM, _GAUSSIAN, _LAPLACE)

_IS_KEY: Final = np.array([event in KEY_EVENTS for event in EVENTS])
_IS_BUTTON: Final = np.array([event in {"button_down", "button_up"} for event in EVENTS])
_N_BUTTONS: Final = 1 + len(BUTTONS)  # and none named


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
        bounds = part.session_bounds()
        shift_us = by_subject(part, streams, self._drawn_us).to_numpy(writable=True)
        if self.per == _SESSION:
            slot, n_slots = _kinds(part)
            shift_us = shift_us[first_alike(slot, bounds, n_slots)]
        moved_us = times_of(part.frame) + shift_us
        seeded = not streams.secret
        if self.order == _KEPT:
            moved_us = running_maximum(moved_us, bounds)
            return Release(with_times(part, from_first_event(moved_us, bounds)), seeded=seeded)
        slot, n_slots = _in_order(part)
        moved_us = raised_within(moved_us, slot, bounds, n_slots)
        order = order_by_time(moved_us, bounds)
        return Release(reordered(part, order, from_first_event(moved_us[order], bounds)), seeded=seeded)

    def _drawn_us(self, rng: np.random.Generator, n: int) -> np.ndarray[Any, Any]:
        size_us = self._size_us()
        if self.noise == _UNIFORM:
            return rng.integers(-size_us, size_us, n, endpoint=True)
        draw = rng.normal if self.noise == _GAUSSIAN else rng.laplace
        return np.rint(draw(0.0, size_us, n)).astype(np.int64)


def _kinds(part: EventTable) -> tuple[IntArray, int]:
    """Return a number for the kind of each event, with the key or button it is of, and one above all."""
    event = part.frame["event"].to_physical().to_numpy().astype(np.int64)
    key = part.frame["key"].to_physical().fill_null(0).to_numpy().astype(np.int64)
    button = part.frame["button"].to_physical().fill_null(_N_BUTTONS - 1).to_numpy().astype(np.int64)
    n_of_keys = len(KEY_EVENTS) * len(KEYS)
    kind = np.where(_IS_KEY[event], event * len(KEYS) + key, n_of_keys + event * _N_BUTTONS + button)
    return kind, n_of_keys + len(EVENTS) * _N_BUTTONS


def _in_order(part: EventTable) -> tuple[IntArray, int]:
    """Return a number for each press of a key, one for all buttons, -1 elsewhere, and one above all."""
    event = part.frame["event"].to_physical().to_numpy()
    press = press_numbers(part.frame)
    of_buttons = int(press.max()) + 1
    return np.where(_IS_KEY[event], press, np.where(_IS_BUTTON[event], of_buttons, -1)), of_buttons + 1
