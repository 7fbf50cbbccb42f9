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
