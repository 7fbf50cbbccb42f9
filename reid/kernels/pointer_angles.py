"""Angles of pointer steps: looked up where a step is small and of whole pixels, as most are."""

import math

import numpy as np

from reid.kernels._jit import kernel

_TABLED_PX = 96
# By the arctangent that compiled code calls, and not by numpy's, which differs between processors.
_ANGLES = np.array(
    [[math.atan2(dy, dx) for dx in range(-_TABLED_PX, _TABLED_PX + 1)] for dy in range(_TABLED_PX + 1)]
)


@kernel
def angle_of(dx: float, dy: float) -> float:
    """Return ``arctan2(dy, dx)``, to the bit.

    Parameters
    ----------
    dx, dy : float
        A step in pixels, or in any other unit.

    Returns
    -------
    float
        Its angle in radians, from -pi to pi.
    """
    up = abs(dy)
    if abs(dx) <= _TABLED_PX and up <= _TABLED_PX:
        whole_x, whole_y = int(dx), int(up)
        if whole_x == dx and whole_y == up:
            return math.copysign(_ANGLES[whole_y, whole_x + _TABLED_PX], dy)
    return math.atan2(dy, dx)


@kernel
def wrapped(angle: float) -> float:
    """Bring an angle, off by less than two turns, into (-pi, pi]."""
    below = angle + 2 * np.pi if angle <= -np.pi else angle
    return angle - 2 * np.pi if angle > np.pi else below
