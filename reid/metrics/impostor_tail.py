"""How often other people, more than were enrolled, would resemble a probe more than its own person."""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

import numpy as np

from reid.metrics.identification import ranks
from reid.typing import FloatArray, IntArray

_SHARE: Final = 0.1  # of the other people, whose scores are taken for the tail
_FEWEST: Final = 10  # scores that tell a probe's threshold and scale


@dataclass(frozen=True, slots=True, eq=False)
class ImpostorTail:
    """Each probe's highest scores with other people continue as a generalised Pareto law [1]_.

    Ranks alone cannot tell a probe that won by far from one that barely won; scores can. Threshold
    and scale are the probe's own, the shape is shared, since a probe has too few scores to show it.

    References
    ----------
    .. [1] Pickands (1975). Statistical inference using extreme order statistics. Annals of Statistics 3.
    """

    name: ClassVar[str] = "impostor-tail"

    chance: FloatArray  #: that another person resembles a probe more than its own, (n_probes,)
    weight: FloatArray  #: of each probe, summing to 1, (n_probes,)
    shape: float  #: of the law; 0 is exponential, below 0 scores have an upper end

    def rank_1(self, n_people: FloatArray) -> FloatArray:
        """Return the rate among so many people, the own one included: float64, as ``n_people``."""
        others = np.asarray(n_people, dtype=np.float64) - 1
        with np.errstate(divide="ignore", invalid="ignore"):  # a probe that everybody beats is never first
            first = np.where(others[:, None] > 0, np.exp(others[:, None] * np.log1p(-self.chance)), 1.0)
        return np.asarray(np.clip(first @ self.weight, 0.0, 1.0))

    @classmethod
    def fit(cls, scores: FloatArray, truth: IntArray, weight: FloatArray) -> Self:
        """Learn it from the scores of an attack.

        Parameters
        ----------
        scores : float64 array of shape (n_probes, n_people)
            Higher is more alike; NaN is a failed comparison. At least three people.
        truth : int64 array of shape (n_probes,)
            Column of each probe's own person, 0 or more.
        weight : float64 array of shape (n_probes,)
            Of each probe, summing to 1.
        """
        better, tied = ranks(scores, truth)
        n_people = scores.shape[1]
        row = np.arange(truth.size)
        own = scores[row, truth]
        others = np.where(np.isnan(scores), -np.inf, scores)
        others[row, truth] = -np.inf
        n_tail = int(min(max(_FEWEST, _SHARE * (n_people - 1)), n_people - 2))
        highest = -np.partition(-others, n_tail, axis=1)[:, : n_tail + 1]
        threshold = highest.min(axis=1)
        with np.errstate(invalid="ignore"):
            above = highest - threshold[:, None]
            scale = above.sum(axis=1) / n_tail
        told = np.isfinite(threshold) & np.isfinite(own) & (scale > 0)
        by_rank = np.minimum((better + tied / 2) / (n_people - 1), 1.0)
        if not told.any():
            return cls(by_rank, weight, 0.0)
        shape = _shape(above[told] / scale[told][:, None], n_tail)
        distance = np.where(told, (own - threshold) / np.where(told, scale, 1.0), 0.0)
        beyond = n_tail / (n_people - 1) * _survival(np.maximum(distance, 0.0), shape)
        return cls(np.where(distance > 0, beyond, by_rank), weight, shape)


def _shape(excess: FloatArray, n_tail: int) -> float:
    """Return the shape by moments, of excesses in units of each probe's own mean."""
    variance = float((excess**2).sum() / (excess.shape[0] * n_tail)) - 1.0
    return 0.5 * (1 - 1 / variance) if variance > 0 else 0.0


def _survival(distance: FloatArray, shape: float) -> FloatArray:
    """Return the chance of an excess above ``distance``, in units of the mean excess."""
    if abs(shape) < 1e-9:  # noqa: PLR2004  the limit
        return np.asarray(np.exp(-distance))
    base = np.maximum(1 + shape * distance / (1 - shape), 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.exp(-np.log(base) / shape))
