"""Trust a mean by its count: features drawn towards the average person, the more the fewer observations."""

from dataclasses import dataclass

import numpy as np

from reid.features.table import FeatureTable
from reid.typing import BoolArray, Float32Array, FloatArray, IntArray

_MOST_PEOPLE_NEEDED = 40
_SHARE_OF_PEOPLE_NEEDED = 0.3
_OBSERVATIONS_PER_PERSON = 3.75
_LEAST_BETWEEN = 0.02  # of the variance within: a feature that separates nobody must not divide by zero


@dataclass(frozen=True, slots=True, eq=False)
class Shrinkage:
    """Mean and variance components of each feature, learnt on people that are not tested.

    A feature is seen as ``mean + person + observation``: a person's deviation has variance
    ``between``, one observation around it ``within``. The best guess of a person's deviation from n
    observations is their mean deviation times ``n / (n + within / between)`` (James-Stein, or BLUP).
    """

    kept: BoolArray  #: features seen in enough people, of those in the table: (n_features,)
    mean: FloatArray  #: over observations: (n_kept,)
    within: FloatArray  #: variance of one observation around its person: (n_kept,)
    between: FloatArray  #: variance of people: (n_kept,)

    @classmethod
    def learn(cls, pieces: FeatureTable, person: IntArray) -> "Shrinkage":
        """Estimate the components by one-way analysis of variance with unequal counts.

        Parameters
        ----------
        pieces : FeatureTable
            Features of single pieces, several per person. The variance within a person is taken
            from piece to piece, so it holds what changes from session to session.
        person : int64 array of shape (n_pieces,)
            Number of each piece's person, from 0.
        """
        n_people = int(person.max()) + 1
        counts = pieces.counts.astype(np.float64)
        sums = np.where(counts > 0, pieces.values * counts, 0.0)
        n_of, sum_of = sums_by_person(counts, person, n_people), sums_by_person(sums, person, n_people)
        mean_of = sum_of / np.maximum(n_of, 1)
        total, people_with = n_of.sum(axis=0), (n_of > 0).sum(axis=0)
        needed = min(_MOST_PEOPLE_NEEDED, max(2, int(np.ceil(_SHARE_OF_PEOPLE_NEEDED * n_people))))
        kept = (people_with >= needed) & (total >= _OBSERVATIONS_PER_PERSON * needed)
        if not kept.any():  # little was recorded of anybody: better what is seen once than nothing
            kept = people_with >= needed
        within_sum = np.where(counts > 0, counts * (pieces.values - mean_of[person]) ** 2, 0.0).sum(axis=0)
        freedom = (
            (sums_by_person((counts > 0).astype(np.float64), person, n_people) - 1).clip(min=0).sum(axis=0)
        )
        mean = sum_of.sum(axis=0) / np.maximum(total, 1)
        spread = (n_of * (mean_of - mean) ** 2).sum(axis=0) / np.maximum(people_with - 1, 1)
        # Nobody was seen twice: taken as half of what is seen, for want of anything that tells.
        within = np.where(freedom > 0, within_sum / np.maximum(freedom, 1), spread / 2)
        within = np.maximum(within, 1e-9)
        typical = (total - (n_of**2).sum(axis=0) / np.maximum(total, 1)) / np.maximum(people_with - 1, 1)
        between = np.maximum((spread - within) / np.maximum(typical, 1e-9), _LEAST_BETWEEN * within)
        return cls(kept, mean[kept], within[kept], between[kept])

    def applied(self, features: FeatureTable) -> Float32Array:
        """Return shrunk deviations in units of the spread between people, 0 where unseen.

        Shape (n_samples, n_kept), float32.
        """
        counts = features.counts[:, self.kept]
        deviation = np.where(counts > 0, features.values[:, self.kept] - self.mean, 0.0)
        trust = counts / (counts + self.within / self.between)
        return np.asarray(trust * deviation / np.sqrt(self.between), dtype=np.float32)


def sums_by_person(rows: FloatArray | Float32Array, person: IntArray, n_people: int) -> FloatArray:
    """Add up the rows of each person: float64, (n_people, n_columns)."""
    sums = np.zeros((n_people, rows.shape[1]))
    order = np.argsort(person, kind="stable")
    present, starts = np.unique(person[order], return_index=True)
    sums[present] = np.add.reduceat(rows[order], starts, axis=0)
    return sums


def residuals(values: FloatArray, person: IntArray) -> FloatArray:
    """Return deviations of each piece from the mean of its person's pieces; NaN where unseen."""
    seen = ~np.isnan(values)
    n_people = int(person.max()) + 1
    sums = sums_by_person(np.where(seen, values, 0.0), person, n_people)
    counts = sums_by_person(seen.astype(np.float64), person, n_people)
    return values - (sums / np.maximum(counts, 1))[person]
