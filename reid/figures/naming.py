"""Names beside what they name, instead of a legend: at the ends of curves, and beside points of a plane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy.optimize import isotonic_regression

from reid.figures.labels import length_em, wrapped
from reid.figures.style import INK, SMALL_PT, SOFT, Look
from reid.typing import FloatArray

LINE_PT: Final = 1.25 * SMALL_PT  #: height of a line of text
_LEADER_PT: Final = 14.0  # from the axes to the sign before a name
_SIGN_PT: Final = 9.0  # from the sign to the name
_NEAR_PT: Final = 6.5  # within which no line is needed from a point to its name
_GAP_PT: Final = 3.0  # between names
_INCH_PT: Final = 72.0
MARGIN_PT: Final = _LEADER_PT + _SIGN_PT + 2.0  #: width of a column of names, beside their letters


@dataclass(frozen=True, slots=True)
class Named:
    """Something on the axes, and how it is called."""

    x: float  #: in data
    y: float
    text: str
    look: Look | None = None  #: whose sign stands before the name; none before that of a line
    filled: bool = True  #: whether that sign is


def spread(wanted: FloatArray, tall: FloatArray, low: float, high: float) -> FloatArray:
    """Return heights next to those wanted at which nothing overlaps.

    Parameters
    ----------
    wanted : float64 array of shape (n,)
        Middles, rising.
    tall : float64 array of shape (n,)
        How tall each is.
    low, high : float
        Between which all shall lie, if there is room; else they reach beyond ``low``.

    Examples
    --------
    >>> spread(np.array([1.0, 2.0, 9.0]), np.full(3, 4.0), 0.0, 20.0)
    array([ 2.,  6., 10.])
    """
    if not wanted.size:
        return wanted
    above_first = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2)])
    base = np.asarray(isotonic_regression(wanted - above_first).x, dtype=np.float64)
    least, most = low + tall[0] / 2, high - tall[-1] / 2 - above_first[-1]
    base = np.minimum(np.maximum(base, least), most)
    return np.asarray(base + above_first, dtype=np.float64)


def name_right(ax: Axes, named: Sequence[Named], width_em: float) -> None:
    """Write names in a column right of axes whose scales and limits are set, with a thin line to each.

    Parameters
    ----------
    ax : Axes
        With a linear or other scale, in a place of its own on the sheet.
    named : sequence of Named
        Where each ends; names keep the order of heights and do not overlap.
    width_em : float
        Of the column of letters.
    """
    width_pt, height_pt = size_pt(ax)
    to_axes = ax.transScale + ax.transLimits
    order = sorted(range(len(named)), key=lambda n: (named[n].y, n))
    ends = np.array([to_axes.transform((named[n].x, named[n].y)) for n in order]).reshape(-1, 2)
    texts = [wrapped(named[n].text, width_em) for n in order]
    tall = np.array([LINE_PT * (text.count("\n") + 1) + _GAP_PT for text in texts])
    middles = spread(height_pt * ends[:, 1], tall, -0.12 * height_pt, 1.08 * height_pt)
    for place, number in enumerate(order):
        at, one = middles[place] / height_pt, named[number]
        sign = 1 + _LEADER_PT / width_pt
        across = [float(ends[place, 0]), 1 + 3 / width_pt, sign - 4 / width_pt]
        ax.plot(
            across, [float(ends[place, 1])] * 2 + [at], color=SOFT, linewidth=0.6, transform=ax.transAxes,
            clip_on=False, zorder=1.5, label="_leader",
        )  # fmt: skip
        if one.look is not None:
            ax.plot(
                [sign], [at], one.look.marker, color=one.look.color, transform=ax.transAxes, clip_on=False,
                markeredgecolor="white", markeredgewidth=0.5, label="_sign",
            )  # fmt: skip
        ax.text(
            sign + (_SIGN_PT if one.look is not None else 0) / width_pt, at, texts[place],
            transform=ax.transAxes, va="center", fontsize=SMALL_PT, color=SOFT if one.look is None else INK,
        )  # fmt: skip


def name_beside(ax: Axes, named: Sequence[Named], obstacles: FloatArray, width_em: float) -> None:
    """Write names next to their points where they hide least; a thin line leads to a name that is far.

    Parameters
    ----------
    ax : Axes
        With scales and limits set.
    named : sequence of Named
        Points of the plane.
    obstacles : float64 array of shape (n, 4)
        What is better not written over: left, bottom, right, top, in data.
    width_em : float
        Longest line.
    """
    size = np.array(size_pt(ax))
    to_axes = ax.transScale + ax.transLimits
    texts = [wrapped(one.text, width_em) for one in named]
    boxes = np.array(
        [
            (
                SMALL_PT * max(map(length_em, text.split("\n"))) + _SIGN_PT + 4,
                LINE_PT * (text.count("\n") + 1) + 2,
            )
            for text in texts
        ]
    ).reshape(-1, 2)
    points = size * np.array([to_axes.transform((one.x, one.y)) for one in named]).reshape(-1, 2)
    corners = np.asarray(obstacles, dtype=np.float64).reshape(-1, 2, 2)
    blocked = (size * to_axes.transform(corners.reshape(-1, 2)).reshape(-1, 2, 2)).reshape(-1, 4)
    for one, text, box, point, at in zip(
        named, texts, boxes, points, placed(points, boxes, blocked, size), strict=True
    ):
        nearest = np.clip(point, at, at + box)
        if np.hypot(*(nearest - point)) > _NEAR_PT:
            ends = np.array([point, nearest]) / size
            ax.plot(*ends.T, color=SOFT, linewidth=0.6, transform=ax.transAxes, zorder=1.5, label="_leader")
        middle = (at[1] + box[1] / 2) / size[1]
        if one.look is not None:
            ax.plot(
                [(at[0] + _SIGN_PT / 2 + 1) / size[0]], [middle], one.look.marker, color=one.look.color,
                transform=ax.transAxes, markerfacecolor=one.look.color if one.filled else "white",
                zorder=6, clip_on=False, label="_sign",
            )  # fmt: skip
        ax.text(
            (at[0] + _SIGN_PT + 2) / size[0], middle, text, transform=ax.transAxes, va="center",
            fontsize=SMALL_PT, zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.8},
        )  # fmt: skip


def tag(ax: Axes, x: float, y: float, letter: str, look: Look) -> None:
    """Write a letter on a curve, in a ring of its colour; the name stands in a list beside."""
    ax.text(
        x, y, letter, ha="center", va="center", fontweight="bold", fontsize=SMALL_PT, zorder=6, clip_on=False,
        bbox={"boxstyle": "circle,pad=0.18", "facecolor": "white", "edgecolor": look.color, "linewidth": 1.2},
    )  # fmt: skip


def placed(points: FloatArray, boxes: FloatArray, blocked: FloatArray, size: FloatArray) -> FloatArray:
    """Return lower left corners of boxes beside their points; they overlap little, if they can.

    Parameters
    ----------
    points : float64 array of shape (n, 2)
        In points of length.
    boxes : float64 array of shape (n, 2)
        Width and height of each.
    blocked : float64 array of shape (n_blocked, 4)
        Left, bottom, right, top of what is better not covered.
    size : float64 array of shape (2,)
        Within which all shall lie, from 0.
    """
    at = points + 4.0
    reaches = [
        np.array([_beside(point, box)]).reshape(-1, 2) for point, box in zip(points, boxes, strict=True)
    ]
    for _ in range(3):
        for number, (point, box, corners) in enumerate(zip(points, boxes, reaches, strict=True)):
            others = np.delete(np.hstack([at, at + boxes]), number, axis=0)
            spots = np.hstack([corners, corners + box])
            inside = np.clip(spots, 0, np.tile(size, 2))
            cost = 4 * _shared(spots, others) + 2 * _shared(spots, blocked)
            cost += 8 * (np.prod(box) - np.prod(inside[:, 2:] - inside[:, :2], axis=1))
            away = np.hypot(*(np.clip(point, corners, corners + box) - point).T)
            at[number] = corners[int(np.argmin(cost + 3 * away))]
    return at


def size_pt(ax: Axes) -> tuple[float, float]:
    """Return width and height of axes that have a place of their own on a sheet."""
    sheet = cast("Any", ax.figure)
    box = ax.get_position()
    return box.width * sheet.get_figwidth() * _INCH_PT, box.height * sheet.get_figheight() * _INCH_PT


def _beside(point: FloatArray, box: FloatArray) -> FloatArray:
    """Return corners of a box in many places around a point: right and left of it, above, below, farther."""
    found = []
    for away in (5.0, 12.0, 22.0, 36.0, 55.0, 80.0):
        for turn in np.linspace(0, 2 * np.pi, 24, endpoint=False):
            towards = np.array([np.cos(turn), np.sin(turn)])
            found.append(point + away * towards + (towards - 1) / 2 * box)
    return np.array(found)


def _shared(spots: FloatArray, others: FloatArray) -> FloatArray:
    """Return the area that each of some boxes has in common with all others: (n,)."""
    low = np.maximum(spots[:, None, :2], others[None, :, :2])
    high = np.minimum(spots[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=2).sum(axis=1), dtype=np.float64)


def curves_of(ax: Axes) -> list[Line2D]:
    """Return the lines of axes that stand for data: neither leaders nor signs before names."""
    return [line for line in ax.get_lines() if not str(line.get_label()).startswith(("_leader", "_sign"))]
