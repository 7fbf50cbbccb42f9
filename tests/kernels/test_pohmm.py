"""Forward and backward passes, against going through every path of hidden states."""

from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from reid.kernels.pohmm import ExpectedCounts, PohmmModel, expected_counts, run_log_likelihoods
from reid.typing import FloatArray, IntArray

Runs = tuple[IntArray, IntArray, FloatArray, IntArray]
N_KEYS, N_SLOTS = 3, 5


def any_model(rng: np.random.Generator, n_states: int) -> PohmmModel:
    return PohmmModel(
        rng.dirichlet(np.ones(n_states), N_KEYS),
        rng.dirichlet(np.ones(n_states), (N_KEYS, N_KEYS, n_states)),
        rng.normal(size=(N_SLOTS, n_states)),
        rng.uniform(0.2, 2, (N_SLOTS, n_states)),
    )


def any_runs(rng: np.random.Generator, lengths: list[int]) -> Runs:
    n_events = sum(lengths)
    value = rng.normal(size=(n_events, 2))
    value[rng.random(value.shape) < 0.2] = np.nan
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return rng.integers(0, N_KEYS, n_events), rng.integers(0, N_SLOTS, (n_events, 2)), value, offsets


def path_log_likelihood(runs: Runs, first: int, path: tuple[int, ...], model: PohmmModel) -> float:
    key, slot, value, _ = runs
    total = float(np.log(model.start[key[first], path[0]]))
    for step, (before, now) in enumerate(pairwise(path), first + 1):
        total += float(np.log(model.transition[key[step - 1], key[step], before, now]))
    for step, state in enumerate(path, first):
        for place, seen in zip(slot[step], value[step], strict=True):
            if not np.isnan(seen):
                total += norm.logpdf(seen, model.mean[place, state], np.sqrt(model.variance[place, state]))
    return total


def by_every_path(runs: Runs, model: PohmmModel) -> tuple[FloatArray, ExpectedCounts]:
    key, slot, value, offsets = runs
    n_states = model.start.shape[1]
    likelihoods = np.zeros(len(offsets) - 1)
    counts = ExpectedCounts(0.0, *(np.zeros_like(model[place]) for place in (0, 1, 2, 2, 2)))
    for run, (first, past) in enumerate(pairwise(offsets)):
        if first == past:
            continue
        paths = list(product(range(n_states), repeat=past - first))
        logs = np.array([path_log_likelihood(runs, first, path, model) for path in paths])
        likelihoods[run] = np.logaddexp.reduce(logs)
        for path, share in zip(paths, np.exp(logs - likelihoods[run]), strict=True):
            counts.start[key[first], path[0]] += share
            for step, (before, now) in enumerate(pairwise(path), first + 1):
                counts.transition[key[step - 1], key[step], before, now] += share
            for step, state in enumerate(path, first):
                for place, seen in zip(slot[step], value[step], strict=True):
                    if not np.isnan(seen):
                        off = seen - model.mean[place, state]
                        counts.weight[place, state] += share
                        counts.deviation[place, state] += share * off
                        counts.square[place, state] += share * off**2
    return likelihoods, counts._replace(log_likelihood=likelihoods.sum())


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    lengths=st.lists(st.integers(0, 5), min_size=1, max_size=3),
    n_states=st.integers(1, 3),
)
def test_both_passes_agree_with_every_path(seed: int, lengths: list[int], n_states: int) -> None:
    rng = np.random.default_rng(seed)
    model, runs = any_model(rng, n_states), any_runs(rng, lengths)
    likelihoods, counts = by_every_path(runs, model)
    np.testing.assert_allclose(run_log_likelihoods(*runs, model), likelihoods, rtol=1e-9, atol=1e-9)
    for found, wanted in zip(expected_counts(*runs, model), counts, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


def test_a_run_too_long_and_too_strange_for_a_product_of_densities_has_a_finite_likelihood() -> None:
    rng = np.random.default_rng(0)
    model = any_model(rng, 2)
    key, slot, value, offsets = any_runs(rng, [5000])
    value = 40 + value  # every density is below the smallest float
    (found,) = run_log_likelihoods(key, slot, value, offsets, model)
    assert np.isfinite(found)
    np.testing.assert_allclose(
        expected_counts(key, slot, value, offsets, model).log_likelihood, found, rtol=1e-9
    )
    of_events = (run_log_likelihoods(key, slot, value, np.arange(5001), model)).sum()
    assert found != of_events  # one after the other says more than each alone
