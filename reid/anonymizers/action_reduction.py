"""Raw input reduced to actions: click, drag, scroll and runs of keys."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.anonymizers.composition import PLACES, TIMES, Fixed, Strategy
from reid.anonymizers.milliseconds import in_milliseconds, whole_microseconds
from reid.anonymizers.pointing import PointerRows, in_pixels
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import press_numbers, rewritten, times_of
from reid.errors import ParameterError
from reid.events.keys import CLASS_OF_KEY, KEYS
from reid.events.schema import EVENTS
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import BoolArray, Float32Array, IntArray

STEP_WITHIN_US: Final = 1000
_LONGEST_MS: Final = 86_400_000.0  # a day; sums over the actions of a session stay inside 64 bits
_ANYWHERE_ELSE_PX: Final = 1e-9  # where no way is too short for a drag, only the same place is the same
_DOUBLE_CLICK_US: Final = 500_000  # between two presses, as desktops have it
_LABELS: Final = ("trial", "task")  # a release takes those of its press
_DOWN, _UP, _MOVE = (EVENTS.index(name) for name in ("key_down", "key_up", "move"))
_BUTTON_DOWN, _BUTTON_UP, _WHEEL = (EVENTS.index(name) for name in ("button_down", "button_up", "wheel"))
_IS_MODIFIER: Final = np.array([CLASS_OF_KEY.get(key, key) == "modifier" for key in KEYS])
#: Kind of action that each kind of event belongs to: keys, buttons, wheel or (a lone) move.
_ACTION_OF_EVENT: Final = np.array(
    [{_DOWN: 0, _UP: 0, _BUTTON_DOWN: 1, _BUTTON_UP: 1, _WHEEL: 2, _MOVE: 3}[n] for n in range(len(EVENTS))]
)
_ON_BUTTONS, _ON_WHEEL = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionReduction(Fixed):
    """Reduce a log to what it says was done: clicks, drags, scrolls and runs of keys.

    An action is a run of key events that no click or scroll interrupts; the press and release of a button,
    with a second press within half a second in the same place (a double click); or the turns of the wheel
    in one place and direction, added up. A new trial or task begins a new action.

    - Text is kept exactly: every press in its order with its character, every auto-repeat of a key that
      writes, corrections as they were made. Each key comes up right after it last went down, so overlaps are
      gone; modifiers stay down for the presses for which they were down, and their auto-repeats are left out.
    - Each press of a button stays exactly where it was. Its release stands there too unless it lies
      ``drag_px`` or further away: that is a drag, and its end stays.
    - All moves are left out; a session of nothing else keeps its last.
    - Of times, only when each action began is told, floored to a multiple of ``step_ms`` from the session's
      start, or later where the action before it has not ended by then. The events of an action follow each
      other at 1 ms, whatever their times were.

    What is left to recognise people by is what they did: words, errors, corrections and shortcuts, the side
    of the modifiers, the places of clicks, and how much is done from one action to the next.

    References
    ----------
    .. [1] Wang, X., et al. (2025). OpenCUA: Open Foundations for Computer-Use Agents. arXiv:2508.09123.
       The reduction of raw input there is the model; here every event stays an event, so that any attack on
       a log runs on its reduction too.
    """

    name: ClassVar[str] = "action-reduction"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES, PLACES})
    step_ms: float = 1000  #: of the times at which actions begin; from 0.001 to a day, whole microseconds
    drag_px: float = 4  #: shortest way from press to release that is a drag, from 0

    def __post_init__(self) -> None:
        whole_microseconds("step_ms", self.step_ms)
        if self.step_ms > _LONGEST_MS:
            must = f"be at most {_LONGEST_MS:.0f} (milliseconds, a day)"
            raise ParameterError.of("step_ms", must=must, found=self.step_ms)
        in_pixels("drag_px", self.drag_px, least=0)

    def keeps(self, claim: Claim) -> bool:
        """Keep a grid of pixels, since places are recorded ones, and a grid of times that fits both steps."""
        if claim.step_px is not None:
            return True
        if claim.step_us is not None:
            step_us = whole_microseconds("step_ms", self.step_ms)
            return step_us % claim.step_us == 0 and STEP_WITHIN_US % claim.step_us == 0
        return Strategy.keeps(self, claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part reduced to actions."""
        step_us = whole_microseconds("step_ms", self.step_ms)
        rows, beside, session = _rows_that_act(part)
        frame = part.frame[rows].with_columns(*(part.frame[name][beside] for name in _LABELS))
        pointer = PointerRows.of(frame)
        event = frame["event"].to_physical().to_numpy().astype(np.int64)
        button = frame["button"].to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
        x_px, y_px = pointer.x_px.copy(), pointer.y_px.copy()
        _release_where_pressed(x_px, y_px, event, session * 16 + button, self.drag_px)
        begins = _begins_action(frame, pointer, event, button, session, self.drag_px)
        action = np.cumsum(begins) - 1
        first = np.flatnonzero(begins)
        on_wheel = event == _WHEEL
        x_px[on_wheel], y_px[on_wheel] = (place[first[action[on_wheel]]] for place in (x_px, y_px))
        within = np.where(on_wheel, 0, np.arange(rows.size) - first[action])  # turns are added up below
        last = np.append(first[1:], rows.size) - 1
        start_us = _started(times_of(frame)[first], within[last] * STEP_WITHIN_US, session[first], step_us)
        reduced = frame.with_columns(
            pl.Series("time_us", start_us[action] + within * STEP_WITHIN_US),
            pl.Series("x_px", x_px, nan_to_null=True),
            pl.Series("y_px", y_px, nan_to_null=True),
        )
        return Release(rewritten(part, reduced), claims=(_claim(step_us),))


def _claim(step_us: int) -> Claim:
    statement = (
        f"Of times, only when each action (a click, drag or scroll, or a run of keys between those) began is "
        f"told, to {in_milliseconds(step_us)} ms; within an action no rhythm, no time for which a key or "
        f"button was held and no way of the pointer is left."
    )
    # What later steps make of a reduction holds nothing of what was left out.
    return Claim(
        "actions", statement, source="OpenCUA (arXiv:2508.09123)", survives=("times", "keys", "places")
    )


def _rows_that_act(part: EventTable) -> tuple[IntArray, IntArray, IntArray]:
    """Return the rows that stay in their new order, the row whose labels each takes, and its session.

    The release of a key that is no modifier goes right behind the last row on which the key goes down.
    """
    frame, bounds = part.frame, part.session_bounds()
    session = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
    event = frame["event"].to_physical().to_numpy()
    is_modifier = _IS_MODIFIER[frame["key"].to_physical().fill_null(0).to_numpy()]
    press = press_numbers(frame)
    one_press = session * (int(press.max(initial=0)) + 1) + press  # the same within a press of a session

    downs = np.flatnonzero(event == _DOWN)
    pressed, first_of_press = np.unique(one_press[downs], return_index=True)
    last_down = np.zeros(pressed.size, dtype=np.int64)
    number = np.searchsorted(pressed, one_press[downs])
    np.maximum.at(last_down, number, downs)
    stays = event != _MOVE
    stays[downs] = ~is_modifier[downs]
    stays[downs[first_of_press]] = True

    acts = np.zeros(bounds.size - 1, dtype=np.bool_)
    acts[session[stays]] = True
    stays[bounds[1:][~acts] - 1] = True  # the last move of a session of moves alone

    beside = np.arange(frame.height)
    ups = np.flatnonzero((event == _UP) & ~is_modifier)
    beside[ups] = last_down[np.searchsorted(pressed, one_press[ups])]
    rows = np.flatnonzero(stays)
    order = np.lexsort((rows != beside[rows], beside[rows]))
    rows = rows[order]
    return rows, beside[rows], session[rows]


def _release_where_pressed(
    x_px: Float32Array, y_px: Float32Array, event: IntArray, one_button: IntArray, drag_px: float
) -> None:
    """Put each release of a button that is no drag where the button was last pressed, in place.

    ``one_button`` is the same on rows of one button of one session.
    """
    on_buttons = np.flatnonzero(_ACTION_OF_EVENT[event] == _ON_BUTTONS)
    rows = on_buttons[np.argsort(one_button[on_buttons], kind="stable")]
    down, up = rows[:-1], rows[1:]
    pairs = (event[down] == _BUTTON_DOWN) & (event[up] == _BUTTON_UP) & (one_button[down] == one_button[up])
    pairs &= ~_is_far(x_px, y_px, down, up, drag_px)
    x_px[up[pairs]], y_px[up[pairs]] = x_px[down[pairs]], y_px[down[pairs]]


def _is_far(
    x_px: Float32Array, y_px: Float32Array, one: IntArray, other: IntArray, far_px: float
) -> BoolArray:
    """Mark the pairs of rows whose places lie ``far_px`` apart or further."""
    across, along = (place[other].astype(np.float64) - place[one] for place in (x_px, y_px))
    far: BoolArray = np.hypot(across, along) >= far_px
    return far


def _begins_action(
    frame: pl.DataFrame,
    pointer: PointerRows,
    event: IntArray,
    button: IntArray,
    session: IntArray,
    drag_px: float,
) -> BoolArray:
    """Mark the rows on which an action begins."""
    x_px, y_px, time_us = pointer.x_px, pointer.y_px, times_of(frame)
    kind = _ACTION_OF_EVENT[event]
    begins = np.ones(event.size, dtype=np.bool_)
    one, other = np.arange(event.size - 1), np.arange(1, event.size)
    begins[1:] = (
        (session[1:] != session[:-1])
        | (pointer.label[1:] != pointer.label[:-1])
        | (kind[1:] != kind[:-1])
        | (event[1:] == _BUTTON_DOWN)
    )
    wheel = [frame[name].fill_null(0).to_numpy() for name in ("wheel_dx", "wheel_dy")]
    turned = np.any([np.sign(by[1:]) * np.sign(by[:-1]) < 0 for by in wheel], axis=0)
    elsewhere = _is_far(x_px, y_px, one, other, max(drag_px, _ANYWHERE_ELSE_PX))
    begins[1:] |= (kind[1:] == _ON_WHEEL) & (turned | elsewhere)

    again = other[1:][
        (event[2:] == _BUTTON_DOWN) & (event[1:-1] == _BUTTON_UP) & (event[:-2] == _BUTTON_DOWN)
    ]
    is_double = (button[again] == button[again - 1]) & (button[again] == button[again - 2])
    is_double &= session[again] == session[again - 2]
    is_double &= pointer.label[again] == pointer.label[again - 2]
    is_double &= time_us[again] - time_us[again - 2] <= _DOUBLE_CLICK_US
    is_double &= ~_is_far(x_px, y_px, again - 2, again, max(drag_px, _ANYWHERE_ELSE_PX))
    begins[again[is_double]] = False
    return begins


def _started(time_us: IntArray, length_us: IntArray, session: IntArray, step_us: int) -> IntArray:
    """Return when each action begins: at the grid point before its time, or after the one before it.

    With ``s[i] = max(floor(t[i]), s[i-1] + a[i-1])`` and ``A`` the sum of the ``a`` before an action,
    ``s[i] - A[i]`` is the running maximum of ``floor(t[i]) - A[i]``.
    """
    room_us = -(-(length_us + STEP_WITHIN_US) // step_us) * step_us
    before_us = np.cumsum(room_us) - room_us
    is_first = np.diff(session, prepend=-1) != 0
    before_us -= np.repeat(before_us[is_first], np.diff(np.append(np.flatnonzero(is_first), session.size)))
    free = pl.DataFrame({"session": session, "free_us": time_us - time_us % step_us - before_us})
    earliest = free.select(pl.col("free_us").cum_max().over("session")).to_series().to_numpy()
    started: IntArray = earliest + before_us
    return started
