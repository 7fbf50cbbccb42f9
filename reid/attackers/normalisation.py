"""Bring the scores of different probes and templates to one scale by a cohort of other people."""

import numpy as np

from reid.typing import BoolArray, FloatArray


def s_norm(scores: FloatArray, probe_cohort: FloatArray, template_cohort: FloatArray) -> FloatArray:
    """Return symmetrically normalised scores.

    Each score is taken in standard deviations from the mean score that its probe, and that its
    template, reaches against the cohort; the two are averaged.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Scores to be normalised.
    probe_cohort : float64 array of shape (n_probes, n_cohort)
        Scores of the probes against templates of the cohort.
    template_cohort : float64 array of shape (n_people, n_cohort)
        Scores of the enrolled templates against the same; NaN where both are of one person.

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        Normalised scores.

    References
    ----------
    .. [1] Kenny (2010). Bayesian speaker verification with heavy-tailed priors. Odyssey 2010.
    """
    by_probe = (scores - np.nanmean(probe_cohort, axis=1)[:, None]) / _spread(probe_cohort)[:, None]
    by_template = (scores - np.nanmean(template_cohort, axis=1)) / _spread(template_cohort)
    return np.asarray(0.5 * (by_probe + by_template))


def _spread(cohort: FloatArray) -> FloatArray:
    spread = np.nanstd(cohort, axis=1)
    return np.where(spread > 0, spread, 1.0)


def same_person(people: tuple[str, ...], others: tuple[str, ...]) -> BoolArray:
    """Mark the pairs that are one person: bool, (n_people, n_others)."""
    return np.array([[person == other for other in others] for person in people], dtype=bool)
