"""The best possible attack on :mod:`reid.synthetic.truth` where times are shown on a grid or with noise.

It knows the law of people and that of the blur. The true times of a session are hidden; what they say of
the person is summed over all places where they may lie (:mod:`reid.kernels.hidden_times`). As a function of
a session's mean log latencies their likelihood is no longer Gaussian, but many keystrokes make it nearly so:
it is replaced by the Gaussian that has its slope and curvature where it is highest, given the law of people.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from reid.errors import ParameterError
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.kernels.hidden_times import ShownTyping, latency_moments
from reid.synthetic.evidence import Evidence, evidence_about
from reid.synthetic.key_process import key_law
from reid.synthetic.truth import TruthSettings, dd_component, truth_law
from reid.typing import FloatArray, IntArray

# Nodes of a quadrature over the places of an event: a coarse one comes close to the highest point.
_FEWEST_NODES, _US_PER_NODE = 6, 8_000
_FEWEST_COARSE, _US_PER_COARSE = 4, 13_000
_N_STEPS: Final = 3  # of Newton towards the highest point, before the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Blur:
    """How far the true time of an event may lie from the one that is shown, with equal weight between.

    See :meth:`grid` and :meth:`jitter`.
    """

    before_us: float  #: at most so much earlier
    after_us: float  #: at most so much later
    starts_exactly: bool  #: a session's first press is shown when it was
    #: an event shown together with the one before it may have been moved up to it, to keep the order
    moved_up: bool

    def __post_init__(self) -> None:
        if not (self.before_us >= 0 and self.after_us >= 0 and self.before_us + self.after_us > 0):
            found = f"{self.before_us} before and {self.after_us} after"
            raise ParameterError.of("a blur in us", must="be 0 or more, and not 0 both ways", found=found)

    @classmethod
    def grid(cls, step_us: float) -> Self:
        """Return the blur of times that are rounded down to multiples of a step."""
        return cls(before_us=0.0, after_us=step_us, starts_exactly=True, moved_up=False)

    @classmethod
    def jitter(cls, bound_us: float) -> Self:
        """Return the blur of uniform noise up to a bound, drawn anew for each event, that keeps the order."""
        return cls(before_us=bound_us, after_us=bound_us, starts_exactly=False, moved_up=True)


def shown_typing(events: EventTable, settings: TruthSettings, blur: Blur) -> ShownTyping:
    """Read where the true times may lie off a release of what ``generate`` made under the settings.

    Parameters
    ----------
    events : EventTable
        Blurred log: the same presses and releases in the same order, at other times.
    settings : TruthSettings
        The population.
    blur : Blur
        What was done to the times.

    Returns
    -------
    ShownTyping
        One row per session, in the order of ``events.sessions``.

    Raises
    ------
    ParameterError
        A press or release was left out, or a key is not one of the settings.
    """
    names, _ = key_law(settings.n_letters)
    number = pl.DataFrame(
        {"key": pl.Series(names, dtype=events.frame.schema["key"]), "number": range(len(names))}
    )
    rows = events.sessions.select(*SESSION, pl.int_range(pl.len()).alias("session"))
    table = (
        events.frame.with_row_index("row")
        .join(rows, on=SESSION, maintain_order="left")
        .join(number, on="key", how="left", maintain_order="left")
        .with_columns(tied=pl.col("time_us").diff().eq(0).over("session").fill_null(value=False))
    )
    downs = table.filter(pl.col("event") == "key_down")
    ups = table.filter(pl.col("event") == "key_up").select("session", "press", up=pl.col("row"))
    paired = downs.join(ups, on=["session", "press"], how="inner", maintain_order="left")
    shape = (len(rows), settings.n_keystrokes)
    if not paired.height == downs.height == shape[0] * shape[1] or paired["number"].null_count():
        must, found = "hold every press and release of the settings", f"{paired.height} of them"
        raise ParameterError.of("the log", must=must, found=found)

    def of_presses(name: str) -> IntArray:
        return paired[name].to_numpy().astype(np.int64).reshape(shape)

    time_us, tied = table["time_us"].to_numpy().astype(np.float64), table["tied"].to_numpy()
    down, up, key = of_presses("row"), of_presses("up"), of_presses("number")
    up_first = np.ones(shape, dtype=bool)
    up_first[:, :-1] = up[:, :-1] < down[:, 1:]
    pairs = dd_component(key[:, :-1], key[:, 1:], len(names))
    down_low, down_high = time_us[down] - blur.before_us, time_us[down] + blur.after_us
    if blur.starts_exactly:
        down_low[:, 0] = down_high[:, 0] = time_us[down[:, 0]]
    fades = tied & blur.moved_up
    return ShownTyping(
        down_low=down_low,
        down_high=down_high,
        down_fades=fades[down],
        up_low=time_us[up] - blur.before_us,
        up_high=time_us[up] + blur.after_us,
        up_fades=fades[up],
        up_first=up_first,
        hold=key,
        dd=pairs,
    )


def blurred_evidence(shown: ShownTyping, settings: TruthSettings) -> Evidence:
    """Turn what each session shows into what it says about the person; the session's shift is integrated out.

    Parameters
    ----------
    shown : ShownTyping
        As :func:`shown_typing` reads it.
    settings : TruthSettings
        The population; only its laws are used.

    Raises
    ------
    ParameterError
        A session cannot have been shown like this.
    """
    law = truth_law(settings)
    width_us = float((shown.up_high - shown.up_low).max())
    n_coarse = max(_FEWEST_COARSE, round(width_us / _US_PER_COARSE))
    n_nodes = max(_FEWEST_NODES, round(width_us / _US_PER_NODE))
    counts = np.stack([_counts(row, law.mean.size) for row in np.hstack([shown.hold, shown.dd])])
    both = np.hstack([law.root, law.drift])
    cover, steady = both @ both.T, np.eye(both.shape[1])
    complete = (counts / law.within)[..., None] * np.eye(law.mean.size)  # had nothing been hidden
    away = np.zeros(counts.shape)  # of a session's means from those of all people
    for n_of_step in (*[n_coarse] * _N_STEPS, n_nodes):
        found = latency_moments(shown, law.mean + away, law.within, *quadrature(n_of_step))
        if not np.isfinite(found.log_likelihood).all():
            impossible = int(np.count_nonzero(~np.isfinite(found.log_likelihood)))
            must = "be a release with this blur"
            raise ParameterError.of("the log", must=must, found=f"{impossible} sessions that cannot be one")
        slope = found.first / law.within
        hidden = found.covariance / np.multiply.outer(law.within, law.within)
        precision = complete - hidden
        # Far from the highest point the curvature may be the wrong way round; this one never leads downhill.
        valley = np.linalg.eigvalsh(steady + both.T @ precision @ both)[:, 0] <= 0
        precision[valley] = complete[valley]
        vector = slope + (precision @ away[..., None])[..., 0]
        # (C^-1 + P)^-1 v without an inverse of C, which has none where people are all alike
        away = (cover @ np.linalg.solve(np.eye(law.mean.size) + precision @ cover, vector[..., None]))[..., 0]
    return evidence_about(precision, vector, law.root, law.drift)


def quadrature(n_nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of Gauss and Legendre on ``[0, 1]``."""
    nodes, weights = np.polynomial.legendre.leggauss(n_nodes)
    return (nodes + 1) / 2, weights / 2


def _counts(components: IntArray, n_components: int) -> FloatArray:
    return np.bincount(components, minlength=n_components).astype(np.float64)
