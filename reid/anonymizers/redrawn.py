"""A log laid out anew from its acts: when, with which releases and with which moves is drawn from a law."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from reid.anonymizers.acts import WAYS_PX, Acts
from reid.anonymizers.group_laws import GroupLaw
from reid.anonymizers.observed import SAME_KINDS, Cells, Observed
from reid.anonymizers.pointing import LARGEST_PX
from reid.events.keys import KEYS, PHYSICAL_KEYS
from reid.events.schema import EVENT_COLUMNS, EVENTS
from reid.events.table import EventTable
from reid.typing import BoolArray, ComplexArray, FloatArray, IntArray

#: Where fewer than k people of the whole log ever did the like, nobody's time can be shown.
_NOBODYS_GAP_US: Final = 200_000
_NOBODYS_HOLD_US: Final = 80_000

_IS_PHYSICAL: Final = np.array([key in PHYSICAL_KEYS for key in KEYS])
_EVENTS: Final = pl.Series("event", EVENTS, dtype=EVENT_COLUMNS["event"])
_LABELS: Final = ("trial", "task")
_OF_ACTS: Final = ("char", "button", "wheel_dx", "wheel_dy")  # releases and moves have none
_LARGEST_STRETCH: Final = 4.0  # of a path that is turned to other ends; beyond, it is bent


@dataclass(frozen=True, slots=True, eq=False)
class Laws:
    """What is drawn from: observations, and who of which group made them."""

    observed: Observed
    cells: Cells
    gaps: GroupLaw
    holds: GroupLaw
    fewest: int  #: people that a law must pool

    @classmethod
    def of(cls, observed: Observed, cells: Cells, group_of_person: IntArray, fewest: int) -> Self:
        """Pool what was observed, by cell and group."""
        gaps = observed.gap_law(cells, group_of_person)
        return cls(observed, cells, gaps, observed.hold_law(cells, group_of_person), fewest)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Times and paths of the acts; every array has shape (n_acts,)."""

    gap_us: IntArray
    hold_us: IntArray  #: of keys; -1 where there is no release
    donor: IntArray  #: observation whose moves lead to the act; -1 where there are none


def redrawn(part: EventTable, acts: Acts, group: IntArray, uniform: FloatArray, laws: Laws) -> pl.DataFrame:
    """Return the rows of a part with times, releases and moves from the laws of groups.

    Of the part nothing is read but its acts in their order, with their places, keys and labels.

    Parameters
    ----------
    part : EventTable
        Events of whole people.
    acts : Acts
        Its acts.
    group : int64 array of shape (n_acts,)
        Group of each act's person.
    uniform : float64 array of shape (n_acts, 4)
        Independent draws, uniform on ``[0, 1)``.
    laws : Laws
        What is drawn from.

    Returns
    -------
    DataFrame
        Columns of :data:`~reid.events.schema.EVENT_COLUMNS`, sorted by session and time.
    """
    drawn = _draw(acts, group, uniform, laws)
    time_us = acts.clock(drawn.gap_us)
    key = part.frame["key"].to_physical().fill_null(0).to_numpy()[acts.row].astype(np.int64)
    released = np.flatnonzero(acts.is_key & (drawn.hold_us >= 0))
    up_us = released_before_next(time_us + drawn.hold_us, time_us, key, acts)[released]
    mover, moves = laws.observed.moves_of(drawn.donor[drawn.donor >= 0])
    mover = np.flatnonzero(drawn.donor >= 0)[mover]
    move_us = time_us[mover] - drawn.gap_us[mover] + laws.observed.since_us[moves]
    place_px = _turned(laws.observed, drawn.donor[mover], moves, acts, mover)

    n_acts = acts.row.size
    act = np.concatenate([np.arange(n_acts), released, mover])
    what = np.repeat([0, 1, 2], [n_acts, released.size, mover.size])
    at_us = np.concatenate([time_us, up_us, move_us])
    # At one time moves come before the act to which they lead, and releases after their presses.
    place = 4 * act + np.array([0, 1, -1])[what]
    order = np.lexsort((place, at_us, acts.session[act]))
    px = np.full((act.size, 2), np.nan)
    px[n_acts + released.size :] = place_px
    return _rows(part.frame, acts, act[order], what[order], at_us[order], px[order])


def _draw(acts: Acts, group: IntArray, uniform: FloatArray, laws: Laws) -> _Drawn:
    """Draw a gap before each act, with its moves, and a hold for each key."""
    seen, n_acts = laws.observed, acts.row.size
    later = np.flatnonzero(~acts.is_first)
    cells = laws.cells.of_gaps(acts.before[later], acts.kind[later], acts.way[later])
    level, first, stop = laws.gaps.backed_off(cells, group[later], laws.fewest, everybody=True)
    known = level >= 0
    row = np.full(n_acts, -1, dtype=np.int64)
    drawn = later[known]
    row[drawn] = laws.gaps.draw(first[known], stop[known], uniform[drawn, 0], uniform[drawn, 1])
    gap_us = np.full(n_acts, _NOBODYS_GAP_US)
    gap_us[drawn] = seen.gap_us[row[drawn]]
    # A hold that was seen with the gap that follows it keeps how keys overlap.
    together = later[level == SAME_KINDS]
    hold_us = np.full(n_acts, np.nan)
    hold_us[together - 1] = seen.hold_before_us[row[together]]
    apart = np.flatnonzero(acts.is_key & np.isnan(hold_us))
    cells = laws.cells.of_holds(acts.kind[apart])
    level, first, stop = laws.holds.backed_off(cells, group[apart], laws.fewest, everybody=True)
    known = level >= 0
    held = apart[known]
    hold_us[held] = seen.held_us[
        laws.holds.draw(first[known], stop[known], uniform[held, 2], uniform[held, 3])
    ]
    hold_us[apart[~known]] = _NOBODYS_HOLD_US if seen.held_us.size else -1
    whole_us = np.where(acts.is_key, hold_us, -1).astype(np.int64)
    return _Drawn(gap_us, whole_us, np.where(acts.is_key, -1, row))


def released_before_next(up_us: IntArray, time_us: IntArray, key: IntArray, acts: Acts) -> IntArray:
    """Bring releases forward to the next press of the same key in the session: nobody presses a key twice.

    Parameters
    ----------
    up_us : int64 array of shape (n_acts,)
        When the key of each act comes up; anything on other acts.
    time_us : int64 array of shape (n_acts,)
        When the act comes, non-decreasing within a session.
    key : int64 array of shape (n_acts,)
        Number of the key. A masked key is no key: those that share its class may be several.
    acts : Acts
        Of which ``session`` and ``is_key`` are read.

    Returns
    -------
    int64 array of shape (n_acts,)
    """
    presses = np.flatnonzero(acts.is_key & _IS_PHYSICAL[key])
    order = presses[np.lexsort((presses, key[presses], acts.session[presses]))]
    again = (np.diff(acts.session[order]) == 0) & (np.diff(key[order]) == 0)
    early = up_us.copy()
    before, after = order[:-1][again], order[1:][again]
    early[before] = np.minimum(early[before], time_us[after])
    return early


def _turned(seen: Observed, donor: IntArray, moves: IntArray, acts: Acts, mover: IntArray) -> FloatArray:
    """Return the places of moves on paths that were turned and stretched onto other ends, in whole pixels.

    Where that would stretch a path beyond likeness, and where it or the way leads back to where it began,
    the path is not turned but bent: its end is brought to the other end, and the rest the more, the later.
    """
    start, end = (_complex(place[donor]) for place in (seen.from_px, seen.to_px))
    own_start, own_end = (_complex(place[mover]) for place in (acts.from_px, acts.to_px))
    chord, own_chord = end - start, own_end - own_start
    off = _complex(seen.move_px[moves].astype(np.float64)) - start
    long_enough = (abs(chord) >= WAYS_PX[0]) & (abs(own_chord) >= WAYS_PX[0])
    turn = np.divide(own_chord, chord, out=np.ones_like(chord), where=long_enough)
    alike = long_enough & (abs(turn) <= _LARGEST_STRETCH) & (abs(turn) >= 1 / _LARGEST_STRETCH)
    share = seen.since_us[moves] / np.maximum(seen.gap_us[donor], 1)
    placed = own_start + np.where(alike, off * turn, off + share * (own_chord - chord))
    px = np.round(np.column_stack([placed.real, placed.imag])) + 0.0  # no negative zero
    return np.clip(px, -LARGEST_PX, LARGEST_PX)


def _complex(place_px: FloatArray) -> ComplexArray:
    return np.asarray(place_px[:, 0] + 1j * place_px[:, 1])


def _rows(
    frame: pl.DataFrame, acts: Acts, act: IntArray, what: IntArray, time_us: IntArray, px: FloatArray
) -> pl.DataFrame:
    """Return rows of acts (0), releases (1) and moves (2)."""
    is_act, is_move = what == 0, what == 2  # noqa: PLR2004  as said above
    absent = [name for name in EVENT_COLUMNS if frame[name].null_count() == frame.height]
    taken = [name for name in EVENT_COLUMNS if name not in {*absent, *_LABELS, "time_us", "press"}]
    rows = frame.select(taken)[acts.row[act]]
    first_key = np.concatenate([[0], np.cumsum(acts.is_key)])[np.flatnonzero(acts.is_first)][acts.session]
    press = np.cumsum(acts.is_key) - 1 - first_key
    event = np.where(is_act, rows["event"].to_physical().to_numpy(), 0)
    event[what == 1], event[is_move] = EVENTS.index("key_up"), EVENTS.index("move")
    changed: list[pl.Series | pl.Expr] = [
        pl.Series("time_us", time_us),
        _EVENTS[event].alias("event"),
        _where(pl.Series("press", np.maximum(press, 0)[act]).cast(pl.UInt32), acts.is_key[act] & ~is_move),
        *(_where(rows[name], is_act) for name in _OF_ACTS if name not in absent),
    ]
    if "key" not in absent:
        changed.append(_where(rows["key"], ~is_move))
    if "x_px" not in absent:
        for axis, name in enumerate(("x_px", "y_px")):
            drawn = pl.Series(name, px[:, axis].astype(np.float32), nan_to_null=True)
            changed.append(rows[name].zip_with(pl.Series(is_act), drawn))
    beside = labelled_by(acts.row[act], is_act)
    labels = [frame[name][beside] for name in _LABELS if name not in absent]
    nothing = [pl.lit(None, dtype=EVENT_COLUMNS[name]).alias(name) for name in absent]
    return rows.with_columns(*nothing).with_columns(*changed, *labels).select(*EVENT_COLUMNS)


def labelled_by(row: IntArray, is_act: BoolArray) -> IntArray:
    """Return the row of the last act up to each row, whose trial and task it takes, so that these stay whole.

    Examples
    --------
    >>> labelled_by(np.array([10, 12, 10, 14]), np.array([True, True, False, True])).tolist()
    [10, 12, 12, 14]
    """
    last = np.maximum.accumulate(np.where(is_act, np.arange(row.size), 0))
    return row[last]


def _where(column: pl.Series, keep: BoolArray) -> pl.Series:
    return column.zip_with(pl.Series(keep), pl.Series(column.name, [None], dtype=column.dtype))
