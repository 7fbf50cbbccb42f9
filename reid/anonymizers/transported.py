"""A log whose gaps and holds were moved by rank onto the law of a group."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from reid.anonymizers.acts import Acts
from reid.anonymizers.group_laws import Quantiles, ranks
from reid.anonymizers.observed import Cells
from reid.anonymizers.redrawn import Laws, labelled_by, released_before_next
from reid.anonymizers.rewriting import press_numbers, times_of
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.kernels.reordering import order_by_time
from reid.typing import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class RankLaws:
    """The pooled gaps and holds of groups."""

    cells: Cells
    gaps: Quantiles
    holds: Quantiles
    fewest: int  #: people that a law should pool

    @classmethod
    def of(cls, laws: Laws) -> Self:
        """Pool what was observed."""
        gaps = Quantiles.of(laws.gaps, laws.observed.gap_us.astype(np.float64))
        return cls(laws.cells, gaps, Quantiles.of(laws.holds, laws.observed.held_us), laws.fewest)


def transported(
    part: EventTable, acts: Acts, person: IntArray, group: IntArray, laws: RankLaws
) -> pl.DataFrame:
    """Return the rows of a part with gaps and holds of the same ranks in the laws of groups.

    Repeats of a key keep their share of its hold, moves their share of the gap in which they lie.

    Parameters
    ----------
    part : EventTable
        Events of whole people.
    acts : Acts
        Its acts.
    person, group : int64 arrays of shape (n_acts,)
        Number of each act's person, and the person's group.
    laws : RankLaws
        Whose values stand for whose.

    Returns
    -------
    DataFrame
        The same rows at other times, sorted by session and time.
    """
    frame = part.frame
    later = np.flatnonzero(~acts.is_first)
    held = np.flatnonzero(acts.is_key & ~np.isnan(acts.hold_us))
    gap_us, hold_us = acts.gap_us.copy(), np.nan_to_num(acts.hold_us).astype(np.int64)
    cells = laws.cells.of_gaps(acts.before[later], acts.kind[later], acts.way[later])
    gap_us[later] = _moved(laws.gaps, cells, person[later], group[later], gap_us[later], laws.fewest)
    cells = laws.cells.of_holds(acts.kind[held])
    hold_us[held] = _moved(laws.holds, cells, person[held], group[held], hold_us[held], laws.fewest)
    act_us = acts.clock(gap_us)
    key = frame["key"].to_physical().fill_null(0).to_numpy()[acts.row].astype(np.int64)
    hold_us = released_before_next(act_us + hold_us, act_us, key, acts) - act_us

    time_us = np.empty(frame.height, dtype=np.int64)
    time_us[acts.row] = act_us
    _place_moves(time_us, times_of(frame), gap_us, acts)
    _place_releases(time_us, part, hold_us, acts)
    order = order_by_time(time_us, part.session_bounds())
    is_act = np.zeros(frame.height, dtype=np.bool_)
    is_act[acts.row] = True
    placed = frame.drop(*SESSION, "time_us", "trial", "task")[order]  # rows stay in their session
    labels = frame.select("trial", "task")[labelled_by(order, is_act[order])]
    return frame.with_columns(pl.Series("time_us", time_us[order]), *placed, *labels)


def _moved(
    law: Quantiles, cells: IntArray, person: IntArray, group: IntArray, value_us: IntArray, fewest: int
) -> IntArray:
    """Return values of the same rank in the law of the group; those stay for which it has none."""
    level, _, _ = law.law.backed_off(cells, group, fewest, everybody=False)
    first, stop = law.law.members(cells[-1], group)
    level = np.where((level < 0) & (first < stop), len(cells) - 1, level)
    known = level >= 0
    cell = cells[level, np.arange(group.size)][known]
    moved = value_us.copy()
    share = ranks(cell, person[known], value_us[known].astype(np.float64))
    moved[known] = law.at(cell, group[known], share).astype(np.int64)
    return moved


def _place_moves(time_us: IntArray, source_us: IntArray, gap_us: IntArray, acts: Acts) -> None:
    """Write the times of the moves between acts."""
    n_moves = acts.move_stops - acts.move_starts
    act = np.repeat(np.arange(acts.row.size), n_moves)
    rows = acts.moves[np.arange(act.size) + (acts.move_starts - np.cumsum(n_moves) + n_moves)[act]]
    since_us = source_us[rows] - source_us[acts.row[act - 1]]
    share = since_us / np.maximum(acts.gap_us[act], 1)
    time_us[rows] = time_us[acts.row[act - 1]] + (share * gap_us[act]).astype(np.int64)


def _place_releases(time_us: IntArray, part: EventTable, hold_us: IntArray, acts: Acts) -> None:
    """Write the times of releases and repeats of keys; those of a key that stays down keep their lag."""
    source_us = times_of(part.frame)
    rows, act = _of_presses(part, acts)
    lag_us = source_us[rows] - source_us[acts.row[act]]
    source_hold_us = acts.hold_us[act]
    share = np.divide(lag_us, source_hold_us, out=np.ones(rows.size), where=source_hold_us > 0)
    within_us = (share * hold_us[act]).astype(np.int64)
    time_us[rows] = time_us[acts.row[act]] + np.where(np.isnan(source_hold_us), lag_us, within_us)


def _of_presses(part: EventTable, acts: Acts) -> tuple[IntArray, IntArray]:
    """Return the rows of releases and repeats, and the act with which each key went down."""
    frame = part.frame
    is_key = frame["key"].is_not_null().to_numpy(writable=True)
    is_key[acts.row] = False
    rows = np.flatnonzero(is_key)
    session = np.repeat(np.arange(part.sessions.height), np.diff(part.session_bounds()))
    press = press_numbers(frame)
    number = session * (int(press.max()) + 1) + press
    presses = np.flatnonzero(acts.is_key)
    order = presses[np.argsort(number[acts.row[presses]], kind="stable")]
    return rows, order[np.searchsorted(number[acts.row[order]], number[rows])]
