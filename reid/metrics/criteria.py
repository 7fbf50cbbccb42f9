"""Singling out, linkability and inference: the three criteria of WP216, each against a control attack."""

from dataclasses import dataclass

import numpy as np

from reid.errors import ParameterError, TooFewError
from reid.metrics.estimate import Estimate
from reid.metrics.intervals import interval_from_variance, proportion_over_people
from reid.typing import Array, FloatArray, IntArray

_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: what the attack reaches, what the control reaches, and the risk that is left."""

    attack: Estimate
    control: Estimate
    risk: Estimate  #: of what the control leaves open, the share that the attack gets: 0 none, 1 all

    def as_dict(self) -> dict[str, object]:
        """Return the criterion as it stands in ``report.json``."""
        return {
            "risk": self.risk.with_chance(),
            "attack": self.attack.as_dict(),
            "control": self.control.as_dict(),
        }


def criterion(attack: Estimate, control: Estimate) -> Criterion:
    """Return the risk (attack - control) / (1 - control) [1]_.

    Parameters
    ----------
    attack : Estimate
        Success rate of an attack that has the release.
    control : Estimate
        Success rate of the same attack where what is told of the person cannot have come from the release.

    Returns
    -------
    Criterion
        The risk is 0 where the control succeeds more often, or always. Its interval joins those of
        both rates [2]_ and has their level.

    References
    ----------
    .. [1] Giomi, Boenisch, Wehmeyer, Tasnadi (2023). A unified framework for quantifying privacy risk in
       synthetic data. PoPETs 2023(2).
    .. [2] Zou, Donner (2008). Construction of confidence limits about effect measures. Statist. Med. 27.

    Examples
    --------
    >>> found = criterion(Estimate(0.6, 0.5, 0.7), Estimate(0.2, 0.1, 0.3)).risk
    >>> round(found.value, 12), round(found.low, 2), round(found.high, 2)
    (0.5, 0.36, 0.64)
    """
    open_share = 1 - control.value
    if open_share <= 0:
        return Criterion(attack, control, Estimate(0.0, 0.0, 1.0, attack.level, attack.n_people, 0.0))
    value = (attack.value - control.value) / open_share
    slope = (1 - attack.value) / open_share**2
    less = np.hypot((attack.value - attack.low) / open_share, slope * (control.high - control.value))
    more = np.hypot((attack.high - attack.value) / open_share, slope * (control.value - control.low))
    risk, low, high = (float(np.clip(end, 0.0, 1.0)) for end in (value, value - less, value + more))
    return Criterion(attack, control, Estimate(risk, low, high, attack.level, attack.n_people, 0.0))


def singling_out(scores: FloatArray, truth: IntArray, *, level: float = 0.95) -> Criterion:
    """Return how surely a released recording is tied to one person and no other.

    The attack succeeds where a probe's highest score is one person's alone, and the right one's. In the
    control the own person is taken out and another one, drawn at random, counts as the right one: what naming
    one person alone is worth without any resemblance of one's own.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    level : float
        Of the intervals, which run over people.

    Raises
    ------
    TooFewError
        Fewer than two people are enrolled, or there is no probe.
    """
    rows, own = _of_enrolled(scores, truth)
    hits = (_named(rows) == own).astype(np.float64)
    one_named = (_named(_without_own(rows, own)) != _NOBODY).astype(np.float64)
    alone = proportion_over_people(one_named, own, level=level)
    n_others = rows.shape[1] - 1
    value, low, high = (end / n_others for end in (alone.value, alone.low, alone.high))
    blind = Estimate(value, low, high, level, alone.n_people)
    return criterion(proportion_over_people(hits, own, level=level), blind)


def linking(scores: FloatArray, truth: IntArray, *, level: float = 0.95) -> Criterion | None:
    """Return how surely two released recordings of one person are linked, without a name.

    The attack links two probes that most resemble the same enrolled person, whoever that is. It succeeds
    where two probes of one person are linked; in the control the two are of different people.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    level : float
        Of the intervals, which run over people.

    Returns
    -------
    Criterion or None
        None where fewer than two people have two probes.

    Raises
    ------
    TooFewError
        Fewer than two people are enrolled, or there is no probe.
    """
    rows, own = _of_enrolled(scores, truth)
    named = _named(rows)
    person, number, count = np.unique(own, return_inverse=True, return_counts=True)
    several = count > 1
    if np.count_nonzero(several) < 2:  # noqa: PLR2004  the control links two people
        return None
    # how many probes of each person are tied to each name; a probe tied to nobody is linked to none
    found = named != _NOBODY
    tied = np.zeros((person.size, rows.shape[1]))
    np.add.at(tied, (number[found], named[found]), 1.0)
    tied, count = tied[several], count[several]
    linked = (tied * (tied - 1)).sum(axis=1) / (count * (count - 1))
    share = tied / count[:, None]
    everybody = share.sum(axis=0)
    across = ((everybody[None, :] - share) * share).sum(axis=1) / (count.size - 1)
    attack = proportion_over_people(linked, person[several], level=level)
    # a mean over pairs of people: each person stands in it twice
    value = float(across.mean())
    variance = 4 * float(across.var(ddof=1)) / count.size
    low, high = interval_from_variance(value, variance, count.size, level=level)
    return criterion(attack, Estimate(value, low, high, level, count.size))


def inference(scores: FloatArray, truth: IntArray, secret: Array, *, level: float = 0.95) -> Criterion:
    """Return how surely a secret of a person is inferred from the release.

    The attack takes the secret of the enrolled person whom a probe resembles most. In the control the own
    person is taken out: what people alike have in common is no leak of the person's own data.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    secret : array of shape (n_people,)
        Of each enrolled person, such as a group.
    level : float
        Of the intervals, which run over people.

    Raises
    ------
    ParameterError
        There is not one secret per person.
    TooFewError
        Fewer than two people are enrolled, or there is no probe.
    """
    if secret.shape != scores.shape[1:]:
        raise ParameterError.of(
            "secret", must=f"be one of each of {scores.shape[1]} people", found=secret.size
        )
    rows, own = _of_enrolled(scores, truth)

    def right(seen: FloatArray) -> Estimate:
        named = _named(seen)
        hits = (named != _NOBODY) & (secret[named] == secret[own])
        return proportion_over_people(hits.astype(np.float64), own, level=level)

    return criterion(right(rows), right(_without_own(rows, own)))


def _of_enrolled(scores: FloatArray, truth: IntArray) -> tuple[FloatArray, IntArray]:
    known = truth >= 0
    rows, own = scores[known], truth[known]
    if rows.shape[1] < 2 or not own.size:  # noqa: PLR2004  one is right, one is the control
        found = f"{rows.shape[1]} enrolled and {own.size} probes"
        raise TooFewError.of("people", must="be at least 2 enrolled, with a probe", found=found)
    return np.where(np.isnan(rows), -np.inf, rows), own


def _without_own(rows: FloatArray, own: IntArray) -> FloatArray:
    others = rows.copy()
    others[np.arange(own.size), own] = -np.inf
    return others


def _named(rows: FloatArray) -> IntArray:
    """Return the column of each row's highest score, -1 where several share it or all failed."""
    highest = rows.max(axis=1)
    alone = (rows == highest[:, None]).sum(axis=1) == 1
    return np.where(alone & (highest > -np.inf), rows.argmax(axis=1), _NOBODY)
