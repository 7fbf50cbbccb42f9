"""Error rates of many comparisons, and their spread when people are drawn again."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from reid.errors import ParameterError, TooFewError
from reid.kernels.scores import places_among, weighted_rates
from reid.typing import BoolArray, FloatArray, Int32Array, IntArray, UInt32Array

FALSE_MATCH_RATES = (1e-2, 1e-3)  #: at which the true match rate is given
FEWEST_OWN_SCORES = 5  #: genuine scores below which a person's own error rate says too little


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Error rates of one draw of people; NaN where a side has no comparison."""

    eer: float  #: with one threshold for everybody
    auc: float  #: with ties one half
    eer_per_person: float  #: mean over people with at least five genuine scores
    own_eer: FloatArray  #: (n_people,) of each claimed person, NaN where there are fewer
    tmr: FloatArray  #: (n_rates,) true match rate at each of :data:`FALSE_MATCH_RATES`


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Error rates of repeated draws of people: one entry per draw."""

    eer: FloatArray
    auc: FloatArray
    eer_per_person: FloatArray
    tmr: FloatArray  #: one row per draw, one column per false match rate


@dataclass(frozen=True, slots=True, eq=False)
class PairScores:
    """Comparisons of samples with claimed people, sorted so that rates of a draw take one pass.

    Impostor scores are kept as their place among the genuine scores, which is all that an equal
    error rate and an area under the curve depend on, so nothing is rounded.
    """

    genuine_starts: IntArray
    genuine_rank: UInt32Array
    genuine_own_rank: UInt32Array
    n_values: int
    n_own_values: IntArray
    impostor_starts: IntArray
    impostor_maker: UInt32Array
    impostor_place: UInt32Array
    impostor_own_place: UInt32Array
    judged: BoolArray

    @classmethod
    def of_matrix(cls, scores: FloatArray, truth: IntArray) -> Self:
        """Return the comparisons of every probe with every enrolled person.

        Parameters
        ----------
        scores : float64 array of shape (n_probes, n_people)
            Higher is more alike; NaN is a failed comparison and counts as the lowest score.
        truth : int64 array of shape (n_probes,)
            Column of the person who made the probe; -1 leaves the probe out.
        """
        rows = scores if (truth >= 0).all() else scores[truth >= 0]
        maker = truth[truth >= 0]
        n_probes, n_people = rows.shape
        claimed = np.repeat(np.arange(n_people, dtype=np.int32), n_probes)
        makers = np.tile(maker.astype(np.int32), n_people)
        return cls.of_list(rows.T.ravel(), claimed, makers, claimed == makers, n_people)

    @classmethod
    def of_list(
        cls,
        score: FloatArray,
        claimed: IntArray | Int32Array,
        maker: IntArray | Int32Array,
        genuine: BoolArray,
        n_people: int,
    ) -> Self:
        """Return the comparisons of a declared list.

        Parameters
        ----------
        score : float64 array of shape (n_comparisons,)
            Higher is more alike; NaN is a failed comparison and counts as the lowest score.
        claimed : integer array of shape (n_comparisons,)
            Number of the person whose template is compared, in ``0 .. n_people - 1``.
        maker : integer array of shape (n_comparisons,)
            Number of the person who made the sample; -1 where that is not known.
        genuine : bool array of shape (n_comparisons,)
            True where the claimed person made the sample.
        n_people : int
            Number of people.

        Raises
        ------
        ParameterError
            An impostor comparison is of a person with the own template, or shapes disagree.
        TooFewError
            There is no genuine, or no impostor comparison.
        """
        if not score.shape == claimed.shape == maker.shape == genuine.shape:
            shapes = (score.shape, claimed.shape, maker.shape, genuine.shape)
            raise ParameterError.of("score, claimed, maker and genuine", must="have one shape", found=shapes)
        if score.size and not (
            0 <= claimed.min() <= claimed.max() < n_people and -1 <= maker.min() <= maker.max() < n_people
        ):
            must = f"be numbers below {n_people}, with -1 for a maker who is not known"
            raise ParameterError.of(
                "claimed and maker", must=must, found=f"up to {max(claimed.max(), maker.max())}"
            )
        n_wrong = np.count_nonzero((claimed == maker) != genuine) - np.count_nonzero(genuine & (maker < 0))
        if n_wrong:
            must = "be true exactly where the claimed person made the sample"
            raise ParameterError.of("genuine", must=must, found=f"{n_wrong} comparisons where it is not")
        n_genuine = np.count_nonzero(genuine)
        if n_genuine in {0, score.size}:
            found = f"{n_genuine} genuine and {score.size - n_genuine} impostor"
            raise TooFewError.of("comparisons", must="be of both kinds", found=found)
        score = np.where(np.isnan(score), -np.inf, score)
        own_order, other_order = _by_person(claimed[genuine]), _by_person(claimed[~genuine])
        own, own_claimed = score[genuine][own_order], claimed[genuine][own_order]
        other, other_claimed = score[~genuine][other_order], claimed[~genuine][other_order]
        other_maker = maker[~genuine][other_order]
        values, rank = np.unique(own, return_inverse=True)
        genuine_starts = np.searchsorted(own_claimed, np.arange(n_people + 1))
        impostor_starts = np.searchsorted(other_claimed, np.arange(n_people + 1))
        own_rank = np.empty(own.size, dtype=np.uint32)
        own_place = np.zeros(other.size, dtype=np.uint32)
        n_own_values = np.zeros(n_people, dtype=np.int64)
        for person in np.flatnonzero(np.diff(genuine_starts)):
            mine = slice(genuine_starts[person], genuine_starts[person + 1])
            others = slice(impostor_starts[person], impostor_starts[person + 1])
            own_values, own_rank[mine] = np.unique(own[mine], return_inverse=True)
            own_place[others] = places_among(own_values, other[others])
            n_own_values[person] = own_values.size
        return cls(
            genuine_starts=genuine_starts,
            genuine_rank=rank.astype(np.uint32),
            genuine_own_rank=own_rank,
            n_values=values.size,
            n_own_values=n_own_values,
            impostor_starts=impostor_starts,
            impostor_maker=np.where(other_maker < 0, n_people, other_maker).astype(np.uint32),
            impostor_place=places_among(values, other),
            impostor_own_place=own_place,
            judged=(np.diff(genuine_starts) >= FEWEST_OWN_SCORES) & (np.diff(impostor_starts) > 0),
        )

    @property
    def n_people(self) -> int:
        """Number of people, claimed or not."""
        return int(self.judged.size)

    @property
    def n_genuine_people(self) -> int:
        """Number of people with a genuine score."""
        return int(np.count_nonzero(np.diff(self.genuine_starts)))

    @property
    def n_judged(self) -> int:
        """Number of people with an error rate of their own."""
        return int(np.count_nonzero(self.judged))

    @property
    def n_impostor(self) -> int:
        """Number of impostor comparisons."""
        return int(self.impostor_place.size)

    def passing(self, share: float) -> FloatArray:
        """Return what share of each person's genuine scores is among the highest ``share`` of all.

        Returns
        -------
        float64 array of shape (n_genuine_people,)
            In [0, 1]; a score that ties with the lowest of them counts.
        """
        count = np.diff(self.genuine_starts)
        claimed = np.repeat(np.arange(self.n_people), count)
        n_above = round(share * self.genuine_rank.size)
        lowest = np.sort(self.genuine_rank)[-n_above] if n_above else self.n_values
        passes = np.bincount(claimed, weights=self.genuine_rank >= lowest, minlength=self.n_people)
        return np.asarray(passes[count > 0] / count[count > 0])

    def rates(self, weight: IntArray | None = None) -> ErrorRates:
        """Return the error rates when person i counts ``weight[i]`` times; once where not given.

        A genuine comparison weighs as its person, an impostor one as the product of both, so two
        copies of one person never make an impostor comparison.

        Parameters
        ----------
        weight : int64 array of shape (n_people,), optional
            0 or more.
        """
        times = np.ones(self.n_people, dtype=np.int64) if weight is None else weight.astype(np.int64)
        eer, auc, own_eer, tmr = weighted_rates(
            np.append(times, 1),
            self.genuine_starts,
            self.genuine_rank,
            self.genuine_own_rank,
            self.n_values,
            self.n_own_values,
            self.impostor_starts,
            self.impostor_maker,
            self.impostor_place,
            self.impostor_own_place,
            self.judged,
            np.array(FALSE_MATCH_RATES),
        )
        seen = ~np.isnan(own_eer)
        mean = float(np.average(own_eer[seen], weights=times[seen])) if seen.any() else float("nan")
        return ErrorRates(float(eer), float(auc), mean, own_eer, tmr)


def resamples_of_people(n_people: int, n_replicates: int, rng: np.random.Generator) -> IntArray:
    """Return how often each person is drawn when ``n_people`` are drawn with replacement.

    The same draws go to both sides of a paired comparison.

    Returns
    -------
    int64 array of shape (n_replicates, n_people)
        Each row sums to ``n_people``.
    """
    return rng.multinomial(n_people, np.full(n_people, 1 / n_people), size=n_replicates)


def bootstrap_over_people(pairs: PairScores, weights: IntArray) -> Replicates:
    """Return the error rates of each draw of people.

    Parameters
    ----------
    pairs : PairScores
        The comparisons.
    weights : int64 array of shape (n_replicates, n_people)
        As from :func:`resamples_of_people`.
    """
    draws = [pairs.rates(weight) for weight in weights]
    return Replicates(
        np.array([draw.eer for draw in draws]),
        np.array([draw.auc for draw in draws]),
        np.array([draw.eer_per_person for draw in draws]),
        np.array([draw.tmr for draw in draws]),
    )


def _by_person(claimed: IntArray | Int32Array) -> IntArray | slice:
    """Return what sorts comparisons by the claimed person, keeping their order else."""
    return slice(None) if np.all(claimed[1:] >= claimed[:-1]) else np.argsort(claimed, kind="stable")
