"""A log as a row of acts: presses of keys, buttons and turns of the wheel, and what lies between them."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from reid.anonymizers.pointing import PointerRows
from reid.anonymizers.rewriting import press_numbers, times_of
from reid.events.keys import CLASS_OF_KEY, KEY_CLASSES, KEYS, UNIDENTIFIED
from reid.events.schema import EVENTS
from reid.events.table import EventTable
from reid.kernels.keystroke import pair_presses
from reid.typing import BoolArray, FloatArray, IntArray

#: Kinds of acts. A ``turn`` is a move that begins or ends the pointer's part in a session, trial or task.
KINDS: Final = (UNIDENTIFIED, *KEY_CLASSES, "button_down", "button_up", "wheel", "turn")
N_KEY_KINDS: Final = 1 + len(KEY_CLASSES)
#: Upper borders of the ways from the place of one pointer act to that of the next; a way below the first is
#: a rest in one place.
WAYS_PX: Final = (2.0, 8.0, 32.0, 128.0, 512.0)
N_WAYS: Final = len(WAYS_PX) + 1

_KIND_OF_KEY: Final = np.array([KINDS.index(CLASS_OF_KEY.get(key, key)) for key in KEYS])
_KIND_OF_EVENT: Final = np.array([KINDS.index(name) if name in KINDS else -1 for name in EVENTS])


@dataclass(frozen=True, slots=True, eq=False)
class Acts:
    """The acts of a table in the order of its rows; every array has shape (n_acts,) unless it says otherwise.

    What is typed and clicked, and in which order, are acts. When, with which releases, repeats and moves
    between them, is timing and motion.
    """

    row: IntArray  #: of the first press of a key, of a button, of a turn of the wheel or of a move
    session: IntArray
    is_first: BoolArray  #: of its session
    kind: IntArray  #: place in :data:`KINDS`
    before: IntArray  #: kind of the act before it; -1 on the first of a session
    way: IntArray  #: class of the way by :data:`WAYS_PX`; 0 on keys
    from_px: FloatArray  #: (n_acts, 2): place of the pointer act before it, or its own; 0 on keys
    to_px: FloatArray  #: (n_acts, 2): own place; 0 on keys
    gap_us: IntArray  #: from the act before it; 0 on the first of a session
    hold_us: FloatArray  #: of a key; NaN where it is not released, and on pointer acts
    move_starts: IntArray  #: places in :attr:`moves` of the moves between the act before and this one
    move_stops: IntArray
    moves: IntArray  #: (n_moves,): rows of the moves that are no acts

    @property
    def is_key(self) -> BoolArray:
        """Whether each act is the press of a key."""
        found: BoolArray = self.kind < N_KEY_KINDS
        return found

    @classmethod
    def of(cls, part: EventTable) -> Self:
        """Find the acts of a table."""
        frame, bounds = part.frame, part.session_bounds()
        time_us = times_of(frame)
        event = frame["event"].to_physical().to_numpy().astype(np.int64)
        press = press_numbers(frame)
        n_presses = int(press.max(initial=0)) + 1
        presses, hold_us, _ = pair_presses(time_us, event, press, bounds[:-1], bounds[1:], n_presses)
        session_of_row = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
        pointer = PointerRows.of(frame)
        is_turn = _begins_or_ends(frame, pointer.is_pointer, session_of_row) & pointer.is_move
        kind_of_row = _KIND_OF_EVENT[event]
        kind_of_row[is_turn] = KINDS.index("turn")
        key = frame["key"].to_physical().fill_null(0).to_numpy()
        kind_of_row[presses] = _KIND_OF_KEY[key[presses]]

        row = np.flatnonzero(kind_of_row >= 0)
        session, kind = session_of_row[row], kind_of_row[row]
        is_first = np.diff(session, prepend=-1) != 0
        moves = np.flatnonzero(pointer.is_move & ~is_turn)
        place_of_row = np.searchsorted(moves, row)
        hold_of_row = np.full(frame.height, np.nan)
        hold_of_row[presses] = hold_us
        place_px = np.column_stack([pointer.x_px, pointer.y_px])[row].astype(np.float64)
        from_px, to_px = _ways(place_px, kind, session)
        way_px = np.hypot(*(to_px - from_px).T)
        return cls(
            row=row,
            session=session,
            is_first=is_first,
            kind=kind,
            before=np.where(is_first, -1, np.concatenate([[-1], kind[:-1]])),
            way=np.where(kind < N_KEY_KINDS, 0, np.searchsorted(WAYS_PX, way_px, side="right")),
            from_px=from_px,
            to_px=to_px,
            gap_us=np.where(is_first, 0, np.diff(time_us[row], prepend=0)),
            hold_us=hold_of_row[row],
            move_starts=np.where(is_first, place_of_row, np.concatenate([[0], place_of_row[:-1]])),
            move_stops=place_of_row,
            moves=moves,
        )

    def clock(self, gap_us: IntArray) -> IntArray:
        """Return when each act comes, from the start of its session, where these are the gaps before them."""
        so_far = np.cumsum(np.where(self.is_first, 0, gap_us))
        since: IntArray = so_far - so_far[np.flatnonzero(self.is_first)][self.session]
        return since

    def people(self, part: EventTable) -> IntArray:
        """Return the place of each act's person in ``part.subjects``."""
        of_session = part.sessions.select(pl.col("subject_id").rle_id()).to_series().to_numpy()
        return of_session[self.session].astype(np.int64)


def _begins_or_ends(frame: pl.DataFrame, is_pointer: BoolArray, session_of_row: IntArray) -> BoolArray:
    """Mark the first and the last row of the pointer in each session, trial and task."""
    rows = np.flatnonzero(is_pointer)
    session = pl.Series("session", session_of_row)
    marked = np.zeros(session_of_row.size, dtype=np.bool_)
    if rows.size:  # labels of keys do not count: a release may bear that of the time at which it came
        pieces = pl.DataFrame([session, frame["trial"], frame["task"]])[rows]
        begins = np.diff(pieces.select(pl.struct(pl.all()).rle_id()).to_series().to_numpy(), prepend=-1) != 0
        marked[rows[begins]] = True
        marked[rows[np.append(begins[1:], True)]] = True
    return marked


def _ways(place_px: FloatArray, kind: IntArray, session: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return from where and to where the pointer went up to each act: float64, (n_acts, 2)."""
    is_key = kind < N_KEY_KINDS
    to_px = np.where(is_key[:, None], 0.0, np.nan_to_num(place_px.astype(np.float64)))
    from_px = to_px.copy()
    pointing = np.flatnonzero(~is_key)
    same = np.flatnonzero(np.diff(session[pointing]) == 0)
    from_px[pointing[same + 1]] = to_px[pointing[same]]
    return from_px, to_px
