"""Noise on a clock by inversion: uniform numbers in, whole microseconds out, one for one."""

import math

import numpy as np

from reid.kernels._jit import row_kernel
from reid.typing import FloatArray, IntArray

#: Uniform numbers are multiples of ``2 ** -53``. Counted from here, the middles of their cells lie alike on
#: both sides of 0, and differences are exact.
_CENTRE = 0.5 - 2.0**-54
_FARTHEST = 2.0**62

# Rational approximations of the normal quantile by algorithm AS 241 (PPND16), highest power first: of its
# middle, of its tails, and of what lies beyond 1.4e-11.
_MIDDLE_HALF = 0.425
_MIDDLE = (
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
)  # fmt: skip
_MIDDLE_BELOW = (
    5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0,
)  # fmt: skip
_TAIL = (
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
    3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
)  # fmt: skip
_TAIL_BELOW = (
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
    1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0,
    1.0,
)  # fmt: skip
_FAR = (
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
    2.65321895265761230930e-2, 2.96560571828504891230e-1,
    1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
)  # fmt: skip
_FAR_BELOW = (
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
    7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
    5.99832206555887937690e-1, 1.0,
)  # fmt: skip


@row_kernel
def uniform_noise(uniform: FloatArray, largest_us: int) -> IntArray:
    """Spread numbers over the whole microseconds from ``-largest_us`` to ``largest_us``, both included.

    Parameters
    ----------
    uniform : float64 array of shape (n,)
        On ``[0, 1)``.
    largest_us : int
        From 0 to ``2 ** 50``.

    Returns
    -------
    int64 array of shape (n,)
    """
    noise_us = np.empty(uniform.size, dtype=np.int64)
    n_values = 2 * largest_us + 1
    for place in range(uniform.size):
        noise_us[place] = int(uniform[place] * n_values) - largest_us
    return noise_us


@row_kernel
def gaussian_noise(uniform: FloatArray, scale_us: float) -> IntArray:
    """Return normal noise of mean 0, rounded to whole microseconds: its quantiles at these numbers.

    Parameters
    ----------
    uniform : float64 array of shape (n,)
        Multiples of ``2 ** -53`` on ``[0, 1)``, of which each stands for the middle of its cell.
    scale_us : float
        Standard deviation, above 0.

    Returns
    -------
    int64 array of shape (n,)
        At most 8.3 standard deviations either way.

    References
    ----------
    .. [1] Wichura (1988). Algorithm AS 241: The Percentage Points of the Normal Distribution. Applied
       Statistics 37 (3).
    """
    noise_us = np.empty(uniform.size, dtype=np.int64)
    tails, n_tails = np.empty(uniform.size, dtype=np.int64), 0
    for place in range(uniform.size):  # as if all lay in the middle, which can be done for several at once
        off = uniform[place] - _CENTRE
        square = _MIDDLE_HALF * _MIDDLE_HALF - off * off
        size = off * _polynomial(square, _MIDDLE) / _polynomial(square, _MIDDLE_BELOW)
        noise_us[place] = np.int64(np.rint(scale_us * size))
    for place in range(uniform.size):
        tails[n_tails] = place
        n_tails += abs(uniform[place] - _CENTRE) > _MIDDLE_HALF
    for place in tails[:n_tails]:
        off = uniform[place] - _CENTRE
        size = math.copysign(_normal_tail(0.5 - abs(off)), off)
        noise_us[place] = np.int64(np.rint(scale_us * size))
    return noise_us


@row_kernel
def _normal_tail(share: float) -> float:
    """Return how many standard deviations leave this share of a normal law above them, at most 0.075."""
    root = math.sqrt(-math.log(share))
    if root <= 5.0:  # noqa: PLR2004  where the approximations meet
        return _polynomial(root - 1.6, _TAIL) / _polynomial(root - 1.6, _TAIL_BELOW)
    return _polynomial(root - 5.0, _FAR) / _polynomial(root - 5.0, _FAR_BELOW)


@row_kernel
def _polynomial(at: float, factors: tuple[float, ...]) -> float:
    """Return the polynomial of the seventh degree with these factors, that of the highest power first."""
    a, b, c, d, e, f, g, h = factors
    return ((((((a * at + b) * at + c) * at + d) * at + e) * at + f) * at + g) * at + h


def laplace_noise(uniform: FloatArray, scale_us: float) -> IntArray:
    """Return Laplace noise of mean 0, rounded to whole microseconds: its quantiles at these numbers.

    Parameters
    ----------
    uniform : float64 array of shape (n,)
        Multiples of ``2 ** -53`` on ``[0, 1)``, of which each stands for the middle of its cell.
    scale_us : float
        Mean size, above 0.

    Returns
    -------
    int64 array of shape (n,)
        At most 37 scales either way.
    """
    return _rounded(_log_of_tails(uniform), uniform, scale_us)


def discrete_laplace_noise(uniform: FloatArray, scale: IntArray, bounds: IntArray) -> IntArray:
    """Return whole numbers z with probability proportional to ``exp(-abs(z) / scale)``, in floating point.

    ``abs(z) >= m`` has probability ``2 q ** m / (1 + q)`` for m above 0, with ``q = exp(-1 / scale)``, and
    the logarithm of one uniform number decides for which m it holds. That is the law of
    :func:`~reid.kernels.discrete_laplace.discrete_laplace` but for rounding, and so proves nothing: far from
    0 there are numbers that it never gives.

    Parameters
    ----------
    uniform : float64 array of shape (n,)
        Multiples of ``2 ** -53`` on ``[0, 1)``, of which each stands for the middle of its cell.
    scale : int64 array of shape (n_sessions,)
        Of the numbers of each session, from 1 to ``2 ** 62``.
    bounds : int64 array of shape (n_sessions + 1,)
        Place of each session's first number, then n.

    Returns
    -------
    int64 array of shape (n,)
        At most ``2 ** 62`` either way.
    """
    return _cut_to_whole(_log_of_tails(uniform), uniform, scale, bounds)


def _log_of_tails(uniform: FloatArray) -> FloatArray:
    """Return the logarithm of how likely a number lies further from a half than each."""
    tails = _tails(uniform)
    return np.log(tails, out=tails)  # of many at once, which a compiled loop takes one by one


@row_kernel
def _tails(uniform: FloatArray) -> FloatArray:
    tails = np.empty(uniform.size)
    for place in range(uniform.size):
        tails[place] = 1.0 - 2.0 * abs(uniform[place] - _CENTRE)
    return tails


@row_kernel
def _rounded(log: FloatArray, uniform: FloatArray, scale_us: float) -> IntArray:
    noise_us = np.empty(log.size, dtype=np.int64)
    for place in range(log.size):
        size_us = math.copysign(scale_us * log[place], uniform[place] - _CENTRE)
        noise_us[place] = np.int64(np.rint(size_us))
    return noise_us


@row_kernel
def _cut_to_whole(log: FloatArray, uniform: FloatArray, scale: IntArray, bounds: IntArray) -> IntArray:
    noise = np.empty(log.size, dtype=np.int64)
    for session in range(bounds.size - 1):
        factor = float(scale[session])
        of_zero = math.log1p(math.expm1(-1.0 / factor) / 2.0)
        for place in range(bounds[session], bounds[session + 1]):
            size = min(-factor * (log[place] + of_zero), _FARTHEST)
            noise[place] = np.int64(math.copysign(size, uniform[place] - _CENTRE))
    return noise
