"""Where the pointer goes: targets that say nothing about the person, and the smooth way between two."""

from typing import Final

import numpy as np

from reid.typing import FloatArray, IntArray

POLL_US: Final = 8_000  #: between two reports of a moving pointer; the same for everybody
SCREEN_PX: Final = (1920, 1080)  #: width and height; the same for everybody
TARGET_SIZE_PX: Final = 40.0  #: width of a target, for its difficulty
TARGET_AREA_PX: Final = (800, 600)  #: width and height of the middle of the screen, where targets lie
LEAST_STEP_PX: Final = 80  #: a target lies at least so far to the left or right of the one before


def targets_of(uniform: FloatArray) -> IntArray:
    """Turn uniform numbers into targets, each at least :data:`LEAST_STEP_PX` from the one before.

    Across, a target is the one before moved on by a uniform step and wrapped around the area, so every place
    is as likely as any other, whatever came before; up and down it is drawn anew.

    Parameters
    ----------
    uniform : float64 array of shape (..., n_targets, 2)
        Independent numbers from ``[0, 1)``.

    Returns
    -------
    int64 array of the shape of ``uniform``
        x and y in whole pixels from the upper left corner of the screen.

    Examples
    --------
    >>> targets_of(np.array([[0.0, 0.0], [0.0, 0.5], [0.999, 0.999]]))
    array([[560, 240],
           [640, 540],
           [560, 839]])
    """
    width, height = TARGET_AREA_PX
    span = np.full((*uniform.shape[:-1], 1), width - 2 * LEAST_STEP_PX + 1, dtype=np.int64)
    span[..., 0, :] = width
    step = np.floor(uniform[..., :1] * span).astype(np.int64)
    step[..., 1:, :] += LEAST_STEP_PX
    across = np.cumsum(step, axis=-2) % width
    down = np.floor(uniform[..., 1:] * height).astype(np.int64)
    corner = [(screen - area) // 2 for screen, area in zip(SCREEN_PX, TARGET_AREA_PX, strict=True)]
    return np.concatenate([across, down], axis=-1) + np.array(corner, dtype=np.int64)


def difficulty_of(distance_px: FloatArray) -> FloatArray:
    """Return the index of difficulty in bits, ``log2(distance / width + 1)`` (MacKenzie's form of Fitts)."""
    return np.log2(distance_px / TARGET_SIZE_PX + 1)


def progress_of(share: FloatArray) -> FloatArray:
    """Return how much of the way is done after a share of the time: the way of least jerk, 0 to 1.

    References
    ----------
    .. [1] Flash, Hogan (1985). The coordination of arm movements. J. Neuroscience 5(7).

    Examples
    --------
    >>> progress_of(np.array([0.0, 0.5, 1.0]))
    array([0. , 0.5, 1. ])
    """
    return share**3 * (10 + share * (6 * share - 15))


def n_reports(duration_us: IntArray) -> IntArray:
    """Return how often a movement is reported before it arrives: every :data:`POLL_US` from its start."""
    return (duration_us - 1) // POLL_US


def report_progress(duration_us: IntArray, number: IntArray) -> FloatArray:
    """Return how much of the way is done at each report; ``number`` counts from 1 within its movement."""
    return progress_of(number * float(POLL_US) / duration_us)


def positions_px(
    start_px: FloatArray, target_px: FloatArray, offset: FloatArray, done: FloatArray
) -> IntArray:
    """Return places on the way, in whole pixels.

    The way is a parabola over the straight line: halfway it is off by ``offset`` times its length, to the
    right of the direction where the offset is positive (y grows downwards).

    Parameters
    ----------
    start_px, target_px : float64 arrays of shape (n, 2)
        Both ends of the way that each place lies on.
    offset, done : float64 arrays of shape (n,)
        Offset of the way as a share of its length; progress, 0 to 1.

    Returns
    -------
    int64 array of shape (n, 2)
    """
    along = target_px - start_px
    right = np.stack([-along[:, 1], along[:, 0]], axis=1)
    way = start_px + done[:, None] * along + (offset * _bend(done))[:, None] * right
    return np.rint(way).astype(np.int64)


def fitted_offsets(
    position_px: FloatArray,
    done: FloatArray,
    stroke: IntArray,
    start_px: FloatArray,
    target_px: FloatArray,
) -> FloatArray:
    """Return the offset of each way by least squares from its reported places.

    Rounding moves a place by at most half a pixel across and down. A fit over the reports of one movement
    is off by 0.07 pixels (root mean square) over the length of the way, one in a hundred by more than 0.2.

    Parameters
    ----------
    position_px : float64 array of shape (n_reports, 2)
        The places.
    done : float64 array of shape (n_reports,)
        Progress at each.
    stroke : int64 array of shape (n_reports,)
        Which way it belongs to.
    start_px, target_px : float64 arrays of shape (n_strokes, 2)
        Ends of each way.

    Returns
    -------
    float64 array of shape (n_strokes,)
        Offsets as shares of the length; 0 where nothing was reported.
    """
    along = target_px - start_px
    right = np.stack([-along[:, 1], along[:, 0]], axis=1)
    length_squared = (along**2).sum(axis=1)
    aside = ((position_px - start_px[stroke]) * right[stroke]).sum(axis=1) / length_squared[stroke]
    bend = _bend(done)
    found = np.bincount(stroke, weights=bend * aside, minlength=len(along))
    weight = np.bincount(stroke, weights=bend**2, minlength=len(along))
    return np.asarray(found / np.where(weight > 0, weight, 1.0), dtype=np.float64)


def _bend(done: FloatArray) -> FloatArray:
    return 4 * done * (1 - done)
