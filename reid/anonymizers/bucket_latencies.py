"""Latencies of keys in buckets."""

from dataclasses import dataclass
from typing import ClassVar, Final

from reid.anonymizers.blocks import Block
from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.key_latencies import KeyLatencies, with_lags
from reid.anonymizers.milliseconds import in_milliseconds, whole_microseconds
from reid.anonymizers.release import Claim, Release
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import IntArray

KEY_GRID: Final = "key-grid"  #: kind of the claim that the times of keys, and of keys alone, stand on a grid


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketLatencies(Fixed):
    """Round the latencies of keys to multiples of a step, rather than their times (Leinonen et al. 2017).

    The time from press to press, and that from a press to its auto-repeats and its release, is rounded to the
    nearest multiple, the larger of two; then the clock is rebuilt by adding latencies up. Rounding time
    stamps instead leaves a latency of 140 ms at 100 or 200 ms by chance, which averages out to 140; here it
    always becomes 100. Errors add up, so that times drift away from those of the source.

    A release may thus come to lie on the other side of another key's press. Where a key came up before it
    went down again, it still does. Rows of the pointer keep their share of the time between the presses
    around them.

    References
    ----------
    .. [1] Leinonen, Ihantola, Hellas (2017). Preventing Keystroke Based Identification in Open Data Sets.
       Learning @ Scale 2017.
    """

    name: ClassVar[str] = "bucket-latencies"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    step_ms: float  #: from 0.001, whole microseconds

    def __post_init__(self) -> None:
        whole_microseconds("step_ms", self.step_ms)

    def apply(self, part: EventTable, streams: Streams) -> Release:  # noqa: ARG002  nothing is drawn
        """Return the part with rounded latencies."""
        step_us = whole_microseconds("step_ms", self.step_ms)

        def rounded_us(_: Block, latencies: KeyLatencies) -> IntArray:
            lag_us = latencies.lag_us + step_us // 2
            return lag_us - lag_us % step_us

        statement = (
            f"Every time of a key is a multiple of {in_milliseconds(step_us)} ms from the session's start."
        )
        claim = Claim(KEY_GRID, statement, survives=("keys", "places"), step_us=step_us)
        return Release(with_lags(part, rounded_us), claims=(claim,))
