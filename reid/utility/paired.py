"""A raw log and its release side by side: which person, session and input of one is which of the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeVar, cast

import numpy as np

from reid.errors import ParameterError
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.kernels.subsequence import matched_places
from reid.typing import FloatArray, IntArray
from reid.utility.inputs import Inputs

FoundT = TypeVar("FoundT")
_MOST_EDITS: Final = 4000  # inputs of a session that one log has and the other has not


@dataclass(frozen=True, slots=True, eq=False)
class PairedLogs:
    """A raw log and its release under the names of the raw log.

    Inputs of a session are matched one by one where both logs hold the same kinds of inputs (key,
    button, wheel) in the same order. Else those are matched that a longest common subsequence of
    their symbols has in common; all others are lost, or made up.
    """

    raw: EventTable
    released: EventTable
    raw_inputs: Inputs
    released_inputs: Inputs
    of_raw: IntArray  #: (n_matched,): places in :attr:`raw_inputs`, increasing
    of_released: IntArray  #: (n_matched,): places in :attr:`released_inputs`
    _found: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, raw: EventTable, released: EventTable) -> Self:
        """Put a release beside the raw log.

        Parameters
        ----------
        raw : EventTable
            The log as it was recorded.
        released : EventTable
            Its release, perhaps empty, whose people and sessions bear the names of the raw log.

        Raises
        ------
        ParameterError
            The release holds a session that the raw log does not.
        """
        number = {name: place for place, name in enumerate(raw.sessions.select(SESSION).iter_rows())}
        names = list(released.sessions.select(SESSION).iter_rows())
        strange = sum(name not in number for name in names)
        if strange:
            advice = "Name the released sessions as the raw ones first, by the key of the release."
            must, found = "hold sessions of the raw log", f"{strange} of {len(names)} that are not"
            raise ParameterError.of("the release", must=must, found=found, advice=advice)
        session = np.array([number[name] for name in names], dtype=np.int64)
        if np.any(np.diff(session) <= 0):
            released = _in_order(released, raw)
            session = np.sort(session)
        of_person = {name: place for place, name in enumerate(raw.subjects)}
        person = np.array([of_person[name] for name in raw.sessions["subject_id"]], dtype=np.int64)
        raw_inputs = Inputs.of(raw, np.arange(person.size), person)
        released_inputs = Inputs.of(released, session, person[session])
        return cls(raw, released, raw_inputs, released_inputs, *_matched(raw_inputs, released_inputs))

    @property
    def people(self) -> tuple[str, ...]:
        """The people of the raw log."""
        return self.raw.subjects

    def remembered(self, name: str, make: Callable[[], FoundT]) -> FoundT:
        """Return what ``make`` gives, made the first time it is asked for by this name."""
        if name not in self._found:
            self._found[name] = make()
        return cast("FoundT", self._found[name])

    def released_of_raw(self) -> IntArray:
        """Return the place in the release of each raw input: int64, (n_raw_inputs,); -1 where it is lost."""
        places = np.full(self.raw_inputs.row.size, -1, dtype=np.int64)
        places[self.of_raw] = self.of_released
        return places

    def sums(self, values: FloatArray, person: IntArray) -> FloatArray:
        """Return the sum of each person's values: float64, (n_people,)."""
        return np.bincount(person, weights=values, minlength=len(self.people)).astype(np.float64)

    def means(self, values: FloatArray, person: IntArray) -> FloatArray:
        """Return the mean of each person's values: float64, (n_people,); NaN for those who have none."""
        count = np.bincount(person, minlength=len(self.people))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.sums(values, person) / count, dtype=np.float64)


def _in_order(released: EventTable, raw: EventTable) -> EventTable:
    """Return a release with its sessions in the order of the raw log."""
    order = raw.sessions.select(*SESSION, "session_order")
    sessions = released.sessions.drop("session_order").join(order, on=list(SESSION), how="left")
    return EventTable.from_frame(released.frame, sessions, repeats=True, may_be_empty=True)


def _matched(raw: Inputs, released: Inputs) -> tuple[IntArray, IntArray]:
    if _same(raw, released, slice(None), slice(None)):
        places = np.arange(raw.row.size)
        return places, places
    in_raw, in_released = [], []
    for session in np.unique(released.session):
        one, other = raw.of_session(session), released.of_session(session)
        if _same(raw, released, one, other):
            found = (np.arange(one.stop - one.start),) * 2
        else:
            found = matched_places(raw.symbol[one], released.symbol[other], _MOST_EDITS)
        in_raw.append(one.start + found[0])
        in_released.append(other.start + found[1])
    nothing = [np.empty(0, dtype=np.int64)]
    return np.concatenate(in_raw or nothing), np.concatenate(in_released or nothing)


def _same(raw: Inputs, released: Inputs, one: slice, other: slice) -> bool:
    """Say whether both hold the same kinds of inputs in the same order."""
    return np.array_equal(raw.kind[one], released.kind[other]) and np.array_equal(
        raw.session[one], released.session[other]
    )
