"""Detection error trade-off (DET) curves."""

from collections.abc import Mapping
from typing import Final, Protocol

import numpy as np
from matplotlib.axes import Axes
from scipy.special import ndtri

from reid.figures.labels import drawable
from reid.figures.naming import tag
from reid.figures.style import SMALL_PT, SOFT, Look
from reid.typing import BoolArray, FloatArray

TICKS: Final = np.array([0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4])
LOWEST: Final = 0.0005
HIGHEST: Final = 0.6
_REACH: Final = 1.3  # of letters from the diagonal, in normal deviates
LIMITS: Final = ndtri([LOWEST, HIGHEST])


class ErrorRates(Protocol):
    """The points of a DET curve."""

    @property
    def fmr(self) -> FloatArray:
        """False match rate in ``[0, 1]``, shape (n_points,)."""
        ...

    @property
    def fnmr(self) -> FloatArray:
        """False non-match rate in ``[0, 1]`` at the same thresholds, shape (n_points,)."""
        ...


def plot_det(
    ax: Axes,
    curves: Mapping[str, ErrorRates],
    looks: Mapping[str, Look],
    tags: Mapping[str, str] | None = None,
) -> None:
    """Draw one curve per label on ``ax``, which spans rates from 0.05 % to 60 %.

    On these normal-deviate axes Gaussian scores give a straight line. A curve that has no point in
    view is named on the axes instead.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    curves : mapping of label to ErrorRates
        Finished points, in the order of the threshold.
    looks : mapping of label to Look
        One for each curve.
    tags : mapping of label to str, optional
        A letter that stands on each curve, each nearer to another end.
    """
    ax.plot(LIMITS, LIMITS, color=SOFT, linewidth=0.8, label="_equal")
    at = float(ndtri(0.0011))
    ax.text(
        at, at + 0.06, "equal errors", rotation=45, rotation_mode="anchor", fontsize=SMALL_PT, color=SOFT,
        va="bottom",
    )  # fmt: skip
    hidden: list[str] = []
    for number, (label, curve) in enumerate(curves.items()):
        inside = (curve.fmr > 0) & (curve.fmr < 1) & (curve.fnmr > 0) & (curve.fnmr < 1)
        if not _in_view(curve, inside):
            hidden.append(label)
        drawn = looks[label]
        ax.plot(
            ndtri(curve.fmr[inside]), ndtri(curve.fnmr[inside]), label=label, color=drawn.color,
            linestyle=drawn.dash, linewidth=drawn.width, marker=drawn.marker if tags is None else "",
            markevery=(0.02 + (0.04 * number) % 0.2, 0.2), markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip
        if tags is not None and label not in hidden:
            held = inside & _held(curve)
            x, y = ndtri(curve.fmr[held]), ndtri(curve.fnmr[held])
            # Along the second diagonal, so that letters of curves that cross are apart.
            wanted = _REACH * (2 * (number + 0.5) / len(curves) - 1)
            at = int(np.argmin(np.abs(y - x - wanted)))
            tag(ax, float(x[at]), float(y[at]), tags[label], drawn)
    percent = [f"{100 * rate:g}" for rate in TICKS]
    ax.set_xticks(ndtri(TICKS), percent)
    ax.set_yticks(ndtri(TICKS), percent)
    ax.set(xlabel="False match rate (%)", xlim=LIMITS, aspect="equal")
    ax.set(ylabel="False non-match rate (%)", ylim=LIMITS, title="DET: verification")
    if hidden:
        named = hidden if tags is None else [tags[label] for label in hidden]
        shown = [drawable(label, 24) for label in named[:3]] + ["…"] * (len(hidden) > 3)  # noqa: PLR2004
        ax.text(
            0.97, 0.03, "outside this range:\n" + "\n".join(shown), transform=ax.transAxes, ha="right",
            va="bottom", fontsize=SMALL_PT, color=SOFT, bbox={"facecolor": "white", "edgecolor": "none"},
        )  # fmt: skip


def _in_view(curve: ErrorRates, inside: BoolArray) -> bool:
    """Tell whether any drawn point lies within the axes."""
    return bool(np.any(inside & _held(curve)))


def _held(curve: ErrorRates) -> BoolArray:
    """Tell which points lie within the axes."""
    seen = (curve.fmr >= LOWEST) & (curve.fmr <= HIGHEST)
    return np.asarray(seen & (curve.fnmr >= LOWEST) & (curve.fnmr <= HIGHEST))
