"""Find recordings that two logs share, whatever the people are called in each."""

from typing import Final

import numpy as np

from reid.events.table import EventTable

_FEWEST_EVENTS: Final = 10  # a few presses can agree by chance
_WHAT_HAPPENED: Final = ("time_us", "event", "key", "x_px", "y_px")  # not who, and not what it is called


def shared_recordings(first: EventTable, second: EventTable) -> int:
    """Return how many sessions of ``second`` stand in ``first`` too, event by event and on the same clock.

    Sessions of fewer than 10 events are passed over.
    """
    known = {mark for mark in _marks(first) if mark[0] >= _FEWEST_EVENTS}
    return sum(mark in known for mark in _marks(second))


def _marks(events: EventTable) -> list[tuple[int, int]]:
    """Return for each session how many events it has and a sum over what happened at which time."""
    bounds = events.session_bounds()
    row = events.frame.select(_WHAT_HAPPENED).hash_rows(seed=0).to_numpy()
    reached = np.concatenate([np.zeros(1, np.uint64), np.cumsum(row, dtype=np.uint64)])
    sums = reached[bounds[1:]] - reached[bounds[:-1]]  # modulo 2 ** 64
    return list(zip(np.diff(bounds).tolist(), sums.tolist(), strict=True))
