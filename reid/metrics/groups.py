"""Whether some groups of people are named more often than others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.metrics.estimate import Estimate
from reid.metrics.intervals import proportion_over_people, sidak_level
from reid.typing import FloatArray, IntArray

FEWEST = 5  #: people of a group that is told apart; a rate of fewer is nearly one of a person
_SMALL: Final = 20


@dataclass(frozen=True, slots=True)
class GroupRate:
    """Rank-1 of the probes of one group."""

    group: int  #: its number
    n_people: int
    n_probes: int
    rank_1: Estimate  #: its interval holds for all groups at once
    apart: bool  #: whether its interval does not meet that of some other group

    @property
    def is_small(self) -> bool:
        """Whether it has so few people that hardly any difference would show."""
        return self.n_people < _SMALL


def rates_of_groups(
    hits: FloatArray, person: IntArray, group: IntArray, *, chance: float, level: float = 0.95
) -> list[GroupRate]:
    """Return rank-1 of each group that has enough people to be told apart.

    Parameters
    ----------
    hits : float64 array of shape (n_probes,)
        Rank-1 hits, in [0, 1].
    person : int64 array of shape (n_probes,)
        Who made each probe.
    group : int64 array of shape (n_probes,)
        Group of each probe; -1 where it is not known. A person's probes may lie in several.
    chance : float
        Of a blind guess.
    level : float
        Of the intervals, at which they hold for all groups at once.

    Returns
    -------
    list of GroupRate
        Of groups with at least :data:`FEWEST` people, by number.
    """
    told = [
        number
        for number in np.unique(group[group >= 0]).tolist()
        if np.unique(person[group == number]).size >= FEWEST
    ]
    each = sidak_level(level, max(len(told), 1))
    rates = {
        number: proportion_over_people(
            hits[group == number], person[group == number], level=each, chance=chance
        )
        for number in told
    }
    return [
        GroupRate(
            number,
            rate.n_people,
            int(np.count_nonzero(group == number)),
            rate,
            apart=is_apart(rate, list(rates.values())),
        )
        for number, rate in rates.items()
    ]


def is_apart(rate: Estimate, rates: Sequence[Estimate]) -> bool:
    """Say whether the interval of a rate does not meet that of some other of ``rates``."""
    return any(rate.low > other.high or rate.high < other.low for other in rates)
