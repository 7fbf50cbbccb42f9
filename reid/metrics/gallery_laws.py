"""Laws of how often the right person comes first, by the number of people enrolled."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Final, Protocol, Self

import numpy as np
from scipy.optimize import least_squares
from scipy.special import digamma, expit, gammaln, log_ndtr, polygamma

from reid.typing import FloatArray

_LARGE_STRENGTH: Final = 200.0  # from here on three terms of a series are exact to six digits
_SMALL_DISCOUNT: Final = 1e-6  # below, the limit for no discount
_NODES: Final = 61
_NEWTON_STEPS: Final = 8
_MOST_EVALUATIONS: Final = 60
_STEPS_OF_GRID: Final = 13


class GalleryLaw(Protocol):
    """Rank-1 as a function of the number of people enrolled."""

    name: ClassVar[str]

    def rank_1(self, n_people: FloatArray) -> FloatArray:
        """Return the rate among so many people, the own one included: float64, as ``n_people``."""
        ...

    @classmethod
    def fit(cls, n_people: FloatArray, rate: FloatArray) -> Self:
        """Return the law that comes nearest to measured rates."""
        ...


@dataclass(frozen=True, slots=True)
class PitmanYor:
    """Everybody is one of infinitely many kinds of people, drawn by a Pitman-Yor process [1]_.

    A person is named correctly if nobody else is of the same kind, and by a fair draw where somebody is.

    References
    ----------
    .. [1] Rocher, Hendrickx, de Montjoye (2025). A scaling law to model the effectiveness of identification
       techniques. Nature Communications 16, 347.
    """

    name: ClassVar[str] = "pitman-yor"

    discount: float  #: d, from 0 to 1: how heavy the tail of rare kinds is
    strength: float  #: a, above 0

    @classmethod
    def of_entropy(cls, entropy: float, tail: float) -> Self:
        """Return the law by the entropy of the kinds in nats, and by the share of it that rare kinds hold."""
        at_one = float(digamma(1.0))
        discount = 1.0 - _inverse_digamma(at_one - entropy * tail)
        return cls(max(discount, 0.0), max(_inverse_digamma(entropy * (1 - tail) + at_one) - 1.0, 1e-12))

    def rank_1(self, n_people: FloatArray) -> FloatArray:
        """Return the rate among so many people.

        Examples
        --------
        >>> PitmanYor.of_entropy(6.642, tail=0.0).rank_1(np.array([1e3, 1e4])).round(5).tolist()
        [0.51702, 0.13714]
        """
        n = np.asarray(n_people, dtype=np.float64)
        d, a = self.discount, self.strength
        if a > _LARGE_STRENGTH:  # log gamma would lose all digits of the difference
            reach = n / (a * (n + a))  # of 1 / a - 1 / (n + a)
            slope = np.log1p(n / a) + (1 - d) / 2 * reach
            slope += (1 - d) * (1 - 2 * d) / 12 * reach * (1 / a + 1 / (n + a))
            per_discount = np.expm1(d * slope) / d if d > 0 else slope
        elif d < _SMALL_DISCOUNT:
            per_discount = digamma(n + a) - digamma(a)
        else:
            per_discount = np.expm1(gammaln(n + a + d) - gammaln(n + a) - gammaln(a + d) + gammaln(a)) / d
        return np.asarray(np.clip(a / n * per_discount, 0.0, 1.0))

    @classmethod
    def fit(cls, n_people: FloatArray, rate: FloatArray) -> Self:
        """Return the law nearest to measured rates, weighted with the logarithm of the number of people.

        Parameters
        ----------
        n_people : float64 array of shape (n_points,)
            At least 2.
        rate : float64 array of shape (n_points,)
            Rank-1 among so many.

        Examples
        --------
        >>> law = PitmanYor.fit(np.array([10.0, 50, 100, 500]), np.array([0.99, 0.97, 0.95, 0.90]))
        >>> law.rank_1(np.array([1e3, 1e4, 1e5])).round(3).tolist()
        [0.875, 0.792, 0.714]
        """
        return cls.of_free(*_nearest(cls, n_people, rate))

    @classmethod
    def of_free(cls, first: float, second: float) -> Self:
        """Return the law of two numbers that may have any value between the bounds of the search."""
        return cls(float(expit(first)), float(np.exp(second)))

    #: bounds of the log odds of the discount and of the logarithm of the strength
    free_bounds: ClassVar[tuple[tuple[float, float], tuple[float, float]]] = ((-9.0, 6.0), (-7.0, 25.0))


@dataclass(frozen=True, slots=True)
class ProbitNormal:
    """Each probe beats another person with a chance of its own, of which the normal deviate is Gaussian."""

    name: ClassVar[str] = "probit-normal"

    mean: float
    sd: float  #: above 0

    def rank_1(self, n_people: FloatArray) -> FloatArray:
        """Return the rate among so many people: the mean of the chance to the power of the others.

        Examples
        --------
        Where every chance is as likely, the law is blind guessing.

        >>> ProbitNormal(mean=0.0, sd=1.0).rank_1(np.array([2.0, 10.0])).round(4).tolist()
        [0.5, 0.1]
        """
        others = np.asarray(n_people, dtype=np.float64) - 1
        node, weight = _gauss_hermite()
        log_chance = log_ndtr(self.mean + self.sd * node)
        return np.asarray(np.clip(np.exp(np.multiply.outer(others, log_chance)) @ weight, 0.0, 1.0))

    @classmethod
    def fit(cls, n_people: FloatArray, rate: FloatArray) -> Self:
        """Return the law nearest to measured rates; see :meth:`PitmanYor.fit`."""
        return cls.of_free(*_nearest(cls, n_people, rate))

    @classmethod
    def of_free(cls, first: float, second: float) -> Self:
        """Return the law of two numbers that may have any value between the bounds of the search."""
        return cls(first, float(np.exp(second)))

    #: bounds of the mean and of the logarithm of the standard deviation
    free_bounds: ClassVar[tuple[tuple[float, float], tuple[float, float]]] = ((-3.0, 12.0), (-4.0, 2.5))


def _nearest(
    law: type[PitmanYor | ProbitNormal], n_people: FloatArray, rate: FloatArray
) -> tuple[float, float]:
    """Return the free numbers of the law that comes nearest.

    The search starts at the best point of a grid: far from it the rates hardly change with the parameters.
    """
    sizes = np.asarray(n_people, dtype=np.float64)
    root_weight = np.sqrt(np.log(sizes))
    parameters, rates = _grid(law.name, tuple(sizes.tolist()))
    squares = ((root_weight * (rates - rate)) ** 2).sum(axis=1)
    low, high = np.transpose(law.free_bounds)

    def distances(free: FloatArray) -> FloatArray:
        return np.asarray(root_weight * (law.of_free(free[0], free[1]).rank_1(sizes) - rate))

    # Differences on one side only are lost in the rounding of log gamma where the discount is small.
    found = least_squares(
        distances, parameters[int(np.argmin(squares))], bounds=(low, high), max_nfev=_MOST_EVALUATIONS,
        method="dogbox", jac="3-point",
        xtol=1e-6, ftol=1e-9,
    )  # fmt: skip
    return float(found.x[0]), float(found.x[1])


@cache
def _grid(name: str, sizes: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """Return parameters within the bounds, (n_points, 2), and what rates they give, (n_points, n_sizes)."""
    law = next(one for one in (PitmanYor, ProbitNormal) if one.name == name)
    sides = [np.linspace(low, high, _STEPS_OF_GRID + 2)[1:-1] for low, high in law.free_bounds]
    parameters = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, 2)
    n = np.array(sizes)
    return parameters, np.stack([law.of_free(first, second).rank_1(n) for first, second in parameters])


@cache
def _gauss_hermite() -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights for means over a standard normal."""
    node, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    return node, weight / weight.sum()


def _inverse_digamma(value: float) -> float:
    """Return where the digamma function has this value, by Newton's method from two known limits."""
    x = float(np.exp(value)) + 0.5 if value >= -2.22 else -1.0 / (value - float(digamma(1.0)))  # noqa: PLR2004
    for _ in range(_NEWTON_STEPS):
        x -= float((digamma(x) - value) / polygamma(1, x))
    return x
