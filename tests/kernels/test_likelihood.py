"""Likelihood ratios of Gaussian means, against the densities themselves."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from reid.kernels.likelihood import gaussian_log_likelihood_ratios, pooled_evidence_ratios
from reid.typing import FloatArray


@st.composite
def evidence(draw: st.DrawFn) -> tuple[FloatArray, ...]:
    n_probes, n_people, n_features = draw(st.integers(0, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = rng.integers(0, 4, (n_probes, n_features)).astype(np.float64)
    mean = np.where(count > 0, rng.normal(scale=3, size=count.shape), np.nan)  # must not be read
    within, between = rng.uniform(0.1, 5, n_features), rng.uniform(0.1, 5, n_features)
    posterior = rng.normal(size=(n_people, n_features))
    variance = rng.uniform(0, 1, posterior.shape) * between
    return mean, count, posterior, variance, within, between


def naive(
    mean: FloatArray,
    count: FloatArray,
    posterior: FloatArray,
    variance: FloatArray,
    within: FloatArray,
    between: FloatArray,
) -> FloatArray:
    ratios = np.full((len(mean), len(posterior)), np.nan)
    for row in range(len(mean)):
        seen = np.flatnonzero(count[row] > 0)
        for person in range(len(posterior) if seen.size else 0):
            ratios[row, person] = sum(
                norm.logpdf(
                    mean[row, one],
                    posterior[person, one],
                    np.sqrt(within[one] / count[row, one] + variance[person, one]),
                )
                - norm.logpdf(mean[row, one], 0, np.sqrt(within[one] / count[row, one] + between[one]))
                for one in seen
            )
    return ratios


@settings(max_examples=60, deadline=None)
@given(evidence())
def test_ratios_agree_with_gaussian_densities(drawn: tuple[FloatArray, ...]) -> None:
    found = gaussian_log_likelihood_ratios(*drawn)
    np.testing.assert_allclose(found, naive(*drawn), rtol=1e-9, atol=1e-9)


def test_a_person_of_whom_nothing_is_known_weighs_nothing() -> None:
    one = np.ones((1, 1))
    ratio = gaussian_log_likelihood_ratios(2 * one, 3 * one, 0 * one, 5 * one, np.ones(1), np.full(1, 5.0))
    np.testing.assert_allclose(ratio, [[0.0]], atol=1e-12)


def test_more_observations_of_the_same_mean_weigh_more() -> None:
    means, counts = np.full((2, 1), 1.0), np.array([[1.0], [10.0]])
    known, sure = np.ones((1, 1)), np.full((1, 1), 0.01)
    once, often = gaussian_log_likelihood_ratios(means, counts, known, sure, np.ones(1), np.ones(1))[:, 0]
    assert 0 < once < often


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), n_factors=st.integers(1, 3))
def test_pooled_evidence_agrees_with_the_joint_density_of_both_samples(seed: int, n_factors: int) -> None:
    """One person's two samples are jointly Gaussian; two people's are independent."""
    rng = np.random.default_rng(seed)
    n_features = 4
    loadings, noise = rng.normal(size=(n_features, n_factors)), rng.uniform(0.2, 2, n_features)
    counts = rng.integers(1, 6, (2, 3, n_features))  # of probes and of the gallery
    means = rng.normal(size=counts.shape)
    shared = loadings @ loadings.T

    def evidence(side: int) -> tuple[FloatArray, FloatArray]:
        weight = counts[side] / noise
        precision = np.einsum("nf,fi,fj->nij", weight, loadings, loadings)
        return precision, (weight * means[side]) @ loadings

    wanted = np.empty((3, 3))
    for probe in range(3):
        for person in range(3):
            own = [shared + np.diag(noise / counts[0, probe]), shared + np.diag(noise / counts[1, person])]
            both = np.block([[own[0], shared], [shared, own[1]]])
            pair = np.concatenate([means[0, probe], means[1, person]])
            apart = sum(
                multivariate_normal.logpdf(part, cov=cover)
                for part, cover in zip(np.split(pair, 2), own, strict=True)
            )
            wanted[probe, person] = multivariate_normal.logpdf(pair, cov=both) - apart
    found = pooled_evidence_ratios(*evidence(0), *evidence(1))
    np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-7)
