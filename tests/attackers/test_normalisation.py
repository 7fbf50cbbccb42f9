"""Scores in units of the cohort, against the definition written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.attackers.normalisation import s_norm, same_person, t_norm, usual_variance
from reid.typing import BoolArray, FloatArray

USUAL_PEOPLE = 20


def nearest(row: FloatArray, n_nearest: int) -> list[float]:
    return sorted((score for score in row if not np.isnan(score)), reverse=True)[:n_nearest]


def squares(known: list[float]) -> float:
    return float(np.sum((np.array(known) - np.mean(known)) ** 2)) if known else 0.0


def moments(known: list[float], usual: float | None) -> tuple[float, float]:
    if not known:
        return float("nan"), float("nan")
    weight = 0 if usual is None else USUAL_PEOPLE
    variance = (squares(known) + weight * (usual or 0.0)) / (len(known) + weight)
    return float(np.mean(known)), float(np.sqrt(variance)) if variance > 1e-20 else 1.0


def naive(
    scores: FloatArray,
    probe_cohort: FloatArray,
    template_cohort: FloatArray,
    within_cohort: FloatArray,
    same: BoolArray,
    n_nearest: int,
    *,
    one_scale: bool,
) -> FloatArray:
    normalised = np.empty_like(scores)
    of_templates = [
        nearest(np.where(same[person], np.nan, row), n_nearest) for person, row in enumerate(template_cohort)
    ]
    in_cohort = [
        nearest(np.where(np.arange(len(row)) == place, np.nan, row), n_nearest)
        for place, row in enumerate(within_cohort)
    ]
    usual = sum(map(squares, in_cohort)) / max(sum(map(len, in_cohort)), 1)
    for probe in range(scores.shape[0]):
        for person in range(scores.shape[1]):
            of_probe = nearest(np.where(same[person], np.nan, probe_cohort[probe]), n_nearest)
            parts = [
                (scores[probe, person] - mean) / spread
                for mean, spread in (
                    moments(of_probe, usual if one_scale else None),
                    moments(of_templates[person], usual),
                )
            ]
            normalised[probe, person] = np.mean(parts)
    return normalised


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    shape=st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(1, 7)),
    n_nearest=st.integers(2, 9),
    missing=st.sampled_from([0.0, 0.3, 1.0]),
    whole=st.booleans(),
    one_scale=st.booleans(),
    shared=st.integers(0, 4),
)
def test_s_norm_agrees_with_its_definition(
    seed: int,
    shape: tuple[int, int, int],
    n_nearest: int,
    missing: float,
    *,
    whole: bool,
    one_scale: bool,
    shared: int,
) -> None:
    rng = np.random.default_rng(seed)

    def table(n_rows: int, n_columns: int) -> FloatArray:
        values = rng.normal(size=(n_rows, n_columns))
        values = np.round(values) if whole else values  # whole numbers tie, and make constant rows
        return np.where(rng.random(values.shape) < missing, np.nan, values)

    n_probes, n_people, n_cohort = shape
    tables = (
        table(n_probes, n_people),
        table(n_probes, n_cohort),
        table(n_people, n_cohort),
        table(n_cohort, n_cohort),
    )
    same = np.zeros((n_people, n_cohort), dtype=bool)
    for number in range(min(shared, n_people, n_cohort)):
        same[number, n_cohort - 1 - number] = True
    apart = np.where(same, np.nan, tables[2])
    np.testing.assert_allclose(
        s_norm(
            tables[0],
            tables[1],
            apart,
            same,
            n_nearest,
            usual=usual_variance([tables[3]], n_nearest),
            one_scale=one_scale,
        ),
        naive(*tables, same, n_nearest, one_scale=one_scale),
        rtol=1e-8,
        atol=1e-10,
    )


def test_a_cohort_that_scores_alike_leaves_the_difference() -> None:
    alike, nobody = np.full((1, 3), 2.0), np.zeros((1, 3), dtype=bool)
    found = s_norm(np.array([[5.0]]), alike, alike, nobody, 2, usual=0.0, one_scale=True)
    np.testing.assert_array_equal(found, [[3.0]])


def test_a_person_is_not_in_the_cohort_of_their_own_score() -> None:
    rng = np.random.default_rng(1)
    scores, template_cohort = rng.normal(size=(1, 3)), rng.normal(size=(3, 3))
    same, cohort = np.eye(3, dtype=bool), rng.normal(size=(1, 3))
    higher = cohort + np.array([[0.0, 50.0, 0.0]])
    before, after = (
        s_norm(scores, each, template_cohort, same, 5, usual=1.0, one_scale=True)[0]
        for each in (cohort, higher)
    )
    assert after[1] == pytest.approx(before[1])
    assert abs(after[0] - before[0]) > 0.1


@pytest.mark.parametrize("level", [0.0, -1e6, 1e6])
@pytest.mark.parametrize("shared", [False, True])
def test_scores_do_not_depend_on_where_zero_lies(level: float, *, shared: bool) -> None:
    rng = np.random.default_rng(0)
    tables = [rng.normal(size=shape) for shape in ((4, 3), (4, 9), (3, 9))]
    same = np.eye(3, 9, dtype=bool) if shared else np.zeros((3, 9), dtype=bool)
    shifted = s_norm(*(table + level for table in tables), same, 5, usual=1.0, one_scale=True)
    np.testing.assert_allclose(shifted, s_norm(*tables, same, 5, usual=1.0, one_scale=True), atol=1e-6)


def test_same_person_marks_equal_names() -> None:
    assert same_person(("a", "b"), ("b", "c", "a")).tolist() == [[False, False, True], [True, False, False]]


def test_a_score_is_taken_in_the_scale_of_the_nearest_of_the_cohort_and_nothing_else() -> None:
    cohort = np.array([[4.0, 2.0, -50.0, np.nan]])
    scaled = t_norm(np.array([[5.0, 3.0, np.nan]]), cohort, 2)
    np.testing.assert_allclose(scaled, [[2.0, 0.0, np.nan]])
