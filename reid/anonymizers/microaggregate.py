"""Timing and motion that tell of a group of people, not of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.anonymizers.acts import Acts
from reid.anonymizers.composition import KEYS, PLACES, TIMES, Strategy
from reid.anonymizers.draws import uniform_draws
from reid.anonymizers.grouping import Profiles, grouped
from reid.anonymizers.observed import BY_CLASS, BY_SPACE, Observed
from reid.anonymizers.redrawn import Laws, redrawn
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.rewriting import rewritten
from reid.anonymizers.transported import RankLaws, transported
from reid.errors import ParameterError, TooFewError, UnknownNameError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray

K_ANONYMOUS: Final = "k-anonymous timing"  #: kind of the claim
_OF_KEYS_ALONE: Final = ("masked-keys", "no-keys")  # kinds of claims
FRESH, RANK = "fresh", "rank"
_DRAWS: Final = (FRESH, RANK)
_GROUPS: Final = ("mdav", "v-mdav")
_DRAWS_PER_ACT: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Microaggregate(Strategy):
    """Group people by how they type and point, and give each the timing and motion of the group.

    Profiles of hold times, latencies and pointer speed are brought to five dimensions, in which
    people form groups of at least k (``mdav``: of k as far as it goes; ``v-mdav``: of k to 2k - 1, as
    they lie). The law of a group pools what its members did, each with the same weight, by the class of
    a key and of the one before it, and for the pointer by the kind of act and the length of the way. Where
    fewer than k members did the like, the law is a coarser one, then that of all people.

    ``fresh`` keeps what was typed and clicked, in its order: presses of keys, with their characters, and
    presses and releases of buttons and turns of the wheel in their places, as well as the places where the
    pointer begins and ends in each session, trial and task. All else is drawn from the group's law,
    independently of what the person did: times, when each key comes up, and the moves from one place to the
    next, which are those of a member on a way of like length, turned to the new ends. Auto-repeats are
    dropped, every press gets a release, and a press the number of its place in the session. Of the classes of
    keys it tells white space from all others alone: laws of further ones would show, in times, how often
    somebody corrects or reaches for a modifier.

    ``rank`` moves each hold and each latency to the value of the same rank in the group's law, with
    all rows and paths. It keeps more, and proves nothing: the order of a person's long and short times is
    the person's own.

    A release of people who were not among those from whom the groups were made leaves them out and counts
    them as suppressed.
    """

    name: ClassVar[str] = "microaggregate"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES, PLACES})
    k: int  #: fewest people of a group, from 2
    draw: str = FRESH  #: ``fresh`` or ``rank``
    group: str = "mdav"  #: ``mdav`` or ``v-mdav``

    def __post_init__(self) -> None:
        if not self.k >= 2:  # noqa: PLR2004  a group of one hides nobody
            raise ParameterError.of("k", must="be at least 2 (people)", found=self.k)
        for name, value, known in (("draw", self.draw, _DRAWS), ("group", self.group, _GROUPS)):
            if value not in known:
                raise UnknownNameError.of(f"{name} of {self.name}", value, known)

    def keeps(self, claim: Claim) -> bool:
        """Keep what is claimed of keys alone: all else comes anew from the people's own logs."""
        return claim.kind in _OF_KEYS_ALONE

    def fit(self, people: Iterable[EventTable]) -> "ReadyMicroaggregate":
        """Form the groups and pool what their members did.

        Raises
        ------
        TooFewError
            There are fewer than k people.
        """
        subjects: list[str] = []
        seen: list[Observed] = []
        sums: list[Profiles] = []
        for part in people:
            if not len(part):
                continue
            acts = Acts.of(part)
            person = acts.people(part)
            seen.append(Observed.of(part, acts, person + len(subjects)))
            sums.append(Profiles.of(acts, person, len(part.subjects)))
            subjects += part.subjects
        if len(subjects) < self.k:
            must, advice = f"hold at least k = {self.k} people", "Choose a smaller k."
            raise TooFewError.of("the source", must=must, found=len(subjects), advice=advice)
        # Sorted by name, so that the order of parts decides neither ties nor draws.
        order = np.array(sorted(range(len(subjects)), key=subjects.__getitem__))
        coordinates = Profiles.together(sums).of_people(order).coordinates()
        group = grouped(coordinates, self.k, variable=self.group == "v-mdav")
        observed = Observed.together(seen, np.argsort(order))
        laws = Laws.of(observed, BY_CLASS if self.draw == RANK else BY_SPACE, group, self.k)
        numbers = {subjects[place]: number for number, place in enumerate(order)}
        return ReadyMicroaggregate(
            self, numbers, group, laws, RankLaws.of(laws) if self.draw == RANK else None
        )


@dataclass(frozen=True, slots=True, eq=False)
class ReadyMicroaggregate:
    """Groups of people and the law of each."""

    settings: Microaggregate
    numbers: dict[str, int]  #: of each person
    group_of_person: IntArray
    laws: Laws
    by_rank: RankLaws | None  #: for ``rank`` alone

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with the timing and motion of the groups.

        Raises
        ------
        TooFewError
            Nobody of the part was among the people from whom the groups were made.
        """
        known = [subject for subject in part.subjects if subject in self.numbers]
        suppressed = len(part.subjects) - len(known)
        if not known:
            must = "hold people from whom the groups were made"
            raise TooFewError.of("a part", must=must, found="none", advice="Fit to all people.")
        if suppressed:
            part = part.of_people(known)
        acts = Acts.of(part)
        person = np.array([self.numbers[subject] for subject in known])[acts.people(part)]
        group = self.group_of_person[person]
        if self.by_rank is not None:
            moved = transported(part, acts, person, group, self.by_rank)
            return Release(rewritten(part, moved), suppressed=suppressed)
        uniform = _uniform(known, person, streams)
        fresh = redrawn(part, acts, group, uniform, self.laws)
        return Release(
            rewritten(part, fresh), claims=(self._claim(),), suppressed=suppressed, seeded=not streams.secret
        )

    def _claim(self) -> Claim:
        statement = (
            "In one release, given the keys, clicks and turns of the wheel in their order with the places of "
            "the pointer at each and at both ends of each session, trial and task, all times and moves tell "
            f"nothing of a person beyond a group of at least {self.settings.k} people."
        )
        source = "Sweeney (2002); groups by Domingo-Ferrer, Torra (2005)"
        return Claim(K_ANONYMOUS, statement, source, survives=(TIMES, KEYS, PLACES), of_source=True)


def _uniform(subjects: list[str], person: IntArray, streams: Streams) -> FloatArray:
    """Draw four numbers for each act, each person's from the person's own stream."""
    n_acts = np.diff(np.flatnonzero(np.diff(person, prepend=-1)), append=person.size)
    return uniform_draws(streams, subjects, _DRAWS_PER_ACT * n_acts).reshape(-1, _DRAWS_PER_ACT)
