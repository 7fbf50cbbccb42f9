"""What an attacker is: settings, then an enrolled attacker, then scores."""

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from reid.errors import ParameterError
from reid.samples.table import SampleTable
from reid.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class ScoreMatrix:
    """How alike each probe is to each enrolled person; higher is more alike, NaN a failed comparison."""

    scores: FloatArray  #: (n_probes, n_people)
    people: tuple[str, ...]  #: the enrolled, sorted, one per column
    probe_people: tuple[str, ...]  #: who made each probe
    caveats: tuple[str, ...] = ()  #: what weakened the attack or is not known of it, in phrases
    #: (n_probes,), how much a probe held of what the attacker looks at; None where that is not asked
    observations: FloatArray | None = None

    def __post_init__(self) -> None:
        shape = (len(self.probe_people), len(self.people))
        if self.scores.shape != shape:
            raise ParameterError.of("scores", must=f"have shape {shape}", found=self.scores.shape)

    def of_probes(self, rows: IntArray) -> "ScoreMatrix":
        """Return the scores of some probes."""
        counts = None if self.observations is None else self.observations[rows]
        people = tuple(self.probe_people[row] for row in rows)
        return replace(self, scores=self.scores[rows], probe_people=people, observations=counts)

    def truth(self) -> IntArray:
        """Return the column of each probe's person, -1 where the person is not enrolled: (n_probes,)."""
        column = {person: number for number, person in enumerate(self.people)}
        return np.array([column.get(person, -1) for person in self.probe_people], dtype=np.int64)


class EnrolledAttacker(Protocol):
    """An attacker that has learnt its method and knows the enrolled people."""

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare each probe with each enrolled person."""
        ...


class Attacker(Protocol):
    """Settings of an attack."""

    name: ClassVar[str]
    independent: ClassVar[bool]  #: a person's score does not depend on who else is enrolled
    closed_set_only: ClassVar[
        bool
    ]  #: learns a class per enrolled person, so it has no use for background people

    def enrol(self, train: SampleTable, gallery: SampleTable) -> EnrolledAttacker:
        """Learn the method on ``train`` and enrol the people of ``gallery``.

        Parameters
        ----------
        train : SampleTable
            Background people, each sample of the length of a probe, at least two per person. In the
            closed set: the gallery's own pieces.
        gallery : SampleTable
            One sample per enrolled person.
        """
        ...
