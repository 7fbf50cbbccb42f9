"""Bring the scores of different probes and templates to one scale by a cohort of other people."""

import numpy as np

from reid.typing import BoolArray, FloatArray


def s_norm(
    scores: FloatArray, probe_cohort: FloatArray, template_cohort: FloatArray, n_nearest: int
) -> FloatArray:
    """Return scores normalised symmetrically and adaptively.

    Each score is taken in standard deviations from the mean score that its probe, and that its
    template, reaches against those of the cohort who resemble it most; the two are averaged.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Scores to be normalised.
    probe_cohort : float64 array of shape (n_probes, n_cohort)
        Scores of the probes against templates of the cohort.
    template_cohort : float64 array of shape (n_people, n_cohort)
        Scores of the enrolled templates against the same; NaN where both are of one person.
    n_nearest : int
        How many of the cohort to compare with, if there are more.

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        Normalised scores.

    References
    ----------
    .. [1] Kenny (2010). Bayesian speaker verification with heavy-tailed priors. Odyssey 2010.
    .. [2] Cumani et al. (2011). Comparison of speaker recognition approaches for real applications.
       Interspeech 2011.
    """
    probe_mean, probe_spread = _nearest(probe_cohort, n_nearest)
    template_mean, template_spread = _nearest(template_cohort, n_nearest)
    by_probe = (scores - probe_mean[:, None]) / probe_spread[:, None]
    return np.asarray(0.5 * (by_probe + (scores - template_mean) / template_spread))


def t_norm(scores: FloatArray, probe_cohort: FloatArray, n_nearest: int) -> FloatArray:
    """Return scores in standard deviations from the mean of their probe's highest against a cohort.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Scores to be normalised.
    probe_cohort : float64 array of shape (n_probes, n_cohort)
        Scores of the probes against templates of the cohort; NaN where there is none.
    n_nearest : int
        How many of the cohort to compare with, if there are more.

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        Normalised scores; they rank the people as before.

    References
    ----------
    .. [1] Auckenthaler et al. (2000). Score normalization for text-independent speaker verification
       systems. Digital Signal Processing 10, 42-54.
    """
    mean, spread = _nearest(probe_cohort, n_nearest)
    return np.asarray((scores - mean[:, None]) / spread[:, None])


def _nearest(cohort: FloatArray, n_nearest: int) -> tuple[FloatArray, FloatArray]:
    """Return mean and spread of the highest scores of each row; NaN where a row has none."""
    known = np.where(np.isnan(cohort), -np.inf, cohort)  # behind every score, so left out first
    if cohort.shape[1] > n_nearest:
        known = -np.partition(-known, n_nearest - 1, axis=1)[:, :n_nearest]
    present = np.isfinite(known)
    count = np.maximum(present.sum(axis=1), 1)
    mean = np.where(present, known, 0).sum(axis=1) / count
    spread = np.sqrt((np.where(present, known - mean[:, None], 0) ** 2).sum(axis=1) / count)
    none = ~present.any(axis=1)
    return np.where(none, np.nan, mean), np.where(none, np.nan, np.where(spread > 0, spread, 1.0))


def same_person(people: tuple[str, ...], others: tuple[str, ...]) -> BoolArray:
    """Mark the pairs that are one person: bool, (n_people, n_others)."""
    return np.array([[person == other for other in others] for person in people], dtype=bool)
