"""Learn how much each attacker counts, and how fast its evidence grows with what a probe holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import minimize

from reid.typing import BoolArray, FloatArray, IntArray

#: Where an attacker's evidence may count half, in units of what a rehearsed probe typically holds.
_SHARES: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
_FOLDS: Final = 4
_MOST_PROBES: Final = 400  # of a rehearsal, in the search for half points
_ERRORS_NEEDED: Final = 2.0  # standard errors, since the best of several is taken


@dataclass(frozen=True, slots=True)
class Trust:
    """How an attacker's evidence grows with what it rests on: by ``n / (n + half_at)``, 1 at ``typical``."""

    half_at: float = 0.0  #: observations at which it has reached half of its height; 0 where it never grows
    typical: float = 1.0  #: observations in a rehearsed probe
    usual: float = 0.0  #: its mean score in rehearsals, which stands for a probe without evidence

    def of(self, amounts: FloatArray) -> FloatArray:
        """Return by how much evidence counts: (n_probes,), 1 for a typical probe and 0 for an empty one."""
        if self.half_at <= 0:
            return np.asarray(amounts > 0, dtype=np.float64)
        return np.asarray(amounts / (amounts + self.half_at) * (1 + self.half_at / self.typical))

    def applied(self, scores: FloatArray, amounts: FloatArray) -> FloatArray:
        """Draw a probe's scores towards the usual one, the more the fewer observations they rest on.

        Parameters
        ----------
        scores : float64 array of shape (n_probes, n_people)
            Scores of the attacker.
        amounts : float64 array of shape (n_probes,)
            Observations in each probe, 0 or more.

        Returns
        -------
        float64 array of shape (n_probes, n_people)
            Deviations from ``usual`` times :meth:`of`, plus ``usual``.
        """
        return np.asarray(self.usual + self.of(amounts)[:, None] * (scores - self.usual))


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """One rehearsal: what each attacker said of each probe, and who it was."""

    stacked: FloatArray  #: (n_attackers, n_probes, n_people), scores
    truth: IntArray  #: (n_probes,), place of the right person
    amounts: FloatArray | None = None  #: (n_attackers, n_probes), observations; None where nobody counted

    def of_probes(self, wanted: BoolArray | slice) -> "Situation":
        """Return the situation of some probes."""
        amounts = None if self.amounts is None else self.amounts[:, wanted]
        return Situation(self.stacked[:, wanted], self.truth[wanted], amounts)

    def trusting(self, trust: Sequence[Trust]) -> "Situation":
        """Return the situation with every attacker's scores drawn together by how little they rest on."""
        if self.amounts is None or not trust:
            return self
        rows = zip(trust, self.stacked, self.amounts, strict=True)
        return replace(self, stacked=np.stack([one.applied(*row) for one, *row in rows]))


def learn_weights(situations: Sequence[Situation]) -> FloatArray:
    """Return the weights, 0 or more, under which the right person is most likely: (n_attackers,)."""
    n_attackers = len(situations[0].stacked)
    start = np.full(n_attackers, 1.0 / n_attackers)
    pairs = [(one.stacked, one.truth) for one in situations]
    found = minimize(
        _loss, start, args=(pairs,), jac=True, method="L-BFGS-B", bounds=[(0, None)] * n_attackers
    )
    return np.asarray(found.x)


def learn_trust(situations: Sequence[Situation]) -> tuple[Trust, ...]:
    """Return how each attacker's evidence grows with what a probe holds, but for its usual score.

    Attackers that counted the same things share one law. It is searched one group after the other, by
    the surprise at the right person where the weights were learnt on other people; a group's evidence
    counts in full, however little it rests on, unless growing is better by more than two standard errors.
    Empty where nobody counted, or all counted the same.
    """
    if any(one.amounts is None for one in situations):
        return ()
    few = [one.of_probes(slice(None, None, -(-one.truth.size // _MOST_PROBES) or 1)) for one in situations]
    counts = np.concatenate([one.amounts for one in few if one.amounts is not None], axis=1)
    _, group = np.unique(counts, axis=0, return_inverse=True)
    if group.max() == 0:
        return ()
    trust = [Trust()] * len(counts)
    best = _surprises(few, trust)
    for number in dict.fromkeys(group.tolist()):
        seen = counts[group == number][0]
        if np.unique(seen[seen > 0]).size < 2:  # noqa: PLR2004  nothing to see growth by
            continue
        typical = float(np.median(seen[seen > 0]))
        tried = [
            [
                Trust(share * typical, typical) if own == number else one
                for own, one in zip(group, trust, strict=True)
            ]
            for share in _SHARES
        ]
        surprises = [_surprises(few, one) for one in tried]
        place = min(range(len(tried)), key=lambda at: float(surprises[at].mean()))
        gain = best - surprises[place]
        if gain.mean() > _ERRORS_NEEDED * gain.std() / np.sqrt(gain.size):
            trust, best = tried[place], surprises[place]
    return tuple(trust)


def _surprises(situations: Sequence[Situation], trust: Sequence[Trust]) -> FloatArray:
    """Return ``-log p`` of each probe's person, in nats, by weights that other people taught."""
    trusting = [one.trusting(trust) for one in situations]
    found = []
    for fold in range(_FOLDS):
        learnt = [one.of_probes(one.truth % _FOLDS != fold) for one in trusting]
        if not any(one.truth.size for one in learnt):
            learnt = trusting
        weights = learn_weights(learnt)
        for one in trusting:
            judged = one.of_probes(one.truth % _FOLDS == fold)
            share = _shares(weights, judged.stacked)
            right = share[np.arange(judged.truth.size), judged.truth]
            found.append(-np.log(np.maximum(right, 1e-300)))
    return np.concatenate(found)


def _shares(weights: FloatArray, stacked: FloatArray) -> FloatArray:
    """Return how likely each person is for each probe: (n_probes, n_people), rows sum to 1."""
    logit = np.tensordot(weights, stacked, axes=1)
    logit -= logit.max(axis=1, keepdims=True)
    share = np.exp(logit)
    share /= share.sum(axis=1, keepdims=True)
    return np.asarray(share)


def _loss(weights: FloatArray, situations: Sequence[tuple[FloatArray, IntArray]]) -> tuple[float, FloatArray]:
    """Return the mean surprise at the right person, and its gradient."""
    loss, gradient, n_probes = 0.0, np.zeros(weights.size), 0
    for stacked, truth in situations:
        rows = np.arange(truth.size)
        share = _shares(weights, stacked)
        loss -= float(np.log(np.maximum(share[rows, truth], 1e-300)).sum())
        gradient += np.einsum("mpg,pg->m", stacked, share) - stacked[:, rows, truth].sum(axis=1)
        n_probes += truth.size
    pull = 1e-3 * (weights - weights.mean())
    return loss / n_probes + 0.5 * float(pull @ (weights - weights.mean())), gradient / n_probes + pull
