"""Forward and backward passes of a partially observable hidden Markov model.

Every event shows its key, which is part of its state; what stays hidden is one of a few states of the
typist, such as fluent and hesitating. The next hidden state depends on the one before and on both
keys; what is measured of an event depends on its hidden state and on a slot, such as its key.
"""

from typing import NamedTuple

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray, IntArray

_SMALLEST = 1e-200  # products of scales are turned into a logarithm before they leave the range of a float


class PohmmModel(NamedTuple):
    """Parameters; measurements are Gaussian and independent given hidden state and slot."""

    start: FloatArray  #: (n_keys, n_states), law of the first hidden state of a run given its key
    transition: FloatArray  #: (n_keys, n_keys, n_states, n_states): key before, key, state before, state
    mean: FloatArray  #: (n_slots, n_states)
    variance: FloatArray  #: (n_slots, n_states), above 0


class ExpectedCounts(NamedTuple):
    """What a model believes of the hidden states of runs, added up over events."""

    log_likelihood: float  #: of all runs, natural logarithm
    start: FloatArray  #: (n_keys, n_states), of the first events of runs
    transition: FloatArray  #: (n_keys, n_keys, n_states, n_states)
    weight: FloatArray  #: (n_slots, n_states), of known measurements
    deviation: FloatArray  #: (n_slots, n_states), weighted sums of ``value - mean``
    square: FloatArray  #: (n_slots, n_states), weighted sums of ``(value - mean) ** 2``


@kernel
def run_log_likelihoods(
    key: IntArray, slot: IntArray, value: FloatArray, offsets: IntArray, model: PohmmModel
) -> FloatArray:
    """Return the log-likelihood of each run of events, given its keys.

    Parameters
    ----------
    key : int64 array of shape (n_events,)
        Number of each event's key in ``0 .. n_keys - 1``.
    slot : int64 array of shape (n_events, n_measures)
        Where each measurement is filed, in ``0 .. n_slots - 1``; not read where it is unknown.
    value : float64 array of shape (n_events, n_measures)
        What is measured; NaN where unknown, which weighs nothing.
    offsets : int64 array of shape (n_runs + 1,)
        Events ``offsets[i]:offsets[i + 1]`` are run i.
    model : PohmmModel
        The parameters.

    Returns
    -------
    float64 array of shape (n_runs,)
        Natural logarithm; 0 for a run without events.
    """
    n_states = model.start.shape[1]
    level, half_precision = _density_terms(model)
    belief, density = np.empty(n_states), np.empty(n_states)
    ahead = np.empty(n_states)
    result = np.zeros(offsets.size - 1)
    for run in range(offsets.size - 1):
        total, product = 0.0, 1.0
        for event in range(offsets[run], offsets[run + 1]):
            total += _scaled_density(slot, value, event, level, half_precision, model.mean, density)
            if event == offsets[run]:
                for state in range(n_states):
                    ahead[state] = model.start[key[event], state]
            else:
                _step(belief, model.transition, key[event - 1], key[event], ahead)
            scale = 0.0
            for state in range(n_states):
                belief[state] = ahead[state] * density[state]
                scale += belief[state]
            for state in range(n_states):
                belief[state] /= scale
            product *= scale
            if product < _SMALLEST:
                total += np.log(product)
                product = 1.0
        result[run] = total + np.log(product)
    return result


@kernel
def expected_counts(  # noqa: C901, PLR0912  one pass there and one back, which share their arrays
    key: IntArray, slot: IntArray, value: FloatArray, offsets: IntArray, model: PohmmModel
) -> ExpectedCounts:
    """Return what the model believes of the hidden states (the E step of Baum and Welch).

    Parameters are those of :func:`run_log_likelihoods`.
    """
    n_states = model.start.shape[1]
    level, half_precision = _density_terms(model)
    start, transition = np.zeros_like(model.start), np.zeros_like(model.transition)
    weight, deviation = np.zeros_like(model.mean), np.zeros_like(model.mean)
    square = np.zeros_like(model.mean)
    longest = 0
    for run in range(offsets.size - 1):
        longest = max(longest, offsets[run + 1] - offsets[run])
    forward, densities = np.empty((longest, n_states)), np.empty((longest, n_states))
    scales = np.empty(longest)
    belief, ahead, density = np.empty(n_states), np.empty(n_states), np.empty(n_states)
    backward, reached, share = np.empty(n_states), np.empty(n_states), np.empty(n_states)
    log_likelihood = 0.0
    for run in range(offsets.size - 1):
        first, length = offsets[run], offsets[run + 1] - offsets[run]
        for step in range(length):
            event = first + step
            log_likelihood += _scaled_density(slot, value, event, level, half_precision, model.mean, density)
            if step == 0:
                for state in range(n_states):
                    ahead[state] = model.start[key[event], state]
            else:
                _step(belief, model.transition, key[event - 1], key[event], ahead)
            scale = 0.0
            for state in range(n_states):
                scale += ahead[state] * density[state]
            for state in range(n_states):
                belief[state] = ahead[state] * density[state] / scale
                forward[step, state], densities[step, state] = belief[state], density[state]
            scales[step] = scale
            log_likelihood += np.log(scale)
        backward[:] = 1.0
        for step in range(length - 1, -1, -1):
            event = first + step
            for state in range(n_states):
                share[state] = forward[step, state] * backward[state]
            _count_measures(slot, value, event, model.mean, share, weight, deviation, square)
            if step == 0:
                start[key[event]] += share
                continue
            for state in range(n_states):
                reached[state] = densities[step, state] * backward[state] / scales[step]
            before, now = key[event - 1], key[event]
            for earlier in range(n_states):
                total = 0.0
                for state in range(n_states):
                    way = model.transition[before, now, earlier, state] * reached[state]
                    transition[before, now, earlier, state] += forward[step - 1, earlier] * way
                    total += way
                backward[earlier] = total
    return ExpectedCounts(log_likelihood, start, transition, weight, deviation, square)


@kernel
def _count_measures(
    slot: IntArray,
    value: FloatArray,
    event: int,
    mean: FloatArray,
    share: FloatArray,
    weight: FloatArray,
    deviation: FloatArray,
    square: FloatArray,
) -> None:
    """Add the known measurements of an event to the counts, by how likely each hidden state is."""
    for measure in range(value.shape[1]):
        if np.isnan(value[event, measure]):
            continue
        place = slot[event, measure]
        for state in range(share.size):
            off = value[event, measure] - mean[place, state]
            weight[place, state] += share[state]
            deviation[place, state] += share[state] * off
            square[place, state] += share[state] * off * off


@kernel
def _density_terms(model: PohmmModel) -> tuple[FloatArray, FloatArray]:
    """Return the logarithm of each Gaussian at its mean, and half its precision."""
    return -0.5 * np.log(2 * np.pi * model.variance), 0.5 / model.variance


@kernel
def _scaled_density(
    slot: IntArray,
    value: FloatArray,
    event: int,
    level: FloatArray,
    half_precision: FloatArray,
    mean: FloatArray,
    density: FloatArray,
) -> float:
    """Fill in the density of an event in each hidden state, 1 for the likeliest; return its logarithm."""
    density[:] = 0.0
    for measure in range(value.shape[1]):
        if np.isnan(value[event, measure]):
            continue
        place = slot[event, measure]
        for state in range(density.size):
            off = value[event, measure] - mean[place, state]
            density[state] += level[place, state] - half_precision[place, state] * off * off
    highest = -np.inf
    for state in range(density.size):
        highest = max(highest, density[state])
    for state in range(density.size):
        density[state] = np.exp(density[state] - highest) if density[state] < highest else 1.0
    return highest


@kernel
def _step(belief: FloatArray, transition: FloatArray, before: int, now: int, ahead: FloatArray) -> None:
    """Carry the belief in the hidden states to the next event."""
    for state in range(ahead.size):
        total = 0.0
        for earlier in range(belief.size):
            total += belief[earlier] * transition[before, now, earlier, state]
        ahead[state] = total
