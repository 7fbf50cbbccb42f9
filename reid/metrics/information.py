"""How much an attack tells of who somebody is: bits, and among how many people somebody still hides."""

from dataclasses import dataclass

import numpy as np

from reid.errors import TooFewError
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import person_means
from reid.metrics.spread import mean_of_bounded, quantile_over_people
from reid.typing import BoolArray, FloatArray, IntArray

WORST = 0.1  #: share of people who hide among the fewest
# per standard deviation of a probe's scores
_SHARPNESS: tuple[float, ...] = tuple(np.geomspace(0.1, 100.0, 24).tolist())
_DOUBT = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # weight of the uniform law in the posterior
_FOLDS = 5
_SURELY_MORE = 2.0  # standard errors by which a posterior must beat the uniform one


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What each probe's scores say of who made it, once they are made probabilities."""

    bits: FloatArray  #: (n_probes,) log2 of how much likelier than blind guessing the right person is
    entropy_bits: FloatArray  #: (n_probes,) of the posterior over the enrolled people


@dataclass(frozen=True, slots=True)
class Information:
    """What an attack tells, in bits, and the anonymity sets that it leaves."""

    bits: Estimate  #: mean over people; at most log2 of the number enrolled
    median_set: Estimate  #: half of the people hide among at most so many
    worst_set: Estimate  #: a tenth of the people hide among at most so many
    set_sizes: FloatArray  #: (n_people_with_probes,) effective anonymity set of each, by column

    def as_dict(self) -> dict[str, object]:
        """Return the measure as it stands in ``report.json``."""
        return {
            "bits": self.bits.with_chance(),
            "anonymity_set": {
                "median": self.median_set.with_chance(),
                "worst_decile": self.worst_set.with_chance(),
            },
        }


def information(scores: FloatArray, truth: IntArray, *, level: float = 0.95) -> Information:
    """Return the bits that an attack gives about who it is, and people's effective anonymity sets.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison, put at the probe's lowest score.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    level : float
        Of the intervals, which run over people.

    Returns
    -------
    Information
        The bits are log2 K less the cross-entropy of the posterior, a lower bound of the mutual
        information of probe and person under a uniform prior [1]_; negative ones are given as 0. The
        effective anonymity set of a person is 2 to the mean entropy of the posteriors of their probes [2]_: K
        where nothing is told. Half (a tenth) of the people hide among at most the median (the worst decile).

    Raises
    ------
    TooFewError
        Fewer than two people are enrolled, or there is no probe.

    References
    ----------
    .. [1] Barber, Agakov (2003). The IM algorithm: a variational approach to information maximization. NIPS.
    .. [2] Serjantov, Danezis (2002). Towards an information theoretic metric for anonymity. PET.
    """
    own = truth[truth >= 0]
    n_people = scores.shape[1]
    posterior = calibrated_posterior(scores, truth)
    most = float(np.log2(n_people))
    sizes = np.clip(2 ** person_means(posterior.entropy_bits, own), 1.0, n_people)
    sizes[sizes > n_people * (1 - 1e-9)] = n_people  # rounding
    bits = mean_of_bounded(person_means(posterior.bits, own), 0.0, most, level=level, chance=0.0)
    median, worst = (
        quantile_over_people(sizes, share, 1.0, n_people, level=level, chance=float(n_people))
        for share in (0.5, WORST)
    )
    return Information(bits, median, worst, sizes)


def calibrated_posterior(scores: FloatArray, truth: IntArray) -> Posterior:
    """Turn scores into probabilities of the enrolled people, by what the *other* people teach.

    The posterior is the softmax of a multiple of the scores, mixed with the uniform law. Multiple and mixture
    are those under which the right people of others are likeliest: each fifth of the people is calibrated
    on the other four. The posterior stays uniform where that does not beat blind guessing by two standard
    errors over people.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison, put at the probe's lowest score.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.

    Raises
    ------
    TooFewError
        Fewer than two people are enrolled, or there is no probe.
    """
    known = truth >= 0
    rows, own = _filled(scores[known]), truth[known]
    n_probes, n_people = rows.shape
    if n_people < 2 or not n_probes:  # noqa: PLR2004  one is searched for, one is mistaken
        found = f"{n_people} enrolled and {n_probes} probes"
        raise TooFewError.of("people", must="be at least 2 enrolled, with a probe", found=found)
    sharpness, doubt = np.zeros(n_probes), np.ones(n_probes)
    scale = _scale(rows)
    gains = _gains(rows, own, scale)
    for fold in range(_FOLDS):
        inside = own % _FOLDS == fold
        if inside.any() and not inside.all():
            sharpness[inside], doubt[inside] = _chosen(gains[..., ~inside], own[~inside], scale)
    return _posterior(rows, own, sharpness, doubt)


def _posterior(rows: FloatArray, own: IntArray, sharpness: FloatArray, doubt: FloatArray) -> Posterior:
    n_people = rows.shape[1]
    bits, entropy = np.zeros(own.size), np.full(own.size, np.log2(n_people))
    told = np.flatnonzero(doubt < 1)
    for part in np.array_split(told, max(1, told.size * n_people // 1_000_000)):
        if part.size:
            share = doubt[part, None]
            chance = (1 - share) * _softmax(rows[part] * sharpness[part, None]) + share / n_people
            bits[part] = np.log2(n_people * chance[np.arange(part.size), own[part]])
            entropy[part] = -(chance * np.log2(chance)).sum(axis=1)
    return Posterior(bits, entropy)


def _gains(rows: FloatArray, own: IntArray, scale: float) -> FloatArray:
    """Return log2 of K times the right person's probability: (n_sharpness, n_doubt, n_probes)."""
    n_probes, n_people = rows.shape
    gains = np.empty((len(_SHARPNESS), len(_DOUBT), n_probes))
    doubt = np.array(_DOUBT)[:, None]
    for start in range(0, n_probes, step := max(1, 1_000_000 // n_people)):
        part = rows[start : start + step]
        part = part - part.max(axis=1, keepdims=True)
        right = part[np.arange(part.shape[0]), own[start : start + step]]
        for place, sharpness in enumerate(_SHARPNESS):
            factor = sharpness / scale
            chance = np.exp(right * factor) / np.exp(part * factor).sum(axis=1)
            gains[place, :, start : start + step] = np.log2(n_people * (1 - doubt) * chance + doubt)
    return gains


def _chosen(gains: FloatArray, people: IntArray, scale: float) -> tuple[float, float]:
    """Return multiple and mixture of the largest gain, (0, 1) where it is none for sure."""
    _, number = np.unique(people, return_inverse=True)
    count = np.bincount(number)
    mean = gains @ (1 / (count[number] * count.size))
    sharpness, doubt = np.unravel_index(int(np.argmax(mean)), mean.shape)
    of_people = person_means(gains[sharpness, doubt], people)
    error = float(of_people.std()) / np.sqrt(max(count.size - 1, 1))
    if float(of_people.mean()) <= _SURELY_MORE * error:
        return 0.0, 1.0
    return _highest(mean[:, doubt], int(sharpness)) / scale, _DOUBT[int(doubt)]


def _highest(gain: FloatArray, place: int) -> float:
    """Return the sharpness at the vertex of the parabola through the best one and its neighbours."""
    if not 0 < place < gain.size - 1:
        return _SHARPNESS[place]
    before, here, after = gain[place - 1 : place + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(_SHARPNESS[place] * (_SHARPNESS[1] / _SHARPNESS[0]) ** shift)


def _softmax(rows: FloatArray) -> FloatArray:
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _scale(rows: FloatArray) -> float:
    """Return the root mean square over probes of the standard deviation of their scores; 1 where it is 0."""
    spread = float(np.sqrt(rows.var(axis=1).mean()))
    return spread if spread > 0 else 1.0


def _filled(rows: FloatArray) -> FloatArray:
    """Put failed comparisons at the lowest score of their probe, at 0 where it has none."""
    failed: BoolArray = np.isnan(rows)
    if not failed.any():
        return rows
    lowest = np.where(failed, np.inf, rows).min(axis=1, keepdims=True)
    return np.where(failed, np.where(np.isinf(lowest), 0.0, lowest), rows)
