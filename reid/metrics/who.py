"""How risk is spread over people: who is found always, and how surely the most exposed tenth."""

from dataclasses import dataclass

import numpy as np

from reid.errors import TooFewError
from reid.metrics.estimate import Estimate
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import person_means, proportion_over_people
from reid.metrics.spread import quantile_over_people
from reid.metrics.unlinkability import someone_else
from reid.typing import BoolArray, FloatArray, IntArray

EXPOSED = 0.1  #: share of people who are found most often
_MOST_LISTED = 100
_PERMUTATIONS = 200
_SURE = 1 - 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Who:
    """How risk is spread over people."""

    worst_decile: Estimate  #: a tenth of the people are named right at least so often
    always_found: Estimate  #: share of people whose every probe is named right
    never_found: Estimate  #: share of people none of whose probes is
    rank_1: FloatArray  #: (n_people_with_probes,) of each person, descending: person 1, 2, ... of this report

    def as_dict(self) -> dict[str, object]:
        """Return the measure as it stands in ``report.json``."""
        return {
            "worst_decile": self.worst_decile.with_chance(),
            "always_found": self.always_found.with_chance(),
            "never_found": self.never_found.with_chance(),
            "rank_1_of_people": listed(self.rank_1),
        }


def spread_over_people(
    scores: FloatArray, truth: IntArray, *, rng: np.random.Generator, level: float = 0.95
) -> Who:
    """Return how rank-1 is spread over people.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    rng : numpy.random.Generator
        Draws the stand-ins that tell what chance gives.
    level : float
        Of the intervals.

    Returns
    -------
    Who
        With one probe of each person, a rate of a person is 0 or 1. Chance is what comes out where each
        person's probes are named without regard to the own person, and somebody else, drawn at
        random, counts as the right one.

    Raises
    ------
    TooFewError
        Fewer than two people are enrolled, or there is no probe.
    """
    known = truth >= 0
    rows, own = scores[known], truth[known]
    n_people = rows.shape[1]
    if n_people < 2 or not own.size:  # noqa: PLR2004
        found = f"{n_people} enrolled and {own.size} probes"
        raise TooFewError.of("people", must="be at least 2 enrolled, with a probe", found=found)
    rate = person_means(rank_k_hits(*ranks(rows, own), n_people, 1), own)
    blind = _rates_by_luck(rows, own, rng)
    person = np.arange(rate.size)

    def share_of(values: BoolArray, chances: BoolArray) -> Estimate:
        chance = float(chances.mean())
        return proportion_over_people(values.astype(np.float64), person, level=level, chance=chance)

    luck = quantile_over_people(blind.ravel(), 1 - EXPOSED, 0.0, 1.0).value
    worst = quantile_over_people(rate, 1 - EXPOSED, 0.0, 1.0, level=level, chance=luck)
    always = share_of(rate >= _SURE, blind >= _SURE)
    never = share_of(rate <= 1 - _SURE, blind <= 1 - _SURE)
    return Who(worst, always, never, np.sort(rate)[::-1])


def listed(rank_1: FloatArray) -> list[float]:
    """Return people's rates as a report lists them: descending, of a hundred people at most.

    Examples
    --------
    >>> listed(np.array([0.25, 1.0, 0.5]))
    [1.0, 0.5, 0.25]
    """
    descending: list[float] = np.sort(rank_1)[::-1][:_MOST_LISTED].tolist()
    return descending


def most_found_first(scores: FloatArray, truth: IntArray) -> IntArray:
    """Return the people by how often they are found, and then by how clearly: person 1, 2, ... of a report.

    Of people who are found as often and as clearly, the one whose column comes first does. So that a number
    tells nothing of a pseudonym's place among pseudonyms, columns must not stand in the order of these; see
    :func:`reid.events.numbering.numbers_of`.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.

    Returns
    -------
    int64 array of shape (n_people_with_probes,)
        Columns.

    Examples
    --------
    >>> most_found_first(np.array([[3.0, 1.0, 2.0], [1.0, 1.5, 0.0], [9.0, 0.0, 2.0]]), np.array([0, 1, 2]))
    array([0, 1, 2])
    """
    known = truth >= 0
    rows, own = scores[known], truth[known]
    rate = person_means(rank_k_hits(*ranks(rows, own), rows.shape[1], 1), own)
    places = np.arange(own.size)
    others = np.where(np.isnan(rows), -np.inf, rows)
    genuine = others[places, own]
    others[places, own] = -np.inf
    ahead = genuine - np.where(np.isfinite(others.max(axis=1)), others.max(axis=1), 0.0)
    clearly = person_means(np.where(np.isfinite(ahead), ahead, np.finfo(np.float64).min / own.size), own)
    return np.unique(own)[np.lexsort((-clearly, -rate))]


def _rates_by_luck(rows: FloatArray, own: IntArray, rng: np.random.Generator) -> FloatArray:
    """Return people's rates where a stand-in counts as the right one: (_PERMUTATIONS, n_people)."""
    others = np.where(np.isnan(rows), -np.inf, rows)
    others[np.arange(own.size), own] = -np.inf
    highest = others.max(axis=1)
    worth = np.where(
        highest > -np.inf, 1 / (others == highest[:, None]).sum(axis=1), 0.0
    )  # ties by expectation
    probes = np.arange(own.size)
    stand_ins = (someone_else(rows.shape[1], rng)[own] for _ in range(_PERMUTATIONS))
    return np.stack([person_means(worth * (others[probes, one] == highest), own) for one in stand_ins])
