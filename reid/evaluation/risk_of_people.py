"""The risk of each person: what an interval over fewer people, or a paired difference, is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from reid.attackers import ScoreMatrix
from reid.metrics.identification import rank_1_among, rank_k_hits, ranks
from reid.metrics.intervals import person_means
from reid.metrics.measures import GALLERY_SIZES
from reid.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class RiskOfPeople:
    """How often each person is named right: mean over the person's probes, and over releases."""

    people: tuple[str, ...]  #: pseudonyms of those who have a probe, sorted; never to be shown
    rank_1: FloatArray  #: (n_people,) in [0, 1]
    among: Mapping[
        int, FloatArray
    ]  #: the same had so many been enrolled; sizes above those enrolled are absent

    @classmethod
    def of(cls, releases: Sequence[ScoreMatrix]) -> Self:
        """Measure the people of one attack, or of several releases on the same people.

        Parameters
        ----------
        releases : sequence of ScoreMatrix
            Scores of the attacker that speaks for all, one for each release.
        """
        found = [_of_release(matrix) for matrix in releases]
        people = sorted(set.intersection(*(set(one[0]) for one in found)))
        rows = [np.searchsorted(one[0], people) for one in found]

        def mean(name: int) -> FloatArray:
            parts = [one[1][name][row] for one, row in zip(found, rows, strict=True)]
            return np.asarray(np.mean(parts, axis=0), dtype=np.float64)

        return cls(tuple(people), mean(0), {size: mean(size) for size in found[0][1] if size})


def _of_release(matrix: ScoreMatrix) -> tuple[list[str], dict[int, FloatArray]]:
    """Return the people with probes, sorted, and their rates; 0 stands for all who are enrolled."""
    truth, n_people = matrix.truth(), len(matrix.people)
    known = truth >= 0
    better, tied = ranks(matrix.scores, truth)
    makers = np.asarray(matrix.people)[truth[known]]
    rates = {0: person_means(rank_k_hits(better, tied, n_people, 1), makers)}
    for size in GALLERY_SIZES:
        hits = rank_1_among(better, tied, n_people, size)
        if hits is not None:
            rates[size] = person_means(hits, makers)
    return np.unique(makers).tolist(), rates
