"""Pauses between what a person did."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.errors import ParameterError
from reid.events.schema import EVENTS
from reid.events.table import EventTable
from reid.typing import FloatArray, IntArray
from reid.utility.agreement import overlap
from reid.utility.paired import PairedLogs

_US_PER_MS: Final = 1e3
_BORDERS: Final = (1.0, 2.5, 5.0, 10.0, 25.0, 100.0)  # of the classes of pauses, in units of the shortest
_MOST_MS: Final = 86_400_000
_RELEASES: Final = tuple(EVENTS.index(name) for name in ("key_up", "button_up"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseStructure:
    """How many pauses of which length a person makes.

    A pause is a longer time than the shortest one from one event to the next; that a key or button comes
    up is no event of its own. Classes of pauses end at 1, 2.5, 5, 10, 25 and 100 times the shortest: 0.2,
    0.5, 1, 2, 5 and 20 s.
    """

    name: ClassVar[str] = "pause-structure"
    definition: ClassVar[str] = (
        "Pauses of a length class that raw log and release have in common, of those that either has"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Wengelin (2006), pauses from 0.2 s; Leijten & Van Waes (2013), Inputlog"
    needs: ClassVar[str] = "pauses, longer than the shortest one that counts"
    shortest_ms: float = 200  #: above 0, up to a day

    def __post_init__(self) -> None:
        if not 0 < self.shortest_ms <= _MOST_MS:
            must = f"be above 0 and at most {_MOST_MS} (milliseconds, a day)"
            raise ParameterError.of("shortest_ms", must=must, found=self.shortest_ms)

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well each person's pauses are kept."""
        return overlap(self._counts(logs, logs.raw), self._counts(logs, logs.released))

    def _counts(self, logs: PairedLogs, log: EventTable) -> FloatArray:
        """Return how many pauses of each class each person makes: float64, (n_people, n_classes)."""
        gap_us, person = gaps_of(logs, log)
        borders_us = np.array(_BORDERS) * self.shortest_ms * _US_PER_MS
        length = np.searchsorted(borders_us, gap_us, side="right")
        n_classes = borders_us.size + 1
        flat = np.bincount(person * n_classes + length, minlength=len(logs.people) * n_classes)
        return flat.reshape(len(logs.people), n_classes)[:, 1:].astype(np.float64)


def gaps_of(logs: PairedLogs, log: EventTable) -> tuple[FloatArray, IntArray]:
    """Return times between events of a session that are no release of a key or button, and whose they are.

    Returns
    -------
    gap_us : float64 array of shape (n_gaps,)
    person : int64 array of shape (n_gaps,)
        Numbers among the people of the raw log.
    """
    number = {name: place for place, name in enumerate(logs.people)}
    of_session = np.array([number[name] for name in log.sessions["subject_id"]], dtype=np.int64)
    bounds = log.session_bounds()
    session = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
    rows = np.flatnonzero(~np.isin(log.frame["event"].to_physical().to_numpy(), _RELEASES))
    time_us, session = log.frame["time_us"].to_numpy()[rows], session[rows]
    same = np.flatnonzero(np.diff(session) == 0)
    return (time_us[same + 1] - time_us[same]).astype(np.float64), of_session[session[same]]
