"""Learn a partially observable hidden Markov model of everybody, and fit it to one person."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.attackers.typed_runs import TypedRuns, TypingSlots
from reid.kernels.pohmm import ExpectedCounts, PohmmModel, expected_counts
from reid.typing import FloatArray, IntArray

_LEAST_VARIANCE: Final = 1e-3  # of log timings: a spread of 3 %
_APART: Final = 0.7  # standard deviations between the mean of all latencies and where a state starts
_STAYING: Final = 0.7  # probability at the start
_AS_MANY: Final = 10.0  # observations that a level above counts for while everybody's model is learnt
_ROUNDS_BY_DIGRAPH: Final = 5


@dataclass(frozen=True, slots=True)
class Relevance:
    """How many observations what is known from elsewhere counts for."""

    timing: float = 2.0  #: everybody's mean, against a person's own shift of a timing
    key: float = 8.0  #: that shift, against the shift at a key
    digraph: float = 8.0  #: the shift at a key, against the shift at a digraph
    spread: float = 20.0  #: everybody's spread
    switching: float = 20.0  #: everybody's probabilities of going from state to state


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Slots belong to keys, keys to timings."""

    key_of_slot: IntArray  #: (n_slots,)
    timing_of_slot: IntArray  #: (n_slots,)

    @classmethod
    def of(cls, slots: TypingSlots) -> "Levels":
        """Return the levels of a layout of slots."""
        key_of_slot = slots.key_of_slot()
        return cls(key_of_slot, slots.timing_of_key()[key_of_slot])


def learn_everybody(runs: TypedRuns, slots: TypingSlots, n_states: int, n_rounds: int) -> PohmmModel:
    """Learn a model of all people together.

    By expectation maximisation from a start that is always the same: first with one law per key, then with
    a mean and a spread for each digraph, drawn towards those of its key by their counts.
    """
    levels = Levels.of(slots)
    by_key = TypedRuns(runs.key, levels.key_of_slot[runs.slot], runs.value, runs.offsets)
    timing_of_key = slots.timing_of_key()
    model = first_guess(by_key, timing_of_key, slots.n_keys, n_states)
    for _ in range(n_rounds):
        model, counts = improved(model, by_key)
    model = backed_off(model, counts, timing_of_key)
    coarse = model._replace(mean=model.mean[levels.key_of_slot], variance=model.variance[levels.key_of_slot])
    fine = Relevance(timing=np.inf, key=np.inf, digraph=_AS_MANY, spread=_AS_MANY, switching=np.inf)
    model = coarse
    for _ in range(_ROUNDS_BY_DIGRAPH):
        model = adapted(coarse, model, counts_of(model, runs), levels, fine)
    return model


def counts_of(model: PohmmModel, runs: TypedRuns) -> ExpectedCounts:
    """Return what the model believes of the hidden states of runs."""
    return expected_counts(runs.key, runs.slot, runs.value, runs.offsets, model)


def first_guess(runs: TypedRuns, timing_of_slot: IntArray, n_keys: int, n_states: int) -> PohmmModel:
    """Return the start of the learning: hidden states apart in the last timing, alike in everything else."""
    n_timings = runs.value.shape[1]
    seen = ~np.isnan(runs.value)
    n_seen = np.maximum(seen.sum(axis=0), 1)
    mean = np.where(seen, runs.value, 0).sum(axis=0) / n_seen
    variance = np.maximum(np.where(seen, (runs.value - mean) ** 2, 0).sum(axis=0) / n_seen, _LEAST_VARIANCE)
    means = np.repeat(mean[timing_of_slot, None], n_states, axis=1)
    apart = np.linspace(-_APART, _APART, n_states) if n_states > 1 else np.zeros(1)
    last = timing_of_slot == n_timings - 1
    means[last] += apart * np.sqrt(variance[-1])
    leaving = (1 - _STAYING) / max(n_states - 1, 1)
    transition = np.full((n_states, n_states), leaving)
    np.fill_diagonal(transition, _STAYING if n_states > 1 else 1.0)
    return PohmmModel(
        np.full((n_keys, n_states), 1 / n_states),
        np.tile(transition, (n_keys, n_keys, 1, 1)),
        means,
        np.repeat(variance[timing_of_slot, None], n_states, axis=1),
    )


def improved(model: PohmmModel, runs: TypedRuns) -> tuple[PohmmModel, ExpectedCounts]:
    """Return the model after one round of expectation maximisation, and the counts it was made of.

    The likelihood of the runs never falls. What was not seen stays as it is.
    """
    counts = counts_of(model, runs)
    seen = counts.weight > 0
    weight = np.where(seen, counts.weight, 1)
    shift = np.where(seen, counts.deviation / weight, 0)
    variance = np.where(seen, counts.square / weight - shift**2, model.variance)
    better = PohmmModel(
        _shares(counts.start, model.start),
        _shares(counts.transition, model.transition),
        model.mean + shift,
        np.maximum(variance, _LEAST_VARIANCE),
    )
    return better, counts


def backed_off(model: PohmmModel, counts: ExpectedCounts, timing_of_slot: IntArray) -> PohmmModel:
    """Draw the law of each slot and two keys towards what holds of all, the more the less it was seen."""
    weight = counts.weight
    total = _added(weight, timing_of_slot)
    safe = np.where(total > 0, total, 1)
    mean = (_added(weight * model.mean, timing_of_slot) / safe)[timing_of_slot]
    around = weight * (model.variance + (model.mean - mean) ** 2)
    variance = (_added(around, timing_of_slot) / safe)[timing_of_slot]
    trust = weight / (weight + _AS_MANY)
    switching = _shares(counts.transition.sum(axis=(0, 1)), model.transition.mean(axis=(0, 1)))
    of_key = _shares(counts.transition.sum(axis=0) + _AS_MANY * switching, switching)
    starting = _shares(counts.start.sum(axis=0), model.start.mean(axis=0))
    return PohmmModel(
        _shares(counts.start + _AS_MANY * starting, model.start),
        _shares(counts.transition + _AS_MANY * of_key, model.transition),
        trust * model.mean + (1 - trust) * mean,
        np.maximum(trust * model.variance + (1 - trust) * variance, _LEAST_VARIANCE),
    )


def fitted_to(
    everybody: PohmmModel, runs: TypedRuns, levels: Levels, relevance: Relevance, n_rounds: int
) -> PohmmModel:
    """Return the model of one person: everybody's, moved by what the person's runs show."""
    model = everybody
    for _ in range(n_rounds):
        model = adapted(everybody, model, counts_of(model, runs), levels, relevance)
    return model


def adapted(
    prior: PohmmModel, model: PohmmModel, counts: ExpectedCounts, levels: Levels, relevance: Relevance
) -> PohmmModel:
    """Move a model from ``prior`` to where the counts of ``model`` pull it (the M step, a posteriori)."""
    moved = model.mean - prior.mean
    weight = counts.weight
    deviation = counts.deviation + moved * weight
    square = counts.square + 2 * moved * counts.deviation + moved**2 * weight
    precision = weight / prior.variance
    shift = np.zeros_like(moved)
    for of_slot, as_many in (
        (levels.timing_of_slot, relevance.timing),
        (levels.key_of_slot, relevance.key),
        (np.arange(len(moved)), relevance.digraph),
    ):
        if np.isinf(as_many):
            continue
        pull = _added(deviation / prior.variance - precision * shift, of_slot)
        known = _added(precision, of_slot)
        n_seen = _added(weight, of_slot)
        typical = np.where(n_seen > 0, known / np.where(n_seen > 0, n_seen, 1), 1)
        shift = shift + (pull / (known + as_many * typical))[of_slot]
    around = np.maximum(square - 2 * shift * deviation + shift**2 * weight, 0)
    of_timing = levels.timing_of_slot
    wider = (_added(around / prior.variance, of_timing) + relevance.spread) / (
        _added(weight, of_timing) + relevance.spread
    )
    variance = prior.variance * wider[of_timing]
    variance = (around + relevance.spread * variance) / (weight + relevance.spread)
    transition = prior.transition
    if not np.isinf(relevance.switching):
        left = counts.transition.sum(axis=-1, keepdims=True)
        expected = (left * prior.transition).sum(axis=(0, 1)) + relevance.switching
        favoured = (counts.transition.sum(axis=(0, 1)) + relevance.switching) / expected
        transition = _shares(prior.transition * favoured, prior.transition)
    return PohmmModel(prior.start, transition, prior.mean + shift, np.maximum(variance, _LEAST_VARIANCE))


def _added(rows: FloatArray, group: IntArray) -> FloatArray:
    """Add up the rows of each group: (n_groups, n_states)."""
    columns = [np.bincount(group, rows[:, state]) for state in range(rows.shape[1])]
    return np.stack(columns, axis=1)


def _shares(weights: FloatArray, otherwise: FloatArray) -> FloatArray:
    """Return the weights as shares along the last axis, and what stands in where there are none."""
    total = weights.sum(axis=-1, keepdims=True)
    return np.asarray(np.where(total > 0, weights / np.where(total > 0, total, 1), otherwise))
