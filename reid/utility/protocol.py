"""What a metric of utility is."""

from typing import ClassVar, Protocol

from reid.typing import FloatArray
from reid.utility.paired import PairedLogs


class Metric(Protocol):
    """A metric of what a release is still good for, from 0 (nothing) to 1 (as good as the raw log).

    What the raw log of a person holds and the release does not is worth 0. What the raw log never held is
    not applicable, and no number.
    """

    name: ClassVar[str]
    definition: ClassVar[str]  #: one sentence
    better: ClassVar[str]  #: ``higher``: all metrics point one way
    source: ClassVar[str]  #: paper or standard that the quantity is from
    needs: ClassVar[str]  #: what a raw log must hold for the metric to be applicable

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return the metric of each person of the raw log: float64, (n_people,); NaN: not applicable."""
        ...
