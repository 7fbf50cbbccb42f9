"""Random numbers from many named streams at once."""

from collections.abc import Sequence

import numpy as np

from reid.kernels.chance import uniform_streams
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray


def uniform_draws(streams: Streams, names: Sequence[str], counts: IntArray) -> FloatArray:
    """Draw numbers from the streams of these names, laid end to end.

    Where the streams are seeded, small generators give all numbers in one go; where they are secret, the
    streams' own generators do, of which no number tells another.

    Parameters
    ----------
    streams : Streams
        Seeded for measurement, or secret for a release.
    names : sequence of str
        Of the streams, none twice.
    counts : int64 array of shape (n_names,)
        How many numbers are drawn from each.

    Returns
    -------
    float64 array of shape (n,)
        Independent and uniform on ``[0, 1)``. The first numbers of a stream are the same however many are
        drawn, and whichever other streams there are.
    """
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    if not streams.secret:
        return uniform_streams(streams.states(names), bounds)
    drawn = np.empty(bounds[-1])
    for name, start, stop in zip(names, bounds[:-1], bounds[1:], strict=True):
        streams(name).random(out=drawn[start:stop])
    return drawn
