"""The grid on which a recorder's clock ticks: it can give a machine away, and so a person."""

from typing import Final

import numpy as np

from reid.typing import FloatArray, IntArray

#: Units in which recorders write times, in microseconds, coarsest first.
_UNITS_US: Final = (1000, 500, 100, 50, 10, 5, 1)
_SMALL_MULTIPLES: Final = 64
#: Further periods: timers of operating systems, screens, USB polling, releases on a coarse grid.
_PERIODS_US: Final = (
    15_600.0, 15_625.0, 1e6 / 144, 1e6 / 120, 1e6 / 75, 1e6 / 60, 1e6 / 30, 55_000.0,
    *(1000.0 * ms for ms in (66, 70, 75, 80, 90, 96, 100, 110, 120, 125, 128, 150, 160, 200, 250, 256, 300)),
    400_000.0, 500_000.0, 1_000_000.0,
)  # fmt: skip
_MOST_VALUES: Final = 400
_FEWEST_STEPS: Final = 50
_SHARE: Final = 0.98  # of steps that must be whole multiples of the unit
_NEAR: Final = 0.25  # of a step: what jitters about it
_AGREEMENT: Final = 0.9  # of steps that must lie on the grid, beyond what lies there by chance


def clock_grid(step_us: IntArray, counts: IntArray) -> float | None:
    """Return the largest period of which nearly all time steps are multiples.

    A coarse timer is often written with a finer unit (a 15.6 ms timer in whole milliseconds), so a
    step counts as a multiple when it lies within one unit of a positive one. What would lie there by
    chance is taken off, as in Cohen's kappa: the rest must be at least 0.9.

    Parameters
    ----------
    step_us : int64 array of shape (n_values,)
        Distinct times between neighbouring events, in microseconds, above 0.
    counts : int64 array of shape (n_values,)
        How often each occurs.

    Returns
    -------
    float or None
        Period in microseconds; None where there are fewer than 50 steps, which say nothing.

    Examples
    --------
    An 8 ms timer, now and then read a millisecond late:

    >>> clock_grid(np.array([8000, 9000, 16_000, 24_000, 31_000, 40_000]), np.array([40, 3, 40, 40, 3, 40]))
    8000.0
    """
    if counts.sum() < _FEWEST_STEPS:
        return None
    frequent = np.argsort(-counts, kind="stable")[:_MOST_VALUES]
    steps, weights = step_us[frequent].astype(np.float64), counts[frequent] / counts[frequent].sum()
    unit = next(unit for unit in _UNITS_US if unit == 1 or weights[steps % unit == 0].sum() >= _SHARE)
    periods = np.unique(np.concatenate([unit * np.arange(2.0, _SMALL_MULTIPLES + 1), _PERIODS_US]))
    periods = periods[periods > 3 * unit]  # with a tolerance of one unit on either side, all lie on 3
    agreement = _beyond_chance(steps, weights, periods, unit)
    fitting = np.flatnonzero(agreement >= _AGREEMENT)
    if not fitting.size:
        return float(unit)
    # Neighbours of the true period fit nearly as well: of the best peak, the best.
    largest = periods[fitting[-1]]
    near = fitting[periods[fitting] > 0.9 * largest]
    exact = _distance(steps, periods[near]).T @ weights
    return float(periods[near[int(np.argmin(exact))]])


def polling_rate(step_us: IntArray, counts: IntArray) -> float | None:
    """Return how often a second a moving pointer is told of: what its device and driver poll.

    That is the inverse of the mean of the steps within a quarter of the one about which most of them lie: a
    60 Hz screen shows as steps of 16 and 17 ms.

    Parameters
    ----------
    step_us : int64 array of shape (n_values,)
        Distinct times between neighbouring moves, in microseconds, above 0, ascending.
    counts : int64 array of shape (n_values,)
        How often each occurs.

    Returns
    -------
    float or None
        In 1/s; None where there are fewer than 50 steps, which say nothing.

    Examples
    --------
    >>> polling_rate(np.array([16_000, 17_000, 34_000]), np.array([40, 80, 10]))
    60.0
    """
    if counts.sum() < _FEWEST_STEPS:
        return None
    first = np.searchsorted(step_us, (1 - _NEAR) * step_us, side="left")
    beyond = np.searchsorted(step_us, (1 + _NEAR) * step_us, side="right")
    so_far = np.concatenate([[0], np.cumsum(counts)])
    best = int(np.argmax(so_far[beyond] - so_far[first]))
    near = slice(int(first[best]), int(beyond[best]))
    return float(1e6 * counts[near].sum() / (step_us[near] @ counts[near]))


def _distance(steps: FloatArray, periods: FloatArray) -> FloatArray:
    """Return how far each step lies from the nearest positive multiple: (n_steps, n_periods)."""
    multiples = np.maximum(1, np.rint(steps[:, None] / periods))
    return np.abs(steps[:, None] - multiples * periods)


def _beyond_chance(steps: FloatArray, weights: FloatArray, periods: FloatArray, unit: int) -> FloatArray:
    on_grid = (_distance(steps, periods) <= unit).T @ weights
    by_chance = np.minimum(3 * unit / periods, 1)
    agreement: FloatArray = (on_grid - by_chance) / (1 - by_chance)
    return agreement


def grid_name(grid_us: float | None) -> str:
    """Return how a grid is shown.

    Examples
    --------
    >>> grid_name(15_625.0), grid_name(100.0), grid_name(None)
    ('15.625 ms', '0.1 ms', 'unknown')
    """
    return "unknown" if grid_us is None else f"{grid_us / 1000:.6g} ms"
