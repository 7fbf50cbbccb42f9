"""Log-likelihood ratios of Gaussian features seen a varying number of times."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray


@kernel
def gaussian_log_likelihood_ratios(
    probe_mean: FloatArray,
    probe_count: FloatArray,
    posterior_mean: FloatArray,
    posterior_variance: FloatArray,
    within: FloatArray,
    between: FloatArray,
) -> FloatArray:
    """Weigh, feature by feature, "this person" against "some other person".

    Parameters
    ----------
    probe_mean, probe_count : float64 arrays of shape (n_probes, n_features)
        Mean deviation from the average person, and over how many observations; the mean is not
        read where the count is 0.
    posterior_mean, posterior_variance : float64 arrays of shape (n_people, n_features)
        What the gallery says of each person's own deviation.
    within, between : float64 arrays of shape (n_features,)
        Variance of one observation around its person, and of people.

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        Sum over features of ``log N(mean; posterior_mean, within / n + posterior_variance)
        - log N(mean; 0, within / n + between)``; NaN for a probe without any observation.
    """
    n_people, n_features = posterior_mean.shape
    ratios = np.zeros((probe_mean.shape[0], n_people))
    for row in range(probe_mean.shape[0]):
        seen = 0
        for feature in range(n_features):
            count = probe_count[row, feature]
            if count <= 0:
                continue
            seen += 1
            noise = within[feature] / count
            mean = probe_mean[row, feature]
            anyone = noise + between[feature]
            against = np.log(anyone) + mean * mean / anyone
            for person in range(n_people):
                variance = noise + posterior_variance[person, feature]
                deviation = mean - posterior_mean[person, feature]
                ratios[row, person] += 0.5 * (against - np.log(variance) - deviation * deviation / variance)
        if seen == 0:
            ratios[row, :] = np.nan
    return ratios


@kernel
def pooled_evidence_ratios(
    probe_precision: FloatArray, probe_pull: FloatArray, precision: FloatArray, pull: FloatArray
) -> FloatArray:
    """Weigh "probe and gallery are of one person" against "of two", for Gaussian people.

    A person is a vector of factors, standard normal a priori. Observations enter as what they add to
    its precision matrix A and to its precision-weighted mean b; their evidence is
    ``f(A, b) = b' (I + A)^-1 b / 2 - log det(I + A) / 2``, and that of two samples of one person
    is ``f(A1 + A2, b1 + b2)``.

    Parameters
    ----------
    probe_precision : float64 array of shape (n_probes, n_factors, n_factors)
        A of each probe.
    probe_pull : float64 array of shape (n_probes, n_factors)
        b of each probe.
    precision, pull : float64 arrays of shapes (n_people, n_factors, n_factors), (n_people, n_factors)
        The same of each enrolled person.

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        ``f(both) - f(probe) - f(person)``.
    """
    n_probes, n_people, n_factors = probe_pull.shape[0], pull.shape[0], pull.shape[1]
    of_person = np.empty(n_people)
    matrix = np.empty((n_factors, n_factors))
    vector = np.empty(n_factors)
    for person in range(n_people):
        for row in range(n_factors):
            vector[row] = pull[person, row]
            for column in range(row + 1):
                matrix[row, column] = precision[person, row, column]
        of_person[person] = _evidence(matrix, vector)
    ratios = np.empty((n_probes, n_people))
    for probe in range(n_probes):
        for row in range(n_factors):
            vector[row] = probe_pull[probe, row]
            for column in range(row + 1):
                matrix[row, column] = probe_precision[probe, row, column]
        of_probe = _evidence(matrix, vector)
        for person in range(n_people):
            for row in range(n_factors):
                vector[row] = probe_pull[probe, row] + pull[person, row]
                for column in range(row + 1):
                    matrix[row, column] = probe_precision[probe, row, column] + precision[person, row, column]
            ratios[probe, person] = _evidence(matrix, vector) - of_probe - of_person[person]
    return ratios


@kernel
def _evidence(matrix: FloatArray, vector: FloatArray) -> float:
    """Return f(A, b) of the lower triangle of A and of b; both are overwritten."""
    value = 0.0
    for row in range(vector.size):
        for column in range(row + 1):
            total = matrix[row, column]
            if row == column:
                total += 1.0
            for inner in range(column):
                total -= matrix[row, inner] * matrix[column, inner]
            if row == column:
                matrix[row, row] = np.sqrt(total)
            else:
                matrix[row, column] = total / matrix[column, column]
        solved = vector[row]
        for inner in range(row):
            solved -= matrix[row, inner] * vector[inner]
        vector[row] = solved / matrix[row, row]
        value += 0.5 * vector[row] * vector[row] - np.log(matrix[row, row])
    return value
