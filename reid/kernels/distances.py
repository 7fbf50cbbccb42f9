"""Distances between samples and templates, over the features that both have."""

import numpy as np

from reid.kernels._jit import kernel
from reid.typing import FloatArray


@kernel
def scaled_manhattan_distances(probes: FloatArray, templates: FloatArray, scales: FloatArray) -> FloatArray:
    """Add up the absolute deviations from each template in units of its scales.

    Parameters
    ----------
    probes : float64 array of shape (n_probes, n_features)
        Features; NaN where not seen.
    templates : float64 array of shape (n_people, n_features)
        Means of each person; NaN where not seen.
    scales : float64 array of shape (n_people, n_features)
        Positive deviation of each feature in each person.

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        Sum over the features that both have, times ``n_features`` over their number, so that
        probes of different content compare; NaN where they have none in common.
    """
    n_features = probes.shape[1]
    distances = np.full((probes.shape[0], templates.shape[0]), np.nan)
    for row in range(probes.shape[0]):
        for person in range(templates.shape[0]):
            total, shared = 0.0, 0
            for feature in range(n_features):
                deviation = abs(probes[row, feature] - templates[person, feature])
                if not np.isnan(deviation):
                    total += deviation / scales[person, feature]
                    shared += 1
            if shared:
                distances[row, person] = total * n_features / shared
    return distances


@kernel
def squared_euclidean_distances(probes: FloatArray, templates: FloatArray) -> FloatArray:
    """Add up the squared deviations over the features that both have; shapes and missing as above."""
    n_features = probes.shape[1]
    distances = np.full((probes.shape[0], templates.shape[0]), np.nan)
    for row in range(probes.shape[0]):
        for person in range(templates.shape[0]):
            total, shared = 0.0, 0
            for feature in range(n_features):
                deviation = probes[row, feature] - templates[person, feature]
                if not np.isnan(deviation):
                    total += deviation * deviation
                    shared += 1
            if shared:
                distances[row, person] = total * n_features / shared
    return distances
