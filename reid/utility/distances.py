"""How far released times lie from raw ones, in the units in which they are measured."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.stats import wasserstein_distance

from reid.typing import FloatArray, IntArray
from reid.utility.inputs import KEY, SYMBOLS, Inputs
from reid.utility.paired import PairedLogs

QUANTILES: Final = (0.1, 0.5, 0.9)
_US_PER_MS: Final = 1e3
_FEWEST: Final = 20  # times of a class on either side


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance between raw and released times of all people together; 0 where they are alike."""

    name: str
    value_ms: float
    n_raw: int  #: raw times behind it

    def as_dict(self) -> dict[str, Any]:
        """Return the distance as it stands in a report."""
        return {"name": self.name, "value_ms": self.value_ms, "n_raw": self.n_raw}


def distances_of(logs: PairedLogs) -> tuple[Distance, ...]:
    """Return how far released times of keys lie from raw ones.

    Returns
    -------
    tuple of Distance
        ``wasserstein of A-B``: between the times from the press of a key of class A to that of the next key,
        of class B. ``quantile 0.5 of dd``: how far that quantile of all such times moves; the same of
        ``hold``. What is rare, or not in the release, is left out.
    """
    raw, released = logs.raw_inputs, logs.released_inputs
    found = []
    one, other = _digraphs(raw), _digraphs(released)
    for code in np.unique(one[1]):
        mine, theirs = one[0][one[1] == code], other[0][other[1] == code]
        if min(mine.size, theirs.size) >= _FEWEST:
            name = "-".join(SYMBOLS[symbol] for symbol in divmod(int(code), len(SYMBOLS)))
            found.append(
                Distance(f"wasserstein of {name}", float(wasserstein_distance(mine, theirs)), mine.size)
            )
    holds = [inputs.hold_us[~np.isnan(inputs.hold_us)] / _US_PER_MS for inputs in (raw, released)]
    for name, mine, theirs in (("dd", one[0], other[0]), ("hold", holds[0], holds[1])):
        if min(mine.size, theirs.size) >= _FEWEST:
            moved = np.abs(np.quantile(theirs, QUANTILES) - np.quantile(mine, QUANTILES))
            found += [
                Distance(f"quantile {share} of {name}", float(by), mine.size)
                for share, by in zip(QUANTILES, moved, strict=True)
            ]
    return tuple(found)


def _digraphs(inputs: Inputs) -> tuple[FloatArray, IntArray]:
    """Return times from key to key in milliseconds, and classes of both keys in one number."""
    other = np.flatnonzero(~inputs.is_first & (inputs.kind == KEY))
    other = other[inputs.kind[other - 1] == KEY]
    gap_ms = (inputs.time_us[other] - inputs.time_us[other - 1]) / _US_PER_MS
    return gap_ms, inputs.symbol[other - 1] * len(SYMBOLS) + inputs.symbol[other]
