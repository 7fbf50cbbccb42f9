"""Curves of identification and comparison, as plain arrays that a figure can draw."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from reid.errors import ParameterError
from reid.kernels.operating_points import distinct_rates, operating_points, way_along
from reid.metrics.intervals import person_weights
from reid.metrics.verification import sorted_scores
from reid.typing import Array, FloatArray, IntArray

_DRAWN = 1e-6  # rates nearer to 0 or 1 than this have no finite place on normal-deviate axes


@dataclass(frozen=True, slots=True, eq=False)
class DetCurve:
    """Operating points of one-to-one comparison; a comparison matches when ``score >= threshold``."""

    threshold: FloatArray  #: (n_points,) ascending, the last is infinite
    fmr: FloatArray  #: (n_points,) false match rate, falling from 1 to 0
    fnmr: FloatArray  #: (n_points,) false non-match rate, rising from 0 to 1

    def thinned(self, n: int) -> "DetCurve":
        """Return at most ``n`` of the points, evenly spread along the curve as it is drawn.

        Parameters
        ----------
        n : int
            At least 2; the first and last points are always kept.
        """
        if n < 2:  # noqa: PLR2004  a curve has two ends
            raise ParameterError.of("n", must="be at least 2", found=n)
        if self.threshold.size <= n:
            return self
        x, y = (_drawn(distinct_rates(rate)) for rate in (self.fmr, self.fnmr))
        way = way_along(self.fmr, self.fnmr, x, y)
        kept = np.unique(np.searchsorted(way, np.linspace(0, way[-1], n - 1)))
        kept = np.unique(np.append(kept, way.size - 1))
        return DetCurve(self.threshold[kept], self.fmr[kept], self.fnmr[kept])


def _drawn(rate: FloatArray) -> FloatArray:
    """Return where rates stand on normal-deviate axes."""
    place: FloatArray = ndtri(np.clip(rate, _DRAWN, 1 - _DRAWN))
    return place


def det_curve(genuine: FloatArray, impostor: FloatArray) -> DetCurve:
    """Return every operating point, one per distinct score and one above all.

    Parameters
    ----------
    genuine, impostor : float64 arrays of shapes (n_genuine,) and (n_impostor,)
        Similarity scores, higher is more alike.

    Raises
    ------
    ParameterError
        Either is empty or holds NaN.

    Examples
    --------
    >>> curve = det_curve(np.array([0.5, 0.9]), np.array([0.1, 0.5]))
    >>> curve.fmr.tolist(), curve.fnmr.tolist()
    ([1.0, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 1.0])
    """
    return DetCurve(*operating_points(*sorted_scores(genuine, impostor)))


@dataclass(frozen=True, slots=True, eq=False)
class CmcCurve:
    """How often the right person is among the most alike so many."""

    rank: IntArray  #: (n_people,) 1, 2, ..., n_people
    rate: FloatArray  #: (n_people,) non-decreasing, in [0, 1]


def cmc_curve(better: IntArray, tied: IntArray, n_people: int, person: Array) -> CmcCurve:
    """Return the cumulative match characteristic, each person counting equally.

    Parameters
    ----------
    better, tied : int64 arrays of shape (n_probes,)
        As from :func:`reid.metrics.identification.ranks`.
    n_people : int
        Number of enrolled people.
    person : array of shape (n_probes,)
        Who made each probe.

    Returns
    -------
    CmcCurve
        ``rate[k - 1]`` is the mean of :func:`reid.metrics.identification.rank_k_hits` at k.
    """
    share = person_weights(person)
    found = better < n_people
    first, count, each = better[found], tied[found] + 1, share[found] / (tied[found] + 1)
    steps = np.zeros(n_people + 1)
    np.add.at(steps, first, each)  # the chance at each rank is flat over the tied places
    np.add.at(steps, first + count, -each)
    rate = np.cumsum(np.cumsum(steps[:n_people]))
    return CmcCurve(np.arange(1, n_people + 1), np.maximum.accumulate(np.clip(rate, 0.0, 1.0)))
