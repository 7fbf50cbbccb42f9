"""What shown times say about log latencies whose true times are hidden: a forward pass over each session."""

import math
from typing import NamedTuple

import numpy as np

from reid.kernels._jit import row_kernel
from reid.typing import BoolArray, FloatArray, IntArray


class ShownTyping(NamedTuple):
    """Sessions of as many presses each: where the true times may lie, in microseconds.

    A true time lies between ``low`` and ``high`` with equal weight, or, where it *fades*, with a weight that
    goes down to 0 at ``high`` in a straight line.
    """

    down_low: FloatArray  #: (n_sessions, n_presses)
    down_high: FloatArray  #: (n_sessions, n_presses); equal to ``down_low`` where the time is known
    down_fades: BoolArray  #: (n_sessions, n_presses)
    up_low: FloatArray  #: (n_sessions, n_presses)
    up_high: FloatArray  #: (n_sessions, n_presses)
    up_fades: BoolArray  #: (n_sessions, n_presses)
    up_first: BoolArray  #: (n_sessions, n_presses), whether the key came up before the next one went down
    hold: IntArray  #: (n_sessions, n_presses), component of each hold time
    dd: IntArray  #: (n_sessions, n_presses - 1), component of the latency to the next press


class LatencyMoments(NamedTuple):
    """Sums over a session of ``log latency - mean``, component by component, given what was shown."""

    log_likelihood: FloatArray  #: (n_sessions,), of what was shown, up to a term that no mean changes
    first: FloatArray  #: (n_sessions, n_components), expected sums
    covariance: FloatArray  #: (n_sessions, n_components, n_components), of the sums


@row_kernel
def latency_moments(
    shown: ShownTyping, mean: FloatArray, variance: FloatArray, nodes: FloatArray, weights: FloatArray
) -> LatencyMoments:
    """Work out likelihood and moments of log-normal latencies whose presses and releases are hidden.

    A press follows the press before by a latency of one component, and a key comes up after a latency of
    another. Presses form a Markov chain, over whose hidden places it is summed from first to last.

    Parameters
    ----------
    shown : ShownTyping
        What is known of the times.
    mean : float64 array of shape (n_sessions, n_components)
        Mean log latency (in us) of each session.
    variance : float64 array of shape (n_components,)
        Of log latencies, above 0.
    nodes, weights : float64 arrays of shape (n_nodes,)
        Of a quadrature on ``[0, 1]``.

    Returns
    -------
    LatencyMoments
        A session that cannot have been has a log-likelihood of minus infinity, and NaN for moments.

    Notes
    -----
    Of the order of a release among the others, it is used whether it stands before the next press. The
    quadrature is good where places are no wider than latencies are spread.
    """
    n_sessions, n_presses = shown.hold.shape
    n_components, n_nodes = variance.size, nodes.size
    log_likelihood = np.zeros(n_sessions)
    first = np.zeros((n_sessions, n_components))
    covariance = np.zeros((n_sessions, n_components, n_components))
    at_us, next_us, held = np.empty(n_nodes), np.empty(n_nodes), np.empty((n_nodes, 3))
    mass, next_mass = np.empty(n_nodes), np.empty(n_nodes)
    sums, next_sums = np.empty((n_nodes, n_components)), np.empty((n_nodes, n_components))
    squares = np.empty((n_nodes, n_components, n_components))
    next_squares = np.empty((n_nodes, n_components, n_components))
    for session in range(n_sessions):
        means = mean[session]
        _place(shown, session, 0, nodes, weights, at_us, mass)
        sums[:], squares[:] = 0.0, 0.0
        for press in range(n_presses - 1):
            k, c = shown.hold[session, press], shown.dd[session, press]
            _place(shown, session, press + 1, nodes, weights, next_us, next_mass)
            meets = _meets_next(shown, session, press)
            if not meets:
                _hold_anywhere(shown, session, press, at_us, means[k], variance[k], nodes, weights, held)
            next_sums[:], next_squares[:] = 0.0, 0.0
            for after in range(n_nodes):
                prior, next_mass[after] = next_mass[after], 0.0
                for node in range(n_nodes):
                    dd_us = next_us[after] - at_us[node]
                    if dd_us <= 0.0:
                        continue
                    if meets:
                        _hold(
                            shown,
                            session,
                            press,
                            at_us[node],
                            next_us[after],
                            means[k],
                            variance[k],
                            nodes,
                            weights,
                            held[node],
                        )
                    over = math.log(dd_us) - means[c]
                    factor = prior * math.exp(-0.5 * over * over / variance[c]) / dd_us
                    next_mass[after] += factor * held[node, 0] * mass[node]
                    _add(
                        mass[node],
                        sums[node],
                        squares[node],
                        held[node],
                        k,
                        c,
                        over,
                        factor,
                        next_sums[after],
                        next_squares[after],
                    )
            total = next_mass.sum()
            log_likelihood[session] += np.log(total)
            at_us, next_us = next_us, at_us
            mass[:], sums[:], squares[:] = next_mass / total, next_sums / total, next_squares / total
        last = n_presses - 1
        k = shown.hold[session, last]
        _hold_anywhere(shown, session, last, at_us, means[k], variance[k], nodes, weights, held)
        total = (mass * held[:, 0]).sum()
        log_likelihood[session] += np.log(total)
        for node in range(n_nodes):
            _add(
                mass[node],
                sums[node],
                squares[node],
                held[node],
                k,
                k,
                0.0,
                1.0 / total,
                first[session],
                covariance[session],
            )
        covariance[session] -= np.outer(first[session], first[session])
    return LatencyMoments(log_likelihood, first, covariance)


@row_kernel
def _meets_next(shown: ShownTyping, session: int, press: int) -> bool:
    """Say whether a release can be on both sides of the next press; else both places say on which it is."""
    low, high = shown.down_low[session, press + 1], shown.down_high[session, press + 1]
    return bool(high > shown.up_low[session, press] and low < shown.up_high[session, press])


@row_kernel
def _place(
    shown: ShownTyping,
    session: int,
    press: int,
    nodes: FloatArray,
    weights: FloatArray,
    at_us: FloatArray,
    mass: FloatArray,
) -> None:
    """Enter where a press may be, and with what weight."""
    low, high = shown.down_low[session, press], shown.down_high[session, press]
    fades = shown.down_fades[session, press]
    for node in range(nodes.size):
        at_us[node] = low + (high - low) * nodes[node]
        mass[node] = weights[node] * ((1.0 - nodes[node]) if fades else 1.0)


@row_kernel
def _hold_anywhere(
    shown: ShownTyping,
    session: int,
    press: int,
    at_us: FloatArray,
    mean: float,
    variance: float,
    nodes: FloatArray,
    weights: FloatArray,
    held: FloatArray,
) -> None:
    """Enter mass and moments of a release for each place of its press."""
    for node in range(at_us.size):
        _hold(shown, session, press, at_us[node], np.nan, mean, variance, nodes, weights, held[node])


@row_kernel
def _hold(
    shown: ShownTyping,
    session: int,
    press: int,
    down_us: float,
    next_us: float,
    mean: float,
    variance: float,
    nodes: FloatArray,
    weights: FloatArray,
    held: FloatArray,
) -> None:
    """Enter the mass of a release, and the first and second moment of its log hold time.

    ``next_us`` is the time of the next press, before or after which it stands; NaN where that is not used.
    """
    held[:] = 0.0
    low, high = max(shown.up_low[session, press], down_us), shown.up_high[session, press]
    fades_to = high
    if not math.isnan(next_us):
        if shown.up_first[session, press]:
            high = min(high, next_us)
        else:
            low = max(low, next_us)
    if high <= low:
        return
    for node in range(nodes.size):
        hold_us = low + (high - low) * nodes[node] - down_us
        over = math.log(hold_us) - mean
        mass = weights[node] * (high - low) * math.exp(-0.5 * over * over / variance) / hold_us
        if shown.up_fades[session, press]:
            mass *= fades_to - down_us - hold_us
        held[0] += mass
        held[1] += mass * over
        held[2] += mass * over * over


@row_kernel
def _add(
    mass: float,
    sums: FloatArray,
    squares: FloatArray,
    held: FloatArray,
    k: int,
    c: int,
    over: float,
    factor: float,
    next_sums: FloatArray,
    next_squares: FloatArray,
) -> None:
    """Add the moments of those at one place who go on to the next, after a hold of k and a latency of c."""
    all_held, hold, hold_square = factor * held[0], factor * held[1], factor * held[2]
    for row in range(sums.size):
        next_sums[row] += all_held * sums[row]
        cross_dd, cross_hold = all_held * over * sums[row], hold * sums[row]
        next_squares[row, c] += cross_dd
        next_squares[c, row] += cross_dd
        next_squares[row, k] += cross_hold
        next_squares[k, row] += cross_hold
        for column in range(sums.size):
            next_squares[row, column] += all_held * squares[row, column]
    next_sums[c] += mass * all_held * over
    next_sums[k] += mass * hold
    next_squares[c, c] += mass * all_held * over * over
    next_squares[k, k] += mass * hold_square
    next_squares[c, k] += mass * hold * over
    next_squares[k, c] += mass * hold * over
