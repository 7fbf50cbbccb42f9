"""Undo a release: guess from released times when the keys were pressed and how long they were held."""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor

from reid.errors import BlindError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import BoolArray, FloatArray, IntArray

_REACH: Final = 2  # presses before and after, whose released latencies are looked at
_FEWEST_PRESSES: Final = 200
_MOST_PRESSES: Final = 150_000  # to learn from; more take time and teach little
_SHORTEST_US: Final = 1000  # below, logarithms say nothing
_LONGEST_US: Final = 5_000_000  # of a latency; longer is a rest
_KEPT: Final = 20.0  # presses' worth of the mean of all, in the mean of a pair of keys


@dataclass(frozen=True, slots=True, eq=False)
class _Presses:
    """The presses of a log, in their order; every array has shape (n_presses,)."""

    session: IntArray  #: row in the sessions table
    row: IntArray  #: of the press
    up_row: IntArray  #: of its release; -1 where there is none
    key: IntArray
    time_us: IntArray
    hold_us: FloatArray  #: NaN where there is no release
    gap_us: FloatArray  #: since the press before; NaN for the first of a session


@dataclass(frozen=True, slots=True, eq=False)
class Reversal:
    """What released times tell of the raw ones, learnt from people of whom both are known.

    For each press the logarithm of the latency since the press before and of the hold are guessed from the
    released latencies and holds around it, and from what is usual for the pair of keys and for the key, by
    gradient boosting. The clock is then rebuilt from the guesses; other events keep their place between
    presses. It is the mean of what can have been, so noise that was added is taken out as far as the
    latencies around it and the keys allow.
    """

    of_gaps: Any | None  #: None where nothing learnt comes nearer to the raw latencies than the released ones
    of_holds: Any | None  #: the same of holds
    pair_gap: FloatArray  #: usual log latency by pair of keys
    key_hold: FloatArray  #: usual log hold by key

    @classmethod
    def learn(cls, released: EventTable, raw: EventTable, *, seed: int = 0) -> Self:
        """Learn from people of whom both logs are known, under the same names.

        Parameters
        ----------
        released, raw : EventTable
            The two logs. Sessions whose number of presses differs are left aside.
        seed : int
            Of the choice of presses, where there are very many.

        Raises
        ------
        BlindError
            Too few presses stand in both.
        """
        seen, true = _presses(released), _presses(raw)
        mine, theirs = _paired(released, seen, raw, true)
        gaps, holds = _logarithm(true.gap_us[theirs]), _logarithm(true.hold_us[theirs])
        n_usable = int(np.isfinite(gaps).sum())
        if n_usable < _FEWEST_PRESSES:
            must, found = f"have {_FEWEST_PRESSES} presses in both logs to learn from", f"{n_usable}"
            raise BlindError.of("a reversal", must=must, found=found)
        n_keys = 1 + max(int(seen.key.max()), int(true.key.max()))
        pair_gap = _usual(_pairs(seen, n_keys)[mine], gaps, n_keys * n_keys)
        key_hold = _usual(seen.key[mine], holds, n_keys)
        inputs = _inputs(seen, pair_gap, key_hold)[mine]
        rng = Streams(seed, ("reversal",))("presses")
        of_gaps = _better_than(_logarithm(seen.gap_us[mine]), inputs, gaps, rng)
        of_holds = _better_than(_logarithm(seen.hold_us[mine]), inputs, holds, rng)
        return cls(of_gaps, of_holds, pair_gap, key_hold)

    def undone(self, released: EventTable) -> EventTable:
        """Return the log with the times that are guessed; rows of a session may change their places."""
        seen = _presses(released)
        if not seen.row.size or (self.of_gaps is None and self.of_holds is None):
            return released
        inputs = _inputs(seen, self.pair_gap, self.key_hold)
        first = np.isnan(seen.gap_us)
        gap_us = seen.gap_us if self.of_gaps is None else np.exp(self.of_gaps.predict(inputs))
        press_us = _clock(np.where(first, 0.0, gap_us), first)
        time_us = _carried(released, seen, press_us)
        up = seen.up_row >= 0
        hold_us = seen.hold_us[up] if self.of_holds is None else np.exp(self.of_holds.predict(inputs[up]))
        time_us[seen.up_row[up]] = time_us[seen.row[up]] + np.rint(hold_us).astype(np.int64)
        bounds = released.session_bounds()
        session = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
        order = np.lexsort((np.arange(time_us.size), time_us, session))
        frame = released.frame.with_columns(pl.Series("time_us", time_us))[order]
        return EventTable(frame, released.sessions, released.quality)


def _presses(events: EventTable) -> _Presses:
    """Lay out the presses of a log."""
    bounds = events.session_bounds()
    frame = events.frame.select("event", "key", "press", "time_us").with_columns(
        session=pl.Series(np.repeat(np.arange(bounds.size - 1), np.diff(bounds)), dtype=pl.Int64),
        row=pl.int_range(pl.len(), dtype=pl.Int64),
    )
    downs = frame.filter(pl.col("event") == "key_down").unique(
        ["session", "press"], keep="first", maintain_order=True
    )
    ups = frame.filter(pl.col("event") == "key_up").select(
        "session", "press", up_row=pl.col("row"), up_us=pl.col("time_us")
    )
    both = downs.join(ups, on=["session", "press"], how="left", maintain_order="left")
    session = both["session"].to_numpy().astype(np.int64)
    time_us = both["time_us"].to_numpy().astype(np.int64)
    gap_us = np.full(time_us.size, np.nan)
    gap_us[1:] = np.where(np.diff(session) == 0, np.diff(time_us), np.nan)
    return _Presses(
        session=session,
        row=both["row"].to_numpy().astype(np.int64),
        up_row=both["up_row"].fill_null(-1).to_numpy().astype(np.int64),
        key=both["key"].to_physical().fill_null(0).to_numpy().astype(np.int64),
        time_us=time_us,
        hold_us=(both["up_us"] - both["time_us"]).cast(pl.Float64).fill_null(np.nan).to_numpy(),
        gap_us=gap_us,
    )


def _paired(
    released: EventTable, seen: _Presses, raw: EventTable, true: _Presses
) -> tuple[IntArray, IntArray]:
    """Return the places of the same press in both logs, of sessions with as many presses in both."""
    names = ["subject_id", "session_id"]

    def counted(events: EventTable, presses: _Presses, side: str) -> pl.DataFrame:
        n = np.bincount(presses.session, minlength=events.sessions.height)
        starts = np.cumsum(n) - n
        return events.sessions.select(names).with_columns(
            pl.Series("n", n, dtype=pl.Int64), pl.Series(side, starts, dtype=pl.Int64)
        )

    both = counted(released, seen, "mine").join(
        counted(raw, true, "theirs"), on=[*names, "n"], how="inner", maintain_order="left"
    )
    within = [np.arange(n) for n in both["n"]]
    if not within:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    offset = np.concatenate(within)
    sizes = both["n"].to_numpy()
    mine, theirs = (np.repeat(both[side].to_numpy(), sizes) + offset for side in ("mine", "theirs"))
    return mine.astype(np.int64), theirs.astype(np.int64)


def _pairs(presses: _Presses, n_keys: int) -> IntArray:
    """Return a number for each pair of keys: the one before, within the session, and the own one."""
    before = np.concatenate([[0], presses.key[:-1]])
    return np.where(np.isnan(presses.gap_us), 0, before) * n_keys + np.minimum(presses.key, n_keys - 1)


def _usual(cell: IntArray, value: FloatArray, n_cells: int) -> FloatArray:
    """Return the mean of a value by cell, drawn towards the mean of all where there are few."""
    known = np.isfinite(value)
    if not known.any():
        return np.zeros(n_cells)
    total = np.bincount(cell[known], weights=value[known], minlength=n_cells)
    count = np.bincount(cell[known], minlength=n_cells)
    usual: FloatArray = (total + _KEPT * value[known].mean()) / (count + _KEPT)
    return usual


def _inputs(presses: _Presses, pair_gap: FloatArray, key_hold: FloatArray) -> FloatArray:
    """Return what is looked at for each press: float64, (n_presses, n_inputs)."""
    n_keys = key_hold.size
    key = np.minimum(presses.key, n_keys - 1)
    usual_gap = pair_gap[np.minimum(_pairs(presses, n_keys), pair_gap.size - 1)]
    columns = [usual_gap, key_hold[key]]
    gaps, holds = _logarithm(presses.gap_us), _logarithm(presses.hold_us)
    for shift in range(-_REACH, _REACH + 1):
        same = _same_session(presses.session, shift)
        around = (np.roll(of_press, -shift) for of_press in (gaps, holds, usual_gap))
        columns += [np.where(same, of_press, np.nan) for of_press in around]
    return np.column_stack(columns)


def _same_session(session: IntArray, shift: int) -> BoolArray:
    """Mark the presses whose neighbour so many places on belongs to the same session."""
    place = np.arange(session.size) + shift
    inside = (place >= 0) & (place < session.size)
    return np.asarray(inside & (np.roll(session, -shift) == session))


def _logarithm(latency_us: FloatArray) -> FloatArray:
    """Return log latencies, NaN where there is none."""
    clipped = np.where(np.isnan(latency_us), np.nan, np.clip(latency_us, _SHORTEST_US, _LONGEST_US))
    return np.asarray(np.log(clipped))


def _better_than(seen: FloatArray, inputs: FloatArray, target: FloatArray, rng: np.random.Generator) -> Any:
    """Learn to guess a log latency; None where that errs no less than what is seen, on presses held back."""
    usable = np.flatnonzero(np.isfinite(target))
    if usable.size < _FEWEST_PRESSES:
        return None
    usable = rng.permutation(usable)[:_MOST_PRESSES]
    n_judged = usable.size // 5
    judged, learnt = usable[:n_judged], usable[n_judged:]
    fitted = HistGradientBoostingRegressor(max_iter=150, random_state=0).fit(inputs[learnt], target[learnt])
    both = judged[np.isfinite(seen[judged])]
    if not both.size:
        return fitted  # nothing is seen that could be nearer
    error = np.mean((fitted.predict(inputs[both]) - target[both]) ** 2)
    return fitted if error < np.mean((seen[both] - target[both]) ** 2) else None


def _clock(gap_us: FloatArray, first: BoolArray) -> FloatArray:
    """Add latencies up to times, from 0 in each session."""
    total = np.cumsum(gap_us)
    start = np.maximum.accumulate(np.where(first, np.arange(first.size), 0))
    return np.asarray(total - total[start])


def _carried(events: EventTable, presses: _Presses, press_us: FloatArray) -> IntArray:
    """Return new times of all events: between two presses each keeps its share of the way."""
    time_us = events.frame["time_us"].to_numpy().astype(np.float64)
    bounds = events.session_bounds()
    new_us = time_us.copy()
    edges = np.searchsorted(presses.session, np.arange(bounds.size))
    for session in range(bounds.size - 1):
        rows = slice(bounds[session], bounds[session + 1])
        own = slice(edges[session], edges[session + 1])
        if own.stop > own.start:
            known_us, guess_us = presses.time_us[own].astype(np.float64), press_us[own]
            inner = np.interp(time_us[rows], known_us, guess_us)
            before = np.minimum(time_us[rows] - known_us[0], 0.0)
            after = np.maximum(time_us[rows] - known_us[-1], 0.0)
            new_us[rows] = inner + before + after
            new_us[presses.row[own]] = guess_us
            new_us[rows] -= new_us[rows].min()
    return np.asarray(np.rint(new_us), dtype=np.int64)
