"""Scores in units of the cohort, against the definition written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.attackers.normalisation import s_norm, same_person, t_norm
from reid.typing import FloatArray


def moments(row: FloatArray, n_nearest: int) -> tuple[float, float]:
    known = sorted((score for score in row if not np.isnan(score)), reverse=True)[:n_nearest]
    if not known:
        return float("nan"), float("nan")
    spread = float(np.std(known))
    return float(np.mean(known)), spread if spread > 0 else 1.0


def naive(
    scores: FloatArray, probe_cohort: FloatArray, template_cohort: FloatArray, n_nearest: int
) -> FloatArray:
    normalised = np.empty_like(scores)
    for probe in range(scores.shape[0]):
        for person in range(scores.shape[1]):
            parts = [
                (scores[probe, person] - mean) / spread
                for mean, spread in (
                    moments(probe_cohort[probe], n_nearest),
                    moments(template_cohort[person], n_nearest),
                )
            ]
            normalised[probe, person] = np.mean(parts)
    return normalised


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    shape=st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(1, 7)),
    n_nearest=st.integers(2, 9),
    missing=st.sampled_from([0.0, 0.3, 1.0]),
    whole=st.booleans(),
)
def test_s_norm_agrees_with_its_definition(
    seed: int, shape: tuple[int, int, int], n_nearest: int, missing: float, *, whole: bool
) -> None:
    rng = np.random.default_rng(seed)

    def table(n_rows: int, n_columns: int) -> FloatArray:
        values = rng.normal(size=(n_rows, n_columns))
        values = np.round(values) if whole else values  # whole numbers tie, and make constant rows
        return np.where(rng.random(values.shape) < missing, np.nan, values)

    n_probes, n_people, n_cohort = shape
    tables = table(n_probes, n_people), table(n_probes, n_cohort), table(n_people, n_cohort)
    np.testing.assert_allclose(s_norm(*tables, n_nearest), naive(*tables, n_nearest), rtol=1e-9, atol=1e-12)


def test_a_cohort_that_scores_alike_leaves_the_difference() -> None:
    alike = np.full((1, 3), 2.0)
    np.testing.assert_array_equal(s_norm(np.array([[5.0]]), alike, alike, 2), [[3.0]])


@pytest.mark.parametrize("level", [0.0, -1e6, 1e6])
def test_scores_do_not_depend_on_where_zero_lies(level: float) -> None:
    rng = np.random.default_rng(0)
    tables = rng.normal(size=(4, 3)), rng.normal(size=(4, 9)), rng.normal(size=(3, 9))
    shifted = s_norm(*(table + level for table in tables), 5)
    np.testing.assert_allclose(shifted, s_norm(*tables, 5), atol=1e-6)


def test_same_person_marks_equal_names() -> None:
    assert same_person(("a", "b"), ("b", "c", "a")).tolist() == [[False, False, True], [True, False, False]]


def test_a_score_is_taken_in_the_scale_of_the_nearest_of_the_cohort_and_nothing_else() -> None:
    cohort = np.array([[4.0, 2.0, -50.0, np.nan]])
    scaled = t_norm(np.array([[5.0, 3.0, np.nan]]), cohort, 2)
    np.testing.assert_allclose(scaled, [[2.0, 0.0, np.nan]])
