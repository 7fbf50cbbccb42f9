"""A log whose only identity was put into it on purpose: who misses that would have missed people too."""

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl

from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import BoolArray, FloatArray, IntArray

_CALMED: Final = 0.85  # share of a wait that is taken away where the mark comes instead
_LONGEST_PAUSE_US: Final = 150_000.0  # before a key
_SHORTEST_REST_US, _LONGEST_REST_US = 20_000.0, 500_000.0  # before and after a button goes
_SCALE_SPREAD, _STRETCH_SPREAD = 1.5, 1.0  # largest logarithms of how a way is enlarged, and drawn out
_LEAST_TREMOR_PX, _MOST_TREMOR_PX = 1.0, 30.0
_LONGEST_PERIOD: Final = 8.0  # moves more than two, to a period of the tremor
_FEWEST_KINDS: Final = 4  # of presses with a mark of their own; where keys are fewer, turns are told apart
_MOST_AT_ONCE: Final = 0.5  # share of moves without a time of their own beyond which a way cannot be seen
_FEWEST_EVENTS: Final = 10.0  # of those that bear the mark, for each piece


def planted(log: EventTable, channel: str, streams: Streams, n_pieces: int) -> EventTable | None:
    """Return a log in which people differ by a mark of their own in one channel, and by nothing else.

    What was recorded in a session goes to another one, drawn at random among those of all people: how people
    vary stays as it is and tells nobody apart. Then every person gets a mark, the same in all sessions:

    - ``flight``: a pause of its own before each key that comes down while none is held, in place of most of
      the time waited there; no hold changes;
    - ``hold``: the same before a key comes up by which the last held one is let go; what is missing to the
      longest such pause passes before the next press, so that no time from press to press tells it;
    - ``path``: the way is turned, enlarged, drawn out and trembles; times stay as they were, and how far the
      pointer gets to the right and down in a session;
    - ``click``: pauses before a button goes down, before it comes up, and after that, in place of most of
      the time waited there.

    Parameters
    ----------
    log : EventTable
        As the attackers see it.
    channel : str
        ``flight``, ``hold``, ``path`` or ``click``.
    streams : Streams
        Of the marks, drawn for each person apart, and of who gets which session.
    n_pieces : int
        Into which the log is cut to be attacked.

    Returns
    -------
    EventTable or None
        As many sessions of the same names. None where the log has too little that could bear the mark: fewer
        than ten such events for a piece, or moves most of which stand at one time.
    """
    bearing, mark = _MARKS[channel]
    dealt = _dealt_out(log, streams)
    marked = bearing(dealt)
    if marked.sum() < _FEWEST_EVENTS * n_pieces:
        return None
    return mark(dealt, marked, streams)


def _dealt_out(log: EventTable, streams: Streams) -> EventTable:
    """Give every session what was recorded in another one."""
    bounds = log.session_bounds()
    lengths = np.diff(bounds)
    dealt = streams("sessions").permutation(lengths.size)
    ends = np.cumsum(lengths[dealt])
    rows = np.arange(len(log)) + np.repeat(bounds[dealt] - ends + lengths[dealt], lengths[dealt])
    slot = np.repeat(np.arange(lengths.size), lengths[dealt])
    names = [log.sessions[name][slot] for name in ("subject_id", "session_id")]
    frame = log.frame[rows].with_columns(names)
    return EventTable(frame, log.sessions, log.quality)


def _flights(log: EventTable) -> BoolArray:
    return _is(log, "key_down") & ~_held_before(log) & ~_is_first(log)


def _marked_flight(log: EventTable, bearing: BoolArray, streams: Streams) -> EventTable:
    pause_us = _pauses_of_keys(log, bearing, streams)
    return _delayed(log, np.where(bearing, pause_us - _CALMED * _waits_us(log), 0.0))


def _holds(log: EventTable) -> BoolArray:
    return _is(log, "key_up") & _held_before(log) & ~_held_after(log)


def _marked_hold(log: EventTable, bearing: BoolArray, streams: Streams) -> EventTable:
    is_key = _is(log, "key_down") | _is(log, "key_up")
    calmed_us = np.where(bearing, _CALMED * _waits_us(log), 0.0)
    pause_us = np.where(bearing, _pauses_of_keys(log, bearing, streams), 0.0)
    keys = np.flatnonzero(is_key)
    made_up_us = np.zeros(len(log))
    made_up_us[keys[1:]] = np.where(bearing, _LONGEST_PAUSE_US - pause_us + calmed_us, 0.0)[keys[:-1]]
    return _delayed(log, pause_us - calmed_us + made_up_us)


def _clicks(log: EventTable) -> BoolArray:
    return _is(log, "button_down")


def _marked_click(log: EventTable, is_down: BoolArray, streams: Streams) -> EventTable:
    is_up = _is(log, "button_up")
    drawn = _drawn(log, streams, "click", 3)
    pause_us = _SHORTEST_REST_US * (_LONGEST_REST_US / _SHORTEST_REST_US) ** drawn[_person(log)].T
    waits_us = _CALMED * _waits_us(log)
    added_us = np.zeros(len(log))
    for bearing, rest_us in zip((is_down, is_up, np.append(False, is_up[:-1])), pause_us, strict=True):
        added_us += np.where(bearing, rest_us - waits_us, 0.0)
    return _delayed(log, np.maximum(added_us, -_waits_us(log)))


def _moves(log: EventTable) -> BoolArray:
    """Mark the moves, none where most of them stand at one time: of such a way no speed is known."""
    moves = _is(log, "move")
    at_once = moves & ~_is_first(log) & (_waits_us(log) == 0)
    return moves if at_once.sum() <= _MOST_AT_ONCE * moves.sum() else np.zeros_like(moves)


def _marked_path(log: EventTable, moves: BoolArray, streams: Streams) -> EventTable:
    person = _person(log)
    turn, larger, longer, width, pace = _drawn(log, streams, "path", 5).T
    angle = 2 * np.pi * turn
    scale, stretch = np.exp(_SCALE_SPREAD * (2 * larger - 1)), np.exp(_STRETCH_SPREAD * (2 * longer - 1))
    right = scale * stretch * np.array([np.cos(angle), np.sin(angle)])
    down = scale / stretch * np.array([-np.sin(angle), np.cos(angle)])
    tremor_px = _LEAST_TREMOR_PX * (_MOST_TREMOR_PX / _LEAST_TREMOR_PX) ** width[person]
    # Counted in moves, so that a button comes down and up again where it did.
    turned = 2 * np.pi * np.cumsum(moves) / (2 + _LONGEST_PERIOD * pace[person])
    trembled_px = tremor_px * np.array([np.sin(turned), np.cos(turned)])
    x_px, y_px = (log.frame[name].cast(pl.Float64).to_numpy() for name in ("x_px", "y_px"))
    places = []
    for axis, (name, before_px) in enumerate((("x_px", x_px), ("y_px", y_px))):
        after_px = right[axis, person] * x_px + down[axis, person] * y_px + trembled_px[axis]
        places.append(pl.Series(name, _as_far(log, before_px, after_px)).fill_nan(None).cast(pl.Float32))
    return log.with_frame(log.frame.with_columns(places))


_Bearing = Callable[[EventTable], BoolArray]
_Mark = Callable[[EventTable, BoolArray, Streams], EventTable]
#: Of each channel, which rows can bear a mark and how it is put there.
_MARKS: Final[dict[str, tuple[_Bearing, _Mark]]] = {
    "flight": (_flights, _marked_flight),
    "hold": (_holds, _marked_hold),
    "path": (_moves, _marked_path),
    "click": (_clicks, _marked_click),
}


def _is(log: EventTable, event: str) -> BoolArray:
    return np.asarray((log.frame["event"] == event).to_numpy(), dtype=np.bool_)


def _is_first(log: EventTable) -> BoolArray:
    first = np.zeros(len(log), dtype=np.bool_)
    first[log.session_bounds()[:-1]] = True
    return first


def _person(log: EventTable) -> IntArray:
    """Return the number of the person of each row: int64, (n_events,)."""
    numbers = {subject: number for number, subject in enumerate(log.subjects)}
    of_session = log.sessions["subject_id"].replace_strict(numbers, return_dtype=pl.Int64).to_numpy()
    return np.repeat(of_session, np.diff(log.session_bounds()))


def _waits_us(log: EventTable) -> FloatArray:
    """Return the time since the row before, 0 at the start of a session."""
    waits_us = np.diff(log.frame["time_us"].to_numpy(), prepend=0).astype(np.float64)
    return np.where(_is_first(log), 0.0, waits_us)


def _drawn(log: EventTable, streams: Streams, name: str, n: int) -> FloatArray:
    """Draw ``n`` numbers between 0 and 1 for each person: float64, (n_people, n)."""
    return np.stack([streams(subject, name).uniform(size=n) for subject in log.subjects])


def _pauses_of_keys(log: EventTable, bearing: BoolArray, streams: Streams) -> FloatArray:
    """Draw a pause for each person and kind of press, and give each row its own."""
    kinds = _kinds(log, bearing)
    drawn = _drawn(log, streams, "keys", int(kinds.max()) + 1)
    return _LONGEST_PAUSE_US * drawn[_person(log), kinds]


def _kinds(log: EventTable, bearing: BoolArray) -> IntArray:
    """Give what is marked alike one number, from 0: by key, and where keys are few by turns besides."""
    key = (log.frame["key"].rank("dense").cast(pl.Int64) - 1).fill_null(0).to_numpy()
    n_turns = -(-_FEWEST_KINDS // np.unique(key[bearing]).size)
    turn = np.cumsum(bearing) % n_turns
    return np.asarray(n_turns * key + turn, dtype=np.int64)


def _changes_of_held(log: EventTable) -> IntArray:
    """Return by how many more keys are held after each row than before: of those that come up again."""
    frame = log.frame.select("event", "press", session=pl.Series(_session(log))).with_row_index("row")
    keys = frame.filter(pl.col("event").is_in(["key_down", "key_up"]), pl.col("press").is_not_null())
    is_up = pl.col("event") == "key_up"
    spans = (
        keys.group_by("session", "press")
        .agg(down=pl.col("row").filter(~is_up).min(), up=pl.col("row").filter(is_up).max())
        .filter(pl.col("down") < pl.col("up"))
    )
    change = np.zeros(len(log), dtype=np.int64)
    change[spans["down"].to_numpy()] += 1
    change[spans["up"].to_numpy()] -= 1
    return change


def _session(log: EventTable) -> IntArray:
    lengths = np.diff(log.session_bounds())
    return np.repeat(np.arange(lengths.size), lengths)


def _held_after(log: EventTable) -> BoolArray:
    """Tell whether a key is held right after each row."""
    return np.asarray(np.cumsum(_changes_of_held(log)) > 0)


def _held_before(log: EventTable) -> BoolArray:
    """Tell whether a key is held right before each row."""
    after = _held_after(log)
    return np.concatenate([[False], after[:-1]])


def _as_far(log: EventTable, before: FloatArray, after: FloatArray) -> FloatArray:
    """Return an axis of a way, moved in each session so that it goes as far as before."""
    bounds = log.session_bounds()
    furthest = [np.fmax.reduceat(axis, bounds[:-1]) for axis in (before, after)]
    moved: FloatArray = after + np.repeat(furthest[0] - furthest[1], np.diff(bounds))
    return moved


def _delayed(log: EventTable, added_us: FloatArray) -> EventTable:
    """Return the log with more time before its rows; sessions begin as they did."""
    added = np.where(_is_first(log), 0, np.rint(added_us).astype(np.int64))
    total = np.cumsum(added)
    bounds = log.session_bounds()
    start = np.repeat(total[bounds[:-1]], np.diff(bounds))
    time_us = pl.Series("time_us", log.frame["time_us"].to_numpy() + total - start)
    return log.with_frame(log.frame.with_columns(time_us))
