"""The joint law of people and noise: against dense densities, and learnt from people drawn from one."""

import numpy as np
import pytest
from scipy.stats import f_oneway, multivariate_normal

from reid.attackers.full_covariance import FullCovariance, FullLaw, chance_of_no_difference
from reid.errors import ParameterError
from reid.features.table import FeatureTable
from reid.kernels.likelihood import pooled_evidence_ratios


def table_of(values: np.ndarray, counts: np.ndarray) -> FeatureTable:
    n = values.shape[1]
    names = tuple(f"f{place}" for place in range(n))
    return FeatureTable(values.astype(np.float32), counts.astype(np.float32), names, ("path",) * n)


def drawn(
    rng: np.random.Generator, n_people: int, n_samples: int, between: np.ndarray, noise: np.ndarray
) -> tuple[FeatureTable, np.ndarray]:
    """Draw samples of 5 to 20 observations each of jointly Gaussian people."""
    n = len(between)
    people = rng.multivariate_normal(np.zeros(n), between, n_people, method="eigh")
    person = np.repeat(np.arange(n_people), n_samples)
    size = rng.integers(5, 21, person.size)
    off = rng.multivariate_normal(np.zeros(n), noise, person.size) / np.sqrt(size)[:, None]
    return table_of(3 + people[person] + off, np.repeat(size[:, None], n, axis=1)), person


def test_scores_are_ratios_of_the_densities_of_all_means_stacked() -> None:
    rng = np.random.default_rng(0)
    loadings = rng.normal(size=(3, 2))
    root = rng.normal(size=(3, 3))
    noise = root @ root.T + np.eye(3)
    law = FullLaw(np.ones(3, dtype=bool), rng.normal(size=3), loadings, np.linalg.inv(noise))
    values, n = rng.normal(size=(4, 3)), np.array([4, 9, 2, 7])
    table = table_of(values, np.repeat(n[:, None], 3, axis=1))
    evidence = law.evidence(table)
    scores = pooled_evidence_ratios(
        evidence.precision[:2], evidence.pull[:2], evidence.precision[2:], evidence.pull[2:]
    )
    between = loadings @ loadings.T
    for probe in (0, 1):
        for person in (2, 3):
            pair = [probe, person]
            apart = [
                multivariate_normal(law.mean, between + noise / n[row]).logpdf(table.values[row])
                for row in pair
            ]
            joint = np.kron(np.ones((2, 2)), between)
            joint[:3, :3] += noise / n[probe]
            joint[3:, 3:] += noise / n[person]
            together = multivariate_normal(np.tile(law.mean, 2), joint).logpdf(table.values[pair].ravel())
            assert scores[probe, person - 2] == pytest.approx(together - sum(apart), abs=1e-5)


def test_the_law_that_people_are_drawn_from_is_learnt() -> None:
    between = np.array([[0.3, 0.1], [0.1, 0.2]])
    noise = np.array([[1.0, 0.8], [0.8, 1.5]])
    samples, person = drawn(np.random.default_rng(1), 1500, 4, between, noise)
    law = FullLaw.learn(samples, person, n_factors=5, level=0.05)
    np.testing.assert_allclose(law.mean, 3, atol=0.06)
    np.testing.assert_allclose(np.linalg.inv(law.precision), noise, rtol=0.08)
    np.testing.assert_allclose(law.loadings @ law.loadings.T, between, rtol=0.2)


def test_features_in_which_nobody_differs_are_left_out() -> None:
    between = np.diag([0.3, 0.0, 0.0, 0.2])
    samples, person = drawn(np.random.default_rng(2), 300, 3, between, np.eye(4) + 0.3)
    assert FullLaw.learn(samples, person, 5, level=0.001).kept.tolist() == [True, False, False, True]
    assert FullLaw.learn(samples, person, 5, level=1.0).kept.all()


def test_where_people_are_all_alike_every_comparison_ties() -> None:
    samples, person = drawn(np.random.default_rng(3), 100, 3, np.zeros((2, 2)), np.eye(2))
    law = FullLaw.learn(samples, person, 5, level=1e-6)
    assert not law.kept.any()
    evidence = law.evidence(samples)
    parts = evidence.precision, evidence.pull
    assert not pooled_evidence_ratios(*parts, *parts).any()
    assert np.all(evidence.seen > 0)


def test_unseen_features_say_nothing() -> None:
    between, noise = np.diag([0.3, 0.2, 0.4]), np.diag([1.0, 2.0, 1.0])
    samples, person = drawn(np.random.default_rng(4), 200, 3, between, noise)
    law = FullLaw.learn(samples, person, 5, level=1.0)
    counts = samples.counts.copy()
    counts[:, 2] = 0
    values = np.where(counts > 0, samples.values, np.nan)
    full, part = law.evidence(samples), law.evidence(table_of(values, counts))
    assert np.isfinite(part.precision).all()
    assert np.isfinite(part.pull).all()
    assert np.all(part.seen < full.seen)
    traces = [np.trace(evidence.precision, axis1=1, axis2=2) for evidence in (full, part)]
    assert np.all(traces[1] < traces[0])


def test_the_chance_is_that_of_one_way_analysis_of_variance() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(size=(30, 2)) + np.repeat(rng.normal(size=(6, 2)), 5, axis=0) * [1.0, 0.0]
    person = np.repeat(np.arange(6), 5)
    found = chance_of_no_difference(table_of(values, np.full(values.shape, 3)), person)
    for place in range(2):
        groups = [values[person == number, place].astype(np.float32) for number in range(6)]
        assert found[place] == pytest.approx(f_oneway(*groups).pvalue, rel=1e-4)


def test_nobody_seen_twice_tells_against_no_feature() -> None:
    values = np.random.default_rng(6).normal(size=(8, 2))
    assert not chance_of_no_difference(table_of(values, np.ones(values.shape)), np.arange(8)).any()


@pytest.mark.parametrize(("setting", "words"), [({"n_factors": 0}, "n_factors"), ({"level": 0.0}, "level")])
def test_settings_that_make_no_sense_are_refused(setting: dict[str, float], words: str) -> None:
    with pytest.raises(ParameterError, match=f"{words} must"):
        FullCovariance(**setting)  # type: ignore[arg-type]
