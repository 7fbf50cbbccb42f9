"""Error rates of own scores that are known exactly and of others that were counted in bins."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reid.kernels.scores import crossing_of_masses, hit_rate_of_masses
from reid.metrics.curves import DetCurve
from reid.metrics.pairs import FALSE_MATCH_RATES
from reid.metrics.tallied import ScoreBins
from reid.typing import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class TalliedRates:
    """Error rates with one threshold for everybody.

    Of the others' scores it is known how many lie in each bin; within a bin they are taken to lie evenly. So
    a false match rate is exact at the edges of bins, and between them off by less than what the bin holds.
    """

    genuine: FloatArray  #: (n_genuine,) own scores, rising; minus infinity where the comparison failed
    impostor: IntArray  #: (n_bins,) scores with other people
    bins: ScoreBins

    @cached_property
    def values(self) -> FloatArray:
        """Distinct own scores, rising: (n_values,)."""
        return np.unique(self.genuine)

    @cached_property
    def genuine_mass(self) -> IntArray:
        """How many own scores have each value: (n_values,)."""
        starts = np.searchsorted(self.genuine, self.values)
        return np.diff(np.append(starts, self.genuine.size)).astype(np.int64)

    @cached_property
    def below(self) -> FloatArray:
        """How many of the others' scores lie below each value: (n_values,)."""
        place = self.bins.places(self.values)
        before = np.cumsum(self.impostor) - self.impostor
        width = 1 / self.bins.per_unit
        inside = np.clip((self.values - self.bins.edges()[place]) / width, 0.0, 1.0)
        inside = np.where((place >= 2) & (place < self.bins.n_bins - 1), inside, 0.5)  # noqa: PLR2004  the outer bins
        failed = place == 0  # as low as others' failures, with which they tie
        return np.where(failed, 0.0, before[place] + inside * self.impostor[place])

    @cached_property
    def _impostor_mass(self) -> IntArray:
        """How many of the others lie below the first value, on it, between it and the next, and so on."""
        n_impostor = int(self.impostor.sum())
        mass = np.zeros(2 * self.values.size + 1, dtype=np.int64)
        reached = np.rint(np.append(self.below, n_impostor)).astype(np.int64)
        mass[::2] = np.diff(reached, prepend=0)
        if self.values[0] == -np.inf:  # a failure of one's own and one of others are alike
            mass[1] = int(self.impostor[0])
            mass[2] -= mass[1]
        return mass

    def equal_error_rate(self) -> float:
        """Return the rate where the ROC polyline crosses FMR = FNMR; NaN without others."""
        return float(crossing_of_masses(self.genuine_mass, self._impostor_mass, self.values.size))

    def area_under_curve(self) -> float:
        """Return the chance that an own score exceeds another's, a tie counting one half."""
        n_impostor = int(self.impostor.sum())
        if not n_impostor:
            return float("nan")
        won = self.below + np.where(self.values == -np.inf, self.impostor[0] / 2, 0.0)
        return float(self.genuine_mass @ won / (n_impostor * self.genuine.size))

    def true_match_rates(self) -> FloatArray:
        """Return the true match rate at each of :data:`~reid.metrics.pairs.FALSE_MATCH_RATES`."""
        masses = self.genuine_mass, self._impostor_mass, self.values.size
        return np.array([hit_rate_of_masses(*masses, fmr) for fmr in FALSE_MATCH_RATES])

    def resolution(self) -> float:
        """Return by how much a false match rate, and so the equal error rate, may be off at the most.

        That is the share of the others in the bin in which the threshold of the equal error rate lies.
        """
        eer = self.equal_error_rate()
        rank = min(int(eer * self.genuine.size), self.genuine.size - 1)
        place = int(self.bins.places(self.genuine[rank : rank + 1])[0])
        near = self.impostor[max(place - 1, 0) : place + 2]
        return float(near.max() / max(int(self.impostor.sum()), 1))

    def det_curve(self) -> DetCurve:
        """Return the operating points at each own score, and one above all."""
        n_impostor = max(int(self.impostor.sum()), 1)
        fmr = np.append(1 - self.below / n_impostor, 0.0)
        fnmr = np.append(0.0, np.cumsum(self.genuine_mass)) / self.genuine.size
        return DetCurve(np.append(self.values, np.inf), fmr, fnmr)
